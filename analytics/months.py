"""The owner's books by month, held in memory: one query per data version answers most of every page.

Spans of whole months come out of the held cube without the store; other spans are read by date, once per version.
Facts that the person left out of reports are in neither.
"""

from __future__ import annotations

import functools
from datetime import date, timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from analytics.cube import Cube, Ints, cube_of, date_of, number_of
from analytics.held import Held
from analytics.scope import Scope
from data.period import Span, month_of, months_between

# In rows of a cube, about 130 bytes each.
_MOST_MONTH_ROWS: Final = 2_000_000
_MOST_SPAN_ROWS: Final = 500_000
_GRACE: Final = timedelta(days=3)
_months: Held[Cube] = Held(_MOST_MONTH_ROWS, len)
_spans: Held[Cube] = Held(_MOST_SPAN_ROWS, len)


_SUMS: Final = """
SELECT f.month AS on_day, f.purchase_month AS purchase, f.kind, coalesce(f.category, 'uncategorised') AS category,
    f.payee_key, max(f.payee) AS payee, cast(f.account AS varchar) AS account, f.currency,
    cast(sum(f.spending) AS bigint) AS spending, cast(sum(f.income) AS bigint) AS income,
    cast(sum(f.amount) AS bigint) AS amount, count(*) AS count,
    min(f.booked_on) AS first_on, max(f.booked_on) AS last_on
FROM published_fact f
WHERE f.owner = $owner AND NOT f.excluded"""
_GROUPS: Final = """
GROUP BY f.month, f.purchase_month, f.kind, coalesce(f.category, 'uncategorised'), f.payee_key, f.account, f.currency"""
_BY_MONTH: Final = _SUMS + _GROUPS


def months(scope: Scope) -> Cube:
    """Every month of the owner, by month, kind, category, payee, account and currency."""
    return _months.get(
        scope.db, scope.owner, "months", lambda: cube_of(scope.db.arrow(_BY_MONTH, {"owner": scope.owner}))
    )


# Its own query, ten times fewer groups: after a change most screens need no more than this.
_OUTLINE: Final = """
SELECT f.month AS on_day, f.purchase_month AS purchase, f.kind, coalesce(f.category, 'uncategorised') AS category,
    '' AS payee_key, '' AS payee, '' AS account, f.currency,
    cast(sum(f.spending) AS bigint) AS spending, cast(sum(f.income) AS bigint) AS income,
    cast(sum(f.amount) AS bigint) AS amount, count(*) AS count,
    min(f.booked_on) AS first_on, max(f.booked_on) AS last_on
FROM published_fact f
WHERE f.owner = $owner AND NOT f.excluded
GROUP BY f.month, f.purchase_month, f.kind, coalesce(f.category, 'uncategorised'), f.currency
ORDER BY f.month"""


def outline(scope: Scope) -> Cube:
    """Every month of the owner by month, kind, category and currency only."""
    return _months.get(
        scope.db, scope.owner, "outline", lambda: cube_of(scope.db.arrow(_OUTLINE, {"owner": scope.owner}))
    )


_BY_DATE: Final = _SUMS + " AND f.booked_on >= $first AND f.booked_on < $until" + _GROUPS
_BY_PURCHASE_DATE: Final = _SUMS + " AND f.purchase_on >= $first AND f.purchase_on < $until" + _GROUPS


def within(scope: Scope, span: Span, *, outlined: bool = False) -> Cube:
    """The facts of any span, in the scope's view of refunds.

    outlined: payees and accounts are not asked for; then spans of whole months are answered from memory. With payees
    only the span's own days are read, once per data version: after a change nobody waits for all the years.
    """
    if not outlined or not is_whole(scope, span):
        key = (span, scope.refunds_in_purchase_month)
        return _spans.get(scope.db, scope.owner, key, lambda: cube_of(_read(scope, span)))
    cube = outline(scope)
    start, end = number_of(span.start), number_of(span.end)
    if scope.refunds_in_purchase_month:
        return cube.at((cube.purchase >= start) & (cube.purchase < end))
    first, until = np.searchsorted(cube.when, (start, end)).tolist()
    return cube.at(slice(first, until))


def is_whole(scope: Scope, span: Span) -> bool:
    """Whether the span consists of the owner's whole months."""
    return all(month_of(edge, scope.start_day).start == edge for edge in (span.start, span.end))


def month_column(scope: Scope, cube: Cube) -> Ints:
    """Each row's month (day number of its start) in the scope's view of refunds."""
    return cube.purchase if scope.refunds_in_purchase_month else cube.when


def coverage(scope: Scope) -> Span | None:
    """From the first booked day to the last one, None without facts."""
    cube = outline(scope)
    if not len(cube):
        return None
    return Span(date_of(int(cube.first.min())), date_of(int(cube.last.max()) + 1))


def complete_months(scope: Scope) -> list[Span]:
    """The owner's months that are over and that the books cover whole, oldest first.

    The first and the last days of a month may lack facts (nobody buys something every day): `_GRACE` of them.
    """
    covered = coverage(scope)
    return [] if covered is None else list(_complete(covered, scope.today, scope.start_day))


@functools.lru_cache(maxsize=1024)
def _complete(covered: Span, today: date, start_day: int) -> tuple[Span, ...]:
    from_on, until = covered.start - _GRACE, covered.end + _GRACE
    return tuple(
        month
        for month in months_between(covered, start_day)
        if month.end <= today and from_on <= month.start and month.end <= until
    )


def currencies(scope: Scope) -> tuple[str, ...]:
    """The currencies the owner has facts in, the most used first."""
    cube = outline(scope)
    counts = dict(zip(cube.currency.values, cube.currency.add_up(cube.count).tolist(), strict=True))
    return tuple(sorted(counts, key=lambda code: (-counts[code], code)))


def _read(scope: Scope, span: Span) -> pa.Table:
    sql = _BY_PURCHASE_DATE if scope.refunds_in_purchase_month else _BY_DATE
    return scope.db.arrow(sql, {"owner": scope.owner, "first": span.start, "until": span.end})
