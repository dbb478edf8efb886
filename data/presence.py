"""Who stands behind a debit, as its door knows it: what a command of a person's session is given before it goes in.

Only sessions are watched. What the command line and a batch send has none: whoever can run them owns the file anyway,
and moves money of many people at once, which is like nobody's own habits.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from data.assurance import Assurance, is_fresh
from data.database import Database
from data.ledger.wallet.commands import MonitoredCommand, Presence

NEW_FOR: Final = timedelta(days=3)  # so long after the first sign-in from it a device is new
_STANDS: Final = """
SELECT s.stepped_up_at, s.created_at, EXISTS (
    SELECT 1 FROM security_event e WHERE e.owner = s.owner AND e.event = 'signed_in' AND e.recorded_at = s.created_at
    AND json_extract_string(e.facts, '$.new_device') = 'true')
FROM user_session s WHERE s.owner = $owner AND s.id = $session AND s.ended_at IS NULL"""
M = TypeVar("M", bound=MonitoredCommand)


def present(database: Database, command: M, assurance: Assurance) -> M:
    """The command with who stands behind it; as it is when no session does."""
    if assurance.at_the_machine or not assurance.session:
        return command
    return dataclasses.replace(command, presence=_presence(database, command.actor, assurance.session))


def _presence(database: Database, owner: UUID, session: str) -> Presence:
    found = database.read(_STANDS, {"owner": owner, "session": session})
    if not found:
        return Presence()
    now: datetime = database.clock()
    stepped_up_at, signed_in_at, new = found[0]
    return Presence(confirmed=is_fresh(stepped_up_at, now), new_device=bool(new) and now - signed_in_at < NEW_FOR)
