"""The door to the second factor: an authenticator app's codes (TOTP), and recovery codes for when the phone is gone.

A code is checked and spent in the writer, in the commit that it opens, so that it cannot be used twice at once.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from uuid import UUID

from data import guard, trying
from data.assurance import UNCONFIRMED, Assurance, StepUpRequired
from data.database import Database
from data.errors import NotFound, Rejection
from data.ids import OwnerId, new_request_id
from data.security import passwords, recovery, sealing, tokens, totp
from data.security.sealing import SealingKey
from data.sign_in import ChallengeOver, SignedIn, Visit, WrongCode, WrongPassword
from data.store import factors, passkeys, sessions, users
from data.store.command import Plan, Reader, Write

_ISSUER = "Little Gold Card"


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
    renews: str
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
    """Spend a code to remove the second factor (`code_hashes` empty) or to replace the recovery codes.

    keys_stay: there were passkeys, so that a shorter password was let pass.
    """

    owner: UUID
    request_id: str
    code: str = dataclasses.field(repr=False)
    code_hashes: tuple[str, ...]
    visit: Visit
    keys_stay: bool = False


_SET_TOTP = "UPDATE app_user SET totp_sealed = $sealed, totp_last_step = $step WHERE owner = $owner"
_COUNT_CODES = "SELECT count(*) FROM recovery_code WHERE owner = $owner AND used_at IS NULL"


def begin_totp(name: str) -> Enrolment:
    """A fresh secret to show; nothing is kept until `confirm_totp` sees a right code."""
    secret = totp.new_secret()
    return Enrolment(totp.provisioning_uri(secret, name, _ISSUER), secret)


def confirm_totp(
    database: Database,
    key: SealingKey,
    owner: UUID,
    secret: str,
    code: str,
    visit: Visit,
    assurance: Assurance = UNCONFIRMED,
) -> tuple[str, ...]:
    """Make the app a second factor once it shows a right code; gives the recovery codes, to be shown once.

    Raises:
        StepUpRequired. WrongCode: the app's clock is off, or the code mistyped. AlreadyEnrolled: there is one.
    """
    guard.require_fresh(database, owner, assurance, StepUpRequired("factors", "changes_factors"))
    step = totp.accepted_step(secret, code, database.clock(), last_step=0)
    if step is None:
        raise WrongCode(None)
    codes = recovery.new_codes()
    sealed = sealing.seal(key, secret, factors.place(owner))
    command = EnrolTotp(owner, new_request_id(), sealed, step, _hashes(codes), visit)
    database.submit(command, _decide_enrol)
    return codes


def answer_challenge(
    database: Database, key: SealingKey, challenge: str, code: str, visit: Visit, replacing: str = ""
) -> SignedIn:
    """Open the session that a right password asked for; `code` is the app's or a recovery code.

    replacing: the token that the browser holds already; a session of the same person goes on under a new one.

    Raises:
        ChallengeOver: unknown, too late, or too many tries. TooManyTries. WrongCode: with the tries left.
    """
    owner, asked = tokens.owner_in(challenge), tokens.token_hash(challenge)
    if owner is None or not factors.challenge_open(database.read, owner, asked, database.clock()):
        raise ChallengeOver
    guess = trying.outside(database, "code", owner, str(owner), visit)
    trying.begin(database, guess)
    token = tokens.new_token(owner)
    before = sessions.session_behind(database.read, owner, tokens.token_hash(replacing))
    renews = before.id if before else ""
    command = AnswerChallenge(owner, new_request_id(), asked, code, tokens.token_hash(token), renews, visit)
    receipt = database.submit(command, lambda *asked: _decide_answer(key, *asked))
    if not receipt["right"]:
        trying.wrong(database, guess)
        raise WrongCode(int(receipt["tries_left"]))
    trying.right(database, guess)
    return SignedIn(OwnerId(owner), token, int(receipt["days"]))


def disable_totp(database: Database, key: SealingKey, owner: UUID, password: str, code: str, visit: Visit) -> None:
    """Remove the authenticator app. Without a passkey the password then stands alone and must be long enough for that.

    The code that is spent here confirms it.

    Raises:
        TooManyTries, WrongPassword, the refusals of `passwords.check_password`, WrongCode, NotFound: in this order.
    """
    guess = trying.inside("factor", owner, "", visit)
    trying.begin(database, guess)
    user = users.user_of(database.read, owner)
    if user is None or not passwords.verify_password(user.password_hash, password):
        trying.wrong(database, guess)
        raise WrongPassword
    keys_stay = bool(passkeys.of_owner(database.read, owner))
    passwords.check_password(password, second_factor=keys_stay, names=[user.name])
    _spend(database, key, guess, SpendCode(owner, new_request_id(), code, (), visit, keys_stay))


def renew_recovery_codes(database: Database, key: SealingKey, owner: UUID, code: str, visit: Visit) -> tuple[str, ...]:
    """Fresh recovery codes in place of the old ones, to be shown once.

    Raises:
        TooManyTries, WrongCode, NotFound: nothing was changed.
    """
    guess = trying.inside("factor", owner, "", visit)
    trying.begin(database, guess)
    codes = recovery.new_codes()
    _spend(database, key, guess, SpendCode(owner, new_request_id(), code, _hashes(codes), visit))
    return codes


def has_totp(database: Database, owner: UUID) -> bool:
    """Whether the person has an authenticator app."""
    user = users.user_of(database.read, owner)
    return user is not None and user.totp_sealed is not None


def recovery_codes_left(database: Database, owner: UUID) -> int:
    """How many recovery codes are unused."""
    return int(database.read(_COUNT_CODES, {"owner": owner})[0][0])


def _spend(database: Database, key: SealingKey, guess: trying.Guess, command: SpendCode) -> None:
    try:
        database.submit(command, lambda *asked: _decide_spend(key, *asked))
    except WrongCode:
        trying.wrong(database, guess)
        raise
    trying.right(database, guess)


def _hashes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(recovery.code_hash(code) for code in codes)


def _decide_enrol(reader: Reader, command: EnrolTotp, now: datetime) -> Plan:
    user = users.user_of(reader.all, command.owner)
    if user is None:
        raise NotFound("user", str(command.owner))
    if user.totp_sealed is not None:
        raise AlreadyEnrolled
    keep = Write(_SET_TOTP, {"owner": command.owner, "sealed": command.sealed, "step": command.step})
    noted = users.event(reader, "second_factor_added", command.owner, command.visit, now)
    writes = [keep, *factors.codes_replaced(command.owner, command.code_hashes, now), noted]
    return Plan({}, writes, touches=frozenset({command.owner}))


def _decide_answer(key: SealingKey, reader: Reader, command: AnswerChallenge, now: datetime) -> Plan:
    owner, challenge = command.owner, command.challenge
    tries = factors.challenge_tries(reader.all, owner, challenge, now)
    user = users.user_of(reader.all, owner)
    if tries is None or user is None:
        raise ChallengeOver
    spent = factors.spent(key, reader, user, command.code, now)
    if spent is None:
        left = factors.TRIES - 1 - tries
        return Plan({"right": False, "tries_left": left}, [factors.challenge_tried(owner, challenge)])
    factor = "recovery_code" if recovery.looks_like_code(command.code) else "totp"
    asked = (command.session, command.visit, now)
    session = sessions.started(reader, owner, *asked, factor=factor, renews=command.renews)
    writes = [spent, factors.challenge_closed(owner, challenge), *session.writes]
    return Plan({"right": True, "days": session.days}, writes, touches=frozenset({owner}))


def _decide_spend(key: SealingKey, reader: Reader, command: SpendCode, now: datetime) -> Plan:
    user = users.user_of(reader.all, command.owner)
    if user is None or user.totp_sealed is None:
        raise NotFound("second_factor", str(command.owner))
    spent = factors.spent(key, reader, user, command.code, now)
    if spent is None:
        raise WrongCode(None)
    keys = bool(passkeys.of_owner(reader.all, user.owner))
    if command.keys_stay and not keys:
        raise NotFound("passkey", "")  # the last one was removed meanwhile
    remove = [] if command.code_hashes else [Write(_SET_TOTP, {"owner": user.owner, "sealed": None, "step": None})]
    fresh = [] if remove and keys else factors.codes_replaced(user.owner, command.code_hashes, now)
    name = "recovery_codes_renewed" if command.code_hashes else "second_factor_removed"
    noted = users.event(reader, name, user.owner, command.visit, now)
    return Plan({}, [spent, *remove, *fresh, noted], touches=frozenset({user.owner}))
