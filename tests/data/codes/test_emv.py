"""What a payment code says: the published ones, every way one can be broken, and none that is read as another."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.codes import emv, tlv
from data.codes.emv import Additional, Localised, account, build, parse
from data.codes.refusals import (
    CodeAmountTooLarge,
    CodeAmountUnreadable,
    CodeCrcWrong,
    CodeCurrencyUnknown,
    CodeNotEmv,
)
from data.codes.tlv import Field
from data.errors import InvariantBroken, Rejection
from data.money import Money
from tests.samples import FOLDER, present, sample

PUBLISHED: list[dict[str, Any]] = (
    json.loads((FOLDER / "emv-qr" / "emv_payloads.json").read_text(encoding="utf-8")) if present() else []
)
REFUSED = {
    "jcb-master-dynamic": CodeAmountUnreadable("999.123", "JPY"),
    "fps-published-bad-crc": CodeCrcWrong("D1A3", "84E1"),
    "upi-not-emv": CodeNotEmv(1, "start"),
}
# Where an expectation of the published cases stands in a code.
PLACES = {
    "currency": ("53",),
    "country": ("58",),
    "merchant": ("59",),
    "city": ("60",),
    "postal": ("61",),
    "mcc": ("52",),
    "tip_indicator": ("55",),
    "merchant_alt": ("64", "01"),
    "bill_number": ("62", "01"),
    "store_label": ("62", "03"),
    "reference": ("62", "05"),
    "txid": ("62", "05"),
    "terminal_label": ("62", "07"),
    "purpose": ("62", "08"),
    "consumer_data_request": ("62", "09"),
    "pix_key": ("26", "01"),
    "fps_mobile": ("26", "03"),
}

WHOLE = "0002010102112616" + "0012com.example." + "530315654041.005802CN5904Shop6004City"
SHOP = account("26", "com.example", [Field("01", "7")])

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)
CODES = st.fixed_dictionaries(
    {
        "mcc": st.from_regex("[0-9]{4}", fullmatch=True),
        "currency": st.sampled_from(["CNY", "USD", "JPY", "KWD"]),
        "country": st.sampled_from(["CN", "HK", "JP"]),
        "name": st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=25),
        "city": st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=15),
        "amount_minor": st.none() | st.integers(1, 10**11),
        "dynamic": st.booleans(),
        "localised": st.none()
        | st.builds(
            Localised,
            st.just("zh"),
            st.text("最佳运输🙂👨‍👩‍👧é", min_size=1, max_size=25),
            st.none() | st.text("北京上海", min_size=1, max_size=15),
        ),
    }
)


def sealed(body: str) -> str:
    """A text as a code, whatever it says."""
    return body + tlv.CRC_OPENING + tlv.crc(body + tlv.CRC_OPENING)


def refusal(text: str) -> Rejection:
    with pytest.raises(Rejection) as caught:
        parse(text)
    return caught.value


@pytest.mark.skipif(not PUBLISHED, reason="the sample codes are not beside the checkout")
@pytest.mark.parametrize("case", PUBLISHED, ids=[case["name"] for case in PUBLISHED])
def test_every_published_code_is_read_or_refused_as_its_source_says(case: dict[str, Any]) -> None:
    if case["name"] in REFUSED:
        assert refusal(case["payload"]) == REFUSED[case["name"]]
        return
    code, said = parse(case["payload"]), case["expect"]
    for name, place in PLACES.items():
        if name in said:
            assert code.value(*place) == said[name], name
    assert code.dynamic == said.get("dynamic", code.dynamic)
    assert [[field.id, field.value] for field in code.fields] == case["tlv_top"][:-1]
    amount = said.get("amount")
    written = None if code.amount_minor is None else Money(code.amount_minor, code.currency).plain()
    assert (written or "").removesuffix(".00") == (amount or "")


def test_the_published_codes_are_there_on_a_build_machine() -> None:
    assert sample("emv-qr/emv_payloads.json")


def test_the_specification_s_example_is_read_in_full() -> None:
    code = parse(
        "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT"
        "6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME"
        "91320016A0112233449988770708123456786304A13A"
    )
    assert (code.amount_minor, code.currency, code.currency_number, code.dynamic) == (2372, "CNY", "156", True)
    assert [(one.id, one.guid) for one in code.accounts] == [("29", "D15600000000"), ("31", "D15600000001")]
    assert code.accounts[0].fields[1] == Field("05", "A93FO3230Q")
    assert code.localised == Localised("zh", "最佳运输", "北京")
    assert code.additional == Additional(bill=None, reference=None, terminal="A6008667")
    assert code.unreserved == (Field("91", "0016A011223344998877070812345678"),)
    assert (code.mcc, code.country, code.name, code.city) == ("4111", "CN", "BEST TRANSPORT", "BEIJING")


def test_the_check_sum_is_the_catalogued_one() -> None:
    assert tlv.crc("123456789") == "29B1"


def test_a_whole_code_is_read() -> None:
    assert parse(sealed(WHOLE)).amount_minor == 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", CodeNotEmv(1, "start")),
        ("000202" + WHOLE[6:], CodeNotEmv(1, "start")),
        (" " + sealed(WHOLE), CodeNotEmv(1, "start")),
        ("010211000201" + WHOLE[12:], CodeNotEmv(1, "start")),
        ("000201" + "9" * 507, CodeNotEmv(513, "too_long")),
        ("000201\n", CodeNotEmv(7, "character")),
        ("000201\ud800", CodeNotEmv(7, "character")),
        ("000201", CodeNotEmv(1, "no_crc", "63")),
        (WHOLE, CodeNotEmv(len(WHOLE) - 7, "no_crc", "63")),
        (sealed(WHOLE)[:-1], CodeNotEmv(len(WHOLE), "no_crc", "63")),
        (sealed(WHOLE) + "0", CodeNotEmv(len(WHOLE) + 2, "no_crc", "63")),
    ],
)
def test_what_is_no_whole_payload_is_refused_with_the_place(text: str, expected: Rejection) -> None:
    assert refusal(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (WHOLE + "5904Shop", CodeNotEmv(70, "duplicate", "59")),
        (WHOLE + "63041234", CodeNotEmv(70, "duplicate", "63")),
        (WHOLE + "6299ab", CodeNotEmv(70, "overrun", "62")),
        (WHOLE + "62080105abcd", CodeNotEmv(74, "overrun", "01")),
        (WHOLE + "62120102ab0102cd", CodeNotEmv(80, "duplicate", "01")),
        (WHOLE + "62xxab", CodeNotEmv(70, "length", "62")),
        (WHOLE + "62-1ab", CodeNotEmv(70, "length", "62")),
        (WHOLE + "62+1ab", CodeNotEmv(70, "length", "62")),
        (WHOLE + "62０1a", CodeNotEmv(70, "length", "62")),
        (WHOLE + "6200", CodeNotEmv(70, "length", "62")),
        (WHOLE + "620", CodeNotEmv(70, "length", "62")),
        (WHOLE + "A201x", CodeNotEmv(70, "id")),
        (WHOLE + "²201x", CodeNotEmv(70, "id")),
        (WHOLE.replace("5303156", "530315X"), CodeNotEmv(33, "value", "53")),
        (WHOLE.replace("5303156", "53041560"), CodeNotEmv(33, "value", "53")),
        (WHOLE.replace("5802CN", "5802cn"), CodeNotEmv(48, "value", "58")),
        (WHOLE.replace("010211", "010213"), CodeNotEmv(7, "value", "01")),
        (WHOLE + "5203541", CodeNotEmv(70, "value", "52")),
        (WHOLE.replace("5303156", ""), CodeNotEmv(63, "missing", "53")),
        (WHOLE.replace("5802CN", ""), CodeNotEmv(64, "missing", "58")),
        (WHOLE.replace("26160012com.example.", ""), CodeNotEmv(50, "missing", "26")),
        (WHOLE.replace("5303156", "5303000"), CodeCurrencyUnknown("000")),
        (WHOLE.replace("5303156", "5303959"), CodeCurrencyUnknown("959")),
    ],
)
def test_a_sealed_code_that_breaks_the_standard_is_refused_with_the_place(body: str, expected: Rejection) -> None:
    assert refusal(sealed(body)) == expected


@pytest.mark.parametrize(
    "amount", ["0", "0.00", "-1", "+1", "1,00", "1.001", ".50", "1e3", "１", "1 ", "￥1", "1.2.3", "12345678901.00"]
)
def test_an_amount_that_is_none_is_refused_and_never_rounded(amount: str) -> None:
    body = WHOLE.replace("54041.00", f"54{len(amount):02d}{amount}")
    assert refusal(sealed(body)) == CodeAmountUnreadable(amount, "CNY")


@pytest.mark.parametrize(
    ("number", "amount", "minor"),
    [
        ("156", "1", 100),
        ("156", "1.", 100),
        ("156", "23.7", 2370),
        ("156", "23.700", 2370),
        ("156", "9999999999.99", 999_999_999_999),
        ("392", "100", 100),
        ("392", "100.0", 100),
        ("414", "1.234", 1234),
    ],
)
def test_an_amount_counts_in_the_smallest_unit_of_its_currency(number: str, amount: str, minor: int) -> None:
    body = WHOLE.replace("530315654041.00", f"5303{number}54{len(amount):02d}{amount}")
    assert parse(sealed(body)).amount_minor == minor


def test_a_check_sum_in_small_letters_is_another_one() -> None:
    text = sealed(WHOLE)
    assert text[-4:] != text[-4:].lower(), "the example shows nothing"
    assert refusal(text[:-4] + text[-4:].lower()) == CodeCrcWrong(text[-4:], text[-4:].lower())


@given(CODES, st.dictionaries(st.sampled_from(["01", "05", "07"]), TEXT.map(lambda text: text[:20]), max_size=3))
def test_what_is_built_is_read_back(said: dict[str, Any], additional: dict[str, str]) -> None:
    own = Field("80", "any")
    labels = [Field(number, value) for number, value in additional.items()]
    if sum(len(field.value) + 4 for field in labels) > tlv.MOST:
        labels = labels[:1]
    code = parse(build(accounts=[SHOP], additional=labels, unreserved=[own], **said))
    assert {name: getattr(code, name) for name in said} == said
    assert code.accounts[0].guid == "com.example"
    held = {field.id: field.value for field in labels}
    assert code.additional == Additional(held.get("01"), held.get("05"), held.get("07"))
    assert code.unreserved == (own,)


@given(CODES, st.data())
def test_a_code_with_one_character_changed_is_refused_or_says_something_else(
    said: dict[str, Any], data: st.DataObject
) -> None:
    text = build(accounts=[SHOP], **said)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFabcdef.最🙂") | st.characters())
    changed = text[:place] + other + text[place + 1 :]
    if changed == text:
        return
    try:
        code = parse(changed)
    except Rejection:
        return
    assert code != parse(text)


@given(CODES, st.data())
def test_a_code_with_one_ascii_character_changed_is_always_refused(said: dict[str, Any], data: st.DataObject) -> None:
    text = build(accounts=[SHOP], **said)
    places = [place for place, character in enumerate(text) if character.isascii()]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.characters(max_codepoint=127).filter(lambda one: one != text[place]))
    refusal(text[:place] + other + text[place + 1 :])


@given(st.text() | st.text().map(lambda text: sealed("000201" + re.sub(r"[\ud800-\udfff]", "", text))))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Rejection):
        parse(text)


@given(st.lists(st.text("0123456789ABCN.", max_size=20), max_size=12))
def test_any_objects_are_read_or_refused(values: list[str]) -> None:
    numbers = ["26", "53", "58", "54", "62", "64", "59", "01", "80", "02", "26", "63"]
    body = "".join(f"{number}{len(value):02d}{value}" for number, value in zip(numbers, values, strict=False))
    with contextlib.suppress(Rejection):
        parse(sealed("000201" + body))


def test_a_very_long_text_is_refused_at_once() -> None:
    assert refusal("000201" + "0" * 10_000_000) == CodeNotEmv(513, "too_long")


def test_an_amount_beyond_thirteen_characters_does_not_fit_a_code() -> None:
    whole: dict[str, Any] = {"accounts": [SHOP], "mcc": "5411", "country": "CN", "name": "a", "city": "b"}
    assert parse(build(**whole, currency="CNY", amount_minor=999_999_999_999)).amount_minor == 999_999_999_999
    with pytest.raises(CodeAmountTooLarge):
        build(**whole, currency="CNY", amount_minor=1_000_000_000_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"accounts": []},
        {"name": "a" * 26},
        {"name": ""},
        {"city": "b" * 16},
        {"amount_minor": 0},
        {"currency": "PTS"},
        {"amount_minor": -1},
        {"additional": [Field("05", "x" * 26)]},
        {"localised": Localised("zh", "名" * 26)},
        {"unreserved": [Field("8", "x")]},
    ],
)
def test_a_code_that_cannot_be_is_a_defect_of_whoever_asks_for_it(wrong: dict[str, Any]) -> None:
    whole: dict[str, Any] = {
        "accounts": [SHOP],
        "mcc": "5411",
        "currency": "CNY",
        "country": "CN",
        "name": "a",
        "city": "b",
    }
    with pytest.raises(InvariantBroken):
        build(**(whole | wrong))
    with pytest.raises(InvariantBroken):
        account("52", "com.example", [])
    assert len(build(**whole)) < emv.MAX_LENGTH
