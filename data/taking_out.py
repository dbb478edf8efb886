"""The door to everything of a person at once, for another program: what nobody at an open screen may carry off."""

from __future__ import annotations

from uuid import UUID

from data import guard
from data.assurance import Assurance, StepUpRequired
from data.database import Database
from data.journals.export import journal
from data.journals.writing import Format

__all__ = ["Format", "everything"]


def everything(database: Database, owner: UUID, name: str, form: Format, assurance: Assurance) -> bytes:
    """The person's whole ledger as a journal.

    Raises:
        StepUpRequired: the session was not confirmed in the last five minutes.
    """
    guard.require_fresh(database, owner, assurance, StepUpRequired("export", "exports"))
    return journal(database.read, owner, name, form)
