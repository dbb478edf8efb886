from __future__ import annotations

import random
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.cube import date_of, number_of
from analytics.recurring_amounts import Nature, Pattern, read
from analytics.recurring_finder import Found, Memo, Seen, find
from analytics.recurring_rhythm import Almanac, Cadence, Rule
from data.ledger.working_days import seed
from data.period import shift_months

CHINA = {number_of(day): worked for day, worked in seed(2024, 2026)}
ALMANAC = Almanac(number_of(date(2014, 1, 1)), number_of(date(2029, 1, 1)), CHINA)
Paid = tuple[date, int]


def seen(*payees: list[Paid], nature: Nature = Nature.NEUTRAL) -> Seen:
    rows = [(group, number_of(on), amount) for group, paid in enumerate(payees) for on, amount in sorted(paid)]
    columns = [np.array(column, np.int64) for column in zip(*rows, strict=True)]
    return Seen(columns[0], columns[1], columns[2], [nature] * len(payees))


def found(*payees: list[Paid], nature: Nature = Nature.NEUTRAL) -> list[tuple[list[Paid], Found]]:
    given_ = seen(*payees, nature=nature)
    return [
        ([(date_of(int(given_.day[row])), int(given_.amount[row])) for row in one.rows], one)
        for one in find(given_, ALMANAC)
    ]


def one(paid: list[Paid], nature: Nature = Nature.NEUTRAL) -> Found:
    ((rows, series),) = found(paid, nature=nature)
    assert rows == sorted(paid)
    return series


def monthly(day: int, amount: int, count: int = 9, every: int = 1, start: date = date(2025, 1, 1)) -> list[Paid]:
    firsts = [shift_months(start, every * turn) for turn in range(count)]
    return [(min(first + timedelta(days=day - 1), shift_months(first, 1) - timedelta(1)), amount) for first in firsts]


def every(days: int, amount: int, count: int = 9, start: date = date(2025, 1, 6)) -> list[Paid]:
    return [(start + timedelta(days=days * turn), amount) for turn in range(count)]


@pytest.mark.parametrize(
    ("paid", "cadence", "rule"),
    [
        (every(7, 3_000), Cadence.WEEKLY, Rule.DAYS),
        (every(14, 3_000), Cadence.FORTNIGHTLY, Rule.DAYS),
        (every(28, 3_000, 14), Cadence.FOUR_WEEKLY, Rule.DAYS),
        (monthly(5, 3_000), Cadence.MONTHLY, Rule.DAY),
        (monthly(30, 3_000), Cadence.MONTHLY, Rule.DAY),
        (monthly(31, 3_000), Cadence.MONTHLY, Rule.LAST_DAY),
        (monthly(5, 3_000, every=2), Cadence.TWO_MONTHLY, Rule.DAY),
        (monthly(5, 3_000, every=3), Cadence.QUARTERLY, Rule.DAY),
        (monthly(5, 3_000, 5, every=6), Cadence.HALF_YEARLY, Rule.DAY),
        (monthly(5, 3_000, 4, every=12, start=date(2021, 3, 1)), Cadence.YEARLY, Rule.DAY),
    ],
)
def test_every_cadence_is_recognised(paid: list[Paid], cadence: Cadence, rule: Rule) -> None:
    rhythm = one(paid).fit.rhythm
    assert (rhythm.cadence, rhythm.rule) == (cadence, rule)


def test_the_second_tuesday_and_the_last_working_day_are_told_from_a_day_of_the_month() -> None:
    firsts = [shift_months(date(2025, 1, 1), turn) for turn in range(12)]
    tuesdays = [(first + timedelta(days=(1 - first.weekday()) % 7 + 7), 5_000) for first in firsts]
    assert (one(tuesdays).fit.rhythm.rule, one(tuesdays).fit.rhythm.at) == (Rule.WEEKDAY, 21)
    salaries = []
    for first in firsts:
        day = shift_months(first, 1) - timedelta(1)
        while not ALMANAC_DAYS(day):
            day -= timedelta(1)
        salaries.append((day, 900_000))
    assert one(salaries).fit.rhythm.rule is Rule.LAST_WORKDAY


