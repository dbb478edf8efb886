"""Whether the answer of a passkey proves who is there: looked at by every door that takes one.

Signature, place and challenge are checked in the caller's thread; that the challenge was not answered before and that
the key's counter goes forward is decided by the writer, in the commit that the answer opens.
"""

from __future__ import annotations

import dataclasses
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import structlog

from data.database import Database
from data.security import challenges, passkey
from data.security.passkey import PasskeyRefused, Place
from data.security.sealing import SealingKey
from data.sign_in import Visit
from data.store import passkeys, users
from data.store.command import Reader, Write

_SIGN_IN_LIFE: Final = timedelta(minutes=15)  # the browser's own offer waits below the form until somebody takes it
_log = structlog.get_logger("passkeys")


class Purpose(StrEnum):
    """What a challenge is for; an answer to one for another purpose is worth nothing."""

    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    REGISTER = "register"
    STEP_UP = "step_up"


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """An answer that was signed by the owner's key, here, to a challenge of ours."""

    owner: UUID
    key: str
    challenge: bytes = dataclasses.field(repr=False)
    sign_count: int
    synced: bool


def new_challenge(key: SealingKey, purpose: Purpose, bound_to: str, now: datetime) -> bytes:
    """A fresh challenge; bound_to: the session, or what else only the asking browser has."""
    nonce = secrets.token_bytes(challenges.NONCE_BYTES)
    life = _SIGN_IN_LIFE if purpose is Purpose.SIGN_IN else challenges.LIFE
    return challenges.issue(key.secret, purpose, bound_to, now, nonce, life)


def check_challenge(key: SealingKey, purpose: Purpose, bound_to: str, challenge: bytes, now: datetime) -> None:
    """Refuse a challenge that is not ours, for something else, another session's, or over.

    Raises:
        PasskeyRefused.
    """
    if not challenges.holds(key.secret, purpose, bound_to, challenge, now):
        raise PasskeyRefused("stale")


def prove(
    database: Database,
    key: SealingKey,
    place: Place,
    purpose: Purpose,
    bound_to: str,
    answer: str,
    owner: UUID | None = None,
) -> Proof:
    """What an answer proves. owner: whose key it must be; None: the key says whose it is.

    Raises:
        PasskeyRefused: a stranger's key, another challenge, another place, nobody verified.
    """
    claim = passkey.claim_of(answer)
    check_challenge(key, purpose, bound_to, claim.challenge, database.clock())
    whose = owner or claim.owner
    if whose is None or (claim.owner is not None and claim.owner != whose):
        raise PasskeyRefused("refused")
    kept = passkeys.one(database.read, whose, claim.key)
    if kept is None or kept.rp != place.rp:
        raise PasskeyRefused("refused")
    found = passkey.used(answer, place, claim.challenge, kept.public_key)
    return Proof(whose, kept.id, claim.challenge, found.sign_count, found.synced)


def end_of(challenge: bytes) -> datetime:
    """Until when this challenge counts."""
    return challenges.end_of(challenge)


def taken(reader: Reader, proof: Proof, now: datetime) -> list[Write] | None:
    """The writes that use this proof up; None when the key's counter says that there is a second copy of the key.

    Raises:
        PasskeyRefused: the challenge was answered before, or the key was removed meanwhile.
    """
    kept = passkeys.one(reader.all, proof.owner, proof.key)
    if kept is None:
        raise PasskeyRefused("refused")
    if passkeys.is_answered(reader.all, proof.owner, proof.challenge):
        raise PasskeyRefused("stale")
    if not passkey.goes_forward(kept.sign_count, proof.sign_count):
        return None
    used = passkeys.used(proof.owner, proof.key, proof.sign_count, now, synced=proof.synced)
    return [*passkeys.answered(proof.owner, proof.challenge, challenges.end_of(proof.challenge), now), used]


def copy_noticed(reader: Reader, proof: Proof, visit: Visit, now: datetime) -> list[Write]:
    """The writes that remember a counter which went back; whoever runs the house finds it in the log too."""
    kept = passkeys.one(reader.all, proof.owner, proof.key)
    before = kept.sign_count if kept else 0
    _log.warning("passkey_counter_went_back", owner=str(proof.owner), before=before, now=proof.sign_count)
    answered = passkeys.answered(proof.owner, proof.challenge, challenges.end_of(proof.challenge), now)
    called, event = kept.name if kept else "", "passkey_counter_went_back"
    noted = users.event(reader, event, proof.owner, visit, now, called=called, before=before, counter=proof.sign_count)
    return [*answered, noted]
