"""The door to who is who: signing up and in, passwords; what is asked of sessions stands in `data.session_life`.

Passwords are checked in the caller's thread (70 ms of argon2id), never in the writer's; the command carries the hash
that was checked and the writer refuses when it has been replaced meanwhile.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from data import guard, trying
from data.assurance import UNCONFIRMED, Assurance, StepUpRequired
from data.database import Database
from data.errors import Rejection
from data.ids import OwnerId, new_id, new_request_id
from data.security import passwords, tokens
from data.session_life import (
    end_session,
    find_session,
    note_use,
    open_sessions,
    session_of,
    sign_out,
    sign_out_everywhere,
)
from data.sign_in import Person, SecondFactorNeeded, SignedIn, Visit, WrongPassword
from data.store import joining, passkeys, sessions, users
from data.store.command import NOBODY, Plan, Reader, Write
from data.store.users import UserRow

__all__ = [
    "NameLength",
    "NameTaken",
    "NameUnreadable",
    "Person",
    "WrongCredentials",
    "anybody",
    "change_password",
    "end_session",
    "find_session",
    "note_use",
    "open_sessions",
    "person",
    "person_named",
    "session_of",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "sign_up",
]

NAME_LENGTH = 64
CHALLENGE_LIFE = timedelta(minutes=10)


@dataclasses.dataclass(unsafe_hash=True)
class NameLength(Rejection):
    """A user name has 1 to 64 characters."""

    maximum: int
    length: int


@dataclasses.dataclass(unsafe_hash=True)
class NameUnreadable(Rejection):
    """A user name holds control or invisible characters."""


@dataclasses.dataclass(unsafe_hash=True)
class NameTaken(Rejection):
    """Somebody here has that name already, perhaps in other letters' case."""

    name: str


@dataclasses.dataclass(unsafe_hash=True)
class WrongCredentials(Rejection):
    """Name and password do not belong together; which of them is wrong is not said."""


@dataclasses.dataclass(frozen=True, slots=True)
class SignUp:
    """Admit a new person and open their first session."""

    owner: UUID
    request_id: str
    new_owner: UUID
    name: str
    password_hash: str = dataclasses.field(repr=False)
    session: str
    visit: Visit
    invitation: UUID | None
    invitation_hash: str


@dataclasses.dataclass(frozen=True, slots=True)
class SignIn:
    """Open a session, or a challenge when the person has a second factor. renews: their own session to go on with."""

    owner: UUID
    request_id: str
    checked_hash: str = dataclasses.field(repr=False)
    renewed_hash: str = dataclasses.field(repr=False)
    ticket: str
    renews: str
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class ChangePassword:
    """Replace the password and end every other session."""

    owner: UUID
    request_id: str
    checked_hash: str = dataclasses.field(repr=False)
    new_hash: str = dataclasses.field(repr=False)
    spare: str
    visit: Visit


_OPEN_CHALLENGE = "INSERT INTO sign_in_challenge VALUES ($owner, $id, $expires_at, 0)"


def sign_up(database: Database, name: str, password: str, visit: Visit, invitation: str = "") -> SignedIn:
    """Admit a new person; the first one becomes the operator, whom nobody has to invite.

    Raises:
        SignUpClosed, InvitationNeeded, InvitationOver, NameLength, NameUnreadable, the refusals of
        `passwords.check_password`, NameTaken: in this order.
    """
    asked = tokens.owner_in(invitation), tokens.token_hash(invitation)
    joining.require_welcome(database.read, *asked, database.clock())
    shown = _checked_name(name)
    passwords.check_password(password, second_factor=False, names=[shown, *passwords.words_of_host(visit.host)])
    if users.user_named(database.read, users.name_key(shown)):
        raise NameTaken(shown)
    owner = OwnerId(new_id())
    token = tokens.new_token(owner)
    password_hash = passwords.hash_password(password)
    command = SignUp(
        NOBODY, new_request_id(), owner, shown, password_hash, tokens.token_hash(token), visit, asked[0], asked[1]
    )
    receipt = database.submit(command, _decide_sign_up)
    return SignedIn(owner, token, int(receipt["days"]))


def sign_in(
    database: Database, name: str, password: str, visit: Visit, replacing: str = ""
) -> SignedIn | SecondFactorNeeded:
    """Open a session for the person behind this name and password, or ask for the second factor.

    An unknown name costs the same hashing, reading and writing as a wrong password. replacing: the token that the
    browser holds already; if it opens a session of the same person, that one goes on under a new token.

    Raises:
        TooManyTries, WrongCredentials: for an unknown name and for a wrong password alike.
    """
    key = users.name_key(name)
    user = users.user_named(database.read, key)
    guess = trying.outside(database, "password", user.owner if user else None, key, visit)
    trying.begin(database, guess)
    fits = passwords.verify_password(user.password_hash, password) if user else passwords.verify_nothing(password)
    if user is None or not fits:
        trying.wrong(database, guess)
        raise WrongCredentials
    trying.right(database, guess)
    renewed = passwords.hash_password(password) if passwords.needs_rehash(user.password_hash) else ""
    token = tokens.new_token(user.owner)
    ticket, renews = tokens.token_hash(token), _session_of_same(database, user.owner, replacing)
    command = SignIn(user.owner, new_request_id(), user.password_hash, renewed, ticket, renews, visit)
    receipt = database.submit(command, _decide_sign_in)
    if receipt["second_factor"]:
        return SecondFactorNeeded(token)
    return SignedIn(OwnerId(user.owner), token, int(receipt["days"]))


