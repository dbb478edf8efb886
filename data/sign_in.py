"""What signing in is about: a visit, a person, a session, and the outcomes of a right password."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from data.errors import Rejection
from data.ids import OwnerId

SESSION_LIFE = timedelta(days=30)


@dataclasses.dataclass(unsafe_hash=True)
class WrongPassword(Rejection):
    """Not the password of the person who is signed in."""


@dataclasses.dataclass(frozen=True, slots=True)
class Visit:
    """Where a request came from: the network address and what the browser calls itself."""

    address: str = ""
    agent: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class SignedIn:
    """A session was opened. `token` is for the browser's cookie and is kept nowhere else."""

    owner: OwnerId
    token: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class SecondFactorNeeded:
    """The password was right; `challenge` is for `second_factor.answer_challenge`, with a code, within ten minutes."""

    challenge: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """What others may know of a user."""

    owner: OwnerId
    name: str
    operator: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Session:
    """A session as kept. `id` is the hash of its token."""

    owner: OwnerId
    id: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    address: str
    agent: str

    def open_at(self, now: datetime) -> bool:
        """Whether it still counts."""
        return self.ended_at is None and now < self.expires_at
