"""The door to one transaction seen whole: its postings, parts, refunds, source row, and what was ever said about it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from data.database import Database
from data.errors import NotFound
from data.ids import AccountId, BatchId, EntryId, OwnerId
from data.importers.statement import AccountKind
from data.ledger.entry import EntryKind
from data.money import Money


@dataclasses.dataclass(frozen=True, slots=True)
class PostingLine:
    """One signed amount on one account. name: as it is called now, "" for books, which `key` tells."""

    account: AccountId
    key: str
    name: str
    kind: AccountKind | None
    amount: Money
    category: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A part as it counts now: category and change of the own account, signed."""

    kind: EntryKind
    category: str | None
    amount: Money


@dataclasses.dataclass(frozen=True, slots=True)
class Linked:
    """The other end of a refund's link. amount: positive, what was paid or came back."""

    entry: EntryId
    booked_on: date
    payee: str
    amount: Money


@dataclasses.dataclass(frozen=True, slots=True)
class SourceRow:
    """The row of the file that it comes from. cells: header → text, as the file has it."""

    batch: BatchId
    file: str
    format: str
    sheet: str
    line: int
    order_id: str
    merchant_order_id: str
    status: str
    source_category: str
    cells: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """Something said about it. value: JSON as the store keeps it, None takes the field back.

    field: category, note, tags, payee, excluded, split, refund_of, corrects (value: the entry it replaced). by: the
    rule's id, `learned`, or None when a person meant just this transaction. at: UTC.
    """

    seq: int
    field: str
    value: Any
    by: str | None
    at: datetime
    actor: UUID


@dataclasses.dataclass(frozen=True, slots=True)
class Detail:
    """One transaction. payee, description, method, statement_note: the statement's own; `called` is what is shown.

    refundable: of a purchase, what refunds may still take back, else None. reverses, reversed_by: when it was undone
    it does not stand, counts nowhere and has no parts. split: by the person; a refund follows its purchase's.
    """

    entry: EntryId
    kind: EntryKind
    occurred_at: datetime
    booked_on: date
    recorded_at: datetime
    payee: str
    payee_key: str
    called: str
    description: str
    method: str
    statement_note: str
    note: str
    tags: tuple[str, ...]
    excluded: bool
    parts: tuple[Part, ...]
    split: bool
    postings: tuple[PostingLine, ...]
    original: Linked | None
    refunds: tuple[Linked, ...]
    refundable: Money | None
    reverses: EntryId | None
    reversed_by: EntryId | None
    source: SourceRow | None
    history: tuple[Change, ...]


_ENTRY: Final = """
SELECT e.kind, e.occurred_at, e.booked_on, e.recorded_at, e.payee, e.payee_key, e.description, e.method, e.note,
    e.reverses, (SELECT r.id FROM entry r WHERE r.owner = $owner AND r.reverses = e.id
        AND NOT EXISTS (SELECT 1 FROM entry x WHERE x.owner = $owner AND x.reverses = r.id) ORDER BY r.seq LIMIT 1)
FROM entry e WHERE e.owner = $owner AND e.id = $entry"""
_FACTS: Final = """
SELECT kind, category, amount, currency, payee, note, tags, excluded, refund_of
FROM fact WHERE owner = $owner AND entry = $entry ORDER BY part"""
_POSTINGS: Final = """
SELECT p.account, a.hint_key, a.name, a.kind, p.amount, p.currency, p.category
FROM posting p JOIN published_account a ON a.owner = $owner AND a.id = p.account
WHERE p.owner = $owner AND p.entry = $entry ORDER BY p.line"""
_LINKED: Final = """
SELECT entry, min(booked_on), min(payee), cast(sum(amount) AS bigint), min(currency), min(seq)
FROM fact WHERE owner = $owner AND (entry = $original OR refund_of = $entry) GROUP BY entry ORDER BY 2, 6"""
# A row's cells are kept with its first part; a corrected entry's row names the entry that was corrected.
_SOURCE: Final = """
SELECT b.id, b.file, b.format, s.sheet, s.line, s.order_id, s.merchant_order_id, s.status, s.source_category, f.cells
FROM statement_line s
JOIN import_batch b ON b.owner = $owner AND b.id = s.batch
JOIN statement_line f ON f.owner = $owner AND f.batch = s.batch AND f.sheet = s.sheet AND f.line = s.line AND f.part = 0
WHERE s.owner = $owner AND s.outcome = 'booked' AND s.entry IN (SELECT unnest(cast($entries AS uuid[])))
ORDER BY s.part LIMIT 1"""
_SAID: Final = """
SELECT entry, seq, field, value, recorded_at, actor FROM annotation
WHERE owner = $owner AND entry = $entry ORDER BY seq, field"""


