"""The rows behind identity: one person, and the writes that several identity commands share (sessions: `sessions`)."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from data.ledger.wallet.refusals import OperatorOnly
from data.sign_in import Visit
from data.store.command import Reader, Write

_AGENT_LENGTH = 200
Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

_BY_NAME = """
SELECT owner, name, password_hash, operator, totp_sealed, totp_last_step FROM app_user WHERE name_key = $name_key"""
_BY_OWNER = """
SELECT owner, name, password_hash, operator, totp_sealed, totp_last_step FROM app_user WHERE owner = $owner"""
_ADMIT = """
INSERT INTO app_user (owner, name, name_key, password_hash, operator, created_at)
VALUES ($owner, $name, $name_key, $password_hash, $operator, $created_at)"""
_COUNT = "SELECT count(*) FROM app_user"
_SET_PASSWORD = "UPDATE app_user SET password_hash = $password_hash WHERE owner = $owner"  # noqa: S105 - a statement
_EVENT = "INSERT INTO security_event VALUES ($owner, $seq, $event, $facts, $address, $device, $recorded_at)"


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


def require_operator(query: Query, actor: UUID) -> None:
    """Let only the operator pass.

    Raises:
        OperatorOnly.
    """
    user = user_of(query, actor)
    if user is None or not user.operator:
        raise OperatorOnly


def nobody_yet(query: Query) -> bool:
    """Whether there is no person here at all."""
    return query(_COUNT, {}) == [(0,)]


def admitted(owner: UUID, name: str, password_hash: str, now: datetime, *, first: bool) -> Write:
    """The write that makes a person; the first one is the operator."""
    row = {"owner": owner, "name": name, "name_key": name_key(name), "created_at": now}
    return Write(_ADMIT, {**row, "password_hash": password_hash, "operator": first})


def password_set(owner: UUID, password_hash: str) -> Write:
    """The write that replaces the kept password."""
    return Write(_SET_PASSWORD, {"owner": owner, "password_hash": password_hash})


def event(reader: Reader, name: str, owner: UUID, visit: Visit, now: datetime, **facts: str | int | bool) -> Write:
    """The write that notes a security event, in the store's one order. `facts` are no secrets."""
    row = {"owner": owner, "seq": reader.next_seq(), "recorded_at": now, "event": name}
    told = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return Write(_EVENT, {**row, "facts": told, "address": visit.address, "device": visit.agent[:_AGENT_LENGTH]})
