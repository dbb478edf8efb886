"""The rows of passkeys: a person's keys, what an answer changes, and which challenges were answered already."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import datetime
from typing import Final
from uuid import UUID

from data.security.passkey import Known, NewKey
from data.store.command import Write
from data.store.users import Query, UserRow

_OF_OWNER: Final = """
SELECT id, public_key, sign_count, rp, name, transports, synced, created_at, last_used_at FROM passkey
WHERE owner = $owner ORDER BY created_at, id"""
_ONE: Final = """
SELECT id, public_key, sign_count, rp, name, transports, synced, created_at, last_used_at FROM passkey
WHERE owner = $owner AND id = $id"""
_ANYBODYS: Final = "SELECT 1 FROM passkey WHERE id = $id LIMIT 1"
_ADD: Final = """
INSERT INTO passkey VALUES ($owner, $id, $public_key, $sign_count, $rp, $name, $transports, $synced, $now, NULL)"""
_USE: Final = """
UPDATE passkey SET sign_count = $sign_count, synced = $synced, last_used_at = $now WHERE owner = $owner AND id = $id"""
_RENAME: Final = "UPDATE passkey SET name = $name WHERE owner = $owner AND id = $id"
_REMOVE: Final = "DELETE FROM passkey WHERE owner = $owner AND id = $id"
_ANSWERED: Final = "SELECT 1 FROM passkey_challenge_used WHERE owner = $owner AND challenge_hash = $challenge_hash"
_ANSWER: Final = "INSERT INTO passkey_challenge_used VALUES ($owner, $challenge_hash, $expires_at)"
_SWEEP: Final = "DELETE FROM passkey_challenge_used WHERE owner = $owner AND expires_at <= $now"


@dataclasses.dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One key as kept. id and public_key: base64url; rp: the name it was made for."""

    id: str
    public_key: str = dataclasses.field(repr=False)
    sign_count: int
    rp: str
    name: str
    transports: str
    synced: bool
    created_at: datetime
    last_used_at: datetime | None

    @property
    def known(self) -> Known:
        """What a browser is told of it."""
        return Known(self.id, tuple(json.loads(self.transports)))


def of_owner(query: Query, owner: UUID) -> list[PasskeyRow]:
    """All keys of the person, the oldest first."""
    return [PasskeyRow(*row) for row in query(_OF_OWNER, {"owner": owner})]


def one(query: Query, owner: UUID, key: str) -> PasskeyRow | None:
    """The person's key with this id."""
    rows = query(_ONE, {"owner": owner, "id": key})
    return PasskeyRow(*rows[0]) if rows else None


def is_known(query: Query, key: str) -> bool:
    """Whether anybody here has the key with this id."""
    return bool(query(_ANYBODYS, {"id": key}))


def has_second_factor(query: Query, user: UserRow) -> bool:
    """Whether a password alone does not open this person's wallet: there is an authenticator app, or a key."""
    return user.totp_sealed is not None or bool(of_owner(query, user.owner))


def added(owner: UUID, key: NewKey, rp: str, name: str, now: datetime) -> Write:
    """The write that keeps a new key."""
    row = {"id": key.id, "public_key": key.public_key, "sign_count": key.sign_count, "synced": key.synced}
    return Write(_ADD, {**row, "owner": owner, "rp": rp, "name": name, "transports": _json(key.transports), "now": now})


def used(owner: UUID, key: str, sign_count: int, now: datetime, *, synced: bool) -> Write:
    """The write that notes a key's use."""
    return Write(_USE, {"owner": owner, "id": key, "sign_count": sign_count, "synced": synced, "now": now})


def renamed(owner: UUID, key: str, name: str) -> Write:
    """The write that calls a key something else."""
    return Write(_RENAME, {"owner": owner, "id": key, "name": name})


def removed(owner: UUID, key: str) -> Write:
    """The write that forgets a key."""
    return Write(_REMOVE, {"owner": owner, "id": key})


def is_answered(query: Query, owner: UUID, challenge: bytes) -> bool:
    """Whether this challenge was answered before."""
    return bool(query(_ANSWERED, {"owner": owner, "challenge_hash": _hash(challenge)}))


def answered(owner: UUID, challenge: bytes, expires_at: datetime, now: datetime) -> list[Write]:
    """The writes after which this challenge is answered; those that expired are swept away."""
    row = {"owner": owner, "challenge_hash": _hash(challenge), "expires_at": expires_at}
    return [Write(_SWEEP, {"owner": owner, "now": now}), Write(_ANSWER, row)]


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()


def _json(transports: tuple[str, ...]) -> str:
    return json.dumps(list(transports))
