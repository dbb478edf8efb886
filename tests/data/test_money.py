from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvariantBroken
from data.money import MAX_MINOR, AmountUnreadable, CurrencyUnknown, Money, exponent, parse_amount, share, split_evenly

CURRENCIES = st.sampled_from(["CNY", "USD", "JPY", "KWD", "PTS"])
AMOUNTS = st.builds(Money, st.integers(-MAX_MINOR, MAX_MINOR), CURRENCIES)


@given(AMOUNTS)
def test_what_is_written_plainly_is_read_back_exactly(money: Money) -> None:
    assert parse_amount(money.plain(), money.currency) == money


@given(AMOUNTS)
def test_grouped_and_european_forms_mean_the_same(money: Money) -> None:
    grouped = f"{money.decimal():,f}"
    european = grouped.translate(str.maketrans(",.", ".,"))
    assert parse_amount(grouped, money.currency) == money
    assert parse_amount(european, money.currency, decimal_comma=True) == money


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("¥1,234.50", 123450),
        ("￥0.12", 12),
        ("（12.00）", -1200),
        ("(3)", -300),
        ("12-", -1200),
        ("-¥5.00", -500),
        ("¥-5.00", -500),
        ("−7", -700),
        ("+5", 500),
        ("50.0", 5000),
        ("100元", 10000),
        ("１２．３４", 1234),
        ("CNY 123.18", 12318),
        (".5", 50),
    ],
)
def test_the_ways_files_write_yuan_are_understood(text: str, minor: int) -> None:
    assert parse_amount(text, "CNY") == Money(minor, "CNY")


@pytest.mark.parametrize(
    "text",
    ["", "-", "1,23", "2.005", "1e5", "nan", "12.3.4", "12abc", "--5", "9" * 17, "9" * 5000, "100." + "0" * 40 + "1"],
)
def test_what_is_not_an_amount_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(AmountUnreadable) as refused:
        parse_amount(text, "CNY")
    assert refused.value.facts["text"] == text


def test_noughts_behind_the_last_decimal_are_no_decimals() -> None:
    assert parse_amount("100.5" + "0" * 40, "CNY") == Money(10050, "CNY")


def test_decimals_follow_the_currency() -> None:
    assert [exponent(code) for code in ("CNY", "JPY", "KWD", "PTS")] == [2, 0, 3, 0]
    with pytest.raises(CurrencyUnknown):
        exponent("YUAN")


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(InvariantBroken):
        Money(1, "CNY") + Money(1, "USD")


def test_a_float_is_not_money() -> None:
    with pytest.raises(InvariantBroken):
        Money(1.0, "CNY")  # type: ignore[arg-type]


@given(AMOUNTS, st.integers(1, 40))
def test_an_even_split_leaks_nothing_and_differs_by_one_at_most(total: Money, parts: int) -> None:
    split = split_evenly(total, parts)
    assert sum(part.minor for part in split) == total.minor
    assert max(split, key=lambda m: m.minor).minor - min(split, key=lambda m: m.minor).minor <= 1


@given(AMOUNTS, st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any))
def test_a_share_leaks_nothing_and_never_turns_its_sign(total: Money, weights: list[int]) -> None:
    parts = share(total, weights)
    assert sum(part.minor for part in parts) == total.minor
    assert all(part.minor * total.minor >= 0 for part in parts)
