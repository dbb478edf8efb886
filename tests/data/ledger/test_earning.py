from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvariantBroken
from data.ledger.wallet.earning import (
    ONE,
    EarnRule,
    Lot,
    Taken,
    claw,
    given_back,
    living,
    multiplier,
    over,
    points_for,
    rule_from,
    rule_text,
    take,
)
from tests.samples import sample

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, 0)  # noqa: DTZ001 - the store keeps UTC without zone
DAY = timedelta(days=1)


def published(case: str) -> Mapping[str, Any]:
    cases = json.loads(sample("points-refunds/points_cases.json").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = next(one for one in cases if one["id"] == case)
    return found


def spent(lots: Sequence[Lot], taken: Sequence[Taken]) -> None:
    by_id = {lot.id: lot for lot in lots}
    for lot, points in taken:
        by_id[lot].remaining -= points


@st.composite
def purses(draw: st.DrawFn) -> list[Lot]:
    """A member's lots: some over, some empty, some for ever."""
    ends = st.none() | st.dates(TODAY - 5 * DAY, TODAY + 5 * DAY)
    drawn = draw(st.lists(st.tuples(ends, st.integers(0, 200)), max_size=8))
    return [Lot(f"l{seq}", end, seq, remaining) for seq, (end, remaining) in enumerate(drawn)]


# Earning


@pytest.mark.parametrize(
    ("cash", "per_unit", "bp", "cap", "points"),
    [
        (99, 1, ONE, None, 0),
        (100, 1, ONE, None, 1),
        (12_345, 1, ONE, None, 123),
        (12_345, 2, ONE, None, 246),
        (199, 1, 15_000, None, 2),  # one floor at the end: 1.99 · 1.5 = 2.985
        (12_345, 1, 15_000, 100, 100),
        (12_345, 1, ONE, 0, 0),
        (0, 5, ONE, None, 0),
    ],
)
def test_points_are_floored_once_and_then_capped(
    cash: int, per_unit: int, bp: int, cap: int | None, points: int
) -> None:
    assert points_for(cash, per_unit, bp, cap) == points


@given(st.integers(0, 10**12), st.integers(0, 10**6), st.integers(0, 20), st.integers(0, 50_000))
def test_more_cash_never_earns_fewer_points_and_cutting_never_earns_more(
    one: int, other: int, per_unit: int, bp: int
) -> None:
    whole = points_for(one + other, per_unit, bp, None)
    parts = points_for(one, per_unit, bp, None) + points_for(other, per_unit, bp, None)
    assert parts <= whole <= parts + 1


@pytest.mark.parametrize(
    ("campaign", "holds"),
    [
        (EarnRule(), True),
        (EarnRule(merchant="shop"), True),
        (EarnRule(merchant="other"), False),
        (EarnRule(category="food"), True),
        (EarnRule(category="food.coffee"), True),
        (EarnRule(category="food.tea"), False),
        (EarnRule(category="foo"), False),
        (EarnRule(valid_from=NOW), True),
        (EarnRule(valid_from=NOW + DAY), False),
        (EarnRule(valid_to=NOW + DAY), True),
        (EarnRule(valid_to=NOW), False),
        (EarnRule(merchant="shop", category="travel"), False),
    ],
)
def test_a_campaign_holds_where_merchant_category_and_window_fit(campaign: EarnRule, holds: bool) -> None:  # noqa: FBT001 - a parameter
    assert campaign.holds("shop", ["food.coffee", "food"], NOW) is holds


def test_the_best_campaign_counts_and_campaigns_do_not_multiply_each_other() -> None:
    campaigns = [
        EarnRule(multiplier_bp=20_000),
        EarnRule(multiplier_bp=15_000, category="food"),
        EarnRule(multiplier_bp=90_000, merchant="other"),
    ]
    assert multiplier(campaigns, "shop", ["food"], NOW) == 20_000
    assert multiplier([], "shop", ["food"], NOW) == ONE
    assert multiplier(campaigns[2:], "shop", ["food"], NOW) == ONE


@pytest.mark.parametrize(
    "rule",
    [
        EarnRule(),
        EarnRule("double", 2, 20_000, 500, 900, "shop", "food", NOW, NOW + DAY, 90, 100, 5_000, "双倍积分"),
        EarnRule(valid_days=None, valid_to=NOW),
    ],
)
def test_a_rule_is_read_back_as_it_was_written(rule: EarnRule) -> None:
    assert rule_from(rule_text(rule)) == rule


# Spending


@pytest.mark.parametrize("case", ["nest-fifo-1", "nest-fifo-exact"])
def test_lots_are_spent_in_the_order_that_others_publish(case: str) -> None:
    figures = published(case)
    lots = [Lot(name, None, seq, points) for seq, (name, _, points) in enumerate(figures["lots"])]
    taken = take(lots, figures["redeem"], TODAY)
    assert [list(one) for one in taken] == figures["expect_consumed"]
    spent(lots, taken)
    assert [[lot.id, lot.remaining] for lot in lots if lot.remaining] == figures["expect_remaining"]


def test_the_lot_that_expires_first_is_spent_first_then_the_older_then_those_for_ever() -> None:
    lots = [
        Lot("ever", None, 1, 10),
        Lot("late", TODAY + 9 * DAY, 2, 10),
        Lot("younger", TODAY + DAY, 4, 10),
        Lot("older", TODAY + DAY, 3, 10),
    ]
    assert take(lots, 35, TODAY) == [("older", 10), ("younger", 10), ("late", 10), ("ever", 5)]


def test_a_lot_counts_on_its_last_day_and_not_after_it() -> None:
    lot = Lot("l", TODAY, 1, 10)
    assert (living([lot], TODAY), living([lot], TODAY + DAY)) == (10, 0)
    assert (over([lot], TODAY), over([lot], TODAY + DAY)) == ([], [("l", 10)])
    with pytest.raises(InvariantBroken):
        take([lot], 1, TODAY + DAY)


def test_points_earned_on_new_year_live_ninety_days_as_others_publish() -> None:
    assert "1 Jan expire on 1 Apr" in published("equibill-90d")["expect"]
    lot = Lot("l", date(2023, 1, 1) + timedelta(days=90), 1, 10)
    assert lot.alive(date(2023, 4, 1))
    assert not lot.alive(date(2023, 4, 2))


@given(purses(), st.data())
def test_what_is_taken_is_what_was_asked_from_living_lots_in_order(lots: list[Lot], data: st.DataObject) -> None:
    points = data.draw(st.integers(0, living(lots, TODAY)))
    before = living(lots, TODAY)
    taken = take(lots, points, TODAY)
    assert sum(part for _, part in taken) == points
    assert all(part > 0 for _, part in taken)
    spent(lots, taken)
    assert all(lot.remaining >= 0 for lot in lots)
    assert living(lots, TODAY) == before - points
    touched = [lot for lot in lots if lot.id in dict(taken)]
    spared = [lot for lot in lots if lot.remaining and lot.alive(TODAY) and lot not in touched]
    assert all((one.expires_on or date.max) <= (other.expires_on or date.max) for one in touched for other in spared)


@given(purses())
def test_more_than_there_is_cannot_be_taken(lots: list[Lot]) -> None:
    with pytest.raises(InvariantBroken):
        take(lots, living(lots, TODAY) + 1, TODAY)


@given(purses())
def test_every_point_either_lives_or_is_to_expire(lots: list[Lot]) -> None:
    assert living(lots, TODAY) + sum(points for _, points in over(lots, TODAY)) == sum(lot.remaining for lot in lots)


@given(st.integers(1, 6), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60)), min_size=1, max_size=25))
def test_a_lot_loses_what_the_closed_form_of_others_says(life: int, history: list[tuple[int, int]]) -> None:
    """Expired = max(0, balance at the lot's end − points earned after it), EQdkp's formula for first-in first-out."""
    lots: list[Lot] = []
    for number, (earned, asked) in enumerate(history):
        today = TODAY + number * DAY
        lots.append(Lot(f"l{number}", today + life * DAY, number, earned))
        spent(lots, take(lots, min(asked, living(lots, today)), today))
        ending = number - life
        if ending >= 0:
            balance = living(lots, today)
            after = sum(points for points, _ in history[ending + 1 : number + 1])
            gone = dict(over(lots, today + DAY)).get(f"l{ending}", 0)
            assert gone == max(0, balance - after)
        spent(lots, over(lots, today + DAY))


