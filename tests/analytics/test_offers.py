"""What offers cost and brought agrees with the merchant's books; the rule that is told is the rule that counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import offers
from analytics.export import csv_bytes
from analytics.offers import Course, coupon_table
from data import merchants, rewards
from data.ids import OwnerId
from data.merchants import CouponKind, Merchant
from data.rewards import ISSUER, EarnRule, SetEarnRule
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import World


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("offers"))
    yield made
    made.running.close()


@pytest.fixture
def anna(world: World) -> OwnerId:
    return world.member(10_000_00)


@pytest.fixture
def cafe(world: World) -> Merchant:
    return world.shop()


def own(world: World, cafe: Merchant) -> tuple[offers.Published, ...]:
    return offers.coupons(world.db, cafe.id, world.clock())


def campaign(world: World, cafe: Merchant, *, active: bool = True, **terms: Any) -> None:
    fields: dict[str, Any] = {"code": "c", "multiplier_bp": 20_000} | terms
    rule = EarnRule(**fields)
    merchants.set_campaign(world.db, SetEarnRule(**by(cafe.id, cafe.proprietor), rule=rule, active=active))


def test_a_coupon_counts_who_took_it_who_used_it_and_what_is_left(world: World, anna: OwnerId, cafe: Merchant) -> None:
    offer = world.offer(cafe, stock=3)
    claim = house.claim(world.running, anna, offer)
    house.claim(world.running, world.member(), offer)
    world.pay(anna, cafe, 40_00, claims=(claim,))
    (one,) = own(world, cafe)
    assert (one.taken, one.used, one.left, one.cost, one.sales) == (2, 1, 1, 5_00, 40_00)
    assert one.course is Course.RUNNING


def test_a_refund_takes_its_share_of_the_cost_back(world: World, anna: OwnerId, cafe: Merchant) -> None:
    _, claim = world.coupon(anna, cafe)
    paid = world.pay(anna, cafe, 40_00, claims=(claim,))
    world.refund(anna, cafe, paid, 20_00)
    assert own(world, cafe)[0].cost == 2_50
    world.refund(anna, cafe, paid, 20_00)
    assert (own(world, cafe)[0].cost, own(world, cafe)[0].used) == (0, 0)


def test_a_coupon_that_covers_everything_is_counted_at_once(world: World, anna: OwnerId, cafe: Merchant) -> None:
    _, claim = world.coupon(anna, cafe, kind=CouponKind.INSTANT, off_minor=50_00)
    assert own(world, cafe)[0].used == 0
    paid = world.pay(anna, cafe, 40_00, claims=(claim,))
    assert (own(world, cafe)[0].used, own(world, cafe)[0].cost) == (1, 40_00)
    world.refund(anna, cafe, paid, 40_00)
    assert (own(world, cafe)[0].used, own(world, cafe)[0].cost) == (0, 0)


def test_what_the_house_bears_is_no_cost_of_the_merchant(world: World, anna: OwnerId, cafe: Merchant) -> None:
    _, ours = world.coupon(anna, cafe, stackable=True)
    _, theirs = world.coupon(anna, None, kind=CouponKind.INSTANT, off_minor=3_00, stackable=True)
    world.pay(anna, cafe, 40_00, claims=(ours, theirs))
    assert [one.cost for one in own(world, cafe)] == [5_00]
    (one,) = offers.coupons(world.db, ISSUER, world.clock())
    assert (one.taken, one.used, one.cost, one.sales) == (1, 1, None, None)
    assert offers.borne_by_house(world.db) == {"CNY": 3_00}


def test_a_payment_that_its_bank_has_not_answered_costs_nothing_yet(
    world: World, anna: OwnerId, cafe: Merchant
) -> None:
    _, claim = world.coupon(anna, cafe)
    world.pay(anna, cafe, 40_00, claims=(claim,), card=world.card(anna, house.SILENT))
    assert (own(world, cafe)[0].cost, own(world, cafe)[0].used) == (0, 0)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amount=st.integers(30_00, 90_00),
    offs=st.lists(st.integers(1, 9_99), min_size=1, max_size=3),
    refunds=st.lists(st.integers(1, 12_00), max_size=3),
)
def test_the_costs_of_all_coupons_are_what_is_missing_in_the_merchants_wallet(
    world: World, amount: int, offs: list[int], refunds: list[int]
) -> None:
    cafe, anna = world.shop(), world.member(100_00)
    terms = {"kind": CouponKind.INSTANT, "stackable": True}
    claims = [world.coupon(anna, cafe, off_minor=off, **terms)[1] for off in offs]
    claims.append(world.coupon(anna, None, off_minor=1_11, **terms)[1])
    paid = world.pay(anna, cafe, amount, claims=tuple(claims))
    for part in refunds:
        if sum(refunds) <= amount:
            world.refund(anna, cafe, paid, part)
    given_back = sum(refunds) if sum(refunds) <= amount else 0
    received = world.books(cafe.id).get("wallet:CNY", 0)
    assert sum(one.cost or 0 for one in own(world, cafe)) == amount - given_back - received


def test_coupons_come_and_go(world: World, anna: OwnerId, cafe: Merchant) -> None:
    now = world.clock()
    world.offer(cafe, valid_to=now + timedelta(hours=1))
    world.offer(cafe, valid_from=now + timedelta(days=2))
    world.coupon(anna, cafe, stock=1)
    world.clock.turn(days=1)
    assert [one.course for one in own(world, cafe)] == [Course.SOLD_OUT, Course.UPCOMING, Course.OVER]


def test_the_file_has_every_coupon_with_its_cost(world: World, anna: OwnerId, cafe: Merchant) -> None:
    _, claim = world.coupon(anna, cafe)
    world.pay(anna, cafe, 40_00, claims=(claim,))
    (row,) = csv.DictReader(io.StringIO(csv_bytes(coupon_table(own(world, cafe))).decode("utf-8-sig")))
    assert (row["taken"], row["used"], row["left"], row["cost"], row["sales"]) == ("1", "1", "", "5.00", "40.00")


def test_the_last_word_on_a_campaign_counts(world: World, cafe: Merchant) -> None:
    campaign(world, cafe, name="双倍")
    campaign(world, cafe, name="三倍", multiplier_bp=30_000)
    (one,) = offers.campaigns(world.db, cafe.id, world.clock())
    assert (one.rule.name, one.course, one.merchant) == ("三倍", Course.RUNNING, cafe.name)
    campaign(world, cafe, active=False)
    (one,) = offers.campaigns(world.db, cafe.id, world.clock())
    assert (one.course, one.active) == (Course.OFF, False)
    assert offers.earning(world.db, world.clock()).campaigns == ()


def test_members_hear_of_campaigns_that_hold_or_will_and_of_no_closed_merchants(world: World, cafe: Merchant) -> None:
    now = world.clock()
    campaign(world, cafe, code="now", valid_to=now + timedelta(days=1))
    campaign(world, cafe, code="soon", valid_from=now + timedelta(days=1))
    campaign(world, cafe, code="past", valid_to=now - timedelta(days=1))
    closing = world.shop("要关的店")
    campaign(world, closing, code="gone")
    merchants.change(world.db, merchants.ChangeMerchant(**by(closing.id, closing.proprietor), closed=True))
    assert [one.rule.code for one in offers.earning(world.db, now).campaigns] == ["now", "soon"]


def test_the_base_rule_that_is_told_is_the_one_that_counts(world: World) -> None:
    assert offers.earning(world.db, world.clock()).base == rewards.base_rule(world.db)
    rule = EarnRule(points_per_unit=2, cap_per_day=50, redeem_cap_bp=5_000)
    rewards.set_rule(world.db, SetEarnRule(**by(ISSUER, world.operator), rule=rule))
    assert offers.earning(world.db, world.clock()).base == rewards.base_rule(world.db) == rule
