"""Faults planted in the wallet, one at a time, in a copy of the tree: which the random histories catch, and how soon.

    python -m tests.benchmarks.faults [NAME ...]

`faults.txt` has them; the histories are the ones of every run of the tests. Told of each: the history and the step that
caught it and what was said, or that nothing was. About ten seconds of processor time a fault, more when it is missed.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve()
ROOT: Final = HERE.parents[2]
_LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "e2e", "pages", "analytics", ".*")
_HISTORIES: Final = """
import os, sys, traceback
from pathlib import Path
from hypothesis.errors import HypothesisException
from tests.simulation import test_wallet_histories as histories

class Counted(histories.Histories):
    number = 0

    def __init__(self):
        type(self).number += 1
        super().__init__()

    def teardown(self):
        caught = sys.exc_info()[1]
        try:
            super().teardown()
        except Exception as at_the_end:
            caught = at_the_end
        if isinstance(caught, Exception) and not isinstance(caught, HypothesisException):
            tell(self.steps, caught)

def tell(step, caught):
    frames = [one for one in traceback.extract_tb(caught.__traceback__) if "/simulation/wallet_" in one.filename]
    by = " > ".join(dict.fromkeys(one.name for one in frames))
    said = " ".join(f"{type(caught).__name__} {caught}".split())[:300]
    print(f"caught in history {Counted.number}, step {step}, by {by}: {said}", flush=True)
    os._exit(0)

histories.tells(Counted, Path(sys.argv[1]))
print("MISSED", flush=True)
"""


@dataclasses.dataclass(frozen=True)
class Fault:
    """`old` stands in `file`, `new` is wrong."""

    name: str
    file: str
    changes: tuple[tuple[str, str], ...]


def faults() -> list[Fault]:
    """All that are written down."""
    found = []
    for block in HERE.with_suffix(".txt").read_text("utf-8").split("\n## ")[1:]:
        name, file, *lines = block.rstrip("\n").split("\n")
        changes = list[tuple[list[str], list[str]]]()
        for before, line in zip(["+", *lines], lines, strict=False):
            if line.startswith("-") and not before.startswith("-"):
                changes.append(([], []))
            changes[-1][line.startswith("+")].append(line[1:])
        found.append(Fault(name, file, tuple(("\n".join(old), "\n".join(new)) for old, new in changes)))
    return found


def planted(fault: Fault, tree: Path) -> str:
    """The file as it was; in the tree it is wrong now.

    Raises:
        LookupError: what is to be made wrong is not there any more.
    """
    sound = text = (tree / fault.file).read_text("utf-8")
    for old, new in fault.changes:
        if old not in text:
            raise LookupError(old)
        text = text.replace(old, new, 1)
    (tree / fault.file).write_text(text, "utf-8")
    return sound


def caught(tree: Path) -> str:
    """What the histories say about the wallet in that tree."""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-c", _HISTORIES, folder],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree), "TMPDIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    answers = [line for line in told.stdout.splitlines() if line.startswith(("caught", "MISSED"))]
    return answers[-1] if answers else f"did not run: {told.stderr[-500:]}"


def tell(line: str) -> None:
    """At once: the whole list takes a while."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(names: list[str]) -> None:
    """Plant each, or those named."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        for part in ("data", "tests"):
            shutil.copytree(ROOT / part, tree / part, ignore=_LEFT_OUT)
        for fault in faults():
            if names and fault.name not in names:
                continue
            try:
                sound = planted(fault, tree)
            except LookupError as gone:
                tell(f"{fault.name}: cannot be planted, there is no {gone}")
                continue
            tell(f"{fault.name}: {caught(tree)}")
            (tree / fault.file).write_text(sound, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
