"""Which transactions: what a search, a drill-down or a filter selects of one owner's rows, page by page.

A row is a fact: one part of an entry.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final, Literal

import pyarrow as pa

from analytics.held import Held
from analytics.scope import Scope
from analytics.selection import Criteria, where

_PAGES: Final = 256
_OWNERS: Final = 64
SortBy = Literal["date", "amount", "payee", "category", "account"]


@dataclasses.dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """What the selected rows add up to in one currency, minor units; rows left out of reports are not in the sums."""

    currency: str
    rows: int
    spending: int
    income: int


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One page of the selection. `rows` is an Arrow table with the columns of `COLUMNS`; `number` counts from 1."""

    rows: pa.Table
    number: int
    size: int
    totals: tuple[CurrencyTotal, ...]

    @property
    def count(self) -> int:
        """How many rows are selected, on all pages."""
        return sum(total.rows for total in self.totals)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // self.size))


_held: Held[Page] = Held(_PAGES)
_held_latest: Held[pa.Table] = Held(_OWNERS)
COLUMNS: Final = (
    "entry", "part", "booked_on", "occurred_at", "kind", "payee", "payee_key", "description", "category", "account",
    "counter", "currency", "amount", "spending", "income", "excluded", "refund_of", "batch", "method", "note", "tags",
    "split",
)  # fmt: skip
_SELECT: Final = """
SELECT cast(f.entry AS varchar) AS entry, f.part, f.booked_on, f.occurred_at, f.kind, f.payee, f.payee_key,
    f.description, f.category, cast(f.account AS varchar) AS account, cast(f.counter AS varchar) AS counter,
    f.currency, f.amount, f.spending, f.income, f.excluded, cast(f.refund_of AS varchar) AS refund_of,
    cast(f.batch AS varchar) AS batch, f.method, f.note, f.tags, f.split"""
_ORDER_ID: Final = """,
    coalesce((SELECT min(s.order_id) FROM published_statement_line s
        WHERE s.owner = $owner AND s.entry = f.entry AND s.outcome = 'booked'), '') AS order_id"""
_OF_OWNER: Final = """
FROM published_fact f
WHERE f.owner = $owner"""
_TOTALS: Final = """
SELECT f.currency, count(*),
    cast(coalesce(sum(CASE WHEN f.excluded THEN 0 ELSE f.spending END), 0) AS bigint),
    cast(coalesce(sum(CASE WHEN f.excluded THEN 0 ELSE f.income END), 0) AS bigint)
FROM published_fact f
WHERE f.owner = $owner"""
_BY_CURRENCY: Final = " GROUP BY f.currency ORDER BY count(*) DESC, f.currency"
_PAGE: Final = " LIMIT $limit OFFSET $offset"
_THEN: Final = ", f.booked_on DESC, f.occurred_at DESC, f.seq DESC, f.part"
_SORTS: Final[Mapping[tuple[SortBy, bool], str]] = {
    ("date", True): " ORDER BY f.booked_on DESC, f.occurred_at DESC, f.seq DESC, f.part",
    ("date", False): " ORDER BY f.booked_on, f.occurred_at, f.seq, f.part",
    ("amount", True): " ORDER BY abs(f.amount) DESC" + _THEN,
    ("amount", False): " ORDER BY abs(f.amount)" + _THEN,
    ("payee", True): " ORDER BY f.payee DESC" + _THEN,
    ("payee", False): " ORDER BY f.payee" + _THEN,
    ("category", True): " ORDER BY coalesce(f.category, '') DESC" + _THEN,
    ("category", False): " ORDER BY coalesce(f.category, '')" + _THEN,
    ("account", True): " ORDER BY f.account DESC" + _THEN,
    ("account", False): " ORDER BY f.account" + _THEN,
}


def page(
    scope: Scope,
    criteria: Criteria,
    *,
    number: int = 1,
    size: int = 50,
    sort: SortBy = "date",
    descending: bool = True,
    names: Mapping[str, str] | None = None,
) -> Page:
    """One page of the selected rows and what all of them add up to. Two queries, once per data version.

    names: category key → its name on screen, so that `category:餐饮` is understood.

    Raises:
        SearchInvalid: the search names a category or an account that there is not.
    """
    conditions, params = where(scope, criteria, names or {})
    key = (conditions, repr(params), number, size, sort, descending)
    return _held.get(
        scope.db, scope.owner, key, lambda: _page(scope, conditions, params, number, size, _SORTS[sort, descending])
    )


def _page(scope: Scope, conditions: str, params: dict[str, Any], number: int, size: int, order: str) -> Page:
    counted = scope.db.read(_TOTALS + conditions + _BY_CURRENCY, params)
    totals = tuple(CurrencyTotal(*row) for row in counted)
    last = max(1, -(-sum(total.rows for total in totals) // size))
    number = min(max(1, number), last)
    sliced = {**params, "limit": size, "offset": (number - 1) * size}
    rows = scope.db.arrow(_SELECT + _OF_OWNER + conditions + order + _PAGE, sliced)
    return Page(rows, number, size, totals)


def rows(
    scope: Scope,
    criteria: Criteria,
    *,
    sort: SortBy = "date",
    descending: bool = True,
    names: Mapping[str, str] | None = None,
    order_ids: bool = False,
) -> pa.Table:
    """Every selected row, for export and for bulk edits, in the order shown.

    order_ids: with a column `order_id`, the source's own number of the payment.

    Raises:
        SearchInvalid: as `page`.
    """
    conditions, params = where(scope, criteria, names or {})
    columns = _SELECT + _ORDER_ID if order_ids else _SELECT
    return scope.db.arrow(columns + _OF_OWNER + conditions + _SORTS[sort, descending], params)


def latest(scope: Scope, count: int = 8) -> pa.Table:
    """The newest rows, whatever they are."""
    params = {"owner": scope.owner, "limit": count, "offset": 0}
    newest = _SELECT + _OF_OWNER + _SORTS["date", True] + _PAGE
    return _held_latest.get(scope.db, scope.owner, count, lambda: scope.db.arrow(newest, params))
