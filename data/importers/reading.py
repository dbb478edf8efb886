"""How bytes become tables: decoding, CSV rows with their physical lines, workbook sheets, and finding the header.

Encodings are tried as BOM, strict UTF-8, GB18030, UTF-16; a file that is none of them from end to end is refused
with the line where it stops being readable, never decoded with replacement characters.
"""

from __future__ import annotations

import codecs
import csv
import dataclasses
import functools
import io
import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from data.importers.statement import FileRefused
from data.importers.table import Cell, Row, Table

MAX_BYTES = 64 * 1024 * 1024  # 100,000 Alipay rows are 20 MB
MAX_ROWS = 1_000_000
HEADER_WITHIN = 200  # rows in which a header is looked for: preambles have 4 to 25

_WORKBOOK_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_SENTINEL = "\x1a<end of file>"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_CONTROL_BYTES = bytes((*range(9), *range(14, 26), *range(27, 32)))
_WIDE_UTF8 = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}[\xe0-\xef][\x80-\xbf]{2}")  # two neighbours of three bytes each


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns: where it stands, and folded name → position."""

    index: int
    line: int
    names: tuple[str, ...]
    columns: Mapping[str, int]


def is_workbook(data: bytes) -> bool:
    """Whether these bytes begin like an xlsx (zip) or xls (OLE) file."""
    return data.startswith(_WORKBOOK_MAGIC)


def decode(data: bytes, file: str) -> tuple[str, str]:
    """The text and its encoding label: `utf-8`, `utf-8-bom`, `gb18030`, `utf-16-le`, `utf-16-be`.

    Raises:
        FileRefused: `empty`, `too_large`, `binary`, `truncated` (ends within a character), `mixed_encodings`.
    """
    if not data.strip():
        raise FileRefused(file, "empty")
    if len(data) > MAX_BYTES:
        raise FileRefused(file, "too_large", detail=str(len(data)))
    text, encoding = _decode_marked(data, file) or _decode_plain(data, file)
    # In every encoding but UTF-16 a control character is its byte, and bytes are searched four times faster.
    if encoding.startswith("utf-16") or len(data.translate(None, _CONTROL_BYTES)) != len(data):
        found = _CONTROL.search(text)
        if found:
            raise FileRefused(file, "binary", line=text.count("\n", 0, found.start()) + 1)
    return text, encoding


def _decode_marked(data: bytes, file: str) -> tuple[str, str] | None:
    for mark, codec, label in (
        (codecs.BOM_UTF8, "utf-8", "utf-8-bom"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
    ):
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(codec), label
            except UnicodeDecodeError as error:
                raise _undecodable(data[len(mark) :], file, error) from None
    return None


def _decode_plain(data: bytes, file: str) -> tuple[str, str]:
    if is_workbook(data):
        raise FileRefused(file, "binary")
    if b"\x00" in data:
        return _decode_unmarked_utf16(data, file)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        as_utf8 = error
    _refuse_mixture(data, file, _line_at(data, as_utf8.start))
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        # The reading that got further is the encoding the file began in.
        raise _undecodable(data, file, max(as_utf8, error, key=lambda e: e.start)) from None


def _decode_unmarked_utf16(data: bytes, file: str) -> tuple[str, str]:
    # Commas, digits and line ends of a statement have a zero high byte: before them in BE, after them in LE.
    codec = "utf-16-be" if data[0::2].count(0) > data[1::2].count(0) else "utf-16-le"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        raise FileRefused(file, "binary", line=_line_at(data, data.index(b"\x00"))) from None
    return text, codec


def _refuse_mixture(data: bytes, file: str, doubtful: int) -> None:
    """GB18030 reads most UTF-8 bytes without complaint, as nonsense: so look for lines that are surely UTF-8.

    Two neighbouring three-byte characters, twice, in a line that is valid UTF-8 throughout do not happen in GB18030
    text by chance often enough to matter; one such line among lines that are not UTF-8 means two encodings. doubtful:
    the first line that is not.
    """
    end = 0
    for found in _WIDE_UTF8.finditer(data):
        if found.start() < end:
            continue
        begin, end = data.rfind(b"\n", 0, found.start()) + 1, data.find(b"\n", found.end())
        end = len(data) if end < 0 else end
        if _is_surely_utf8(data[begin:end]):
            truncated = doubtful == data.count(b"\n") + 1 and _ends_within_character(data)
            sure = _line_at(data, begin)
            raise FileRefused(file, "truncated" if truncated else "mixed_encodings", line=max(sure, doubtful))


def _is_surely_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(_WIDE_UTF8.findall(line)) > 1


def _ends_within_character(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False


def _undecodable(data: bytes, file: str, error: UnicodeDecodeError) -> FileRefused:
    line = _line_at(data, error.start)
    if "end of data" in error.reason or "incomplete" in error.reason or "truncated" in error.reason:
        return FileRefused(file, "truncated", line=line)
    controls = sum(byte < 9 or 13 < byte < 32 for byte in data[:4096])  # noqa: PLR2004 - control bytes but \t..\r
    return FileRefused(file, "binary" if controls > len(data[:4096]) // 100 else "mixed_encodings", line=line)


def _line_at(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def csv_table(data: bytes, file: str, *, delimiter: str = ",") -> Table:
    """All rows of a CSV file, each with the physical line on which it begins; quoted cells may hold line ends.

    Raises:
        FileRefused: as `decode`; `truncated` when the file ends within quotes; `too_large` above `MAX_ROWS`.
    """
    text, encoding = decode(data, file)
    return text_table(text, encoding, file, delimiter)


def text_table(text: str, encoding: str, file: str, delimiter: str) -> Table:
    """The same of a text that is decoded already.

    Raises:
        FileRefused: `truncated`, `too_large`.
    """
    # The extra last line shows whether quotes are still open at the end: then it is part of the last cell.
    reader = csv.reader(itertools.chain(io.StringIO(text, newline=""), [_SENTINEL]), delimiter=delimiter)
    rows: list[Row] = []
    begins = 0
    try:
        for cells in reader:
            begins, line = reader.line_num, begins + 1
            if any(map(str.strip, cells)):
                rows.append(Row(line, tuple(cells)))
                if len(rows) > MAX_ROWS + 1:
                    break
    except csv.Error as error:
        raise FileRefused(file, "truncated", line=begins + 1, detail=str(error)) from None
    last = rows.pop()
    if len(rows) > MAX_ROWS:
        raise FileRefused(file, "too_large", line=rows[MAX_ROWS].line)
    if last.cells != (_SENTINEL,):
        raise FileRefused(file, "truncated", line=last.line)
    return Table(file, encoding, tuple(rows))


def text_of(cell: Cell) -> str:
    """A cell as text without its padding: blanks, TABs, no-break and ideographic spaces."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return f"{cell:f}"


