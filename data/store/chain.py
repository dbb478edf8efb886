"""The audit chain as it grows: one link for each commit, over every chained row that the commit wrote.

A link says how many rows each table got and the sum over them (`chain_form`); its head is the sha-256 over the head
before it and everything that the link says. It is written in the commit that it speaks of. What the wallet appends is
summed up from the very arrays that are handed to the store; what a planned statement wrote is read back within the
transaction.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.store.chain_form import BLOCK, DIGEST_BYTES, PAGE, Form, Held, Stretch, made_here
from data.store.chained import CHAINED
from data.store.touched import Touching

START: Final = "0" * 64  # the head before the first link
BASE: Final = "base"  # the link is over all rows there are: at the beginning, after a change of shape or of the key
ROWS: Final = "rows"
SHAPE: Final = "=shape"
BROKEN: Final = "=broken"
# Rows of the transaction that is open are numbered from here on; committed ones have their place in the table.
UNCOMMITTED: Final = 36_028_797_018_960_000
NEVER: Final = 2**62  # a row number that no row has
_WRITES_TO: Final = re.compile(r"\bINSERT\s+INTO\s+(\w+)", re.IGNORECASE)
_COLUMNS: Final = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_catalog = current_database() AND table_schema = 'main' ORDER BY table_name, ordinal_position"""
_LAST: Final = "SELECT number, kind, parts, recorded_at, head FROM audit_link ORDER BY number DESC LIMIT 1"
_LAST_BASE: Final = "SELECT parts FROM audit_link WHERE kind = 'base' ORDER BY number DESC LIMIT 1"
_ADD: Final = "INSERT INTO audit_link VALUES ($number, $kind, $parts, $recorded_at, $head)"


class Link(NamedTuple):
    """One link, a row of `audit_link`. parts: `table rows digest`, joined by `;`."""

    number: int
    kind: str
    parts: str
    recorded_at: datetime
    head: str


class Part(NamedTuple):
    """What a link says about one table; a base also says `SHAPE` and, if need be, `BROKEN` with the link meant."""

    table: str
    rows: int
    digest: str


def parts_of(text: str) -> list[Part]:
    """The parts that a link's text names."""
    return [
        Part(table, int(rows), digest) for table, rows, digest in (one.split(" ") for one in text.split(";") if one)
    ]


def linked(before: str, number: int, kind: str, parts: str, recorded_at: datetime) -> Link:
    """The link after the head `before`."""
    said = f"{before}|{number}|{kind}|{recorded_at.isoformat(timespec='microseconds')}|{parts}"
    return Link(number, kind, parts, recorded_at, hashlib.sha256(said.encode()).hexdigest())


def forms(con: duckdb.DuckDBPyConnection) -> dict[str, Form]:
    """How the rows of each chained table are written down in this store."""
    columns: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for table, name, kind in con.execute(_COLUMNS).fetchall():
        columns[table].append((name, kind))
    return {table: Form(table, tuple(columns[table])) for table in CHAINED if table in columns}


def last_link(con: duckdb.DuckDBPyConnection) -> Link | None:
    """The newest link, None while there is none."""
    found = con.execute(_LAST).fetchall()
    return Link(*found[0]) if found else None


@dataclasses.dataclass(slots=True)
class _Written:
    """What the open transaction wrote so far. arrays: whole rows by table; planned: tables to be read back."""

    arrays: defaultdict[str, list[pa.StructArray]] = dataclasses.field(default_factory=lambda: defaultdict(list))
    planned: set[str] = dataclasses.field(default_factory=set)


