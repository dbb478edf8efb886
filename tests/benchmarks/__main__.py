"""The dashboard's four answers beside what one would use instead, at every size.

    python -m tests.benchmarks [--sizes 10k,100k,1m,10m] [--peers all] [--rounds 9] [--report DIR] [--stores DIR]

For each size a store of one owner is filled (or taken from --stores, where earlier runs left it), every rival is loaded
from it in a process of its own, the answers are compared, and then all are asked in turn: with nothing held, again, and
after one more durable transaction. Then one owner among many, and whole processes cold beside the plain text tools.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks import cold, report
from tests.benchmarks.figures import Crowd, Found
from tests.benchmarks.fill import SEED, person
from tests.benchmarks.rounds import MODES, Size, copy_of, crowd_of, given_of, measure, say, store_of
from tests.benchmarks.worker import NAMES, OURS, Worker

_UNITS = {"k": 1_000, "m": 1_000_000}


def _rows(text: str) -> int:
    unit = _UNITS.get(text[-1].lower(), 1)
    return int(text[:-1] if unit > 1 else text) * unit


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10k,100k", help="transactions, e.g. 10k,100k,1m,10m")
    parser.add_argument("--peers", default="all", help=f"parts of names, comma-separated; of: {'; '.join(NAMES)}; none")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--crowd", default="", help="e.g. 10m/1000: that many transactions of so many owners")
    parser.add_argument("--no-cold", action="store_true", help="leave out whole processes and the plain text tools")
    parser.add_argument("--report", type=Path, help="where the HTML report, the tables and the chart go")
    parser.add_argument("--stores", type=Path, help="where filled stores are kept from one run to the next")
    return parser.parse_args()


def _names(peers: str) -> list[str]:
    wanted = [one.strip().lower() for one in peers.split(",")]
    return [name for name in NAMES if name == OURS or "all" in wanted or any(one in name.lower() for one in wanted)]


def _crowd(stores: Path, work: Path, text: str, rounds: int) -> Crowd:
    """One owner alone and among others; the crowd as it arrived, then after the wallet's rounds."""
    rows, owners = _rows(text.split("/", maxsplit=1)[0]), int(text.split("/")[1])
    kept = (store_of(stores, rows // owners), crowd_of(stores, rows, owners))
    alone, among = (
        Worker(OURS, work, work, copy_of(one, work / one.name) / "wallet.duckdb", person(SEED, 0)) for one in kept
    )
    _, arrived = _in_turn((alone, among), rounds)
    tidying = among.do("tidy")
    by_itself, tidied = _in_turn((alone, among), rounds)
    memory = among.do("memory")
    for worker in (alone, among):
        worker.close()
    return Crowd(rows, owners, by_itself, arrived, tidied, tidying, memory)


def _in_turn(workers: Sequence[Worker], rounds: int) -> list[dict[str, float]]:
    """Medians by mode of each."""
    taken: list[dict[str, list[float]]] = [{mode: [] for mode in MODES} for _ in workers]
    for _ in range(rounds):
        for mode in MODES:
            for worker, mine in zip(workers, taken, strict=True):
                mine[mode].append(worker.do(mode))
    return [{mode: statistics.median(each) for mode, each in mine.items()} for mine in taken]


def _cold(stores: Path, work: Path, sizes: Sequence[int]) -> tuple[dict[str, float], int, dict[str, str]]:
    rows = max((one for one in sizes if one <= cold.MOST_ROWS), default=0)
    if not rows:
        return {}, 0, {}
    say(f"whole processes, {rows:,}")
    kept = store_of(stores, rows)
    store = copy_of(kept, work / "cold") / "wallet.duckdb"
    times, absent = cold.measure(store, given_of(kept, person(SEED, 0)), work / "journals", person(SEED, 0))
    return times, rows, absent


def _machine() -> str:
    named = ", ".join(f"{one} {version(one)}" for one in ("duckdb", "pandas", "numpy"))
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, {named}; medians"


def main() -> None:
    """Measure, print the tables, write the report."""
    asked = _asked()
    sizes = [_rows(one) for one in asked.sizes.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        work, stores = Path(folder), asked.stores or Path(folder) / "stores"
        work.chmod(0o755)  # PostgreSQL's server is another user
        measured: list[Size] = []
        for rows in sizes:
            say(f"{rows:,} transactions")
            measured.append(measure(stores, work, rows, _names(asked.peers), asked.rounds))
        crowd = _crowd(stores, work, asked.crowd, asked.rounds) if asked.crowd else None
        times, cold_rows, absent = ({}, 0, {}) if asked.no_cold else _cold(stores, work, sizes)
    for size in measured:
        absent |= size.absent
    found = Found(tuple(measured), crowd, times, cold_rows, absent, _machine())
    sys.stdout.write(report.markdown(found))
    if asked.report:
        sys.stdout.write("\n" + "\n".join(f"written: {file}" for file in report.write(found, asked.report)) + "\n")


if __name__ == "__main__":
    main()
