"""Paying from a wallet: what it leaves in three books, what is refused in which order, and that a request is one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from data import merchants, sorting, wallet
from data.assurance import AT_THE_MACHINE
from data.bookkeeping import Annotate, annotate
from data.categories import Action, CategoryKind, Operator, Rule, TextCondition, TextField
from data.categories.text import normalise_payee
from data.errors import Rejection, RequestIdReused
from data.ids import EntryId, OwnerId, new_id, new_request_id
from data.ledger.wallet import refusals as no
from data.merchants import ChangeMerchant, CouponKind, Merchant
from data.money import MAX_MINOR, CurrencyUnknown
from data.preferences import Preferences, choose_preferences
from data.wallet import Freeze, OpenWallet, Pay, SetLimits, Transfer, Unfreeze
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import World


def refusal(world: World, command: Pay) -> Rejection:
    with pytest.raises(Rejection) as refused:
        wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
    return refused.value


# -- opening


def test_a_person_has_no_wallet_until_one_is_opened_and_then_one_in_each_currency(world: World) -> None:
    anna = world.person()
    assert wallet.standing(world.db, anna) == ()
    for currency in ("CNY", "JPY", "CNY"):
        receipt = wallet.open_wallet(world.db, OpenWallet(**by(anna), currency=currency))
    assert receipt == {"member": str(anna), "currency": "CNY", "balance_minor": 0}
    assert [(one.currency, one.available) for one in wallet.standing(world.db, anna)] == [("CNY", 0), ("JPY", 0)]


@pytest.mark.parametrize("currency", ["XYZ", "PTS", "", "cny"])
def test_a_wallet_is_in_money(world: World, currency: str) -> None:
    with pytest.raises(CurrencyUnknown):
        wallet.open_wallet(world.db, OpenWallet(**by(world.person()), currency=currency))


def test_nobody_opens_a_wallet_for_a_person_who_is_not_there(world: World) -> None:
    with pytest.raises(no.MemberUnknown):
        wallet.open_wallet(world.db, OpenWallet(**by(new_id()), currency="CNY"))


# -- what a payment leaves in the three books (LEDGER §1)


def test_a_plain_payment_is_spending_of_the_payer_and_takings_of_the_merchant(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    before = world.house_books()
    receipt = world.pay(anna, cafe, 35_50, note="两杯")
    paid = receipt["payment"]
    assert world.posted(anna, paid) == {
        "wallet:CNY": -35_50,
        "book:expense": 35_50,
        "points": 35,
        "book:points": -35,
    }
    assert world.posted(cafe.id, paid) == {"wallet:CNY": 35_50, "book:takings": -35_50}
    after = world.house_books()
    moved = {key: after.get(key, 0) - before.get(key, 0) for key in after}
    assert {key: minor for key, minor in moved.items() if minor} == {"issuer:points": -35, "issuer:points_cost": 35}
    assert world.facts(anna)[-1] == ("expense", "dining", -35_50, 35_50, 0)
    world.facts_agree(anna)


def test_the_receipt_says_everything(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    receipt = world.pay(anna, cafe, 35_50)
    assert UUID(receipt.pop("payment"))
    assert receipt == {
        "state": "captured",
        "merchant": str(cafe.id),
        "merchant_name": "拾光咖啡",
        "currency": "CNY",
        "gross_minor": 35_50,
        "coupon_minor": 0,
        "points": 0,
        "points_minor": 0,
        "cash_minor": 35_50,
        "source": "wallet",
        "points_earned": 35,
        "category": "dining",
        "occurred_at": "2026-03-02T04:00:00",
        "balance_minor": 64_50,
    }


def test_coupons_and_points_cost_whoever_gives_them(world: World) -> None:
    anna, cafe = world.member(1_000_00), world.shop()
    world.pay(anna, cafe, 500_00)  # brings 500 points
    before = world.house_books()
    _, theirs = world.coupon(anna, cafe, kind=CouponKind.INSTANT, off_minor=5_00, stackable=True)
    _, ours = world.coupon(anna, None, kind=CouponKind.INSTANT, off_minor=3_00, stackable=True)
    receipt = world.pay(anna, cafe, 35_00, claims=(theirs, ours), points=100)
    assert (receipt["coupon_minor"], receipt["points_minor"], receipt["cash_minor"]) == (8_00, 1_00, 26_00)
    assert receipt["points_earned"] == 26
    paid = receipt["payment"]
    assert world.posted(anna, paid) == {
        "wallet:CNY": -26_00,
        "book:expense": 26_00,
        "points": 26 - 100,
        "book:points": 100 - 26,
    }
    assert world.posted(cafe.id, paid) == {"wallet:CNY": 30_00, "book:takings": -30_00}  # its own coupon is its own
    after = world.house_books()
    moved = {key: after.get(key, 0) - before.get(key, 0) for key in after}
    assert {key: minor for key, minor in moved.items() if minor} == {
        "issuer:rewards": 3_00 + 1_00,
        "issuer:outstanding": -4_00,
        "issuer:points": 100 - 26,
        "issuer:points_cost": 26 - 100,
    }
    world.facts_agree(anna)


def test_a_card_pays_through_the_house_to_the_merchants_wallet(world: World) -> None:
    anna, cafe = world.member(), world.shop()
    _, ours = world.coupon(anna, None, kind=CouponKind.INSTANT, off_minor=3_00)
    card = world.card(anna)
    before = world.house_books()
    receipt = world.pay(anna, cafe, 35_00, card=card, claims=(ours,))
    assert (receipt["state"], receipt["source"], receipt["balance_minor"]) == ("captured", f"card:{card}", 0)
    paid = receipt["payment"]
    assert world.posted(anna, paid) == {
        "card:unionpay:0047": -32_00,
        "book:expense": 32_00,
        "points": 32,
        "book:points": -32,
    }
    assert world.posted(cafe.id, paid) == {"wallet:CNY": 35_00, "book:takings": -35_00}
    after = world.house_books()
    moved = {key: after.get(key, 0) - before.get(key, 0) for key in after}
    assert {key: minor for key, minor in moved.items() if minor} == {
        "issuer:clearing": 32_00,
        "issuer:rewards": 3_00,
        "issuer:outstanding": -35_00,
        "issuer:points": -32,
        "issuer:points_cost": 32,
    }
    assert [line.captured_minor for line in world.at_bank(paid)] == [32_00]
    world.facts_agree(anna)


def test_a_payment_that_a_coupon_covers_whole_moves_no_money_of_the_payers(world: World) -> None:
    anna, cafe = world.member(), world.shop()
    card = world.card(anna)
    _, theirs = world.coupon(anna, cafe, kind=CouponKind.INSTANT, off_minor=5_00)
    _, ours = world.coupon(anna, None, kind=CouponKind.INSTANT, off_minor=5_00)
    free = world.pay(anna, cafe, 5_00, claims=(theirs,), card=card)
    given = world.pay(anna, cafe, 4_00, claims=(ours,))
    assert [(one["state"], one["cash_minor"], one["points_earned"]) for one in (free, given)] == [
        ("captured", 0, 0)
    ] * 2
    assert world.posted(anna, free["payment"]) == world.posted(cafe.id, free["payment"]) == {}
    assert world.posted(anna, given["payment"]) == {}
    assert world.posted(cafe.id, given["payment"]) == {"wallet:CNY": 4_00, "book:takings": -4_00}
    assert world.at_bank(free["payment"]) == []
    world.facts_agree(anna)


def test_a_day_is_the_payers_own(world: World) -> None:
    anna, ben, cafe = world.member(10_00), world.member(10_00), world.shop()
    choose_preferences(world.db, ben, Preferences(zone="America/New_York", month_start_day=15))
    world.clock.now -= timedelta(hours=12)  # midnight in Shanghai
    world.pay(anna, cafe, 1_00)
    world.pay(ben, cafe, 1_00)
    sql = "SELECT booked_on, month FROM published_fact WHERE owner = $owner ORDER BY seq"
    assert world.db.read(sql, {"owner": anna})[-1] == (date(2026, 3, 2), date(2026, 3, 1))
    assert world.db.read(sql, {"owner": ben})[-1] == (date(2026, 3, 1), date(2026, 2, 15))


# -- what it is filed under


def test_it_is_filed_where_the_payer_taught_us_else_as_the_merchant_says(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop("青山书店", category="dining")
    assert world.pay(anna, cafe, 1_00)["category"] == "dining"
    learned = sorting.AlwaysForPayee(**by(anna), payee_key="青山书店", category="books")
    sorting.always_for_payee(world.db, learned)
    assert world.pay(anna, cafe, 1_00)["category"] == "books"
    own = own_category(world, anna, "Reading")
    condition = TextCondition(TextField.PAYEE, Operator.CONTAINS, "青山")
    rule = Rule(new_request_id(), "Reading", (condition,), Action(own))
    sorting.save_rule(world.db, sorting.SaveRule(**by(anna), rule=rule))
    paid = world.pay(anna, cafe, 1_00)
    assert paid["category"] == own
    assert world.facts(anna)[-1][:2] == ("expense", own)
    assert world.pay(world.member(10_00), cafe, 1_00)["category"] == "dining"  # nobody else is concerned
    world.facts_agree(anna)


def own_category(world: World, owner: OwnerId, name: str) -> str:
    return sorting.create_category(world.db, sorting.CreateCategory(**by(owner), name=name, kind=CategoryKind.EXPENSE))


def teaches(world: World, owner: OwnerId, how: str, payee: str, category: str) -> None:
    if how == "learned":
        key = normalise_payee(payee)
        sorting.always_for_payee(world.db, sorting.AlwaysForPayee(**by(owner), payee_key=key, category=category))
    else:
        condition = TextCondition(TextField.PAYEE, Operator.EQUALS, payee)
        rule = Rule(new_request_id(), payee, (condition,), Action(category))
        sorting.save_rule(world.db, sorting.SaveRule(**by(owner), rule=rule))


@pytest.mark.parametrize("how", ["learned", "rule"])
def test_spending_is_not_filed_under_an_income_or_a_category_that_was_put_away(world: World, how: str) -> None:
    anna, ben = world.member(100_00), world.member(name=f"房东 {how}")
    shop = world.shop(f"青山 {how}")
    teaches(world, anna, how, shop.name, "transfers_from_people")
    teaches(world, anna, how, f"房东 {how}", "transfers_from_people")
    assert world.pay(anna, shop, 1_00)["category"] == "dining"
    wallet.transfer(
        world.db, Transfer(**by(anna), recipient=ben, amount=1_00, currency="CNY"), assurance=AT_THE_MACHINE
    )
    assert world.facts(anna)[-1][:2] == ("expense", "transfers_to_people")
    own = own_category(world, anna, "Reading")
    teaches(world, anna, how, shop.name, own)
    sorting.archive_category(world.db, sorting.ArchiveCategory(**by(anna), key=own))
    assert world.pay(anna, shop, 1_00)["category"] == "dining"
    world.facts_agree(anna)


def test_what_a_person_says_about_a_payment_later_holds(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 35_00)
    annotate(world.db, Annotate(**by(anna), entries=(EntryId(UUID(paid["payment"])),), category="gifts"))
    world.refund(anna, cafe, paid, 10_00)
    assert [fact[:4] for fact in world.facts(anna)[-2:]] == [
        ("expense", "gifts", -35_00, 35_00),
        ("refund", "gifts", 10_00, -10_00),
    ]
    world.facts_agree(anna)


# -- what is refused, in which order


def test_the_first_reason_in_the_documented_order_is_told(world: World) -> None:
    anna, cafe, other = world.member(10_00), world.shop(), world.shop()
    mine = world.shop("Own", proprietor=anna)
    _, claim = world.coupon(anna, other)
    wallet.set_limits(world.db, SetLimits(**by(anna), currency="CNY", per_payment=20_00), assurance=AT_THE_MACHINE)
    wallet.freeze(world.db, Freeze(**by(anna), reason="phone lost"))
    merchants.change(world.db, ChangeMerchant(**by(mine.id, anna), closed=True))
    wrong: dict[str, Any] = {
        "owner": OwnerId(new_id()),
        "merchant": new_id(),
        "amount": 0,
        "currency": "JPY",
        "card": new_id(),
        "points": 7,
        "claims": ("nothing",),
        "pay_code": new_id(),
    }
    told: list[str] = []

    def mends(**right: Any) -> None:
        told.append(type(refusal(world, Pay(request_id=new_request_id(), actor=anna, **wrong))).__name__)
        wrong.update(right)

    mends(owner=anna)
    mends(merchant=mine.id)
    mends()
    wallet.unfreeze(world.db, Unfreeze(**by(anna)), assurance=AT_THE_MACHINE)
    mends(amount=MAX_MINOR + 1)
    mends(amount=30_00)
    mends()
    merchants.change(world.db, ChangeMerchant(**by(mine.id, anna), closed=False))
    mends(merchant=cafe.id)
    mends(currency="CNY")
    mends(pay_code=None)
    mends(claims=(claim,))
    mends(claims=())
    mends(points=0)
    mends(amount=15_00)
    mends(card=None)
    mends(amount=1_00)
    assert told == [
        "MemberUnknown",
        "MerchantUnknown",
        "AccountFrozen",
        "AmountInvalid",
        "AmountInvalid",
        "MerchantClosed",
        "OwnMerchant",
        "MerchantCurrencyDiffers",
        "PayCodeUnknown",
        "CouponNotHeld",
        "CouponNotUsable",
        "InsufficientPoints",
        "LimitExceeded",
        "CardUnknown",
        "InsufficientFunds",
    ]
    receipt = wallet.pay(world.running, Pay(request_id=new_request_id(), actor=anna, **wrong), assurance=AT_THE_MACHINE)
    assert (receipt["cash_minor"], receipt["balance_minor"]) == (1_00, 9_00)
    assert world.standing(anna).spent_today == 1_00


def test_a_refusal_carries_the_facts_that_help(world: World) -> None:
    anna, cafe = world.member(10_00), world.shop()
    assert refusal(world, world.paying(anna, cafe, 10_01)) == no.InsufficientFunds("CNY", 10_01, 10_00)
    offer, claim = world.coupon(anna, cafe, off_minor=5_00, min_spend_minor=30_00)
    short = refusal(world, world.paying(anna, cafe, 22_50, claims=(claim,)))
    assert short == no.CouponNotUsable(offer.code, "below_minimum", "CNY", 7_50)
    wallet.freeze(world.db, Freeze(**by(anna), reason="phone lost"))
    assert refusal(world, world.paying(anna, cafe, 1_00)) == no.AccountFrozen("phone lost")


def test_a_member_without_a_wallet_in_that_currency_is_told_so(world: World) -> None:
    anna, shop = world.member(10_00), world.shop("Konbini", currency="JPY")
    assert refusal(world, world.paying(anna, shop, 500)) == no.WalletNotOpened("JPY")


def test_currencies_are_never_mixed(world: World) -> None:
    anna, konbini, cafe = world.member(10_00), world.shop("Konbini", currency="JPY"), world.shop()
    wallet.open_wallet(world.db, OpenWallet(**by(anna), currency="JPY"))
    world.fund(anna, 900, "JPY")
    world.pay(anna, konbini, 300)
    world.pay(anna, cafe, 1_00)
    assert [(one.currency, one.available) for one in wallet.standing(world.db, anna)] == [("CNY", 9_00), ("JPY", 600)]


def test_what_is_quoted_is_what_is_paid(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 200_00)
    offer, claim = world.coupon(anna, cafe, off_minor=5_00, min_spend_minor=30_00)
    dear, _ = world.coupon(anna, cafe, off_minor=9_00, min_spend_minor=90_00)
    command = world.paying(anna, cafe, 35_00, claims=(claim,), points=150)
    quote = wallet.quote(world.db, command)
    assert (quote.coupon, quote.points, quote.points_minor, quote.cash, quote.earns) == (5_00, 150, 1_50, 28_50, 28)
    assert (quote.no, quote.category, quote.most_points) == (None, "dining", 200)
    assert [one.claim.coupon.code for one in quote.best.applied] == [offer.code]
    assert [(one.claim.coupon.code, one.detail_minor) for one in quote.best.refused] == [(dear.code, 55_00)]
    receipt = wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
    assert (receipt["coupon_minor"], receipt["points"], receipt["cash_minor"]) == (5_00, 150, 28_50)
    assert receipt["points_earned"] == 28


def test_a_quote_says_why_it_would_be_refused_and_writes_nothing(world: World) -> None:
    anna, cafe = world.member(10_00), world.shop()
    before = world.books(anna)
    assert wallet.quote(world.db, world.paying(anna, cafe, 10_01)).no == no.InsufficientFunds("CNY", 10_01, 10_00)
    assert world.books(anna) == before
    with pytest.raises(no.AmountInvalid):
        wallet.quote(world.db, world.paying(anna, cafe, 0))


def test_a_code_is_quoted_after_a_restart_as_it_is_paid(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    assert cafe.proprietor is not None
    shown = merchants.dynamic_code(world.db, cafe, cafe.proprietor, new_request_id(), 12_00)
    world.reopen()
    code = merchants.target_of(world.db, shown).pay_code
    command = world.paying(anna, cafe, 12_00, pay_code=code)
    assert wallet.quote(world.db, command).no is None
    wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
    world.reopen()
    assert wallet.quote(world.db, world.paying(anna, cafe, 12_00, pay_code=code)).no == no.PayCodeUsed(str(code))


# -- a request is one


def test_the_same_request_is_one_payment_and_one_answer(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    command = world.paying(anna, cafe, 35_00)
    first = wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
    world.clock.turn(hours=5)
    later = dataclasses.replace(command, actor=world.operator)
    assert (
        wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
        == wallet.pay(world.running, later, assurance=AT_THE_MACHINE)
        == first
    )
    assert world.available(anna) == 65_00
    answer = wallet.outcome(world.db, anna, command.request_id)
    assert answer is not None
    assert (answer.receipt, answer.refusal, answer.replayed) == (first, None, True)


def test_a_refusal_is_answered_again_even_when_it_would_pass_by_now(world: World) -> None:
    anna, cafe = world.member(10_00), world.shop()
    command = world.paying(anna, cafe, 35_00)
    declined = refusal(world, command)
    world.fund(anna, 100_00)
    assert refusal(world, command) == declined == no.InsufficientFunds("CNY", 35_00, 10_00)
    answer = wallet.outcome(world.db, anna, command.request_id)
    assert answer is not None
    assert answer.refusal == declined
    assert world.available(anna) == 110_00


def test_answers_outlive_the_process(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(10_00), world.shop()
    yes, nay = world.paying(anna, cafe, 4_00), world.paying(anna, cafe, 35_00)
    receipt, declined = wallet.pay(world.running, yes, assurance=AT_THE_MACHINE), refusal(world, nay)
    world.fund(anna, 100_00)
    world.reopen()
    assert wallet.pay(world.running, yes, assurance=AT_THE_MACHINE) == receipt
    assert refusal(world, nay) == declined
    assert refusal(world, dataclasses.replace(yes, amount=5_00)) == RequestIdReused(yes.request_id)
    assert world.available(anna) == 106_00
    world.check(anna)


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 35_01},
        {"note": "mehr"},
        {"points": 1},
        {"currency": "JPY"},
        {"claims": ("x",)},
        {"card": UUID(int=7)},
    ],
)
def test_a_request_id_names_one_content(world: World, other: dict[str, Any]) -> None:
    anna, cafe = world.member(100_00), world.shop()
    command = world.paying(anna, cafe, 35_00)
    first = wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
    assert refusal(world, dataclasses.replace(command, **other)) == RequestIdReused(command.request_id)
    assert wallet.pay(world.running, command, assurance=AT_THE_MACHINE) == first
    assert world.available(anna) == 65_00


def test_a_request_id_names_one_request_of_money_of_any_kind_and_is_each_owners_own(world: World) -> None:
    anna, ben, cafe = world.member(100_00), world.member(100_00), world.shop()
    command = world.paying(anna, cafe, 35_00, request_id="once")
    wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
    gift = Transfer(owner=anna, request_id="once", actor=anna, recipient=ben, amount=1_00, currency="CNY")
    with pytest.raises(RequestIdReused):
        wallet.transfer(world.db, gift, assurance=AT_THE_MACHINE)
    wallet.pay(world.running, world.paying(ben, cafe, 35_00, request_id="once"), assurance=AT_THE_MACHINE)
    assert (world.available(anna), world.available(ben)) == (65_00, 65_00)


def test_what_never_arrived_has_no_outcome(world: World) -> None:
    anna, ben, cafe = world.member(100_00), world.member(), world.shop()
    command = world.paying(anna, cafe, 35_00)
    assert wallet.outcome(world.db, anna, command.request_id) is None
    wallet.pay(world.running, command, assurance=AT_THE_MACHINE)
    assert wallet.outcome(world.db, ben, command.request_id) is None  # nor is it told to anybody else


# -- giving to a member


def test_a_gift_is_spending_of_the_giver_and_income_of_the_taker(world: World) -> None:
    anna, ben = world.member(100_00, name="Anna Gift"), world.member(name="Ben Gift")
    before = world.house_books()
    receipt = wallet.transfer(
        world.db,
        Transfer(**by(anna), recipient=ben, amount=20_00, currency="CNY", note="饭钱"),
        assurance=AT_THE_MACHINE,
    )
    assert (receipt["to_name"], receipt["balance_minor"], receipt["state"]) == ("Ben Gift", 80_00, "completed")
    moved = receipt["transfer"]
    assert world.posted(anna, moved) == {"wallet:CNY": -20_00, "book:expense": 20_00}
    assert world.posted(ben, moved) == {"wallet:CNY": 20_00, "book:income": -20_00}
    assert world.house_books() == before
    assert world.facts(anna)[-1] == ("expense", "transfers_to_people", -20_00, 20_00, 0)
    assert world.facts(ben)[-1] == ("income", "received", 20_00, 0, 20_00)
    assert wallet.member_named(world.db, "Ben Gift") == ben
    world.facts_agree(anna, ben)


def test_a_gift_earns_no_points_and_follows_what_was_taught_about_the_person(world: World) -> None:
    anna, ben = world.member(100_00), world.member(name="房东王姐")
    learned = sorting.AlwaysForPayee(**by(anna), payee_key="房东王姐", category="rent")
    sorting.always_for_payee(world.db, learned)
    wallet.transfer(
        world.db, Transfer(**by(anna), recipient=ben, amount=20_00, currency="CNY"), assurance=AT_THE_MACHINE
    )
    assert world.facts(anna)[-1][:2] == ("expense", "rent")
    assert world.lots(anna) == []
    world.facts_agree(anna)


def test_a_gift_needs_two_members_with_a_wallet_in_the_currency_and_the_money(world: World) -> None:
    anna, ben = world.member(10_00), world.member(5_00, currency="JPY")

    def refused(**fields: Any) -> Rejection:
        asked: dict[str, Any] = {"recipient": ben, "amount": 1_00, "currency": "CNY"} | fields
        with pytest.raises(Rejection) as told:
            wallet.transfer(world.db, Transfer(**by(anna), **asked), assurance=AT_THE_MACHINE)
        return told.value

    stranger = new_id()
    assert refused(recipient=stranger) == no.MemberUnknown(str(stranger))
    assert isinstance(refused(recipient=anna), no.SameMember)
    assert refused(amount=0) == no.AmountInvalid(0)
    assert refused(amount=-5) == no.AmountInvalid(-5)
    assert refused() == no.WalletNotOpened("CNY")
    assert refused(currency="JPY") == no.WalletNotOpened("JPY")
    assert refused(recipient=world.member(), amount=10_01) == no.InsufficientFunds("CNY", 10_01, 10_00)
    assert isinstance(refused(recipient=world.shop().id), no.MemberUnknown)
    with pytest.raises(no.MemberUnknown):
        wallet.member_named(world.db, "nobody of that name")
    assert world.available(anna) == 10_00


# -- frozen


def test_nothing_leaves_a_frozen_wallet(world: World) -> None:
    anna, ben, cafe = world.member(100_00), world.member(), world.shop()
    card = world.card(anna)
    wallet.freeze(world.db, Freeze(**by(anna), reason="stolen"))
    attempts: tuple[Callable[[], object], ...] = (
        lambda: world.pay(anna, cafe, 1_00),
        lambda: world.pay(anna, cafe, 1_00, card=card),
        lambda: wallet.transfer(
            world.db, Transfer(**by(anna), recipient=ben, amount=1_00, currency="CNY"), assurance=AT_THE_MACHINE
        ),
        lambda: wallet.withdraw(world.running, wallet.Withdraw(**by(anna), card=card, amount=1_00, currency="CNY")),
        lambda: house.top_up(world.running, anna, card, 1_00),
    )
    for attempt in attempts:
        with pytest.raises(no.AccountFrozen):
            attempt()
    assert (world.available(anna), world.taken_from(anna), world.standing(anna).frozen) == (100_00, 0, "stolen")
    wallet.unfreeze(world.db, Unfreeze(**by(anna)), assurance=AT_THE_MACHINE)
    assert world.standing(anna).frozen is None
    world.pay(anna, cafe, 1_00)


def test_refunds_gifts_and_cash_still_arrive_in_a_frozen_wallet(world: World) -> None:
    anna, ben, cafe = world.member(100_00), world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 30_00)
    wallet.freeze(world.db, Freeze(**by(anna)))
    world.refund(anna, cafe, paid, 30_00)
    wallet.transfer(
        world.db, Transfer(**by(ben), recipient=anna, amount=5_00, currency="CNY"), assurance=AT_THE_MACHINE
    )
    world.fund(anna, 7_00)
    assert world.available(anna) == 112_00


def test_freezing_survives_a_restart_and_freezing_twice_keeps_the_first_reason(own_world: World) -> None:
    world = own_world
    anna = world.member(10_00)
    for reason in ("first", "second"):
        wallet.freeze(world.db, Freeze(**by(anna), reason=reason))
    world.reopen()
    assert world.standing(anna).frozen == "first"


# -- cash at the desk


def test_only_the_operator_takes_cash(world: World) -> None:
    anna = world.member()
    for actor in (anna, world.shop().id, new_id()):
        with pytest.raises(no.OperatorOnly):
            wallet.desk_top_up(world.db, wallet.DeskTopUp(**by(anna, actor), amount=5_00, currency="CNY"))
    receipt = wallet.desk_top_up(
        world.db, wallet.DeskTopUp(**by(anna, world.operator), amount=5_00, currency="CNY", note="窗口")
    )
    assert (receipt["state"], receipt["balance_minor"]) == ("completed", 5_00)
    assert world.posted(anna, receipt["top_up"]) == {"cash": -5_00, "wallet:CNY": 5_00}
    assert world.facts(anna) == [("transfer", None, -5_00, 0, 0)]  # moved, neither earned nor spent
    world.facts_agree(anna)


def test_cash_is_put_into_a_wallet_that_is_there(world: World) -> None:
    anna = world.member()
    with pytest.raises(no.WalletNotOpened):
        world.fund(anna, 5_00, "JPY")
    with pytest.raises(no.MemberUnknown):
        world.fund(new_id(), 5_00)
    with pytest.raises(no.AmountInvalid):
        world.fund(anna, -5_00)
    assert world.books(anna) == {}


def test_a_shop_is_paid_by_several_people_at_the_same_prices(world: World) -> None:
    cafe: Merchant = world.shop()
    people = [world.member(50_00) for _ in range(3)]
    for one in people:
        world.pay(one, cafe, 12_34)
    assert world.books(cafe.id) == {"wallet:CNY": 37_02, "book:takings": -37_02}
    assert [world.available(one) for one in people] == [37_66] * 3
