"""How a series stands as of a day: what is still to come and when, late, missed or ended, and what is odd about it.

The window of a due date is where weekends, holidays and the series' own habit may move it. It is late after its window,
missed a little later, and has ended when nothing came for so long that nobody waits any more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from analytics.cube import Ints, date_of, number_of
from analytics.figures import median
from analytics.recurring_amounts import Amounts, Pattern
from analytics.recurring_rhythm import Almanac, Cadence, Rhythm, Rule, length, tolerance
from analytics.recurring_series import Change, Expected, Flag, Occurrence, Said, Series, State
from data.ledger.recurring import Verdict

_AHEAD: Final = 400
_PATIENCE: Final[Mapping[Cadence, int]] = {  # days after a missed date until a series counts as ended
    Cadence.WEEKLY: 28,
    Cadence.FORTNIGHTLY: 42,
    Cadence.FOUR_WEEKLY: 63,
    Cadence.MONTHLY: 70,
    Cadence.TWO_MONTHLY: 100,
    Cadence.QUARTERLY: 120,
    Cadence.HALF_YEARLY: 120,
    Cadence.YEARLY: 90,
}
_NEW_PERIODS: Final = 3
_NEW_DAYS: Final = 120
_FRESH_DAYS: Final = 62  # how long a change is worth a word
_TENTH: Final = 10


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """Where a series stands in its rhythm: day numbers. spread: how far its payments lie beside their windows."""

    rhythm: Rhythm
    almanac: Almanac
    last: int
    spread: int
    lean: int

    @classmethod
    def of(cls, rhythm: Rhythm, day: Ints, almanac: Almanac) -> Timing:
        """From the days of a series' payments."""
        _, beside, _ = almanac.place(rhythm, day)
        usual = int(np.sort(beside[-24:])[int(0.9 * (min(24, len(beside)) - 1))])
        least = 1 if rhythm.rule is not Rule.LAST_WORKDAY else 0
        spread = max(least, min(usual, tolerance(rhythm.cadence)))
        return cls(rhythm, almanac, int(day[-1]), spread, _lean(rhythm, day, almanac))

    def due(self, until: int) -> list[tuple[int, int, int]]:
        """(likeliest day, earliest, latest) of every due date after the last payment's own."""
        (slot,) = self.almanac.place(self.rhythm, np.array([self.last]))[0].tolist()
        slots = self.almanac.slots(self.rhythm, self.last - length(self.rhythm.cadence), until)
        return [
            ((early, due, late)[self.lean + 1], early - self.spread, late + self.spread)
            for number, due, early, late in slots
            if number > slot
        ]


