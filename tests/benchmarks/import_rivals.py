"""What others take for the same bytes: programs that read statements, and a plain Python program into SQLite.

Each rival is given what makes it fast: the table's encoding, where its header stands, columns by name. The program
into SQLite is the one that a person would write: the csv module, amounts as whole cents, instants, a digest of what
makes a row the same row, an index over the person's days, one transaction that is on disk when it ends.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import importlib.util
import io
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from tests.benchmarks.import_files import Format

_SLOW: Final = 10_000  # rows are enough for programs that read some hundreds a second


@dataclasses.dataclass(frozen=True, slots=True)
class Rival:
    """Another program. run: on the bytes; whole: it keeps what it read, on disk; most: rows that it is given."""

    name: str
    run: Callable[[bytes], object]
    whole: bool = False
    most: int = 10**9


def rivals_of(one: Format) -> Iterator[Rival]:
    """Everybody who reads this format and is installed."""
    if one.csv:
        encoding, first = one.csv
        yield Rival("pandas", lambda data: pandas_reads(data, encoding, first))
    if one.name in _COLUMNS:
        columns = _COLUMNS[one.name]
        yield Rival("SQLite", lambda data: into_sqlite(data, columns), whole=True)
    for module, formats, rival in _PROGRAMS:
        if one.name.startswith(formats) and importlib.util.find_spec(module) is not None:
            yield rival


def pandas_reads(data: bytes, encoding: str, first: str) -> object:
    """A frame of strings."""
    import pandas as pd  # noqa: PLC0415 - only what is measured

    lines = data.decode(encoding).splitlines()
    header = next(at for at, line in enumerate(lines) if line.lstrip("\ufeff").startswith(first))
    return pd.read_csv(
        io.BytesIO(data), encoding=encoding, dtype=str, skiprows=header, on_bad_lines="skip", skip_blank_lines=False
    )


def _ofxtools(data: bytes) -> object:
    from ofxtools.Parser import OFXTree  # noqa: PLC0415 - only what is measured

    tree = OFXTree()
    tree.parse(io.BytesIO(data))
    return tree.convert()


def _ofxparse(data: bytes) -> object:
    from ofxparse import OfxParser  # noqa: PLC0415 - only what is measured

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its parser of HTML about XML
        return OfxParser.parse(io.BytesIO(data))


def _beangulp(data: bytes) -> object:
    """Read as its manual says for a table: a class that names the columns."""
    from beangulp.importers import csvbase  # noqa: PLC0415 - only what is measured

    class Bank(csvbase.Importer):  # type: ignore[misc]
        date = csvbase.Date("Date")
        payee = csvbase.Column("Payee")
        narration = csvbase.Column("Payee")
        amount = csvbase.Amount("Amount")
        currency = csvbase.Column("Currency")

        def identify(self, _path: str) -> bool:
            return True

    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        return Bank("Assets:Bank", "CNY").extract(file.name, [])


def _beancount(data: bytes) -> object:
    from beancount import loader  # noqa: PLC0415 - only what is measured

    return loader.load_string(data.decode())


_PROGRAMS: Final = (
    ("beangulp", ("any CSV",), Rival("beangulp", _beangulp)),
    ("ofxtools", ("OFX",), Rival("ofxtools", _ofxtools, most=_SLOW)),
    ("ofxparse", ("OFX",), Rival("ofxparse", _ofxparse, most=_SLOW // 10)),
    ("beancount", ("Beancount",), Rival("beancount", _beancount)),
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Columns:
    """Where a table's header begins, and what its columns are called."""

    encoding: str
    first: str
    time: str
    amount: str
    payee: str
    direction: str = ""
    order: str = ""


_COLUMNS: Final = {
    "Alipay app": _Columns("gb18030", "交易时间", "交易时间", "金额", "交易对方", "收/支", "交易订单号"),
    "WeChat CSV": _Columns("utf-8-sig", "交易时间", "交易时间", "金额(元)", "交易对方", "收/支", "交易单号"),
    "JD": _Columns("utf-8-sig", "交易时间", "交易时间", "金额", "商户名称", "收/支", "交易订单号"),
    "CMB debit card": _Columns("utf-8", "记账日期", "记账日期", "交易金额", "对手信息"),
    "any CSV": _Columns("utf-8", "Date", "Date", "Amount", "Payee"),
}
_TABLE: Final = """
CREATE TABLE row (
    print TEXT PRIMARY KEY, owner TEXT NOT NULL, booked_on TEXT NOT NULL, occurred_at TEXT NOT NULL,
    minor INTEGER NOT NULL, payee TEXT NOT NULL, order_id TEXT NOT NULL, cells TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX by_day ON row (owner, booked_on)"""


def into_sqlite(data: bytes, columns: _Columns) -> int:
    """How many rows are in the table afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        con = sqlite3.connect(Path(folder) / "rows.sqlite")
        con.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + _TABLE)
        with con:
            con.executemany("INSERT OR IGNORE INTO row VALUES (?, 'me', ?, ?, ?, ?, ?, ?)", _rows(data, columns))
        ((count,),) = con.execute("SELECT count(*) FROM row").fetchall()
        con.close()
    return int(count)


def _rows(data: bytes, columns: _Columns) -> Iterator[tuple[object, ...]]:
    lines = iter(io.StringIO(data.decode(columns.encoding), newline=""))
    header = next(line for line in lines if line.startswith(columns.first))
    names = [name.strip() for name in next(csv.reader([header]))]
    time, amount, payee = (names.index(name) for name in (columns.time, columns.amount, columns.payee))
    direction = names.index(columns.direction) if columns.direction else None
    order = names.index(columns.order) if columns.order else None
    seen: dict[str, int] = {}
    for row in csv.reader(lines):
        if len(row) <= amount:
            continue
        when = datetime.fromisoformat(row[time].strip())
        minor = _minor(row[amount])
        if direction is not None and row[direction].strip() == "支出":
            minor = -minor
        number = row[order].strip() if order is not None else ""
        said = f"{when}|{minor}|{row[payee].strip()}|{number}"
        twin = seen[said] = seen.get(said, -1) + 1  # equal rows of one file are two
        digest = hashlib.sha256(f"{said}|{twin}".encode()).hexdigest()
        yield digest, str(when.date()), str(when), minor, row[payee].strip(), number, "\x1f".join(row)


def _minor(text: str) -> int:
    whole, _, cents = text.strip().lstrip("¥").partition(".")
    minor = int(whole) * 100
    return minor - int(cents or 0) if whole.startswith("-") else minor + int(cents or 0)
