"""When something regular is due: rhythms of weeks and months, and the days to which a weekend or holiday moves them.

Days are day numbers as in `analytics.cube`; a slot is the number of one due date in its rhythm.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import numpy as np

from analytics.cube import Ints

_WEEK: Final = 7
_THURSDAY: Final = 3  # of day number 0
_SATURDAY: Final = 5
_WEEKDAY_BASE: Final = 10
_DAYS_OF_MONTH: Final = 31
_AROUND: Final = np.arange(-1, 2)[:, None]


class Cadence(StrEnum):
    """How often."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    FOUR_WEEKLY = "four_weekly"
    MONTHLY = "monthly"
    TWO_MONTHLY = "two_monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


class Rule(StrEnum):
    """Where in its period a due date lies."""

    DAYS = "days"
    DAY = "day"
    LAST_DAY = "last_day"
    WEEKDAY = "weekday"
    LAST_WORKDAY = "last_workday"


# Cadence → (weeks in days, months, length in days, days a payment may lie beside its window).
_SHAPES: Final[Mapping[Cadence, tuple[int, int, int, int]]] = {
    Cadence.WEEKLY: (7, 0, 7, 1),
    Cadence.FORTNIGHTLY: (14, 0, 14, 2),
    Cadence.FOUR_WEEKLY: (28, 0, 28, 2),
    Cadence.MONTHLY: (0, 1, 30, 4),
    Cadence.TWO_MONTHLY: (0, 2, 61, 6),
    Cadence.QUARTERLY: (0, 3, 91, 8),
    Cadence.HALF_YEARLY: (0, 6, 183, 10),
    Cadence.YEARLY: (0, 12, 365, 12),
}


def length(cadence: Cadence) -> int:
    """About how many days lie between two of them."""
    return _SHAPES[cadence][2]


def tolerance(cadence: Cadence) -> int:
    """How many days beside its window a payment may come and still be the one that was due."""
    return _SHAPES[cadence][3]


def months(cadence: Cadence) -> int:
    """How many months lie between two of them; 0 for weeks."""
    return _SHAPES[cadence][1]


@dataclasses.dataclass(frozen=True, slots=True)
class Rhythm:
    """Due dates without end.

    at: of weeks the first slot's day (0 to cadence − 1); DAY the day of the month; WEEKDAY ten times which one (1–5, 5
    the last) plus the weekday (0 Monday). phase: of several months, which month of them, counted from January 1970.
    """

    cadence: Cadence
    rule: Rule
    at: int
    phase: int = 0