# Taking back and giving back


def test_points_are_taken_back_from_the_payments_own_lot_first() -> None:
    lots = [Lot("soon", TODAY + DAY, 1, 10), Lot("own", TODAY + 9 * DAY, 2, 10), Lot("ever", None, 3, 10)]
    assert claw(lots, "own", 15, 0, TODAY) == ([("own", 10), ("soon", 5)], 0)


def test_what_was_spent_already_is_missing() -> None:
    assert claw([Lot("own", None, 1, 0), Lot("other", None, 2, 4)], "own", 10, 0, TODAY) == ([("other", 4)], 6)
    assert claw([], "own", 10, 0, TODAY) == ([], 10)
    assert claw([Lot("own", None, 1, 10)], "own", 0, 0, TODAY) == ([], 0)


@given(purses(), st.integers(0, 2_000))
def test_what_is_taken_back_and_what_is_missing_is_what_was_earned(lots: list[Lot], points: int) -> None:
    before = living(lots, TODAY)
    gone = min(points, sum(lot.lost(TODAY) for lot in lots if lot.id == "l2"))
    taken, missing = claw(lots, "l2", points, 0, TODAY)
    assert sum(part for _, part in taken) + missing == points - gone
    assert missing == max(0, points - gone - before)
    spent(lots, taken)
    assert all(lot.remaining >= 0 for lot in lots)
    assert living(lots, TODAY) == before - (points - gone - missing)
    own = next((lot for lot in lots if lot.id == "l2" and lot.alive(TODAY)), None)
    assert own is None or not own.remaining or set(dict(taken)) <= {"l2"}


