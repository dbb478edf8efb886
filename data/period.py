"""What a stretch of time is: half-open spans of dates, and months that may begin on payday.

A span is [start, end). A person's month may start on day 1 to 28 or on the last day; it is named by the calendar
month in which it starts, except that the caller sees only its `start`. `today` is always handed in.
"""

from __future__ import annotations

import calendar
import dataclasses
import functools
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from data.errors import require

LAST_DAY = 31  # a month that starts "on the last day" of the calendar month


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Span:
    """All dates d with start ≤ d < end."""

    start: date
    end: date

    def __post_init__(self) -> None:
        require(self.start <= self.end, f"span ends before it starts: {self.start}..{self.end}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        """How many dates are in it."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last date in it."""
        return self.end - timedelta(days=1)

    def first_days(self, count: int) -> Span:
        """Its first `count` days (all of it when it is shorter)."""
        return Span(self.start, min(self.end, self.start + timedelta(days=count)))

    def dates(self) -> Iterator[date]:
        """Each date, in order."""
        return (self.start + timedelta(days=n) for n in range(self.days))


def _start_in(year: int, month: int, start_day: int) -> date:
    return date(year, month, min(start_day, calendar.monthrange(year, month)[1]))


def _check(start_day: int) -> None:
    require(1 <= start_day <= 28 or start_day == LAST_DAY, f"month starts on day {start_day}")  # noqa: PLR2004


# Pure, and asked about the same few hundred months by every page: without a memory, most of an answer is calendars.
_remembered = functools.lru_cache(maxsize=8192)


@_remembered
def shift_months(start: date, count: int, start_day: int = 1) -> date:
    """The start of the month `count` months after the one that starts on `start`."""
    _check(start_day)
    index = start.year * 12 + start.month - 1 + count
    return _start_in(index // 12, index % 12 + 1, start_day)


@_remembered
def month_of(day: date, start_day: int = 1) -> Span:
    """The person's month that `day` falls in."""
    _check(start_day)
    start = _start_in(day.year, day.month, start_day)
    if day < start:
        start = shift_months(start, -1, start_day)
    return Span(start, shift_months(start, 1, start_day))


def months_back(last: Span, count: int, start_day: int = 1) -> list[Span]:
    """`count` consecutive months ending with `last`, oldest first."""
    starts = [shift_months(last.start, -back, start_day) for back in range(count - 1, -2, -1)]
    return [Span(a, b) for a, b in pairwise(starts)]


def months_between(span: Span, start_day: int = 1) -> list[Span]:
    """Every month that shares a day with `span`, oldest first."""
    return list(_months_between(span, start_day))


@_remembered
def _months_between(span: Span, start_day: int) -> tuple[Span, ...]:
    months, current = [], month_of(span.start, start_day)
    while current.start < span.end:
        months.append(current)
        current = month_of(current.end, start_day)
    return tuple(months)


def quarter_of(day: date, start_day: int = 1) -> Span:
    """The person's quarter: three of their months, counted from January's."""
    start = month_of(day, start_day).start
    first = shift_months(start, -((start.month - 1) % 3), start_day)
    return Span(first, shift_months(first, 3, start_day))


def year_of(day: date, start_day: int = 1) -> Span:
    """The person's year: twelve of their months from January's."""
    start = month_of(day, start_day).start
    first = shift_months(start, -(start.month - 1), start_day)
    return Span(first, shift_months(first, 12, start_day))


def week_of(day: date, *, sunday_first: bool = False) -> Span:
    """The week `day` falls in; weeks start on Monday unless the person prefers Sunday."""
    back = (day.weekday() + 1) % 7 if sunday_first else day.weekday()
    start = day - timedelta(days=back)
    return Span(start, start + timedelta(days=7))


@dataclasses.dataclass(frozen=True, slots=True)
class Touched:
    """The months of one owner whose facts changed: by arrival, and by purchase.

    added: the facts that are new, by column, when nothing else happened to the facts; None: read the months again.
    version: of the owner's data, up to which this is told.
    """

    arrivals: frozenset[date] = frozenset()
    purchases: frozenset[date] = frozenset()
    added: tuple[Mapping[str, Any], ...] | None = dataclasses.field(default=None, compare=False)
    version: int = dataclasses.field(default=0, compare=False)

    def __bool__(self) -> bool:
        return bool(self.arrivals or self.purchases)