def ALMANAC_DAYS(day: date) -> bool:  # noqa: N802 - reads as the calendar it asks
    return CHINA.get(number_of(day), day.weekday() < 5)


@pytest.mark.parametrize("towards", [1, -1])
def test_weekends_and_the_chinese_holidays_shift_a_payment_and_keep_it_on_its_slot(towards: int) -> None:
    shifted = []
    for day, amount in monthly(1, 320_000, 22):
        while not ALMANAC_DAYS(day):
            day += timedelta(towards)  # noqa: PLW2901 - moved to a working day
        shifted.append((day, amount))
    assert any((day.month, day.day) in {(10, 9), (10, 8), (9, 30)} for day, _ in shifted)
    series = one(shifted)
    assert (series.fit.rhythm.rule, series.fit.rhythm.at) == (Rule.DAY, 1)
    assert series.fit.beside.max() == 0


def test_two_subscriptions_of_one_merchant_on_the_same_day_are_two_series() -> None:
    both = found(monthly(3, 1_200) + monthly(3, 6_800))
    assert sorted({amount for _, amount in rows} for rows, _ in both) == [{1_200}, {6_800}]
    assert [len(rows) for rows, _ in both] == [9, 9]


def test_twins_of_one_price_on_two_days_are_two_series() -> None:
    both = found(monthly(4, 1_500, 24) + monthly(19, 1_500, 24), nature=Nature.BILL)
    assert sorted({day.day for day, _ in rows} for rows, _ in both) == [{4}, {19}]


def test_price_rises_at_a_merchant_of_several_subscriptions_stay_within_each() -> None:
    small = monthly(3, 1_200, 5) + monthly(3, 1_500, 5, start=date(2025, 6, 1))
    large = monthly(17, 6_800, 6) + monthly(17, 7_800, 4, start=date(2025, 7, 1))
    parts = found([*small, *large, (date(2025, 4, 9), 50_000), (date(2025, 8, 24), 90)])
    assert [rows for rows, _ in parts] == [small, large]
    steps = read([amount for _, amount in small])
    assert (steps.pattern, [(s.at, s.before, s.after) for s in steps.steps]) == (Pattern.STEPS, [(5, 1_200, 1_500)])


def test_a_single_new_price_at_the_end_joins_its_series() -> None:
    small = [*monthly(3, 1_200, 8), (date(2025, 9, 3), 1_500)]
    large = monthly(3, 6_800, 9)
    assert sorted(rows for rows, _ in found(small + large)) == [small, large]


def test_a_bill_of_varying_amount_is_a_series_and_varying_purchases_are_not() -> None:
    bills = [(day, 8_000 + number * 3_571 % 9_000) for number, (day, _) in enumerate(monthly(12, 0, 12))]
    assert read([amount for _, amount in bills]).pattern is Pattern.RANGE
    assert one(bills, Nature.BILL).fit.rhythm.cadence is Cadence.MONTHLY
    assert found(bills, nature=Nature.EVERYDAY) == []


def test_groceries_every_saturday_at_any_amount_are_no_series() -> None:
    dice = random.Random(4)  # noqa: S311 - a test's dice
    shop = [(day, dice.randrange(5_000, 60_000)) for day, _ in every(7, 0, 150)]
    assert found(shop, nature=Nature.EVERYDAY) == []
    assert found(shop) == []


@pytest.mark.parametrize("seed_", range(6))
def test_random_visits_at_a_few_prices_are_no_series(seed_: int) -> None:
    dice = random.Random(seed_)  # noqa: S311 - a test's dice
    visits = [
        [(date(2024, 1, 1) + timedelta(dice.randrange(900)), dice.choice([1_500, 1_800])) for _ in range(often)]
        for often in (3, 5, 9, 20, 60, 300)
    ]
    assert found(*visits) == []


def test_skipped_months_and_a_double_charge_do_not_break_a_series() -> None:
    paid = [row for number, row in enumerate(monthly(8, 2_500, 14)) if number not in {4, 9}]
    twice = (paid[-1][0] + timedelta(1), 2_500)
    ((rows, series),) = found([*paid, twice])
    assert rows == paid
    assert len(series.twins) == 1


