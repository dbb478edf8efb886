"""`rotate-key`: seal everything that is sealed in the store under a new key. The app must not be running."""  # noqa: N999 - named like its command

from __future__ import annotations

import argparse
import sys

from data.commands.store import add_home, home_of
from data.home import rotate_key


def configure(parser: argparse.ArgumentParser) -> None:
    """What `rotate-key` takes."""
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Change the key; killed at any moment, the store opens with the key file that is there.

    Raises:
        WrongKey, ChainBroken, KeyMalformed, NextKeyMissing, StoreBusy, StoreDamaged: the store is as it was.
    """
    fields = rotate_key(home_of(arguments))
    sys.stdout.write(f"{fields} sealed fields are under the new key; earlier keys stay for earlier backups\n")
    return 0
