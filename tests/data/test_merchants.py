"""Merchants: who runs them, what they say about themselves, and the codes they are paid by."""

from __future__ import annotations

import dataclasses
import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from PIL import Image

from data import merchants, sorting, wallet
from data.categories import Action, Operator, Rule, TextCondition, TextField
from data.codes import pictures, wallet_code
from data.codes.refusals import CodeCrcWrong, CodeForeign, CodeNotEmv, NoCodeFound, SeveralCodes
from data.codes.wallet_code import WalletCode, tap_link
from data.errors import Rejection
from data.ids import OwnerId, new_id, new_request_id
from data.ledger.changes import TextTooLong
from data.ledger.wallet import refusals as no
from data.merchants import (
    ChangeMerchant,
    Coupon,
    CouponKind,
    EarnRule,
    MakePayCode,
    Merchant,
    OpenMerchant,
    PublishCoupon,
    SetEarnRule,
)
from data.money import CurrencyUnknown
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import World

FOREIGN = "https://qr.alipay.com/fkx123"


def opening(proprietor: UUID, **fields: Any) -> OpenMerchant:
    asked = {"code": "", "name": "拾光咖啡", "mcc": "5814", "category": "dining"} | fields
    return OpenMerchant(**by(new_id(), proprietor), proprietor=proprietor, **asked)


def change(world: World, merchant: Merchant, actor: UUID | None = None, **fields: Any) -> Merchant:
    merchants.change(world.db, ChangeMerchant(**by(merchant.id, actor or merchant.proprietor), **fields))
    return merchants.merchant(world.db, merchant.id)


def code(world: World, merchant: Merchant, amount: int, note: str = "") -> str:
    assert merchant.proprietor is not None
    return merchants.dynamic_code(world.db, merchant, merchant.proprietor, new_request_id(), amount, note)


def pay_code(world: World, payload: str) -> UUID:
    found = merchants.target_of(world.db, payload).pay_code
    assert found is not None
    return found


def blank() -> bytes:
    out = io.BytesIO()
    Image.new("L", (64, 64), 255).save(out, "PNG")
    return out.getvalue()


# -- opening and changing


def test_a_merchant_is_found_as_it_was_opened(world: World) -> None:
    keeper = world.member()
    fields = {"city": "北京", "address": "五道口 3 号", "contact": "010-6000 0000"}
    cafe = world.shop(" 拾光咖啡 ", keeper, **fields)
    assert cafe == Merchant(
        cafe.id, keeper, "拾光咖啡", "5814", "dining", "北京", "五道口 3 号", "010-6000 0000", "CNY", closed=False
    )
    assert merchants.mine(world.db, keeper) == (cafe,)
    assert cafe in merchants.merchants(world.db)
    assert world.books(cafe.id) == {}


def test_a_person_may_run_several_and_sees_only_their_own(world: World) -> None:
    keeper = world.member()
    shops = tuple(world.shop(name, keeper) for name in ("乙", "甲"))
    assert merchants.mine(world.db, keeper) == shops
    assert merchants.mine(world.db, world.member()) == ()


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": "  "}, no.MerchantNameMissing()),
        ({"name": "\u200b\u3000\u200d"}, no.MerchantNameMissing()),
        ({"name": "x" * 61}, TextTooLong("merchant", 60, 61)),
        ({"address": "x" * 201}, TextTooLong("merchant", 200, 201)),
        ({"contact": "x" * 201}, TextTooLong("merchant", 200, 201)),
        ({"mcc": "581"}, no.MccInvalid("581")),
        ({"mcc": "58１4"}, no.MccInvalid("58１4")),
        ({"mcc": "abcd"}, no.MccInvalid("abcd")),
        ({"category": "salary"}, no.CategoryNotOffered("salary")),
        ({"category": "no such"}, no.CategoryNotOffered("no such")),
        ({"currency": "PTS"}, CurrencyUnknown("PTS")),
        ({"currency": "XYZ"}, CurrencyUnknown("XYZ")),
    ],
)
def test_a_merchant_that_cannot_be_is_refused(world: World, fields: dict[str, Any], refusal: Rejection) -> None:
    keeper = world.member()
    with pytest.raises(Rejection) as refused:
        merchants.open_merchant(world.db, opening(keeper, **fields))
    assert refused.value == refusal
    assert merchants.mine(world.db, keeper) == ()


