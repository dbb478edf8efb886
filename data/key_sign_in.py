"""Coming in by a passkey: alone, or after a right password in place of a code.

A key is the person's device and its check of the person in one, so it opens a session by itself. After a password it
is a second factor beside the authenticator app's codes.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from uuid import UUID

from data import proving
from data.database import Database
from data.ids import OwnerId, new_request_id
from data.proving import Proof, Purpose
from data.security import passkey, tokens
from data.security.passkey import PasskeyRefused, Place
from data.security.sealing import SealingKey
from data.sign_in import ChallengeOver, SignedIn, Visit
from data.store import factors, passkeys, sessions, users
from data.store.command import Plan, Reader


@dataclasses.dataclass(frozen=True, slots=True)
class SignInByKey:
    """Open a session on a proof; challenge: the waiting sign-in that it completes, "" when it stands alone."""

    owner: UUID
    request_id: str
    proof: Proof
    challenge: str
    ticket: str
    visit: Visit


def options_to_sign_in(database: Database, key: SealingKey, place: Place, browser: str) -> str:
    """JSON for the browser to sign somebody in with, whoever it is. browser: what only this browser has."""
    challenge = proving.new_challenge(key, Purpose.SIGN_IN, browser, database.clock())
    return passkey.request_options(place, challenge)


def sign_in(database: Database, key: SealingKey, place: Place, browser: str, answer: str, visit: Visit) -> SignedIn:
    """Open a session for the person whose key answered.

    Raises:
        PasskeyRefused.
    """
    proof = proving.prove(database, key, place, Purpose.SIGN_IN, browser, answer)
    return _opened(database, proof, "", visit)


def app_waits(database: Database, challenge: str) -> bool:
    """Whether who waits with this challenge has an authenticator app."""
    owner = tokens.owner_in(challenge)
    user = None if owner is None else users.user_of(database.read, owner)
    if user is None or user.totp_sealed is None:
        return False
    return factors.challenge_open(database.read, user.owner, tokens.token_hash(challenge), database.clock())


def options_to_answer(database: Database, key: SealingKey, place: Place, challenge: str) -> str | None:
    """JSON for the browser to complete a sign-in with; None when the person has no key for this place.

    challenge: as given after a right password.
    """
    owner = tokens.owner_in(challenge)
    if owner is None or not factors.challenge_open(
        database.read, owner, tokens.token_hash(challenge), database.clock()
    ):
        return None
    known = [row.known for row in passkeys.of_owner(database.read, owner) if row.rp == place.rp]
    if not known:
        return None
    fresh = proving.new_challenge(key, Purpose.SECOND_FACTOR, challenge, database.clock())
    return passkey.request_options(place, fresh, known)


def answer(database: Database, key: SealingKey, place: Place, challenge: str, answer: str, visit: Visit) -> SignedIn:
    """Open the session that a right password asked for.

    Raises:
        ChallengeOver, PasskeyRefused.
    """
    owner = tokens.owner_in(challenge)
    if owner is None:
        raise ChallengeOver
    proof = proving.prove(database, key, place, Purpose.SECOND_FACTOR, challenge, answer, owner)
    return _opened(database, proof, tokens.token_hash(challenge), visit)


def _opened(database: Database, proof: Proof, challenge: str, visit: Visit) -> SignedIn:
    token = tokens.new_token(proof.owner)
    command = SignInByKey(proof.owner, new_request_id(), proof, challenge, tokens.token_hash(token), visit)
    receipt = database.submit(command, _decide_sign_in)
    if not receipt["right"]:
        raise PasskeyRefused("counter")
    return SignedIn(OwnerId(proof.owner), token, int(receipt["days"]))


def _decide_sign_in(reader: Reader, command: SignInByKey, now: datetime) -> Plan:
    at = command.challenge
    if at and not factors.challenge_open(reader.all, command.owner, at, now):
        raise ChallengeOver
    used = proving.taken(reader, command.proof, now)
    if used is None:
        return Plan({"right": False}, proving.copy_noticed(reader, command.proof, command.visit, now))
    started = sessions.started(reader, command.owner, command.ticket, command.visit, now, factor="passkey")
    closed = [factors.challenge_closed(command.owner, at)] if at else []
    writes = [*used, *closed, *started.writes]
    return Plan({"right": True, "days": started.days}, writes, touches=frozenset({command.owner}))
