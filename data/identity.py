"""The door to who is who: signing up, in and out, sessions, passwords. Second factors stand in `data.second_factor`.

Passwords are checked in the caller's thread (70 ms of argon2id), never in the writer's; the command carries the hash
that was checked and the writer refuses when it has been replaced meanwhile.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from data.database import Database
from data.errors import Rejection
from data.ids import OwnerId, new_id, new_request_id
from data.security import passwords, tokens
from data.sign_in import Person, SecondFactorNeeded, Session, SignedIn, Visit, WrongPassword
from data.store import users
from data.store.command import NOBODY, Plan, Reader, Write
from data.store.users import UserRow

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


@dataclasses.dataclass(frozen=True, slots=True)
class SignIn:
    """Open a session, or a challenge when the person has a second factor."""

    owner: UUID
    request_id: str
    checked_hash: str = dataclasses.field(repr=False)
    renewed_hash: str = dataclasses.field(repr=False)
    ticket: str
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class EndSessions:
    """End one session (`only`), or all (`only` empty)."""

    owner: UUID
    request_id: str
    only: str
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
_SESSION = """
SELECT owner, id, created_at, expires_at, ended_at, address, agent FROM user_session
WHERE owner = $owner AND id = $id"""
_OPEN_SESSIONS = """
SELECT owner, id, created_at, expires_at, ended_at, address, agent FROM user_session
WHERE owner = $owner AND ended_at IS NULL AND expires_at > $now ORDER BY created_at DESC, id"""


def sign_up(database: Database, name: str, password: str, visit: Visit) -> SignedIn:
    """Admit a new person; the first one becomes the operator.

    Raises:
        NameLength, NameUnreadable, the refusals of `passwords.check_password`, NameTaken: in this order.
    """
    shown = _checked_name(name)
    passwords.check_password(password, second_factor=False, names=[shown])
    if users.user_named(database.read, users.name_key(shown)):
        raise NameTaken(shown)
    owner = OwnerId(new_id())
    token = tokens.new_token(owner)
    command = SignUp(
        NOBODY, new_request_id(), owner, shown, passwords.hash_password(password), tokens.token_hash(token), visit
    )
    database.submit(command, _decide_sign_up)
    return SignedIn(owner, token)


def sign_in(database: Database, name: str, password: str, visit: Visit) -> SignedIn | SecondFactorNeeded:
    """Open a session for the person behind this name and password, or ask for the second factor.

    The place for a throttle per account and per address is the first line. An unknown name costs the same time as a
    wrong password.

    Raises:
        WrongCredentials: for an unknown name and for a wrong password alike.
    """
    user = users.user_named(database.read, users.name_key(name))
    if user is None:
        passwords.verify_nothing(password)
        raise WrongCredentials
    if not passwords.verify_password(user.password_hash, password):
        raise WrongCredentials
    renewed = passwords.hash_password(password) if passwords.needs_rehash(user.password_hash) else ""
    token = tokens.new_token(user.owner)
    command = SignIn(user.owner, new_request_id(), user.password_hash, renewed, tokens.token_hash(token), visit)
    receipt = database.submit(command, _decide_sign_in)
    return SecondFactorNeeded(token) if receipt["second_factor"] else SignedIn(OwnerId(user.owner), token)


def sign_out(database: Database, token: str, visit: Visit) -> None:
    """End the session behind this token, in every tab that uses it. Unknown tokens are nothing to do."""
    owner = tokens.owner_in(token)
    if owner is not None and find_session(database, token) is not None:
        end_session(database, owner, tokens.token_hash(token), visit)


def end_session(database: Database, owner: UUID, session: str, visit: Visit) -> None:
    """End one of the owner's sessions."""
    database.submit(EndSessions(owner, new_request_id(), session, visit), _decide_end_sessions)


def sign_out_everywhere(database: Database, owner: UUID, visit: Visit) -> None:
    """End all sessions of the owner."""
    database.submit(EndSessions(owner, new_request_id(), "", visit), _decide_end_sessions)


