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
    """Entries on their way into the store, column by column: the lists grow together."""

    def __init__(self) -> None:
        self.entry: dict[str, list[Any]] = {name: [] for name in _ENTRY_COLUMNS}
        self._of: list[int] = []
        self._line: list[int] = []
        self._account: list[UUID] = []
        self._amount: list[int] = []
        self._currency: list[str] = []
        self._category: list[str | None] = []

    def __len__(self) -> int:
        return len(self.entry["id"])

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
        values = (id, kind, occurred_at, booked_on, batch, None, refund_of, payee, payee_key, description, method, note)
        for name, value in zip(_ENTRY_COLUMNS, values, strict=True):
            self.entry[name].append(value)
        for line, leg in enumerate(legs):
            self._post(at, line, accounts[leg.account], leg.minor, leg.currency, leg.category)

    def add_entry(self, entry: Entry, payee_key: str, note: str = "") -> None:
        """One entry that was built as an object; all its postings belong to the journal's owner."""
        at = len(self)
        for name in _ENTRY_COLUMNS:
            own = {"payee_key": payee_key, "note": note, "kind": entry.kind.value}
            self.entry[name].append(own[name] if name in own else getattr(entry, name))
        for line, posting in enumerate(entry.postings):
            money = posting.amount
            self._post(at, line, posting.account, money.minor, money.currency, posting.category)

    def _post(self, at: int, line: int, account: UUID, amount: int, currency: str, category: str | None) -> None:
        self._of.append(at)
        self._line.append(line)
        self._account.append(account)
        self._amount.append(amount)
        self._currency.append(currency)
        self._category.append(category)

    def rows(self, owner: UUID, actor: UUID, recorded_at: datetime, seqs: Iterable[int]) -> list[Rows]:
        """The rows for both tables; `seqs` gives each entry its place in the store's order.

        Raises:
            InvariantBroken: when any entry's postings do not sum to zero in a currency; nothing was written.
        """
        self._balanced()
        count = len(self)
        ids = pa.array(list(map(str, self.entry["id"])), pa.string())
        entries = {
            **{name: _column(name, values) for name, values in self.entry.items()},
            "id": ids,
            "owner": pa.repeat(str(owner), count),
            "actor": pa.repeat(str(actor), count),
            "recorded_at": pa.repeat(recorded_at, count),
            "seq": pa.array(list(seqs), pa.int64()),
        }
        lines = len(self._of)
        postings = {
            "owner": pa.repeat(str(owner), lines),
            "entry": ids.take(pa.array(self._of, pa.int64())),
            "line": pa.array(self._line, pa.int32()),
            "account": _texts(self._account),
            "amount": pa.array(self._amount, pa.int64()),
            "currency": pa.array(self._currency, pa.string()),
            "category": pa.array(self._category, pa.string()),
            "lot": pa.nulls(lines, pa.string()),
        }
        return [Rows("entry", entries), Rows("posting", postings)]

    def _balanced(self) -> None:
        table = pa.table({"of": self._of, "currency": self._currency, "amount": pa.array(self._amount, pa.int64())})
        sums = table.group_by(["of", "currency"]).aggregate([("amount", "sum")])
        require(not any(sums["amount_sum"].to_pylist()), "an entry does not balance")


def _column(name: str, values: list[Any]) -> pa.Array:
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
