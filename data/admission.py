"""The door for whoever sits at the machine itself: admit a person without the screens, give a forgotten password anew.

Who can run commands on the data file can read it anyway; so nothing is asked here that the file system has not.
"""

from __future__ import annotations

import dataclasses
import secrets
import unicodedata
from datetime import datetime
from uuid import UUID

from data.database import Database
from data.errors import NotFound
from data.ids import OwnerId, new_id, new_request_id
from data.security import passwords
from data.sign_in import Visit
from data.store import factors, passkeys, sessions, users
from data.store.command import NOBODY, Plan, Reader, Write

_LOCAL = Visit("", "command line")


@dataclasses.dataclass(frozen=True, slots=True)
class Admit:
    """A person who has books but cannot sign in until a password is set."""

    owner: UUID
    request_id: str
    new_owner: UUID
    name: str
    password_hash: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class SetPassword:
    """Replace a person's password without the old one and end all sessions; `alone`: no second factor any more."""

    owner: UUID
    request_id: str
    new_hash: str = dataclasses.field(repr=False)
    alone: bool


def admit(database: Database, name: str) -> OwnerId:
    """The person of this name, admitted now if there was none; the first one becomes the operator."""
    shown = unicodedata.normalize("NFKC", name).strip()
    known = users.user_named(database.read, users.name_key(shown))
    if known is not None:
        return OwnerId(known.owner)
    owner = OwnerId(new_id())
    # A password that nobody knows: signing in has to wait for `set_password`.
    locked = passwords.hash_password(secrets.token_urlsafe(48))
    database.submit(Admit(NOBODY, new_request_id(), owner, shown, locked), _decide_admit)
    return owner


def set_password(database: Database, name: str, password: str, *, alone: bool = False) -> None:
    """Give a person a new password. alone: it is all they sign in with, what they had beside it is lost.

    Raises:
        NotFound: nobody has that name. The refusals of `passwords.check_password`.
    """
    user = users.user_named(database.read, users.name_key(name))
    if user is None:
        raise NotFound("user", name)
    second_factor = not alone and passkeys.has_second_factor(database.read, user)
    passwords.check_password(password, second_factor=second_factor, names=[user.name])
    command = SetPassword(user.owner, new_request_id(), passwords.hash_password(password), alone)
    database.submit(command, _decide_password)


def _decide_admit(reader: Reader, command: Admit, now: datetime) -> Plan:
    first = users.nobody_yet(reader.all)
    admitted = users.admitted(command.new_owner, command.name, command.password_hash, now, first=first)
    noted = users.event(reader, "admitted", command.new_owner, _LOCAL, now)
    return Plan({}, [admitted, noted], touches=frozenset({command.new_owner}))


def _decide_password(reader: Reader, command: SetPassword, now: datetime) -> Plan:
    owner = command.owner
    writes = [
        *(_second_factor_lost(reader, owner, now) if command.alone else []),
        users.password_set(owner, command.new_hash),
        sessions.ended(owner, now),
        sessions.devices_forgotten(owner),
        users.event(reader, "password_set", owner, _LOCAL, now),
    ]
    return Plan({}, writes, touches=frozenset({owner}))


def _second_factor_lost(reader: Reader, owner: UUID, now: datetime) -> list[Write]:
    return [
        factors.app_removed(owner),
        *factors.codes_replaced(owner, (), now),
        *(passkeys.removed(owner, one.id) for one in passkeys.of_owner(reader.all, owner)),
        users.event(reader, "second_factor_removed", owner, _LOCAL, now),
    ]
