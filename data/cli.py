"""The command line of `data`: which commands there are, and how a refusal is told to whoever runs them.

Commands are modules that are loaded only when asked for, so that `preview` starts without the store. Texts are
English: this is a tool for automation and developers; people use the screens. What is the matter with the store itself
is said in Chinese too, because then there are no screens.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence

from data.errors import Fact, Rejection
from data.fault_sentences import sentences

COMMANDS: Mapping[str, str] = {
    "preview": "show what an import of files would do; opens no database",
    "import": "book statements in a person's ledger; the app must not be running",
    "demo": "fill a person's books with sample data, or take it away again",
    "password": "set a person's password; the app must not be running",
    "backup": "copy the whole store into a new file",
    "restore": "put a backup in the store's place; what was there is kept aside",
    "rotate-key": "seal what is sealed in the store under a new key; the app must not be running",
    "journal": "write everything of a person as a Beancount or hledger journal",
    "verify": "check every promise of the ledger",
    "pairs": "look again for rows of different files that are one event; the app must not be running",
    "rebuild": "derive what the screens read anew from the ledger",
    "apply": "carry out commands of the wallet from JSON Lines; the app must not be running",
    "balances": "what members, merchants and the house have",
}

REFUSED = 2  # the exit code of an expected "no", as argparse has it for wrong arguments

_FILE_REASONS = {
    "empty": "the file is empty",
    "too_large": "the file is too large",
    "binary": "not a text file or workbook that holds a statement",
    "unreadable": "the file could not be opened",
    "not_recognised": "not a statement of a known format",
    "no_header": "no row names the columns",
    "missing_column": "a column is missing",
    "no_rows": "it holds no transactions",
    "no_account": "its transactions belong to no account",
    "truncated": "the file is cut off or damaged",
    "mixed_encodings": "it mixes character encodings",
    "zip_password_needed": "a password is needed (--password)",
    "zip_password_wrong": "the password is wrong",
    "zip_bomb": "it unpacks to far more than a statement",
    "mapping_needed": "its columns can be read in more than one way; settle it once in the app",
    "xml_entities": "it declares XML entities, which are not read",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 2 with one line per refusal on standard error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Statements are Chinese more often than the terminal's encoding is.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parsed = _parser(given).parse_args(given)
    try:
        return int(importlib.import_module(f"data.commands.{parsed.command}").run(parsed))
    except* Rejection as group:
        for rejection in _leaves(group):
            sys.stderr.write("\n".join([describe(rejection), *sentences(rejection)]) + "\n")
    return REFUSED


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="Little Gold Card without its screens.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        if name in given:
            importlib.import_module(f"data.commands.{name}").configure(command)
    return parser


def _leaves(group: BaseExceptionGroup[Rejection]) -> Iterator[Rejection]:
    for inner in group.exceptions:
        if isinstance(inner, BaseExceptionGroup):
            yield from _leaves(inner)
        else:
            yield inner


def describe(rejection: Rejection) -> str:
    """One line about an expected "no": a refused file by name, reason and place; anything else by its facts."""
    facts = dict(rejection.facts)
    if rejection.code != "file_refused":
        return f"{rejection.code}: {', '.join(f'{name}={value}' for name, value in facts.items())}"
    reason = str(facts["reason"])
    text = f"{facts['file']}: {_FILE_REASONS.get(reason, reason)} [{reason}]{_place(facts)}"
    return " ".join(text.split())


def _place(facts: Mapping[str, Fact]) -> str:
    named = (("line", facts["line"]), ("cell", facts["cell"]), ("detail", facts["detail"]))
    return "".join(f", {name} {value}" for name, value in named if value)
