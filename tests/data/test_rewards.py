"""Points and coupons: how they are earned and taken, what they are worth, when they end (LEDGER §5, §6)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from data import merchants, rewards, settlement, wallet
from data.assurance import AT_THE_MACHINE
from data.cards import CardKind
from data.errors import Rejection
from data.ids import OwnerId, new_id
from data.ledger.changes import TextTooLong
from data.ledger.coupons import CouponInvalid
from data.ledger.wallet import refusals as no
from data.merchants import Coupon, CouponKind, Merchant
from data.preferences import Preferences, choose_preferences
from data.rewards import BASE_CODE, ISSUER, ClaimCoupon, EarnRule, EndCoupon, PublishCoupon, SetEarnRule
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import NOON, SetRule, World

DAY = timedelta(days=1)


def earned(world: World, owner: OwnerId, merchant: Merchant, amount: int, **more: Any) -> int:
    return int(world.pay(owner, merchant, amount, **more)["points_earned"])


def refused(world: World, owner: OwnerId, merchant: Merchant, amount: int, **more: Any) -> Rejection:
    with pytest.raises(Rejection) as told:
        world.pay(owner, merchant, amount, **more)
    return told.value


# -- earning


@pytest.mark.parametrize(("amount", "points"), [(1, 0), (99, 0), (1_00, 1), (35_99, 35), (123_45, 123)])
def test_a_point_is_earned_for_every_whole_yuan(world: World, amount: int, points: int) -> None:
    anna = world.member(200_00)
    assert earned(world, anna, world.shop(), amount) == points
    assert world.standing(anna).points == points


def test_points_are_earned_on_cash_alone(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    _, claim = world.coupon(anna, None, kind=CouponKind.INSTANT, off_minor=3_00)
    assert earned(world, anna, cafe, 35_50, claims=(claim,), points=50) == 32
    assert world.standing(anna).points == 100 - 50 + 32


def test_top_ups_gifts_and_refunds_earn_nothing(world: World) -> None:
    anna, ben, cafe = world.member(100_00), world.member(), world.shop()
    house.top_up(world.running, anna, world.card(anna), 50_00)
    wallet.transfer(
        world.db, wallet.Transfer(**by(anna), recipient=ben, amount=20_00, currency="CNY"), assurance=AT_THE_MACHINE
    )
    paid = world.pay(anna, cafe, 10_00)
    world.refund(anna, cafe, paid, 10_00)
    assert (world.lots(anna), world.lots(ben)) == ([], [])


def test_it_is_floored_once_at_the_end(world: World, rule: SetRule) -> None:
    rule(points_per_unit=3)
    rule(code="more", multiplier_bp=15_000)
    anna = world.member(100_00)
    assert earned(world, anna, world.shop(), 1_66) == 7  # 7.47; floored on the way it would be 6


def test_the_houses_rule_holds_from_the_next_payment_on_and_after_a_restart(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(100_00), world.shop()
    assert earned(world, anna, cafe, 10_00) == 10
    wanted = EarnRule(points_per_unit=5, multiplier_bp=20_000)
    rewards.set_rule(world.db, SetEarnRule(**by(ISSUER, world.operator), rule=wanted))
    world.reopen()
    assert rewards.base_rule(world.db) == wanted
    assert earned(world, anna, cafe, 10_00) == 100
    command = SetEarnRule(**by(ISSUER, world.operator), rule=wanted, active=False)
    rewards.set_rule(world.db, command)
    assert (rewards.base_rule(world.db), earned(world, anna, cafe, 10_00)) == (EarnRule(), 10)
    world.check(anna)


def test_the_best_campaign_counts_and_they_do_not_multiply_each_other(world: World, rule: SetRule) -> None:
    anna, cafe, bakery = world.member(500_00), world.shop(category="dining"), world.shop(category="groceries")
    rule(code="food", multiplier_bp=30_000, category="dining")
    rule(code="one shop", multiplier_bp=20_000, merchant=str(cafe.id))
    rule(code="one bakery", multiplier_bp=20_000, merchant=str(bakery.id))
    assert earned(world, anna, cafe, 10_00) == 30
    assert earned(world, anna, bakery, 10_00) == 20
    assert earned(world, anna, world.shop(category="books"), 10_00) == 10


def test_a_campaign_for_a_category_holds_in_its_parts(world: World, rule: SetRule) -> None:
    rule(code="food", multiplier_bp=30_000, category="dining")
    assert earned(world, world.member(50_00), world.shop(category="coffee"), 10_00) == 30


def test_a_campaign_begins_and_ends_on_the_instant(world: World, rule: SetRule) -> None:
    anna, cafe = world.member(500_00), world.shop()
    start, end = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    rule(code="happy hour", multiplier_bp=20_000, merchant=str(cafe.id), valid_from=start, valid_to=end)
    told = []
    for moment in (start - timedelta(microseconds=1), start, end - timedelta(microseconds=1), end):
        world.clock.now = moment
        told.append(earned(world, anna, cafe, 10_00))
    assert told == [10, 20, 20, 10]


def test_one_payment_earns_at_most_so_many(world: World, rule: SetRule) -> None:
    rule(cap_per_payment=20)
    anna, cafe = world.member(500_00), world.shop()
    assert [earned(world, anna, cafe, amount) for amount in (19_00, 20_00, 21_00, 200_00)] == [19, 20, 20, 20]


def test_one_day_earns_at_most_so_many_and_a_declined_payment_earned_nothing(world: World, rule: SetRule) -> None:
    rule(cap_per_day=30)
    anna, cafe = world.member(500_00), world.shop()
    with pytest.raises(no.CardDeclined):
        world.pay(anna, cafe, 25_00, card=world.card(anna, house.DECLINED, CardKind.CREDIT))
    assert [earned(world, anna, cafe, 20_00) for _ in range(3)] == [20, 10, 0]
    assert world.standing(anna).points == 30
    world.clock.now += DAY
    assert earned(world, anna, cafe, 20_00) == 20


def test_a_refund_does_not_make_room_under_the_days_cap(world: World, rule: SetRule) -> None:
    rule(cap_per_day=30)
    anna, cafe = world.member(500_00), world.shop()
    paid = world.pay(anna, cafe, 30_00)
    world.refund(anna, cafe, paid, 30_00)
    assert earned(world, anna, cafe, 30_00) == 0


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"code": ""}, no.EarnRuleInvalid("code", "missing")),
        ({"code": "x" * 61}, TextTooLong("earn_rule", 60, 61)),
        ({"name": "x" * 61}, TextTooLong("earn_rule", 60, 61)),
        ({"points_per_unit": -1}, no.EarnRuleInvalid("points_per_unit", "negative")),
        ({"points_per_unit": 1_000_001}, no.EarnRuleInvalid("points_per_unit", "too_large")),
        ({"cap_per_day": -1}, no.EarnRuleInvalid("cap_per_day", "negative")),
        ({"valid_days": -1}, no.EarnRuleInvalid("valid_days", "negative")),
        ({"redeem_cap_bp": 10_001}, no.EarnRuleInvalid("redeem_cap_bp", "too_large")),
        ({"code": "less", "multiplier_bp": 9_999}, no.EarnRuleInvalid("multiplier_bp", "too_small")),
        ({"valid_from": NOON, "valid_to": NOON}, no.EarnRuleInvalid("valid_to", "before_start")),
    ],
)
def test_a_rule_that_cannot_be_is_refused(world: World, fields: dict[str, Any], refusal: Rejection) -> None:
    before = rewards.base_rule(world.db)
    with pytest.raises(Rejection) as told:
        rewards.set_rule(world.db, SetEarnRule(**by(ISSUER, world.operator), rule=EarnRule(**fields)))
    assert told.value == refusal
    assert rewards.base_rule(world.db) == before


def test_the_base_rule_is_the_houses_alone(world: World) -> None:
    cafe = world.shop()
    command = SetEarnRule(**by(cafe.id, cafe.proprietor), rule=EarnRule(code=BASE_CODE, points_per_unit=9))
    with pytest.raises(no.EarnRuleInvalid) as told:
        merchants.set_campaign(world.db, command)
    assert told.value == no.EarnRuleInvalid("code", "reserved")
    for actor in (world.member(), new_id()):
        with pytest.raises(no.OperatorOnly):
            rewards.set_rule(world.db, SetEarnRule(**by(ISSUER, actor), rule=EarnRule(points_per_unit=9)))


def test_a_campaign_of_a_merchant_ends_when_it_says_so(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop()
    double = EarnRule(code="double", multiplier_bp=20_000)
    told = []
    for active in (True, False):
        command = SetEarnRule(**by(cafe.id, cafe.proprietor), rule=double, active=active)
        merchants.set_campaign(world.db, command)
        told.append(earned(world, anna, cafe, 10_00))
    assert told == [20, 10]


# -- redeeming


def test_a_point_pays_a_minor_unit_unless_the_house_says_otherwise(world: World, rule: SetRule) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    assert world.pay(anna, cafe, 10_00, points=40)["cash_minor"] == 9_60
    rule(redeem_minor_per_point=5)
    receipt = world.pay(anna, cafe, 10_00, points=40)
    assert (receipt["points_minor"], receipt["cash_minor"]) == (2_00, 8_00)


def test_points_cover_at_most_a_part_of_what_coupons_left(world: World, rule: SetRule) -> None:
    anna, cafe = world.member(9_000_00), world.shop()
    world.pay(anna, cafe, 5_000_00)
    rule(redeem_minor_per_point=2, redeem_cap_bp=5_000)
    _, claim = world.coupon(anna, cafe, kind=CouponKind.INSTANT, off_minor=2_00)
    command = world.paying(anna, cafe, 12_01, claims=(claim,))
    assert wallet.quote(world.db, command).most_points == 250  # half of 10.01 at 0.02 a point
    assert refused(world, anna, cafe, 12_01, claims=(claim,), points=251) == no.PointsBeyondCap(251, 250)
    assert world.pay(anna, cafe, 12_01, claims=(claim,), points=250)["cash_minor"] == 5_01


def test_where_points_are_worth_nothing_none_are_taken(world: World, rule: SetRule) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    rule(redeem_minor_per_point=0)
    assert refused(world, anna, cafe, 10_00, points=1) == no.PointsBeyondCap(1, 0)
    assert world.standing(anna).points == 100


def test_no_more_points_are_spent_than_there_are(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    assert refused(world, anna, cafe, 50_00, points=101) == no.InsufficientPoints(101, 100, 0)
    world.pay(anna, cafe, 50_00, points=100)
    assert world.standing(anna).points == 49


def test_points_are_not_for_sale(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    command = world.paying(anna, cafe, 50_00, points=-1)
    assert wallet.quote(world.db, command).no == no.AmountInvalid(-1)
    with pytest.raises(no.AmountInvalid) as told:
        wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
    assert told.value == no.AmountInvalid(-1)
    assert world.standing(anna).points == 100


def test_what_expires_first_is_spent_first_and_of_equals_the_older(world: World, rule: SetRule) -> None:
    anna, cafe = world.member(500_00), world.shop()
    for days, amount in ((300, 10_00), (30, 20_00), (None, 5_00), (30, 40_00)):
        rule(valid_days=days)
        world.pay(anna, cafe, amount)
    rule(points_per_unit=0)

    def left() -> list[int]:
        return [points for _, points in world.lots(anna)]

    assert left() == [10, 20, 5, 40]
    world.pay(anna, cafe, 50_00, points=15)
    assert left() == [10, 5, 5, 40]
    world.pay(anna, cafe, 50_00, points=15)
    assert left() == [10, 5, 30]
    world.pay(anna, cafe, 50_00, points=42)
    assert left() == [3]
    assert world.lots(anna) == [(None, 3)]


# -- the end of points


def test_points_count_through_their_last_day_and_then_no_more_whether_the_job_came_or_not(world: World) -> None:
    anna, cafe = world.member(900_00), world.shop()
    world.pay(anna, cafe, 100_00)
    assert world.lots(anna) == [(date(2027, 3, 2), 100)]
    world.clock.at("2027-03-02")
    world.clock.turn(hours=11, minutes=59)  # a minute to midnight in Shanghai
    assert world.standing(anna).points == 100
    world.pay(anna, cafe, 1_00, points=10)
    world.clock.turn(minutes=1)
    assert world.standing(anna).points == 0
    assert refused(world, anna, cafe, 50_00, points=1) == no.InsufficientPoints(1, 0, 0)
    assert world.books(anna)["points"] == 90  # no job has come yet


def test_the_job_takes_them_out_of_both_books_once(own_world: World) -> None:
    world = own_world
    anna, ben, cafe = world.member(900_00), world.member(900_00), world.shop()
    world.pay(anna, cafe, 100_00)
    world.clock.at("2026-06-01")
    world.pay(anna, cafe, 7_00)
    world.pay(ben, cafe, 50_00)
    world.clock.at("2027-03-03")
    assert settlement.expire(world.running) == 100
    assert settlement.expire(world.running) == 0
    assert (world.standing(anna).points, world.books(anna)["points"], world.standing(ben).points) == (7, 7, 50)
    assert world.house_books()["issuer:points"] == -57
    sql = "SELECT amount FROM published_posting WHERE owner = $owner AND category = 'expired'"
    assert world.db.read(sql, {"owner": anna}) == [(-100,)]
    world.reopen()
    assert settlement.expire(world.running) == 0
    world.check(anna, ben)


def test_a_day_ends_for_each_person_where_they_live(own_world: World) -> None:
    world = own_world
    anna, ben, cafe = world.member(100_00), world.member(100_00), world.shop()
    choose_preferences(world.db, ben, Preferences(zone="America/New_York"))
    world.clock.now = datetime(2026, 3, 2, 4, 30)  # noqa: DTZ001 - UTC without zone: the 1st in New York
    for owner in (anna, ben):
        world.pay(owner, cafe, 10_00)
    until = {owner: world.lots(owner)[0][0] for owner in (anna, ben)}
    assert until == {anna: date(2027, 3, 2), ben: date(2027, 3, 1)}  # it was still the day before there
    world.clock.now = datetime(2027, 3, 2, 4, 30)  # noqa: DTZ001 - UTC without zone: the 1st in New York
    assert (settlement.expire(world.running), world.standing(ben).points) == (0, 10)
    world.clock.turn(hours=1)
    assert settlement.expire(world.running) == 10
    assert (world.standing(anna).points, world.standing(ben).points) == (10, 0)


def test_points_that_wait_for_a_bank_beyond_their_last_day_end_when_they_come_back(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    world.clock.at("2027-03-02")
    world.pay(anna, cafe, 50_00, points=60, card=world.card(anna, house.SILENT_THEN_NO))
    world.clock.at("2027-03-03")
    settlement.expire(world.running)
    assert (world.books(anna).get("points", 0), world.books(anna)["points:held"]) == (0, 60)
    for _ in range(2):
        world.clock.turn(minutes=1)
        settlement.ask_open(world.running)
    assert (world.books(anna)["points"], world.standing(anna).points) == (60, 0)
    settlement.expire(world.running)
    assert world.books(anna).get("points", 0) == 0


# -- taking coupons


def take(world: World, owner: OwnerId, named: str) -> str:
    return str(rewards.claim(world.db, ClaimCoupon(**by(owner), coupon=named))["claim"])


def test_a_coupon_is_taken_by_its_id_or_its_code(world: World) -> None:
    offer = world.offer(world.shop(), per_member=2)
    anna = world.member()
    assert take(world, anna, str(offer.id)) != take(world, anna, offer.code)
    with pytest.raises(no.CouponUnknown) as told:
        take(world, anna, "no such")
    assert told.value == no.CouponUnknown("no such")


def test_nobody_takes_more_than_one_person_may(world: World) -> None:
    offer = world.offer(world.shop(), per_member=2)
    anna = world.member()
    for _ in range(2):
        take(world, anna, offer.code)
    with pytest.raises(no.CouponClaimedOut) as told:
        take(world, anna, offer.code)
    assert told.value == no.CouponClaimedOut(offer.code, 2)
    take(world, world.member(), offer.code)


def test_there_are_as_many_as_there_are_for_everybody_together(own_world: World) -> None:
    world = own_world
    offer = world.offer(world.shop(), stock=2, per_member=None)
    anna, ben = world.member(), world.member()
    take(world, anna, offer.code)
    world.reopen()
    take(world, ben, offer.code)
    for owner in (anna, ben):
        with pytest.raises(no.CouponSoldOut) as told:
            take(world, owner, offer.code)
        assert told.value == no.CouponSoldOut(offer.code, 2)
    sql = "SELECT count(*) FROM published_claim WHERE coupon = $coupon"
    assert world.db.read(sql, {"coupon": offer.id}) == [(2,)]


def test_taking_is_one_request(world: World) -> None:
    offer = world.offer(world.shop())
    command = ClaimCoupon(**by(world.member()), coupon=offer.code)
    assert rewards.claim(world.db, command) == rewards.claim(world.db, command)


def test_an_offer_taken_back_cannot_be_taken_and_what_was_taken_stays(own_world: World) -> None:
    world = own_world
    anna, ben, cafe = world.member(50_00), world.member(50_00), world.shop()
    offer, claim = world.coupon(anna, cafe)
    ending = EndCoupon(**by(cafe.id, cafe.proprietor), coupon=offer.id)
    assert merchants.end_coupon(world.db, ending) == {"coupon": str(offer.id), "code": offer.code, "taken": 1}
    again = EndCoupon(**by(cafe.id, cafe.proprietor), coupon=offer.id)
    merchants.end_coupon(world.db, again)
    for _ in range(2):
        with pytest.raises(no.CouponOver) as refused:
            rewards.claim(world.db, ClaimCoupon(**by(ben), coupon=offer.code))
        assert refused.value == no.CouponOver(offer.code, "ended")
        world.reopen()
    assert world.pay(anna, cafe, 12_00, claims=(claim,))["cash_minor"] == 7_00
    world.check(anna, ben)


def test_nobody_takes_back_what_another_publishes(world: World) -> None:
    anna, cafe, other = world.member(), world.shop(), world.shop()
    offer, theirs = world.offer(cafe), world.offer(None)
    for owner, actor, coupon, told in (
        (other.id, other.proprietor, offer.id, no.CouponUnknown),
        (other.id, other.proprietor, theirs.id, no.CouponUnknown),
        (cafe.id, other.proprietor, offer.id, no.MerchantUnknown),
    ):
        with pytest.raises(told):
            merchants.end_coupon(world.db, EndCoupon(**by(owner, actor), coupon=coupon))
    with pytest.raises(no.OperatorOnly):
        rewards.end_coupon(world.db, EndCoupon(**by(ISSUER, anna), coupon=theirs.id))
    rewards.end_coupon(world.db, EndCoupon(**by(ISSUER, world.operator), coupon=theirs.id))
    assert rewards.claim(world.db, ClaimCoupon(**by(anna), coupon=offer.code))["code"] == offer.code


def test_a_coupon_whose_time_is_over_is_not_taken(world: World) -> None:
    offer = world.offer(world.shop(), valid_to=NOON + DAY)
    world.clock.now += DAY - timedelta(microseconds=1)
    take(world, world.member(), offer.code)
    world.clock.now += timedelta(microseconds=1)
    with pytest.raises(no.CouponOver) as told:
        take(world, world.member(), offer.code)
    assert told.value == no.CouponOver(offer.code, "over")


def test_the_house_publishes_through_its_operator_alone(world: World) -> None:
    coupon = Coupon(
        id=new_id(), code=f"H{world.number()}", name="Gift", kind=CouponKind.INSTANT, currency="CNY", off_minor=1_00
    )
    with pytest.raises(no.OperatorOnly):
        rewards.publish(world.db, PublishCoupon(**by(ISSUER, world.member()), coupon=coupon))
    rewards.publish(world.db, PublishCoupon(**by(ISSUER, world.operator), coupon=coupon))
    with pytest.raises(no.CouponExists):
        rewards.publish(world.db, PublishCoupon(**by(ISSUER, world.operator), coupon=coupon))


def test_a_coupon_that_cannot_be_is_refused(world: World) -> None:
    cafe = world.shop()
    coupon = Coupon(id=new_id(), code="X", name="X", kind=CouponKind.OFF_OVER, currency="CNY", off_minor=0)
    with pytest.raises(CouponInvalid):
        merchants.publish_coupon(world.db, PublishCoupon(**by(cafe.id, cafe.proprietor), coupon=coupon))
    with pytest.raises(no.CouponUnknown):
        take(world, world.member(), str(coupon.id))


# -- using them


def test_a_coupon_is_used_once(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    offer, claim = world.coupon(anna, cafe)
    assert world.pay(anna, cafe, 12_00, claims=(claim,))["cash_minor"] == 7_00
    for named in (claim, offer.code):
        assert refused(world, anna, cafe, 12_00, claims=(named,)) == no.CouponNotHeld(named)


def test_of_two_of_a_kind_either_is_used_by_the_code(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    offer = world.offer(cafe, per_member=2)
    for _ in range(2):
        take(world, anna, offer.code)
    for _ in range(2):
        assert world.pay(anna, cafe, 12_00, claims=(offer.code,))["cash_minor"] == 7_00
    assert isinstance(refused(world, anna, cafe, 12_00, claims=(offer.code,)), no.CouponNotHeld)


def test_naming_one_coupon_twice_takes_it_off_once(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    offer, claim = world.coupon(anna, cafe)
    assert world.pay(anna, cafe, 12_00, claims=(claim, offer.code, claim))["cash_minor"] == 7_00


def test_coupons_are_used_by_who_took_them(world: World) -> None:
    anna, ben, cafe = world.member(100_00), world.member(100_00), world.shop()
    offer, claim = world.coupon(anna, cafe)
    for named in (claim, offer.code):
        assert refused(world, ben, cafe, 12_00, claims=(named,)) == no.CouponNotHeld(named)
    world.pay(anna, cafe, 12_00, claims=(claim,))


@pytest.mark.parametrize(
    ("terms", "reason", "missing"),
    [
        ({"currency": "JPY"}, "wrong_currency", None),
        ({"category": "books"}, "wrong_category", None),
        ({"valid_from": NOON + timedelta(microseconds=1)}, "not_begun", None),
        ({"min_spend_minor": 12_01}, "below_minimum", 1),
        ({"min_spend_minor": 20_00}, "below_minimum", 8_00),
    ],
)
def test_a_coupon_that_does_not_fit_says_why(
    world: World, terms: dict[str, Any], reason: str, missing: int | None
) -> None:
    anna, cafe = world.member(100_00), world.shop()
    offer, claim = world.coupon(anna, None, **terms)
    told = refused(world, anna, cafe, 12_00, claims=(claim,))
    assert told == no.CouponNotUsable(offer.code, reason, "CNY", missing)
    assert world.available(anna) == 100_00


def test_a_coupon_ends_on_the_instant(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    first, second = (world.coupon(anna, cafe, valid_to=NOON + DAY) for _ in range(2))
    world.clock.now += DAY - timedelta(microseconds=1)
    world.pay(anna, cafe, 12_00, claims=(first[1],))
    world.clock.now += timedelta(microseconds=1)
    told = refused(world, anna, cafe, 12_00, claims=(second[1],))
    assert told == no.CouponNotUsable(second[0].code, "over", "CNY", None)


def test_of_two_that_exclude_each_other_the_payment_is_refused_and_says_which(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    weak, weak_claim = world.coupon(anna, cafe, off_minor=3_00)
    _, strong_claim = world.coupon(anna, cafe, off_minor=5_00)
    told = refused(world, anna, cafe, 12_00, claims=(weak_claim, strong_claim))
    assert told == no.CouponNotUsable(weak.code, "not_stackable", "CNY", None)


def test_two_of_ten_percent_are_nineteen(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    terms: dict[str, Any] = {"kind": CouponKind.PERCENT, "off_bp": 1_000, "stackable": True}
    claims = tuple(world.coupon(anna, cafe, **terms)[1] for _ in range(2))
    assert world.pay(anna, cafe, 100_00, claims=claims)["coupon_minor"] == 19_00


def test_the_best_of_all_is_suggested_with_every_other_ones_reason(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    percent, _ = world.coupon(anna, cafe, kind=CouponKind.PERCENT, off_bp=1_000, cap_minor=4_00, stackable=True)
    gift, _ = world.coupon(anna, None, kind=CouponKind.INSTANT, off_minor=3_00, stackable=True)
    alone, _ = world.coupon(anna, cafe, off_minor=6_00, min_spend_minor=30_00)
    dear, _ = world.coupon(anna, cafe, off_minor=50_00, min_spend_minor=100_00)
    other, _ = world.coupon(anna, world.shop())
    best = wallet.quote(world.db, world.paying(anna, cafe, 50_00)).best
    assert [(one.claim.coupon.code, one.off_minor) for one in best.applied] == [(percent.code, 4_00), (gift.code, 3_00)]
    assert {one.claim.coupon.code: (one.reason.value, one.detail_minor) for one in best.refused} == {
        alone.code: ("not_stackable", None),
        dear.code: ("below_minimum", 50_00),
        other.code: ("wrong_merchant", None),
    }
    claims = tuple(str(one.claim.id) for one in best.applied)
    assert world.pay(anna, cafe, 50_00, claims=claims)["coupon_minor"] == best.off_minor == 7_00


def test_a_coupon_is_reserved_while_a_bank_is_silent_and_free_after_its_no(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    offer, claim = world.coupon(anna, cafe)
    silent = world.card(anna, house.SILENT_THEN_NO)
    world.pay(anna, cafe, 12_00, claims=(claim,), card=silent)
    state = "SELECT state FROM published_claim WHERE owner = $owner AND id = $claim"
    assert world.db.read(state, {"owner": anna, "claim": claim}) == [("reserved",)]
    assert wallet.quote(world.db, world.paying(anna, cafe, 12_00)).best.applied == ()
    assert isinstance(refused(world, anna, cafe, 12_00, claims=(offer.code,)), no.CouponNotHeld)
    for _ in range(2):
        world.clock.turn(minutes=1)
        settlement.ask_open(world.running)
    assert world.db.read(state, {"owner": anna, "claim": claim}) == [("released",)]
    assert world.pay(anna, cafe, 12_00, claims=(claim,))["cash_minor"] == 7_00


def test_a_declined_card_uses_no_coupon(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    _, claim = world.coupon(anna, cafe)
    with pytest.raises(no.CardDeclined):
        world.pay(anna, cafe, 12_00, claims=(claim,), card=world.card(anna, house.DECLINED, CardKind.CREDIT))
    world.pay(anna, cafe, 12_00, claims=(claim,))


def test_points_and_coupons_are_known_again_after_a_restart(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    used, free, held = (world.coupon(anna, cafe)[1] for _ in range(3))
    world.pay(anna, cafe, 12_00, claims=(used,), points=30)
    world.pay(anna, cafe, 12_00, claims=(held,), points=20, card=world.card(anna, house.SILENT))
    before = world.standing(anna)
    world.reopen()
    assert world.standing(anna) == before
    for claim in (used, held):
        assert isinstance(refused(world, anna, cafe, 12_00, claims=(claim,)), no.CouponNotHeld)
    world.pay(anna, cafe, 12_00, claims=(free,))
    world.check(anna)


def test_points_never_cross_from_one_money_to_another(own_world: World) -> None:
    world = own_world
    anna = world.member(500_00)
    world.pay(anna, world.shop(), 500_00)
    house.open_for(world.running, anna, "EUR")
    desk = wallet.DeskTopUp(**by(anna, world.operator), amount=200_00, currency="EUR")
    wallet.desk_top_up(world.db, desk)
    abroad = world.shop(currency="EUR")
    command = wallet.Pay(**by(anna), merchant=abroad.id, amount=100_00, currency="EUR", points=100)
    assert wallet.quote(world.db, command).most_points == 0
    with pytest.raises(no.PointsBeyondCap):
        wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
    assert world.pay(anna, abroad, 100_00)["points_earned"] == 0
    assert wallet.standing(world.db, anna)[0].points == 500
