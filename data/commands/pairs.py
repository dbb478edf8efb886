"""`pairs --user NAME`: look again for rows of different files that are one event. The app must not be running."""

from __future__ import annotations

import argparse
import sys

from data.commands.store import add_home, opened
from data.errors import NotFound
from data.identity import person_named
from data.pairs import propose


def configure(parser: argparse.ArgumentParser) -> None:
    """What `pairs` takes."""
    parser.add_argument("--user", required=True, metavar="NAME", help="whose books")
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Apply the certain ones, keep the likely ones as suggestions, and print how many of each are new.

    Raises:
        NotFound: nobody has that name. StoreBusy: nothing was written.
    """
    with opened(arguments.home) as database:
        person = person_named(database, arguments.user)
        if person is None:
            raise NotFound("user", arguments.user)
        applied, suggested = propose(database, person.owner, person.owner)
    sys.stdout.write(f"{applied} applied, {suggested} suggested\n")
    return 0
