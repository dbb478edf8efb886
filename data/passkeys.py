"""The door to passkeys: keys in a phone, a computer or a stick that sign a person in by finger, face or PIN.

Here they are made, named, listed and removed; coming in with one stands in `data.key_sign_in`. Recovery codes are the
way in when all of them are gone.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from datetime import datetime
from typing import Final
from uuid import UUID

from data import guard, proving
from data.assurance import Assurance, StepUpRequired
from data.database import Database
from data.errors import NotFound, Rejection
from data.ids import new_request_id
from data.key_sign_in import answer, app_waits, options_to_answer, options_to_sign_in, sign_in
from data.proving import Purpose
from data.security import passkey, passwords, recovery
from data.security.passkey import NewKey, PasskeyRefused, Place
from data.security.sealing import SealingKey
from data.sign_in import Visit, WrongPassword
from data.store import factors, passkeys, users
from data.store.command import Plan, Reader
from data.store.passkeys import PasskeyRow

__all__ = [
    "LastFactor",
    "Passkey",
    "PasskeyKnown",
    "PasskeyName",
    "PasskeyRefused",
    "Place",
    "TooManyPasskeys",
    "add",
    "answer",
    "app_waits",
    "needs_password",
    "options_to_add",
    "options_to_answer",
    "options_to_sign_in",
    "passkeys_of",
    "remove",
    "rename",
    "sign_in",
]

MOST: Final = 20
NAME_LENGTH: Final = 40


@dataclasses.dataclass(unsafe_hash=True)
class PasskeyKnown(Rejection):
    """The key is here already; a device offers to make another one only for another person."""


@dataclasses.dataclass(unsafe_hash=True)
class TooManyPasskeys(Rejection):
    """Nobody has that many devices; some are removed first."""

    maximum: int


@dataclasses.dataclass(unsafe_hash=True)
class PasskeyName(Rejection):
    """A key's name has 1 to 40 readable characters."""

    maximum: int


@dataclasses.dataclass(unsafe_hash=True)
class LastFactor(Rejection):
    """The only second factor of a password that is too short to stand alone; nothing was removed."""

    minimum: int
    length: int


@dataclasses.dataclass(frozen=True, slots=True)
class Passkey:
    """A key as its owner sees it. rp: the address it works at; synced: the owner's other devices have it too."""

    id: str
    name: str
    rp: str
    synced: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class AddPasskey:
    """Keep a new key; with the first second factor come recovery codes."""

    owner: UUID
    request_id: str
    key: NewKey
    challenge: bytes = dataclasses.field(repr=False)
    rp: str
    name: str
    code_hashes: tuple[str, ...]
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class RenamePasskey:
    """Call a key something else."""

    owner: UUID
    request_id: str
    key: str
    name: str
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class RemovePasskey:
    """Forget a key. checked_hash: of the password that was found long enough to stand alone, "" if none was asked."""

    owner: UUID
    request_id: str
    key: str
    checked_hash: str = dataclasses.field(repr=False)
    visit: Visit


def passkeys_of(database: Database, owner: UUID) -> list[Passkey]:
    """The person's keys, the oldest first."""
    return [_shown(row) for row in passkeys.of_owner(database.read, owner)]


def options_to_add(
    database: Database, key: SealingKey, owner: UUID, session: str, place: Place, assurance: Assurance
) -> str:
    """JSON for the browser to make a key with.

    Raises:
        StepUpRequired, NotFound.
    """
    guard.require_fresh(database, owner, assurance, _changes())
    user = users.user_of(database.read, owner)
    if user is None:
        raise NotFound("user", str(owner))
    challenge = proving.new_challenge(key, Purpose.REGISTER, session, database.clock())
    known = [row.known for row in passkeys.of_owner(database.read, owner)]
    return passkey.creation_options(place, owner, user.name, challenge, known)


def add(
    database: Database,
    key: SealingKey,
    owner: UUID,
    session: str,
    place: Place,
    answer: str,
    *,
    name: str,
    visit: Visit,
    assurance: Assurance,
) -> tuple[str, ...]:
    """Keep the key that the browser made; gives recovery codes, to be shown once, when the person has none yet.

    Raises:
        StepUpRequired, PasskeyName, PasskeyRefused, PasskeyKnown, TooManyPasskeys: in this order.
    """
    guard.require_fresh(database, owner, assurance, _changes())
    called = _name(name)
    claim = passkey.claim_of(answer)
    proving.check_challenge(key, Purpose.REGISTER, session, claim.challenge, database.clock())
    made = passkey.made(answer, place, claim.challenge)
    user = users.user_of(database.read, owner)
    codes = () if user is None or passkeys.has_second_factor(database.read, user) else recovery.new_codes()
    hashes = tuple(recovery.code_hash(code) for code in codes)
    command = AddPasskey(owner, new_request_id(), made, claim.challenge, place.rp, called, hashes, visit)
    database.submit(command, _decide_add)
    return codes


