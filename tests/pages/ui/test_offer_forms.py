"""What is typed into the forms of offers becomes exactly the coupon and the rule it says, or a fault at its field."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.coupon_book import Obstacle, Standing, taken_table
from analytics.export import Table
from analytics.offers import Course, coupon_table
from analytics.points import What, expiry_table, statement_table
from data.ledger.coupons import check_coupon
from data.merchants import CouponKind
from data.rewards import EarnRule
from pages.ui.catalogue import LANGUAGES, Language, translator
from pages.ui.screens.offers.base_rule import TypedRule, rule_of, typed_of
from pages.ui.screens.offers.campaigns import TypedCampaign, campaign_of, multiplier_of
from pages.ui.screens.offers.typed import PERCENT, TENTHS, Draft, Typed, draft_of, examples, number, off_bp
from pages.ui.screens.points.window import Days

KEY = UUID("01a2000000007000800000001234abcd")
DAYS = Days(ZoneInfo("Asia/Shanghai"), date(2026, 11, 27))
FULL = Typed(off="5", min_spend="30", begins=date(2026, 11, 27), ends=date(2026, 12, 26))


def drafted(**fields: Any) -> Draft:
    return draft_of(dataclasses.replace(FULL, **fields), KEY, "CNY", DAYS, by_merchant=True)


def faults(**fields: Any) -> list[tuple[str, str]]:
    return [(fault.field, fault.reason) for fault in drafted(**fields).faults]


def test_a_filled_form_is_a_coupon_that_the_ledger_accepts() -> None:
    coupon = drafted(name="咖啡券", stock="1,000", per_member="2").coupon
    assert coupon is not None
    check_coupon(dataclasses.replace(coupon, merchant=KEY))
    assert (coupon.off_minor, coupon.min_spend_minor, coupon.stock, coupon.per_member) == (5_00, 30_00, 1000, 2)
    assert coupon.code == "1234ABCD"


def test_days_are_the_publishers_own_and_the_last_one_counts() -> None:
    coupon = drafted().coupon
    assert coupon is not None
    assert (coupon.valid_from, coupon.valid_to) == (datetime(2026, 11, 26, 16), datetime(2026, 12, 26, 16))  # noqa: DTZ001 - the ledger's UTC
    endless = drafted(ends=None, stock="", per_member="").coupon
    assert endless is not None
    assert (endless.valid_to, endless.stock, endless.per_member) == (None, None, None)


def test_every_field_says_what_is_wrong_with_it() -> None:
    assert faults(off="", min_spend="") == [("off", "missing"), ("min_spend", "missing")]
    assert faults(off="viel", min_spend="0") == [("off", "unreadable"), ("min_spend", "not_positive")]
    assert faults(off="-5") == [("off", "not_positive")]
    assert faults(kind=CouponKind.PERCENT, rate="") == [("rate", "missing")]
    assert faults(kind=CouponKind.PERCENT, rate="0") == [("rate", "unreadable")]
    assert faults(stock="0.5", per_member="x") == [("stock", "unreadable"), ("per_member", "unreadable")]
    assert faults(begins=None) == [("begins", "missing")]
    assert faults(begins=date(2026, 12, 27)) == [("ends", "before_start")]
    assert faults(begins=date(2026, 11, 1), ends=date(2026, 11, 26)) == [("ends", "past")]


def test_an_amount_off_needs_no_threshold_where_the_kind_has_none() -> None:
    coupon = drafted(kind=CouponKind.INSTANT, min_spend="").coupon
    assert coupon is not None
    assert (coupon.kind, coupon.min_spend_minor, coupon.cap_minor, coupon.off_bp) == (CouponKind.INSTANT, 0, None, 0)


@pytest.mark.parametrize(
    ("typed", "way", "bp"),
    [
        ("8.5", TENTHS, 1500),
        ("85", TENTHS, 1500),
        ("85折", TENTHS, 1500),
        ("９", TENTHS, 1000),
        ("0", TENTHS, 10_000),
        ("15", PERCENT, 1500),
        ("12.5%", PERCENT, 1250),
        ("100", PERCENT, 10_000),
        ("10", TENTHS, None),
        ("-1", TENTHS, None),
        ("0", PERCENT, None),
        ("101", PERCENT, None),
        ("0.001", PERCENT, None),
        ("half", PERCENT, None),
        ("NaN", PERCENT, None),
    ],
)
def test_a_rate_can_be_said_in_tenths_or_in_per_cent(typed: str, way: str, bp: int | None) -> None:
    assert off_bp(typed, way) == bp


@given(bp=st.integers(1, 10_000))
def test_every_rate_that_the_ledger_keeps_can_be_typed(bp: int) -> None:
    assert off_bp(f"{bp / 100:.2f}", PERCENT) == bp
    assert off_bp(f"{(10_000 - bp) / 1000:.3f}", TENTHS) == bp


def test_the_worked_example_shows_the_threshold_and_where_the_cap_ends_it() -> None:
    coupon = drafted(kind=CouponKind.PERCENT, rate="15", rate_as=PERCENT, min_spend="50", cap="20").coupon
    assert coupon is not None
    assert examples(coupon, 100) == [(49_00, 0), (50_00, 7_50), (100_00, 15_00), (140_00, 20_00)]


@given(off=st.integers(1, 10**6), least=st.integers(0, 10**6), unit=st.sampled_from([1, 100, 1000]))
def test_an_example_never_takes_off_more_than_there_is(off: int, least: int, unit: int) -> None:
    coupon = drafted(off="1", min_spend="1").coupon
    assert coupon is not None
    for gross, taken in examples(dataclasses.replace(coupon, off_minor=off, min_spend_minor=least), unit):
        assert gross > 0
        assert 0 <= taken <= gross
        assert (taken > 0) == (gross >= least)


@pytest.mark.parametrize(
    ("typed", "bp"), [("2×", 20_000), ("1.5", 15_000), ("３", 30_000), ("1", None), ("101", None), ("many", None)]
)
def test_a_multiplier_is_more_than_one(typed: str, bp: int | None) -> None:
    assert multiplier_of(typed) == bp


def test_a_campaign_holds_where_and_when_it_says() -> None:
    typed = TypedCampaign(" 双 11 ", "2×", DAYS.today, DAYS.today, KEY, "dining")
    rule, wrong = campaign_of(typed, "c-1", DAYS)
    assert not wrong
    assert rule is not None
    assert (rule.name, rule.multiplier_bp, rule.merchant, rule.category) == ("双 11", 20_000, str(KEY), "dining")
    assert (rule.valid_from, rule.valid_to) == (datetime(2026, 11, 26, 16), datetime(2026, 11, 27, 16))  # noqa: DTZ001 - the ledger's UTC
    none, wrong = campaign_of(TypedCampaign("", "1", None, None), "c-1", DAYS)
    assert none is None
    assert [fault.field for fault in wrong] == ["times", "begins"]


@given(
    rule=st.builds(
        EarnRule,
        points_per_unit=st.integers(0, 50),
        cap_per_payment=st.none() | st.integers(1, 10**6),
        cap_per_day=st.none() | st.integers(1, 10**6),
        valid_days=st.none() | st.integers(1, 10**4),
        redeem_minor_per_point=st.integers(1, 1000),
        redeem_cap_bp=st.integers(0, 10_000),
    )
)
def test_the_base_rule_survives_its_form(rule: EarnRule) -> None:
    assert rule_of(typed_of(rule, "CNY"), "CNY") == (rule, [])


def test_a_rate_with_decimals_is_kept_to_be_floored_once() -> None:
    typed = dataclasses.replace(typed_of(EarnRule(), "CNY"), rate="0.1")
    rule, wrong = rule_of(typed, "CNY")
    assert not wrong
    assert rule is not None
    assert (rule.points_per_unit, rule.multiplier_bp) == (1, 1_000)
    assert typed_of(rule, "CNY") == typed


def test_every_field_of_the_base_rule_says_what_is_wrong_with_it() -> None:
    _, wrong = rule_of(TypedRule("x", "0", "0", "101", "-1", "viel"), "CNY")
    fields = ["points_rate", "redeem_share", "redeem_worth", "days", "per_payment", "per_day"]
    assert [fault.field for fault in wrong] == fields


def test_only_plain_numbers_are_numbers() -> None:
    assert [number(said) for said in ("", "1e", "inf", "  ")] == [None] * 4
    assert str(number("１，０００.5")) == "1000.5"


@pytest.mark.parametrize("said", ["1e999999", "1e-999999", "9" * 400, "0." + "0" * 40 + "1", "1,5", "1_0", "-1", "."])
def test_a_number_that_is_far_too_long_or_may_mean_another_is_none(said: str) -> None:
    assert number(said) is None
    assert off_bp(said, PERCENT) is off_bp(said, TENTHS) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", [statement_table([]), expiry_table([], 1, "CNY"), taken_table([]), coupon_table([])])
def test_every_column_of_the_files_has_a_heading_and_every_key_a_word(language: Language, table: Table) -> None:
    words = translator(language)
    assert [column.key for column in table.columns if not words.has(f"points.column.{column.key}")] == []
    for kinds, begin in ((What, "points.what"), (Standing, "points.standing"), (Course, "offers.course")):
        assert [kind for kind in kinds if not words.has(f"{begin}.{kind}")] == []
    assert [why for why in Obstacle if not words.has(f"points.take.not.{why}")] == []
