"""Which backups stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from data.retention import DAYS, MONTHS, WEEKS, worth_keeping

NOW = datetime(2026, 11, 27, 3, 0)  # noqa: DTZ001 - UTC without zone
MADE = some.lists(some.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)), max_size=60)  # noqa: DTZ001


def daily(days: int) -> list[datetime]:
    return [NOW - timedelta(days=back) for back in range(days)]


def test_a_year_of_days_leaves_a_week_of_them_a_month_of_weeks_a_year_of_months() -> None:
    kept = sorted(worth_keeping(daily(365)), reverse=True)
    assert kept[:DAYS] == daily(DAYS)
    assert [one.date().isoformat() for one in kept[DAYS:]] == [
        "2026-11-15",  # a Sunday: the newest of its week
        "2026-11-08",
        "2026-10-31",
        "2026-09-30",
        "2026-08-31",
        "2026-07-31",
        "2026-06-30",
        "2026-05-31",
        "2026-04-30",
        "2026-03-31",
        "2026-02-28",
        "2026-01-31",
        "2025-12-31",
    ]


def test_of_one_day_the_newest_stays() -> None:
    assert worth_keeping([NOW, NOW - timedelta(hours=1)]) == {NOW}


def test_gaps_do_not_use_up_a_place() -> None:
    sparse = [NOW - timedelta(days=400 * back) for back in range(5)]
    assert worth_keeping(sparse) == set(sparse)


@given(MADE)
def test_the_newest_always_stays_and_never_more_than_the_places(made: list[datetime]) -> None:
    kept = worth_keeping(made)
    assert kept <= set(made)
    assert len(kept) <= DAYS + WEEKS + MONTHS
    assert not made or max(made) in kept


@given(MADE)
def test_letting_go_twice_lets_go_of_nothing_more(made: list[datetime]) -> None:
    assert worth_keeping(worth_keeping(made)) == worth_keeping(made)
