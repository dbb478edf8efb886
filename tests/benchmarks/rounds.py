"""One size measured: a store filled, every rival loaded from it, answers compared, then rounds one after the other.

A round asks each rival in turn, so that what else the machine does falls on all of them alike. Times are medians.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from data.database import Database, open_database
from tests.benchmarks.fill import SEED, fill, fill_many, person
from tests.benchmarks.rivals.extract import extract
from tests.benchmarks.rivals.ours import open_purse
from tests.benchmarks.worker import NAMES, OURS, Worker

MODES: Final = ("uncached", "held", "change")
_SLOW_MS: Final = 2_000  # whoever takes longer is asked in fewer rounds
_FEW: Final = 2


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """What one rival took at one size: medians in milliseconds by mode; KiB now, at most, before, of its server."""

    name: str
    rows: int
    times: dict[str, float]
    rounds: int
    memory: dict[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Size:
    """All figures of one size, and who was not there and why."""

    rows: int
    figures: tuple[Figure, ...]
    absent: dict[str, str]


def say(text: str) -> None:
    """Tell how far the run is."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


def store_of(stores: Path, rows: int) -> Path:
    """The folder with a store of one owner with so many transactions, filled if it is not there yet."""
    return _filled(stores / f"one-{rows}", lambda db: fill(db, rows, owner=person(SEED, 0)))


def crowd_of(stores: Path, rows: int, owners: int) -> Path:
    """The folder with a store of many owners with so many transactions together, in the order of the days."""
    return _filled(stores / f"many-{rows}-{owners}", lambda db: fill_many(db, rows, owners, arriving=True))


def _filled(folder: Path, work: Callable[[Database], object]) -> Path:
    if (folder / "filled").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say(f"filling {folder.name}")
    started = time.perf_counter()
    database = open_database(folder / "wallet.duckdb")
    open_purse(database, person(SEED, 0))
    work(database)
    database.close()
    say(f"filled in {time.perf_counter() - started:.0f} s")
    (folder / "filled").touch()
    return folder


def given_of(folder: Path, owner: UUID) -> Path:
    """What the rivals load, written from the store if it is not there yet."""
    rows = folder / "rows.parquet"
    if not rows.exists():
        database = open_database(folder / "wallet.duckdb")
        extract(database, owner, folder / "unfinished")
        database.close()
        (folder / "unfinished").rename(rows)
    return rows


def measure(stores: Path, work: Path, rows: int, names: Sequence[str], rounds: int) -> Size:
    """Every named rival at one size."""
    owner, kept = person(SEED, 0), store_of(stores, rows)
    given = given_of(kept, owner)
    with _workers(work / f"{rows}", kept, given, owner, names) as (workers, absent):
        for one in workers:
            one.do("tidy")  # what ours does in the background; the others were analysed and vacuumed when loaded
        _compare(workers)
        times = _rounds(workers, rounds)
        figures = [
            Figure(
                one.name,
                rows,
                {mode: statistics.median(taken) for mode, taken in times[one.name].items()},
                len(times[one.name]["held"]),
                one.do("memory"),
            )
            for one in workers
        ]
    return Size(rows, tuple(figures), absent)


@contextlib.contextmanager
def _workers(
    work: Path, kept: Path, given: Path, owner: UUID, names: Sequence[str]
) -> Iterator[tuple[list[Worker], dict[str, str]]]:
    """The rivals that are there, loaded one after the other; ours on copies of the store, since it will change."""
    work.mkdir(parents=True)
    workers: list[Worker] = []
    absent: dict[str, str] = {}
    try:
        for name in (one for one in NAMES if one in names):
            say(f"loading {name}")
            copied = copy_of(kept, work / f"store {name}") if name == OURS else kept
            worker = Worker(name, given, work, copied / "wallet.duckdb", owner)
            if worker.missing:
                absent[name] = worker.missing
                worker.close()
            else:
                workers.append(worker)
        yield workers, absent
    finally:
        for worker in workers:
            with contextlib.suppress(RuntimeError):
                worker.close()
        shutil.rmtree(work, ignore_errors=True)


def copy_of(kept: Path, folder: Path) -> Path:
    """A copy of a store, with what is kept beside it."""
    shutil.copytree(kept, folder, ignore=shutil.ignore_patterns("*.parquet"))
    return folder


def _compare(workers: Sequence[Worker]) -> None:
    """Stop when two answers differ: a time of a wrong answer is worth nothing."""
    first, *others = [(one.name, one.do("check")) for one in workers]
    for name, found in others:
        wrong = [question for question, answer in first[1].items() if found[question] != answer]
        if wrong:
            raise SystemExit(f"{name} and {first[0]} differ in {wrong}")


def _rounds(workers: Sequence[Worker], rounds: int) -> dict[str, dict[str, list[float]]]:
    times: dict[str, dict[str, list[float]]] = {one.name: {mode: [] for mode in MODES} for one in workers}
    for done in range(rounds):
        for mode in MODES:
            for one in workers:
                taken = times[one.name][mode]
                if len(taken) < _FEW or max(taken) < _SLOW_MS:
                    taken.append(one.do(mode))
        if done in (0, rounds - 1):
            say(f"round {done + 1} of {rounds}")
    return times
