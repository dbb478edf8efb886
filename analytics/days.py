"""Spending and income day by day: calendars, the pace of a month, the days a forecast looks at."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa

from analytics.cube import Coded, Ints, add_up, coded, days, ints, number_of
from analytics.held import Held
from analytics.months import meet
from analytics.scope import Scope
from data.period import Span, Touched, shift_months

_SPANS: Final = 256
_held: Held[Daily] = Held(_SPANS)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Daily:
    """Facts of a span by day, kind, category and currency; `day` are day numbers, sums are minor units."""

    span: Span
    day: Ints
    kind: Coded
    category: Coded
    currency: Coded
    spending: Ints
    income: Ints
    count: Ints

    def column(self, currency: str, numbers: Ints, within: Span | None = None) -> list[int]:
        """`numbers` (a column of this answer) of one currency, added up for each day of the span, in order."""
        span = within or self.span
        start = number_of(span.start)
        mask = self.currency.is_(currency) & (self.day >= start) & (self.day < number_of(span.end))
        sums: list[int] = add_up(self.day[mask] - start, numbers[mask], span.days).tolist()
        return sums

    def spent(self, currency: str, within: Span | None = None) -> int:
        """Spending of one currency on the days of `within` (all days when None)."""
        return sum(self.column(currency, self.spending, within))

    def earned(self, currency: str, within: Span | None = None) -> int:
        """Income of one currency on the days of `within` (all days when None)."""
        return sum(self.column(currency, self.income, within))


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """One day's spending and income in minor units, and how many facts it has."""

    on: date
    spending: int
    income: int
    count: int


_SUMS: Final = """
SELECT f.booked_on AS on_day, f.kind, coalesce(f.category, 'uncategorised') AS category, f.currency,
    cast(sum(f.spending) AS bigint) AS spending, cast(sum(f.income) AS bigint) AS income, count(*) AS count
FROM published_fact f
WHERE f.owner = $owner AND f.booked_on >= $first AND f.booked_on < $until AND NOT f.excluded
GROUP BY f.booked_on, f.kind, coalesce(f.category, 'uncategorised'), f.currency"""
_SUMS_BY_PURCHASE: Final = """
SELECT f.purchase_on AS on_day, f.kind, coalesce(f.category, 'uncategorised') AS category, f.currency,
    cast(sum(f.spending) AS bigint) AS spending, cast(sum(f.income) AS bigint) AS income, count(*) AS count
FROM published_fact f
WHERE f.owner = $owner AND f.purchase_on >= $first AND f.purchase_on < $until AND NOT f.excluded
GROUP BY f.purchase_on, f.kind, coalesce(f.category, 'uncategorised'), f.currency"""


def daily(scope: Scope, span: Span) -> Daily:
    """The days of a span, in the scope's view of refunds; one query per span until a change touches its months."""

    def make() -> Daily:
        return _daily(span, _read(scope, span))

    def renew(old: Daily, touched: Touched) -> Daily:
        seen = touched.purchases if scope.refunds_in_purchase_month else touched.arrivals
        return make() if any(meet(month, span) for month in seen) else old

    return _held.get(scope.db, scope.owner, (span, scope.refunds_in_purchase_month), make, renew)


def this_and_last_month(scope: Scope) -> Daily:
    """The days of the running month and of the one before: what pace and forecast share."""
    return daily(scope, Span(shift_months(scope.month.start, -1, scope.start_day), scope.month.end))


def calendar(scope: Scope, month: Span, currency: str) -> tuple[Day, ...]:
    """Every day of a month (or any span) with what was spent and earned on it."""
    answer = daily(scope, month)
    columns = (answer.column(currency, numbers) for numbers in (answer.spending, answer.income, answer.count))
    return tuple(Day(on, *sums) for on, *sums in zip(month.dates(), *columns, strict=True))


def running(amounts: list[int]) -> list[int]:
    """The running total: what had been spent by the end of each day."""
    total: list[int] = np.cumsum(np.asarray(amounts, np.int64)).tolist()
    return total


def _read(scope: Scope, span: Span) -> pa.Table:
    sql = _SUMS_BY_PURCHASE if scope.refunds_in_purchase_month else _SUMS
    return scope.db.arrow(sql, {"owner": scope.owner, "first": span.start, "until": span.end})


def _daily(span: Span, table: pa.Table) -> Daily:
    return Daily(
        span=span,
        day=days(table["on_day"]),
        kind=coded(table["kind"]),
        category=coded(table["category"]),
        currency=coded(table["currency"]),
        **{name: ints(table[name]) for name in ("spending", "income", "count")},
    )
