"""Which stretch of time is looked at, as a code for addresses and as a span for questions.

Codes: `2026-10` a month, `2026-Q4` a quarter, `2026` a year, `2026-10-03..2026-10-20` any days (last one included).
Months, quarters and years are the person's: they start on their month start day and are named by the calendar
month in which they start.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import date, timedelta
from typing import Literal

from data.period import Span, month_of, quarter_of, shift_months, year_of

PeriodKind = Literal["month", "quarter", "year", "custom"]
KINDS: tuple[PeriodKind, ...] = ("month", "quarter", "year", "custom")

_YEARS = range(1970, 2101)  # no statement's row lies beyond, and there are months to either side
_LENGTH = {"month": 1, "quarter": 3, "year": 12}


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """A named span. Two periods are equal when kind and span are."""

    kind: PeriodKind
    span: Span

    @property
    def code(self) -> str:
        """How the period is written in an address."""
        start = self.span.start
        if self.kind == "month":
            return f"{start:%Y-%m}"
        if self.kind == "quarter":
            return f"{start.year}-Q{(start.month - 1) // 3 + 1}"
        if self.kind == "year":
            return str(start.year)
        return f"{start.isoformat()}..{self.span.last.isoformat()}"


def around(kind: PeriodKind, day: date, month_start: int = 1) -> Period:
    """The period of `kind` that `day` falls in (for `custom`: its month's days)."""
    spans = {"quarter": quarter_of, "year": year_of}
    return Period(kind, spans.get(kind, month_of)(day, month_start))


def shifted(period: Period, count: int, month_start: int = 1) -> Period:
    """The period `count` steps later; a custom one moves by its own length."""
    if period.kind == "custom":
        move = timedelta(days=period.span.days * count)
        return Period("custom", Span(period.span.start + move, period.span.end + move))
    months = _LENGTH[period.kind]
    start = shift_months(period.span.start, months * count, month_start)
    return Period(period.kind, Span(start, shift_months(start, months, month_start)))


def decoded(code: str, month_start: int = 1) -> Period | None:
    """The period that a code from an address means; None for anything that is not one, or that no books reach."""
    try:
        found = _decoded(code, month_start)
    except (ValueError, OverflowError):
        return None
    return found if found and found.span.start.year in _YEARS and found.span.last.year in _YEARS else None


def _decoded(code: str, month_start: int) -> Period | None:
    if days := re.fullmatch(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", code):
        start, last = (date.fromisoformat(text) for text in days.groups())
        return Period("custom", Span(start, last + timedelta(days=1))) if start <= last else None
    if month := re.fullmatch(r"(\d{4})-(\d\d)", code):
        return _starting("month", int(month[1]), int(month[2]), month_start)
    if quarter := re.fullmatch(r"(\d{4})-Q([1-4])", code):
        return _starting("quarter", int(quarter[1]), int(quarter[2]) * 3 - 2, month_start)
    if re.fullmatch(r"\d{4}", code):
        return _starting("year", int(code), 1, month_start)
    return None


def _starting(kind: PeriodKind, year: int, month: int, month_start: int) -> Period:
    start = shift_months(date(year, month, 1), 0, month_start)
    return Period(kind, Span(start, shift_months(start, _LENGTH[kind], month_start)))