class Almanac:
    """Due dates and their windows as arrays from `first` to `last`, both day numbers.

    worked: days that are otherwise than Monday to Friday say, as day → worked. A window reaches from the working day
    before (or on) the due date to the working day after (or on) it.
    """

    def __init__(self, first: int, last: int, worked: Mapping[int, bool] | None = None) -> None:
        numbers = np.arange(first, last + 1)
        works = (numbers + _THURSDAY) % _WEEK < _SATURDAY
        for day, is_worked in (worked or {}).items():
            if first <= day <= last:
                works[day - first] = is_worked
        self.first, self.last = first, last
        self._before: Ints = np.maximum.accumulate(np.where(works, numbers, first))
        self._after: Ints = np.minimum.accumulate(np.where(works, numbers, last)[::-1])[::-1]
        self.month0 = int(month_of(np.array([first]))[0]) + 1
        until = int(month_of(np.array([last]))[0])
        edges = np.arange(self.month0, until + 1).astype("datetime64[M]").astype("datetime64[D]")
        self._starts: Ints = edges.astype(np.int64)
        self._tables: dict[tuple[Rule, int], tuple[Ints, Ints, Ints]] = {}

    @property
    def month_count(self) -> int:
        """How many whole months it knows."""
        return len(self._starts) - 1

    def table(self, rule: Rule, at: int) -> tuple[Ints, Ints, Ints]:
        """Due date and window of every whole month, from `month0` on."""
        if (rule, at) not in self._tables:
            due = self._due(rule, at)
            self._tables[rule, at] = (due, *self.window(due))
        return self._tables[rule, at]

    def window(self, due: Ints) -> tuple[Ints, Ints]:
        """The first and the last day to which a weekend or holiday may move these due dates."""
        inside = np.clip(due, self.first, self.last) - self.first
        return np.minimum(self._before[inside], due), np.maximum(self._after[inside], due)

    def _due(self, rule: Rule, at: int) -> Ints:
        start, end = self._starts[:-1], self._starts[1:]
        if rule is Rule.LAST_DAY:
            return end - 1
        if rule is Rule.LAST_WORKDAY:
            before: Ints = self._before[end - 1 - self.first]
            return before
        if rule is Rule.DAY:
            return np.minimum(start + at, end) - 1
        nth, weekday = divmod(at, _WEEKDAY_BASE)
        found = start + (weekday - start - _THURSDAY) % _WEEK + _WEEK * (nth - 1)
        return np.where(found >= end, found - _WEEK, found)

    def slots(self, rhythm: Rhythm, first: int, last: int) -> list[tuple[int, int, int, int]]:
        """(slot, due, earliest, latest) of every due date from `first` to `last`, within what is known."""
        if rhythm.rule is Rule.DAYS:
            every = length(rhythm.cadence)
            slot = np.arange(-(-(first - rhythm.at) // every), (last - rhythm.at) // every + 1)
            due = rhythm.at + slot * every
            early = late = due
        else:
            every = months(rhythm.cadence)
            slot = np.arange((self.month0 - rhythm.phase) // every, (self.month0 + self.month_count) // every + 1)
            place = rhythm.phase + slot * every - self.month0
            known = (place >= 0) & (place < self.month_count)
            slot, place = slot[known], place[known]
            due, early, late = (column[place] for column in self.table(rhythm.rule, rhythm.at))
        asked = (due >= first) & (due <= last)
        columns = (column[asked].tolist() for column in (slot, due, early, late))
        return list(zip(*columns, strict=True))

    def place(self, rhythm: Rhythm, day: Ints) -> tuple[Ints, Ints, Ints]:
        """Of each day: the slot it is nearest to, how many days it lies beside the window, and beside the due date."""
        if rhythm.rule is Rule.DAYS:
            every = length(rhythm.cadence)
            slot = (day - rhythm.at + every // 2) // every
            beside = np.abs(day - rhythm.at - slot * every)
            return slot, beside, beside
        tables = self.table(rhythm.rule, rhythm.at)
        every = months(rhythm.cadence)
        slot = (self.nearest_month(tables, day) - rhythm.phase + every // 2) // every
        month = np.minimum(np.maximum(rhythm.phase + slot * every - self.month0, 0), self.month_count - 1)
        due, early, late = (column[month] for column in tables)
        return slot, np.maximum(np.maximum(early - day, day - late), 0), np.abs(day - due)

    def nearest_month(self, tables: tuple[Ints, Ints, Ints], day: Ints) -> Ints:
        """The month (from January 1970) whose due date is nearest to each day, the window counting as nearest."""
        due, early, late = tables
        here = month_of(day) - self.month0
        near = np.minimum(np.maximum(here + _AROUND, 0), self.month_count - 1)
        outside = np.maximum(np.maximum(early[near] - day, day - late[near]), 0)
        best = np.argmin(outside * 100 + np.abs(due[near] - day), axis=0)
        found: Ints = near[best, np.arange(len(day))] + self.month0
        return found


def month_of(day: Ints) -> Ints:
    """The month of each day, counted from January 1970."""
    found: Ints = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return found


def day_of_month(day: Ints) -> Ints:
    """1 to 31."""
    start = day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return day - start + 1


def weekday_of(day: Ints) -> Ints:
    """0 is Monday."""
    return (day + _THURSDAY) % _WEEK


def nth_weekday(day: Ints) -> Ints:
    """Which weekday of its month each day is, as `Rhythm.at` says it."""
    return ((day_of_month(day) + _WEEK - 1) // _WEEK) * _WEEKDAY_BASE + weekday_of(day)


def named_day(at: int) -> tuple[Rule, int]:
    """The rule for a day of the month: the 31st is the last day."""
    return (Rule.LAST_DAY, 0) if at >= _DAYS_OF_MONTH else (Rule.DAY, at)
