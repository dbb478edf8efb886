"""Sessions as they live: which one a token opens, that it is being used, which are open, ending one or all."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from uuid import UUID

from data.database import Database
from data.ids import new_request_id
from data.security import tokens
from data.sign_in import Session, Visit
from data.store import sessions, users
from data.store.command import Plan, Reader


@dataclasses.dataclass(frozen=True, slots=True)
class EndSessions:
    """End one session (`only`), or all (`only` empty)."""

    owner: UUID
    request_id: str
    only: str
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class SeeSession:
    """Note that a session is being used."""

    owner: UUID
    request_id: str
    session: str


def note_use(database: Database, session: Session) -> None:
    """Note that a person is using this session, now and then, so that it ends only when it is left alone."""
    if session.to_be_noted(database.clock()):
        database.submit(SeeSession(session.owner, new_request_id(), session.id), _decide_see)


def sign_out(database: Database, token: str, visit: Visit) -> None:
    """End the session behind this token, in every tab that uses it. Unknown tokens are nothing to do."""
    found = find_session(database, token)
    if found is not None:
        end_session(database, found.owner, found.id, visit)


def end_session(database: Database, owner: UUID, session: str, visit: Visit) -> None:
    """End one of the owner's sessions."""
    database.submit(EndSessions(owner, new_request_id(), session, visit), _decide_end_sessions)


def sign_out_everywhere(database: Database, owner: UUID, visit: Visit) -> None:
    """End all sessions of the owner."""
    database.submit(EndSessions(owner, new_request_id(), "", visit), _decide_end_sessions)


def find_session(database: Database, token: str) -> Session | None:
    """The session this token opens, open or over; None for one that was never given out, or replaced since."""
    owner = tokens.owner_in(token)
    return None if owner is None else sessions.session_behind(database.read, owner, tokens.token_hash(token))


def session_of(database: Database, owner: UUID, session: str) -> Session | None:
    """The owner's session with this id, open or over."""
    return sessions.session_of(database.read, owner, session)


def open_sessions(database: Database, owner: UUID) -> list[Session]:
    """Where the owner is signed in now, last used first."""
    return sessions.open_sessions(database.read, owner, database.clock())


def _decide_see(_reader: Reader, command: SeeSession, now: datetime) -> Plan:
    return Plan({}, [sessions.seen(command.owner, command.session, now)])


def _decide_end_sessions(reader: Reader, command: EndSessions, now: datetime) -> Plan:
    end = sessions.ended(command.owner, now, only=command.only)
    name = "signed_out" if command.only else "signed_out_everywhere"
    noted = users.event(reader, name, command.owner, command.visit, now)
    return Plan({}, [end, noted], touches=frozenset({command.owner}))
