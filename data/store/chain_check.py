"""Does the audit chain hold? Everything is summed up again from the tables, link by link, in bounded memory.

What is found is the first link that does not hold and which table's rows it speaks of. What was cut off the end shows
only beside a head that was kept elsewhere (`data.store.heads`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

import duckdb

from data.store.chain import BASE, BROKEN, SHAPE, START, Link, forms, linked, nothing, parts_of, read
from data.store.chain_form import BLOCK, PAGE, Form, Stretch

_LINKS: Final = 4096  # links likewise
_HAS_CHAIN: Final = """
SELECT count(*) FROM information_schema.tables
WHERE table_catalog = current_database() AND table_name = 'audit_link'"""
_LINKS_FROM: Final = """
SELECT number, kind, parts, recorded_at, head, rowid FROM audit_link WHERE rowid >= $first ORDER BY rowid LIMIT $most"""
_HEAD: Final = "SELECT head FROM audit_link WHERE number = $number"
_LAST: Final = "SELECT coalesce(max(number), 0) FROM audit_link"
_SINCE: Final = "SELECT coalesce(max(number), 0) FROM audit_link WHERE kind = 'base'"


@dataclasses.dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold first.

    link: its number. why: `link` (it is not what its head says, or one before it is missing), `rows` (the rows are not
    those that were summed up), `more` (rows that no link speaks of), `before` (it did not hold when the store changed
    its shape); and beside heads kept elsewhere: `cut` (links are missing at the end), `head` (it is another one),
    `export` (what was kept was not written by whoever has the key).
    table, first, last: the rows meant, by their place in the table, from 1; empty and 0 where it is about no rows.
    """

    link: int
    why: str
    table: str = ""
    first: int = 0
    last: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Chained:
    """A chain as it was checked. number, head: of its last link; rows: how many were summed up."""

    number: int
    head: str
    rows: int
    broken: Break | None


class _Rows:
    """One table's rows in order, taken by stretches, a page of them in memory."""

    def __init__(self, con: duckdb.DuckDBPyConnection, form: Form) -> None:
        self._con = con
        self._form = form
        self._page = nothing(form)
        self._at = 0  # within the page
        self.taken = 0

    def take(self, count: int) -> str:
        """The sum over the next rows; fewer than asked when the table ends."""
        stretch = Stretch(self._form)
        while stretch.count < count:
            wanted = min(BLOCK, count - stretch.count)
            if self._page.held.count - self._at < wanted:
                self._turn()
            there = min(wanted, self._page.held.count - self._at)
            if not there:
                break
            stretch.add(self._page.held.block(self._at, there), there)
            self._at += there
            if there < wanted:
                break
        self.taken += stretch.count
        return stretch.digest()

    def _turn(self) -> None:
        page = self._page
        first = int(page.numbers[self._at]) if self._at < page.held.count else page.following
        self._page, self._at = read(self._con, self._form, first, PAGE), 0


def check(con: duckdb.DuckDBPyConnection) -> Chained | None:
    """The chain, checked from its last base on; None when the store has none. The app may go on meanwhile."""
    if con.execute(_HAS_CHAIN).fetchall() == [(0,)]:
        return None
    shapes = forms(con)
    held = {table: _count(con, table) for table in shapes}  # before the links: what comes meanwhile is not too much
    since = con.execute(_SINCE).fetchall()[0][0]
    tables = {table: _Rows(con, form) for table, form in shapes.items()}
    number, head, broken, before = 0, START, None, None
    for link in _links(con):
        broken = _broken(link, number, head)
        if broken is None and link.number >= since:  # the rows of earlier ones are in the base, in their present shape
            broken = _differing(link, tables)
        before = before or _before(link)
        number, head = link.number, link.head
        if broken is not None:
            break
    rows = sum(table.taken for table in tables.values())
    return Chained(number, head, rows, broken or before or _more(number, tables, held))


def missing(con: duckdb.DuckDBPyConnection, number: int, head: str) -> int | None:
    """How many links a store lacks that once ended with this one; 0: it has another in its place. None: it has it."""
    if con.execute(_HAS_CHAIN).fetchall() == [(0,)]:
        return number
    found = con.execute(_HEAD, {"number": number}).fetchall()
    if not found:
        return number - int(con.execute(_LAST).fetchall()[0][0])
    return None if found == [(head,)] else 0


def _broken(link: Link, number: int, head: str) -> Break | None:
    whole = linked(head, link.number, link.kind, link.parts, link.recorded_at) == link
    return None if whole and link.number == number + 1 else Break(number + 1, "link")


def _differing(link: Link, tables: dict[str, _Rows]) -> Break | None:
    for part in parts_of(link.parts):
        if part.table in {SHAPE, BROKEN}:
            continue
        rows = tables.get(part.table)
        first = rows.taken + 1 if rows else 1
        if rows is None or rows.take(part.rows) != part.digest:
            return Break(link.number, "rows", part.table, first, first + part.rows - 1)
    return None


def _before(link: Link) -> Break | None:
    found = [part.rows for part in parts_of(link.parts) if part.table == BROKEN] if link.kind == BASE else []
    return Break(found[0], "before") if found else None


def _more(number: int, tables: dict[str, _Rows], held: dict[str, int]) -> Break | None:
    for table, rows in tables.items():
        if held[table] > rows.taken:
            return Break(number, "more", table, rows.taken + 1, held[table])
    return None


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])  # a name of our own code


def _links(con: duckdb.DuckDBPyConnection) -> Iterator[Link]:
    first = 0
    while page := con.execute(_LINKS_FROM, {"first": first, "most": _LINKS}).fetchall():
        yield from (Link(*row) for *row, _ in page)
        first = page[-1][-1] + 1
