"""An hour's work of a busy house in a bounded count of steps: what grows meanwhile? `python -m tests.benchmarks.soak`.

Payments from several threads, statements imported, dashboards read, all at once, on a real store, in ten equal parts.
After each part: latencies of that part, the memory of the process, the log (its size now and at most), and how often it
was written into the file (LEDGER §9.6). The books are checked at the end. Exit code 1 when something grew that should
not: memory beyond what the first parts needed, the log, or the latency of payments.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import gc
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from analytics.budgets import budget
from analytics.overview import overview
from analytics.scope import look
from analytics.trends import stack
from data import statements
from data.database import Database
from data.ids import OwnerId, new_id, new_request_id
from data.importers.recognise import recognise
from data.statements import ImportStatements
from data.store.torn_log import log_of
from tests.benchmarks.import_files import FORMATS, Row, rows_of
from tests.benchmarks.payments import Ours

_PARTS: Final = 10
_SETTLED: Final = 3  # parts after which memory should have what it needs
_MEMORY_SHARE: Final = 15  # per cent that it may still grow by from there to the end
_LATENCY_SHARE: Final = 50  # per cent
_LOG_MOST: Final = 64 * 1024 * 1024  # bytes: where LEDGER §9.6 raises the alarm
_WATCH: Final = 0.05  # seconds between two looks at the log
_BILL_EVERY: Final = 400  # rows of one file


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """What one part took: milliseconds by kind of work; bytes of log; KiB of memory; checkpoints."""

    taken: dict[str, list[float]]
    log_now: int
    log_most: int
    checkpoints: int
    memory: int


class House:
    """The store under load: who pays, who imports, who reads."""

    def __init__(self, folder: Path, importers: int) -> None:
        self._ours = Ours(folder)
        self.database: Database = self._ours.database
        self._importers = [OwnerId(new_id()) for _ in range(importers)]
        self._log = log_of(self.database.path)
        self._checkpoints = 0
        self.database.watch_checkpoints(lambda: None, self._count)

    def part(self, number: int, payments: int, imports: int, reads: int, threads: int) -> Part:
        """So much work of each kind at once; ends when all is done and the log had a moment to be written."""
        taken: dict[str, list[float]] = collections.defaultdict(list)
        before = self._checkpoints
        works = [self._paying(payments // threads, taken["payment"]) for _ in range(threads)]
        works += [self._importing(number, imports, taken["import"]), self._reading(reads, taken["read"])]
        most = self._together(works)
        time.sleep(1)
        return Part(taken, self._log_size(), most, self._checkpoints - before, memory())

    def check(self) -> None:
        """Stop the run when the books do not hold together."""
        self._ours.check()

    def close(self) -> None:
        """Close the store."""
        self._ours.close()

    def _paying(self, count: int, taken: list[float]) -> Callable[[], None]:
        pay = self._ours.client()

        def run() -> None:
            for number in range(count):
                _timed(lambda number=number: pay(number), taken)  # type: ignore[misc]

        return run

    def _importing(self, part: int, count: int, taken: list[float]) -> Callable[[], None]:
        def run() -> None:
            for number in range(count):
                at = part * count + number
                owner = self._importers[at % len(self._importers)]
                _timed(lambda at=at, owner=owner: self._import(owner, at), taken)  # type: ignore[misc]

        return run

    def _import(self, owner: OwnerId, at: int) -> None:
        rows = [Row(one.number + at * _BILL_EVERY, one.at, one.minor, one.payee) for one in rows_of(_BILL_EVERY, at)]
        (parsed,) = recognise(FORMATS[0].write(rows), "alipay.csv")
        assert parsed.statement is not None
        preview = statements.prepare(self.database, owner, [parsed.statement])
        command = ImportStatements(owner, new_request_id(), owner, preview.token)
        receipt = statements.commit(self.database, command, preview)
        if receipt.booked != _BILL_EVERY:
            raise SystemExit(f"{receipt.booked} rows of {_BILL_EVERY} were booked")

    def _reading(self, count: int, taken: list[float]) -> Callable[[], None]:
        def run() -> None:
            for number in range(count):
                owner = self._importers[number % len(self._importers)]
                _timed(lambda owner=owner: self._read(owner), taken)  # type: ignore[misc]

        return run

    def _read(self, owner: OwnerId) -> None:
        scope = look(self.database, owner, date(2020, 6, 30))
        overview(scope, "CNY")
        stack(scope, scope.month, "CNY")
        budget(scope, scope.month, "CNY")

    def _together(self, works: Sequence[Callable[[], None]]) -> int:
        """All of them in threads of their own; the largest size of the log meanwhile."""
        threads = [threading.Thread(target=work) for work in works]
        for thread in threads:
            thread.start()
        most = 0
        while any(thread.is_alive() for thread in threads):
            most = max(most, self._log_size())
            time.sleep(_WATCH)
        return most

    def _count(self) -> None:
        self._checkpoints += 1

    def _log_size(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0


def _timed(work: Callable[[], object], taken: list[float]) -> None:
    started = time.perf_counter()
    work()
    taken.append((time.perf_counter() - started) * 1000)


def memory() -> int:
    """KiB that this process has in memory; 0 where the system does not tell."""
    gc.collect()
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = status.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def grown(parts: Sequence[Part]) -> list[str]:
    """What grew that should not, in words; nothing when all is well."""
    settled, last = parts[_SETTLED - 1], parts[-1]
    found = []
    if last.memory * 100 > settled.memory * (100 + _MEMORY_SHARE):
        found.append(f"memory from {settled.memory // 1024} to {last.memory // 1024} MB")
    if max(part.log_most for part in parts) > _LOG_MOST:
        found.append(f"the log up to {max(part.log_most for part in parts) / 2**20:.0f} MiB")
    if not sum(part.checkpoints for part in parts):
        found.append("the log was never written into the file")
    early, late = (statistics.median(_payments(half)) for half in (parts[:_SETTLED], parts[-_SETTLED:]))
    if late * 100 > early * (100 + _LATENCY_SHARE):
        found.append(f"payments from {early:.0f} to {late:.0f} ms")
    return found


def _payments(parts: Sequence[Part]) -> list[float]:
    return [taken for part in parts for taken in part.taken["payment"]]


def _line(number: int, part: Part) -> str:
    figures = []
    for kind in ("payment", "import", "read"):
        ordered = sorted(part.taken[kind])
        figures.append(f"{statistics.median(ordered):.0f} / {ordered[len(ordered) * 95 // 100]:.0f}")
    log = f"{part.log_now / 2**20:.1f} / {part.log_most / 2**20:.1f}"
    return f"| {number + 1} | " + " | ".join(figures) + f" | {part.memory // 1024} | {log} | {part.checkpoints} |\n"


def main() -> None:
    """Work, print a line a part, say what grew."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--payments", type=int, default=20_000)
    asked.add_argument("--imports", type=int, default=60, help=f"files of {_BILL_EVERY} rows")
    asked.add_argument("--reads", type=int, default=2_000)
    asked.add_argument("--threads", type=int, default=8)
    options = asked.parse_args()
    each = (options.payments // _PARTS, options.imports // _PARTS, options.reads // _PARTS)
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), importers=5)
        sys.stdout.write(f"{options.payments:,} payments, {options.imports} files, {options.reads:,} dashboards\n")
        sys.stdout.write(
            "| part | payment ms, p50 / p95 | import | read | memory MB | log MiB, now / most | checkpoints |\n"
        )
        sys.stdout.write("|---" * 7 + "|\n")
        for number in range(_PARTS):
            parts.append(house.part(number, *each, options.threads))
            sys.stdout.write(_line(number, parts[-1]))
            sys.stdout.flush()
        house.check()
        house.close()
    found = grown(parts)
    sys.stdout.write(f"grew: {'; '.join(found)}\n" if found else "nothing grew that should not; all books checked\n")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
