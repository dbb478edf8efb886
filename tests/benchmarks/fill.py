"""A believable large book, the same for the same seed: facts in date order over their entries and postings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pyarrow as pa

from data.categories.taxonomy import BUILT_IN, CategoryKind
from data.database import Database
from data.ids import new_request_id
from data.store.command import Plan, Reader, Rows
from tests.ledger_rows import Book

LAST_DAY = date(2026, 11, 22)
YEARS = 5
PAYEES = 400
_ACCOUNTS = 5
_KINDS = {"expense": 0.88, "refund": 0.02, "income": 0.02, "transfer": 0.06, "fee": 0.02}
_EXPENSE_BOOK = _ACCOUNTS
_INCOME_BOOK = _ACCOUNTS + 1


@dataclasses.dataclass(frozen=True)
class WriteTables:
    owner: UUID
    request_id: str


def write(db: Database, owner: UUID, tables: Mapping[str, pa.Table]) -> None:
    """All tables in one commit."""

    def decide(_reader: Reader, command: WriteTables, _now: object) -> Plan:
        rows = [Rows(name, {c: table[c] for c in table.column_names}) for name, table in tables.items()]
        return Plan({}, rows, frozenset({command.owner}))

    db.submit(WriteTables(owner, new_request_id()), decide)


def fill(db: Database, count: int, seed: int = 7, owner: UUID | None = None) -> Book:
    """An owner (a new one if none is given) with `count` transactions over five years; others are not touched."""
    book = Book(db)
    book.owner = owner or book.owner
    accounts = [uuid4() for _ in range(_ACCOUNTS + 2)]
    for place, account in enumerate(accounts):
        kind = {_EXPENSE_BOOK: "expense", _INCOME_BOOK: "income"}.get(place, "asset" if place else "liability")
        book.account(account, f"Account {place}", kind)
    columns = _columns(np.random.default_rng(seed), count)
    names = np.array([str(account) for account in accounts])
    write(db, book.owner, {"fact": _facts(book.owner, columns, names), **_ledger(book.owner, columns, names)})
    return book


def _columns(rng: np.random.Generator, count: int) -> dict[str, Any]:
    spending = [key for key, one in BUILT_IN.items() if one.kind is CategoryKind.EXPENSE]
    kind = rng.choice(list(_KINDS), count, p=list(_KINDS.values()))
    payee = np.minimum(rng.zipf(1.3, count), PAYEES) - 1
    minor = np.exp(rng.normal(8, 1.2, count)).astype(np.int64) + 1
    days = np.sort(rng.integers(0, YEARS * 365, count))
    return {
        "kind": kind,
        "payee": payee,
        "category": np.array(spending)[payee % len(spending)],
        "minor": np.where(kind == "income", minor * 20, minor),
        "day": np.datetime64(LAST_DAY) - (YEARS * 365 - 1) + days,
        "account": rng.integers(0, _ACCOUNTS, count),
        "currency": rng.choice(["CNY", "USD"], count, p=[0.97, 0.03]),
        "entry": np.array([str(UUID(int=int.from_bytes(rng.bytes(16)))) for _ in range(count)]),
        "seq": np.arange(1, count + 1),
    }


def _facts(owner: UUID, c: dict[str, Any], accounts: np.ndarray) -> pa.Table:
    count, kind, minor = len(c["seq"]), c["kind"], c["minor"]
    signed = np.where(kind == "refund", -minor, np.where(np.isin(kind, ["expense", "fee"]), minor, 0))
    month = c["day"].astype("datetime64[M]").astype("datetime64[D]")
    blank = np.full(count, "")
    return pa.table(
        {
            "owner": np.full(count, str(owner)),
            "booked_on": c["day"],
            "month": month,
            "purchase_on": c["day"],
            "purchase_month": month,
            "occurred_at": c["day"].astype("datetime64[us]"),
            "seq": c["seq"],
            "entry": c["entry"],
            "part": np.zeros(count, np.int32),
            "kind": kind,
            "account": accounts[c["account"]],
            "category": np.where(kind == "income", "salary", c["category"]),
            "payee": np.char.add("Payee 商户 ", c["payee"].astype(str)),
            "payee_key": np.char.add("payee商户", c["payee"].astype(str)),
            "currency": c["currency"],
            "amount": np.where(np.isin(kind, ["income", "refund"]), minor, -minor),
            "spending": signed,
            "income": np.where(kind == "income", minor, 0),
            "excluded": np.zeros(count, np.bool_),
            "description": np.char.add("order 订单 ", c["seq"].astype(str)),
            "method": blank,
            "note": blank,
            "tags": blank,
            "split": np.zeros(count, np.bool_),
        }
    )


def _ledger(owner: UUID, c: dict[str, Any], accounts: np.ndarray) -> dict[str, pa.Table]:
    count = len(c["seq"])
    texts = {name: np.full(count, "") for name in ("payee", "payee_key", "description", "method", "note")}
    moment, owners = c["day"].astype("datetime64[us]"), np.full(count, str(owner))
    entries = {"owner": owners, "id": c["entry"], "seq": c["seq"], "kind": c["kind"], "actor": owners}
    dated = {"occurred_at": moment, "booked_on": c["day"], "recorded_at": moment}
    outward = np.isin(c["kind"], ["income", "refund"])
    book = np.where(c["kind"] == "income", _INCOME_BOOK, _EXPENSE_BOOK)
    amount = np.where(outward, c["minor"], -c["minor"])
    postings = {
        "owner": np.repeat(owners, 2),
        "entry": np.repeat(c["entry"], 2),
        "line": np.tile(np.array([0, 1], np.int32), count),
        "account": accounts[np.stack([c["account"], book], axis=1).ravel()],
        "amount": np.stack([amount, -amount], axis=1).ravel(),
        "currency": np.repeat(c["currency"], 2),
    }
    return {"entry": pa.table({**entries, **dated, **texts}), "posting": pa.table(postings)}
