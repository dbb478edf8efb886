"""What a card's number says, and that it is never said aloud."""

from __future__ import annotations

import csv
import hashlib
import hmac
from datetime import date
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvariantBroken
from data.importers.methods import bank_name
from data.security.card_numbers import (
    Brand,
    CardExpiryInvalid,
    CardNumber,
    CardNumberInvalid,
    bank_of,
    brand_of,
    fingerprint,
    read_expiry,
    read_number,
)

VISA = "4242424242424242"


def with_check_digit(start: str) -> str:
    """The number that begins so, by the rule as ISO/IEC 7812-1 tells it: double from the right, cast out nines."""
    total = 0
    for place, digit in enumerate(reversed(start)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return start + str(-total % 10)


def numbered(prefix: str, length: int = 16) -> CardNumber:
    return read_number(with_check_digit(prefix.ljust(length - 1, "0")))


NUMBERS = st.from_regex(r"[1-9][0-9]{10,17}", fullmatch=True).map(with_check_digit)


@pytest.mark.parametrize(
    "text",
    [
        VISA,
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242–4242—4242‐4242",
        "４２４２　４２４２　４２４２　４２４２",
        "\ufeff4242\u00a04242\u200b42424242\n",
    ],
)
def test_spaces_dashes_and_full_width_digits_are_how_people_type(text: str) -> None:
    assert read_number(text).digits == VISA


@given(NUMBERS)
def test_a_number_with_its_check_digit_is_read_and_any_other_last_digit_is_refused(digits: str) -> None:
    assert read_number(digits).digits == digits
    for other in set("0123456789") - {digits[-1]}:
        with pytest.raises(CardNumberInvalid) as no:
            read_number(digits[:-1] + other)
        assert no.value.reason == "check_digit"


@given(NUMBERS, st.data())
def test_one_wrong_digit_is_always_found(digits: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(digits) - 1))
    wrong = data.draw(st.sampled_from(sorted(set("0123456789") - {digits[place]})))
    with pytest.raises(CardNumberInvalid):
        read_number(digits[:place] + wrong + digits[place + 1 :])


@pytest.mark.parametrize(
    ("text", "reason", "length"),
    [
        ("", "length", 0),
        ("  - ", "length", 0),
        ("42424242424", "length", 11),
        ("4" * 20, "length", 20),
        ("4242 4242 4242 424x", "characters", 16),
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "characters", 16),
        ("4242.4242.4242.4242", "characters", 19),
        ("4242424242424241", "check_digit", 16),
        ("0" * 16, "first_digit", 16),
    ],
)
def test_what_is_no_card_number_is_refused_with_its_reason(text: str, reason: str, length: int) -> None:
    with pytest.raises(CardNumberInvalid) as no:
        read_number(text)
    assert no.value == CardNumberInvalid(reason, length)


@given(NUMBERS.map(lambda digits: digits[:-1] + str((int(digits[-1]) + 1) % 10)))
def test_a_refusal_repeats_nothing_of_what_was_typed(text: str) -> None:
    with pytest.raises(CardNumberInvalid) as no:
        read_number(text)
    assert no.value.facts == {"reason": "check_digit", "length": len(text)}
    assert text not in f"{no.value} {no.value!r} {no.value.args} {no.value.__cause__} {no.value.__context__}"


@given(NUMBERS)
def test_a_number_is_not_printed(digits: str) -> None:
    number = read_number(digits)
    for said in (repr(number), str(number), f"{number}", f"{[number]!r}", repr({"card": number})):
        assert digits not in said
        assert said.count(digits[:-4]) == 0
    assert number.last4 == digits[-4:]
    assert number.bin == digits[:6]


def test_a_card_number_cannot_be_made_around_the_checks() -> None:
    with pytest.raises(InvariantBroken) as broken:
        CardNumber("4242424242424241")
    assert "4242" not in str(broken.value)


