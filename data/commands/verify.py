"""`verify`: check every promise of the ledger for everybody, a line each. Exit code 1 when one is broken."""

from __future__ import annotations

import argparse
import sys

from data.commands.store import add_home, home_of, opened
from data.home import known_keys
from data.upkeep import verify


def configure(parser: argparse.ArgumentParser) -> None:
    """What `verify` takes."""
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; 1 when a promise is broken."""
    with opened(arguments.home) as database:
        findings = verify(database, *known_keys(home_of(arguments)))
    for finding in findings:
        told = "ok" if finding.kept else f"BROKEN by {finding.offenders}{finding.detail and f' ({finding.detail})'}"
        sys.stdout.write(f"{finding.owner} {finding.promise}: {told}\n")
    return 0 if all(finding.kept for finding in findings) else 1
