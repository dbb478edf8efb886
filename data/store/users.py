"""The rows behind identity: one person, their sessions, and the writes that several identity commands share."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from data.ids import new_id
from data.sign_in import SESSION_LIFE, Visit
from data.store.command import Write

_KEPT_AFTER_END = timedelta(days=30)  # ended sessions stay known so long: an old tab is shown the way to sign in
_AGENT_LENGTH = 200
Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

_BY_NAME = """
SELECT owner, name, password_hash, operator, totp_sealed, totp_last_step FROM app_user WHERE name_key = $name_key"""
_BY_OWNER = """
SELECT owner, name, password_hash, operator, totp_sealed, totp_last_step FROM app_user WHERE owner = $owner"""
_ADMIT = """
INSERT INTO app_user VALUES ($owner, $name, $name_key, $password_hash, $operator, $created_at, NULL, NULL)"""
_COUNT = "SELECT count(*) FROM app_user"
_START_SESSION = """
INSERT INTO user_session VALUES ($owner, $id, $created_at, $expires_at, NULL, $address, $agent)"""
_END_SESSIONS = """
UPDATE user_session SET ended_at = $ended_at
WHERE owner = $owner AND ended_at IS NULL AND ($only = '' OR id = $only) AND id <> $spare"""
_DROP_OLD_SESSIONS = "DELETE FROM user_session WHERE owner = $owner AND expires_at < $before"
_DROP_OLD_CHALLENGES = "DELETE FROM sign_in_challenge WHERE owner = $owner AND expires_at < $before"
_SET_PASSWORD = "UPDATE app_user SET password_hash = $password_hash WHERE owner = $owner"  # noqa: S105 - a statement
_EVENT = "INSERT INTO security_event VALUES ($owner, $id, $recorded_at, $event, $address, $agent)"


@dataclasses.dataclass(frozen=True, slots=True)
class UserRow:
    """One person as kept. `totp_sealed` None: no second factor."""

    owner: UUID
    name: str
    password_hash: str = dataclasses.field(repr=False)
    operator: bool
    totp_sealed: str | None = dataclasses.field(repr=False)
    totp_last_step: int | None


def name_key(name: str) -> str:
    """The form under which names are compared: Ａlice, ALICE and alice are one."""
    folded = unicodedata.normalize("NFKC", name).strip().casefold()
    return unicodedata.normalize("NFKC", folded)


def user_named(query: Query, name_key: str) -> UserRow | None:
    """The person with this folded name."""
    rows = query(_BY_NAME, {"name_key": name_key})
    return UserRow(*rows[0]) if rows else None


def user_of(query: Query, owner: UUID) -> UserRow | None:
    """The person with this id."""
    rows = query(_BY_OWNER, {"owner": owner})
    return UserRow(*rows[0]) if rows else None


def nobody_yet(query: Query) -> bool:
    """Whether there is no person here at all."""
    return query(_COUNT, {}) == [(0,)]


def admitted(owner: UUID, name: str, password_hash: str, now: datetime, *, first: bool) -> Write:
    """The write that makes a person; the first one is the operator."""
    row = {"owner": owner, "name": name, "name_key": name_key(name), "created_at": now}
    return Write(_ADMIT, {**row, "password_hash": password_hash, "operator": first})


def session_started(owner: UUID, session: str, visit: Visit, now: datetime) -> list[Write]:
    """The writes that open a session, and sweep away what is long over."""
    row = {
        "owner": owner,
        "id": session,
        "created_at": now,
        "expires_at": now + SESSION_LIFE,
        "address": visit.address,
        "agent": visit.agent[:_AGENT_LENGTH],
    }
    return [
        Write(_DROP_OLD_SESSIONS, {"owner": owner, "before": now - _KEPT_AFTER_END}),
        Write(_DROP_OLD_CHALLENGES, {"owner": owner, "before": now}),
        Write(_START_SESSION, row),
        event("signed_in", owner, visit, now),
    ]


def sessions_ended(owner: UUID, now: datetime, *, only: str = "", spare: str = "") -> Write:
    """The write that ends the owner's open sessions: all, `only` one, or all but the one to `spare`."""
    return Write(_END_SESSIONS, {"owner": owner, "ended_at": now, "only": only, "spare": spare})


def password_set(owner: UUID, password_hash: str) -> Write:
    """The write that replaces the kept password."""
    return Write(_SET_PASSWORD, {"owner": owner, "password_hash": password_hash})


def event(name: str, owner: UUID, visit: Visit, now: datetime) -> Write:
    """The write that notes a security event."""
    row = {"owner": owner, "id": new_id(), "recorded_at": now, "event": name}
    return Write(_EVENT, {**row, "address": visit.address, "agent": visit.agent[:_AGENT_LENGTH]})
