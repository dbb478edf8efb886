"""A store with believable books of any size, written in sets: entries, postings and the facts that follow from them.

The facts are written as the ledger would derive them; `python -m data verify` agrees (a test holds that).
Everything goes through the one writer, so the audit chain is whole too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import duckdb
import numpy as np
import pyarrow as pa

from data.database import Database
from data.ids import new_request_id
from data.ledger.accounts import EXPENSE_KEY, INCOME_KEY
from data.planning import LimitItem, set_limits
from data.store.command import Plan, Reader, Rows
from tests.benchmarks.habits import (
    CURRENCIES,
    EMPLOYER,
    KINDS,
    LAST_DAY,
    MERCHANTS,
    OWN_ACCOUNTS,
    YEARS,
    Deeds,
    deeds,
)
from tests.ledger_rows import NOW, Book

__all__ = ["LAST_DAY", "LIMITS", "SEED", "YEARS", "fill", "fill_many", "person"]

SEED: Final = 7
LIMITS: Final[Mapping[str, int]] = {  # minor units of CNY a month, category "" is the overall one
    "": 1_500_000,
    "dining": 400_000,
    "groceries": 200_000,
    "transport": 60_000,
    "shopping": 300_000,
    "home": 500_000,
    "entertainment": 80_000,
    "coffee": 60_000,
}
_CHUNK: Final = 500_000  # rows written at once
_EXPENSE_BOOK, _INCOME_BOOK = OWN_ACCOUNTS, OWN_ACCOUNTS + 1
_ACCOUNTS: Final = (
    ("asset", "alipay:balance", "支付宝 Alipay"),
    ("asset", "wechat:balance", "微信 WeChat"),
    ("asset", "bank:cmb:1234", "招商银行 1234"),
    ("asset", "bank:icbc:5678", "工商银行 5678"),
    ("liability", "card:cmb:9012", "信用卡 9012"),
    ("asset", "cash", "现金 Cash"),
    ("expense", EXPENSE_KEY, ""),
    ("income", INCOME_KEY, ""),
)

# An entry's id is the hash of whose how many-th deed it is: a refund knows its purchase's id without looking.
_DEEDS: Final = """
CREATE TEMP TABLE done AS
SELECT cast(d.owner AS varchar) AS owner, d.seq, cast(cast(md5(d.owner || '.' || d.number) AS uuid) AS varchar) AS id,
    k.kind, c.currency, d.minor, d.account, d.counter, DATE '1970-01-01' + cast(d.day AS integer) AS booked_on,
    CASE WHEN d.bought >= 0 THEN cast(cast(md5(d.owner || '.' || d.bought) AS uuid) AS varchar) END AS refund_of,
    DATE '1970-01-01' + cast(d.bought_day AS integer) AS purchase_on,
    CASE k.kind WHEN 'transfer' THEN NULL WHEN 'income' THEN $income_category WHEN 'fee' THEN 'bank_fees'
        ELSE m.category END AS category,
    CASE k.kind WHEN 'transfer' THEN '' WHEN 'income' THEN $employer ELSE m.name END AS payee,
    CASE k.kind WHEN 'transfer' THEN '' WHEN 'income' THEN $employer_key ELSE m.key END AS payee_key,
    '订单 ' || d.number AS description
FROM deed d JOIN kind k ON k.place = d.kind JOIN currency c ON c.place = d.currency
JOIN merchant m ON m.place = d.merchant
ORDER BY d.seq"""
_ENTRIES: Final = """
SELECT owner, id, seq, kind, booked_on + INTERVAL 4 HOUR AS occurred_at, booked_on,
    booked_on + INTERVAL 4 HOUR AS recorded_at, owner AS actor, refund_of, payee, payee_key, description,
    '' AS method, '' AS note
FROM done ORDER BY seq"""
_POSTINGS: Final = """
SELECT d.owner, d.id AS entry, cast(l.line AS integer) AS line, a.id AS account,
    CASE WHEN (d.kind IN ('income', 'refund')) = (l.line = 0) THEN d.minor ELSE -d.minor END AS amount, d.currency,
    CASE WHEN l.line = 1 THEN d.category END AS category
