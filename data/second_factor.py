"""The door to the second factor: an authenticator app's codes (TOTP), and recovery codes for when the phone is gone.

A code is checked and spent in the writer, in the commit that it opens, so that it cannot be used twice at once.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from uuid import UUID

from data.database import Database
from data.errors import NotFound, Rejection
from data.ids import OwnerId, new_request_id
from data.security import passwords, recovery, sealing, tokens, totp
from data.security.sealing import SealingKey
from data.sign_in import SignedIn, Visit, WrongPassword
from data.store import users
from data.store.command import Plan, Reader, Write
from data.store.users import UserRow

TRIES = 5
_ISSUER = "Little Gold Card"


@dataclasses.dataclass(unsafe_hash=True)
class WrongCode(Rejection):
    """Not a code that opens now: mistyped, too old, or used before. `tries_left` None: tries are not counted."""

    tries_left: int | None


@dataclasses.dataclass(unsafe_hash=True)
class ChallengeOver(Rejection):
    """Too late or too many tries: the password is asked again."""


@dataclasses.dataclass(unsafe_hash=True)
class AlreadyEnrolled(Rejection):
    """The person has an authenticator app; it is removed before another is added."""


@dataclasses.dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app must be told: the address for a QR code, the secret for typing."""

    uri: str = dataclasses.field(repr=False)
    secret: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class AnswerChallenge:
    """A code for an open challenge; a right one opens the session."""

    owner: UUID
    request_id: str
    challenge: str
    code: str = dataclasses.field(repr=False)
    session: str
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class EnrolTotp:
    """Make the app's codes a second factor from now on."""

    owner: UUID
    request_id: str
    sealed: str = dataclasses.field(repr=False)
    step: int
    code_hashes: tuple[str, ...]
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class SpendCode:
    """Spend a code to remove the second factor (`code_hashes` empty) or to replace the recovery codes."""

    owner: UUID
    request_id: str
    code: str = dataclasses.field(repr=False)
    code_hashes: tuple[str, ...]
    visit: Visit


_CHALLENGE = "SELECT tries FROM sign_in_challenge WHERE owner = $owner AND id = $id AND expires_at > $now"
_COUNT_TRY = "UPDATE sign_in_challenge SET tries = tries + 1 WHERE owner = $owner AND id = $id"
_CLOSE_CHALLENGE = "DELETE FROM sign_in_challenge WHERE owner = $owner AND id = $id"
_SET_TOTP = "UPDATE app_user SET totp_sealed = $sealed, totp_last_step = $step WHERE owner = $owner"
_SET_STEP = "UPDATE app_user SET totp_last_step = $step WHERE owner = $owner"
_UNUSED_CODE = """
SELECT code_hash FROM recovery_code WHERE owner = $owner AND code_hash = $code_hash AND used_at IS NULL"""
_USE_CODE = "UPDATE recovery_code SET used_at = $now WHERE owner = $owner AND code_hash = $code_hash"
_COUNT_CODES = "SELECT count(*) FROM recovery_code WHERE owner = $owner AND used_at IS NULL"
_DROP_CODES = "DELETE FROM recovery_code WHERE owner = $owner"
_ADD_CODE = "INSERT INTO recovery_code VALUES ($owner, $code_hash, $now, NULL)"


def begin_totp(name: str) -> Enrolment:
    """A fresh secret to show; nothing is kept until `confirm_totp` sees a right code."""
    secret = totp.new_secret()
    return Enrolment(totp.provisioning_uri(secret, name, _ISSUER), secret)


def confirm_totp(
    database: Database, key: SealingKey, owner: UUID, secret: str, code: str, visit: Visit
) -> tuple[str, ...]:
    """Make the app a second factor once it shows a right code; gives the recovery codes, to be shown once.

    Raises:
        WrongCode: the app's clock is off, or the code mistyped. AlreadyEnrolled: there is one.
    """
    step = totp.accepted_step(secret, code, database.clock(), last_step=0)
    if step is None:
        raise WrongCode(None)
    codes = recovery.new_codes()
    sealed = sealing.seal(key, secret, _place(owner))
    command = EnrolTotp(owner, new_request_id(), sealed, step, _hashes(codes), visit)
    database.submit(command, _decide_enrol)
    return codes


def answer_challenge(database: Database, key: SealingKey, challenge: str, code: str, visit: Visit) -> SignedIn:
    """Open the session that a right password asked for; `code` is the app's or a recovery code.

    Raises:
        ChallengeOver: unknown, too late, or too many tries. WrongCode: with the tries left.
    """
    owner = tokens.owner_in(challenge)
    if owner is None:
        raise ChallengeOver
    token = tokens.new_token(owner)
    command = AnswerChallenge(
        owner, new_request_id(), tokens.token_hash(challenge), code, tokens.token_hash(token), visit
    )
    receipt = database.submit(command, lambda *asked: _decide_answer(key, *asked))
    if not receipt["right"]:
        raise WrongCode(int(str(receipt["tries_left"])))
    return SignedIn(OwnerId(owner), token)