class Chain:
    """Lives in the writer's thread, beside the vault; nobody else touches it.

    touched: which months' facts the open transaction changed; take them before `kept`.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.touched = Touching()
        self._forms = forms(con)
        found = last_link(con)
        self.number, self.head = (found.number, found.head) if found else (0, START)
        self._told: Callable[[int, str], None] = _nobody
        self._next: Link | None = None
        self._written = _Written()
        self._renews = False

    def watch(self, told: Callable[[int, str], None]) -> None:
        """Be told the number and the head of the last link: now, and after each commit."""
        self._told = told
        told(self.number, self.head)

    def appended(self, table: str, rows: pa.StructArray) -> None:
        """These rows are about to be appended, in this order."""
        self.touched.appended(table, rows)
        if table in self._forms:
            self._written.arrays[table].append(rows)

    def planned(self, tables: Iterable[str]) -> None:
        """A planned statement writes to these tables."""
        self._written.planned.update(table for table in tables if table in self._forms)

    def renew(self) -> None:
        """The open transaction changes rows that links are over already: it leaves a base, then its own link."""
        self._renews = True

    @property
    def reads_back(self) -> bool:
        """Whether the link needs rows to be in the store before it can be made."""
        return self._renews or bool(self._written.planned)

    def link(self, now: datetime) -> Link | None:
        """The link over what was written since the last commit, None when nothing was. Ask once, before the commit."""
        return self._linked(self.parts(), now)

    def parts(self) -> list[Part]:
        """What was written since the last commit, summed up table by table."""
        written = self._written
        parts = [self._appended_part(table, written.arrays[table]) for table in written.arrays.keys() - written.planned]
        return parts + [part for table in written.planned if (part := self._part(table, UNCOMMITTED)).rows]

    def join(self, con: duckdb.DuckDBPyConnection, parts: list[Part], now: datetime) -> None:
        """Write the link over what another connection's open transaction wrote, into that transaction."""
        found = self._linked(parts, now)
        if found is not None:
            con.execute(_ADD, found._asdict())

    def _linked(self, parts: list[Part], now: datetime) -> Link | None:
        if not parts:
            return None
        text = ";".join(f"{table} {rows} {digest}" for table, rows, digest in sorted(parts))
        self._next = self._after(ROWS, text, now)
        return self._next

    def write(self, now: datetime) -> None:
        """Write that link, in the open transaction."""
        if self._renews:
            self.write_base(now)
            self._renews, found = False, self.link(now)
        else:
            found = self.link(now) if self._next is None else None
        if found is not None:
            self._con.execute(_ADD, found._asdict())

    def begins(self) -> bool:
        """Whether a base is due: there is none, or the chained tables have another shape than at the last one."""
        found = self._con.execute(_LAST_BASE).fetchall()
        return not found or self._shape() not in parts_of(found[0][0])

    def write_base(self, now: datetime, broken: int = 0) -> None:
        """Write a link over all rows there are, in the open transaction. broken: a link that did not hold before."""
        parts = [part for table in self._filled() if (part := self._part(table, 0, UNCOMMITTED)).rows]
        parts += [self._shape(), *([Part(BROKEN, broken, "-")] if broken else [])]
        text = ";".join(f"{table} {rows} {digest}" for table, rows, digest in sorted(parts))
        self._next = self._after(BASE, text, now)
        self._con.execute(_ADD, self._next._asdict())

    def _after(self, kind: str, parts: str, now: datetime) -> Link:
        number, head = (self.number, self.head) if self._next is None else (self._next.number, self._next.head)
        return linked(head, number + 1, kind, parts, now)

    def _shape(self) -> Part:
        heads = "\n".join(form.head for form in self._forms.values())
        return Part(SHAPE, 0, hashlib.sha256(heads.encode()).hexdigest()[: 2 * DIGEST_BYTES])

    def _filled(self) -> list[str]:
        counts = " UNION ALL ".join(f"SELECT '{table}' AS name, count(*) AS held FROM {table}" for table in self._forms)
        return [name for name, held in self._con.execute(counts).fetchall() if held]

    def kept(self) -> None:
        """The commit is on disk."""
        if self._next is not None:
            self.number, self.head = self._next.number, self._next.head
            self._told(self.number, self.head)
        self.lost()

    def lost(self) -> None:
        """The transaction was rolled back."""
        self._next, self._written, self._renews = None, _Written(), False
        self.touched.lost()

    def _appended_part(self, table: str, arrays: list[pa.StructArray]) -> Part:
        rows = arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)
        stretch = Stretch(self._forms[table])
        if len(rows) <= BLOCK:
            stretch.add(made_here(self._forms[table], rows.flatten()), len(rows))
        else:
            stretch.add_all(Held(self._forms[table], rows.flatten()))
        return Part(table, stretch.count, stretch.digest())

    def _part(self, table: str, first: int, before: int = NEVER) -> Part:
        """The sum over the rows of a table whose row numbers are in [first, before), read page by page."""
        stretch, form = Stretch(self._forms[table]), self._forms[table]
        full = True
        while full:
            page = read(self._con, form, first, PAGE, before)
            stretch.add_all(page.held)
            first, full = page.following, page.held.count == PAGE
        return Part(table, stretch.count, stretch.digest())


def _nobody(_number: int, _head: str) -> None:
    """Nobody is watching."""


class Page(NamedTuple):
    """Rows of a table in their order, with their row numbers. following: from where on to read the next ones."""

    held: Held
    numbers: npt.NDArray[np.int64]
    following: int


def nothing(form: Form, following: int = 0) -> Page:
    """No rows."""
    return Page(Held(form, []), np.empty(0, np.int64), following)


def read(con: duckdb.DuckDBPyConnection, form: Form, first: int, most: int, before: int = NEVER) -> Page:
    """The rows from this row number on, at most so many, fewer only at the end; gaps are passed over."""
    found: list[pa.Table] = []
    while most and first < before:
        after = min(first + most, before)
        there = con.sql(
            f"SELECT {form.selected}, rowid FROM {form.table} WHERE rowid >= $first AND rowid < $after ORDER BY rowid",
            params={"first": first, "after": after},
        ).to_arrow_table()
        found.append(there)
        if len(there) == after - first:
            first = after
        else:  # what one transaction has appended has no gaps
            first = before if first >= UNCOMMITTED else _following(con, form, after, before)
        most -= len(there)
    if not found:
        return nothing(form, first)
    *columns, numbers = (column.combine_chunks() for column in pa.concat_tables(found).columns)
    return Page(Held(form, columns), numbers.to_numpy(), first)


def _following(con: duckdb.DuckDBPyConnection, form: Form, first: int, before: int) -> int:
    """The next row number that there is, `before` at the end."""
    ((number,),) = con.execute(
        f"SELECT min(rowid) FROM {form.table} WHERE rowid >= $first AND rowid < $before",  # a name of our own code
        {"first": first, "before": before},
    ).fetchall()
    return before if number is None else int(number)


@lru_cache(maxsize=1024)
def written_by(sql: str) -> tuple[str, ...]:
    """The tables to which a statement of ours appends."""
    return tuple(_WRITES_TO.findall(sql))


def begin(con: duckdb.DuckDBPyConnection, now: datetime, broken: int = 0) -> None:
    """Begin the chain, or begin it anew after the store changed its shape, with a link over everything there is.

    broken: the first link that did not hold before the change, 0 when all did; the chain keeps it in sight.
    """
    chain = Chain(con)
    if not chain.begins():
        return
    con.execute("BEGIN")
    try:
        chain.write_base(now, broken)
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