def test_what_a_merchant_says_is_kept_in_one_line_that_reads_as_it_stands(world: World) -> None:
    shop = world.shop("\u202egnp\u202c.\u200b咖啡\n\x00 \t馆 👨\u200d🍳", city="北\n京", address="\u2066三\u2069号")
    assert (shop.name, shop.city, shop.address) == ("gnp . 咖啡 馆 👨\u200d🍳", "北 京", "三 号")
    assert change(world, shop, name="a\u202eb").name == "a b"


def test_the_name_that_batches_use_is_one_merchants(world: World) -> None:
    name = f"cafe-{world.number()}"
    merchants.open_merchant(world.db, opening(world.member(), code=name))
    with pytest.raises(no.MerchantExists):
        merchants.open_merchant(world.db, opening(world.member(), code=name))
    for _ in range(2):
        merchants.open_merchant(world.db, opening(world.member()))  # no name: as many as there are


def test_every_change_leaves_what_it_does_not_name(world: World) -> None:
    cafe = world.shop(city="北京", address="五道口 3 号", contact="010-6000 0000")
    change(world, cafe, name="拾光咖啡馆")
    change(world, cafe, city="上海")
    changed = change(world, cafe, contact="", category="entertainment")
    assert changed == dataclasses.replace(cafe, name="拾光咖啡馆", city="上海", contact="", category="entertainment")


