"""Writing a group of rows of many tables at once: one statement for everything that a group of commands leaves.

What a small group costs is neither rows nor disk but planning. So every table has one source, handed the rows of the
moment, all inserts of a group are one data-modifying WITH, whose text depends on nothing but the tables it names, and
that is prepared once for each set of tables. A plan is used again only where its sources are Python objects found by
name when it is made; one over a registered view would be bound anew each time. After a change of the catalog the engine
plans each time again: as right, only slower.
"""

from __future__ import annotations

import types
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import duckdb
import pyarrow as pa

from data.errors import require
from data.ledger.wallet.rows import TABLES, EntryRow, FactRow, LotRow, PaymentRow, PostingRow, RequestRow, Row
from data.store.chain import Chain, Link

_COLUMNS: Final = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_catalog = current_database() AND table_schema = 'main' ORDER BY table_name, ordinal_position"""
_TYPES: Final = {
    "UUID": pa.string(),  # the insert casts: faster than sixteen bytes each made here
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
}
_TABLES: Final[dict[type[Any], str]] = {**TABLES, Link: "audit_link"}
MOST_PREPARED: Final = 64  # sets of tables: a handful is what commands leave
_EXECUTE: Final = "EXECUTE "
_PAYMENTS: Final = frozenset({EntryRow, FactRow, Link, LotRow, PaymentRow, PostingRow, RequestRow})
_WHOLE: Final = {int, type(None)}  # Arrow would cut a float without a word


class _Source:
    """What a statement reads as `new_<table>`: the rows of the moment, by the Arrow PyCapsule interface."""

    __slots__ = ("_none", "_read", "_rows", "_type", "_whole")

    def __init__(self, kind: pa.StructType) -> None:
        self._type = kind
        self._none = self._rows = pa.array([], kind)
        self._read = False
        self._whole = [(at, field.name) for at, field in enumerate(kind) if pa.types.is_integer(field.type)]

    def hold(self, rows: Sequence[Row]) -> None:
        """These rows from now on; tuples go over whole, which is several times faster than column by column."""
        for at, name in self._whole:
            require({type(row[at]) for row in rows} <= _WHOLE, f"{name} is a whole number")
        self._rows, self._read = pa.array(rows, self._type), False

    @property
    def read(self) -> bool:
        """Whether a statement took what is held."""
        return self._read

    @property
    def rows(self) -> pa.StructArray:
        """What is held."""
        return self._rows

    def let_go(self) -> None:
        """No rows any more."""
        self._rows = self._none

    def __arrow_c_schema__(self) -> object:
        return self._type.__arrow_c_schema__()

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        self._read = True
        capsules: tuple[object, object] = self._rows.__arrow_c_array__(requested_schema)
        return capsules


class RowWriter:
    """Appends wallet rows on one connection.

    Raises:
        InvariantBroken: a row type is not its table, column for column.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, chain: Chain) -> None:
        self._chain = chain
        columns: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for table, name, kind in con.execute(_COLUMNS).fetchall():
            columns[table].append((name, kind))
        self._sources: dict[type[Any], _Source] = {}
        for row, table in _TABLES.items():
            require([name for name, _ in columns[table]] == list(row._fields), f"a {row.__name__} is a row of {table}")
            self._sources[row] = _Source(pa.struct([(name, _TYPES[kind]) for name, kind in columns[table]]))
        self._run = _seeing({f"new_{_TABLES[row]}": source for row, source in self._sources.items()}, con)
        self._prepared: dict[frozenset[type[Any]], str] = {}
        self._number = 0
        self._plan_payments(con)

    def _plan_payments(self, con: duckdb.DuckDBPyConnection) -> None:
        """Plan what payments leave, now, while nobody reads, as on a machine with one thread.

        With more, the engine gathers the rows of each insert once before it appends them, which a source of one piece
        has no use for. The number of threads is one for the whole store: later it is left alone.
        """
        ((threads,),) = con.execute("SELECT current_setting('threads')").fetchall()
        con.execute("SET threads = 1")
        try:
            self._statement(_PAYMENTS)
        finally:
            con.execute(f"SET threads = {int(threads)}")

    def append(self, rows: Iterable[Row], linked_at: datetime | None = None) -> None:
        """All rows, each into its type's table and there in the given order; none writes nothing.

        linked_at: the commit's instant with its last rows, so that its link is written by the same statement.

        Whatever fails, the caller rolls back.

        Raises:
            InvariantBroken, pyarrow.ArrowException: a value is none of its column. duckdb.Error: the store refuses one.
        """
        self.staged(rows, linked_at)()

    def staged(self, rows: Iterable[Row], linked_at: datetime | None = None) -> Callable[[], None]:
        """The same up to the one statement that writes them: what is returned runs it, before anything else is staged.

        Raises:
            InvariantBroken, pyarrow.ArrowException: a value is none of its column.
        """
        groups: defaultdict[type[Any], list[Any]] = defaultdict(list)
        for row in rows:
            groups[type(row)].append(row)
        if not groups:
            return _nothing
        for kind, group in groups.items():
            self._sources[kind].hold(group)
            self._chain.appended(_TABLES[kind], self._sources[kind].rows)
        if linked_at is not None and (link := self._chain.link(linked_at)) is not None:
            groups[Link] = [link]
            self._sources[Link].hold(groups[Link])
        return partial(self._insert, frozenset(groups))

    def _insert(self, kinds: frozenset[type[Any]]) -> None:
        try:
            self._run(self._statement(kinds))
            require(all(self._sources[kind].read for kind in kinds), "every source was read for this group")
        finally:
            for kind in kinds:
                self._sources[kind].let_go()

    def _statement(self, kinds: frozenset[type[Any]]) -> str:
        """What runs the inserts of these, planned already."""
        known = self._prepared.get(kinds)
        if known is None:
            if len(self._prepared) >= MOST_PREPARED:
                self._run(f"DEALLOCATE {self._prepared.pop(next(iter(self._prepared))).removeprefix(_EXECUTE)}")
            self._number += 1
            name = f"group_{self._number}"
            self._run(f"PREPARE {name} AS {_inserts(_TABLES[kind] for kind in kinds)}")
            known = self._prepared[kinds] = _EXECUTE + name
        return known


def _nothing() -> None:
    """There are no rows."""


def _seeing(sources: Mapping[str, _Source], con: duckdb.DuckDBPyConnection) -> Callable[[str], object]:
    """What runs a statement where the sources have these names: the engine looks into the globals of who calls it."""
    seen = {"__name__": __name__, "__builtins__": __builtins__, **sources}
    run = types.FunctionType(_run.__code__, seen)
    return partial(run, con)


def _run(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    con.execute(sql)


def _inserts(tables: Iterable[str]) -> str:
    """Names of our own code; values arrive through the sources."""
    *others, last = [f"INSERT INTO {table} SELECT * FROM new_{table}" for table in sorted(tables)]
    if not others:
        return last
    return f"WITH {', '.join(f'w{at} AS ({insert})' for at, insert in enumerate(others))} {last}"