def rename(
    database: Database, owner: UUID, key: str, name: str, *, visit: Visit, request_id: str | None = None
) -> None:
    """Call a key something else, as it tells the person's devices apart; its name opens nothing, so nobody confirms.

    Raises:
        PasskeyName, NotFound: in this order.
    """
    command = RenamePasskey(owner, request_id or new_request_id(), key, _name(name), visit)
    database.submit(command, _decide_rename)


def needs_password(database: Database, owner: UUID) -> bool:
    """Whether removing a key leaves the password alone, so that it is asked whether it is long enough for that."""
    user = users.user_of(database.read, owner)
    return user is not None and user.totp_sealed is None and len(passkeys.of_owner(database.read, owner)) == 1


def remove(
    database: Database, owner: UUID, key: str, *, visit: Visit, assurance: Assurance, password: str = ""
) -> None:
    """Forget a key. The password is asked only when `needs_password` says so.

    Raises:
        StepUpRequired, WrongPassword, LastFactor, NotFound: in this order.
    """
    guard.require_fresh(database, owner, assurance, _changes())
    checked = _alone(database, owner, password) if needs_password(database, owner) else ""
    database.submit(RemovePasskey(owner, new_request_id(), key, checked, visit), _decide_remove)


def _alone(database: Database, owner: UUID, password: str) -> str:
    """The hash of the password, which can stand alone."""
    user = users.user_of(database.read, owner)
    if user is None or not passwords.verify_password(user.password_hash, password):
        raise WrongPassword
    try:
        passwords.check_password(password, second_factor=False, names=[user.name])
    except passwords.PasswordTooShort as short:
        raise LastFactor(short.minimum, short.length) from None
    return user.password_hash


def _decide_add(reader: Reader, command: AddPasskey, now: datetime) -> Plan:
    owner = command.owner
    if passkeys.is_answered(reader.all, owner, command.challenge):
        raise PasskeyRefused("stale")
    if passkeys.is_known(reader.all, command.key.id):
        raise PasskeyKnown
    if len(passkeys.of_owner(reader.all, owner)) >= MOST:
        raise TooManyPasskeys(MOST)
    codes = factors.codes_replaced(owner, command.code_hashes, now) if command.code_hashes else []
    writes = [
        passkeys.added(owner, command.key, command.rp, command.name, now),
        *passkeys.answered(owner, command.challenge, proving.end_of(command.challenge), now),
        *codes,
        users.event(reader, "passkey_added", owner, command.visit, now, called=command.name),
    ]
    return Plan({}, writes, touches=frozenset({owner}))


def _decide_rename(reader: Reader, command: RenamePasskey, now: datetime) -> Plan:
    owner, kept = command.owner, _kept(reader, command.owner, command.key)
    if kept.name == command.name:
        return Plan({})
    facts = {"called": command.name, "before": kept.name}
    noted = users.event(reader, "passkey_renamed", owner, command.visit, now, **facts)
    return Plan({}, [passkeys.renamed(owner, command.key, command.name), noted], touches=frozenset({owner}))


def _decide_remove(reader: Reader, command: RemovePasskey, now: datetime) -> Plan:
    owner, kept = command.owner, _kept(reader, command.owner, command.key)
    user = users.user_of(reader.all, owner)
    last = len(passkeys.of_owner(reader.all, owner)) == 1 and user is not None and user.totp_sealed is None
    if last and (user is None or user.password_hash != command.checked_hash):
        raise WrongPassword  # the password or the other factors were changed meanwhile
    writes = [
        passkeys.removed(owner, command.key),
        *(factors.codes_replaced(owner, (), now) if last else []),
        users.event(reader, "passkey_removed", owner, command.visit, now, called=kept.name),
    ]
    return Plan({}, writes, touches=frozenset({owner}))


def _kept(reader: Reader, owner: UUID, key: str) -> PasskeyRow:
    found = passkeys.one(reader.all, owner, key)
    if found is None:
        raise NotFound("passkey", key)
    return found


def _name(name: str) -> str:
    shown = " ".join(unicodedata.normalize("NFKC", name).split())
    if not 1 <= len(shown) <= NAME_LENGTH or any(unicodedata.category(c)[0] == "C" for c in shown):
        raise PasskeyName(NAME_LENGTH)
    return shown


def _changes() -> StepUpRequired:
    return StepUpRequired("factors", "changes_factors")


def _shown(row: PasskeyRow) -> Passkey:
    return Passkey(row.id, row.name, row.rp, row.synced, row.created_at, row.last_used_at)
