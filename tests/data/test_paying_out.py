"""Paying a shop's takings out: into whose wallet, how much of them, what both books say, and what is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from data import merchants, preferences, refunds, settlement, upkeep, wallet
from data.assurance import AT_THE_MACHINE, StepUpRequired
from data.errors import Rejection, RequestIdReused
from data.ids import OwnerId, new_id, new_request_id
from data.ledger.wallet import refusals as no
from data.ledger.wallet.commands import ISSUER
from data.merchants import ChangeMerchant, CouponKind, Merchant, PayOut
from data.preferences import Preferences
from data.refunds import ConfirmRefund, RejectRefund
from data.store import facts
from data.store.command import Receipt
from data.wallet import Freeze, OpenWallet, SetLimits
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import World

_ITS_REFUNDS = "SELECT cast(id AS varchar) FROM refund WHERE merchant = $shop ORDER BY seq DESC"


def asking(shop: Merchant, amount: int, actor: UUID | None = None, **fields: Any) -> PayOut:
    said = by(shop.id, actor or shop.proprietor) | {"currency": shop.currency} | fields
    return PayOut(amount=amount, **said)


def pay_out(world: World, shop: Merchant, amount: int, actor: UUID | None = None, **fields: Any) -> Receipt:
    return merchants.pay_out(world.db, asking(shop, amount, actor, **fields), AT_THE_MACHINE)


def refused(world: World, shop: Merchant, amount: int, actor: UUID | None = None, **fields: Any) -> Rejection:
    before = world.books(shop.id)
    with pytest.raises(Rejection) as said:
        pay_out(world, shop, amount, actor, **fields)
    assert world.books(shop.id) == before
    return said.value


def keeper_with(world: World, takings: int, **fields: Any) -> tuple[OwnerId, Merchant, OwnerId, Receipt]:
    """Somebody with a shop where a customer paid that much; the payment."""
    keeper, customer = world.member(), world.member(takings + 500_00)
    shop = world.shop("林记面馆", keeper, **fields)
    return keeper, shop, customer, world.pay(customer, shop, takings)


# -- what happens


def test_takings_go_into_the_wallet_of_whoever_runs_the_shop(world: World) -> None:
    keeper, shop, _, _ = keeper_with(world, 80_00)
    receipt = pay_out(world, shop, 50_00)
    assert receipt | {"payout": ""} == {
        "payout": "",
        "state": "completed",
        "merchant": str(shop.id),
        "merchant_name": "林记面馆",
        "currency": "CNY",
        "amount_minor": 50_00,
        "to": str(keeper),
        "merchant_balance_minor": 30_00,
        "balance_minor": 50_00,
    }
    assert world.available(keeper) == 50_00
    assert merchants.purse(world.db, shop) == merchants.Purse("CNY", 30_00, 0, 30_00)
    world.check(keeper)


def test_both_books_balance_by_themselves_and_the_takings_stay(world: World) -> None:
    keeper, shop, _, _ = keeper_with(world, 80_00)
    house_before, moved = world.house_books(), pay_out(world, shop, 80_00)["payout"]
    assert world.posted(shop.id, moved) == {"wallet:CNY": -80_00, "book:drawn": 80_00}
    assert world.posted(keeper, moved) == {"wallet:CNY": 80_00, "book:income": -80_00}
    assert world.books(shop.id) == {"book:takings": -80_00, "book:drawn": 80_00}
    assert world.house_books() == house_before
    assert [one.promise for one in upkeep.verify(world.db) if not one.kept] == []


def test_it_is_business_income_of_the_person_and_spends_nothing(world: World) -> None:
    keeper, shop, _, _ = keeper_with(world, 80_00)
    wallet.set_limits(world.db, SetLimits(**by(keeper), currency="CNY", per_day=1), assurance=AT_THE_MACHINE)
    pay_out(world, shop, 80_00)
    assert world.facts(keeper) == [("income", "business_income", 80_00, 0, 80_00)]
    assert world.standing(keeper).spent_today == 0  # what comes in counts against no limit


def test_the_same_request_pays_out_once(world: World) -> None:
    keeper, shop, _, _ = keeper_with(world, 80_00)
    command = asking(shop, 30_00)
    first = merchants.pay_out(world.db, command, AT_THE_MACHINE)
    assert merchants.pay_out(world.db, command, AT_THE_MACHINE) == first
    assert world.available(keeper) == 30_00
    found = settlement.outcome(world.db, shop.id, command.request_id)
    assert found is not None
    assert found.receipt == first
    with pytest.raises(RequestIdReused):
        pay_out(world, shop, 30_01, request_id=command.request_id)
    assert world.available(keeper) == 30_00


def test_what_was_paid_out_is_still_out_after_the_next_start(own_world: World) -> None:
    keeper, shop, _, _ = keeper_with(own_world, 80_00)
    pay_out(own_world, shop, 30_00)
    own_world.reopen()
    assert merchants.purse(own_world.db, shop).available == 50_00
    assert refused(own_world, shop, 50_01) == no.TakingsShort("CNY", 50_01, 50_00, 0)
    pay_out(own_world, shop, 50_00)
    assert own_world.available(keeper) == 80_00
    own_world.check(keeper)


def test_a_closed_shop_pays_out_what_it_still_has(world: World) -> None:
    keeper, shop, _, _ = keeper_with(world, 80_00)
    merchants.change(world.db, ChangeMerchant(**by(shop.id, keeper), closed=True))
    pay_out(world, shop, 80_00)
    assert world.available(keeper) == 80_00


# -- what stays for refunds


def test_what_open_refunds_would_take_stays_in_the_shop(world: World) -> None:
    keeper, shop, customer, paid = keeper_with(world, 80_00)
    refund = world.ask_back(customer, paid, 30_00)
    assert merchants.purse(world.db, shop) == merchants.Purse("CNY", 80_00, 30_00, 50_00)
    assert refused(world, shop, 50_01) == no.TakingsShort("CNY", 50_01, 50_00, 30_00)
    pay_out(world, shop, 50_00)
    world.confirm(shop, refund)
    assert world.refund_now(refund).state == "credited"
    assert world.books(shop.id) == {"book:takings": -50_00, "book:drawn": 50_00}
    world.check(keeper, customer)


def test_what_was_refused_to_a_customer_can_be_paid_out(world: World) -> None:
    _, shop, customer, paid = keeper_with(world, 80_00)
    refund = world.ask_back(customer, paid, 30_00)
    refunds.reject(world.db, RejectRefund(**by(shop.id, shop.proprietor), refund=refund, reason="eaten"))
    assert merchants.purse(world.db, shop) == merchants.Purse("CNY", 80_00, 0, 80_00)


def test_a_refund_on_its_way_to_a_card_keeps_its_money_in_the_shop(own_world: World) -> None:
    keeper, shop, _, _ = keeper_with(own_world, 1_00)
    customer = own_world.member()
    card = own_world.card(customer, house.REFUND_FAILS_ONCE)
    paid = own_world.pay(customer, shop, 40_00, card=card)
    refund = own_world.refund(customer, shop, paid, 40_00)
    assert own_world.refund_now(refund).state != "credited"
    assert merchants.purse(own_world.db, shop) == merchants.Purse("CNY", 41_00, 40_00, 1_00)
    own_world.reopen()
    assert merchants.purse(own_world.db, shop).available == 1_00
    own_world.check(keeper)


def test_the_shop_keeps_no_more_than_a_refund_takes_of_it(world: World) -> None:
    """A coupon of its own was never given, so it is not given back."""
    _, shop, customer, _ = keeper_with(world, 1_00)
    _, claim = world.coupon(customer, shop, kind=CouponKind.PERCENT, off_bp=3_333)
    paid = world.pay(customer, shop, 10_01, claims=(claim,))
    got = 10_01 - 10_01 * 3_333 // 10_000
    for part in (3_33, 3_33, 3_35):
        world.ask_back(customer, paid, part)
    assert merchants.purse(world.db, shop) == merchants.Purse("CNY", 1_00 + got, got, 1_00)
    pay_out(world, shop, 1_00)
    for (refund,) in world.db.read(_ITS_REFUNDS, {"shop": shop.id}):  # agreed to in another order than asked for
        refunds.confirm(world.running, ConfirmRefund(**by(shop.id, shop.proprietor), refund=refund))
        assert world.refund_now(refund).state == "credited"
    assert merchants.purse(world.db, shop).balance == 0


def test_nothing_is_available_when_more_is_asked_back_than_there_is(world: World) -> None:
    _, shop, customer, paid = keeper_with(world, 80_00)
    pay_out(world, shop, 80_00)
    world.ask_back(customer, paid, 30_00)
    assert merchants.purse(world.db, shop) == merchants.Purse("CNY", 0, 30_00, 0)
    assert refused(world, shop, 1) == no.TakingsShort("CNY", 1, 0, 30_00)


def test_a_member_whom_the_writer_let_go_of_still_has_their_refund_reserved(world: World) -> None:
    keeper, shop, customer, paid = keeper_with(world, 80_00)
    world.ask_back(customer, paid, 30_00)
    for owner in (customer, keeper):  # something else of theirs changed: they are read again when they are needed
        preferences.choose_preferences(world.db, owner, Preferences(month_start_day=5), new_request_id())
    assert refused(world, shop, 50_01) == no.TakingsShort("CNY", 50_01, 50_00, 30_00)
    pay_out(world, shop, 50_00)
    assert not facts.drift(world.db.read, keeper, 5)


# -- what is refused


def test_nobody_pays_out_another_persons_shop(world: World) -> None:
    _, shop, customer, _ = keeper_with(world, 80_00)
    assert refused(world, shop, 1, customer) == no.MerchantUnknown(str(shop.id))
    assert refused(world, shop, 1, world.operator) == no.MerchantUnknown(str(shop.id))
    unknown = PayOut(**by(new_id(), customer), amount=1, currency="CNY")
    with pytest.raises(no.MerchantUnknown):
        merchants.pay_out(world.db, unknown, AT_THE_MACHINE)
    assert world.available(customer) == 500_00


@pytest.mark.parametrize("amount", [0, -1, 10**16])
def test_what_is_no_amount_is_refused(world: World, amount: int) -> None:
    _, shop, _, _ = keeper_with(world, 80_00)
    assert refused(world, shop, amount) == no.AmountInvalid(amount)


def test_more_than_there_is_is_refused_with_what_there_is(world: World) -> None:
    _, shop, _, _ = keeper_with(world, 80_00)
    assert refused(world, shop, 80_01) == no.TakingsShort("CNY", 80_01, 80_00, 0)


def test_another_currency_than_the_shops_is_refused(world: World) -> None:
    _, shop, _, _ = keeper_with(world, 80_00)
    assert refused(world, shop, 1, currency="USD") == no.MerchantCurrencyDiffers("CNY", "USD")


def test_without_a_wallet_of_the_currency_it_says_which_one_is_missing(world: World) -> None:
    keeper, customer = world.member(), world.member(80_00, "HKD")
    shop = world.shop("茶档", keeper, currency="HKD")
    world.pay(customer, shop, 80_00)
    assert refused(world, shop, 80_00) == no.WalletNotOpened("HKD")
    wallet.open_wallet(world.db, OpenWallet(**by(keeper), currency="HKD"))
    assert pay_out(world, shop, 80_00)["balance_minor"] == 80_00


def test_a_person_without_any_wallet_is_told_the_same(own_world: World) -> None:
    keeper, customer = own_world.person(), own_world.member(80_00)
    shop = own_world.shop("面馆", keeper)
    own_world.pay(customer, shop, 80_00)
    assert refused(own_world, shop, 80_00) == no.WalletNotOpened("CNY")
    own_world.reopen()
    assert refused(own_world, shop, 80_00) == no.WalletNotOpened("CNY")


def test_while_the_wallet_is_frozen_nothing_is_paid_out(world: World) -> None:
    keeper, shop, _, _ = keeper_with(world, 80_00)
    wallet.freeze(world.db, Freeze(**by(keeper), reason="lost phone"))
    assert refused(world, shop, 80_00) == no.AccountFrozen("lost phone")


def test_a_shop_that_nobody_runs_pays_nobody(world: World) -> None:
    opened = merchants.OpenMerchant(
        **by(new_id(), ISSUER), proprietor=None, code="", name="茶档", mcc="5814", category="dining"
    )
    merchants.open_merchant(world.db, opened)
    shop = merchants.merchant(world.db, opened.owner)
    assert refused(world, shop, 1, ISSUER) == no.ProprietorMissing("茶档")


# -- what is confirmed first


def test_above_the_threshold_the_person_confirms_first_and_the_same_request_goes_on(world: World) -> None:
    keeper, shop, _, _ = keeper_with(world, 2_000_00)
    merchants.pay_out(world.db, asking(shop, 1_000_00))  # ¥1,000.00 is asked about above, not at
    command = asking(shop, 1_000_01 - 1_00)
    merchants.pay_out(world.db, command)
    shop_two = world.shop("二店", keeper)
    customer = world.member(2_000_00)
    world.pay(customer, shop_two, 2_000_00)
    large = asking(shop_two, 1_000_01)
    with pytest.raises(StepUpRequired) as asked:
        merchants.pay_out(world.db, large)
    assert asked.value == StepUpRequired("payout", "above_threshold", 1_000_01, "CNY")
    assert merchants.pay_out(world.db, large, AT_THE_MACHINE)["amount_minor"] == 1_000_01
    assert merchants.pay_out(world.db, large)["amount_minor"] == 1_000_01  # answered: nobody is asked again


# -- when more comes back than the shop still has


def test_a_refund_that_was_agreed_to_first_keeps_its_claim_before_later_ones(own_world: World) -> None:
    """Its bank gave it already when the next one is agreed to, which therefore waits for new takings."""
    world = own_world
    keeper, shop, customer, paid = keeper_with(world, 100_00)
    by_card = world.member()
    charged = world.pay(by_card, shop, 60_00, card=world.card(by_card))
    pay_out(world, shop, 70_00)
    first = world.refund(by_card, shop, charged, 60_00)
    assert (world.refund_now(first).state, world.taken_from(by_card)) == ("processing", 0)  # the bank has it
    second = world.refund(customer, shop, paid, 40_00)
    assert (world.refund_now(second).state, world.refund_now(second).reason) == ("processing", "merchant_short")
    world.reopen()
    settlement.settle(world.running)
    assert world.refund_now(second).state == "processing"
    world.clock.turn(days=5)
    settlement.settle(world.running)
    assert world.refund_now(first).state == "credited"
    assert merchants.purse(world.db, shop) == merchants.Purse("CNY", 30_00, 40_00, 0)
    world.pay(customer, shop, 10_00)
    settlement.settle(world.running)
    assert world.refund_now(second).state == "credited"
    assert merchants.purse(world.db, shop).balance == 0
    world.check(keeper, customer, by_card)


def test_of_payouts_at_once_only_those_pass_that_are_covered(own_world: World) -> None:
    keeper, shop, _, _ = keeper_with(own_world, 80_00)
    waiting = [own_world.db.enqueue(asking(shop, 30_00)) for _ in range(16)]
    answers = [one.result() for one in waiting]
    assert sum(one.refusal is None for one in answers) == 2
    assert {one.refusal for one in answers} == {None, no.TakingsShort("CNY", 30_00, 20_00, 0)}
    assert own_world.available(keeper) == 60_00
    own_world.check(keeper)
