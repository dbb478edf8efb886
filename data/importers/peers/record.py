"""A row by what its columns mean, whatever the file calls them, and how its cells are read."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timezone

from data.errors import Rejection
from data.importers.figures import LONGEST, currency_in, currency_of, figure_of, uses_decimal_comma
from data.importers.headings import NOTHING
from data.importers.mapping import DateOrder
from data.importers.moments import moment_of, order_of, time_of, zone_of
from data.importers.reading import folded, text_of
from data.importers.table import Cell, Row, Table
from data.money import Money, parse_amount

_HEADER_WITHIN = 40  # rows in which a header is looked for

Columns = Mapping[str, tuple[str, ...]]


class Unreadable(Exception):  # noqa: N818 - it never leaves the importer
    """A cell that stops its row: our word for its column, why, and its text."""

    def __init__(self, word: str, reason: str, text: str) -> None:
        super().__init__(reason)
        self.word, self.reason, self.text = word, reason, text


@functools.lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A column's name without case, blanks, hyphens and underscores: `Sub-Category` and `sub_category` are one."""
    return folded(name).casefold().replace("_", "").replace("-", "")


@dataclasses.dataclass(frozen=True, slots=True)
class Heading:
    """The header row: where it stands, what it calls each column, and our word → position."""

    at: int
    line: int
    names: tuple[str, ...]
    places: Mapping[str, int]

    def name(self, word: str) -> str:
        """What the file calls the column of `word`; the word itself where the file has none."""
        return self.names[self.places[word]] if word in self.places else word


def heading_of(table: Table, columns: Columns, needs: Sequence[str], *, alone: bool = False) -> Heading | None:
    """The first row that names all that is needed, at least two columns; with `alone` nothing else either."""
    wanted = {word: tuple(map(plain, names)) for word, names in columns.items()}
    known = frozenset(name for names in wanted.values() for name in names)
    for at, row in enumerate(table.rows[:_HEADER_WITHIN]):
        cells = [plain(cell) if isinstance(cell, str) else "" for cell in row.cells]
        found = {
            word: cells.index(next(name for name in names if name in cells))
            for word, names in wanted.items()
            if not known.isdisjoint(cells) and any(name in cells for name in names)
        }
        if len(found) > 1 and all(word in found for word in needs) and not (alone and {*cells} - known - {""}):
            return Heading(at, row.line, _distinct(row), found)
    return None


def title_of(table: Table, title: str) -> bool:
    """Whether a text stands above the rows."""
    return any(title in cell for row in table.rows[:_HEADER_WITHIN] for cell in row.cells[:1] if isinstance(cell, str))


def _distinct(row: Row) -> tuple[str, ...]:
    names: list[str] = []
    for number, cell in enumerate(row.cells, 1):
        name = text_of(cell) or str(number)
        names.append(f"{name} {number}" if name in names else name)
    return tuple(names)


@dataclasses.dataclass(frozen=True, slots=True)
class Style:
    """How the cells of one file are written.

    currency: where nothing says it. zone: of local times that state none.
    """

    order: DateOrder
    decimal_comma: bool
    currency: str
    zone: timezone


def currency_named(heading: Heading, rows: Sequence[Row], words: Sequence[str]) -> str | None:
    """The one currency that the figures of `words` carry with them, as code or symbol."""
    places = [heading.places[word] for word in words if word in heading.places]
    cells = (row.cells[at] for row in rows[:200] for at in places if at < len(row.cells))
    named = {currency_in(text_of(cell)) for cell in cells} - {None}
    return named.pop() if len(named) == 1 else None


def comma_in(heading: Heading, rows: Sequence[Row], words: Sequence[str]) -> bool:
    """Whether the columns of `words` write 1.234,56."""
    places = [heading.places[word] for word in words if word in heading.places]
    return uses_decimal_comma([row.cells[at] for row in rows for at in places if at < len(row.cells)])


def order_in(heading: Heading, rows: Sequence[Row], word: str) -> DateOrder | None:
    """The order that the dates of a column prove."""
    at = heading.places.get(word, -1)
    return order_of([row.cells[at] for row in rows if 0 <= at < len(row.cells)])


@functools.lru_cache(maxsize=8192)
def _money(text: str, currency: str, *, comma: bool) -> Money | str:
    """The amount that a text states, or the reason why it states none."""
    if len(text) > LONGEST:
        return "amount_unreadable"
    try:
        return parse_amount(figure_of(text)[0], currency, decimal_comma=comma)
    except Rejection as rejection:
        return rejection.code


class Record:
    """One row, read by our words for its columns. `texts`: its cells without their padding."""

    __slots__ = ("_places", "_style", "row", "texts")

    def __init__(self, row: Row, heading: Heading, style: Style) -> None:
        self.row, self._places, self._style = row, heading.places, style
        self.texts = tuple([cell.strip() if isinstance(cell, str) else text_of(cell) for cell in row.cells])

    def cell(self, word: str) -> Cell:
        """The cell, "" where the file or a short row has none."""
        at = self._places.get(word, -1)
        return self.row.cells[at] if 0 <= at < len(self.row.cells) else ""

    def text(self, word: str) -> str:
        """The cell's text; a dash or a slash alone is an empty cell's sign."""
        at = self._places.get(word, -1)
        text = self.texts[at] if 0 <= at < len(self.texts) else ""
        return "" if text in NOTHING else text

    def has(self, word: str) -> bool:
        """Whether the file has such a column."""
        return word in self._places

    def money(self, word: str, currency: str = "") -> Money:
        """The signed amount of a cell; zero where it is empty.

        Raises:
            Unreadable: for anything that is no amount of the currency.
        """
        text, code = self.text(word), currency or self._style.currency
        if not text:
            return Money(0, code)
        comma = self._style.decimal_comma and isinstance(self.cell(word), str)
        found = _money(text, code, comma=comma)
        if isinstance(found, str):
            raise Unreadable(word, found, text)
        return found

    def stated(self, word: str, currency: str = "") -> Money:
        """As `money`, of a cell that must not be empty.

        Raises:
            Unreadable: also for an empty cell.
        """
        if not self.text(word):
            raise Unreadable(word, "missing", "")
        return self.money(word, currency)

    def currency(self, word: str = "currency") -> str:
        """The currency that a cell names, the file's own where it is empty.

        Raises:
            Unreadable: for a currency that does not exist.
        """
        text = self.text(word)
        found = currency_of(text) if text else self._style.currency
        if found is None:
            raise Unreadable(word, "currency_unknown", text)
        return found

    def when(self, day: str = "date", clock: str = "time", zone: timezone | None = None) -> datetime:
        """The instant that the cells of a day, a time of day and a `timezone` state.

        Raises:
            Unreadable: for a day that is none.
        """
        found = moment_of(self.cell(day), self._style.order)
        if isinstance(found, str):
            raise Unreadable(day, found, self.text(day))
        on, at, own = found
        at = time_of(self.cell(clock)) or at if self.has(clock) else at
        own = zone or own or zone_of(self.cell("timezone"))
        return datetime.combine(on, at or time(), own or self._style.zone)
