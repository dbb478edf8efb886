"""Heads of the audit chain kept outside the store, so that an end that was cut off is missed.

Beside the store lies its last head, written over after every commit without waiting for the disk: a process that is
killed leaves it right, and a power cut leaves it at worst behind. In `backups/` lies a log of heads, a line for each
export, proved with a key that is not in the store (`data.backups`).
"""

from __future__ import annotations

import contextlib
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

LOG_NAME: Final = "heads.log"
_AS_IT_IS: Final = getattr(os, "O_BINARY", 0)  # one system would write another end of the line
_LAST: Final = re.compile(r"(\d{19}) ([0-9a-f]{64})\n")
_LINE: Final = re.compile(r"(\d+) ([0-9a-f]{64}) (\S+) ([0-9a-f]+)")


class Head(NamedTuple):
    """The number and the head of a link."""

    number: int
    head: str


class Exported(NamedTuple):
    """A line of the log. said: what the proof is over."""

    number: int
    head: str
    at: str
    proof: str

    @property
    def said(self) -> str:
        """What was proved."""
        return f"{self.number} {self.head} {self.at}"


def last_of(store: Path) -> Path:
    """Where the last head of a store lies."""
    return store.with_name(store.name + ".head")


def log_of(store: Path) -> Path:
    """Where the log of a store's heads lies."""
    return store.parent / "backups" / LOG_NAME


def last_head(store: Path) -> Head | None:
    """The last head that was written down; None when there is none, or no whole one."""
    path = last_of(store)
    found = _LAST.fullmatch(path.read_text(encoding="ascii", errors="replace")) if path.exists() else None
    return Head(int(found[1]), found[2]) if found else None


class LastHead:
    """The last head, written over and over; lives in the writer's thread."""

    def __init__(self, store: Path) -> None:
        self._file = os.open(last_of(store), os.O_RDWR | os.O_CREAT | _AS_IT_IS, 0o600)

    def keep(self, number: int, head: str) -> None:
        """Write it down. What cannot be written is only missing when the store itself is damaged too."""
        with contextlib.suppress(OSError):
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, f"{number:019d} {head}\n".encode())

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def exported(store: Path) -> list[Exported]:
    """Every line of the log, the oldest first; a line that is none is left out."""
    path = log_of(store)
    if not path.exists():
        return []
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    return [Exported(int(one[1]), one[2], one[3], one[4]) for one in map(_LINE.fullmatch, lines) if one]


def export(store: Path, line: Exported) -> None:
    """Add a line to the log, on disk when this returns."""
    path = log_of(store)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _AS_IT_IS, 0o600)
    try:
        os.write(handle, f"{line.said} {line.proof}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def set_aside(store: Path, now: datetime) -> None:
    """Keep the log under another name: what comes now does not go on from it."""
    path = log_of(store)
    if path.exists():
        path.replace(path.with_name(f"replaced-{now:%Y%m%dT%H%M%S}.{LOG_NAME}"))
