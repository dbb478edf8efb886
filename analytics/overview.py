"""The running month at a glance: figures against last month's same days, limits, what needs attention, what is new.

With everything held only the latest rows are read; after a change one query by month, one by day and the small ones.
"""

from __future__ import annotations

import dataclasses
from enum import StrEnum

import pyarrow as pa

from analytics.alerts import Warned, warnings
from analytics.budgets import Budget, budget
from analytics.cube import Cube
from analytics.days import Daily, running, this_and_last_month
from analytics.figures import change
from analytics.forecast import Forecast, forecast
from analytics.imports import disagreeing
from analytics.months import currencies, outline
from analytics.refund_tray import counts
from analytics.scope import Scope
from analytics.spending import Breakdown, Totals, by_category, comparable, totals
from analytics.transactions import latest
from analytics.trends import Trend, trend
from data.period import Span


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure, minor units. before: over the same number of days of last month."""

    amount: int
    before: int
    spark: tuple[int, ...]

    @property
    def difference(self) -> int:
        """How much more than before."""
        return self.amount - self.before

    @property
    def change(self) -> int | None:
        """The difference in basis points of `before`; None when that was nothing."""
        return change(self.amount, self.before)


class Matter(StrEnum):
    """What may need the person: each leads to its page."""

    OVERRUN = "overrun"
    NEAR_LIMIT = "near_limit"
    UNLINKED_REFUNDS = "unlinked_refunds"
    UNCATEGORISED = "uncategorised"
    IMPORT_DISAGREES = "import_disagrees"


@dataclasses.dataclass(frozen=True, slots=True)
class Attention:
    """One matter. key: the category of a limit ("" overall) or the batch id; count: rows; amount: minor units."""

    matter: Matter
    key: str
    count: int
    amount: int
    currency: str


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Everything on the overview page in one currency.

    cumulative, last_cumulative: spending by the end of each day of this month (up to today) and of last month.
    """

    month: Span
    compared: Span
    currency: str
    currencies: tuple[str, ...]
    totals: Totals
    spending: Figure
    income: Figure
    saved: Figure
    cumulative: tuple[int, ...]
    last_cumulative: tuple[int, ...]
    categories: Breakdown
    trend: Trend
    budget: Budget
    warnings: tuple[Warned, ...]
    forecast: Forecast | None
    attention: tuple[Attention, ...]
    latest: pa.Table


def overview(scope: Scope, currency: str | None = None, *, rows: int = 8) -> Overview:
    """The overview of the running month; the most used currency unless another is asked for."""
    known = currencies(scope)
    currency = currency or (known[0] if known else "CNY")
    month, compared = scope.month, comparable(scope, scope.month)
    by_day, year = this_and_last_month(scope), trend(scope, month, currency)
    now = totals(scope, month, currency)
    spent, earned = by_day.spent(currency, compared), by_day.earned(currency, compared)
    return Overview(
        month=month,
        compared=compared,
        currency=currency,
        currencies=known,
        totals=now,
        spending=Figure(now.spending, spent, tuple(p.spending for p in year.points)),
        income=Figure(now.income, earned, tuple(p.income for p in year.points)),
        saved=Figure(now.saved, earned - spent, tuple(p.saved for p in year.points)),
        cumulative=_running(by_day, currency, month.first_days((scope.today - month.start).days + 1)),
        last_cumulative=_running(by_day, currency, Span(by_day.span.start, month.start)),
        categories=by_category(scope, month, currency),
        trend=year,
        budget=budget(scope, month, currency),
        warnings=warnings(scope),
        forecast=forecast(scope, currency),
        attention=attention(scope, currency),
        latest=latest(scope, rows),
    )


def attention(scope: Scope, currency: str) -> tuple[Attention, ...]:
    """What needs the person, the most urgent first: limits, then refunds, categories and imports."""
    return (
        *_limits(scope),
        *_refunds(scope, currency),
        *_nameless(outline(scope).of(currency), currency),
        *_imports(scope),
    )


def _limits(scope: Scope) -> list[Attention]:
    found = []
    for one in warnings(scope):
        over = one.envelope.overrun > 0
        matter = Matter.OVERRUN if over else Matter.NEAR_LIMIT
        amount = one.envelope.overrun if over else one.envelope.available
        found.append(Attention(matter, one.alert.category, 1, amount, one.alert.currency))
    return sorted(found, key=lambda one: one.matter is not Matter.OVERRUN)


def _refunds(scope: Scope, currency: str) -> list[Attention]:
    return [
        Attention(Matter.UNLINKED_REFUNDS, "", one.refunds, one.amount, currency)
        for one in counts(scope)
        if one.currency == currency and not one.aside
    ]


def _nameless(cube: Cube, currency: str) -> list[Attention]:
    found = cube.at(cube.category.is_("uncategorised") & ((cube.spending != 0) | (cube.income != 0)))
    count, amount = int(found.count.sum()), int(found.spending.sum())
    return [Attention(Matter.UNCATEGORISED, "", count, amount, currency)] if count else []


def _imports(scope: Scope) -> list[Attention]:
    return [
        Attention(Matter.IMPORT_DISAGREES, str(batch.id), sum(not one.agrees for one in batch.checks), 0, "")
        for batch in disagreeing(scope)
    ]


def _running(by_day: Daily, currency: str, span: Span) -> tuple[int, ...]:
    return tuple(running(by_day.column(currency, by_day.spending, span)))
