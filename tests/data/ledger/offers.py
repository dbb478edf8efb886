"""Coupons to try: one that fits everywhere, what differs from it, and random ones that often meet."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from data.ledger.coupons import Claim, Coupon, CouponKind, Purchase

SHOP, OTHER = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 11, 22, 4, 0)  # noqa: DTZ001 - the store keeps UTC without zone
DAY = timedelta(days=1)
_PLAIN = Coupon(id=UUID(int=9), code="FIVE", name="五元立减", kind=CouponKind.INSTANT, currency="CNY", off_minor=500)


def coupon(off: int = 500, **fields: Any) -> Coupon:
    """A fixed coupon without a threshold, but for what is said."""
    return dataclasses.replace(_PLAIN, off_minor=off, **fields)


def over(minimum: int, off: int, **fields: Any) -> Coupon:
    """`off` from `minimum` on."""
    return coupon(off, kind=CouponKind.OFF_OVER, min_spend_minor=minimum, **fields)


def percent(bp: int, cap: int | None = None, **fields: Any) -> Coupon:
    """`bp` off, at most `cap`."""
    return coupon(0, kind=CouponKind.PERCENT, off_bp=bp, cap_minor=cap, **fields)


def held(*coupons: Coupon) -> list[Claim]:
    """The coupons in somebody's hands, the first taken first."""
    return [Claim(UUID(int=number), one) for number, one in enumerate(coupons, 100)]


def purchase(amount: int = 10_000, **fields: Any) -> Purchase:
    """A payment at the shop, but for what is said."""
    made = Purchase(SHOP, "food.coffee", "food", amount, "CNY", NOW)
    return dataclasses.replace(made, **fields)


_shared = {
    "id": st.just(UUID(int=9)),
    "code": st.just("C"),
    "name": st.just("券"),
    "currency": st.sampled_from(["CNY", "CNY", "CNY", "USD"]),
    "valid_from": st.sampled_from([None, None, NOW, NOW + DAY / 2]),
    "valid_to": st.sampled_from([None, NOW + DAY, NOW + 2 * DAY, NOW + 3 * DAY]),
    "merchant": st.sampled_from([None, None, SHOP]),
    "category": st.sampled_from(["", "", "food", "food.coffee"]),
    "stackable": st.sampled_from([True, True, True, False]),
    "group": st.sampled_from(["", "a", "b", "c"]),
    "priority": st.integers(0, 2),
}
_thresholds = st.sampled_from([0, 0, 100, 700])
_caps = st.none() | st.integers(1, 400)
coupons = st.one_of(
    st.builds(
        Coupon, kind=st.just(CouponKind.INSTANT), off_minor=st.integers(1, 400), min_spend_minor=_thresholds, **_shared
    ),
    st.builds(
        Coupon,
        kind=st.just(CouponKind.OFF_OVER),
        off_minor=st.integers(1, 400),
        min_spend_minor=st.integers(1, 900),
        **_shared,
    ),
    st.builds(
        Coupon,
        kind=st.just(CouponKind.PERCENT),
        off_bp=st.integers(1, 10_000),
        cap_minor=_caps,
        min_spend_minor=_thresholds,
        **_shared,
    ),
)


def hands(most: int) -> st.SearchStrategy[list[Claim]]:
    """At most so many coupons in somebody's hands."""
    return st.lists(coupons, max_size=most).map(lambda found: held(*found))


purchases = st.integers(1, 1_000).map(purchase)
