"""`rebuild`: derive what the screens read anew from the ledger, in date order."""

from __future__ import annotations

import argparse
import sys

from data.commands.store import add_home, opened
from data.upkeep import rebuild


def configure(parser: argparse.ArgumentParser) -> None:
    """What `rebuild` takes."""
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Derive everybody's facts."""
    with opened(arguments.home) as database:
        count = rebuild(database)
    sys.stdout.write(f"{count} owners\n")
    return 0
