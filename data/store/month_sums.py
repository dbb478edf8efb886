"""Sums of an owner's facts by month, kept in the store: what a process that holds nothing yet reads instead of facts.

They are an older answer with a list of what is no longer true of it: the months whose facts changed since. That list
grows in the very commit that changes the facts, and only when the month is not on it yet, so that a payment of the
running month writes to it once. A change that does not say which months it touched takes the sums away. New ones are
made beside the writer, of one state of the owner's facts, and land only if that is still the state.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import duckdb
import pyarrow as pa

from data.ids import new_request_id
from data.period import Touched
from data.store.command import NOBODY
from data.store.facts import Query
from data.store.touched import Touches
from data.store.writer import Landing, Writer

WORTH: Final = 20_000  # facts: reading fewer costs no more than reading sums
_SHARE: Final = 100  # sums are made anew when one in so many facts lies in a month that is no longer summed

_MONTHS: Final = """
SELECT month AS on_day, purchase_month AS purchase, kind, coalesce(category, 'uncategorised') AS category, currency,
    cast(sum(spending) AS bigint) AS spending, cast(sum(income) AS bigint) AS income, count(*) AS count
FROM fact WHERE owner = $owner AND NOT excluded
GROUP BY month, purchase_month, kind, category, currency ORDER BY month"""
_SPENT: Final = """
SELECT month AS on_day, payee_key, max(payee) AS payee, currency, cast(sum(spending) AS bigint) AS amount,
    count(*) AS count
FROM fact WHERE owner = $owner AND NOT excluded AND spending <> 0
GROUP BY month, payee_key, currency ORDER BY month"""
_EARNED: Final = """
SELECT month AS on_day, payee_key, max(payee) AS payee, currency, cast(sum(income) AS bigint) AS amount,
    count(*) AS count