def disable_totp(database: Database, key: SealingKey, owner: UUID, password: str, code: str, visit: Visit) -> None:
    """Remove the second factor. The password then stands alone, so it must be long enough for that.

    Raises:
        WrongPassword, the refusals of `passwords.check_password`, WrongCode, NotFound: in this order.
    """
    user = users.user_of(database.read, owner)
    if user is None or not passwords.verify_password(user.password_hash, password):
        raise WrongPassword
    passwords.check_password(password, second_factor=False, names=[user.name])
    command = SpendCode(owner, new_request_id(), code, (), visit)
    database.submit(command, lambda *asked: _decide_spend(key, *asked))


def renew_recovery_codes(database: Database, key: SealingKey, owner: UUID, code: str, visit: Visit) -> tuple[str, ...]:
    """Fresh recovery codes in place of the old ones, to be shown once.

    Raises:
        WrongCode, NotFound: nothing was changed.
    """
    codes = recovery.new_codes()
    command = SpendCode(owner, new_request_id(), code, _hashes(codes), visit)
    database.submit(command, lambda *asked: _decide_spend(key, *asked))
    return codes


def has_totp(database: Database, owner: UUID) -> bool:
    """Whether the person has an authenticator app."""
    user = users.user_of(database.read, owner)
    return user is not None and user.totp_sealed is not None


def recovery_codes_left(database: Database, owner: UUID) -> int:
    """How many recovery codes are unused."""
    return int(database.read(_COUNT_CODES, {"owner": owner})[0][0])


def _place(owner: UUID) -> str:
    return f"totp:{owner}"


def _hashes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(recovery.code_hash(code) for code in codes)


def _decide_enrol(reader: Reader, command: EnrolTotp, now: datetime) -> Plan:
    user = users.user_of(reader.all, command.owner)
    if user is None:
        raise NotFound("user", str(command.owner))
    if user.totp_sealed is not None:
        raise AlreadyEnrolled
    keep = Write(_SET_TOTP, {"owner": command.owner, "sealed": command.sealed, "step": command.step})
    noted = users.event("second_factor_added", command.owner, command.visit, now)
    writes = [keep, *_codes_replaced(command.owner, command.code_hashes, now), noted]
    return Plan({}, writes, touches=frozenset({command.owner}))


def _decide_answer(key: SealingKey, reader: Reader, command: AnswerChallenge, now: datetime) -> Plan:
    at = {"owner": command.owner, "id": command.challenge}
    found = reader.one(_CHALLENGE, {**at, "now": now})
    user = users.user_of(reader.all, command.owner)
    if found is None or user is None or found[0] >= TRIES:
        raise ChallengeOver
    spent = _spent(key, reader, user, command.code, now)
    if spent is None:
        return Plan({"right": False, "tries_left": TRIES - 1 - int(found[0])}, [Write(_COUNT_TRY, at)])
    session = users.session_started(command.owner, command.session, command.visit, now)
    writes = [spent, Write(_CLOSE_CHALLENGE, at), *session]
    return Plan({"right": True}, writes, touches=frozenset({command.owner}))


def _decide_spend(key: SealingKey, reader: Reader, command: SpendCode, now: datetime) -> Plan:
    user = users.user_of(reader.all, command.owner)
    if user is None or user.totp_sealed is None:
        raise NotFound("second_factor", str(command.owner))
    spent = _spent(key, reader, user, command.code, now)
    if spent is None:
        raise WrongCode(None)
    remove = [] if command.code_hashes else [Write(_SET_TOTP, {"owner": user.owner, "sealed": None, "step": None})]
    name = "recovery_codes_renewed" if command.code_hashes else "second_factor_removed"
    noted = users.event(name, user.owner, command.visit, now)
    writes = [spent, *remove, *_codes_replaced(user.owner, command.code_hashes, now), noted]
    return Plan({}, writes, touches=frozenset({user.owner}))


def _spent(key: SealingKey, reader: Reader, user: UserRow, code: str, now: datetime) -> Write | None:
    """The write that spends this code, None when it does not open anything."""
    if recovery.looks_like_code(code):
        at = {"owner": user.owner, "code_hash": recovery.code_hash(code)}
        return Write(_USE_CODE, {**at, "now": now}) if reader.one(_UNUSED_CODE, at) else None
    if user.totp_sealed is None:
        return None
    secret = sealing.unseal(key, user.totp_sealed, _place(user.owner))
    step = totp.accepted_step(secret, code, now, user.totp_last_step or 0)
    return None if step is None else Write(_SET_STEP, {"owner": user.owner, "step": step})


def _codes_replaced(owner: UUID, code_hashes: tuple[str, ...], now: datetime) -> list[Write]:
    rows = [Write(_ADD_CODE, {"owner": owner, "code_hash": h, "now": now}) for h in code_hashes]
    return [Write(_DROP_CODES, {"owner": owner}), *rows]