def test_two_times_are_none_but_two_years_of_one_bill_are() -> None:
    assert found(monthly(5, 3_000, 2)) == []
    assert (
        one(monthly(16, 62_800, 2, every=12, start=date(2024, 3, 1)), Nature.BILL).fit.rhythm.cadence is Cadence.YEARLY
    )
    assert found(monthly(16, 62_800, 2, every=12, start=date(2024, 3, 1)), nature=Nature.EVERYDAY) == []


WEEKS = st.lists(st.integers(0, 1), min_size=8, max_size=40)


@settings(deadline=None, max_examples=40)
@given(late=WEEKS, shift=st.integers(-20, 20), days=st.sampled_from([7, 14]))
def test_shifting_all_dates_by_four_weeks_keeps_weekly_series(late: list[int], shift: int, days: int) -> None:
    paid = [(date(2024, 3, 4) + timedelta(days * turn + odd), 4_200) for turn, odd in enumerate(late)]
    moved = [(day + timedelta(28 * shift), amount) for day, amount in paid]
    before, after = found(paid), found(moved)
    assert [s.fit.rhythm for _, s in before] == [s.fit.rhythm for _, s in after]
    assert [[(day + timedelta(28 * shift), amount) for day, amount in rows] for rows, _ in before] == [
        rows for rows, _ in after
    ]


@settings(deadline=None, max_examples=30)
@given(
    other=st.lists(
        st.tuples(st.dates(date(2024, 1, 1), date(2025, 12, 31)), st.integers(1, 90_000)), min_size=1, max_size=40
    ),
    first=st.booleans(),
)
def test_an_unrelated_payee_never_changes_a_series(other: list[Paid], first: bool) -> None:  # noqa: FBT001 - drawn
    own = monthly(3, 1_200, 9) + monthly(17, 6_800, 9) + [(date(2025, 5, 9), 77)]
    alone = [(rows, s.fit.rhythm, s.score) for rows, s in found(own)]
    payees = [other, own] if first else [own, other]
    beside = [(rows, s.fit.rhythm, s.score) for rows, s in found(*payees) if s.group == (1 if first else 0)]
    assert beside == alone


@settings(deadline=None, max_examples=25)
@given(
    extra=st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2025, 12, 31)), st.integers(1, 9_000)), max_size=6),
    gone=st.booleans(),
)
def test_what_is_remembered_of_groups_changes_no_answer(extra: list[Paid], gone: bool) -> None:  # noqa: FBT001 - drawn
    def told(series: list[Found]) -> list[tuple[object, ...]]:
        return [(s.group, s.rows.tolist(), s.twins.tolist(), s.fit.rhythm, s.score) for s in series]

    steady = monthly(3, 1_200, 9) + monthly(17, 6_800, 9)
    before = seen(every(7, 900), steady, monthly(5, 400, 6))
    after = seen(*([] if gone else [every(7, 900)]), steady, monthly(5, 400, 6) + extra)
    memo = Memo()
    assert told(find(before, ALMANAC, memo)) == told(find(before, ALMANAC))
    assert told(find(after, ALMANAC, memo)) == told(find(after, ALMANAC))
    assert told(find(before, ALMANAC, memo)) == told(find(before, ALMANAC))


@settings(deadline=None, max_examples=40)
@given(
    paid=st.lists(
        st.tuples(st.dates(date(2022, 1, 1), date(2025, 12, 31)), st.integers(1, 50).map(lambda n: 100 * n)),
        min_size=2,
        max_size=120,
    )
)
def test_a_payment_belongs_to_one_series_at_most_and_a_slot_has_one(paid: list[Paid]) -> None:
    given_ = seen(paid)
    series = find(given_, ALMANAC)
    rows = [row for one_ in series for row in [*one_.rows.tolist(), *one_.twins.tolist()]]
    assert len(rows) == len(set(rows))
    for one_ in series:
        days = given_.day[one_.rows].tolist()
        assert days == sorted(set(days))


def test_on_ten_labelled_years_it_is_right_where_the_naive_rule_is_not() -> None:
    from tests.benchmarks.recurring import measured  # noqa: PLC0415 - loads the calendar

    ours, theirs, _ = measured(1, 7)
    assert ours.right * 100 >= ours.found * 94
    assert ours.right * 100 >= ours.true * 94
    assert theirs.right * 100 < theirs.found * 50
