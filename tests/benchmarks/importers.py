"""How many rows a second every importer takes, from the file's bytes to the disk, beside what others take.

`python -m tests.benchmarks.importers [--rows 100000] [--rounds 1] [--only PART]`. Each format gives the same generated
purchases. `read` is from bytes to a statement, `prepare` from there to what the import would do, `commit` from there to
rows, facts and audit chain on disk, in a new store. Beside them, in the same rounds: pandas making columns of strings;
ofxtools, ofxparse, beancount and beangulp making their own objects; a plain Python program that reads the same table
into SQLite. Seconds are of the processor, so that a busy machine does not count; of several rounds the middle one
counts. Programs that read some hundreds of rows a second are given fewer; rates are compared. Rows that come out are
held against rows written.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from data import statements
from data.database import open_database
from data.ids import OwnerId, new_id, new_request_id
from data.importers.recognise import recognise
from data.statements import ImportStatements
from tests.benchmarks.import_files import FORMATS, Format, rows_of
from tests.benchmarks.import_rivals import Rival, rivals_of


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of the processor for one import; `wall`: on the clock, all of it."""

    read: float
    prepare: float
    commit: float
    wall: float

    @property
    def whole(self) -> float:
        """From the bytes to the disk."""
        return self.read + self.prepare + self.commit


def imported(one: Format, data: bytes, count: int) -> Taken:
    """One import into a new store.

    Raises:
        SystemExit: as many rows must come out as were written.
    """
    with tempfile.TemporaryDirectory() as folder:
        db, owner = open_database(Path(folder) / "wallet.duckdb"), OwnerId(new_id())
        clock, began = time.perf_counter(), time.process_time()
        (parsed,) = recognise(data, one.file)
        read = time.process_time()
        if parsed.statement is None:
            raise SystemExit(f"{one.name}: {parsed.refusal}")
        preview = statements.prepare(db, owner, [parsed.statement])
        prepared = time.process_time()
        receipt = statements.commit(db, ImportStatements(owner, new_request_id(), owner, preview.token), preview)
        done, wall = time.process_time(), time.perf_counter() - clock
        db.close()
    if receipt.booked != count or parsed.statement.problems:
        said = f"{one.name}: {receipt.booked} rows of {count}, {len(parsed.statement.problems)} problems"
        raise SystemExit(said)
    return Taken(read - began, prepared - read, done - prepared, wall)


def _timed(run: Callable[[bytes], object], data: bytes) -> float:
    began = time.process_time()
    run(data)
    return time.process_time() - began


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """One format: our times, and each rival's rows a second."""

    name: str
    megabytes: float
    rows: int
    ours: Taken
    others: dict[Rival, float]


def measure(one: Format, count: int, seed: int, rounds: int) -> Measured:
    """Ours and everybody's times in the same rounds, one after the other."""
    rivals = list(rivals_of(one))
    sizes = {rival.most for rival in rivals if rival.most < count} | {count}
    data = {size: one.write(rows_of(size, seed)) for size in sizes}
    ours: list[Taken] = []
    theirs: dict[Rival, list[float]] = {rival: [] for rival in rivals}
    for _ in range(rounds):
        ours.append(imported(one, data[count], count))
        for rival in rivals:
            size = min(rival.most, count)
            theirs[rival].append(size / _timed(rival.run, data[size]))
    middle = sorted(ours, key=lambda taken: taken.whole)[len(ours) // 2]
    rates = {rival: statistics.median(rates) for rival, rates in theirs.items()}
    return Measured(one.name, len(data[count]) / 1e6, count, middle, rates)


_HEAD = (
    f"{'format':<16}{'MB':>7}{'read':>9}{'prepare':>9}{'commit':>9}{'wall':>9}{'rows/s read':>13}{'whole':>9}"
    "   others, rows/s (ours is … times as fast: reading / whole)"
)


def line_of(one: Measured) -> str:
    """One line of the table."""
    taken = one.ours
    read, whole = one.rows / taken.read, one.rows / taken.whole
    beside = [
        f"{rival.name} {rate:,.0f} ({'' if rival.whole else f'{read / rate:.2f} / '}{whole / rate:.2f})"
        for rival, rate in one.others.items()
    ]
    times = f"{taken.read:>8.2f}s{taken.prepare:>8.2f}s{taken.commit:>8.2f}s{taken.wall:>8.1f}s"
    return f"{one.name:<16}{one.megabytes:>7.1f}{times}{read:>13,.0f}{whole:>9,.0f}   {', '.join(beside) or '-'}\n"


def main() -> None:
    """Measure what is asked for and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--only", default="", help="part of a format's name")
    options = asked.parse_args()
    imported(FORMATS[0], FORMATS[0].write(rows_of(100, 1)), 100)  # what is loaded at the first import counts for nobody
    sys.stdout.write(f"{options.rows:,} rows, seed {options.seed}, {options.rounds} rounds\n{_HEAD}\n")
    for one in FORMATS:
        if options.only.lower() in one.name.lower():
            sys.stdout.write(line_of(measure(one, options.rows, options.seed, options.rounds)))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
