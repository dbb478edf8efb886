"""`apply FILE|-`: carry out commands of the wallet, one JSON object a line, and print one outcome a line.

The app must not be running. What is printed is on disk; after a crash the same file goes on where it ended.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from data.batch.running import apply
from data.commands.store import add_home, running
from data.importers.statement import FileRefused

_STANDARD_INPUT: Final = "-"
_MOST_CLIENTS: Final = 256


def configure(parser: argparse.ArgumentParser) -> None:
    """What `apply` takes."""
    parser.add_argument("file", metavar="FILE", help="JSON Lines, UTF-8; - is standard input")
    parser.add_argument(
        "--clients",
        type=_clients,
        default=1,
        metavar="N",
        help="how many lines may wait for a bank at once; then only each member's lines keep their order (default: 1)",
    )
    add_home(parser)


def _clients(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST_CLIENTS:
        raise argparse.ArgumentTypeError(f"1 to {_MOST_CLIENTS}")
    return number


def run(arguments: argparse.Namespace) -> int:
    """Answer every line; 1 when whoever reads the outcomes went away before the end.

    Raises:
        FileRefused: it cannot be opened. StoreBusy, StoreDamaged, MigrationChanged, StoreTooNew, KeyMalformed.
    """
    with _opened(arguments.file) as lines, running(arguments.home) as wallet:
        try:
            apply(wallet, lines, sys.stdout, clients=arguments.clients)
        except BrokenPipeError:
            # Nobody reads the outcomes any more. What was handed over is kept; the rest has not begun.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
    return 0


@contextlib.contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == _STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    path = Path(name)
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileRefused(path.name, "unreadable", detail=error.strerror or "") from None
    with file:
        yield file
