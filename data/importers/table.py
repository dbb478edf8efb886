"""What a table of cells is, wherever it came from: a CSV file or one sheet of a workbook.

Every importer of tabular files has the same two functions, `recognises(table)` and `parse(table)`; `recognise.py`
asks them in turn. Cells are text exactly as the file has them (CSV: unquoted, padding kept), except that numeric
sheet cells arrive as `Decimal` and date cells as `datetime` without zone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from data.importers.statement import Statement

Cell = str | Decimal | datetime


class Row(NamedTuple):
    """One row: its physical line (CSV, where it begins) or sheet row, from 1, and its cells."""

    line: int
    cells: tuple[Cell, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """All rows of one CSV file or sheet; blank rows are kept out, their numbers stay counted."""

    file: str
    encoding: str
    rows: tuple[Row, ...]
    sheet: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Importer:
    """A tabular format: is this mine, by content alone, and what does it say.

    parse_in: with the person's own currency, for formats whose files may name none.
    """

    format: str
    recognises: Callable[[Table], bool]
    parse: Callable[[Table], Statement]
    parse_in: Callable[[Table, str], Statement] | None = None

    def read(self, table: Table, currency: str) -> Statement:
        """What the table says; `currency` is meant where it names none."""
        return self.parse_in(table, currency) if self.parse_in else self.parse(table)
