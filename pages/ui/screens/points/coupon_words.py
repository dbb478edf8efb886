"""What a coupon gives, in words: 满 ¥30 减 ¥5, 立减 ¥3, 8.5 折; `¥5 off from ¥30`, `15% off`."""

from __future__ import annotations

from decimal import Decimal

from data.merchants import Coupon, CouponKind
from data.money import Money, exponent
from pages.ui import format, i18n  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import text

_ALL = 10_000  # basis points: everything is off


def short(minor: int, currency: str) -> str:
    """An amount without decimals that say nothing: `¥5`, `¥4.50`."""
    said = format.money(Money(minor, currency))
    decimals = exponent(currency)
    return said.removesuffix("." + "0" * decimals) if decimals else said


def rate(off_bp: int) -> str:
    """What is taken off in hundredths, as it is said in the language: `8.5 折`, `15% off`."""
    if off_bp >= _ALL:
        return text("points.coupon.free")
    value = Decimal(_ALL - off_bp).scaleb(-3) if i18n.language() == "zh" else Decimal(off_bp).scaleb(-2)
    return text("points.coupon.rate", value=_plain(value))


def _plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def face(coupon: Coupon) -> tuple[str, str]:
    """The large figure on the coupon's face and the condition below it."""
    if coupon.kind is CouponKind.PERCENT:
        large = rate(coupon.off_bp)
    else:
        large = text("points.coupon.off", off=short(coupon.off_minor, coupon.currency))
    if coupon.min_spend_minor:
        return large, text("points.coupon.from", min=short(coupon.min_spend_minor, coupon.currency))
    return large, text("points.coupon.any_amount")


def gives(coupon: Coupon) -> str:
    """What it gives, in one line: with threshold and cap."""
    if coupon.kind is CouponKind.PERCENT:
        said = rate(coupon.off_bp)
        if coupon.cap_minor is not None:
            said = text("points.coupon.capped", rate=said, cap=short(coupon.cap_minor, coupon.currency))
    elif coupon.min_spend_minor:
        return text(
            "points.coupon.off_over",
            off=short(coupon.off_minor, coupon.currency),
            min=short(coupon.min_spend_minor, coupon.currency),
        )
    else:
        return text("points.coupon.instant", off=short(coupon.off_minor, coupon.currency))
    if coupon.min_spend_minor:
        return text("points.coupon.with_min", gives=said, min=short(coupon.min_spend_minor, coupon.currency))
    return said


def details(coupon: Coupon) -> list[str]:
    """What it gives, unless its face or its name says all of that already."""
    said = gives(coupon)
    return [] if said in {face(coupon)[0], coupon.name} else [said]


def scope(coupon: Coupon, merchant: str) -> str:
    """Where it counts: at a merchant, for a category, or everywhere."""
    parts = [merchant] if merchant else []
    if coupon.category:
        parts.append(text("points.coupon.category", category=i18n.category(coupon.category)))
    return " · ".join(parts) or text("points.coupon.everywhere")


def terms(coupon: Coupon) -> str:
    """How many one person may have, and whether it goes together with others."""
    person = (
        text("points.coupon.any_number")
        if coupon.per_member is None
        else i18n.plural("points.coupon.per_member", coupon.per_member)
    )
    return f"{person} · {text('points.coupon.stackable' if coupon.stackable else 'points.coupon.alone')}"
