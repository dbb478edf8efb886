"""`balances`: what members, merchants and the house have, for people or as JSON (shape: `data.batch.balances`)."""

from __future__ import annotations

import argparse
import json
import sys

from data.batch.balances import balances, table
from data.commands.store import add_home, opened


def configure(parser: argparse.ArgumentParser) -> None:
    """What `balances` takes."""
    parser.add_argument("--member", metavar="M", help="this member only")
    parser.add_argument("--json", action="store_true", help="JSON, amounts in minor units")
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print them.

    Raises:
        NotFound: nobody has that name. StoreBusy, StoreDamaged, MigrationChanged, StoreTooNew.
    """
    with opened(arguments.home) as database:
        found = balances(database.read, arguments.member)
    told = json.dumps(found.json(), ensure_ascii=False, indent=1) + "\n" if arguments.json else table(found)
    sys.stdout.write(told)
    return 0
