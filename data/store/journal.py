"""How entries reach the store: columns for `entry` and `posting`, many at once, checked to balance as a whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from data.errors import require
from data.ledger.entry import Entry
from data.ledger.importing import Leg
from data.store.command import Rows

_FEWEST_LEGS = 2
_ENTRY_COLUMNS = (
    "id",
    "kind",
    "occurred_at",
    "booked_on",
    "batch",
    "reverses",
    "refund_of",
    "payee",
    "payee_key",
    "description",
    "method",
    "note",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Postings:
    """Postings of many entries, columns of one length. of: the place of their entry; account: its id."""

    of: list[int]
    line: list[int]
    account: list[Any]
    minor: list[int]
    currency: list[str]
    category: list[str | None]


_POSTING_COLUMNS = tuple(field.name for field in dataclasses.fields(Postings))


class Journal:
    """Entries on their way into the store, column by column."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Any]] = {name: [] for name in _ENTRY_COLUMNS}
        self._postings = Postings([], [], [], [], [], [])

    def __len__(self) -> int:
        return len(self._entries["id"])

    def add(  # an entry's columns, by name
        self,
        legs: Sequence[Leg],
        accounts: Mapping[str, UUID],
        *,
        id: UUID,  # noqa: A002 - the column's name
        kind: str,
        occurred_at: datetime,
        booked_on: date,
        batch: UUID | None = None,
        refund_of: UUID | None = None,
        payee: str = "",
        payee_key: str = "",
        description: str = "",
        method: str = "",
        note: str = "",
    ) -> None:
        """One entry from legs whose accounts are named by key."""
        require(len(legs) >= _FEWEST_LEGS, "an entry has at least two postings")
        at = len(self)
        entry = (id, kind, occurred_at, booked_on, batch, None, refund_of, payee, payee_key, description, method, note)
        self._add_entry(entry)
        for line, (account, minor, currency, category) in enumerate(legs):
            self._add_posting((at, line, accounts[account], minor, currency, category))

    def add_entry(self, entry: Entry, payee_key: str, note: str = "") -> None:
        """One entry that was built as an object; all its postings belong to the journal's owner."""
        at = len(self)
        own = {"payee_key": payee_key, "note": note, "kind": entry.kind.value}
        self._add_entry([own[name] if name in own else getattr(entry, name) for name in _ENTRY_COLUMNS])
        for line, posting in enumerate(entry.postings):
            money = posting.amount
            self._add_posting((at, line, posting.account, money.minor, money.currency, posting.category))

    def add_all(self, entries: Mapping[str, Sequence[Any]], postings: Postings) -> None:
        """Many entries at once. entries: their columns by name; postings: `of` counts from the first of these entries.

        Ids may be UUIDs or their text; instants know their offset.
        """
        before = len(self)
        for name, column in self._entries.items():
            column.extend(entries[name])
        self._postings.of.extend(postings.of if not before else [before + at for at in postings.of])
        for name in _POSTING_COLUMNS[1:]:
            getattr(self._postings, name).extend(getattr(postings, name))

    def _add_entry(self, entry: Sequence[Any]) -> None:
        for name, value in zip(_ENTRY_COLUMNS, entry, strict=True):
            self._entries[name].append(value)

    def _add_posting(self, posting: tuple[int, int, UUID, int, str, str | None]) -> None:
        for name, value in zip(_POSTING_COLUMNS, posting, strict=True):
            getattr(self._postings, name).append(value)

    def rows(self, owner: UUID, actor: UUID, recorded_at: datetime, seqs: Iterable[int]) -> list[Rows]:
        """The rows for both tables; `seqs` gives each entry its place in the store's order.

        Raises:
            InvariantBroken: when any entry's postings do not sum to zero in a currency; nothing was written.
        """
        count, posted = len(self), self._postings
        lines = len(posted.of)
        of = pa.array(posted.of, pa.int64())
        amounts, currencies = pa.array(posted.minor, pa.int64()), pa.array(posted.currency, pa.string())
        _require_balance(pa.table({"of": of, "currency": currencies, "amount": amounts}))
        ids = _texts(self._entries["id"])
        entries = {
            **{name: _column(name, values) for name, values in self._entries.items() if name != "id"},
            "id": ids,
            "owner": pa.repeat(str(owner), count),
            "actor": pa.repeat(str(actor), count),
            "recorded_at": pa.repeat(recorded_at, count),
            "seq": pa.array(list(seqs), pa.int64()),
        }
        postings = {
            "owner": pa.repeat(str(owner), lines),
            "entry": ids.take(of),
            "line": pa.array(posted.line, pa.int32()),
            "account": _texts(posted.account),
            "amount": amounts,
            "currency": currencies,
            "category": pa.array(posted.category, pa.string()),
            "lot": pa.nulls(lines, pa.string()),
        }
        return [Rows("entry", entries), Rows("posting", postings)]


def _require_balance(postings: pa.Table) -> None:
    sums = postings.group_by(["of", "currency"]).aggregate([("amount", "sum")])
    require(not any(sums["amount_sum"].to_pylist()), "an entry does not balance")


def _column(name: str, values: Sequence[Any]) -> pa.Array:
    if name in {"batch", "reverses", "refund_of"}:
        return _texts(values)
    return _utc(values) if name == "occurred_at" else pa.array(values)


def _utc(instants: Sequence[datetime]) -> pa.Array:
    """UTC without zone, of instants that are so already or that all know their offset."""
    known = {when.tzinfo is not None for when in instants}
    require(len(known) <= 1, "either all instants of a journal know their offset or none does")
    if True not in known:
        return pa.array(instants, pa.timestamp("us"))
    seconds = np.fromiter(map(datetime.timestamp, instants), np.float64, len(instants))
    return pa.array(np.rint(seconds * 1e6).astype(np.int64)).view(pa.timestamp("us"))


def _texts(ids: Sequence[UUID | str | None]) -> pa.Array:
    if UUID not in set(map(type, ids)):
        return pa.array(ids, pa.string())
    # The same few ids repeat: accounts, the batch. Each is written out once.
    known = {one: None if one is None else str(one) for one in set(ids)}
    return pa.array([known[one] for one in ids], pa.string())
