"""The rows of sessions: opened, given a new token, seen, ended; and the places somebody has come in from before."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from data.security import throttle
from data.sign_in import IDLE_MINUTES, SESSION_DAYS, Session, Visit
from data.store import users
from data.store.command import Reader, Write

KNOWN_FOR: Final = timedelta(days=180)  # so long a place is known after the last sign-in from it
_KEPT_AFTER_END: Final = timedelta(days=30)  # ended sessions stay known so long: an old tab is shown the way to sign in
_AGENT_LENGTH: Final = 200
SHORT: Final = 16

_LIVES: Final = "SELECT idle_minutes, session_days FROM sign_in_choice WHERE owner = $owner"
_START: Final = """
INSERT INTO user_session (owner, id, token_hash, created_at, seen_at, expires_at, idle_minutes, address, agent)
VALUES ($owner, $id, $token_hash, $now, $now, $expires_at, $idle_minutes, $address, $agent)"""
_RENEW: Final = """
UPDATE user_session SET token_hash = $token_hash, created_at = $now, seen_at = $now, expires_at = $expires_at,
    idle_minutes = $idle_minutes, address = $address, agent = $agent
WHERE owner = $owner AND id = $id"""
_ROTATE: Final = "UPDATE user_session SET token_hash = $token_hash, seen_at = $now WHERE owner = $owner AND id = $id"
_SEE: Final = "UPDATE user_session SET seen_at = $now WHERE owner = $owner AND id = $id AND ended_at IS NULL"
_BY_ID: Final = """
SELECT owner, id, created_at, seen_at, expires_at, idle_minutes, ended_at, address, agent FROM user_session
WHERE owner = $owner AND id = $id"""
_OF_COOKIE: Final = """
SELECT owner, id, created_at, seen_at, expires_at, idle_minutes, ended_at, address, agent FROM user_session
WHERE owner = $owner AND token_hash = $token_hash"""
_NOT_ENDED: Final = """
SELECT owner, id, created_at, seen_at, expires_at, idle_minutes, ended_at, address, agent FROM user_session
WHERE owner = $owner AND ended_at IS NULL AND expires_at > $now ORDER BY seen_at DESC, created_at DESC, id"""
_END: Final = """
UPDATE user_session SET ended_at = $ended_at
WHERE owner = $owner AND ended_at IS NULL AND ($only = '' OR id = $only) AND id <> $spare"""
_DROP_OLD: Final = "DELETE FROM user_session WHERE owner = $owner AND expires_at < $before"
_DROP_OLD_CHALLENGES: Final = "DELETE FROM sign_in_challenge WHERE owner = $owner AND expires_at < $before"
_KNOWN: Final = """
SELECT kind FROM known_place WHERE owner = $owner AND seen_at > $since
AND ((kind = 'device' AND place = $device) OR (kind = 'address' AND place = $address))"""
_ANY_DEVICE: Final = "SELECT 1 FROM known_place WHERE owner = $owner AND kind = 'device' LIMIT 1"
_KNOW: Final = "INSERT INTO known_place VALUES ($owner, $kind, $place, $now, $now)"
_SEE_PLACE: Final = """
UPDATE known_place SET seen_at = $now WHERE owner = $owner AND kind = $kind AND place = $place"""
_HAS_PLACE: Final = "SELECT 1 FROM known_place WHERE owner = $owner AND kind = $kind AND place = $place"
_FORGET_DEVICES: Final = "DELETE FROM known_place WHERE owner = $owner AND kind = 'device' AND place <> $spare"
_FAMILIAR: Final = """
SELECT kind = 'device' FROM known_place
WHERE seen_at > $since
AND ((owner = $owner AND kind = 'device' AND place = $device) OR (kind = 'address' AND place = $address))"""


@dataclasses.dataclass(frozen=True, slots=True)
class Started:
    """A session to be opened: the writes, and how many days it lasts at most."""

    writes: list[Write]
    days: int


def started(
    reader: Reader, owner: UUID, token_hash: str, visit: Visit, now: datetime, *, factor: str, renews: str = ""
) -> Started:
    """Open a session for whom this token's hash stands, or give it to the person's own open session `renews`.

    factor: what proved who it is: `password`, `totp`, `recovery_code`, `passkey`.
    """
    idle_minutes, days = lives(reader, owner)
    before = session_of(reader.all, owner, renews) if renews else None
    again = before is not None and before.open_at(now)
    row = {
        "owner": owner,
        "id": renews if again else token_hash,
        "token_hash": token_hash,
        "now": now,
        "expires_at": now + timedelta(days=days),
        "idle_minutes": idle_minutes,
        "address": visit.address,
        "agent": visit.agent[:_AGENT_LENGTH],
    }
    new: dict[str, bool] = {"new_device": True} if _is_new_device(reader, owner, visit, now) else {}
    writes = [
        Write(_DROP_OLD, {"owner": owner, "before": now - _KEPT_AFTER_END}),
        Write(_DROP_OLD_CHALLENGES, {"owner": owner, "before": now}),
        Write(_RENEW if again else _START, row),
        *_places_known(reader, owner, visit, now),
        users.event(reader, "signed_in", owner, visit, now, factor=factor, session=str(row["id"])[:SHORT], **new),
    ]
    return Started(writes, days)


def lives(reader: Reader, owner: UUID) -> tuple[int, int]:
    """For how many minutes unused, and how many days at most, this person's sessions last."""
    chosen = reader.one(_LIVES, {"owner": owner})
    return (int(chosen[0]), int(chosen[1])) if chosen else (IDLE_MINUTES, SESSION_DAYS)


