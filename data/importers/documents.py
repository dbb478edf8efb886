"""Which formats are read from a file's bytes, because they are no tables: each knows its own and reads it whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

from data.importers import ofx
from data.importers.statement import Statement


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """One such format. `recognises` looks at content, never at the name; `parse` raises `FileRefused` for the file."""

    format: str
    recognises: Callable[[bytes], bool]
    parse: Callable[[bytes, str], Statement]


DOCUMENTS: Final[tuple[Document, ...]] = (Document("ofx", ofx.recognises, ofx.parse),)


def document_of(data: bytes) -> Document | None:
    """The format of these bytes, if it is one of these."""
    return next((one for one in DOCUMENTS if one.recognises(data)), None)
