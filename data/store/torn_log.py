"""What to do with a log whose end never reached the disk: cut what is only zeros, keep a copy, touch nothing else.

After a power cut a file may be longer than what was written into it, and reads as zeros there. Those bytes, and the
entry that they tear, were never acknowledged. Any other damage is not ours to guess about: the start stops and a backup
is brought back (LEDGER §9.6). An entry is its size and its checksum, eight bytes each, then the data; the failure names
the place of the data.
"""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

_POSITION: Final = re.compile(r"Corrupt WAL file: entry at byte position (\d+)")
_HEAD: Final = 16
_SECTOR: Final = 512  # bytes: what a disk writes whole


def mended(store: Path, failure: str, now: datetime) -> Path | None:
    """Cut the log of `store` before the entry that zeros tear; the copy of it as it was.

    None: the failure is another one, or the entry is damaged otherwise. Nothing was changed then.
    """
    log, found = log_of(store), _POSITION.search(failure)
    if found is None or not log.exists():
        return None
    start = int(found[1]) - _HEAD
    if start < 0 or not _torn(log, start):
        return None
    copy = store.parent / "backups" / f"torn-{now:%Y%m%dT%H%M%S}{log.suffix}"
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy2(log, copy)
    with log.open("r+b") as file:
        file.truncate(start)
    return copy


def log_of(store: Path) -> Path:
    """Where the log of a store lies."""
    return store.with_name(store.name + ".wal")


def _torn(log: Path, start: int) -> bool:
    """Whether only zeros follow the head, or at least a sector of zeros ends the file within this very entry."""
    with log.open("rb") as file:
        file.seek(start)
        rest = file.read()
    written = len(rest.rstrip(b"\0"))
    if written <= _HEAD:
        return len(rest) > written
    ends = _HEAD + int.from_bytes(rest[:8], "little")
    return len(rest) - written >= _SECTOR and written < ends
