"""Facts written straight into the store, for tests of the questions: a row a line, only what differs from the usual.

book = Book(tmp_path)
book.spend("2026-10-03", 1250, "coffee", "Luckin")
scope = book.scope("2026-10-20")
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from analytics.scope import Scope, look
from data.database import Database, open_database
from data.ids import new_request_id
from data.period import month_of
from data.store.command import Plan, Reader, Rows

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
CASH = UUID(int=1)


@dataclasses.dataclass(frozen=True)
class WriteRows:
    owner: UUID
    request_id: str
    table: str


class Book:
    """One owner's books in a store of their own (or beside others' in a given one)."""

    def __init__(self, place: Path | Database, start_day: int = 1) -> None:
        self.db = place if isinstance(place, Database) else open_database(place / "wallet.duckdb", lambda: NOW)
        self.owner = uuid4()
        self.start_day = start_day
        self._seq = 0

    def scope(self, today: str | date, *, purchase: bool = False) -> Scope:
        """The owner's scope as of a day."""
        return look(self.db, self.owner, _day(today), self.start_day, refunds_in_purchase_month=purchase)

    def spend(self, on: str | date, minor: int, category: str = "dining", payee: str = "Luckin", **more: Any) -> UUID:
        """An expense (or with `kind="fee"` a fee); its entry."""
        return self.facts([self.row(on, minor, category, payee, **more)])[0]

    def refund(
        self, on: str | date, minor: int, of: UUID | None = None, bought: str | date | None = None, **more: Any
    ) -> UUID:
        """Money back, in the month of `on`; `bought` is the day of its purchase."""
        more.setdefault("category", "dining")
        row = self.row(on, -minor, more.pop("category"), more.pop("payee", "Luckin"), kind="refund", **more)
        bought_on = _day(bought or on)
        row |= {"refund_of": of, "purchase_on": bought_on, "purchase_month": self._month(bought_on)}
        return self.facts([row])[0]

    def earn(self, on: str | date, minor: int, category: str = "salary", payee: str = "Employer", **more: Any) -> UUID:
        """An income."""
        row = self.row(on, 0, category, payee, kind="income", **more)
        return self.facts([row | {"income": minor, "amount": minor}])[0]

    def transfer(self, on: str | date, minor: int, **more: Any) -> UUID:
        """Money moved between own accounts."""
        row = self.row(on, 0, None, "", kind="transfer", **more)
        return self.facts([row | {"amount": -minor, "counter": UUID(int=2)}])[0]

    def row(self, on: str | date, spending: int, category: str | None, payee: str, **more: Any) -> dict[str, Any]:
        """A fact as a row; `more` overrides any column."""
        day = _day(on)
        self._seq += 1
        usual = {
            "owner": self.owner,
            "booked_on": day,
            "month": self._month(day),
            "purchase_on": day,
            "purchase_month": self._month(day),
            "occurred_at": datetime.combine(day, time(4)),
            "seq": self._seq,
            "entry": uuid4(),
            "part": 0,
            "kind": "expense",
            "account": CASH,
            "counter": None,
            "category": category,
            "payee": payee,
            "payee_key": payee.lower().replace(" ", ""),
            "currency": "CNY",
            "amount": -spending,
            "spending": spending,
            "income": 0,
            "excluded": False,
            "refund_of": None,
            "batch": None,
            "description": "",
            "method": "",
            "note": "",
            "tags": "",
            "split": False,
        }
        return {**usual, **more}

    def facts(self, rows: Iterable[dict[str, Any]]) -> list[UUID]:
        """Write facts; their entries."""
        listed = list(rows)
        self.write("fact", listed)
        return [row["entry"] for row in listed]

    def write(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Write rows into any table of the store, as a command of this owner."""
        self.write_columns(table, {name: [row[name] for row in rows] for name in (rows[0] if rows else {})})

    def write_columns(self, table: str, columns: Mapping[str, Any]) -> None:
        """The same for rows that are there as columns."""

        def decide(_reader: Reader, command: WriteRows, _now: datetime) -> Plan:
            return Plan({}, [Rows(command.table, columns)], frozenset({command.owner}))

        self.db.submit(WriteRows(self.owner, new_request_id(), table), decide)

    def account(self, id_: UUID, name: str, kind: str = "asset") -> UUID:
        """An account of the owner."""
        row = {"kind": kind, "hint_key": name, "label": name, "institution": "", "last4": "", "opened_at": NOW}
        self.write("account", [{"owner": self.owner, "id": id_, **row}])
        return id_

    def _month(self, day: date) -> date:
        return month_of(day, self.start_day).start


def _day(day: str | date) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day
