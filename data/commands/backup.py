"""`backup PATH`: a consistent copy of the whole store in a new file. While the app runs, it makes its own copies."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.commands.store import add_home, opened
from data.home import KEY_NAME
from data.upkeep import FileThere


def configure(parser: argparse.ArgumentParser) -> None:
    """What `backup` takes."""
    parser.add_argument("path", type=Path, metavar="PATH", help="the new file")
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the copy.

    Raises:
        FileThere, StoreBusy: nothing was written.
    """
    if arguments.path.exists():
        raise FileThere(str(arguments.path))
    with opened(arguments.home) as database:
        database.backup(arguments.path)
    arguments.path.chmod(0o600)
    sys.stdout.write(f"{arguments.path}: keep {KEY_NAME} beside it, the copy's sealed fields open with no other key\n")
    return 0
