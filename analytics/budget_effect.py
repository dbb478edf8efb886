"""What would a payment do to my limits: the envelopes that it would bring near their limit, to it, or beyond.

Asked before the payment is confirmed. A payment counts in the envelope of its category, of that category's parent, and
in the overall one, with the cash that is paid for it (coupons and points are not spending).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

from analytics.budgets import Envelope, Status, envelopes
from analytics.scope import Scope
from data.planning import OVERALL

_WORTH_SAYING: Final = (Status.OVER, Status.REACHED, Status.NEAR_LIMIT)  # the worst first


@dataclasses.dataclass(frozen=True, slots=True)
class Effect:
    """One limit as it is, and as it would be with the payment."""

    before: Envelope
    after: Envelope


def effects(scope: Scope, category: str, currency: str, cash: int) -> tuple[Effect, ...]:
    """The limits of this month that a payment of `cash` minor units would bring near, to or beyond their end."""
    return assess((one for one in envelopes(scope, scope.month) if _counts(scope, one, category, currency)), cash)


def assess(counting: Iterable[Envelope], cash: int) -> tuple[Effect, ...]:
    """Of the envelopes that a payment counts in, those worth a warning: the worst first, then the farthest beyond."""
    after = (Effect(one, dataclasses.replace(one, spending=one.spending + cash)) for one in counting)
    worth = [one for one in after if cash > 0 and one.after.status in _WORTH_SAYING]
    worth.sort(key=lambda one: (_WORTH_SAYING.index(one.after.status), one.after.available, one.after.category))
    return tuple(worth)


def _counts(scope: Scope, one: Envelope, category: str, currency: str) -> bool:
    return one.currency == currency and (one.category == OVERALL or category in scope.within(one.category))
