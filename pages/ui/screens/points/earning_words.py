"""How points are earned and redeemed, in words: the base rule a sentence each, a campaign a line each."""

from __future__ import annotations

from decimal import Decimal

from analytics.offers import Campaign, Course
from data.money import Money
from data.rewards import EarnRule
from pages.ui import format, i18n  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import plural, text
from pages.ui.screens.points.coupon_words import short
from pages.ui.screens.points.window import Days

_UNIT = 100  # minor units that the rate is stated for
_WHOLE = 10_000  # basis points


def rate_of(rule: EarnRule) -> Decimal:
    """Points for each 100 minor units."""
    return Decimal(rule.points_per_unit * rule.multiplier_bp).scaleb(-4).normalize()


def base_sentences(rule: EarnRule, currency: str) -> list[str]:
    """The base rule: what is earned, up to what, how long it lives, what a point is worth and how much it may cover."""
    said = [_rate(rule, short(_UNIT, currency))]
    if rule.cap_per_payment is not None:
        said.append(plural("points.rule.per_payment", rule.cap_per_payment))
    if rule.cap_per_day is not None:
        said.append(plural("points.rule.per_day", rule.cap_per_day))
    said.append(
        text("points.rule.for_ever") if rule.valid_days is None else plural("points.rule.days", rule.valid_days)
    )
    said.append(_redeeming(rule, currency))
    return said


def _rate(rule: EarnRule, amount: str) -> str:
    rate = rate_of(rule)
    if rate == 1:
        return text("points.rule.rate.one", amount=amount)
    return text("points.rule.rate", points=f"{rate:f}", amount=amount)


def _redeeming(rule: EarnRule, currency: str) -> str:
    if not rule.redeem_minor_per_point or not rule.redeem_cap_bp:
        return text("points.rule.no_redeeming")
    worth = format.money(Money(rule.redeem_minor_per_point, currency))
    if rule.redeem_cap_bp >= _WHOLE:
        return text("points.rule.redeem_all", worth=worth)
    return text("points.rule.redeem", worth=worth, share=f"{Decimal(rule.redeem_cap_bp).scaleb(-2).normalize():f}%")


def times(multiplier_bp: int) -> str:
    """`2×`, `1.5×`."""
    return f"{Decimal(multiplier_bp).scaleb(-4).normalize():f}×"


def campaign_title(one: Campaign) -> str:
    """`双 11：2×`, or only the multiplier for a campaign without a name."""
    name = one.rule.name.strip()
    return text("points.campaign.named", name=name, times=times(one.rule.multiplier_bp)) if name else _points(one)


def _points(one: Campaign) -> str:
    return text("points.campaign.times", times=times(one.rule.multiplier_bp))


def campaign_where(one: Campaign, days: Days) -> str:
    """Where and when it holds."""
    parts = [one.merchant] if one.merchant else []
    if one.rule.category:
        parts.append(text("points.coupon.category", category=i18n.category(one.rule.category)))
    place = " · ".join(parts) or text("points.coupon.everywhere")
    return f"{place} · {days.window(one.rule.valid_from, one.rule.valid_to)}"


def is_running(one: Campaign) -> bool:
    """Whether it counts right now."""
    return one.course is Course.RUNNING
