"""How the data rows of a wallet's statement are read, whatever the wallet.

A layout names the columns, the header's content finds them, and each row becomes a `Raw` (its instant and gross
amount understood, the rest as text) or a `Problem` with its line and column.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, overload

from data.errors import Rejection
from data.importers.instants import instant_of, instants_of, stamp_of
from data.importers.reading import Header, find_header, folded, locate_header, text_of
from data.importers.statement import FileRefused, Problem
from data.importers.table import Cell, Row, Table
from data.importers.totals import side_of
from data.money import parse_amount

CURRENCY = "CNY"
TITLE_WITHIN = 40  # rows in which a file's title is looked for
FOOTER_WITHIN = 20  # last rows in which the dashes above a footer are looked for

_WORKBOOKS = frozenset({"xlsx", "xls"})  # whose cells may be figures; a sheet may have no name
_PLAIN_AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
_PLAIN_AMOUNTS = re.compile(rf"{_PLAIN_AMOUNT.pattern}(?:\n{_PLAIN_AMOUNT.pattern})*")
_BLOCK = 1_000  # rows that are read column by column; one odd row among them, and they are read one by one


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """Column names of one format by what they mean; `""` where the format has no such column.

    source: the family of accounts and fingerprints; titles: texts of the preamble that only this format has;
    unquoted: the free-text columns that may hold a bare comma, because the exporter never quotes.
    """

    format: str
    source: str
    titles: tuple[str, ...]
    time: str
    amount: str
    direction: str
    status: str
    payee: str
    description: str
    method: str
    order_id: str
    merchant_order_id: str
    category: str = ""
    note: str = "备注"
    others: tuple[str, ...] = ()
    unquoted: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which a row means nothing."""
        return (self.time, self.amount, self.direction, self.status)

    @property
    def names(self) -> tuple[str, ...]:
        """Every column name the format may have."""
        roles = (self.payee, self.description, self.method, self.order_id, self.merchant_order_id, self.category)
        return tuple(name for name in (*self.required, *roles, self.note, *self.others) if name)


class Raw(NamedTuple):
    """One row with its instant and gross amount understood; texts stripped, `/` kept only in `cells`.

    names: of the file's columns; texts: its cells, as many as the row has. stamp: `when` as `YYYY-MM-DD HH:MM:SS`.

    A named tuple, not a dataclass: a hundred thousand are built on the way to their lines, in half the time.
    """

    line: int
    names: tuple[str, ...]
    texts: tuple[str, ...]
    when: datetime
    stamp: str
    minor: int
    direction: str
    status: str
    payee: str
    description: str
    method: str
    order_id: str
    merchant_order_id: str
    category: str
    note: str

    @property
    def cells(self) -> dict[str, str]:
        """The row as the file has it, header → text."""
        return cells_of(self.names, self.texts)

    def cell(self, name: str) -> str | None:
        """The text of one column, by its folded name; None where the row has none."""
        return self.texts[at] if name in self.names and (at := self.names.index(name)) < len(self.texts) else None


def recognised(table: Table, layout: Layout) -> bool:
    """Whether a table is of this layout: its title stands above the rows, or all its columns are there."""
    for row in table.rows[:TITLE_WITHIN]:
        first = row.cells[0]
        if isinstance(first, str) and any(title in first for title in layout.titles):
            return True
    header = locate_header(table, layout.names)
    return header is not None and all(folded(name) in header.columns for name in layout.names)


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """A table taken apart: header, readable rows, problems, and the rows around them that may state totals."""

    header: Header
    rows: tuple[Raw, ...]
    problems: tuple[Problem, ...]
    around: tuple[Row, ...]


def plain_amount(text: str) -> int:
    """Minor units of an amount cell.

    Raises:
        AmountUnreadable: when it is none.
    """
    if _PLAIN_AMOUNT.fullmatch(text):
        return int(text[:-3] + text[-2:])
    return parse_amount(text, CURRENCY).minor