def texts_of(row: Row) -> list[str]:
    """The texts of all cells of a row."""
    return [cell.strip() if isinstance(cell, str) else text_of(cell) for cell in row.cells]


@functools.lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A column name with width, padding and inner blanks folded away: `金额（元）` and ` 金额(元)` are one."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def locate_header(table: Table, names: Iterable[str], *, at_least: int = 2) -> Header | None:
    """The first row (among the first `HEADER_WITHIN`) that holds at least `at_least` of `names`, or None."""
    wanted = {folded(name) for name in names}
    for index, row in enumerate(table.rows[:HEADER_WITHIN]):
        cells = tuple(folded(cell) if isinstance(cell, str) else "" for cell in row.cells)
        if len(wanted.intersection(cells)) >= at_least:
            # A repeated name means its first column; the trailing comma's empty name is no column.
            columns = {name: at for at, name in reversed(tuple(enumerate(cells))) if name}
            return Header(index, row.line, cells, columns)
    return None


def find_header(table: Table, names: Iterable[str], required: Iterable[str]) -> Header:
    """The header row of a table whose format is known: found by `names`, holding all of `required`.

    Raises:
        FileRefused: `no_header`; `missing_column` with the column in `detail`; `no_rows` when nothing follows it.
    """
    header = locate_header(table, names)
    if header is None:
        raise FileRefused(table.file, "no_header")
    for name in required:
        if folded(name) not in header.columns:
            raise FileRefused(table.file, "missing_column", line=header.line, detail=name)
    if header.index + 1 == len(table.rows):
        raise FileRefused(table.file, "no_rows", line=header.line)
    return header


def as_decimal(number: float) -> Decimal:
    """A sheet's number as its author typed it: 15 significant digits, what spreadsheets show and keep."""
    return Decimal(f"{number:.15g}")
