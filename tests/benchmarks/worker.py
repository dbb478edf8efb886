"""One rival in a process of its own, so that its memory is its own: told what to do line by line, answers in JSON.

    python -m tests.benchmarks.worker NAME ROWS FOLDER STORE OWNER

`uncached` (what is held of answers is dropped first, untimed), `held`, `change` and `tidy` answer with milliseconds,
`check` with the answers, `memory` with KiB.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

ROOT: Final = Path(__file__).resolve().parents[2]
OURS: Final = "Little Gold Card"
ROLLUP: Final = "SQLite, rollup kept by hand"
COVERING: Final = "SQLite, covering index"
STREAMED: Final = "SQLite, streamed in group order"
PANDAS: Final = "pandas, in memory"
POLARS: Final = "polars, in memory"
POSTGRES: Final = "PostgreSQL, indexes"
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    OURS: ("ours", "Ours"),
    ROLLUP: ("sqlite", "Rollup"),
    STREAMED: ("sqlite", "Streamed"),
    COVERING: ("sqlite", "Covering"),
    PANDAS: ("frames", "Pandas"),
    POLARS: ("frames", "Polars"),
    POSTGRES: ("postgres", "Postgres"),
}
NAMES: Final = tuple(_KINDS)


class Worker:
    """A rival's process, seen from the run."""

    def __init__(self, name: str, rows: Path, folder: Path, store: Path, owner: UUID) -> None:
        self.name = name
        told = [name, str(rows), str(folder), str(store), str(owner)]
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-m", "tests.benchmarks.worker", *told],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.missing: str = self._answer()["missing"]

    def do(self, what: str) -> Any:
        """Have one thing done; milliseconds, answers or KiB.

        Raises:
            RuntimeError: the process ended instead.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        return self._answer()["found"]

    def close(self) -> None:
        """Let it close its files, and wait for its end."""
        if self._process.poll() is None and not self.missing:
            self.do("close")
        self._process.wait(120)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with code {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found


def main() -> None:
    """Be a rival until told to close."""
    name, rows, folder, store, owner = sys.argv[1:]
    sys.stdout = sys.stderr  # what anybody logs must not look like an answer
    before = _memory()["now"]
    try:
        rival = _rival(name, Path(rows), Path(folder), Path(store), UUID(owner))
    except (ImportError, FileNotFoundError) as absent:
        _say(missing=str(absent))
        return
    _say(missing="")
    for number, line in enumerate(sys.stdin):
        what = line.strip()
        _say(found=_done(rival, what, number, before))
        if what == "close":
            break


def _rival(name: str, rows: Path, folder: Path, store: Path, owner: UUID) -> Any:
    module, made = _KINDS[name]
    kind = getattr(importlib.import_module(f"tests.benchmarks.rivals.{module}"), made)
    return kind(store, owner) if module == "ours" else kind(rows, folder)


def _done(rival: Any, what: str, number: int, before: int) -> Any:
    if what == "check":
        return rival.answers()
    if what == "memory":
        return {"before": before, "server": getattr(rival, "memory", int)(), **_memory()}
    if what == "uncached" and hasattr(rival, "forget"):
        rival.forget()
    works: dict[str, tuple[Callable[[], object], ...]] = {
        "uncached": (rival.answers,),
        "held": (rival.answers,),
        "change": (lambda: rival.change(number), rival.answers),
        "tidy": (getattr(rival, "tidy", int),),
        "close": (rival.close,),
    }
    started = time.perf_counter()
    for work in works[what]:
        work()
    return (time.perf_counter() - started) * 1000


def _memory() -> dict[str, int]:
    """KiB of this process now and at most; nothing where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    return {name: int(told.get(key, "0 kB").split()[0]) for name, key in (("now", "VmRSS"), ("most", "VmHWM"))}


def _say(**said: Any) -> None:
    assert sys.__stdout__ is not None
    sys.__stdout__.write(json.dumps(said) + "\n")
    sys.__stdout__.flush()


if __name__ == "__main__":
    main()
