"""How an xlsx or xls file becomes tables: one per sheet that has rows.

The sheet reader allocates the rectangle that the outermost cells span, so a tiny file with one cell in the last
corner could ask for terabytes: sizes are looked at in the zip before anything is built.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from decimal import Decimal

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from data.importers.archive import DAMAGED_ZIP
from data.importers.reading import MAX_BYTES, MAX_ROWS, as_decimal, is_workbook
from data.importers.statement import FileRefused
from data.importers.table import Cell, Row, Table
from data.importers.xls import xls_tables

MAX_UNPACKED = 512 * 1024 * 1024
MAX_CELLS = 20_000_000

_ROW_NUMBER = re.compile(rb"<row[^>]{0,200}?\br=\"(\d+)\"")
_CELL_COLUMNS = ((re.compile(rb"\br=\"[A-Z]{3}\d"), 16384), (re.compile(rb"\br=\"[A-Z]{2}\d"), 702))


def workbook_tables(data: bytes, file: str) -> list[Table]:
    """Every sheet with at least one non-empty row, in order; row numbers are the sheet's, from 1.

    Numbers arrive as `Decimal`, dates as `datetime` without zone; a sheet's encoding label is `xlsx` or `xls`.

    Raises:
        FileRefused: `empty`, `too_large`, `zip_bomb`, `truncated` (a broken zip), `zip_password_needed`, `binary`.
    """
    if not data:
        raise FileRefused(file, "empty")
    if len(data) > MAX_BYTES:
        raise FileRefused(file, "too_large", detail=str(len(data)))
    if not is_workbook(data):
        raise FileRefused(file, "binary")
    filled = [table for table in _xlsx_tables(data, file) if table.rows] if _is_zip(data) else xls_tables(data, file)
    if not filled:
        raise FileRefused(file, "empty")
    return filled


def _is_zip(data: bytes) -> bool:
    return data.startswith(b"PK")


def _xlsx_tables(data: bytes, file: str) -> list[Table]:
    _refuse_bomb(data, file)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_sheet(book, name, file, "xlsx") for name in book.sheet_names]
    except PasswordError:
        raise FileRefused(file, "zip_password_needed") from None
    except (CalamineError, ValueError, OSError) as error:
        raise FileRefused(file, "binary", detail=str(error)[:200]) from None
    except BaseException as error:
        # The reader's own assertions on a damaged file arrive as a class that it neither exports nor derives
        # from Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused(file, "truncated", detail=str(error)[:200]) from None


def _refuse_bomb(data: bytes, file: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise FileRefused(file, "zip_bomb")
            for member in members:
                if "worksheets/" in member.filename and member.filename.endswith(".xml"):
                    _refuse_vast_sheet(archive.read(member), file)
    except DAMAGED_ZIP as error:
        raise FileRefused(file, "truncated", detail=str(error)[:200]) from None


def _refuse_vast_sheet(xml: bytes, file: str) -> None:
    rows = max(map(int, _ROW_NUMBER.findall(xml)), default=0)
    columns = next((width for pattern, width in _CELL_COLUMNS if pattern.search(xml)), 26)
    if rows > MAX_ROWS or (columns > 26 and rows * columns > MAX_CELLS):  # noqa: PLR2004 - A to Z are always fine
        raise FileRefused(file, "too_large", line=rows)


def _sheet(book: CalamineWorkbook, name: str, file: str, label: str) -> Table:
    sheet = book.get_sheet_by_name(name)
    rows = (
        Row(number, tuple(map(_cell, cells)))
        for number, cells in enumerate(sheet.to_python(skip_empty_area=False), 1)
        if any(cell != "" for cell in cells)
    )
    return Table(file, label, tuple(rows), sheet=name)


def _cell(value: object) -> Cell:
    match value:
        case str() | datetime():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return Decimal(value)
        case float():
            return as_decimal(value)
        case date():
            return datetime.combine(value, time())
        case _:  # a time of day, a duration
            return str(value)
