"""Which coupons can be taken, why not, and what became of those that were."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from analytics.coupon_book import Obstacle, Offer, Standing, Taken, mine, offers, taken_table
from analytics.export import csv_bytes
from analytics.scope import Scope, look
from data import merchants
from data.ids import OwnerId
from data.merchants import ChangeMerchant, CouponKind, Merchant
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import World


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("coupons"))
    yield made
    made.running.close()


@pytest.fixture
def anna(world: World) -> OwnerId:
    return world.member(10_000_00)


@pytest.fixture
def cafe(world: World) -> Merchant:
    return world.shop()


def scope(world: World, owner: OwnerId) -> Scope:
    return look(world.db, owner, date(2026, 3, 2))


def offered(world: World, owner: OwnerId) -> dict[str, Offer]:
    return {one.coupon.code: one for one in offers(scope(world, owner), world.clock())}


def held(world: World, owner: OwnerId) -> list[Taken]:
    return list(mine(scope(world, owner), world.clock()))


def one_of(world: World, owner: OwnerId) -> Taken:
    (only,) = held(world, owner)
    return only


def test_an_offer_says_where_it_counts_and_how_many_are_left(world: World, anna: OwnerId, cafe: Merchant) -> None:
    coupon = world.offer(cafe, stock=3)
    house.claim(world.running, world.member(), coupon)
    (one,) = offered(world, anna).values()
    assert (one.place.name, one.taken, one.left, one.mine, one.obstacle) == (cafe.name, 1, 2, 0, None)


def test_coupons_of_the_house_count_everywhere_and_without_a_stock_there_is_no_end(world: World, anna: OwnerId) -> None:
    world.offer(None)
    (one,) = offered(world, anna).values()
    assert (one.place.merchant, one.place.name, one.left) == (None, "", None)


def test_what_cannot_be_taken_says_why(world: World, anna: OwnerId, cafe: Merchant) -> None:
    sold_out = world.offer(cafe, stock=1)
    house.claim(world.running, world.member(), sold_out)
    taken, _ = world.coupon(anna, cafe, per_member=1)
    own = world.offer(world.shop("自己的店", proprietor=anna))
    again, _ = world.coupon(anna, cafe, per_member=2)
    found = offered(world, anna)
    assert found[sold_out.code].obstacle is Obstacle.SOLD_OUT
    assert found[taken.code].obstacle is Obstacle.TAKEN
    assert found[own.code].obstacle is Obstacle.OWN
    assert (found[again.code].obstacle, found[again.code].mine) == (None, 1)


def test_what_is_over_or_of_a_closed_merchant_is_offered_no_more(world: World, anna: OwnerId, cafe: Merchant) -> None:
    world.offer(cafe, valid_to=world.clock() + timedelta(hours=1))
    world.clock.turn(hours=1)
    coming = world.offer(cafe, valid_from=world.clock() + timedelta(days=1))
    assert list(offered(world, anna)) == [coming.code]
    command = ChangeMerchant(**by(cafe.id, cafe.proprietor), closed=True)
    merchants.change(world.db, command)
    assert offered(world, anna) == {}


def test_a_coupon_waits_can_be_used_and_expires(world: World, anna: OwnerId, cafe: Merchant) -> None:
    begin = world.clock() + timedelta(days=1)
    world.coupon(anna, cafe, valid_from=begin, valid_to=begin + timedelta(days=1))
    assert one_of(world, anna).standing is Standing.NOT_YET
    world.clock.turn(days=1)
    assert one_of(world, anna).standing is Standing.USABLE
    world.clock.turn(days=1)
    assert one_of(world, anna).standing is Standing.EXPIRED


def test_a_used_coupon_knows_its_payment_and_what_it_took_off(world: World, anna: OwnerId, cafe: Merchant) -> None:
    _, claim = world.coupon(anna, cafe)
    paid = world.pay(anna, cafe, 30_00, claims=(claim,))
    one = one_of(world, anna)
    assert (one.standing, str(one.payment), one.saved) == (Standing.USED, paid["payment"], 5_00)


def test_a_full_refund_gives_it_back_for_seven_days_more_and_after_that_it_is_lost(
    world: World, anna: OwnerId, cafe: Merchant
) -> None:
    ends = world.clock() + timedelta(days=1)
    _, first = world.coupon(anna, cafe, valid_to=ends)
    paid = world.pay(anna, cafe, 30_00, claims=(first,))
    world.clock.turn(days=3)
    world.refund(anna, cafe, paid, 30_00)
    one = one_of(world, anna)
    assert (one.standing, one.ends, one.saved) == (Standing.USABLE, ends + timedelta(days=7), 0)
    again = world.pay(anna, cafe, 30_00, claims=(first,))
    world.clock.turn(days=9)
    world.refund(anna, cafe, again, 30_00)
    assert one_of(world, anna).standing is Standing.LOST


def test_a_coupon_in_a_payment_whose_bank_is_silent_is_in_use(world: World, anna: OwnerId, cafe: Merchant) -> None:
    _, claim = world.coupon(anna, cafe)
    world.pay(anna, cafe, 30_00, claims=(claim,), card=world.card(anna, house.SILENT))
    assert one_of(world, anna).standing is Standing.IN_USE


def test_nobody_sees_what_others_took(world: World, anna: OwnerId, cafe: Merchant) -> None:
    world.coupon(world.member(), cafe)
    assert held(world, anna) == []


def test_the_file_lists_every_coupon_with_what_it_saved(world: World, anna: OwnerId, cafe: Merchant) -> None:
    _, claim = world.coupon(anna, cafe, kind=CouponKind.PERCENT, off_bp=1_000)
    world.coupon(anna, None)
    world.pay(anna, cafe, 30_00, claims=(claim,))
    rows = list(csv.DictReader(io.StringIO(csv_bytes(taken_table(held(world, anna))).decode("utf-8-sig"))))
    assert [(row["standing"], row["saved"]) for row in rows] == [("usable", "0.00"), ("used", "3.00")]