def _lean(rhythm: Rhythm, day: Ints, almanac: Almanac) -> int:
    """To which side weekends move it: −1 before, 1 after, 0 not at all."""
    if rhythm.rule is Rule.DAYS:
        return 0
    moved = 0
    placed = {number: row for row, number in zip(day.tolist(), almanac.place(rhythm, day)[0].tolist(), strict=True)}
    for number, due, early, late in almanac.slots(rhythm, int(day[0]) - 15, int(day[-1]) + 15):
        if number in placed and early < late:
            moved += (placed[number] > due) - (placed[number] < due)
    return (moved > 0) - (moved < 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """How it stands as of a day: state, days since the window that passed, and which due dates are still to come.

    due: the likeliest day of the payment that did not come.
    """

    state: State
    overdue: int
    coming: tuple[tuple[int, int, int], ...]
    due: int | None = None


def _standing(timing: Timing, today: int, known_until: int) -> Standing:
    """Where a series stands. known_until: the last day of which the books know anything; later is not judged."""
    due = timing.due(today + _AHEAD)
    judged = min(today, known_until)
    loose, cadence = tolerance(timing.rhythm.cadence), timing.rhythm.cadence
    if not due or judged <= due[0][2]:
        return Standing(State.EXPECTED, 0, _still(due, today))
    overdue = judged - due[0][2]
    if overdue > _PATIENCE[cadence]:
        return Standing(State.ENDED, overdue, ())
    if overdue <= loose:
        return Standing(State.LATE, overdue, _still(due, today))
    later = [one for one in due if one[2] + loose >= judged]
    return Standing(State.MISSED, overdue, _still(later, today), due[0][0])


def _still(due: Sequence[tuple[int, int, int]], today: int) -> tuple[tuple[int, int, int], ...]:
    """Due dates as they may still come: what should have come by now is expected today."""
    return tuple((max(on, today), max(early, today), max(late, today)) for on, early, late in due)


def _expected(amounts: Amounts, coming: Sequence[tuple[int, int, int]], said: Said, last: Occurrence) -> list[Expected]:
    """The payments to come, with the person's word on the next one while nothing newer has come."""
    amount, low, high = amounts.expected, amounts.low, amounts.high
    word = said.next if said.next is not None and last.on < said.next.on else None
    if word is not None:
        amount = low = high = word.amount
        first = number_of(word.on)
        gap = (coming[1][0] - coming[0][0]) // 2 if len(coming) > 1 else 0
        coming = [(first, first, first), *(one for one in coming if one[0] > first + gap)]
    return [Expected(date_of(on), date_of(early), date_of(late), amount, low, high) for on, early, late in coming]


def _changes(amounts: Amounts, occurrences: Sequence[Occurrence]) -> tuple[Change, ...]:
    """The price history; of amounts within a range only the last one, where it lies a tenth beyond all before it."""
    if amounts.pattern is not Pattern.RANGE:
        return tuple(Change(occurrences[step.at].on, step.before, step.after) for step in amounts.steps)
    before = [one.amount for one in occurrences[-13:-1]]
    last = occurrences[-1]
    if len(before) < 3 or last.amount * _TENTH <= max(before) * (_TENTH + 1):  # noqa: PLR2004 - three tell a range
        return ()
    return (Change(last.on, median(before) or 0, last.amount),)


def _flags(series: Series, judged: date) -> tuple[Flag, ...]:
    """What is worth a look as of the day up to which the books are known."""
    period = timedelta(days=length(series.cadence))
    fresh = judged - max(period, timedelta(days=_FRESH_DAYS))
    since = judged - min(_NEW_PERIODS * period + timedelta(days=7), timedelta(days=_NEW_DAYS))
    holds = {
        Flag.MISSED: series.state is State.MISSED,
        Flag.LATE: series.state is State.LATE,
        Flag.CHANGED: bool(series.changes) and series.changes[-1].on > fresh and series.state is not State.ENDED,
        Flag.DUPLICATE: bool(series.twins) and series.twins[-1].on > fresh,
        Flag.NEW: series.occurrences[0].on >= since and series.said.verdict is None,
        Flag.ENDED: series.state is State.ENDED,
    }
    return tuple(flag for flag, held in holds.items() if held)


def finished(series: Series, timing: Timing, said: Said, today: int, known_until: int) -> Series:
    """The series as of `today` (day numbers), with the person's word on it."""
    stands = _standing(timing, today, known_until)
    if said.ended:
        stands = Standing(State.ENDED, 0, ())
    last, ignored = series.last, said.verdict is Verdict.IGNORED
    ahead = _expected(series.amounts, stands.coming, said, last) if stands.coming and not ignored else []
    state = State.EXPECTED if said.next is not None and ahead and said.next.on == ahead[0].on else stands.state
    told = dataclasses.replace(
        series,
        said=said,
        kind=said.kind or series.kind,
        state=state,
        overdue=stands.overdue,
        coming=tuple(ahead),
        missed_on=date_of(stands.due) if state is State.MISSED and stands.due is not None else None,
        changes=_changes(series.amounts, series.occurrences),
    )
    return dataclasses.replace(told, flags=_flags(told, date_of(min(today, known_until))))
