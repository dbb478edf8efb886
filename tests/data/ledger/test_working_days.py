from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvariantBroken
from data.ledger.working_days import DAYS_TO_CREDIT, Due, WorkingCalendar, seed
from tests.samples import sample

DAY = timedelta(days=1)


@cache
def official() -> WorkingCalendar:
    exceptions = dict(seed(2001, 2026))
    return WorkingCalendar(exceptions, frozenset(day.year for day in exceptions))


days = st.dates(date(2001, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        (date(2026, 9, 28), 7, date(2026, 10, 13)),  # National Day, the 10th made up
        (date(2026, 2, 12), 7, date(2026, 2, 28)),  # Spring Festival, the 14th and the 28th made up
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 11, 21), 3, date(2026, 11, 25)),  # from a Saturday
        (date(2026, 5, 8), 1, date(2026, 5, 9)),  # a Saturday that is worked
    ],
)
def test_working_days_are_counted_by_the_published_calendar(day: date, count: int, due: date) -> None:
    assert official().after(day, count) == Due(due, estimated=False)


def test_nothing_to_wait_for_is_due_at_once() -> None:
    assert official().after(date(2026, 10, 1), 0) == Due(date(2026, 10, 1), estimated=False)


def test_days_are_not_counted_backward() -> None:
    with pytest.raises(InvariantBroken):
        official().after(date(2026, 10, 1), -1)


def test_a_year_without_data_is_counted_monday_to_friday_and_said_to_be_estimated() -> None:
    assert official().after(date(2099, 9, 30), 3) == Due(date(2099, 10, 5), estimated=True)
    assert official().after(date(2026, 12, 30), 1) == Due(date(2026, 12, 31), estimated=False)
    assert official().after(date(2026, 12, 30), 2) == Due(date(2027, 1, 1), estimated=True)


def test_a_day_that_somebody_entered_counts() -> None:
    own = WorkingCalendar({date(2099, 10, 1): False, date(2099, 10, 3): True}, frozenset({2099}))
    assert own.after(date(2099, 9, 30), 2) == Due(date(2099, 10, 3), estimated=False)


@given(days, st.integers(1, 10))
def test_the_due_day_is_worked_and_exactly_so_many_lie_up_to_it(day: date, count: int) -> None:
    due = official().after(day, count)
    between = [day + DAY * offset for offset in range(1, (due.on - day).days + 1)]
    assert official().is_workday(due.on)
    assert sum(map(official().is_workday, between)) == count
    assert due.estimated is any(one.year not in official().known_years for one in between)


@given(days)
def test_no_card_waits_longer_than_seven_working_days(day: date) -> None:
    assert DAYS_TO_CREDIT == {"debit": 3, "credit": 7}
    assert all(
        day < official().after(day, count).on <= official().after(day, 7).on for count in DAYS_TO_CREDIT.values()
    )


def test_only_published_years_are_known() -> None:
    assert official().known_years >= set(range(2001, 2027))
    assert seed(1999, 2000) == []
    assert seed(2099, 2100) == []
    assert seed(2026, 2025) == []


def test_only_what_differs_from_monday_to_friday_is_listed_in_order() -> None:
    found = seed(2007, 2023)
    assert found == sorted(found)
    assert all(worked is (day.weekday() >= 5) for day, worked in found)
    assert seed(2011, 2011) == [(day, worked) for day, worked in found if day.year == 2011]


def test_make_up_days_of_the_december_before_belong_to_it() -> None:
    assert (date(2011, 12, 31), True) in seed(2011, 2011)
    assert (date(2018, 12, 29), True) in seed(2018, 2018)


def test_every_day_agrees_with_the_notices_of_the_state_council() -> None:
    named: dict[date, bool] = {}
    for year in range(2007, 2024):
        notice = json.loads(sample(f"holiday-cn/{year}.json").read_text(encoding="utf-8"))
        named |= {date.fromisoformat(day["date"]): not day["isOffDay"] for day in notice["days"]}
    wrong = [day for day, worked in named.items() if official().is_workday(day) is not worked]
    unnamed = [day for day, _ in seed(2007, 2022) if day not in named]
    assert (wrong, unnamed) == ([], [])


def test_no_day_off_was_lost_or_added_since_the_calendar_was_last_exported() -> None:
    with sample("holiday-cn/python_holidays_CN_2015-2026.csv").open(encoding="utf-8") as file:
        off = {date.fromisoformat(row["date"]) for row in csv.DictReader(file)}
    weekdays = {day for day in off if day.weekday() < 5}
    assert weekdays == {day for day, worked in seed(2015, 2026) if not worked}
