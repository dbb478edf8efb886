"""Which formats are read from a file's bytes, because they are no tables: each knows its own and reads it whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

from data.errors import InvariantBroken
from data.importers import beancount_journal, camt, ledger_journal, mt940, ofx, qif
from data.importers.mapping import Mapping
from data.importers.statement import Statement


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """One such format. `recognises` looks at content, never at the name.

    It has `parse`, or where its files leave something open (a currency, the order of dates) `read`: that is told how to
    read by a mapping without columns, and answers the mapping it read by, with the doubts that a person should settle.
    Both raise `FileRefused` for the file.
    """

    format: str
    recognises: Callable[[bytes], bool]
    parse: Callable[[bytes, str], Statement] | None = None
    read: Callable[[bytes, str, Mapping], tuple[Statement, Mapping]] | None = None

    def said(self, data: bytes, file: str, given: Mapping) -> tuple[Statement, Mapping | None]:
        """What the file says, and the mapping it was read by if its format takes one."""
        if self.read is not None:
            return self.read(data, file, given)
        if self.parse is None:
            raise InvariantBroken(f"{self.format} has no way to be read")
        return self.parse(data, file), None


DOCUMENTS: Final[tuple[Document, ...]] = (
    Document("ofx", ofx.recognises, ofx.parse),
    Document("camt", camt.recognises, camt.parse),
    Document("mt940", mt940.recognises, mt940.parse),
    Document("qif", qif.recognises, read=qif.parse),
    Document("beancount", beancount_journal.recognises, read=beancount_journal.parse),
    Document("ledger", ledger_journal.recognises, read=ledger_journal.parse),
)


def document_of(data: bytes) -> Document | None:
    """The format of these bytes, if it is one of these."""
    return next((one for one in DOCUMENTS if one.recognises(data)), None)