def session_of(query: users.Query, owner: UUID, session: str) -> Session | None:
    """The owner's session with this id, open or over."""
    rows = query(_BY_ID, {"owner": owner, "id": session})
    return Session(*rows[0]) if rows else None


def session_behind(query: users.Query, owner: UUID, token_hash: str) -> Session | None:
    """The owner's session that this token opens now, open or over; a token before it opens nothing."""
    rows = query(_OF_COOKIE, {"owner": owner, "token_hash": token_hash})
    return Session(*rows[0]) if rows else None


def open_sessions(query: users.Query, owner: UUID, now: datetime) -> list[Session]:
    """The owner's open sessions, last used first."""
    found = [Session(*row) for row in query(_NOT_ENDED, {"owner": owner, "now": now})]
    return [one for one in found if one.open_at(now)]


def rotated(owner: UUID, session: str, token_hash: str, now: datetime) -> Write:
    """The write that makes another token open this session, and the one before it nothing."""
    return Write(_ROTATE, {"owner": owner, "id": session, "token_hash": token_hash, "now": now})


def seen(owner: UUID, session: str, now: datetime) -> Write:
    """The write that notes that the session is being used."""
    return Write(_SEE, {"owner": owner, "id": session, "now": now})


def ended(owner: UUID, now: datetime, *, only: str = "", spare: str = "") -> Write:
    """The write that ends the owner's open sessions: all, `only` one, or all but the one to `spare`."""
    return Write(_END, {"owner": owner, "ended_at": now, "only": only, "spare": spare})


def devices_forgotten(owner: UUID, *, spare: str = "") -> Write:
    """The write after which every browser but the one to `spare` is a stranger's again."""
    return Write(_FORGET_DEVICES, {"owner": owner, "spare": spare})


def familiar(query: users.Query, owner: UUID, visit: Visit, now: datetime) -> tuple[bool, bool]:
    """Whether the owner has come in with this browser before, and whether anybody has from this address.

    The second is asked about everybody, so that at no address a name that exists is treated otherwise than one that
    does not.
    """
    place = throttle.home_of(visit.address)
    at = {"owner": owner, "device": visit.device, "address": place, "since": now - KNOWN_FOR}
    found = {bool(is_device) for (is_device,) in query(_FAMILIAR, at)}
    return True in found and bool(visit.device), False in found and bool(visit.address)


def _is_new_device(reader: Reader, owner: UUID, visit: Visit, now: datetime) -> bool:
    """Whether there were other browsers before and this one is not among them."""
    if not visit.device or reader.one(_ANY_DEVICE, {"owner": owner}) is None:
        return False
    at = {"owner": owner, "device": visit.device, "address": "", "since": now - KNOWN_FOR}
    return reader.one(_KNOWN, at) is None


def _places_known(reader: Reader, owner: UUID, visit: Visit, now: datetime) -> list[Write]:
    writes = []
    for kind, place in (("device", visit.device), ("address", throttle.home_of(visit.address))):
        if place:
            row = {"owner": owner, "kind": kind, "place": place}
            known = reader.one(_HAS_PLACE, row) is not None
            writes.append(Write(_SEE_PLACE if known else _KNOW, {**row, "now": now}))
    return writes
