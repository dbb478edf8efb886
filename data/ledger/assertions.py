"""What becomes of the balances that statements state: each beside ours, and since when it may differ."""

from __future__ import annotations

import bisect
import dataclasses
import itertools
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from data.ledger.reconciling import Asserted
from data.period import Span

_DAY = timedelta(days=1)
_GAP = 14  # days without a row that are more than a pause: half of a month's statement


class State(StrEnum):
    """Does what we have agree with the statement; the last two cannot be compared yet."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NO_OPENING = "no_opening"
    ROWS_MISSING = "rows_missing"


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Who states a balance. batch: the imported file, None: the person, who typed it in.

    first_on: the file's first day. left_out: rows of it that were not booked although they move money, or that could
    not be read.
    """

    batch: UUID | None
    file: str = ""
    format: str = ""
    first_on: date | None = None
    left_out: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Stated:
    """An assertion and everybody who makes it."""

    asserted: Asserted
    sources: tuple[Source, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Moved:
    """What one file (None: no file) moved on an account on one day, in minor units. opening: the opening balance."""

    on: date
    batch: UUID | None
    minor: int
    opening: bool = False


class Course:
    """An account's rows in one currency, day by day."""

    def __init__(self, moved: Iterable[Moved]) -> None:
        self._moved = sorted(moved, key=lambda one: one.on)
        self._days = [one.on for one in self._moved]
        self._held = list(itertools.accumulate(one.minor for one in self._moved))

    def held(self, on: date) -> int:
        """What the account holds at the end of a day, in minor units."""
        at = bisect.bisect_right(self._days, on)
        return self._held[at - 1] if at else 0

    def within(self, span: Span) -> Sequence[Moved]:
        """What moved in a span."""
        return self._moved[bisect.bisect_left(self._days, span.start) : bisect.bisect_left(self._days, span.end)]

    @property
    def opened_on(self) -> date | None:
        """The day of the opening balance, None when there is none."""
        return next((one.on for one in self._moved if one.opening), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """An assertion beside ours, both in minor units.

    since: the day of the last assertion before that agrees; the rows to look at come after it. None: there is none.
    missing: the days of which no file tells. carried: since which day the same difference has stood.
    """

    stated: Stated
    ours: int
    state: State
    since: date | None
    missing: Span | None = None
    carried: date | None = None

    @property
    def difference(self) -> int:
        """What the statement says less what we have: by how much our balance would have to change."""
        return self.stated.asserted.balance.minor - self.ours


def assess(stated: Iterable[Stated], course: Course, reconciled: Collection[UUID] = frozenset()) -> list[Standing]:
    """Every assertion of one account and currency beside the account's course, oldest first.

    reconciled: those that a person found to agree. What was known once to agree needs no opening balance to differ.
    """
    found: list[Standing] = []
    known = False
    ordered = sorted(stated, key=lambda one: (one.asserted.on, one.asserted.balance.minor))
    for one in ordered:
        asserted = one.asserted
        since = max((f.stated.asserted.on for f in found if _agrees_before(f, asserted.on)), default=None)
        known = known or asserted.id in reconciled
        standing = _assess(one, course, since, known=known)
        found.append(dataclasses.replace(standing, carried=_carried(standing, found)))
    return found


def _agrees_before(one: Standing, on: date) -> bool:
    return one.state is State.AGREES and one.stated.asserted.on < on


def _assess(one: Stated, course: Course, since: date | None, *, known: bool) -> Standing:
    asserted = one.asserted
    ours = course.held(asserted.on)
    if ours == asserted.balance.minor:
        return Standing(one, ours, State.AGREES, since)
    opened = course.opened_on
    if since is None and not known and (opened is None or opened > asserted.on):
        return Standing(one, ours, State.NO_OPENING, None)
    missing = _missing(one, course, since or opened)
    return Standing(one, ours, State.ROWS_MISSING if missing else State.DIFFERS, since, missing)


def _missing(one: Stated, course: Course, known: date | None) -> Span | None:
    """The days before the file's first that nothing tells of, when all rows from then on are the file's own."""
    for source in one.sources:
        if source.first_on is None or known is None or source.left_out or known + _DAY > source.first_on:
            continue
        gap = Span(known + _DAY, source.first_on)
        if gap.days < _GAP or source.first_on > one.asserted.on or course.within(gap):
            continue
        told = course.within(Span(source.first_on, one.asserted.on + _DAY))
        if all(moved.batch == source.batch for moved in told):
            return gap
    return None


def _carried(standing: Standing, before: Sequence[Standing]) -> date | None:
    if standing.state is State.AGREES or not before or before[-1].difference != standing.difference:
        return None
    return before[-1].carried or before[-1].stated.asserted.on
