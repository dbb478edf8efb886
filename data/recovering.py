"""The door for a forgotten password: a recovery code of one's own, or a link that the operator gives.

Whoever has a second factor has its recovery codes; everybody else can have some made for this alone.

Either way the person chooses the new password, every session ends, every browser is a stranger's again, and the second
factor stays: with the link alone nobody gets past an authenticator app. The operator sees the link and nothing else,
and the person finds it among what happened to their sign-in.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from data import guard, trying
from data.assurance import UNCONFIRMED, Assurance, StepUpRequired
from data.database import Database
from data.errors import NotFound, Rejection
from data.ids import OwnerId, new_request_id
from data.security import passwords, recovery, tokens
from data.sign_in import Person, Visit
from data.store import factors, passkeys, sessions, users
from data.store.command import Plan, Reader, Write
from data.store.users import UserRow

LIFE: Final = timedelta(hours=24)
_ISSUE: Final = "INSERT INTO password_reset VALUES ($owner, $token_hash, $made_by, $now, $expires_at, NULL, NULL)"
_TAKE_BACK: Final = """
UPDATE password_reset SET revoked_at = $now WHERE owner = $owner AND used_at IS NULL AND revoked_at IS NULL"""
_STANDING: Final = """
SELECT 1 FROM password_reset
WHERE owner = $owner AND token_hash = $token_hash AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $now"""
_WAITING: Final = """
SELECT max(expires_at) FROM password_reset
WHERE owner = $owner AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $now"""
_USE: Final = "UPDATE password_reset SET used_at = $now WHERE owner = $owner AND token_hash = $token_hash"


@dataclasses.dataclass(unsafe_hash=True)
class ResetOver(Rejection):
    """The link was used, has expired or was taken back, or there never was one."""


@dataclasses.dataclass(unsafe_hash=True)
class RecoveryRefused(Rejection):
    """Name and recovery code do not belong together, or the code was used; which of it is not said."""


@dataclasses.dataclass(unsafe_hash=True)
class SecondFactorHasCodes(Rejection):
    """The recovery codes of the second factor are the ones that count."""


@dataclasses.dataclass(frozen=True, slots=True)
class MakeCodes:
    """Replace the recovery codes of a person who has no second factor."""

    owner: UUID
    request_id: str
    code_hashes: tuple[str, ...]
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class IssueReset:
    """Let a person choose a new password; a link given before counts no more. Without a hash: take it back only."""

    owner: UUID
    request_id: str
    actor: UUID
    token_hash: str
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class ResetPassword:
    """Replace a password that was forgotten, by a link of the operator (`token_hash`) or a recovery code."""

    owner: UUID
    request_id: str
    token_hash: str
    code_hash: str
    new_hash: str = dataclasses.field(repr=False)
    visit: Visit


def make_codes(database: Database, owner: UUID, visit: Visit, assurance: Assurance = UNCONFIRMED) -> tuple[str, ...]:
    """Recovery codes for a person without a second factor, in place of earlier ones; to be shown once.

    Raises:
        StepUpRequired. SecondFactorHasCodes: there is one, whose own codes do the same.
    """
    guard.require_fresh(database, owner, assurance, StepUpRequired("factors", "changes_factors"))
    codes = recovery.new_codes()
    command = MakeCodes(owner, new_request_id(), tuple(recovery.code_hash(code) for code in codes), visit)
    database.submit(command, _decide_codes)
    return codes


def issue(database: Database, actor: UUID, member: UUID, visit: Visit) -> str:
    """The secret of a link with which the member chooses a new password, shown to the operator this once.

    Raises:
        OperatorOnly. NotFound: nobody has that id.
    """
    token = tokens.new_token(member)
    database.submit(IssueReset(member, new_request_id(), actor, tokens.token_hash(token), visit), _decide_issue)
    return token


def take_back(database: Database, actor: UUID, member: UUID, visit: Visit) -> None:
    """The link given to this member counts no more.

    Raises:
        OperatorOnly. NotFound: nobody has that id.
    """
    database.submit(IssueReset(member, new_request_id(), actor, "", visit), _decide_issue)


def waiting_until(database: Database, member: UUID) -> datetime | None:
    """Until when the member's link counts, None when there is none."""
    found: datetime | None = database.read(_WAITING, {"owner": member, "now": database.clock()})[0][0]
    return found