FROM fact WHERE owner = $owner AND NOT excluded AND income <> 0
GROUP BY month, payee_key, currency ORDER BY month"""
_BODIES: Final = {"months": _MONTHS, "spent": _SPENT, "earned": _EARNED}
_COVERED: Final = "SELECT min(booked_on), max(booked_on) FROM fact WHERE owner = $owner AND NOT excluded"
_FORGET: Final = (
    "DELETE FROM month_sums WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))",
    "DELETE FROM spoiled_month WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))",
)
_KEEP: Final = """
INSERT INTO month_sums VALUES ($owner, $summed_at, $covered_from, $covered_last, $months, $spent, $earned)"""
_SPOIL: Final = """
INSERT INTO spoiled_month SELECT unnest(cast($owners AS uuid[])), unnest(cast($months AS date[]))"""
_SUMMED: Final = "SELECT owner FROM month_sums"
_SPOILED: Final = "SELECT owner, month FROM spoiled_month"
_LARGE: Final = "SELECT owner, count(*) FROM fact GROUP BY owner HAVING count(*) >= $worth ORDER BY owner"
_UNSUMMED: Final = """
SELECT count(*) FROM fact WHERE owner = $owner AND month IN (SELECT unnest(cast($months AS date[])))"""
_PACKED: Final = pa.ipc.IpcWriteOptions(compression="lz4")  # reading a third as much costs less than unpacking it
_KEPT: Final = "SELECT months, spent, earned FROM month_sums WHERE owner = $owner"


class Spoiled:
    """Which months are no longer what the kept sums say, of everybody who has sums. Thread-safe."""

    def __init__(self, query: Query) -> None:
        self._lock = threading.Lock()
        self._months: dict[UUID, frozenset[date]] = {owner: frozenset() for (owner,) in query(_SUMMED, {})}
        for owner, month in query(_SPOILED, {}):
            self._months[owner] = self._months.get(owner, frozenset()) | {month}

    def of(self, owner: UUID) -> frozenset[date] | None:
        """The months to be read from the facts; None: there are no sums."""
        return self._months.get(owner)

    def before_commit(self, con: duckdb.DuckDBPyConnection, owners: Iterable[UUID], touches: Touches) -> None:
        """Write, in the open transaction, what it makes untrue; in most cases nothing."""
        if touches.everything and (gone := sorted(self._months.keys() & {*owners, *touches.months})):
            _forget(con, gone)
            return
        new = [(owner, month) for owner, months in self._new(touches).items() for month in sorted(months)]
        if new:
            con.execute(_SPOIL, {"owners": [one for one, _ in new], "months": [one for _, one in new]}).fetchall()

    def committed(self, owners: Iterable[UUID], touches: Touches) -> None:
        """That commit is on disk. Before anybody is told of the new version, so that nobody trusts its old sums."""
        with self._lock:
            if touches.everything:
                for owner in {*owners, *touches.months}:
                    self._months.pop(owner, None)
            for owner, months in self._new(touches).items():
                self._months[owner] |= months
            self._months.update({owner: frozenset() for owner in touches.summed})

    def _new(self, touches: Touches) -> dict[UUID, frozenset[date]]:
        """What is not on the list yet, of those who have sums."""
        found = {
            owner: frozenset(month for month, _ in months) - self._months[owner]
            for owner, months in touches.months.items()
            if owner in self._months
        }
        return {owner: months for owner, months in found.items() if months}


def _forget(con: duckdb.DuckDBPyConnection, owners: Sequence[UUID]) -> None:
    for sql in _FORGET:
        con.execute(sql, {"owners": owners}).fetchall()


def due(query: Query, spoiled: Spoiled, worth: int = WORTH) -> list[UUID]:
    """Whose sums are worth making: many facts, and none of them or too few of them are summed."""
    found = []
    for owner, facts in query(_LARGE, {"worth": worth}):
        months = spoiled.of(owner)
        if months is None:
            found.append(owner)
        elif months:
            ((unsummed,),) = query(_UNSUMMED, {"owner": owner, "months": sorted(months)})
            if unsummed >= max(worth, facts // _SHARE):
                found.append(owner)
    return found


def make(
    con: duckdb.DuckDBPyConnection,
    writer: Writer,
    since: Callable[[UUID, int], Touched | None],
    owner: UUID,
    version: int,
    now: datetime,
) -> bool:
    """Sum up all of the owner's facts; in one commit. False: they changed meanwhile, and nothing is kept.

    con: for this alone. since: which months changed after a data version; version: the owner's, read before this.

    Raises:
        StoreClosed: when the app is shutting down.
    """

    def holds() -> bool:
        touched = since(owner, version)
        return touched is not None and not touched

    con.execute("BEGIN")
    try:
        row = _summed_up(con, owner)
        _forget(con, [owner])
        con.execute(_KEEP, {"owner": owner, "summed_at": now, **row}).fetchall()
        key = (NOBODY, "sum_months", new_request_id())
        landing = Landing(con, key, [], frozenset(), Touches(summed=frozenset({owner})), holds)
        return writer.land(landing).result()
    except duckdb.TransactionException:  # a month is being put on the list this very moment
        return False
    finally:
        with contextlib.suppress(duckdb.Error):  # it was committed
            con.execute("ROLLBACK")


def _summed_up(con: duckdb.DuckDBPyConnection, owner: UUID) -> dict[str, Any]:
    bodies = {name: _body(_table(con, sql, owner)) for name, sql in _BODIES.items()}
    ((first, last),) = con.execute(_COVERED, {"owner": owner}).fetchall()
    return {**bodies, "covered_from": first, "covered_last": last}


def _table(con: duckdb.DuckDBPyConnection, sql: str, owner: UUID) -> pa.Table:
    """What a query finds, each text once."""
    found = con.sql(sql, params={"owner": owner}).to_arrow_table().combine_chunks()
    columns = [
        column.combine_chunks().dictionary_encode() if pa.types.is_string(column.type) else column
        for column in found.columns
    ]
    return pa.table(columns, names=found.column_names)


def _body(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_PACKED) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def table_of(body: bytes) -> pa.Table:
    """The table that a body holds; texts as codes."""
    return pa.ipc.open_stream(body).read_all()


def drift(query: Query, spoiled: Spoiled, owner: UUID) -> int:
    """In how many rows the kept sums of months that are said to hold differ from what the facts give now."""
    months = spoiled.of(owner)
    if months is None:
        return 0
    kept, wrong = query(_KEPT, {"owner": owner}), 0
    for body, sql in zip(kept[0], _BODIES.values(), strict=True):
        held = Counter(tuple(row.values()) for row in table_of(body).to_pylist() if row["on_day"] not in months)
        fresh = Counter(row for row in query(sql, {"owner": owner}) if row[0] not in months)
        wrong += (held - fresh).total() + (fresh - held).total()
    return wrong