def test_a_changed_merchant_is_paid_and_filed_under_what_it_says_now(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(50_00), world.shop()
    change(world, cafe, name="拾光书店", category="books")
    change(world, cafe, address="书院街 1 号")
    for _ in range(2):
        receipt = world.pay(anna, cafe, 1_00)
        assert (receipt["merchant_name"], receipt["category"]) == ("拾光书店", "books")
        world.reopen()
    world.check(anna)


def test_a_change_is_checked_like_an_opening(world: World) -> None:
    cafe = world.shop()
    wrong: list[dict[str, Any]] = [{"name": " "}, {"category": "salary"}, {"city": "x" * 201}]
    for fields in wrong:
        with pytest.raises(Rejection):
            change(world, cafe, **fields)
    assert merchants.merchant(world.db, cafe.id) == cafe


def test_a_closed_merchant_takes_nothing_until_it_is_open_again(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop()
    paid = world.pay(anna, cafe, 10_00)
    shown = code(world, cafe, 3_00)
    assert change(world, cafe, closed=True).closed
    assert cafe.id not in {one.id for one in merchants.merchants(world.db)}
    with pytest.raises(no.MerchantClosed):
        world.pay(anna, cafe, 1_00)
    with pytest.raises(no.MerchantClosed):
        code(world, cafe, 1_00)
    world.refund(anna, cafe, paid, 4_00)  # what it owes it still gives
    change(world, cafe, closed=False)
    world.pay(anna, cafe, 3_00, pay_code=pay_code(world, shown))
    assert world.available(anna) == 41_00


def test_closing_survives_a_restart(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(50_00), world.shop()
    change(world, cafe, closed=True)
    world.reopen()
    with pytest.raises(no.MerchantClosed):
        world.pay(anna, cafe, 1_00)


def test_a_merchant_that_is_not_there_is_unknown(world: World) -> None:
    stranger = new_id()
    with pytest.raises(no.MerchantUnknown) as refused:
        merchants.merchant(world.db, stranger)
    assert refused.value == no.MerchantUnknown(str(stranger))


def test_nobody_runs_somebody_elses_merchant(world: World) -> None:
    cafe, mallory = world.shop(), world.member()
    mine = world.shop("Mallory's", mallory)
    rule = EarnRule(code="triple", multiplier_bp=30_000)
    offer = Coupon(id=new_id(), code="FREE", name="Free", kind=CouponKind.INSTANT, currency="CNY", off_minor=99_00)
    attempts: list[Any] = [
        lambda: merchants.change(world.db, ChangeMerchant(**by(cafe.id, mallory), closed=True)),
        lambda: merchants.set_campaign(world.db, SetEarnRule(**by(cafe.id, mallory), rule=rule)),
        lambda: merchants.publish_coupon(world.db, PublishCoupon(**by(cafe.id, mallory), coupon=offer)),
        lambda: merchants.dynamic_code(world.db, cafe, mallory, new_request_id(), 1_00),
    ]
    for attempt in attempts:
        with pytest.raises(no.MerchantUnknown) as refused:
            attempt()
        assert refused.value == no.MerchantUnknown(str(cafe.id))
    assert merchants.merchant(world.db, cafe.id) == cafe
    assert merchants.mine(world.db, mallory) == (mine,)


def test_a_coupon_and_a_campaign_of_a_merchant_hold_at_that_merchant_whatever_they_say(world: World) -> None:
    anna, cafe, other = world.member(500_00), world.shop(), world.shop()
    wide = Coupon(
        id=new_id(),
        code="WIDE",
        name="Wide",
        kind=CouponKind.INSTANT,
        currency="CNY",
        off_minor=9_00,
        merchant=other.id,
    )
    merchants.publish_coupon(world.db, PublishCoupon(**by(cafe.id, cafe.proprietor), coupon=wide))
    claim = house.claim(world.running, anna, wide)
    rule = EarnRule(code="double", multiplier_bp=20_000, merchant=str(other.id))
    merchants.set_campaign(world.db, SetEarnRule(**by(cafe.id, cafe.proprietor), rule=rule))
    with pytest.raises(no.CouponNotUsable):
        world.pay(anna, other, 10_00, claims=(claim,))
    assert world.pay(anna, other, 10_00)["points_earned"] == 10
    assert world.pay(anna, cafe, 10_00)["points_earned"] == 20
    world.pay(anna, cafe, 10_00, claims=(claim,))
    assert world.books(cafe.id)["wallet:CNY"] == 11_00  # its own coupon, so its own loss


def test_a_merchant_publishes_in_its_own_currency_and_under_one_name(world: World) -> None:
    cafe = world.shop()
    asked: dict[str, Any] = {"code": "ONE", "name": "One", "kind": CouponKind.INSTANT, "off_minor": 100}
    yen = Coupon(id=new_id(), currency="JPY", **asked)
    with pytest.raises(no.MerchantCurrencyDiffers):
        merchants.publish_coupon(world.db, PublishCoupon(**by(cafe.id, cafe.proprietor), coupon=yen))
    for expected in (None, no.CouponExists):
        coupon = Coupon(id=new_id(), currency="CNY", **asked)
        command = PublishCoupon(**by(cafe.id, cafe.proprietor), coupon=coupon)
        if expected is None:
            merchants.publish_coupon(world.db, command)
        else:
            with pytest.raises(expected):
                merchants.publish_coupon(world.db, command)


def test_a_rule_about_the_kind_of_merchant_sorts_payments(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop(mcc="5814")
    condition = TextCondition(TextField.MCC, Operator.EQUALS, "5814")
    rule = Rule(new_request_id(), "fast food", (condition,), Action("treats"))
    sorting.save_rule(world.db, sorting.SaveRule(**by(anna), rule=rule))
    assert world.pay(anna, cafe, 1_00)["category"] == "treats"
    assert world.pay(anna, world.shop(mcc="5411"), 1_00)["category"] == "dining"


def test_whatever_else_a_rule_says_is_said_about_payments_and_their_refunds_too(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop(mcc="5814")
    condition = TextCondition(TextField.MCC, Operator.EQUALS, "5814")
    said = Action("treats", payee="楼下咖啡", tags=("工作", "咖啡"), exclude=True, note="可报销")
    rule = Rule(new_request_id(), "fast food", (condition,), said)
    sorting.save_rule(world.db, sorting.SaveRule(**by(anna), rule=rule))
    paid = world.pay(anna, cafe, 12_00)
    world.pay(anna, cafe, 1_00, note="和小王")
    world.reopen()
    world.refund(anna, cafe, paid, 5_00)
    facts = world.db.read(
        "SELECT amount, payee, tags, excluded, note FROM fact WHERE owner = $owner AND kind <> 'transfer' ORDER BY seq",
        {"owner": anna},
    )
    assert facts == [
        (-12_00, "楼下咖啡", "工作\n咖啡", True, "可报销"),
        (-1_00, "楼下咖啡", "工作\n咖啡", True, "可报销"),
        (5_00, cafe.name, "", True, ""),
    ]
    world.check(anna)


def test_a_trade_can_be_changed_and_what_is_no_code_is_refused(world: World) -> None:
    cafe = world.shop(mcc="5814")
    assert change(world, cafe, mcc="5411").mcc == "5411"
    world.reopen()
    assert world.db.ask(lambda books, _now: books.merchant(cafe.id).mcc) == "5411"
    with pytest.raises(no.MccInvalid):
        change(world, cafe, mcc="54")
    assert merchants.merchant(world.db, cafe.id).mcc == "5411"


# -- codes


def test_a_code_on_the_wall_says_whom_to_pay_and_leaves_the_amount_open(world: World) -> None:
    cafe = world.shop(city="北京")
    target = merchants.target_of(world.db, merchants.static_code(cafe))
    assert (target.merchant, target.amount, target.currency, target.pay_code) == (cafe, None, "CNY", None)


def test_a_code_for_one_payment_says_how_much_and_is_paid_once(world: World) -> None:
    anna, ben, cafe = world.member(50_00), world.member(50_00), world.shop()
    shown = code(world, cafe, 12_34, "靠窗")
    target = merchants.target_of(world.db, shown)
    assert (target.merchant, target.amount, target.note) == (cafe, 12_34, "靠窗")
    with pytest.raises(no.PayCodeAmountDiffers) as differs:
        world.pay(anna, cafe, 12_33, pay_code=target.pay_code)
    assert differs.value == no.PayCodeAmountDiffers("CNY", 12_34, 12_33)
    world.pay(anna, cafe, 12_34, pay_code=target.pay_code)
    (kept,) = world.db.read("SELECT note FROM published_payment WHERE pay_code = $code", {"code": target.pay_code})
    assert kept == ("靠窗",)
    for payer in (anna, ben):
        with pytest.raises(no.PayCodeUsed) as used:
            world.pay(payer, cafe, 12_34, pay_code=target.pay_code)
        assert used.value == no.PayCodeUsed(str(target.pay_code))
    assert world.books(cafe.id)["wallet:CNY"] == 12_34


def test_what_a_code_says_counts_before_the_payment_as_it_does_afterwards(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop()
    condition = TextCondition(TextField.DESCRIPTION, Operator.EQUALS, "靠窗")
    rule = Rule(new_request_id(), "by the window", (condition,), Action("treats"))
    sorting.save_rule(world.db, sorting.SaveRule(**by(anna), rule=rule))
    shown = pay_code(world, code(world, cafe, 3_00, "靠窗"))
    assert wallet.quote(world.db, world.paying(anna, cafe, 3_00, pay_code=shown)).category == "treats"
    assert world.pay(anna, cafe, 3_00, pay_code=shown)["category"] == "treats"


def test_a_payers_own_note_stands_instead_of_the_codes(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop()
    shown = pay_code(world, code(world, cafe, 3_00, "靠窗"))
    world.pay(anna, cafe, 3_00, pay_code=shown, note="和小王")
    assert world.db.read("SELECT note FROM published_payment WHERE pay_code = $code", {"code": shown}) == [("和小王",)]


def test_a_code_for_one_payment_is_good_for_five_minutes(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop()
    early, late = (pay_code(world, code(world, cafe, 3_00)) for _ in range(2))
    world.clock.turn(minutes=4, seconds=59)
    world.pay(anna, cafe, 3_00, pay_code=early)
    world.clock.turn(seconds=1)
    with pytest.raises(no.PayCodeExpired) as refused:
        world.pay(anna, cafe, 3_00, pay_code=late)
    assert refused.value == no.PayCodeExpired(str(late), "2026-03-02T04:05:00")


def test_a_code_is_paid_to_the_merchant_that_made_it(world: World) -> None:
    anna, cafe, other = world.member(50_00), world.shop(), world.shop()
    theirs = pay_code(world, code(world, other, 3_00))
    for wrong in (theirs, new_id()):
        with pytest.raises(no.PayCodeUnknown) as refused:
            world.pay(anna, cafe, 3_00, pay_code=wrong)
        assert refused.value == no.PayCodeUnknown(str(wrong))


def test_a_code_whose_payment_was_declined_can_be_paid_after_all(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop()
    shown = pay_code(world, code(world, cafe, 3_00))
    with pytest.raises(no.CardDeclined):
        world.pay(anna, cafe, 3_00, pay_code=shown, card=world.card(anna, house.DECLINED))
    world.pay(anna, cafe, 3_00, pay_code=shown)


def test_a_code_that_waits_for_a_silent_bank_is_taken_until_the_bank_says_no(world: World) -> None:
    anna, cafe = world.member(50_00), world.shop()
    shown = pay_code(world, code(world, cafe, 3_00))
    world.pay(anna, cafe, 3_00, pay_code=shown, card=world.card(anna, house.SILENT_THEN_NO))
    with pytest.raises(no.PayCodeUsed):
        world.pay(anna, cafe, 3_00, pay_code=shown)
    for _ in range(2):
        world.clock.turn(minutes=1)
        world.rounds().once()
    world.pay(anna, cafe, 3_00, pay_code=shown)


def test_codes_are_known_again_after_a_restart(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(50_00), world.shop()
    paid, open_ = (pay_code(world, code(world, cafe, 3_00)) for _ in range(2))
    world.pay(anna, cafe, 3_00, pay_code=paid)
    world.reopen()
    with pytest.raises(no.PayCodeUsed):
        world.pay(anna, cafe, 3_00, pay_code=paid)
    world.pay(anna, cafe, 3_00, pay_code=open_)


def test_a_code_that_is_asked_for_twice_is_one_code(world: World) -> None:
    cafe = world.shop()
    assert cafe.proprietor is not None
    request = new_request_id()
    first = merchants.dynamic_code(world.db, cafe, cafe.proprietor, request, 3_00)
    world.clock.turn(seconds=3)
    assert merchants.dynamic_code(world.db, cafe, cafe.proprietor, request, 3_00) == first


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"amount": 0}, no.AmountInvalid(0)),
        ({"currency": "JPY"}, no.MerchantCurrencyDiffers("CNY", "JPY")),
    ],
)
def test_a_code_asks_for_an_amount_in_the_merchants_currency(
    world: World, fields: dict[str, Any], refusal: Rejection
) -> None:
    cafe = world.shop()
    asked: dict[str, Any] = {
        "amount": 1_00,
        "currency": "CNY",
        "expires_at": world.clock.now + timedelta(minutes=5),
    } | fields
    answer = world.db.transact(MakePayCode(**by(cafe.id, cafe.proprietor), code=new_id(), **asked))
    assert answer.refusal == refusal


def test_a_tap_link_and_a_picture_say_the_same_as_the_code(world: World) -> None:
    cafe = world.shop()
    shown = code(world, cafe, 12_34)
    target = merchants.target_of(world.db, shown)
    link = tap_link("https://example.test/wallet/", shown)
    assert urlsplit(link).path == "/wallet/pay"
    assert merchants.target_of(world.db, link) == target
    assert merchants.target_of(world.db, f"  {shown}\n") == target
    assert merchants.code_in_picture(world.db, pictures.png(shown)) == target
    assert merchants.code_in_picture(world.db, pictures.png(link)) == target


def test_the_books_and_not_the_code_decide_name_and_amount(world: World) -> None:
    cafe = world.shop()
    real = pay_code(world, code(world, cafe, 12_34))
    forged = wallet_code.payload(
        WalletCode(merchant=cafe.id, name="Somebody else", city="-", pay_code=real, amount_minor=1)
    )
    target = merchants.target_of(world.db, forged)
    assert (target.merchant.name, target.amount) == (cafe.name, 12_34)


def test_codes_that_cannot_be_paid_here_are_refused_with_the_reason(world: World) -> None:
    cafe = world.shop()
    shown = code(world, cafe, 12_34)
    with pytest.raises(CodeForeign) as foreign:
        merchants.target_of(world.db, FOREIGN)
    assert foreign.value.kind == "alipay"
    with pytest.raises(CodeNotEmv):
        merchants.target_of(world.db, "hello")
    with pytest.raises(CodeCrcWrong):
        merchants.target_of(world.db, shown[:-4] + ("0000" if not shown.endswith("0000") else "1111"))
    with pytest.raises(NoCodeFound):
        merchants.code_in_picture(world.db, blank())
    with pytest.raises(CodeForeign):
        merchants.code_in_picture(world.db, pictures.png(FOREIGN))


def test_codes_of_nobody_here_are_unknown(world: World) -> None:
    cafe, stranger, never = world.shop(), OwnerId(new_id()), new_id()
    nobody = wallet_code.payload(WalletCode(merchant=stranger, name="Nobody", city="-"))
    with pytest.raises(no.MerchantUnknown) as unknown:
        merchants.target_of(world.db, nobody)
    assert unknown.value == no.MerchantUnknown(str(stranger))
    made_up = wallet_code.payload(
        WalletCode(merchant=cafe.id, name="Cafe", city="-", pay_code=never, amount_minor=1_00)
    )
    with pytest.raises(no.PayCodeUnknown) as unmade:
        merchants.target_of(world.db, made_up)
    assert unmade.value == no.PayCodeUnknown(str(never))


def test_of_two_different_codes_in_a_picture_none_is_guessed(world: World) -> None:
    texts = [merchants.static_code(world.shop()) for _ in range(2)]
    with pytest.raises(SeveralCodes):
        wallet_code.read_one_of(texts)
    assert wallet_code.read_one_of([FOREIGN, texts[0], texts[0]]).merchant