def test_what_expired_of_the_payments_own_lot_is_not_taken_a_second_time() -> None:
    late = [Lot("own", TODAY - DAY, 1, 6), Lot("other", None, 2, 50)]
    swept = [Lot("own", TODAY - DAY, 1, 0, expired=6), Lot("other", None, 2, 50)]
    assert claw(late, "own", 10, 0, TODAY) == claw(swept, "own", 10, 0, TODAY) == ([("other", 4)], 0)
    assert claw(swept, "own", 10, 6, TODAY) == ([("other", 10)], 0)


def test_points_go_back_to_the_lots_they_came_from_in_that_order() -> None:
    taken = [("a", 50), ("b", 25)]
    assert given_back(taken, 0, 30) == [("a", 30)]
    assert given_back(taken, 30, 30) == [("a", 20), ("b", 10)]
    assert given_back(taken, 60, 15) == [("b", 15)]
    assert given_back(taken, 75, 0) == []
    with pytest.raises(InvariantBroken):
        given_back(taken, 60, 16)


@given(purses(), st.data())
def test_however_it_is_cut_every_lot_gets_back_what_it_gave(lots: list[Lot], data: st.DataObject) -> None:
    points = data.draw(st.integers(0, living(lots, TODAY)))
    taken = take(lots, points, TODAY)
    cuts = [*sorted(data.draw(st.sets(st.integers(0, points), max_size=6))), points]
    amounts = [upto - before for before, upto in zip([0, *cuts], cuts, strict=False)]
    back: dict[str, int] = {}
    for before, amount in zip([0, *accumulate(amounts)], amounts, strict=False):
        for lot, part in given_back(taken, before, amount):
            assert part > 0
            back[lot] = back.get(lot, 0) + part
    assert back == dict(taken)