FROM done d CROSS JOIN (VALUES (0), (1)) l(line)
JOIN account a ON a.owner = d.owner AND a.place = CASE WHEN l.line = 0 THEN d.account
    WHEN d.kind = 'transfer' THEN d.counter WHEN d.kind = 'income' THEN $income ELSE $expense END
ORDER BY d.seq, l.line"""
_FACTS: Final = """
SELECT d.owner, d.booked_on, cast(date_trunc('month', d.booked_on) AS date) AS month,
    CASE WHEN d.refund_of IS NULL THEN d.booked_on ELSE d.purchase_on END AS purchase_on,
    cast(date_trunc('month', CASE WHEN d.refund_of IS NULL THEN d.booked_on ELSE d.purchase_on END) AS date)
        AS purchase_month,
    d.booked_on + INTERVAL 4 HOUR AS occurred_at, d.seq, d.id AS entry,
    cast(CASE WHEN d.kind = 'transfer' THEN 0 ELSE 1 END AS integer) AS part, d.kind, a.id AS account,
    CASE WHEN d.kind = 'transfer' THEN b.id END AS counter, d.category, d.payee, d.payee_key, d.currency,
    CASE WHEN d.kind IN ('income', 'refund') THEN d.minor ELSE -d.minor END AS amount,
    CASE d.kind WHEN 'refund' THEN -d.minor WHEN 'expense' THEN d.minor WHEN 'fee' THEN d.minor ELSE 0 END AS spending,
    CASE WHEN d.kind = 'income' THEN d.minor ELSE 0 END AS income, false AS excluded, d.refund_of,
    d.description, '' AS method, '' AS note, '' AS tags, false AS split
