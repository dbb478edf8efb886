"""How an xls file (the workbook format of before 2007) becomes tables.

By a reader in pure Python: the faster one allocates what a damaged file asks for and takes the process down with it.
"""

from __future__ import annotations

import io
import struct

import xlrd  # type: ignore[import-untyped]

from data.importers.reading import as_decimal
from data.importers.statement import FileRefused
from data.importers.table import Cell, Row, Table

# What the reader lets through from the depths of a damaged file, beside its own two error classes.
_DAMAGED = (
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    struct.error,
    AssertionError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    NotImplementedError,
    MemoryError,
    RecursionError,
)


def xls_tables(data: bytes, file: str) -> list[Table]:
    """Every sheet with at least one filled row, in order; row numbers are the sheet's, from 1.

    Raises:
        FileRefused: `zip_password_needed` for an encrypted workbook, `binary` for a damaged one.
    """
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), ragged_rows=True)
        tables = [_table(book, sheet, file) for sheet in book.sheets()]
    except _DAMAGED as error:
        reason = "zip_password_needed" if "encrypted" in str(error) else "binary"
        raise FileRefused(file, reason, detail=str(error)[:200]) from None
    return [table for table in tables if table.rows]


def _table(book: xlrd.Book, sheet: xlrd.sheet.Sheet, file: str) -> Table:
    rows = (Row(number + 1, tuple(_cell(book, cell) for cell in sheet.row(number))) for number in range(sheet.nrows))
    filled = tuple(row for row in rows if any(cell != "" for cell in row.cells))
    return Table(file, "xls", filled, sheet=sheet.name)


def _cell(book: xlrd.Book, cell: xlrd.sheet.Cell) -> Cell:
    match cell.ctype:
        case xlrd.XL_CELL_NUMBER:
            return as_decimal(cell.value)
        case xlrd.XL_CELL_DATE:
            try:
                return xlrd.xldate_as_datetime(cell.value, book.datemode)  # type: ignore[no-any-return]
            except (ValueError, OverflowError):  # a number that only looks like a date
                return as_decimal(cell.value)
        case xlrd.XL_CELL_BOOLEAN:
            return "TRUE" if cell.value else "FALSE"
        case xlrd.XL_CELL_TEXT:
            return str(cell.value)
        case _:  # empty, blank, an error value
            return ""
