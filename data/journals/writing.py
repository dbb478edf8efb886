"""A person's books as text: the formats there are, and what their writers share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from data.journals.book import Account, Book, Entry
from data.journals.naming import Names
from data.ledger.accounts import BOOKS, is_wallet


class Format(StrEnum):
    """Whose journal it is. hledger's is Ledger's too."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"

    @property
    def ending(self) -> str:
        """What such files' names end in."""
        return "beancount" if self is Format.BEANCOUNT else "journal"


def one_line(text: str) -> str:
    """The text without line ends, control characters and double blanks."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def facts(entry: Entry) -> Iterator[tuple[str, str]]:
    """What an entry's metadata says: which entry of ours it is, what and when it was, what belongs to it."""
    yield "entry", str(entry.id)
    yield "kind", entry.kind
    yield "at", f"{entry.at.isoformat(timespec='seconds')}Z"
    for key, value in (("method", entry.method), ("note", entry.note), ("tags", entry.tags)):
        if one_line(value):
            yield key, one_line(value)
    if entry.refund_of:
        yield "refund-of", str(entry.refund_of)
    if entry.reverses:
        yield "reverses", str(entry.reverses)


def identity(account: Account) -> Iterator[tuple[str, str]]:
    """What makes an account the same when the journal comes in again; the wallet's own cannot come in."""
    if account.key not in BOOKS and not is_wallet(account.key) and account.kind in {"asset", "liability"}:
        yield "key", one_line(account.key)
    if one_line(account.name):
        yield "label", one_line(account.name)


def opened(book: Book, names: Names) -> dict[str, tuple[date, Account | None]]:
    """Every account of the journal with the day it is first used; None for one that is a category."""
    found: dict[str, tuple[date, Account | None]] = {}
    for entry in book.entries:
        for posting in entry.postings:
            name = names.posted(entry, posting)
            account = book.accounts[posting.account]
            day = min(entry.on, found[name][0]) if name in found else entry.on
            found[name] = (day, account if names.of(posting.account) == name else None)
    return dict(sorted(found.items()))