def find_session(database: Database, token: str) -> Session | None:
    """The session this token was made for, open or over; None for a token that was never given out."""
    owner = tokens.owner_in(token)
    return None if owner is None else session_of(database, owner, tokens.token_hash(token))


def session_of(database: Database, owner: UUID, session: str) -> Session | None:
    """The owner's session with this id, open or over."""
    rows = database.read(_SESSION, {"owner": owner, "id": session})
    return Session(*rows[0]) if rows else None


def open_sessions(database: Database, owner: UUID) -> list[Session]:
    """Where the owner is signed in now, latest first."""
    rows = database.read(_OPEN_SESSIONS, {"owner": owner, "now": database.clock()})
    return [Session(*row) for row in rows]


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


def change_password(database: Database, owner: UUID, session: str, old: str, new: str, visit: Visit) -> None:
    """Replace the password and end every session but this one.

    Raises:
        WrongPassword, then the refusals of `passwords.check_password`.
    """
    user = users.user_of(database.read, owner)
    if user is None or not passwords.verify_password(user.password_hash, old):
        raise WrongPassword
    passwords.check_password(new, second_factor=user.totp_sealed is not None, names=[user.name])
    command = ChangePassword(owner, new_request_id(), user.password_hash, passwords.hash_password(new), session, visit)
    database.submit(command, _decide_change_password)


def _checked_name(name: str) -> str:
    shown = unicodedata.normalize("NFKC", name).strip()
    if not 1 <= len(shown) <= NAME_LENGTH:
        raise NameLength(NAME_LENGTH, len(shown))
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for c in shown):
        raise NameUnreadable
    return shown


def _decide_sign_up(reader: Reader, command: SignUp, now: datetime) -> Plan:
    key = users.name_key(command.name)
    if users.user_named(reader.all, key):
        raise NameTaken(command.name)
    first = users.nobody_yet(reader.all)
    admit = users.admitted(command.new_owner, command.name, command.password_hash, now, first=first)
    signed_up = users.event("signed_up", command.new_owner, command.visit, now)
    session = users.session_started(command.new_owner, command.session, command.visit, now)
    return Plan({}, [admit, signed_up, *session], touches=frozenset({command.new_owner}))


def _decide_sign_in(reader: Reader, command: SignIn, now: datetime) -> Plan:
    user = _still(reader, command.owner, command.checked_hash, WrongCredentials())
    renew = [users.password_set(user.owner, command.renewed_hash)] if command.renewed_hash else []
    if user.totp_sealed is None:
        session = users.session_started(user.owner, command.ticket, command.visit, now)
        return Plan({"second_factor": False}, [*renew, *session], touches=frozenset({user.owner}))
    row = {"owner": user.owner, "id": command.ticket, "expires_at": now + CHALLENGE_LIFE}
    return Plan({"second_factor": True}, [*renew, Write(_OPEN_CHALLENGE, row)])


def _decide_end_sessions(_reader: Reader, command: EndSessions, now: datetime) -> Plan:
    end = users.sessions_ended(command.owner, now, only=command.only)
    noted = users.event("signed_out" if command.only else "signed_out_everywhere", command.owner, command.visit, now)
    return Plan({}, [end, noted], touches=frozenset({command.owner}))


def _decide_change_password(reader: Reader, command: ChangePassword, now: datetime) -> Plan:
    _still(reader, command.owner, command.checked_hash, WrongPassword())
    writes = [
        users.password_set(command.owner, command.new_hash),
        users.sessions_ended(command.owner, now, spare=command.spare),
        users.event("password_changed", command.owner, command.visit, now),
    ]
    return Plan({}, writes, touches=frozenset({command.owner}))


def _still(reader: Reader, owner: UUID, checked_hash: str, otherwise: Rejection) -> UserRow:
    user = users.user_of(reader.all, owner)
    if user is None or user.password_hash != checked_hash:
        raise otherwise
    return user
