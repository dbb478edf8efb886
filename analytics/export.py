"""What a table looks like as a CSV file that is safe to open: utf-8 with BOM, CRLF, RFC 4180, guarded text cells.

Text that a spreadsheet could take for a formula gets a leading `'`; so do identifiers too long for its numbers. Amounts
are plain numbers with the currency's decimals. `unguarded` takes the guard off again.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from data.cells import guarded, unguarded
from data.errors import require
from data.money import exponent

__all__ = ["Cell", "Column", "Table", "Words", "csv_bytes", "guarded", "unguarded"]


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
    writer.writerows(zip(*_columns(table, words or {}), strict=True))
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _columns(table: Table, words: Words) -> list[list[str]]:
    """The cells' texts, column by column: a column's values repeat, so each is written out once."""
    values = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    keys = [column.key for column in table.columns]
    currencies = values[keys.index("currency")] if "currency" in keys else ()
    return [
        _amounts(column_values, currencies)
        if column.cell is Cell.MONEY
        else _texts(column, column_values, words.get(column.key, {}))
        for column, column_values in zip(table.columns, values, strict=True)
    ]


def _amounts(minors: Sequence[Any], currencies: Sequence[str]) -> list[str]:
    return [
        "" if minor is None else f"{Decimal(minor).scaleb(-exponent(currency)):f}"
        for minor, currency in zip(minors, currencies, strict=True)
    ]


def _texts(column: Column, values: Sequence[Any], names: Mapping[str, str]) -> list[str]:
    written: dict[Any, str] = {None: ""}
    for value in values:
        if value not in written:
            written[value] = (
                guarded(names.get(value, value)) if column.cell is Cell.WORD else _PLAIN[column.cell](value)
            )
    return [written[value] for value in values]


def _day(value: date) -> str:
    return value.strftime("%Y-%m-%d")


def _instant(value: datetime) -> str:
    return value.isoformat(sep=" ", timespec="seconds")


_PLAIN: Final[Mapping[Cell, Callable[[Any], str]]] = {
    Cell.TEXT: lambda value: guarded(str(value)),
    Cell.SHARE: lambda value: f"{Decimal(value).scaleb(-2):f}",
    Cell.NUMBER: lambda value: str(int(value)),
    Cell.FLAG: lambda value: "1" if value else "0",
    Cell.DATE: _day,
    Cell.TIME: _instant,
}
