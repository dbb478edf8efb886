"""What a coupon is: which reduction, where and until when, and what becomes of it after a refund. Pure.

Fields and rules follow LEDGER §6; amounts are minor units of the coupon's currency, instants are UTC without a zone.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from data.errors import Rejection
from data.money import MAX_MINOR, POINTS, CurrencyUnknown, exponent

ONE: Final = 10_000  # basis points
RETURN_GRACE: Final = timedelta(days=7)  # that a returned coupon lives longer than its window
CODE_MOST: Final = 64
NAME_MOST: Final = 80


class CouponKind(StrEnum):
    """What it takes off: a fixed sum from a threshold (满减), a fixed sum (立减), a part of what is left (折扣)."""

    OFF_OVER = "off_over"
    INSTANT = "instant"
    PERCENT = "percent"


class CouponRefusal(StrEnum):
    """Why a coupon does not count in a payment, in the order in which it is told."""

    WRONG_CURRENCY = "wrong_currency"
    WRONG_MERCHANT = "wrong_merchant"
    WRONG_CATEGORY = "wrong_category"
    NOT_BEGUN = "not_begun"
    OVER = "over"
    BELOW_MINIMUM = "below_minimum"
    NOT_STACKABLE = "not_stackable"  # it does not go together with a better one
    NOTHING_LEFT = "nothing_left"  # it would take off nothing


@dataclasses.dataclass(unsafe_hash=True)
class CouponInvalid(Rejection):
    """A coupon that cannot be. field: which one.

    reason: empty, too_long, not_positive, negative, too_large, not_for_kind, unknown, ends_before_it_begins,
    needs_merchant.
    """

    field: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """An offer as it was published.

    off_minor: what a fixed kind takes off. off_bp, cap_minor: what a percent kind takes off, and at most.
    min_spend_minor: the gross amount from which it counts. valid_to: the first instant at which it does not count.
    stock, per_member: how many there are, and for one person; None without limit. merchant, category: where alone it
    counts; None and "" everywhere. stackable: whether it goes together with others, of which no two are of one `group`
    ("" none). priority: among the percents, and among the fixed ones after them, the higher first.
    funded_by_merchant: who bears it, else the issuer.
    """

    id: UUID
    code: str
    name: str
    kind: CouponKind
    currency: str
    off_minor: int = 0
    off_bp: int = 0
    cap_minor: int | None = None
    min_spend_minor: int = 0
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    stock: int | None = None
    per_member: int | None = 1
    merchant: UUID | None = None
    category: str = ""
    stackable: bool = False
    group: str = ""
    priority: int = 0
    funded_by_merchant: bool = False

    def off(self, left: int) -> int:
        """What it takes off `left`: floored to the minor unit, never more than there is."""
        if self.kind is CouponKind.PERCENT:
            off = left * self.off_bp // ONE
            return off if self.cap_minor is None else min(off, self.cap_minor)
        return min(left, self.off_minor)


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """A coupon in a member's hands. until: how long it counts after it came back from a refund, None its own window."""

    id: UUID
    coupon: Coupon
    until: datetime | None = None

    @property
    def ends(self) -> datetime | None:
        """The instant from which it does not count any more; None never."""
        return self.coupon.valid_to if self.until is None else self.until


@dataclasses.dataclass(frozen=True, slots=True)
class Purchase:
    """A payment as a coupon looks at it. amount_minor: the gross. now: when it is made."""

    merchant: UUID
    category: str
    category_parent: str | None
    amount_minor: int
    currency: str
    now: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Return:
    """What becomes of a used coupon: whether it comes `back`, and how long it counts then (None without end)."""

    back: bool
    until: datetime | None = None


def returns_on_full_refund(claim: Claim, now: datetime) -> Return:
    """Whether a coupon whose payment was refunded in whole can be used again.

    One with an end may come back until seven days after it, and counts to that instant; whoever is refunded in the last
    hour of the window is so not worse off than who is refunded in the first hour after it. No second refund adds more.
    """
    end = claim.coupon.valid_to
    if end is None:
        return Return(back=True)
    until = end + RETURN_GRACE
    return Return(back=True, until=until) if now < until else Return(back=False)


def check_coupon(coupon: Coupon) -> None:
    """Refuse what is no coupon; the first fault is told, in the order of the fields.

    Raises:
        CouponInvalid: with the field and the reason.
    """
    _check_texts(coupon)
    _check_currency(coupon.currency)
    _check_reduction(coupon)
    _check_amount("min_spend_minor", coupon.min_spend_minor, positive=coupon.kind is CouponKind.OFF_OVER)
    if coupon.valid_from is not None and coupon.valid_to is not None:
        _refuse(coupon.valid_to <= coupon.valid_from, "valid_to", "ends_before_it_begins")
    _refuse(coupon.stock is not None and coupon.stock <= 0, "stock", "not_positive")
    _refuse(coupon.per_member is not None and coupon.per_member <= 0, "per_member", "not_positive")
    # What one merchant offers must not be taken from another's takings.
    _refuse(coupon.funded_by_merchant and coupon.merchant is None, "funded_by_merchant", "needs_merchant")


def _refuse(wrong: bool, field: str, reason: str) -> None:  # noqa: FBT001 - the condition itself, as in `require`
    if wrong:
        raise CouponInvalid(field, reason)


def _check_texts(coupon: Coupon) -> None:
    _refuse(not coupon.code.strip(), "code", "empty")
    _refuse(len(coupon.code) > CODE_MOST, "code", "too_long")
    _refuse(not coupon.name.strip(), "name", "empty")
    _refuse(len(coupon.name) > NAME_MOST, "name", "too_long")


def _check_currency(currency: str) -> None:
    try:
        exponent(currency)
    except CurrencyUnknown:
        raise CouponInvalid("currency", "unknown") from None
    _refuse(currency == POINTS, "currency", "unknown")


def _check_reduction(coupon: Coupon) -> None:
    if coupon.kind is CouponKind.PERCENT:
        _refuse(coupon.off_minor != 0, "off_minor", "not_for_kind")
        _refuse(coupon.off_bp <= 0, "off_bp", "not_positive")
        _refuse(coupon.off_bp > ONE, "off_bp", "too_large")
        if coupon.cap_minor is not None:
            _check_amount("cap_minor", coupon.cap_minor, positive=True)
    else:
        _check_amount("off_minor", coupon.off_minor, positive=True)
        _refuse(coupon.off_bp != 0, "off_bp", "not_for_kind")
        _refuse(coupon.cap_minor is not None, "cap_minor", "not_for_kind")


def _check_amount(field: str, minor: int, *, positive: bool) -> None:
    _refuse(positive and minor <= 0, field, "not_positive")
    _refuse(minor < 0, field, "negative")
    _refuse(minor > MAX_MINOR, field, "too_large")