def read_sheet(table: Table, layout: Layout, amount: Callable[[str], int] = plain_amount) -> Sheet:
    """Every data row of `table`, from below the header to the dashed footer or the end.

    Raises:
        FileRefused: `no_header`, `missing_column`, `no_rows`, and `truncated` when the last row breaks off.
    """
    header = find_header(table, layout.names, layout.required)
    body, footer = _without_footer(table.rows[header.index + 1 :])
    if not body:
        raise FileRefused(table.file, "no_rows", line=header.line)
    if not footer and not table.sheet:
        _refuse_broken_end(table, header, body[-1])
    one_by_one, together = _reader(table, header, layout, amount), _block_reader(table, header, layout)
    rows: list[Raw] = []
    problems: list[Problem] = []
    for start in range(0, len(body), _BLOCK):
        block = body[start : start + _BLOCK]
        for read in together(block) or map(one_by_one, block):
            if isinstance(read, Raw):
                rows.append(read)
            else:
                problems.append(read)
    return Sheet(header, tuple(rows), tuple(problems), table.rows[: header.index] + footer)


def _without_footer(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    for index in range(max(0, len(rows) - FOOTER_WITHIN), len(rows)):
        first = rows[index].cells[0]
        if isinstance(first, str) and first.lstrip().startswith("-----"):
            return rows[:index], rows[index:]
    return rows, ()


def _refuse_broken_end(table: Table, header: Header, last: Row) -> None:
    """Exporters write every column of every row, so a last row with fewer cells was cut off."""
    columns = max(header.columns.values()) + 1
    if len(last.cells) < columns:
        name = header.names[len(last.cells) - 1]
        raise FileRefused(table.file, "truncated", line=last.line, cell=name)


def _reader(
    table: Table, header: Header, layout: Layout, amount: Callable[[str], int]
) -> Callable[[Row], Raw | Problem]:
    """How a row of this table is read; everything that does not depend on the row is found once, here."""
    names, width = header.names, len(header.names)
    time_at, amount_at = header.columns[folded(layout.time)], header.columns[folded(layout.amount)]
    needed = max(header.columns[folded(name)] for name in layout.required)
    direction, status, category = _places(header, layout.direction, layout.status, layout.category)
    payee, description, method = _places(header, layout.payee, layout.description, layout.method)
    order_id, merchant_order_id, note = _places(header, layout.order_id, layout.merchant_order_id, layout.note)

    def problem(row: Row, place: int, reason: str, cells: dict[str, str], text: str = "") -> Problem:
        return Problem(row.line, names[place], reason, text, table.sheet, cells)

    def read(row: Row) -> Raw | Problem:
        given: tuple[Cell, ...] = row.cells
        if len(given) > width:
            given = _mended(given, header, layout)
        texts = [cell.strip() if isinstance(cell, str) else text_of(cell) for cell in given]
        cells = cells_of(names, texts)
        if len(given) <= needed:
            return problem(row, len(given), "row_incomplete", cells)
        when = instant_of(given[time_at], texts[time_at])
        if isinstance(when, str):
            return problem(row, time_at, when, cells, texts[time_at])
        try:
            minor = amount(texts[amount_at])
        except Rejection:
            return problem(row, amount_at, "amount_unreadable", cells, texts[amount_at])
        if minor < 0:
            return problem(row, amount_at, "amount_negative", cells, texts[amount_at])
        kept = tuple(texts[:width])
        # A column that the file or a short row lacks is read from the empty end; `/` in free text means nothing.
        texts += [""] * (width + 1 - len(texts))
        said = ["" if text == "/" else text for text in texts] if "/" in texts else texts
        return Raw(
            row.line,
            names,
            kept,
            when,
            stamp_of(texts[time_at], when),
            minor,
            texts[direction],
            texts[status],
            said[payee],
            said[description],
            said[method],
            said[order_id],
            said[merchant_order_id],
            texts[category],
            said[note],
        )

    return read


def _block_reader(table: Table, header: Header, layout: Layout) -> Callable[[Sequence[Row]], list[Raw] | None]:
    """How rows that are all as they should be are read column by column, to the same as one by one; None: some are not.

    They have a text in every column, a plain time and a plain amount.
    """
    names, width = header.names, len(header.names)
    texts_of = (layout.payee, layout.description, layout.method, layout.order_id, layout.merchant_order_id, layout.note)
    places = _places(header, layout.direction, layout.status, layout.category, *texts_of)
    time_at, amount_at = header.columns[folded(layout.time)], header.columns[folded(layout.amount)]

    def read(rows: Sequence[Row]) -> list[Raw] | None:
        if table.encoding in _WORKBOOKS or {len(row.cells) for row in rows} != {width}:
            return None
        given = zip(*(row.cells for row in rows), strict=True)
        texts = [list(map(str.strip, column)) for column in given]  # of no workbook: all are text
        whens, minors = instants_of(texts[time_at]), _plain_amounts(texts[amount_at])
        if whens is None or minors is None:
            return None
        columns = [texts[at] if at >= 0 else [""] * len(rows) for at in places]
        words, free = columns[:3], [_without_slashes(column) for column in columns[3:]]
        direction, status, category = words
        own = ([row.line for row in rows], [names] * len(rows), zip(*texts, strict=True), whens, texts[time_at], minors)
        return list(map(Raw._make, zip(*own, direction, status, *free[:5], category, free[5], strict=True)))

    return read


def _without_slashes(column: list[str]) -> list[str]:
    """`/` in free text means nothing."""
    return ["" if text == "/" else text for text in column] if "/" in column else column


def _plain_amounts(texts: Sequence[str]) -> list[int] | None:
    """Minor units, when all are plain amounts."""
    joined = "\n".join(texts)
    if not _PLAIN_AMOUNTS.fullmatch(joined):
        return None
    figures = joined.replace(".", "").split("\n")
    return list(map(int, figures)) if len(figures) == len(texts) else None  # a quoted cell may hold two lines


def cells_of(names: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    """Cells by the names of their columns; a column without a name has none."""
    cells = dict(zip(names, texts, strict=False))
    cells.pop("", None)
    return cells


class CellRows(Sequence[Mapping[str, str]]):
    """The cells of many rows under the same names; made when one is looked at."""

    __slots__ = ("_names", "_rows")

    def __init__(self, names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        self._names, self._rows = names, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Mapping[str, str]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Mapping[str, str]]: ...
    def __getitem__(self, at: int | slice) -> Mapping[str, str] | Sequence[Mapping[str, str]]:
        if isinstance(at, slice):
            return CellRows(self._names, self._rows[at])
        return cells_of(self._names, self._rows[at])


def _places(header: Header, *names: str) -> tuple[int, ...]:
    """Where columns stand; -1, the empty end of a row, for a column that the file does not have."""
    return tuple(header.columns.get(folded(name), -1) for name in names)


def _mended(given: tuple[Cell, ...], header: Header, layout: Layout) -> tuple[Cell, ...]:
    """A row with more cells than the header: empty ones at the end go; a name with bare commas is joined again.

    Which column held the comma is seen by the direction word coming to stand in its column.
    """
    width, direction_at = len(header.names), header.columns[folded(layout.direction)]
    if not any(map(text_of, given[width:])) and side_of(text_of(given[direction_at])):
        return given[:width]
    columns = [header.columns[folded(name)] for name in layout.unquoted if folded(name) in header.columns]
    while len(given) > width:
        extra = len(given) - width
        for at in columns:
            joined = (*given[:at], ",".join(map(str, given[at : at + extra + 1])), *given[at + extra + 1 :])
            if side_of(text_of(joined[direction_at])):
                return joined
        if text_of(given[-1]):
            break
        given = given[:-1]
    return given
