"""What will this month have cost at its end: an estimate with a range, never of income.

estimate = spent + known recurring still to come + variable pace for the days left. The variable pace leans on the
months before at first and on this month as it goes on. One large purchase is spent money, not a pace: a day counts
towards it with at most a third of a usual month, or `_PEAK` times a usual day while no month is known.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from datetime import date
from typing import Final

from analytics.days import this_and_last_month
from analytics.figures import median
from analytics.held import Held
from analytics.months import complete_months, currencies
from analytics.recurring import recurring
from analytics.recurring_series import Expected, Series
from analytics.scope import Scope
from analytics.spending import totals
from data.ledger.recurring import Side
from data.period import Span

_OWNERS: Final = 256
_HIDDEN_BEFORE_DAY: Final = 7
_MONTHS_NEEDED: Final = 3
_PEAK: Final = 4
_THIRD: Final = 3
_FEW_DAYS: Final = 3
_SPREAD_PERCENT: Final = 30
_ROOT_SCALE: Final = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class Forecast:
    """A month's spending at its end, minor units: low ≤ estimate ≤ high; on the last day all three are the spending.

    due: what is expected to come, in order of its days.
    """

    month: Span
    currency: str
    spent: int
    coming: int
    variable: int
    low: int
    high: int
    due: tuple[tuple[Expected, Series], ...]

    @property
    def estimate(self) -> int:
        """Spent, plus what is known to come, plus the usual for the days left."""
        return self.spent + self.coming + self.variable


@dataclasses.dataclass(frozen=True, slots=True)
class Past:
    """A complete month before: its variable (not recurring) spending and its length."""

    variable: int
    days: int


_held: Held[Forecast | None] = Held(_OWNERS)


def forecast(scope: Scope, currency: str) -> Forecast | None:
    """The running month's forecast; None in an empty book, and before day 7 unless three complete months exist."""
    scope = dataclasses.replace(scope, refunds_in_purchase_month=False)
    key = (currency, scope.today, scope.start_day)
    return _held.get(scope.db, scope.owner, key, lambda: _forecast(scope, currency))


def _forecast(scope: Scope, currency: str) -> Forecast | None:
    month = scope.month
    past = [span for span in complete_months(scope) if span.end <= month.start][-_MONTHS_NEEDED:]
    if currency not in currencies(scope) or not _may_show(month, scope.today, len(past)):
        return None
    series = [one for one in recurring(scope) if one.currency == currency and one.side is Side.OUT]
    by_day = this_and_last_month(scope)
    spent = by_day.spent(currency, month)
    elapsed = month.first_days((scope.today - month.start).days + 1)
    seen = by_day.column(currency, by_day.spending, elapsed)
    for on, amount in _seen(series, elapsed):
        seen[(on - month.start).days] -= amount
    history = [
        Past(totals(scope, span, currency).spending - sum(a for _, a in _seen(series, span)), span.days)
        for span in past
    ]
    return assess(month, currency, spent, seen, history, _due(series, scope.today, month.end))


def assess(
    month: Span,
    currency: str,
    spent: int,
    variable_days: Sequence[int],
    past: Sequence[Past],
    due: Sequence[tuple[Expected, Series]],
) -> Forecast:
    """The forecast from figures.

    variable_days: what each elapsed day cost apart from recurring purchases. past: complete months before, if any.
    """
    elapsed, left = len(variable_days), month.days - len(variable_days)
    here = (max(0, sum(_tamed(variable_days, past))), elapsed)
    rates = [here, *((max(0, p.variable), p.days) for p in past)]
    projected = [amount * left // days for amount, days in rates]
    learned = median(projected[1:] or projected) or 0
    variable = (projected[0] * elapsed + learned * left) // month.days
    spread = _spread([p.variable * month.days // p.days for p in past], learned, month.days, left)
    coming = sum(one.amount for one, _ in due) if left else 0
    base = spent + coming
    low, high = base + max(0, variable - spread), base + variable + spread
    return Forecast(month, currency, spent, coming, variable, low, high, tuple(due))


def _spread(whole_months: Sequence[int], learned: int, days: int, left: int) -> int:
    """How far off the days left may be, either way.

    As far as whole months differ from each other, but at least `_SPREAD_PERCENT` of a usual one; what is uncertain
    about single days grows with the root of their number.
    """
    if not left:
        return 0
    usual = median(whole_months) if whole_months else learned * days // left
    differ = max(whole_months) - min(whole_months) if whole_months else 0
    whole = max(differ, abs(usual or 0) * _SPREAD_PERCENT // 100)
    return whole * math.isqrt(left * _ROOT_SCALE**2 // days) // _ROOT_SCALE


def _may_show(month: Span, today: date, complete: int) -> bool:
    return (today - month.start).days + 1 >= _HIDDEN_BEFORE_DAY or complete >= _MONTHS_NEEDED


def _tamed(amounts: Sequence[int], past: Sequence[Past]) -> list[int]:
    positive = [amount for amount in amounts if amount > 0]
    usual_month = median([month.variable for month in past]) or 0
    most = max(usual_month // _THIRD, _PEAK * (median(positive) or 0) if len(positive) >= _FEW_DAYS else 0)
    return [min(amount, most) for amount in amounts] if most else list(amounts)


def _seen(series: Sequence[Series], span: Span) -> list[tuple[date, int]]:
    return [(o.on, o.amount) for one in series for o in one.occurrences if o.on in span]


def _due(series: Sequence[Series], today: date, end: date) -> list[tuple[Expected, Series]]:
    coming = [(expected, one) for one in series for expected in one.to_come(today, end)]
    return sorted(coming, key=lambda pair: (pair[0].on, -pair[0].amount))
