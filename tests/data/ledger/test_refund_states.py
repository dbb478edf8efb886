from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from data.errors import InvariantBroken
from data.ledger.refund_states import TERMINAL, TRANSITIONS, Paid, Portions, RefundState, overdue, portions, reserves
from tests.samples import sample

DUE = date(2026, 10, 13)


def published(case: str) -> Mapping[str, Any]:
    cases = json.loads(sample("points-refunds/refund_cases.json").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = next(one for one in cases if one["id"] == case)
    return found


def test_the_states_go_where_the_ledger_says_and_nowhere_else() -> None:
    assert {state.value: {to.value for to in TRANSITIONS[state]} for state in RefundState} == {
        "requested": {"confirmed", "rejected", "cancelled"},
        "confirmed": {"processing", "credited"},
        "processing": {"credited", "failed", "manual"},
        "failed": {"processing", "manual"},
        "manual": {"processing", "credited"},
        "rejected": set(),
        "cancelled": set(),
        "credited": set(),
    }


def test_every_state_is_reached_and_every_open_one_can_end() -> None:
    assert {to for following in TRANSITIONS.values() for to in following} == set(RefundState) - {RefundState.REQUESTED}
    ending = set(TERMINAL)
    for _ in RefundState:
        ending |= {state for state, following in TRANSITIONS.items() if following & ending}
    assert ending == set(RefundState)


def test_only_what_was_refused_or_taken_back_is_free_again() -> None:
    assert {state for state in RefundState if not reserves(state)} == {RefundState.REJECTED, RefundState.CANCELLED}
    assert {RefundState.REJECTED, RefundState.CANCELLED, RefundState.CREDITED} == TERMINAL


@pytest.mark.parametrize("state", list(RefundState))
def test_a_refund_is_overdue_after_its_day_as_long_as_it_is_open(state: RefundState) -> None:
    assert overdue(state, DUE, date(2026, 10, 14)) is (state not in TERMINAL)
    assert not overdue(state, DUE, DUE)
    assert not overdue(state, None, date(2099, 1, 1))


@st.composite
def payments(draw: st.DrawFn) -> Paid:
    """Cash, coupon, and points of which each is worth one or several minor units."""
    worth = draw(st.sampled_from([1, 1, 2, 7, 100]))
    points, cash, coupon = draw(st.integers(0, 300)), draw(st.integers(0, 20_000)), draw(st.integers(0, 5_000))
    assume(points or cash or coupon)
    return Paid(points * worth + cash + coupon, cash, points * worth, points)


@st.composite
def cuttings(draw: st.DrawFn) -> tuple[Paid, list[int]]:
    """A payment, and the refunds that give all of it back."""
    paid = draw(payments())
    cuts = sorted(draw(st.sets(st.integers(1, paid.gross), max_size=12)) | {paid.gross})
    return paid, [upto - before for before, upto in zip([0, *cuts], cuts, strict=False)]


def refunds(paid: Paid, amounts: list[int]) -> list[Portions]:
    before = [0, *accumulate(amounts)]
    return [portions(paid, done, amount) for done, amount in zip(before, amounts, strict=False)]


@given(cuttings())
@example((Paid(2, 1, 1, 1), [1, 1]))
@example((Paid(3, 1, 1, 1), [1, 1, 1]))
@example((Paid(100, 0, 100, 1), [1] * 100))
def test_any_cutting_brings_back_exactly_what_was_paid(cutting: tuple[Paid, list[int]]) -> None:
    paid, amounts = cutting
    parts = refunds(paid, amounts)
    assert sum(one.cash for one in parts) == paid.cash
    assert sum(one.points for one in parts) == paid.points
    assert sum(one.points_value for one in parts) == paid.points_value
    assert sum(one.coupon for one in parts) == paid.gross - paid.cash - paid.points_value


@given(cuttings())
@example((Paid(3, 1, 1, 1), [1, 1, 1]))
def test_every_refund_is_its_amount_and_neither_cash_nor_points_are_negative(cutting: tuple[Paid, list[int]]) -> None:
    paid, amounts = cutting
    for amount, one in zip(amounts, refunds(paid, amounts), strict=True):
        assert one.cash + one.points_value + one.coupon == amount
        assert min(one.cash, one.points_value, one.points) >= 0
        assert one.coupon >= -1  # the unit that two floors dropped before


@given(payments(), st.data())
def test_the_shares_are_proportional_to_the_unit(paid: Paid, data: st.DataObject) -> None:
    refunded = data.draw(st.integers(1, paid.gross))
    one = portions(paid, 0, refunded)
    assert one.points == paid.points * refunded // paid.gross
    assert one.points_value == paid.points_value * refunded // paid.gross
    assert one.cash == paid.cash * refunded // paid.gross


@given(payments(), st.data())
def test_points_come_back_whole_and_lag_their_worth_by_less_than_one(paid: Paid, data: st.DataObject) -> None:
    one = portions(paid, 0, data.draw(st.integers(1, paid.gross)))
    worth = paid.points_value // paid.points if paid.points else 1
    assert one.points * worth <= one.points_value < (one.points + 1) * worth


@given(st.integers(1, 10_000), st.integers(0, 10_000), st.data())
def test_without_points_cash_is_the_floor_of_its_share(cash: int, coupon: int, data: st.DataObject) -> None:
    refunded = data.draw(st.integers(1, cash + coupon))
    assert portions(Paid(cash + coupon, cash, 0, 0), 0, refunded).cash == cash * refunded // (cash + coupon)


def test_the_unit_that_both_floors_drop_waits_for_a_later_refund() -> None:
    paid = Paid(1_000, 333, 667, 667)
    assert portions(paid, 0, 500) == Portions(cash=166, points_value=333, points=333, coupon=1)
    assert portions(paid, 500, 500) == Portions(cash=167, points_value=334, points=334, coupon=-1)


def test_a_point_of_a_yuan_comes_back_when_its_yuan_does() -> None:
    paid = Paid(10_000, 5_000, 5_000, 50)
    assert [portions(paid, before, 150).points for before in (0, 150, 300, 450)] == [0, 1, 1, 1]


def test_more_than_was_paid_and_less_than_something_cannot_come_back() -> None:
    paid = Paid(1_000, 900, 100, 100)
    for before, amount in [(0, 1_001), (500, 501), (0, 0), (-1, 1), (1, -1)]:
        with pytest.raises(InvariantBroken):
            portions(paid, before, amount)


@pytest.mark.parametrize("parts", [(0, 0, 0, 0), (10, -1, 0, 0), (10, 5, 6, 6), (10, 5, 5, -5)])
def test_a_payment_that_does_not_add_up_cannot_be_named(parts: tuple[int, int, int, int]) -> None:
    with pytest.raises(InvariantBroken):
        Paid(*parts)


def test_a_discounted_order_comes_back_as_the_payment_service_publishes_it() -> None:
    case = published("wechat-v3-partial-discount")
    order, refund = case["order"], case["refund"]
    paid = Paid(order["total"], order["payer_total"], 0, 0)
    one = portions(paid, 0, refund["refund"])
    assert (one.cash, one.coupon) == (refund["payer_refund"], refund["discount_refund"])
    assert order["payer_total"] - one.cash == 0


def test_two_partial_refunds_of_an_order_are_their_sum() -> None:
    case = published("wix-duplicate-partial")
    amounts = [round(amount * 100) for amount in case["refunds"]]
    total = round(case["order"] * 100)
    assert [one.cash for one in refunds(Paid(total, total, 0, 0), amounts)] == [2_500, 2_500]


def test_as_many_partial_refunds_as_a_payment_service_allows_leak_nothing() -> None:
    assert "at most 50" in published("wechat-rules")["check"]
    paid = Paid(9_999, 7_001, 1_999, 1_999)
    amounts = [199] * 49 + [9_999 - 49 * 199]
    parts = refunds(paid, amounts)
    assert (sum(one.cash for one in parts), sum(one.points for one in parts)) == (7_001, 1_999)
