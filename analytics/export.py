"""What a table looks like as a CSV file that is safe to open: utf-8 with BOM, CRLF, RFC 4180, guarded text cells.

Text that a spreadsheet could take for a formula gets a leading `'`; so do identifiers too long for its numbers. Amounts
are plain numbers with the currency's decimals. `unguarded` takes the guard off again.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from data.errors import require
from data.money import exponent


class Cell(StrEnum):
    """What a column holds: MONEY minor units of the row's currency, SHARE basis points, WORD a key with a name."""

    TEXT = "text"
    WORD = "word"
    MONEY = "money"
    SHARE = "share"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable machine name and what it holds."""

    key: str
    cell: Cell = Cell.TEXT


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """What is on the screen, in its order. A table with money has a column `currency`."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        money = any(column.cell is Cell.MONEY for column in self.columns)
        require(not money or "currency" in keys, f"table {self.name} has amounts of no currency")


Words = Mapping[str, Mapping[str, str]]  # column key → key → the text shown for it


def csv_bytes(table: Table, headers: Mapping[str, str] | None = None, words: Words | None = None) -> bytes:
    """The file's content.

    headers: column key → heading in the person's language; None: the stable machine names. words: for WORD columns the
    texts shown; a key without one stands for itself.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded((headers or {}).get(column.key, column.key)) for column in table.columns])
    writer.writerows(_lines(table, words or {}))
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _lines(table: Table, words: Words) -> Iterable[list[str]]:
    keys = [column.key for column in table.columns]
    place = keys.index("currency") if "currency" in keys else None
    for row in table.rows:
        currency = row[place] if place is not None else ""
        yield [
            _text(column, value, currency, words.get(column.key, {}))
            for column, value in zip(table.columns, row, strict=True)
        ]


def _text(column: Column, value: Any, currency: str, names: Mapping[str, str]) -> str:  # noqa: ANN401 - any cell
    if value is None:
        return ""
    if column.cell is Cell.MONEY:
        return f"{Decimal(value).scaleb(-exponent(currency)):f}"
    if column.cell is Cell.WORD:
        return guarded(names.get(str(value), str(value)))
    return _PLAIN[column.cell](value)


def _day(value: date) -> str:
    return value.strftime("%Y-%m-%d")


def _instant(value: datetime) -> str:
    return value.isoformat(sep=" ", timespec="seconds")


# Blanks that a spreadsheet may trim before it looks for a formula: white space, control and zero-width characters.
_BLANK: Final = r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]*"
# A text of digits only that a spreadsheet would round (it keeps 15) is guarded too. Text that already looks guarded
# gets one more, so that taking one off always gives the text back.
_DANGEROUS: Final = re.compile(rf"'*(?:{_BLANK}[=+\-@＝＋－＠]|[ \u3000]*[\t\r\n]|{_BLANK}\d{{16,}}\s*\Z)")


def guarded(text: str) -> str:
    """The text as a cell that is no formula and no number too long to be kept."""
    return "'" + text if _DANGEROUS.match(text) else text


def unguarded(cell: str) -> str:
    """The text that a guarded cell stands for."""
    return cell[1:] if cell.startswith("'") and _DANGEROUS.match(cell[1:]) else cell


_PLAIN: Final[Mapping[Cell, Callable[[Any], str]]] = {
    Cell.TEXT: lambda value: guarded(str(value)),
    Cell.SHARE: lambda value: f"{Decimal(value).scaleb(-2):f}",
    Cell.NUMBER: lambda value: str(int(value)),
    Cell.FLAG: lambda value: "1" if value else "0",
    Cell.DATE: _day,
    Cell.TIME: _instant,
}
