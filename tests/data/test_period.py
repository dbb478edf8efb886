from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvariantBroken
from data.period import (
    LAST_DAY,
    Span,
    month_of,
    months_back,
    months_between,
    quarter_of,
    shift_months,
    week_of,
    year_of,
)

DAYS = st.dates(date(1995, 1, 1), date(2095, 12, 31))
START_DAYS = st.one_of(st.integers(1, 28), st.just(LAST_DAY))


@given(DAYS, START_DAYS)
def test_every_day_is_in_exactly_one_month_and_months_touch(day: date, start_day: int) -> None:
    month = month_of(day, start_day)
    assert day in month
    assert month_of(month.end, start_day).start == month.end
    assert month_of(month.last, start_day) == month


@given(DAYS, START_DAYS, st.integers(-60, 60))
def test_shifting_there_and_back_is_where_one_was(day: date, start_day: int, count: int) -> None:
    start = month_of(day, start_day).start
    assert shift_months(shift_months(start, count, start_day), -count, start_day) == start


@given(DAYS, START_DAYS)
def test_a_year_is_four_quarters_and_twelve_months(day: date, start_day: int) -> None:
    year = year_of(day, start_day)
    months = months_between(year, start_day)
    assert len(months) == 12
    assert (months[0].start, months[-1].end) == (year.start, year.end)
    quarter = quarter_of(day, start_day)
    assert day in quarter
    assert year.start <= quarter.start
    assert quarter.end <= year.end
    assert len(months_between(quarter, start_day)) == 3


@given(DAYS, START_DAYS, st.integers(1, 30))
def test_months_back_end_with_the_given_one_and_leave_no_gap(day: date, start_day: int, count: int) -> None:
    last = month_of(day, start_day)
    months = months_back(last, count, start_day)
    assert len(months) == count
    assert months[-1] == last
    assert all(a.end == b.start for a, b in pairwise(months))


def test_payday_months_start_on_the_last_day_whatever_the_month_has() -> None:
    assert month_of(date(2026, 2, 27), LAST_DAY) == Span(date(2026, 1, 31), date(2026, 2, 28))
    assert month_of(date(2026, 2, 28), LAST_DAY) == Span(date(2026, 2, 28), date(2026, 3, 31))


@given(DAYS, st.booleans())
def test_a_week_starts_on_monday_or_by_choice_on_sunday(day: date, sunday: bool) -> None:  # noqa: FBT001
    week = week_of(day, sunday_first=sunday)
    assert day in week
    assert week.days == 7
    assert week.start.weekday() == (6 if sunday else 0)


def test_a_span_holds_its_start_and_not_its_end() -> None:
    span = Span(date(2026, 3, 1), date(2026, 3, 4))
    assert [d in span for d in (span.start, span.last, span.end)] == [True, True, False]
    assert list(span.dates()) == [date(2026, 3, 1) + timedelta(days=n) for n in range(3)]
    assert span.first_days(2).days == 2
    assert span.first_days(9) == span


def test_a_span_that_ends_before_it_starts_cannot_be_built() -> None:
    with pytest.raises(InvariantBroken):
        Span(date(2026, 3, 2), date(2026, 3, 1))


def test_a_month_cannot_start_on_the_thirtieth() -> None:
    with pytest.raises(InvariantBroken):
        month_of(date(2026, 3, 2), 30)
