"""The door where a person confirms that it is them: a code, a passkey, or the password where there is nothing else.

It counts in this session for five minutes. The session's token is replaced at the same time, so that a cookie which was
copied before is worth nothing afterwards. Five wrong answers in a row end the session: its finder must sign in.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Final
from uuid import UUID

from data import guard, proving
from data.assurance import FRESH_FOR, Assurance, StepUpRequired, is_fresh
from data.database import Database
from data.errors import Rejection
from data.ids import new_request_id
from data.ledger.wallet.refusals import AmountInvalid
from data.money import MAX_MINOR, exponent
from data.proving import Proof, Purpose
from data.security import passkey, passwords, tokens
from data.security.passkey import PasskeyRefused, Place
from data.security.sealing import SealingKey
from data.sign_in import Visit, WrongCode
from data.store import factors, passkeys, sessions, stepping, users
from data.store.command import Plan, Reader, Write
from data.store.users import UserRow

TRIES: Final = 5


@dataclasses.dataclass(unsafe_hash=True)
class SessionOver(Rejection):
    """The session is over, perhaps because it was tried to confirm in vain too often: the person signs in again."""


@dataclasses.dataclass(unsafe_hash=True)
class SecondFactorAsked(Rejection):
    """The password does not confirm for somebody who has a second factor."""


@dataclasses.dataclass(frozen=True, slots=True)
class Ways:
    """How a person can confirm. password: only where there is no second factor; keys: for where they are now.

    app: codes of an authenticator app. Recovery codes count wherever the password does not.
    """

    password: bool
    app: bool
    keys: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ConfirmByCode:
    """A code of the app, or a recovery code."""

    owner: UUID
    request_id: str
    session: str
    token_hash: str
    code: str = dataclasses.field(repr=False)
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class ConfirmByPassword:
    """The password was right or wrong; checked_hash: what it was compared with."""

    owner: UUID
    request_id: str
    session: str
    token_hash: str
    right: bool
    checked_hash: str = dataclasses.field(repr=False)
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class ConfirmByKey:
    """A passkey's proof."""

    owner: UUID
    request_id: str
    session: str
    token_hash: str
    proof: Proof
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class SetThreshold:
    """Above which amount a payment is confirmed; minor units."""

    owner: UUID
    request_id: str
    currency: str
    minor: int


def ways(database: Database, owner: UUID, place: Place | None) -> Ways:
    """How this person can confirm at this place."""
    user = users.user_of(database.read, owner)
    rows = passkeys.of_owner(database.read, owner)
    app = user is not None and user.totp_sealed is not None
    here = place is not None and any(row.rp == place.rp for row in rows)
    return Ways(password=not app and not rows, app=app, keys=here)


def has_second_factor(database: Database, owner: UUID) -> bool:
    """Whether a password alone does not open this person's wallet."""
    user = users.user_of(database.read, owner)
    return user is not None and passkeys.has_second_factor(database.read, user)


def fresh_until(database: Database, owner: UUID, session: str) -> datetime | None:
    """Until when this session counts as confirmed (UTC without zone); None: it does not."""
    now = database.clock()
    found = stepping.standing(database.read, owner, session, now)
    if found is None or found.stepped_up_at is None or not is_fresh(found.stepped_up_at, now):
        return None
    return found.stepped_up_at + FRESH_FOR


def by_code(database: Database, key: SealingKey, owner: UUID, session: str, code: str, visit: Visit) -> str:
    """Confirm with a code of the app or a recovery code; the session's new token.

    Raises:
        WrongCode: with the tries left. SessionOver.
    """
    token = tokens.new_token(owner)
    command = ConfirmByCode(owner, new_request_id(), session, tokens.token_hash(token), code, visit)
    return _answered(database.submit(command, lambda *asked: _decide_code(key, *asked)), token)


def by_password(database: Database, owner: UUID, session: str, password: str, visit: Visit) -> str:
    """Confirm with the password, for who has no second factor; the session's new token.

    Raises:
        SecondFactorAsked. WrongCode: with the tries left. SessionOver.
    """
    user = users.user_of(database.read, owner)
    if user is None:
        raise SessionOver
    if passkeys.has_second_factor(database.read, user):
        raise SecondFactorAsked
    right, token = passwords.verify_password(user.password_hash, password), tokens.new_token(owner)
    command = ConfirmByPassword(
        owner, new_request_id(), session, tokens.token_hash(token), right, user.password_hash, visit
    )
    return _answered(database.submit(command, _decide_password), token)


