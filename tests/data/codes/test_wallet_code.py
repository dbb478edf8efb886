"""Our own codes: read back exactly, told from all others, and never mistaken for one that was tampered with."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.codes import emv, tlv
from data.codes.emv import Localised, account, build
from data.codes.refusals import (
    CodeAmountTooLarge,
    CodeAmountUnreadable,
    CodeCrcWrong,
    CodeCurrencyUnknown,
    CodeForeign,
    CodeIncomplete,
    CodeNotEmv,
    SeveralCodes,
)
from data.codes.tlv import Field
from data.codes.wallet_code import GUID, MAX_TEXT, WalletCode, fitted, payload, read, read_one_of, tap_link
from data.errors import InvariantBroken, Rejection
from tests.samples import sample

SHOP = UUID("0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b3")
ORDER = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")
STATIC = WalletCode(SHOP, "Lao Wang Noodles", "Hangzhou", mcc="5812", name_zh="老王面馆", city_zh="杭州")
DYNAMIC = dataclasses.replace(STATIC, pay_code=ORDER, amount_minor=2350)
BEST_TRANSPORT = build(
    accounts=[account("29", "D15600000000", [Field("05", "A93FO3230Q")])],
    mcc="4111",
    currency="CNY",
    country="CN",
    name="BEST TRANSPORT",
    city="BEIJING",
)

NAMES = st.text(max_size=40)
CODES = st.builds(
    WalletCode,
    merchant=st.uuids(),
    name=NAMES,
    city=NAMES,
    currency=st.sampled_from(["CNY", "USD", "JPY"]),
    mcc=st.just("") | st.from_regex("[0-9]{4}", fullmatch=True),
    name_zh=st.text("最佳运输🙂👨‍👩‍👧 ", max_size=40),
    city_zh=st.text("北京", max_size=20),
)


def refusal(text: str) -> Rejection:
    with pytest.raises(Rejection) as caught:
        read(text)
    return caught.value


def ours(*merchant: Field, **said: Any) -> str:
    """A sealed code with our mark that says whatever it is told to."""
    whole: dict[str, Any] = {"mcc": "5812", "currency": "CNY", "country": "CN", "name": "a", "city": "b"}
    return build(accounts=[account("26", GUID, merchant)], **(whole | said))


def as_held(code: WalletCode) -> WalletCode:
    """A code as it can be read back: its names as they fit."""
    name_zh = fitted(code.name_zh, 25)
    held = {field: fitted(getattr(code, field), most) for field, most in (("name", 25), ("city", 15))}
    told: dict[str, Any] = {field: "" if text == "-" else text for field, text in held.items()}
    told["mcc"] = "" if code.mcc == "0000" else code.mcc
    return dataclasses.replace(code, **told, name_zh=name_zh, city_zh=fitted(code.city_zh, 15) if name_zh else "")


def test_a_static_code_names_the_merchant_and_leaves_the_amount_open() -> None:
    text = payload(STATIC)
    code = emv.parse(text)
    assert (code.dynamic, code.amount_minor, code.additional.reference) == (False, None, None)
    assert (code.value("26", "00"), code.value("26", "01")) == (GUID, "0192f0c12d3e7a4b8c5d6e7f8091a2b3")
    assert (code.mcc, code.currency_number, code.country, code.name) == ("5812", "156", "CN", "Lao Wang Noodles")
    assert code.localised == Localised("zh", "老王面馆", "杭州")
    assert read(text) == STATIC


def test_a_dynamic_code_is_for_one_payment_of_one_amount() -> None:
    code = emv.parse(payload(DYNAMIC))
    assert (code.dynamic, code.value("54")) == (True, "23.50")
    assert code.additional.reference == "F5LXX1ZZ5PNORYNQGLHZMSP33"
    assert read(payload(DYNAMIC)) == DYNAMIC


@given(CODES)
def test_static_codes_are_read_back(code: WalletCode) -> None:
    assert read(payload(code)) == as_held(code)


@given(CODES, st.uuids(), st.integers(1, 10**11))
def test_dynamic_codes_are_read_back(code: WalletCode, pay_code: UUID, amount_minor: int) -> None:
    dynamic = dataclasses.replace(code, pay_code=pay_code, amount_minor=amount_minor)
    assert read(payload(dynamic)) == as_held(dynamic)


@given(CODES, st.sampled_from(["https://wallet.example", "https://wallet.example/", "http://127.0.0.1:8501/base", ""]))
def test_a_tap_link_says_the_same(code: WalletCode, base: str) -> None:
    link = tap_link(base, payload(code))
    assert link.isascii()
    assert read(link) == read(f" {link}\n") == as_held(code)


def test_a_tap_link_has_the_payload_percent_encoded() -> None:
    link = tap_link("https://wallet.example", payload(STATIC))
    assert link.startswith("https://wallet.example/pay?c=0002010102112672")
    assert "%E8%80%81%E7%8E%8B" in link


def test_a_pasted_code_may_have_white_space_around_it() -> None:
    assert read(f"\n {payload(STATIC)}\t") == STATIC


def test_a_name_that_looks_like_a_link_stays_a_name() -> None:
    odd = dataclasses.replace(STATIC, name="a/pay?c=1", name_zh="")
    assert read(payload(odd)).name == "a/pay?c=1"


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("甲" * 26, "甲" * 25),
        ("Lao  Wang\nNoodles", "Lao Wang Noodles"),
        ("a\x00b\ud800c", "a b c"),
        ("x" * 24 + "👨‍👩‍👧", "x" * 24 + "👨"),
        ("x" * 23 + "👨‍👩‍👧", "x" * 23 + "👨"),
        ("Trattoria della Nonna in Centro", "Trattoria della Nonna in"),
    ],
)
def test_a_long_name_is_cut_where_it_still_reads(name: str, held: str) -> None:
    assert read(payload(dataclasses.replace(STATIC, name=name))).name == held


def test_an_empty_name_and_city_still_make_a_code_of_the_standard() -> None:
    bare = WalletCode(SHOP, " ", "")
    code = emv.parse(payload(bare))
    assert (code.name, code.city, code.mcc) == ("-", "-", "0000")
    assert read(payload(bare)) == WalletCode(SHOP, "", "")


def test_codes_of_other_services_are_named() -> None:
    assert refusal(BEST_TRANSPORT) == CodeForeign("unionpay", "BEST TRANSPORT")
    assert refusal(tap_link("", BEST_TRANSPORT)) == CodeForeign("unionpay", "BEST TRANSPORT")
    unknown = BEST_TRANSPORT.replace("D15600000000", "com.example1")[:-4]
    assert refusal(unknown + tlv.crc(unknown)) == CodeForeign("com.example1", "BEST TRANSPORT")
    visa = "000201" + "02044111" + "5303840" + "5802US" + "6304"
    assert refusal(visa + tlv.crc(visa)) == CodeForeign("visa", None)
    reserved = visa.replace("02044111", "17044111")
    assert refusal(reserved + tlv.crc(reserved)) == CodeForeign("17", None)


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("emvco-spec-best-transport", "unionpay"),
        ("sgqr-soba", "nets"),
        ("paynow-nested-62", "paynow"),
        ("promptpay-phone", "promptpay"),
        ("pix-bacen-static", "pix"),
        ("vietqr-card-dynamic", "vietqr"),
        ("fps-odoo-int", "fps"),
        ("qris-jalin-uat", "qris"),
        ("upi-not-emv", "upi"),
    ],
)
def test_published_codes_are_named(name: str, service: str) -> None:
    published = json.loads(sample("emv-qr/emv_payloads.json").read_text(encoding="utf-8"))
    case = next(case for case in published if case["name"] == name)
    assert refusal(case["payload"]) == CodeForeign(service, case["expect"].get("merchant"))


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("https://qr.alipay.com/fkx00000abcdef", "alipay"),
        ("HTTPS://QR.ALIPAY.COM/FKX00000ABCDEF", "alipay"),
        ("wxp://f2f0abcdef", "wechat"),
        ("https://qr.95516.com/00010000/62", "unionpay"),
        ("upi://pay?pa=merchant@bank&pn=Test&am=10.00&cu=INR", "upi"),
    ],
)
def test_addresses_of_other_apps_are_named(text: str, service: str) -> None:
    assert refusal(text) == CodeForeign(service, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "https://wallet.example/pay",
        "https://wallet.example/pay?c=",
        "https://wallet.example/pay?c=hello",
        "https://wallet.example/pay?c=%ff%fe",
        "https://wallet.example/pay?" + "c=1&" * 20,
        "https://wallet.example/other?c=" + payload(STATIC),
        "https://wallet.example/pay?c=" + payload(WalletCode(SHOP, "a", "b")) + "&c=2",
        "javascript:/pay?c=" + payload(WalletCode(SHOP, "a", "b")),
        "//wallet.example/pay?c=" + payload(WalletCode(SHOP, "a", "b")),
        "https://[::1/pay?c=1",
    ],
)
def test_other_texts_are_no_codes(text: str) -> None:
    assert refusal(text) == CodeNotEmv(1, "start")


def test_an_endless_text_is_refused_at_once() -> None:
    assert refusal("/pay?c=" + "%30" * 5_000_000) == CodeNotEmv(MAX_TEXT + 1, "too_long")


def test_a_full_payload_fits_a_link() -> None:
    largest = WalletCode(SHOP, "\U0001f642" * 25, "\U0001f642" * 15, "CNY", "5812", ORDER, 99, "\U0001f642" * 25)
    largest = dataclasses.replace(largest, city_zh="\U0001f642" * 15)
    link = tap_link("https://" + "long" * 60 + ".example", payload(largest))
    assert len(link) < MAX_TEXT
    assert read(link) == largest


def test_a_misread_code_is_refused() -> None:
    text = payload(DYNAMIC)
    assert isinstance(refusal(text.replace("23.50", "23.60")), CodeCrcWrong)


def test_claims_that_nobody_can_pay_are_refused() -> None:
    text = payload(DYNAMIC)[:-4]
    odd = text.replace("5303156", "5303957")
    assert refusal(odd + tlv.crc(odd)) == CodeCurrencyUnknown("957")
    odd = text.replace("540523.50", "540523.5x")
    assert refusal(odd + tlv.crc(odd)) == CodeAmountUnreadable("23.5x", "CNY")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ours(), "merchant"),
        (ours(Field("01", "7")), "merchant"),
        (ours(Field("01", SHOP.hex.upper())), "merchant"),
        (ours(Field("01", SHOP.hex), amount_minor=100), "amount"),
        (ours(Field("01", SHOP.hex), dynamic=True), "amount"),
        (ours(Field("01", SHOP.hex), dynamic=True, amount_minor=100), "pay_code"),
        (ours(Field("01", SHOP.hex), dynamic=True, amount_minor=1, additional=[Field("05", "Z" * 25)]), "pay_code"),
        (ours(Field("01", SHOP.hex), dynamic=True, amount_minor=1, additional=[Field("05", "a" * 25)]), "pay_code"),
        (ours(Field("01", SHOP.hex), dynamic=True, amount_minor=1, additional=[Field("05", "0" * 24)]), "pay_code"),
    ],
)
def test_our_mark_on_what_we_did_not_make_is_refused(text: str, reason: str) -> None:
    assert refusal(text) == CodeIncomplete(reason)


def test_our_mark_without_a_name_is_refused() -> None:
    text = ours(Field("01", SHOP.hex)).replace("5901a", "")[:-4]
    assert refusal(text + tlv.crc(text)) == CodeIncomplete("name")


def test_our_account_may_stand_beside_those_of_others() -> None:
    shared = build(
        accounts=[account("26", "sg.paynow", []), account("31", GUID, [Field("01", SHOP.hex)])],
        mcc="5812",
        currency="CNY",
        country="CN",
        name="a",
        city="b",
        localised=Localised("ja", "ワン"),
    )
    assert read(shared) == WalletCode(SHOP, "a", "b", mcc="5812")


def test_among_the_codes_of_a_counter_ours_is_found() -> None:
    assert read_one_of(["wxp://f2f0", BEST_TRANSPORT, payload(STATIC), tap_link("", payload(STATIC))]) == STATIC


def test_two_different_codes_of_ours_are_not_guessed_between() -> None:
    with pytest.raises(SeveralCodes) as refused:
        read_one_of([payload(STATIC), "hello", payload(DYNAMIC)])
    assert refused.value == SeveralCodes(2)


def test_where_none_is_ours_the_first_one_s_reason_is_given() -> None:
    with pytest.raises(CodeForeign):
        read_one_of(["wxp://f2f0", "hello"])
    with pytest.raises(InvariantBroken):
        read_one_of([])


@pytest.mark.parametrize("wrong", [{"pay_code": ORDER}, {"amount_minor": 1}, {"mcc": "58"}, {"mcc": "５８１２"}])
def test_a_code_is_static_or_dynamic_and_nothing_between(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvariantBroken):
        dataclasses.replace(STATIC, **wrong)


def test_an_amount_that_no_code_can_hold_is_refused() -> None:
    with pytest.raises(CodeAmountTooLarge):
        payload(dataclasses.replace(DYNAMIC, amount_minor=10**12))


@given(st.text() | st.text().map(lambda text: f"/pay?c={text}") | st.text().map(lambda text: f"http://{text}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Rejection):
        read(text)
