"""How entries reach the store: columns for `entry` and `posting`, many at once, checked to balance as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

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


class Journal:
    """Entries on their way into the store, a tuple an entry and a tuple a posting."""

    def __init__(self) -> None:
        self._entries: list[tuple[Any, ...]] = []
        self._postings: list[tuple[int, int, UUID, int, str, str | None]] = []

    def __len__(self) -> int:
        return len(self._entries)

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
        at = len(self._entries)
        self._entries.append(
            (id, kind, occurred_at, booked_on, batch, None, refund_of, payee, payee_key, description, method, note)
        )
        for line, (account, minor, currency, category) in enumerate(legs):
            self._postings.append((at, line, accounts[account], minor, currency, category))

    def add_entry(self, entry: Entry, payee_key: str, note: str = "") -> None:
        """One entry that was built as an object; all its postings belong to the journal's owner."""
        at = len(self._entries)
        own = {"payee_key": payee_key, "note": note, "kind": entry.kind.value}
        self._entries.append(tuple(own[n] if n in own else getattr(entry, n) for n in _ENTRY_COLUMNS))
        for line, posting in enumerate(entry.postings):
            money = posting.amount
            self._postings.append((at, line, posting.account, money.minor, money.currency, posting.category))

    def rows(self, owner: UUID, actor: UUID, recorded_at: datetime, seqs: Iterable[int]) -> list[Rows]:
        """The rows for both tables; `seqs` gives each entry its place in the store's order.

        Raises:
            InvariantBroken: when any entry's postings do not sum to zero in a currency; nothing was written.
        """
        count, lines = len(self._entries), len(self._postings)
        entry = dict(zip(_ENTRY_COLUMNS, _transposed(self._entries, len(_ENTRY_COLUMNS)), strict=True))
        of, line, account, amount, currency, category = _transposed(self._postings, 6)
        amounts, currencies = pa.array(amount, pa.int64()), pa.array(currency, pa.string())
        _require_balance(pa.table({"of": pa.array(of, pa.int64()), "currency": currencies, "amount": amounts}))
        ids = _texts(entry["id"])
        entries = {
            **{name: _column(name, values) for name, values in entry.items() if name != "id"},
            "id": ids,
            "owner": pa.repeat(str(owner), count),
            "actor": pa.repeat(str(actor), count),
            "recorded_at": pa.repeat(recorded_at, count),
            "seq": pa.array(list(seqs), pa.int64()),
        }
        postings = {
            "owner": pa.repeat(str(owner), lines),
            "entry": ids.take(pa.array(of, pa.int64())),
            "line": pa.array(line, pa.int32()),
            "account": _texts(account),
            "amount": amounts,
            "currency": currencies,
            "category": pa.array(category, pa.string()),
            "lot": pa.nulls(lines, pa.string()),
        }
        return [Rows("entry", entries), Rows("posting", postings)]


def _transposed(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _require_balance(postings: pa.Table) -> None:
    sums = postings.group_by(["of", "currency"]).aggregate([("amount", "sum")])
    require(not any(sums["amount_sum"].to_pylist()), "an entry does not balance")


def _column(name: str, values: Sequence[Any]) -> pa.Array:
    if name in {"batch", "reverses", "refund_of"}:
        return _texts(values)
    return pa.array(values)


def _texts(ids: Sequence[UUID | None]) -> pa.Array:
    # The same few ids repeat: accounts, the batch. Each is written out once.
    known: dict[UUID | None, str | None] = {None: None}
    for one in ids:
        if one not in known:
            known[one] = str(one)
    return pa.array([known[one] for one in ids], pa.string())
