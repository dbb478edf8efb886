"""When to ask a bank again about an order whose outcome is unknown. Pure.

After 5 seconds, then twice as long each time, up to a quarter of an hour; after a day of waiting a person has to look
(LEDGER §2). Most outcomes are known within the first minute; a bank that is down is not made to suffer when it returns.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from data.errors import require

FIRST: Final = timedelta(seconds=5)
LONGEST: Final = timedelta(minutes=15)
IN_ALL: Final = timedelta(hours=24)
_DOUBLINGS: Final = (LONGEST // FIRST).bit_length()  # so often doubled, it is the longest


def wait_after(attempt: int) -> timedelta:
    """How long to wait once the outcome is still unknown after so many times of asking (from 1)."""
    require(attempt >= 1, "attempts are counted from 1")
    return min(LONGEST, FIRST * (1 << min(attempt - 1, _DOUBLINGS)))


def next_ask(attempt: int, now: datetime) -> datetime | None:
    """When to ask again after `attempt` times of asking; None when the waiting is over and a person has to look."""
    wait = wait_after(attempt)
    return now + wait if attempt <= MOST else None


def _how_many_fit() -> int:
    attempts, waited = 0, wait_after(1)
    while waited <= IN_ALL:
        attempts += 1
        waited += wait_after(attempts + 1)
    return attempts


MOST: Final = _how_many_fit()  # times of asking before a person has to look
