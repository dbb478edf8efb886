"""How often a secret was guessed at, in memory while the store is open: passwords, codes, recovery codes.

Kept in memory by decision: a row before each try would hand strangers a way to keep the disk busy, and a restart, which
only the operator can cause, gives away five tries. What failed is on record anyhow (`security_event`).

A try is counted as a failure before it is looked at and forgotten when it was right, so that a hundred at once have no
more tries than one after the other.
"""

from __future__ import annotations

import dataclasses
import threading
import weakref
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from data.database import Database
from data.ids import new_request_id
from data.security import throttle
from data.security.throttle import Budget, Tally, TooManyTries
from data.sign_in import Visit
from data.store import sessions, users
from data.store.command import NOBODY, Plan, Reader

_MOST = 20_000  # budgets held; beyond it the ones that failed longest ago are forgotten


class Tries:
    """The budgets of one open store. Thread-safe."""

    def __init__(self) -> None:
        self._tallies: dict[Budget, Tally] = {}
        self._told: set[Budget] = set()
        self._lock = threading.Lock()

    def begin(self, budgets: Iterable[Budget], now: datetime) -> None:
        """Count a try against each budget.

        Raises:
            TooManyTries: one of them has to wait; nothing was counted.
        """
        named = tuple(budgets)
        with self._lock:
            left = max((throttle.wait(self._tally(one), now) for one in named), default=timedelta(0))
            if left > timedelta(0):
                raise throttle.too_many(left)
            for one in named:
                self._keep(one, throttle.failed(self._tally(one), now))

    def right(self, budgets: Iterable[Budget]) -> None:
        """The try was right: nothing is held against whom it was for. An address keeps what other names cost it."""
        with self._lock:
            for one in budgets:
                if one[1] == "address":
                    self._give_back(one)
                else:
                    self._tallies.pop(one, None)

    def first_refusal(self, budgets: Iterable[Budget]) -> bool:
        """Whether nobody was refused on these budgets since their last failure: one note of it is enough."""
        with self._lock:
            new = [one for one in budgets if one not in self._told and one in self._tallies]
            self._told.update(new)
            return bool(new)

    def _tally(self, one: Budget) -> Tally:
        return self._tallies.get(one, Tally())

    def _keep(self, one: Budget, tally: Tally) -> None:
        self._tallies.pop(one, None)  # so that the order is that of the last failures
        self._tallies[one] = tally
        self._told.discard(one)
        if len(self._tallies) > _MOST:
            oldest = next(iter(self._tallies))
            del self._tallies[oldest]
            self._told.discard(oldest)

    def _give_back(self, one: Budget) -> None:
        tally = self._tallies.get(one)
        if tally is not None:
            self._tallies[one] = Tally(max(0, tally.failures - 1), tally.last)


_of: weakref.WeakKeyDictionary[Database, Tries] = weakref.WeakKeyDictionary()
_making = threading.Lock()


def tries(database: Database) -> Tries:
    """The budgets of this open store."""
    with _making:
        return _of.setdefault(database, Tries())


@dataclasses.dataclass(frozen=True, slots=True)
class Guess:
    """A try at `what` (`password`, `code`, `recovery_code`), whose it is, and what it is counted against."""

    what: str
    owner: UUID
    visit: Visit
    budgets: tuple[Budget, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class NoteTry:
    """What is on record about a try that was wrong, or that was not looked at."""

    owner: UUID
    request_id: str
    event: str
    what: str
    visit: Visit


def outside(database: Database, what: str, owner: UUID | None, name: str, visit: Visit) -> Guess:
    """A try by whoever knocks. `name`: the folded name; that nobody has it (`owner` None) makes no difference."""
    whose = owner or NOBODY
    by_device, at_home = sessions.familiar(database.read, whose, visit, database.clock())
    device = visit.device if by_device else ""
    return Guess(what, whose, visit, throttle.budgets(what, name, device, visit.address, at_home=at_home))


def inside(what: str, owner: UUID, session: str, visit: Visit) -> Guess:
    """A try within an open session."""
    return Guess(what, owner, visit, ((what, "session", str(owner), session),))


def knock(database: Database, what: str, visit: Visit) -> None:
    """Count something that is not guessed at but costs us work, by address, whatever becomes of it.

    Raises:
        TooManyTries: it was done too often from there.
    """
    place = throttle.home_of(visit.address)
    begin(database, Guess(what, NOBODY, visit, ((what, "address", place),) if place else ()))


def begin(database: Database, guess: Guess) -> None:
    """Count the try; call `right` or `wrong` when it was looked at.

    Raises:
        TooManyTries: it may not be looked at now.
    """
    held = tries(database)
    try:
        held.begin(guess.budgets, database.clock())
    except TooManyTries:
        if held.first_refusal(guess.budgets):
            _note(database, guess, "throttled")
        raise


def right(database: Database, guess: Guess) -> None:
    """It was right: it is not held against them."""
    tries(database).right(guess.budgets)


def wrong(database: Database, guess: Guess) -> None:
    """It was wrong, which goes on record; for a name that nobody has too, so that both take the same time."""
    _note(database, guess, "try_failed")


def _note(database: Database, guess: Guess, event: str) -> None:
    database.submit(NoteTry(guess.owner, new_request_id(), event, guess.what, guess.visit), _decide_note)


def _decide_note(reader: Reader, command: NoteTry, now: datetime) -> Plan:
    return Plan({}, [users.event(reader, command.event, command.owner, command.visit, now, what=command.what)])