def person_of(database: Database, token: str) -> Person | None:
    """Whose password this link lets be chosen, None when it counts no more."""
    owner = tokens.owner_in(token)
    if owner is None or not _standing(database.read, owner, tokens.token_hash(token), database.clock()):
        return None
    user = users.user_of(database.read, owner)
    return None if user is None else Person(OwnerId(user.owner), user.name, user.operator)


def reset_by_link(database: Database, token: str, new: str, visit: Visit) -> None:
    """Replace the password of whom the operator gave this link.

    Raises:
        ResetOver, then the refusals of `passwords.check_password`: the link still counts after these.
    """
    owner, token_hash = tokens.owner_in(token), tokens.token_hash(token)
    user = users.user_of(database.read, owner) if owner else None
    if user is None or not _standing(database.read, user.owner, token_hash, database.clock()):
        raise ResetOver
    _replace(database, user, new, visit, token_hash=token_hash)


def reset_by_code(database: Database, name: str, code: str, new: str, visit: Visit) -> None:
    """Replace a forgotten password with one of the person's recovery codes, which is spent.

    A name that nobody has and a wrong code are answered alike, at the same cost.

    Raises:
        TooManyTries, RecoveryRefused, then the refusals of `passwords.check_password`: the code is not spent by these.
    """
    key = users.name_key(name)
    user = users.user_named(database.read, key)
    guess = trying.outside(database, "recovery_code", user.owner if user else None, key, visit)
    trying.begin(database, guess)
    code_hash = recovery.code_hash(code)
    unused = factors.recovery_code_unused(database.read, guess.owner, code_hash)
    if user is None or not unused:
        trying.wrong(database, guess)
        raise RecoveryRefused
    trying.right(database, guess)
    _replace(database, user, new, visit, code_hash=code_hash)


def _replace(
    database: Database, user: UserRow, new: str, visit: Visit, *, token_hash: str = "", code_hash: str = ""
) -> None:
    names = [user.name, *passwords.words_of_host(visit.host)]
    passwords.check_password(new, second_factor=passkeys.has_second_factor(database.read, user), names=names)
    new_hash = passwords.hash_password(new)
    command = ResetPassword(user.owner, new_request_id(), token_hash, code_hash, new_hash, visit)
    database.submit(command, _decide_reset)


def _standing(query: users.Query, owner: UUID, token_hash: str, now: datetime) -> bool:
    return bool(query(_STANDING, {"owner": owner, "token_hash": token_hash, "now": now}))


def _decide_codes(reader: Reader, command: MakeCodes, now: datetime) -> Plan:
    user = users.user_of(reader.all, command.owner)
    if user is None:
        raise NotFound("user", str(command.owner))
    if passkeys.has_second_factor(reader.all, user):
        raise SecondFactorHasCodes
    noted = users.event(reader, "recovery_codes_renewed", command.owner, command.visit, now)
    writes = [*factors.codes_replaced(command.owner, command.code_hashes, now), noted]
    return Plan({}, writes, touches=frozenset({command.owner}))


def _decide_issue(reader: Reader, command: IssueReset, now: datetime) -> Plan:
    users.require_operator(reader.all, command.actor)
    if users.user_of(reader.all, command.owner) is None:
        raise NotFound("user", str(command.owner))
    row = {"owner": command.owner, "token_hash": command.token_hash, "made_by": command.actor}
    issued = [Write(_ISSUE, {**row, "now": now, "expires_at": now + LIFE})] if command.token_hash else []
    name = "reset_issued" if command.token_hash else "reset_taken_back"
    noted = users.event(reader, name, command.owner, command.visit, now, by=str(command.actor))
    writes = [Write(_TAKE_BACK, {"owner": command.owner, "now": now}), *issued, noted]
    return Plan({}, writes, touches=frozenset({command.owner}))


def _decide_reset(reader: Reader, command: ResetPassword, now: datetime) -> Plan:
    owner = command.owner
    if command.token_hash:
        if not _standing(reader.all, owner, command.token_hash, now):
            raise ResetOver
        spent = Write(_USE, {"owner": owner, "token_hash": command.token_hash, "now": now})
    elif factors.recovery_code_unused(reader.all, owner, command.code_hash):
        spent = factors.recovery_code_used(owner, command.code_hash, now)
    else:
        raise RecoveryRefused
    writes = [
        spent,
        users.password_set(owner, command.new_hash),
        sessions.ended(owner, now),
        sessions.devices_forgotten(owner),
        users.event(reader, "password_reset", owner, command.visit, now, by="link" if command.token_hash else "code"),
    ]
    return Plan({}, writes, touches=frozenset({owner}))
