"""How much may leave a wallet: what counts, what is left, and from when a change holds (LEDGER §7)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data import wallet
from data.assurance import AT_THE_MACHINE
from data.cards import CardKind
from data.errors import Rejection
from data.ids import OwnerId
from data.ledger.wallet import refusals as no
from data.merchants import CouponKind
from data.money import MAX_MINOR
from data.preferences import Preferences, choose_preferences
from data.wallet import SetLimits, Transfer
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import World


def limit(world: World, owner: OwnerId, currency: str = "CNY", **fields: Any) -> dict[str, Any]:
    return wallet.set_limits(world.db, SetLimits(**by(owner), currency=currency, **fields), assurance=AT_THE_MACHINE)


def over(world: World, owner: OwnerId, amount: int, **more: Any) -> Rejection:
    with pytest.raises(no.LimitExceeded) as refused:
        world.pay(owner, world.shop(), amount, **more)
    return refused.value


def test_one_payment_may_be_as_large_as_the_limit_and_no_larger(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    limit(world, anna, per_payment=100_00)
    assert over(world, anna, 100_01) == no.LimitExceeded("per_payment", "CNY", 100_00, 0, 100_01, 100_00, "")
    world.pay(anna, cafe, 100_00)
    world.pay(anna, cafe, 100_00)


def test_a_day_is_used_up_and_renews_with_the_next_one(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    limit(world, anna, per_day=100_00)
    world.pay(anna, cafe, 60_00)
    assert over(world, anna, 40_01) == no.LimitExceeded("per_day", "CNY", 100_00, 60_00, 40_01, 40_00, "2026-03-03")
    world.pay(anna, cafe, 40_00)
    standing = world.standing(anna)
    assert (standing.spent_today, standing.left_today, standing.left_this_month) == (100_00, 0, None)
    world.clock.turn(hours=11, minutes=59)  # one minute to midnight in Shanghai
    over(world, anna, 1)
    world.clock.turn(minutes=1)
    world.pay(anna, cafe, 100_00)


def test_moving_to_where_it_is_still_yesterday_gives_nothing_back(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    limit(world, anna, per_day=100_00, per_month=150_00)
    world.pay(anna, cafe, 100_00)
    choose_preferences(world.db, anna, Preferences(zone="Pacific/Niue"), assurance=AT_THE_MACHINE)
    standing = world.standing(anna)
    assert standing.today.isoformat() == "2026-03-01"
    assert (standing.spent_today, standing.left_today, standing.left_this_month) == (100_00, 0, 50_00)
    over(world, anna, 1)


def test_a_month_is_the_calendars_and_renews_with_the_next_one(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    limit(world, anna, per_month=100_00)
    world.pay(anna, cafe, 60_00)
    world.clock.at("2026-03-31")
    assert over(world, anna, 40_01) == no.LimitExceeded("per_month", "CNY", 100_00, 60_00, 40_01, 40_00, "2026-04-01")
    assert world.standing(anna).left_this_month == 40_00
    world.clock.at("2026-04-01")
    world.pay(anna, cafe, 100_00)


def test_the_narrowest_is_told_first_and_all_hold_together(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    limit(world, anna, per_payment=50_00, per_day=80_00, per_month=100_00)
    told = [over(world, anna, 300_00).facts["limit"]]
    world.pay(anna, cafe, 50_00)
    told.append(over(world, anna, 40_00).facts["limit"])
    world.clock.turn(days=1)
    world.pay(anna, cafe, 50_00)
    told.append(over(world, anna, 1).facts["limit"])
    assert told == ["per_payment", "per_day", "per_month"]


def test_only_cash_counts_not_what_coupons_and_points_pay(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    _, claim = world.coupon(anna, cafe, kind=CouponKind.INSTANT, off_minor=20_00)
    limit(world, anna, per_payment=79_00)
    world.pay(anna, cafe, 100_00, claims=(claim,), points=100)
    assert world.standing(anna).spent_today == 179_00


def test_gifts_and_card_payments_count_but_not_what_stays_ones_own(world: World) -> None:
    anna, ben, cafe = world.member(500_00), world.member(), world.shop()
    card = world.card(anna)
    limit(world, anna, per_day=100_00)
    house.top_up(world.running, anna, card, 300_00)
    wallet.withdraw(world.running, wallet.Withdraw(**by(anna), card=card, amount=200_00, currency="CNY"))
    assert world.standing(anna).spent_today == 0
    wallet.transfer(
        world.db, Transfer(**by(anna), recipient=ben, amount=30_00, currency="CNY"), assurance=AT_THE_MACHINE
    )
    world.pay(anna, cafe, 30_00, card=card)
    assert world.standing(anna).left_today == 40_00
    over(world, anna, 40_01)
    over(world, anna, 40_01, card=card)
    with pytest.raises(no.LimitExceeded):
        wallet.transfer(
            world.db, Transfer(**by(anna), recipient=ben, amount=40_01, currency="CNY"), assurance=AT_THE_MACHINE
        )


def test_a_refund_gives_nothing_of_a_limit_back(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    limit(world, anna, per_day=100_00)
    paid = world.pay(anna, cafe, 100_00)
    world.refund(anna, cafe, paid, 100_00)
    assert world.available(anna) == 500_00
    assert world.standing(anna).spent_today == 100_00
    over(world, anna, 1)


def test_a_declined_card_payment_gives_its_part_back(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    limit(world, anna, per_day=100_00)
    declined = world.card(anna, house.DECLINED, CardKind.CREDIT)
    with pytest.raises(no.CardDeclined):
        world.pay(anna, cafe, 100_00, card=declined)
    assert world.standing(anna).spent_today == 0
    world.pay(anna, cafe, 100_00)


def test_a_payment_counts_while_its_bank_is_silent_until_the_bank_says_no(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    limit(world, anna, per_day=100_00)
    silent = world.card(anna, house.SILENT_THEN_NO)
    world.pay(anna, cafe, 100_00, card=silent)
    over(world, anna, 1)
    for _ in range(2):
        world.clock.turn(minutes=1)
        world.rounds().once()
    assert world.standing(anna).spent_today == 0
    world.pay(anna, cafe, 100_00)


def test_a_refused_payment_counts_for_nothing(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop()
    limit(world, anna, per_day=100_00)
    with pytest.raises(no.InsufficientFunds):
        world.pay(anna, cafe, 60_00)
    assert world.standing(anna).spent_today == 0


def test_limits_are_each_currencys_own(world: World) -> None:
    anna, konbini = world.member(500_00), world.shop("Konbini", currency="JPY")
    wallet.open_wallet(world.db, wallet.OpenWallet(**by(anna), currency="JPY"))
    world.fund(anna, 9_000, "JPY")
    limit(world, anna, per_day=1_00)
    limit(world, anna, "JPY", per_payment=5_000)
    world.pay(anna, konbini, 4_000)
    with pytest.raises(no.LimitExceeded) as refused:
        world.pay(anna, konbini, 5_001)
    assert refused.value.currency == "JPY"


# -- changing them


def test_lower_holds_at_once_and_higher_from_the_next_day(world: World) -> None:
    anna = world.member(500_00)
    assert limit(world, anna, per_day=100_00) == {
        "currency": "CNY",
        "now": [None, 100_00, None],
        "from_tomorrow": [None, 100_00, None],
    }
    assert limit(world, anna, per_day=60_00)["now"] == [None, 60_00, None]
    raised = limit(world, anna, per_day=200_00)
    assert (raised["now"], raised["from_tomorrow"]) == ([None, 60_00, None], [None, 200_00, None])
    standing = world.standing(anna)
    assert (standing.limits, standing.promised) == ((None, 60_00, None), (None, 200_00, None))
    over(world, anna, 60_01)
    world.clock.turn(days=1)
    assert world.standing(anna).limits == (None, 200_00, None)
    over(world, anna, 200_01)


def test_each_limit_of_one_change_goes_its_own_way(world: World) -> None:
    anna = world.member()
    limit(world, anna, per_payment=50_00, per_day=100_00)
    changed = limit(world, anna, per_payment=20_00, per_day=300_00, per_month=900_00)
    assert changed["now"] == [20_00, 100_00, 900_00]
    assert changed["from_tomorrow"] == [20_00, 300_00, 900_00]


def test_a_promised_raise_is_superseded_by_lowering(world: World) -> None:
    anna = world.member(500_00)
    limit(world, anna, per_day=100_00)
    limit(world, anna, per_day=400_00)
    lowered = limit(world, anna, per_day=50_00)
    assert (lowered["now"], lowered["from_tomorrow"]) == ([None, 50_00, None], [None, 50_00, None])
    world.clock.turn(days=1)
    assert world.standing(anna).limits == (None, 50_00, None)


def test_another_change_leaves_a_promised_raise_alone(world: World) -> None:
    anna = world.member()
    limit(world, anna, per_payment=50_00, per_day=100_00)
    limit(world, anna, per_day=400_00)
    assert limit(world, anna, per_payment=20_00)["from_tomorrow"] == [20_00, 400_00, None]
    world.clock.turn(days=1)
    assert world.standing(anna).limits == (20_00, 400_00, None)


def test_a_raise_between_today_and_what_is_promised_waits_too(world: World) -> None:
    anna = world.member()
    limit(world, anna, per_day=100_00)
    limit(world, anna, per_day=400_00)
    middle = limit(world, anna, per_day=200_00)
    assert (middle["now"][1], middle["from_tomorrow"][1]) == (100_00, 200_00)


def test_taking_a_limit_away_is_a_raise(world: World) -> None:
    anna = world.member(500_00)
    limit(world, anna, per_payment=10_00, per_day=20_00)
    gone = limit(world, anna, per_payment=-1)
    assert (gone["now"], gone["from_tomorrow"]) == ([10_00, 20_00, None], [None, 20_00, None])
    world.clock.turn(days=1)
    assert world.standing(anna).limits == (None, 20_00, None)


def test_no_money_at_all_is_a_limit_too(world: World) -> None:
    anna = world.member(500_00)
    limit(world, anna, per_day=0)
    assert over(world, anna, 1) == no.LimitExceeded("per_day", "CNY", 0, 0, 1, 0, "2026-03-03")


@pytest.mark.parametrize("amount", [-2, MAX_MINOR + 1])
def test_a_limit_is_an_amount(world: World, amount: int) -> None:
    anna = world.member()
    with pytest.raises(no.AmountInvalid):
        limit(world, anna, per_month=amount)
    assert world.standing(anna).promised == (None, None, None)


def test_saying_what_holds_already_changes_nothing(world: World) -> None:
    anna = world.member()
    sql = "SELECT count(*) FROM published_wallet_limit WHERE owner = $owner"
    limit(world, anna, per_day=100_00)
    limit(world, anna, per_day=100_00)
    limit(world, anna)
    assert world.db.read(sql, {"owner": anna}) == [(1,)]


def test_limits_and_what_counted_are_known_again_after_a_restart(own_world: World) -> None:
    world = own_world
    anna, ben, cafe = world.member(500_00), world.member(), world.shop()
    limit(world, anna, per_day=100_00, per_month=300_00)
    limit(world, anna, per_day=200_00)
    silent = world.card(anna, house.SILENT)
    world.pay(anna, cafe, 20_00)
    world.pay(anna, cafe, 20_00, card=silent)
    wallet.transfer(
        world.db, Transfer(**by(anna), recipient=ben, amount=20_00, currency="CNY"), assurance=AT_THE_MACHINE
    )
    before = world.standing(anna)
    assert (before.left_today, before.left_this_month) == (40_00, 240_00)
    world.reopen()
    assert world.standing(anna) == before
    world.clock.turn(days=1)
    assert (world.standing(anna).left_today, world.standing(anna).today) == (200_00, date(2026, 3, 3))