FROM done d JOIN account a ON a.owner = d.owner AND a.place = d.account
JOIN account b ON b.owner = d.owner AND b.place = d.counter
ORDER BY d.seq"""


@dataclasses.dataclass(frozen=True)
class WriteTables:
    owner: UUID
    request_id: str
    rows: int


def fill(db: Database, count: int, seed: int = SEED, owner: UUID | None = None) -> Book:
    """An owner (a new one if none is given) with `count` transactions in ten years, and limits."""
    book = Book(db)
    book.owner = owner or book.owner
    _write(db, [book.owner], [deeds(count, seed)])
    _set_limits(book)
    return book


def fill_many(db: Database, count: int, owners: int, seed: int = SEED, *, arriving: bool = False) -> list[UUID]:
    """`count` transactions shared out evenly to this many owners; who they are. The nth has what they have elsewhere.

    arriving: in the order of the days, everybody's mixed, as a living store gets them; else owner by owner.
    """
    people = [person(seed, number) for number in range(owners)]
    done = [deeds(count // owners, seed, number) for number in range(owners)]
    _write(db, people, done, arriving=arriving)
    for one in people[:1]:
        book = Book(db)
        book.owner = one
        _set_limits(book)
    return people


def person(seed: int, number: int) -> UUID:
    """Who the nth owner is."""
    return UUID(int=int.from_bytes(np.random.default_rng((seed, number, 1)).bytes(16), "big"))


def _set_limits(book: Book) -> None:
    items = [LimitItem(category, "CNY", amount) for category, amount in LIMITS.items()]
    set_limits(book.db, book.owner, LAST_DAY.replace(year=LAST_DAY.year - 1), items)


def _write(db: Database, owners: list[UUID], done: list[Deeds], *, arriving: bool = False) -> None:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    _small_tables(con, owners, _there(db, owners))
    _submit(db, owners[0], {"account": con.sql(_ACCOUNT_ROWS).to_arrow_table()}, 0)
    for chunk in _chunks(owners, done, arriving=arriving):
        _write_chunk(db, con, owners, chunk)
    con.close()


_THERE: Final = """
SELECT owner, hint_key, cast(id AS varchar) FROM published_account
WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))"""
Accounts = Mapping[tuple[UUID, str], str]


def _there(db: Database, owners: list[UUID]) -> Accounts:
    """The accounts that the owners have already, by what they are for: a wallet opened the same books."""
    return {(owner, key): account for owner, key, account in db.read(_THERE, {"owners": owners})}


_ACCOUNT_ROWS: Final = """
SELECT owner, id, kind, hint_key, label, '' AS institution, '' AS last4, opened_at FROM account
WHERE NOT there ORDER BY owner, place"""


def _small_tables(con: duckdb.DuckDBPyConnection, owners: list[UUID], there: Accounts) -> None:
    tables: dict[str, Any] = {
        "kind": {"place": range(len(KINDS)), "kind": KINDS},
        "currency": {"place": range(len(CURRENCIES)), "currency": CURRENCIES},
        "merchant": {
            "place": range(len(MERCHANTS)),
            **{name: [getattr(one, name) for one in MERCHANTS] for name in ("name", "key", "category")},
        },
        "account": _account_columns(owners, there),
    }
    for name, columns in tables.items():
        con.register("given", pa.table({column: pa.array(list(cells)) for column, cells in columns.items()}))
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        con.unregister("given")


def _account_columns(owners: list[UUID], there: Accounts) -> dict[str, list[Any]]:
    rows = [
        (
            str(owner),
            there.get((owner, key), str(UUID(int=owner.int ^ (place + 1)))),
            place,
            (owner, key) in there,
            kind,
            key,
            label,
            NOW,
        )
        for owner in owners
        for place, (kind, key, label) in enumerate(_ACCOUNTS)
    ]
    names = ("owner", "id", "place", "there", "kind", "hint_key", "label", "opened_at")
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _chunks(owners: list[UUID], done: list[Deeds], *, arriving: bool) -> Iterator[dict[str, np.ndarray]]:
    """All deeds in the order in which they are written, so many at a time."""
    whose = np.repeat(np.arange(len(owners)), [len(one.day) for one in done])
    columns = {
        field.name: np.concatenate([getattr(one, field.name) for one in done]) for field in dataclasses.fields(Deeds)
    }
    columns["number"] = np.concatenate([np.arange(len(one.day)) for one in done])
    columns["bought_day"] = np.concatenate([one.day[np.maximum(one.bought, 0)] for one in done])
    order = np.argsort(columns["day"], kind="stable") if arriving else None
    for start in range(0, len(whose), _CHUNK):
        part: Any = slice(start, start + _CHUNK) if order is None else order[start : start + _CHUNK]
        yield {"whose": whose[part], **{name: column[part] for name, column in columns.items()}}


def _write_chunk(
    db: Database, con: duckdb.DuckDBPyConnection, owners: list[UUID], chunk: dict[str, np.ndarray]
) -> None:
    codes = pa.array(chunk.pop("whose").astype(np.int32))
    named = pa.DictionaryArray.from_arrays(codes, pa.array([str(owner) for owner in owners])).cast(pa.string())
    count = len(codes)
    seq = _submit(db, owners[0], {}, count)
    con.register("deed", pa.table({"owner": named, "seq": np.arange(seq, seq + count), **chunk}))
    con.execute(_DEEDS, {"income_category": EMPLOYER.category, "employer": EMPLOYER.name, "employer_key": EMPLOYER.key})
    books = {"income": _INCOME_BOOK, "expense": _EXPENSE_BOOK}
    tables = {
        "entry": con.sql(_ENTRIES).to_arrow_table(),
        "posting": con.sql(_POSTINGS, params=books).to_arrow_table(),
        "fact": con.sql(_FACTS).to_arrow_table(),
    }
    _submit(db, owners[0], tables, 0, {owners[at] for at in np.unique(codes.to_numpy())})
    con.execute("DROP TABLE done")
    con.unregister("deed")


def _submit(
    db: Database, owner: UUID, tables: Mapping[str, pa.Table], places: int, touched: Iterable[UUID] = ()
) -> int:
    """All tables in one commit, or so many places taken in the store's order: the first of them."""

    def decide(reader: Reader, command: WriteTables, _now: object) -> Plan:
        numbers = [reader.next_seq() for _ in range(command.rows)]
        rows = [Rows(name, {c: table[c] for c in table.column_names}) for name, table in tables.items()]
        return Plan({"first": numbers[0] if numbers else 0}, rows, frozenset({command.owner, *touched}))

    receipt = db.submit(WriteTables(owner, new_request_id(), places), decide)
    return int(receipt["first"])
