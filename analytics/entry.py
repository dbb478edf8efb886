"""Everything about one transaction: its parts, its postings, its refunds, the statement's row, what was said later."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import pyarrow as pa

from analytics.scope import Scope
from analytics.search import Search
from analytics.selection import Criteria
from analytics.transactions import rows
from data.errors import NotFound


@dataclasses.dataclass(frozen=True, slots=True)
class PostingLine:
    """One posting; `account` by its name now, amount signed in minor units."""

    account: str
    kind: str
    amount: int
    currency: str
    category: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class SourceRow:
    """The row of the file it came from: cells as the file has them, by heading."""

    file: str
    format: str
    batch: UUID
    line: int
    sheet: str
    order_id: str
    merchant_order_id: str
    status: str
    cells: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """One annotation: a field given a value (JSON), the newest first."""

    field: str
    value: Any
    recorded_at: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Related:
    """A refund of this purchase, or the purchase of this refund. amount: minor units, positive."""

    entry: UUID
    booked_on: date
    kind: str
    amount: int
    currency: str


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """One entry. parts: its rows with the columns of `transactions.COLUMNS`."""

    parts: pa.Table
    postings: tuple[PostingLine, ...]
    sources: tuple[SourceRow, ...]
    said: tuple[Said, ...]
    related: tuple[Related, ...]
    recorded_at: datetime


_ENTRY: Final = """
SELECT a.name, a.kind, p.amount, p.currency, p.category, e.recorded_at
FROM published_posting p
JOIN published_entry e ON e.owner = p.owner AND e.id = p.entry
JOIN published_account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner AND p.entry = $entry
ORDER BY p.line"""
_SOURCES: Final = """
SELECT b.file, b.format, s.batch, s.line, s.sheet, s.order_id, s.merchant_order_id, s.status, s.cells
FROM published_statement_line s JOIN published_batch b ON b.owner = s.owner AND b.id = s.batch
WHERE s.owner = $owner AND s.entry = $entry
ORDER BY s.outcome, b.seq, s.line"""
_SAID: Final = """
SELECT n.field, n.value, n.recorded_at
FROM published_annotation n
WHERE n.owner = $owner AND n.entry = $entry AND n.field <> 'by'
ORDER BY n.seq DESC"""
_RELATED: Final = """
SELECT f.entry, f.booked_on, f.kind, cast(abs(sum(f.amount)) AS bigint), f.currency
FROM published_fact f
WHERE f.owner = $owner AND (f.refund_of = $entry OR f.entry IN (
    SELECT o.refund_of FROM published_fact o WHERE o.owner = $owner AND o.entry = $entry AND o.refund_of IS NOT NULL))
GROUP BY f.entry, f.booked_on, f.kind, f.currency
ORDER BY f.booked_on, f.entry"""


def detail(scope: Scope, entry: UUID) -> Detail:
    """The entry with all that hangs on it. Five small queries.

    Raises:
        NotFound: no such entry among the owner's.
    """
    asked = {"owner": scope.owner, "entry": entry}
    postings = scope.db.read(_ENTRY, asked)
    if not postings:
        raise NotFound("entry", str(entry))
    return Detail(
        parts=rows(scope, Criteria(Search(), entries=(entry,)), descending=False),
        postings=tuple(PostingLine(*row[:5]) for row in postings),
        sources=tuple(_source(*row) for row in scope.db.read(_SOURCES, asked)),
        said=tuple(Said(field, json.loads(value), at) for field, value, at in scope.db.read(_SAID, asked)),
        related=tuple(Related(*row) for row in scope.db.read(_RELATED, asked)),
        recorded_at=postings[0][5],
    )


def _source(*row: Any) -> SourceRow:  # noqa: ANN401 - a row of the store
    *facts, cells = row
    named = dict(zip((field.name for field in dataclasses.fields(SourceRow)), facts, strict=False))
    return SourceRow(**named, cells=json.loads(cells or "{}"))
