"""The way to a journal of everything a person has, for a download and for the command line."""

from __future__ import annotations

from uuid import UUID

from data.journals import beancount, hledger
from data.journals.book import Query, book_of
from data.journals.writing import Format


def journal(query: Query, owner: UUID, name: str, format_: Format) -> bytes:
    """The owner's whole books in this format, UTF-8. query: `Database.read`; name: stands in its title."""
    book = book_of(query, owner, name)
    lines = beancount.write(book) if format_ is Format.BEANCOUNT else hledger.write(book)
    return ("\n".join(lines) + "\n").encode()
