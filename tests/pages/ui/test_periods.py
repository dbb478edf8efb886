"""Periods in addresses and their steps."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import Span
from pages.ui import periods
from pages.ui.periods import Period

STARTS = st.one_of(st.integers(1, 28), st.just(31))


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-10-03..2026-10-20", date(2026, 10, 3), date(2026, 10, 20)),
    ],
)
def test_codes_name_their_days(code: str, first: date, last: date) -> None:
    period = periods.decoded(code)
    assert period is not None
    assert (period.span.start, period.span.last) == (first, last)
    assert period.code == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x",
        "2026-13",
        "2026-00",
        "0000",
        "9999",
        "0001-01",
        "9998",
        "0001-01-01..9999-12-30",
        "2026-Q5",
        "2026-10-20..2026-10-03",
        "2026-02-30..2026-03-01",
        "2026-10; drop",
    ],
)
def test_anything_else_is_no_period(code: str) -> None:
    assert periods.decoded(code) is None


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    STARTS,
    st.sampled_from(["month", "quarter", "year"]),
    st.integers(-30, 30),
)
def test_every_period_reads_back_from_its_code_and_steps_there_and_back(
    day: date, month_start: int, kind: periods.PeriodKind, count: int
) -> None:
    period = periods.around(kind, day, month_start)
    assert day in period.span
    assert periods.decoded(period.code, month_start) == period
    assert periods.shifted(periods.shifted(period, count, month_start), -count, month_start) == period


def test_a_custom_period_moves_by_its_own_length() -> None:
    period = Period("custom", Span(date(2026, 10, 1), date(2026, 10, 11)))
    assert periods.shifted(period, -1).span == Span(date(2026, 9, 21), date(2026, 10, 1))


def test_neighbouring_periods_touch() -> None:
    period = periods.around("quarter", date(2026, 5, 20), 25)
    assert periods.shifted(period, 1, 25).span.start == period.span.end
