"""`password --user NAME`: set a person's password at the machine itself, for a new person or a forgotten one."""

from __future__ import annotations

import argparse
import getpass
import sys

from data.admission import set_password
from data.commands.store import add_home, opened


def configure(parser: argparse.ArgumentParser) -> None:
    """What `password` takes; the password itself is asked for, or read from standard input, never an argument."""
    parser.add_argument("--user", required=True, metavar="NAME", help="whose password")
    parser.add_argument(
        "--without-second-factor",
        action="store_true",
        help="also remove the authenticator app, the passkeys and the recovery codes, when all of them are lost",
    )
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Set the password and end every session of the person.

    Raises:
        NotFound: no such person. A refusal of the password. StoreBusy: the app is running.
    """
    asked = getpass.getpass("New password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    with opened(arguments.home) as database:
        set_password(database, arguments.user, asked, alone=arguments.without_second_factor)
    sys.stdout.write("password set; every session of this person is ended\n")
    return 0
