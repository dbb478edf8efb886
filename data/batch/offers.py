"""What a batch line offers: a coupon, an earn rule. Pure."""

from __future__ import annotations

import dataclasses
import uuid
from decimal import Decimal
from typing import Any, Final

from data.batch.fields import Kept
from data.batch.lines import PublishCoupon, SetEarnRule
from data.ids import OwnerId
from data.ledger.coupons import NAME_MOST, Coupon
from data.ledger.wallet.earning import BASE_CODE, ONE, EarnRule
from data.ledger.wallet.refusals import EarnRuleInvalid

_KEPT_OR_SAID: Final = (
    "name",
    "cap_per_payment",
    "cap_per_day",
    "valid_days",
    "redeem_minor_per_point",
    "currency",
)


def coupon_of(line: PublishCoupon, owner: OwnerId, currency: str, request_id: str) -> Coupon:
    """The coupon. Its id follows from the request, so that the same line is the same request whenever it is sent."""
    return Coupon(
        id=uuid.uuid5(owner, request_id),
        code=line.coupon,
        name=line.coupon[:NAME_MOST] if line.name is None else line.name,
        kind=line.kind,
        currency=currency,
        off_minor=line.off_minor,
        off_bp=line.percent,
        cap_minor=line.cap_minor,
        min_spend_minor=line.min_spend_minor,
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        stock=line.stock,
        per_member=line.per_member,
        category=line.category,
        stackable=line.stackable,
        group=line.group,
        priority=line.priority,
    )


def rule_of(line: SetEarnRule, base: EarnRule, request_id: str) -> EarnRule:
    """The rule that a line means while `base` holds.

    Raises:
        EarnRuleInvalid: a campaign's points per unit are no exact multiple of the base rule's.
    """
    code = line.rule if line.code is None else line.code
    scoped = (line.merchant, line.category, line.valid_from, line.valid_to)
    if code is None and any(one is not None for one in scoped):
        code = request_id
    if code in {None, BASE_CODE}:
        return _base(line, base)
    return dataclasses.replace(
        EarnRule(code=code or "", multiplier_bp=_campaign_times(line, base)),
        category=line.category or "",
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        **_said(line),
    )


def _said(line: SetEarnRule) -> dict[str, Any]:
    return {field: getattr(line, field) for field in _KEPT_OR_SAID if getattr(line, field) is not Kept.KEPT}


def _base(line: SetEarnRule, base: EarnRule) -> EarnRule:
    rate, times = line.points_per_unit, line.times
    per_unit = base.points_per_unit
    if rate is not None:
        times = ONE if times is None else times
        whole = rate == rate.to_integral_value()
        # A fraction of a point for each unit is one point for each unit, times that fraction.
        per_unit, times = (int(rate), times) if whole else (1, int(rate * times))
    cap = line.redeem_cap
    return dataclasses.replace(
        base,
        points_per_unit=per_unit,
        multiplier_bp=base.multiplier_bp if times is None else times,
        redeem_cap_bp=base.redeem_cap_bp if cap is None else cap,
        **_said(line),
    )


def _campaign_times(line: SetEarnRule, base: EarnRule) -> int:
    """A campaign multiplies the base rule; points per unit are said as the multiple that they are."""
    times = ONE if line.times is None else line.times
    if line.points_per_unit is None:
        return times
    usual = Decimal(base.points_per_unit * base.multiplier_bp)
    wanted = line.points_per_unit * times * ONE
    if usual == 0 or wanted % usual != 0:
        raise EarnRuleInvalid("points_per_unit", "not_exact")
    return int(wanted / usual)
