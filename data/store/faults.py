"""What the engine says when the disk refuses, told from everything else that can go wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import duckdb

from data.errors import StoreUnwritable

_REFUSED: Final = re.compile(
    r"No space left on device|File too large|Permission denied|Read-only file system|Disk quota exceeded"
)


def unwritable(path: Path, failure: BaseException) -> StoreUnwritable | None:
    """The refusal, when the engine failed because the disk is full or may not be written to; None for anything else.

    A commit that fails so is not there, and the store goes on as soon as the disk does.
    """
    found = _REFUSED.search(str(failure)) if isinstance(failure, duckdb.Error) else None
    return StoreUnwritable(str(path), found[0]) if found else None
