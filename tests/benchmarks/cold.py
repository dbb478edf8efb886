"""A whole process from its start to all four answers, then its end: ours and those that read a journal.

Python's bytecode is in place before a time counts, as it is wherever something is installed.

`python -m tests.benchmarks.cold STORE OWNER` is ours alone, answering on standard output.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final
from uuid import UUID

from tests.benchmarks.dashboard import Answers
from tests.benchmarks.rivals import plain_text
from tests.benchmarks.worker import OURS, ROOT

MOST_ROWS: Final = 100_000  # a journal of a million takes hledger minutes and gigabytes
_ROUNDS: Final = 5


def measure(store: Path, given: Path, work: Path, owner: UUID) -> tuple[dict[str, float], dict[str, str]]:
    """Milliseconds of each tool that is there, and why others are not. Answers are compared with ours."""
    work.mkdir(parents=True, exist_ok=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(work / "bytecode")
    _ours(store, owner)
    taken = [_ours(store, owner) for _ in range(_ROUNDS)]
    times, absent = {OURS: statistics.median(ms for ms, _ in taken)}, {}
    for name, ask, write in plain_text.TOOLS:
        why = plain_text.missing(name)
        if why:
            absent[name] = why
            continue
        file = work / f"{write.__name__}.journal"
        if not file.exists():
            write(given, file)
        if ask is plain_text.beancount:
            plain_text.load_nothing()
        times[name], found = plain_text.timed(ask, file)
        _require_same(name, found, taken[0][1])
    return times, absent


def _ours(store: Path, owner: UUID) -> tuple[float, Answers]:
    started = time.perf_counter()
    command = [sys.executable, "-m", "tests.benchmarks.cold", str(store), str(owner)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603 - our own words
    return (time.perf_counter() - started) * 1000, json.loads(done.stdout)


def _require_same(name: str, found: Answers, ours: Answers) -> None:
    wrong = [question for question in ours if found[question] != ours[question]]
    if wrong:
        raise SystemExit(f"{name} and ours differ in {wrong}")


def main() -> None:
    """Answer once."""
    from tests.benchmarks.rivals.ours import Ours  # noqa: PLC0415 - only this process needs it

    out, sys.stdout = sys.stdout, sys.stderr
    ours = Ours(Path(sys.argv[1]), UUID(sys.argv[2]))
    out.write(json.dumps(ours.answers()))
    ours.close()


if __name__ == "__main__":
    main()
