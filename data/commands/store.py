"""What every command that needs the store shares: where it is, and closing it whatever happens."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

from data.database import Database
from data.home import home_folder, open_home


def add_home(parser: argparse.ArgumentParser) -> None:
    """The option that names the wallet's folder."""
    parser.add_argument("--home", type=Path, metavar="DIR", help="the wallet's folder (default: the person's own)")


def home_of(arguments: argparse.Namespace) -> Path:
    """The folder meant."""
    named: Path | None = arguments.home
    return named.expanduser().resolve() if named else home_folder()


@contextlib.contextmanager
def opened(home: Path | None) -> Iterator[Database]:
    """The store, closed afterwards.

    Raises:
        StoreBusy: the app is running. StoreDamaged, MigrationChanged, StoreTooNew.
    """
    database = open_home(home)
    try:
        yield database
    finally:
        database.close()
