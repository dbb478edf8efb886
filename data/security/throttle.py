"""How often somebody may guess: some tries are free, then each failure doubles the wait, and quiet days are forgiven.

A try is counted against one or several budgets. Which ones depends on where it comes from, so that a stranger who
guesses at a name uses up the strangers' budget and never that of the person who owns it.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import math
from datetime import datetime, timedelta

from data.errors import Rejection

FREE = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
FORGIVEN_AFTER = timedelta(days=1)
_DOUBLINGS = 20  # beyond them every wait is the longest
_IPV6_HOME = 64  # bits that one home has for itself

Budget = tuple[str, ...]


@dataclasses.dataclass(unsafe_hash=True)
class TooManyTries(Rejection):
    """Nothing was looked at: this was tried too often. `clock` is the wait as minutes:seconds."""

    wait_seconds: int
    clock: str


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """What a budget has used: failures in a row, when the last was."""

    failures: int = 0
    last: datetime = datetime.min  # noqa: DTZ901 - before everything


def wait(tally: Tally, now: datetime) -> timedelta:
    """How long the next try has to wait still; zero when it may be made."""
    if tally.failures < FREE or now - tally.last >= FORGIVEN_AFTER:
        return timedelta(0)
    doublings = min(tally.failures - FREE, _DOUBLINGS)
    return max(timedelta(0), tally.last + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT) - now)


def failed(tally: Tally, now: datetime) -> Tally:
    """The tally after one more failure."""
    before = 0 if now - tally.last >= FORGIVEN_AFTER else tally.failures
    return Tally(before + 1, now)


def too_many(left: timedelta) -> TooManyTries:
    """The refusal for a wait that is not over."""
    seconds = max(1, math.ceil(left.total_seconds()))
    return TooManyTries(seconds, f"{seconds // 60}:{seconds % 60:02}")


def budgets(what: str, whom: str, device: str, address: str, *, at_home: bool) -> tuple[Budget, ...]:
    """What a try for `whom` is counted against.

    device: the browser, where the person has come in with it before (else empty): it has a budget of its own. at_home:
    somebody has come in from this address before: each name then has a budget for this address. Everybody else shares
    one budget a name, and one an address whatever the names.
    """
    if device:
        return ((what, "device", whom, device),)
    place = home_of(address)
    if at_home:
        return ((what, "home", whom, place),)
    return ((what, "strangers", whom), *([(what, "address", place)] if place else []))


def home_of(address: str) -> str:
    """The address by which one home is told from another: of IPv6 its first half, which one home has for itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004 - the version's number
        return address
    return str(ipaddress.ip_network((found, _IPV6_HOME), strict=False))