def options(database: Database, key: SealingKey, owner: UUID, session: str, place: Place) -> str:
    """JSON for the browser to confirm with one of the person's keys for this place."""
    known = [row.known for row in passkeys.of_owner(database.read, owner) if row.rp == place.rp]
    challenge = proving.new_challenge(key, Purpose.STEP_UP, session, database.clock())
    return passkey.request_options(place, challenge, known)


def by_passkey(
    database: Database, key: SealingKey, owner: UUID, session: str, place: Place, answer: str, visit: Visit
) -> str:
    """Confirm with a passkey; the session's new token.

    Raises:
        PasskeyRefused, SessionOver.
    """
    proof = proving.prove(database, key, place, Purpose.STEP_UP, session, answer, owner)
    token = tokens.new_token(owner)
    command = ConfirmByKey(owner, new_request_id(), session, tokens.token_hash(token), proof, visit)
    receipt = database.submit(command, _decide_key)
    if not receipt["right"]:
        raise PasskeyRefused("counter")
    return token


def threshold(database: Database, owner: UUID, currency: str) -> int:
    """Above which amount a payment of this person is confirmed, minor units."""
    return stepping.threshold(database.read, owner, currency)


def set_threshold(database: Database, command: SetThreshold, assurance: Assurance) -> None:
    """Choose above which amount a payment is confirmed; both ways it holds at once, upward is itself confirmed.

    Raises:
        AmountInvalid, CurrencyUnknown, StepUpRequired.
    """
    if not 0 <= command.minor <= MAX_MINOR:
        raise AmountInvalid(command.minor)
    exponent(command.currency)
    if command.minor > stepping.threshold(database.read, command.owner, command.currency):
        wanted = StepUpRequired("threshold", "raises_threshold", command.minor, command.currency)
        guard.require_fresh(database, command.owner, assurance, wanted)
    database.submit(command, _decide_threshold)


def _decide_threshold(_reader: Reader, command: SetThreshold, now: datetime) -> Plan:
    writes = stepping.threshold_set(command.owner, command.currency, command.minor, now)
    return Plan({}, writes, touches=frozenset({command.owner}))


def _answered(receipt: dict[str, object], token: str) -> str:
    if receipt["right"]:
        return token
    left = int(str(receipt["tries_left"]))
    if left <= 0:
        raise SessionOver
    raise WrongCode(left)


def _decide_code(key: SealingKey, reader: Reader, command: ConfirmByCode, now: datetime) -> Plan:
    user, tries = _at(reader, command.owner, command.session, now)
    spent = factors.spent(key, reader, user, command.code, now)
    if spent is None:
        return _in_vain(reader, command, tries, now)
    return _done(reader, command, [spent], "code", now)


def _decide_password(reader: Reader, command: ConfirmByPassword, now: datetime) -> Plan:
    user, tries = _at(reader, command.owner, command.session, now)
    if passkeys.has_second_factor(reader.all, user):
        raise SecondFactorAsked
    if not command.right or user.password_hash != command.checked_hash:
        return _in_vain(reader, command, tries, now)
    return _done(reader, command, [], "password", now)


def _decide_key(reader: Reader, command: ConfirmByKey, now: datetime) -> Plan:
    _at(reader, command.owner, command.session, now)
    used = proving.taken(reader, command.proof, now)
    if used is None:
        return Plan({"right": False}, proving.copy_noticed(reader, command.proof, command.visit, now))
    return _done(reader, command, used, "passkey", now)


def _at(reader: Reader, owner: UUID, session: str, now: datetime) -> tuple[UserRow, int]:
    found, user = stepping.standing(reader.all, owner, session, now), users.user_of(reader.all, owner)
    if found is None or user is None:
        raise SessionOver
    return user, found.tries


def _in_vain(reader: Reader, command: ConfirmByCode | ConfirmByPassword, tries: int, now: datetime) -> Plan:
    left = TRIES - 1 - tries
    writes = [stepping.try_counted(command.owner, command.session)]
    if left <= 0:
        writes.append(sessions.ended(command.owner, now, only=command.session))
        writes.append(users.event(reader, "step_up_refused", command.owner, command.visit, now))
    return Plan({"right": False, "tries_left": left}, writes, touches=frozenset({command.owner}))


def _done(
    reader: Reader,
    command: ConfirmByCode | ConfirmByPassword | ConfirmByKey,
    used: list[Write],
    factor: str,
    now: datetime,
) -> Plan:
    noted = users.event(reader, "stepped_up", command.owner, command.visit, now, factor=factor)
    confirmed = stepping.confirmed(command.owner, command.session, command.token_hash, now)
    return Plan({"right": True}, [*used, *confirmed, noted], touches=frozenset({command.owner}))
