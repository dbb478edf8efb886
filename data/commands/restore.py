"""`restore PATH`: put a backup in the store's place, after it was checked; the store that was there is kept aside."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.commands.store import add_home, home_of
from data.database import utc_now
from data.home import known_keys
from data.security.sealing import parse_key
from data.upkeep import restore


def configure(parser: argparse.ArgumentParser) -> None:
    """What `restore` takes."""
    parser.add_argument("path", type=Path, metavar="PATH", help="the backup")
    parser.add_argument("--key", type=Path, metavar="FILE", help="the key file that a sealed backup was made with")
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check the copy and put it in place.

    Raises:
        StoreBusy, StoreDamaged, PromisesBroken, MigrationChanged, StoreTooNew: the store is as it was.
    """
    key = parse_key(arguments.key.read_text(encoding="ascii"), str(arguments.key)) if arguments.key else None
    keys = [key] if key else known_keys(home_of(arguments))
    aside = restore(arguments.path, home_of(arguments), utc_now(), keys)
    sys.stdout.write(f"restored{f'; what was there: {aside}' if aside else ''}\n")
    return 0
