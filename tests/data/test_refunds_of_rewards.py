"""What a refund does to points and coupons: they go back where they came from, what was earned is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from data import settlement, wallet
from data.cards import CardKind
from data.errors import Rejection
from data.ids import OwnerId
from data.ledger.wallet import refusals as no
from data.merchants import CouponKind, Merchant
from data.store.command import Receipt
from tests import wallet_house as house
from tests.wallet_world import NOON, SetRule, World

DAY = timedelta(days=1)
INSTANT: dict[str, Any] = {"kind": CouponKind.INSTANT, "stackable": True}


def lots(world: World, owner: OwnerId) -> list[int]:
    return [points for _, points in world.lots(owner)]


def refused(world: World, owner: OwnerId, merchant: Merchant, amount: int, **more: Any) -> Rejection:
    with pytest.raises(Rejection) as told:
        world.pay(owner, merchant, amount, **more)
    return told.value


def claim_now(world: World, owner: OwnerId, claim: str) -> tuple[str, Any]:
    sql = "SELECT state, until FROM published_claim WHERE owner = $owner AND id = $claim"
    ((state, until),) = world.db.read(sql, {"owner": owner, "claim": claim})
    return state, until


# -- redeemed points


def spent_from_two_lots(world: World, rule: SetRule) -> tuple[OwnerId, Merchant, Receipt]:
    """Twenty points that end on April 1st and ten that end much later; 25 of them pay a part of ¥50."""
    anna, cafe = world.member(500_00), world.shop()
    rule(valid_days=300)
    world.pay(anna, cafe, 10_00)
    rule(valid_days=30)
    world.pay(anna, cafe, 20_00)
    rule(points_per_unit=0)
    paid = world.pay(anna, cafe, 50_00, points=25)
    assert lots(world, anna) == [5]
    return anna, cafe, paid


def test_redeemed_points_go_back_to_the_lots_they_came_from_with_their_old_end(world: World, rule: SetRule) -> None:
    anna, cafe, paid = spent_from_two_lots(world, rule)
    world.clock.now += 5 * DAY
    refund = world.refund(anna, cafe, paid, 50_00)
    assert world.lots(anna) == [(date(2026, 12, 27), 10), (date(2026, 4, 1), 20)]
    assert (world.refund_now(refund).points, world.refund_now(refund).cash) == (25, 49_75)


def test_parts_go_back_in_the_order_in_which_they_were_taken(world: World, rule: SetRule) -> None:
    anna, cafe, paid = spent_from_two_lots(world, rule)
    world.refund(anna, cafe, paid, 25_00)
    assert lots(world, anna) == [5, 12]
    world.refund(anna, cafe, paid, 25_00)
    assert lots(world, anna) == [10, 20]


@pytest.mark.parametrize("job_came", [True, False])
def test_points_whose_lot_is_over_come_back_for_thirty_days(world: World, rule: SetRule, *, job_came: bool) -> None:
    anna, cafe, paid = spent_from_two_lots(world, rule)
    world.clock.at("2026-04-10")
    if job_came:
        settlement.expire(world.running)
    world.refund(anna, cafe, paid, 50_00)
    assert world.lots(anna) == [(date(2026, 12, 27), 10), (date(2026, 5, 10), 20)]
    world.clock.at("2026-05-10")
    assert world.standing(anna).points == 30
    world.clock.at("2026-05-11")
    assert world.standing(anna).points == 10


# -- earned points


def test_what_the_returned_cash_had_earned_is_taken_from_its_own_lot_first(world: World, rule: SetRule) -> None:
    anna, cafe = world.member(500_00), world.shop()
    rule(valid_days=30)
    world.pay(anna, cafe, 50_00)
    rule(valid_days=300)
    paid = world.pay(anna, cafe, 100_00)
    refund = world.refund(anna, cafe, paid, 40_00)
    assert lots(world, anna) == [50, 60]  # although the other one ends sooner
    assert (world.refund_now(refund).clawed, world.refund_now(refund).debt) == (40, 0)


@pytest.mark.parametrize(("back", "clawed"), [(98, 0), (99, 0), (1_00, 1), (1_99, 1), (2_00, 2), (35_99, 35)])
def test_what_remains_paid_keeps_exactly_what_it_would_have_earned(world: World, back: int, clawed: int) -> None:
    anna, cafe = world.member(500_00), world.shop()
    paid = world.pay(anna, cafe, 35_99)
    world.refund(anna, cafe, paid, back)
    assert world.standing(anna).points == 35 - clawed


def test_a_campaign_that_is_over_is_taken_back_as_it_was_given(world: World, rule: SetRule) -> None:
    anna, cafe = world.member(500_00), world.shop()
    rule(code="triple", multiplier_bp=30_000, merchant=str(cafe.id), valid_to=NOON + DAY)
    paid = world.pay(anna, cafe, 100_00)
    world.clock.now += 2 * DAY
    world.refund(anna, cafe, paid, 50_00)
    assert world.standing(anna).points == 150


def test_what_a_cap_withheld_is_not_taken_back(world: World, rule: SetRule) -> None:
    anna, cafe = world.member(500_00), world.shop()
    rule(cap_per_payment=20)
    paid = world.pay(anna, cafe, 200_00)
    world.refund(anna, cafe, paid, 180_00)
    assert world.standing(anna).points == 20
    world.refund(anna, cafe, paid, 15_00)
    assert world.standing(anna).points == 5


@pytest.mark.parametrize("job_came", [True, False])
def test_points_that_expired_unspent_are_not_taken_a_second_time(
    world: World, rule: SetRule, *, job_came: bool
) -> None:
    anna, cafe = world.member(500_00), world.shop()
    rule(valid_days=10)
    paid = world.pay(anna, cafe, 100_00)
    rule(valid_days=300)
    world.pay(anna, cafe, 30_00)
    world.clock.now += 20 * DAY
    if job_came:
        settlement.expire(world.running)
    first, second = (world.refund(anna, cafe, paid, 50_00) for _ in range(2))
    assert [(world.refund_now(one).clawed, world.refund_now(one).debt) for one in (first, second)] == [(0, 0)] * 2
    assert (world.standing(anna).points, world.standing(anna).debt) == (30, 0)


# -- a debt


def in_debt(world: World, rule: SetRule) -> tuple[OwnerId, Merchant, Receipt]:
    """A hundred points earned and spent, then their payment refunded; fifty others are all there was to take."""
    anna, cafe = world.member(900_00), world.shop()
    rule(valid_days=300)
    world.pay(anna, cafe, 50_00)
    rule(valid_days=30)
    paid = world.pay(anna, cafe, 100_00)
    rule(points_per_unit=0)
    spent = world.pay(anna, cafe, 20_00, points=100)
    rule()
    refund = world.refund(anna, cafe, paid, 100_00)
    assert (world.refund_now(refund).clawed, world.refund_now(refund).debt) == (100, 50)
    return anna, cafe, spent


def test_points_that_were_spent_already_become_a_debt_and_nothing_can_be_redeemed(world: World, rule: SetRule) -> None:
    anna, cafe, _ = in_debt(world, rule)
    assert (world.standing(anna).points, world.standing(anna).debt, lots(world, anna)) == (0, 50, [])
    assert world.books(anna)["points"] == -50
    assert refused(world, anna, cafe, 10_00, points=1) == no.InsufficientPoints(1, 0, 50)
    world.facts_agree(anna)


def test_later_earnings_pay_the_debt_first(world: World, rule: SetRule) -> None:
    anna, cafe, _ = in_debt(world, rule)
    world.pay(anna, cafe, 30_00)
    assert (world.standing(anna).points, world.standing(anna).debt) == (0, 20)
    world.pay(anna, cafe, 30_00)
    assert (world.standing(anna).points, world.standing(anna).debt, lots(world, anna)) == (10, 0, [10])
    world.pay(anna, cafe, 10_00, points=10)
    world.facts_agree(anna)


def test_points_that_come_back_pay_the_debt_first(world: World, rule: SetRule) -> None:
    anna, cafe, spent = in_debt(world, rule)
    world.refund(anna, cafe, spent, 8_00)
    assert (world.standing(anna).points, world.standing(anna).debt) == (0, 10)
    world.refund(anna, cafe, spent, 12_00)
    assert (world.standing(anna).points, world.standing(anna).debt, lots(world, anna)) == (50, 0, [50])
    world.facts_agree(anna)


def test_a_debt_is_known_again_after_a_restart(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(900_00), world.shop()
    paid = world.pay(anna, cafe, 100_00)
    world.pay(anna, cafe, 2_00, points=100)
    world.refund(anna, cafe, paid, 100_00)
    assert world.standing(anna).debt == 99  # the second payment earned one
    world.reopen()
    assert world.standing(anna).debt == 99
    world.pay(anna, cafe, 200_00)
    assert (world.standing(anna).debt, world.standing(anna).points) == (0, 101)
    world.check(anna)


# -- everything together


def test_whatever_the_cut_a_whole_refund_brings_back_exactly_what_was_paid(world: World, rule: SetRule) -> None:
    anna, cafe = world.member(500_00), world.shop()
    rule(points_per_unit=3)
    world.pay(anna, cafe, 100_00)
    before = world.books(anna), world.books(cafe.id), world.house_books()
    theirs = world.coupon(anna, cafe, off_minor=5_00, **INSTANT)[1]
    ours = world.coupon(anna, None, off_minor=3_33, **INSTANT)[1]
    paid = world.pay(anna, cafe, 40_01, claims=(theirs, ours), points=187)
    for part in (13_33, 1, 13_33, 7, 13_27):
        refund = world.refund(anna, cafe, paid, part)
        now = world.refund_now(refund)
        assert world.posted(cafe.id, refund).get("wallet:CNY", 0) <= 0
        assert now.cash >= 0
    assert (world.books(anna), world.books(cafe.id), world.house_books()) == before
    assert [claim_now(world, anna, claim)[0] for claim in (theirs, ours)] == ["returned", "returned"]
    world.facts_agree(anna)


def test_what_goes_back_to_a_card_brings_the_points_on_the_same_day(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    _, claim = world.coupon(anna, cafe, off_minor=5_00, **INSTANT)
    paid = world.pay(anna, cafe, 40_00, claims=(claim,), points=50, card=world.card(anna, house.GOOD, CardKind.DEBIT))
    assert (paid["cash_minor"], world.standing(anna).points) == (34_50, 84)
    refund = world.refund(anna, cafe, paid, 40_00)
    assert (world.standing(anna).points, claim_now(world, anna, claim)[0]) == (84, "used")
    world.clock.at("2026-03-05")
    settlement.settle(world.running)
    assert world.refund_now(refund).state == "credited"
    assert (world.standing(anna).points, claim_now(world, anna, claim)[0]) == (100, "returned")
    assert world.taken_from(anna) == 0
    world.facts_agree(anna)


# -- coupons


def test_a_coupon_comes_back_with_the_last_part_and_not_before(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    offer, claim = world.coupon(anna, cafe)
    paid = world.pay(anna, cafe, 20_00, claims=(claim,))
    world.refund(anna, cafe, paid, 19_99)
    assert claim_now(world, anna, claim) == ("used", None)
    assert isinstance(refused(world, anna, cafe, 20_00, claims=(claim,)), no.CouponNotHeld)
    world.refund(anna, cafe, paid, 1)
    assert claim_now(world, anna, claim) == ("returned", None)
    assert world.available(anna) == 500_00
    assert world.pay(anna, cafe, 20_00, claims=(offer.code,))["cash_minor"] == 15_00


def test_a_coupon_whose_end_is_near_comes_back_for_seven_days_after_it(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    end = NOON + DAY
    claims = [world.coupon(anna, cafe, valid_to=end)[1] for _ in range(2)]
    for claim in claims:
        paid = world.pay(anna, cafe, 20_00, claims=(claim,))
        world.refund(anna, cafe, paid, 20_00)
        assert claim_now(world, anna, claim) == ("returned", end + 7 * DAY)
    world.clock.now = end + 7 * DAY - timedelta(microseconds=1)
    assert world.pay(anna, cafe, 20_00, claims=(claims[0],))["cash_minor"] == 15_00
    world.clock.now = end + 7 * DAY
    told = refused(world, anna, cafe, 20_00, claims=(claims[1],))
    assert isinstance(told, no.CouponNotUsable)
    assert told.reason == "over"


def test_a_coupon_whose_end_is_long_past_is_lost(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    claims = [world.coupon(anna, cafe, valid_to=NOON + DAY)[1] for _ in range(2)]
    paid = [world.pay(anna, cafe, 20_00, claims=(claim,)) for claim in claims]
    world.clock.now = NOON + 8 * DAY - timedelta(microseconds=1)
    world.refund(anna, cafe, paid[0], 20_00)
    world.clock.now = NOON + 8 * DAY
    world.refund(anna, cafe, paid[1], 20_00)
    assert [claim_now(world, anna, claim)[0] for claim in claims] == ["returned", "lost"]
    assert isinstance(refused(world, anna, cafe, 20_00, claims=(claims[1],)), no.CouponNotHeld)


def test_a_second_refund_adds_no_second_grace(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    _, claim = world.coupon(anna, cafe, valid_to=NOON + DAY)
    for days in (0, 6):
        world.clock.now = NOON + days * DAY
        paid = world.pay(anna, cafe, 20_00, claims=(claim,))
        world.refund(anna, cafe, paid, 20_00)
        assert claim_now(world, anna, claim) == ("returned", NOON + 8 * DAY)


@pytest.mark.parametrize("theirs", [True, False])
def test_whoever_gave_the_coupon_gives_back_without_it(world: World, *, theirs: bool) -> None:
    anna, cafe = world.member(500_00), world.shop()
    _, claim = world.coupon(anna, cafe if theirs else None, off_minor=5_00, **INSTANT)
    paid = world.pay(anna, cafe, 35_00, claims=(claim,))
    assert world.books(cafe.id)["wallet:CNY"] == (30_00 if theirs else 35_00)
    before = world.house_books()["issuer:rewards"] if not theirs else 0
    refund = world.refund(anna, cafe, paid, 7_00)
    now = world.refund_now(refund)
    assert (now.cash, now.coupon) == (6_00, 1_00)
    assert world.posted(cafe.id, refund)["wallet:CNY"] == (-6_00 if theirs else -7_00)
    if not theirs:
        assert world.house_books().get("issuer:rewards", 0) - before == -1_00
    world.refund(anna, cafe, paid, 28_00)
    assert (world.books(cafe.id), world.available(anna)) == ({}, 500_00)
    world.facts_agree(anna)


def test_a_payment_without_cash_is_refunded_without_cash(world: World) -> None:
    anna, cafe = world.member(), world.shop()
    card = world.card(anna)
    _, claim = world.coupon(anna, cafe, off_minor=5_00, **INSTANT)
    paid = world.pay(anna, cafe, 5_00, claims=(claim,), card=card)
    refund = world.refund(anna, cafe, paid, 5_00)
    assert (world.refund_now(refund).state, claim_now(world, anna, claim)[0]) == ("credited", "returned")
    assert world.books(anna) == {}
    assert wallet.standing(world.db, anna)[0].available == 0