def person(database: Database, owner: UUID) -> Person | None:
    """Who this is, None when nobody has the id."""
    user = users.user_of(database.read, owner)
    return None if user is None else Person(OwnerId(user.owner), user.name, user.operator)


def person_named(database: Database, name: str) -> Person | None:
    """Who signs in with this name, however its letters are cased."""
    user = users.user_named(database.read, users.name_key(name))
    return None if user is None else Person(OwnerId(user.owner), user.name, user.operator)


def anybody(database: Database) -> bool:
    """Whether anybody has signed up here yet."""
    return not users.nobody_yet(database.read)


def change_password(
    database: Database, owner: UUID, session: str, old: str, new: str, visit: Visit, assurance: Assurance = UNCONFIRMED
) -> None:
    """Replace the password, end every session but this one, and know no other browser any more.

    The old password confirms for who has nothing else; a second factor is asked for too.

    Raises:
        StepUpRequired, TooManyTries, WrongPassword, then the refusals of `passwords.check_password`.
    """
    user = users.user_of(database.read, owner)
    second_factor = user is not None and passkeys.has_second_factor(database.read, user)
    if second_factor:
        guard.require_fresh(database, owner, assurance, StepUpRequired("factors", "changes_factors"))
    guess = trying.inside("password", owner, session, visit)
    trying.begin(database, guess)
    if user is None or not passwords.verify_password(user.password_hash, old):
        trying.wrong(database, guess)
        raise WrongPassword
    trying.right(database, guess)
    names = [user.name, *passwords.words_of_host(visit.host)]
    passwords.check_password(new, second_factor=second_factor, names=names)
    command = ChangePassword(owner, new_request_id(), user.password_hash, passwords.hash_password(new), session, visit)
    database.submit(command, _decide_change_password)


def _checked_name(name: str) -> str:
    shown = unicodedata.normalize("NFKC", name).strip()
    if not 1 <= len(shown) <= NAME_LENGTH:
        raise NameLength(NAME_LENGTH, len(shown))
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for c in shown):
        raise NameUnreadable
    return shown


def _session_of_same(database: Database, owner: UUID, token: str) -> str:
    found = find_session(database, token)
    return found.id if found is not None and found.owner == owner else ""


def _decide_sign_up(reader: Reader, command: SignUp, now: datetime) -> Plan:
    joining.require_welcome(reader.all, command.invitation, command.invitation_hash, now)
    key = users.name_key(command.name)
    if users.user_named(reader.all, key):
        raise NameTaken(command.name)
    owner, first = command.new_owner, users.nobody_yet(reader.all)
    session = sessions.started(reader, owner, command.session, command.visit, now, factor="password")
    used = joining.used(reader, command.invitation, command.invitation_hash, owner, command.visit, now)
    writes = [
        users.admitted(owner, command.name, command.password_hash, now, first=first),
        users.event(reader, "signed_up", owner, command.visit, now),
        *used,
        *session.writes,
    ]
    touched = {owner, *([command.invitation] if used and command.invitation else [])}
    return Plan({"days": session.days}, writes, touches=frozenset(touched))


def _decide_sign_in(reader: Reader, command: SignIn, now: datetime) -> Plan:
    user = _still(reader, command.owner, command.checked_hash, WrongCredentials())
    renew = [users.password_set(user.owner, command.renewed_hash)] if command.renewed_hash else []
    if not passkeys.has_second_factor(reader.all, user):
        asked = (command.ticket, command.visit, now)
        session = sessions.started(reader, user.owner, *asked, factor="password", renews=command.renews)
        receipt = {"second_factor": False, "days": session.days}
        return Plan(receipt, [*renew, *session.writes], touches=frozenset({user.owner}))
    row = {"owner": user.owner, "id": command.ticket, "expires_at": now + CHALLENGE_LIFE}
    return Plan({"second_factor": True}, [*renew, Write(_OPEN_CHALLENGE, row)])


def _decide_change_password(reader: Reader, command: ChangePassword, now: datetime) -> Plan:
    _still(reader, command.owner, command.checked_hash, WrongPassword())
    writes = [
        users.password_set(command.owner, command.new_hash),
        sessions.ended(command.owner, now, spare=command.spare),
        sessions.devices_forgotten(command.owner, spare=command.visit.device),
        users.event(reader, "password_changed", command.owner, command.visit, now),
    ]
    return Plan({}, writes, touches=frozenset({command.owner}))


def _still(reader: Reader, owner: UUID, checked_hash: str, otherwise: Rejection) -> UserRow:
    user = users.user_of(reader.all, owner)
    if user is None or user.password_hash != checked_hash:
        raise otherwise
    return user
