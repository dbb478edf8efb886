"""The books as a Beancount journal that `bean-check` accepts; it ends with every balance as the store has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from data.journals.book import Book, Entry
from data.journals.naming import Names
from data.journals.writing import facts, identity, one_line, opened
from data.money import Money


def write(book: Book) -> Iterator[str]:
    """The journal's lines."""
    names = Names(book)
    yield f'option "title" {_quoted(book.owner)}'
    yield from (f'option "operating_currency" "{currency}"' for currency in book.currencies[:1])
    yield ""
    for name, (day, account) in opened(book, names).items():
        yield f"{day.isoformat()} open {name}"
        if account is not None:
            yield from (f"  {key}: {_quoted(value)}" for key, value in identity(account))
    yield ""
    for entry in book.entries:
        yield from _transaction(entry, names)
        yield ""
    yield from _balances(book, names)


def _transaction(entry: Entry, names: Names) -> Iterator[str]:
    payee, narration = one_line(entry.payee), one_line(entry.description)
    yield f"{entry.on.isoformat()} * {f'{_quoted(payee)} ' if payee else ''}{_quoted(narration)}"
    yield from (f"  {key}: {_quoted(value)}" for key, value in facts(entry))
    for posting in entry.postings:
        amount = Money(posting.minor, posting.currency).plain()
        yield f"  {names.posted(entry, posting)}  {amount} {posting.currency}"
        if posting.category:
            yield f"    category: {_quoted(posting.category)}"


def _balances(book: Book, names: Names) -> Iterator[str]:
    """Beancount's balances are of the beginning of a day."""
    if not book.entries:
        return
    day = max(entry.on for entry in book.entries) + timedelta(days=1)
    for account, currency, minor in book.balances:
        yield f"{day.isoformat()} balance {names.of(account)}  {Money(minor, currency).plain()} {currency}"


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
