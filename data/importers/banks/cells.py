"""The cells of one row of a bank's table, and where the columns of each meaning stand."""

from __future__ import annotations

import dataclasses
import re
import unicodedata

from data.importers.reading import text_of
from data.importers.table import Cell

# Dashes and stars stand for nothing, and so does the zero that a sheet keeps in an empty cell of text.
_NOTHING = re.compile(r"[\s\-—–/*]*|0(?:\.0+)?")
_MAYBE_NOTHING = frozenset("-—–/*0 ")

Columns = tuple[int, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Places:
    """Where the columns of each meaning stand, best first; none for a meaning that the table has no column for."""

    date: Columns
    time: Columns
    amount: Columns
    paid_in: Columns
    paid_out: Columns
    direction: Columns
    currency: Columns
    balance: Columns
    card: Columns
    serial: Columns
    status: Columns
    summary: Columns
    payee: Columns
    note: Columns

    @property
    def figures(self) -> Columns:
        """The columns that say how much."""
        return (*self.amount, *self.paid_in, *self.paid_out)

    @property
    def needed(self) -> int:
        """The last column that a row cannot do without."""
        least = (self.date, self.amount, self.paid_in, self.paid_out, self.direction, self.currency)
        return max(columns[0] for columns in least if columns)


class Unreadable(Exception):  # noqa: N818 - it never leaves the importer
    """A cell that stops its row: its column, why, and its text."""

    def __init__(self, at: int, reason: str, text: str = "") -> None:
        super().__init__(reason)
        self.at, self.reason, self.text = at, reason, text


class Cells:
    """A row's cells: as the file has them, as texts (width folded, stripped), and what the texts say ("": nothing)."""

    __slots__ = ("given", "said", "texts")

    def __init__(self, given: tuple[Cell, ...], width: int) -> None:
        self.given = given
        self.texts = [_text(cell) for cell in given]
        self.said = ["" if text[:1] in _MAYBE_NOTHING and _NOTHING.fullmatch(text) else text for text in self.texts]
        self.said += [""] * (width - len(self.said))

    def first(self, columns: Columns) -> str:
        """What the first filled one of these columns says."""
        for at in columns:
            if self.said[at]:
                return self.said[at]
        return ""

    def place(self, columns: Columns) -> int | None:
        """Which of these columns is the first filled one."""
        for at in columns:
            if self.said[at]:
                return at
        return None


def _text(cell: Cell) -> str:
    text = text_of(cell)
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()
