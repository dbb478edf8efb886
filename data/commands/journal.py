"""`journal --format F --user NAME`: everything of one person as a journal that other programs read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.commands.store import add_home, opened
from data.errors import NotFound
from data.identity import person_named
from data.journals.export import journal
from data.journals.writing import Format


def configure(parser: argparse.ArgumentParser) -> None:
    """What `journal` takes."""
    parser.add_argument("--format", required=True, choices=[one.value for one in Format], help="whose journal it is")
    parser.add_argument("--user", required=True, metavar="NAME", help="whose books")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the journal.

    Raises:
        NotFound: nobody has that name. StoreBusy, StoreDamaged, MigrationChanged, StoreTooNew.
    """
    with opened(arguments.home) as database:
        person = person_named(database, arguments.user)
        if person is None:
            raise NotFound("user", arguments.user)
        written = journal(database.read, person.owner, arguments.user, Format(arguments.format))
    if arguments.out:
        arguments.out.write_bytes(written)
    else:
        sys.stdout.write(written.decode())
    return 0