@pytest.mark.parametrize(
    ("prefix", "brand"),
    [
        ("62", Brand.UNIONPAY),
        ("622126", Brand.UNIONPAY),
        ("622925", Brand.UNIONPAY),
        ("8100", Brand.UNIONPAY),
        ("8171", Brand.UNIONPAY),
        ("8172", Brand.OTHER),
        ("4", Brand.VISA),
        ("50", Brand.OTHER),
        ("51", Brand.MASTERCARD),
        ("55", Brand.MASTERCARD),
        ("2220", Brand.OTHER),
        ("2221", Brand.MASTERCARD),
        ("2500", Brand.MASTERCARD),
        ("2720", Brand.MASTERCARD),
        ("2721", Brand.OTHER),
        ("34", Brand.AMEX),
        ("37", Brand.AMEX),
        ("3527", Brand.OTHER),
        ("3528", Brand.JCB),
        ("3589", Brand.JCB),
        ("3590", Brand.OTHER),
        ("6011", Brand.DISCOVER),
        ("643", Brand.OTHER),
        ("644", Brand.DISCOVER),
        ("649", Brand.DISCOVER),
        ("65", Brand.DISCOVER),
        ("305", Brand.DINERS),
        ("306", Brand.OTHER),
        ("36", Brand.DINERS),
        ("38", Brand.DINERS),
        ("5018", Brand.MAESTRO),
        ("6759", Brand.MAESTRO),
        ("6763", Brand.MAESTRO),
        ("9", Brand.OTHER),
    ],
)
def test_the_brand_goes_by_the_issuer_number(prefix: str, brand: Brand) -> None:
    number = numbered(prefix)
    assert brand_of(number) is brand
    assert number.brand is brand


@pytest.mark.parametrize(
    ("prefix", "bank"),
    [
        ("622202", "工商银行"),
        ("955880", "工商银行"),
        ("622848", "农业银行"),
        ("955990", "农业银行"),
        ("621660", "中国银行"),
        ("621700", "建设银行"),
        ("622260", "交通银行"),
        ("622588", "招商银行"),
        ("622690", "中信银行"),
        ("622521", "浦发银行"),
        ("622908", "兴业银行"),
        ("622622", "民生银行"),
        ("622660", "光大银行"),
        ("622298", "平安银行"),
        ("621799", "邮储银行"),
        ("622632", "华夏银行"),
        ("622568", "广发银行"),
        ("424242", ""),
    ],
)
def test_the_large_banks_are_known_by_their_numbers(prefix: str, bank: str) -> None:
    assert bank_of(numbered(prefix, 19)) == bank


def test_the_table_of_banks_names_each_issuer_number_once_and_banks_as_statements_do() -> None:
    text = resources.files("data.security").joinpath("banks.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    prefixes = [row["prefix"] for row in rows]
    assert len(set(prefixes)) == len(prefixes)
    assert {len(prefix) for prefix in prefixes} == {5, 6}
    assert [row["bank"] for row in rows if bank_name(row["bank"]) != row["bank"]] == []
    assert len({row["bank"] for row in rows}) == 15


@given(NUMBERS, NUMBERS)
def test_a_fingerprint_tells_cards_apart_and_says_nothing_without_the_key(one: str, other: str) -> None:
    key = b"k" * 32
    first, second = (fingerprint(key, read_number(digits)) for digits in (one, other))
    assert (first == second) is (one == other)
    assert first == hmac.new(key, one.encode(), hashlib.sha256).hexdigest()
    assert first != fingerprint(b"l" * 32, read_number(one))


@pytest.mark.parametrize(
    ("text", "last_day"),
    [
        ("08/29", date(2029, 8, 31)),
        ("8/29", date(2029, 8, 31)),
        ("0829", date(2029, 8, 31)),
        (" 08 / 29 ", date(2029, 8, 31)),
        ("０８／２９", date(2029, 8, 31)),
        ("02/28", date(2028, 2, 29)),
        ("02/2027", date(2027, 2, 28)),
        ("12-2030", date(2030, 12, 31)),
        ("2029-08", date(2029, 8, 31)),
        ("2029/8", date(2029, 8, 31)),
        ("2029-08-15", date(2029, 8, 15)),
        ("01/20", date(2020, 1, 31)),
    ],
)
def test_a_card_counts_through_the_last_day_of_its_month(text: str, last_day: date) -> None:
    assert read_expiry(text) == last_day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "format"),
        ("soon", "format"),
        ("08", "format"),
        ("08/299", "format"),
        ("2029-08-15-01", "format"),
        (VISA, "format"),
        ("٠٨/٢٩", "format"),
        ("13/29", "date"),
        ("00/29", "date"),
        ("2029-02-29", "date"),
        ("2029-08-00", "date"),
        ("08/1999", "date"),
        ("08/2100", "date"),
    ],
)
def test_what_is_no_expiry_is_refused_and_not_repeated(text: str, reason: str) -> None:
    with pytest.raises(CardExpiryInvalid) as no:
        read_expiry(text)
    assert no.value.facts == {"reason": reason}


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_way_to_write_a_month_means_the_same_day(day: date) -> None:
    texts = [f"{day:%m/%y}", f"{day:%m%y}", f"{day:%m/%Y}", f"{day:%Y-%m}"]
    last_days = {read_expiry(text) for text in texts}
    assert len(last_days) == 1
    last = last_days.pop()
    assert (last.year, last.month) == (day.year, day.month)
    assert last >= day
    assert read_expiry(day.isoformat()) == day
