"""`backup PATH`: a consistent copy of the whole store in a new file. While the app runs, it makes its own copies."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.backups import seal_file
from data.commands.store import add_home, opened
from data.home import KEY_NAME, load_key
from data.upkeep import FileThere


def configure(parser: argparse.ArgumentParser) -> None:
    """What `backup` takes."""
    parser.add_argument("path", type=Path, metavar="PATH", help="the new file")
    parser.add_argument("--seal", action="store_true", help="only the store's key opens it; keep both, apart")
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the copy.

    Raises:
        FileThere, StoreBusy: nothing was written.
    """
    if arguments.path.exists():
        raise FileThere(str(arguments.path))
    plain = arguments.path.with_name(arguments.path.name + ".plain") if arguments.seal else arguments.path
    with opened(arguments.home) as database:
        database.backup(plain)
    if arguments.seal:
        plain.chmod(0o600)
        try:
            seal_file(load_key(arguments.home), plain, arguments.path)
        finally:
            plain.unlink()
    arguments.path.chmod(0o600)
    sys.stdout.write(f"{arguments.path}: keep {KEY_NAME} beside it, the copy's sealed fields open with no other key\n")
    return 0
