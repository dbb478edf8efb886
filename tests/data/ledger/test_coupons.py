from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ledger.coupons import (
    Claim,
    Coupon,
    CouponInvalid,
    CouponKind,
    Return,
    check_coupon,
    returns_on_full_refund,
)
from data.ledger.wallet.coupon_text import coupon_from, coupon_text
from data.money import MAX_MINOR
from tests.data.ledger.offers import DAY, NOW, SHOP, coupon, coupons, over, percent

END = NOW + DAY
GRACE = timedelta(days=7)


@given(coupons)
def test_a_coupon_that_can_be_is_accepted(offered: Coupon) -> None:
    check_coupon(offered)


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        (coupon(code=" "), "code", "empty"),
        (coupon(code="x" * 65), "code", "too_long"),
        (coupon(name=""), "name", "empty"),
        (coupon(name="券" * 81), "name", "too_long"),
        (coupon(currency="XXQ"), "currency", "unknown"),
        (coupon(currency="PTS"), "currency", "unknown"),
        (coupon(0), "off_minor", "not_positive"),
        (coupon(-1), "off_minor", "not_positive"),
        (coupon(MAX_MINOR + 1), "off_minor", "too_large"),
        (coupon(off_bp=100), "off_bp", "not_for_kind"),
        (coupon(cap_minor=100), "cap_minor", "not_for_kind"),
        (coupon(min_spend_minor=-1), "min_spend_minor", "negative"),
        (over(0, 500), "min_spend_minor", "not_positive"),
        (percent(0), "off_bp", "not_positive"),
        (percent(10_001), "off_bp", "too_large"),
        (percent(1_000, 0), "cap_minor", "not_positive"),
        (coupon(kind=CouponKind.PERCENT, off_bp=1_000), "off_minor", "not_for_kind"),
        (coupon(valid_from=NOW, valid_to=NOW), "valid_to", "ends_before_it_begins"),
        (coupon(stock=0), "stock", "not_positive"),
        (coupon(per_member=0), "per_member", "not_positive"),
        (coupon(funded_by_merchant=True), "funded_by_merchant", "needs_merchant"),
    ],
)
def test_a_coupon_that_cannot_be_is_refused_with_field_and_reason(wrong: Coupon, field: str, reason: str) -> None:
    with pytest.raises(CouponInvalid) as refused:
        check_coupon(wrong)
    assert refused.value == CouponInvalid(field, reason)


@pytest.mark.parametrize(
    "fine",
    [
        coupon(min_spend_minor=3_000),
        over(1_000, 2_000),
        percent(10_000),
        coupon(stock=1, per_member=None, valid_from=NOW),
        coupon(merchant=SHOP, funded_by_merchant=True),
    ],
)
def test_odd_but_sensible_coupons_stand(fine: Coupon) -> None:
    check_coupon(fine)


@pytest.mark.parametrize(
    ("offered", "left", "off"),
    [
        (percent(1_500), 999, 149),
        (percent(1_500, 100), 999, 100),
        (percent(10_000), 7, 7),
        (percent(100), 99, 0),
        (coupon(500), 501, 500),
        (coupon(500), 499, 499),
        (over(1_000, 500), 0, 0),
    ],
)
def test_a_reduction_is_floored_and_never_more_than_there_is(offered: Coupon, left: int, off: int) -> None:
    assert offered.off(left) == off


@given(coupons, st.integers(0, 10**12))
def test_the_less_a_coupon_is_given_the_less_it_leaves(offered: Coupon, left: int) -> None:
    assert 0 <= left - offered.off(left) <= left + 1 - offered.off(left + 1)


def returned(now: datetime, until: datetime | None = None, **fields: Any) -> Return:
    return returns_on_full_refund(Claim(UUID(int=1), coupon(**fields), until), now)


def test_a_coupon_without_an_end_always_comes_back() -> None:
    assert returned(NOW + 9_999 * DAY) == Return(back=True, until=None)


@pytest.mark.parametrize("now", [NOW, END, END + GRACE - timedelta(microseconds=1)])
def test_a_coupon_comes_back_until_seven_days_after_its_end_and_counts_until_then(now: datetime) -> None:
    assert returned(now, valid_to=END) == Return(back=True, until=END + GRACE)


def test_a_coupon_whose_grace_is_over_is_lost() -> None:
    assert returned(END + GRACE, valid_to=END) == Return(back=False)


def test_a_second_refund_gives_no_more_grace() -> None:
    assert returned(END + 2 * DAY, until=END + GRACE, valid_to=END) == Return(back=True, until=END + GRACE)
    assert returned(END + GRACE, until=END + GRACE, valid_to=END) == Return(back=False)


def test_a_returned_coupon_ends_with_its_grace() -> None:
    assert Claim(UUID(int=1), coupon(valid_to=END)).ends == END
    assert Claim(UUID(int=1), coupon(valid_to=END), END + GRACE).ends == END + GRACE
    assert Claim(UUID(int=1), coupon()).ends is None


@given(coupons)
def test_what_is_written_is_read_back(offered: Coupon) -> None:
    text = coupon_text(offered)
    assert coupon_from(text) == offered
    assert coupon_text(coupon_from(text)) == text


def test_a_coupon_is_written_with_sorted_keys_and_nothing_between() -> None:
    offered = percent(2_000, 3_000, name="八折", valid_to=END, merchant=SHOP, stock=5)
    text = coupon_text(offered)
    assert json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text
    assert '"kind":"percent"' in text
    assert '"name":"八折"' in text
    assert '"valid_to":"2026-11-23T04:00:00"' in text