def detail(database: Database, owner: OwnerId, entry: EntryId) -> Detail:
    """Everything about one transaction of the owner, whether it still stands or not.

    Raises:
        NotFound: none of the owner's.
    """
    key = {"owner": owner, "entry": entry}
    rows = database.read(_ENTRY, key)
    if not rows:
        raise NotFound("entry", str(entry))
    kind, occurred_at, booked_on, recorded_at, payee, payee_key, description, method, note, reverses, undone = rows[0]
    facts = database.read(_FACTS, key)
    said, chain = _history(database, owner, entry)
    original, refunds = _links(database, owner, entry, facts[0][8] if facts else None)
    parts = tuple(Part(EntryKind(f[0]), f[1], Money(f[2], f[3])) for f in facts)
    return Detail(
        entry=entry,
        kind=EntryKind(kind),
        occurred_at=occurred_at,
        booked_on=booked_on,
        recorded_at=recorded_at,
        payee=payee,
        payee_key=payee_key,
        called=facts[0][4] if facts else payee,
        description=description,
        method=method,
        statement_note=note,
        note=facts[0][5] if facts else "",
        tags=tuple(facts[0][6].split("\n")) if facts and facts[0][6] else (),
        excluded=bool(facts and facts[0][7]),
        parts=parts,
        split=_is_split(said),
        postings=_postings(database, key),
        original=original,
        refunds=refunds,
        refundable=_refundable(EntryKind(kind), parts, refunds),
        reverses=reverses,
        reversed_by=undone,
        source=_source(database, owner, chain),
        history=said,
    )


def history(database: Database, owner: OwnerId, entry: EntryId) -> tuple[Change, ...]:
    """What was said about a transaction, oldest first; of a corrected one also what was said before the correction.

    Raises:
        NotFound: none of the owner's.
    """
    if not database.read(_ENTRY, {"owner": owner, "entry": entry}):
        raise NotFound("entry", str(entry))
    return _history(database, owner, entry)[0]


def _history(database: Database, owner: OwnerId, entry: EntryId) -> tuple[tuple[Change, ...], list[EntryId]]:
    """The changes, and the entries that this one corrected, itself first."""
    chain, changes = [entry], list[Change]()
    for current in chain:
        rows = database.read(_SAID, {"owner": owner, "entry": current})
        by = {row[1]: json.loads(row[3]) for row in rows if row[2] == "by"}
        told = [
            Change(seq, field, json.loads(value), by.get(seq), at, actor)
            for _, seq, field, value, at, actor in rows
            if field != "by"
        ]
        changes += told
        chain += [EntryId(UUID(change.value)) for change in told if change.field == "corrects"]
    return tuple(sorted(changes, key=lambda change: change.seq)), chain


def _is_split(said: tuple[Change, ...]) -> bool:
    return bool([change.value for change in said if change.field == "split"][-1:] not in ([], [None]))


def _postings(database: Database, key: Mapping[str, UUID]) -> tuple[PostingLine, ...]:
    return tuple(
        PostingLine(
            account=account,
            key=hint_key,
            name=name,
            kind=AccountKind(kind) if kind in {"asset", "liability"} else None,
            amount=Money(minor, currency),
            category=category,
        )
        for account, hint_key, name, kind, minor, currency, category in database.read(_POSTINGS, key)
    )


def _links(
    database: Database, owner: OwnerId, entry: EntryId, original: EntryId | None
) -> tuple[Linked | None, tuple[Linked, ...]]:
    rows = database.read(_LINKED, {"owner": owner, "entry": entry, "original": original})
    linked = [Linked(other, day, payee, abs(Money(minor, currency))) for other, day, payee, minor, currency, _ in rows]
    own = next((one for one in linked if one.entry == original), None)
    return own, tuple(one for one in linked if one.entry != original)


def _refundable(kind: EntryKind, parts: tuple[Part, ...], refunds: tuple[Linked, ...]) -> Money | None:
    if kind not in {EntryKind.EXPENSE, EntryKind.FEE} or not parts:
        return None
    currency = parts[0].amount.currency
    paid = -sum(part.amount.minor for part in parts)
    return Money(paid - sum(refund.amount.minor for refund in refunds), currency)


def _source(database: Database, owner: OwnerId, chain: list[EntryId]) -> SourceRow | None:
    rows = database.read(_SOURCE, {"owner": owner, "entries": chain})
    if not rows:
        return None
    batch, file, kind, sheet, line, order_id, merchant_order_id, status, source_category, cells = rows[0]
    return SourceRow(
        batch=batch,
        file=file,
        format=kind,
        sheet=sheet,
        line=line,
        order_id=order_id,
        merchant_order_id=merchant_order_id,
        status=status,
        source_category=source_category,
        cells=json.loads(cells),
    )
