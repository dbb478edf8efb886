"""How many rows a second every importer reads and prepares: `python -m tests.benchmarks.importers [--rows 100000]`.

Each format gives the same generated purchases. `read` is from the file's bytes to a statement, `prepare` from there to
what the import would do, on a store with nothing in it. Beside them what others take for the same bytes: pandas to make
columns of strings; ofxtools, ofxparse, beancount and beangulp to make their own objects. Seconds are of the processor,
so that a busy machine does not count. Rows read are held against rows written.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import io
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from data import statements
from data.database import Database, open_database
from data.ids import OwnerId, new_id
from data.importers.recognise import recognise
from tests.benchmarks.import_files import FORMATS, Format, rows_of


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """Seconds for one format. others: of other programs that read it, under their names."""

    format: str
    megabytes: float
    rows: int
    read: float
    prepare: float
    others: list[tuple[str, float]]


def measure(one: Format, count: int, seed: int, db: Database) -> Taken:
    """The times for so many rows.

    Raises:
        SystemExit: as many rows must come out as were written.
    """
    data = one.write(rows_of(count, seed))
    began = time.process_time()
    (parsed,) = recognise(data, one.file)
    read = time.process_time()
    if parsed.statement is None:
        raise SystemExit(f"{one.name}: {parsed.refusal}")
    preview = statements.prepare(db, OwnerId(new_id()), [parsed.statement])
    done = time.process_time()
    if len(preview.lines) != count or parsed.statement.problems:
        said = f"{one.name}: {len(preview.lines)} rows of {count}, {len(parsed.statement.problems)} problems"
        raise SystemExit(said)
    return Taken(one.name, len(data) / 1e6, count, read - began, done - read, list(_others(one, data)))


def _others(one: Format, data: bytes) -> Iterator[tuple[str, float]]:
    rivals: list[tuple[str, Callable[[], object]]] = []
    if one.csv:
        rivals.append(("pandas", lambda: _pandas(data, *one.csv)))  # type: ignore[misc]
    if one.name == "any CSV":
        rivals.append(("beangulp", lambda: _beangulp(data)))
    if one.name.startswith("OFX"):
        rivals += [("ofxtools", lambda: _ofxtools(data)), ("ofxparse", lambda: _ofxparse(data))]
    if one.name == "Beancount":
        rivals.append(("beancount", lambda: _beancount(data)))
    for module, run in rivals:
        if importlib.util.find_spec(module) is None:
            sys.stdout.write(f"{module} is not installed: not measured\n")
        else:
            yield module, _timed(run)


def _timed(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def _pandas(data: bytes, encoding: str, first: str) -> object:
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


_HEAD = f"{'format':<16}{'MB':>7}{'read':>10}{'prepare':>10}{'rows/s':>10}   beside it (rows/s)"


def _line(one: Taken) -> str:
    rate = one.rows / (one.read + one.prepare)
    beside = ", ".join(f"{name} {one.rows / taken:,.0f}" for name, taken in one.others) or "-"
    return f"{one.format:<16}{one.megabytes:>7.1f}{one.read:>9.2f}s{one.prepare:>9.2f}s{rate:>10,.0f}   {beside}\n"


def main() -> None:
    """Measure what is asked for and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--only", default="", help="part of a format's name")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "wallet.duckdb")
        wanted = [one for one in FORMATS if options.only.lower() in one.name.lower()]
        sys.stdout.write(f"{options.rows:,} rows, seed {options.seed}\n{_HEAD}\n")
        for one in wanted:
            sys.stdout.write(_line(measure(one, options.rows, options.seed, db)))
            sys.stdout.flush()
        db.close()


if __name__ == "__main__":
    main()
