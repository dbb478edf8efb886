"""What every command that needs the store shares: where it is, and closing it whatever happens."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import structlog

from data.admission import admit
from data.database import Database
from data.home import home_folder, open_home, open_running
from data.identity import person_named
from data.ids import OwnerId
from data.running import Running


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


@contextlib.contextmanager
def running(home: Path | None) -> Iterator[Running]:
    """The store with its key and its bank, closed afterwards. What is logged goes to standard error.

    Raises:
        StoreBusy: the app is running. StoreDamaged, MigrationChanged, StoreTooNew, KeyMalformed.
    """
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    wallet = open_running(home)
    try:
        yield wallet
    finally:
        wallet.close()


def person_or_new(database: Database, name: str) -> OwnerId:
    """The person of this name. A new one is admitted and told how to be able to sign in."""
    known = person_named(database, name)
    if known is not None:
        return known.owner
    sys.stderr.write(f"new person {name!r}: `python -m data password --user NAME` lets them sign in\n")
    return admit(database, name)
