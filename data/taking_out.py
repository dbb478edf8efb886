"""The door to everything of a person at once: what nobody at an open screen may carry off."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO
from uuid import UUID

from data import guard
from data.archive import writing
from data.assurance import Assurance, StepUpRequired
from data.database import Database
from data.journals.export import journal
from data.journals.writing import Format

Guide = Callable[[writing.Columns], str]  # from the columns of each file, the text that explains them
__all__ = ["Format", "Guide", "archive", "everything"]


def everything(database: Database, owner: UUID, name: str, form: Format, assurance: Assurance) -> bytes:
    """The person's whole ledger as a journal.

    Raises:
        StepUpRequired: the session was not confirmed in the last five minutes.
    """
    guard.require_fresh(database, owner, assurance, StepUpRequired("export", "exports"))
    return journal(database.read, owner, name, form)


def archive(database: Database, owner: UUID, guide: Guide, into: IO[bytes], assurance: Assurance) -> None:
    """Write a zip of all that is the person's own into an open binary file, each kind as CSV and as JSON.

    guide: gives the text that the zip explains itself with, in the person's language.

    Raises:
        StepUpRequired: the session was not confirmed in the last five minutes.
    """
    guard.require_fresh(database, owner, assurance, StepUpRequired("export", "exports"))
    with database.snapshot() as snapshot:
        writing.write(into, snapshot, owner, guide)
