"""The books as an hledger journal, which `hledger check --strict` accepts; Ledger reads it as well.

Its last transaction moves nothing and states every balance as the store has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from data.journals.book import Book, Entry
from data.journals.naming import Names
from data.journals.writing import facts, identity, one_line, opened
from data.money import Money, exponent

# What would end a payee, a description or a tag's value, by what looks like it.
_LOOKALIKES: Final = str.maketrans({";": "；", "|": "｜", ",": "，"})


def write(book: Book) -> Iterator[str]:
    """The journal's lines."""
    names = Names(book)
    yield f"; {_text(book.owner)}"
    yield ""
    for currency in sorted(book.currencies):
        yield f"commodity 1000.{'0' * exponent(currency)} {currency}"
    for name, (_, account) in opened(book, names).items():
        told = ", ".join(f"{key}: {_text(value)}" for key, value in identity(account)) if account else ""
        yield f"account {name}{f'  ; {told}' if told else ''}"
    yield ""
    for entry in book.entries:
        yield from _transaction(entry, names)
        yield ""
    yield from _balances(book, names)


def _transaction(entry: Entry, names: Names) -> Iterator[str]:
    payee, narration = _text(entry.payee), _text(entry.description)
    words = f"{payee} | {narration}" if payee else narration
    # A word in parentheses at the beginning would be a code: an empty one stands before it.
    yield f"{entry.on.isoformat()} * {'() ' if words.startswith('(') else ''}{words}".rstrip()
    yield from (f"    ; {key}: {_text(value)}" for key, value in facts(entry))
    for posting in entry.postings:
        amount = Money(posting.minor, posting.currency).plain()
        category = f"  ; category: {posting.category}" if posting.category else ""
        yield f"    {names.posted(entry, posting)}    {amount} {posting.currency}{category}"


def _balances(book: Book, names: Names) -> Iterator[str]:
    if not book.balances:
        return
    yield f"{max(entry.on for entry in book.entries).isoformat()} * balances"
    for account, currency, minor in book.balances:
        nothing, held = Money(0, currency).plain(), Money(minor, currency).plain()
        yield f"    {names.of(account)}    {nothing} {currency} = {held} {currency}"


def _text(text: str) -> str:
    return one_line(text).translate(_LOOKALIKES)
