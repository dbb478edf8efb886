"""How many rows a second every importer reads and prepares: `python -m tests.benchmarks.importers [--rows 100000]`.

Each format gives the same generated purchases. `read` is from the file's bytes to a statement, `prepare` from there to
what the import would do, on a store with nothing in it. Beside them what others take for the same bytes: pandas to make
columns of strings, ofxtools and beancount to make their own objects. Seconds are of the processor, so that a busy
machine does not count. Rows read are held against rows written.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from data import statements
from data.database import Database, open_database
from data.ids import OwnerId, new_id
from data.importers.recognise import recognise
from tests.benchmarks.import_files import FORMATS, Format, rows_of


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """Seconds for one format. other: of another program, under its name; None: it does not read the format."""

    format: str
    megabytes: float
    rows: int
    read: float
    prepare: float
    other: tuple[str, float] | None


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
    return Taken(one.name, len(data) / 1e6, count, read - began, done - read, _other(one, data))


def _other(one: Format, data: bytes) -> tuple[str, float] | None:
    if one.csv:
        return "pandas", _timed(lambda: _pandas(data, *one.csv))  # type: ignore[misc]
    if one.name.startswith("OFX"):
        return _if_there("ofxtools", lambda: _ofxtools(data))
    if one.name == "Beancount":
        return _if_there("beancount", lambda: _beancount(data))
    return None


def _if_there(module: str, run: Callable[[], object]) -> tuple[str, float] | None:
    if importlib.util.find_spec(module) is None:
        sys.stdout.write(f"{module} is not installed: not measured\n")
        return None
    return module, _timed(run)


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


def _beancount(data: bytes) -> object:
    from beancount import loader  # noqa: PLC0415 - only what is measured

    return loader.load_string(data.decode())


def _table(found: list[Taken]) -> str:
    lines = [f"{'format':<16}{'MB':>7}{'read':>10}{'prepare':>10}{'rows/s':>10}   beside it (rows/s)"]
    for one in found:
        rate = one.rows / (one.read + one.prepare)
        beside = f"{one.other[0]} {one.rows / one.other[1]:,.0f}" if one.other else "-"
        lines.append(
            f"{one.format:<16}{one.megabytes:>7.1f}{one.read:>9.2f}s{one.prepare:>9.2f}s{rate:>10,.0f}   {beside}"
        )
    return "\n".join(lines) + "\n"


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
        found = [measure(one, options.rows, options.seed, db) for one in wanted]
        db.close()
    sys.stdout.write(f"{options.rows:,} rows, seed {options.seed}\n{_table(found)}")


if __name__ == "__main__":
    main()
