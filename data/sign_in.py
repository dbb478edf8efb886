"""What signing in is about: a visit, a person, a session, and the outcomes of a right password."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from data.errors import Rejection
from data.ids import OwnerId

SESSION_DAYS = 30  # a session's longest life, unless the person chose otherwise
IDLE_MINUTES = 7 * 24 * 60  # and for how long it may be unused
_SEEN_EVERY = timedelta(hours=1)  # noting each use would cost a disk sync a click
_SEEN_SHARE = 10  # where it may be unused for a short time only, use is noted ten times in it


@dataclasses.dataclass(unsafe_hash=True)
class WrongPassword(Rejection):
    """Not the password of the person who is signed in."""


@dataclasses.dataclass(unsafe_hash=True)
class WrongCode(Rejection):
    """Not a code that opens now: mistyped, too old, or used before. `tries_left` None: tries are not counted."""

    tries_left: int | None


@dataclasses.dataclass(unsafe_hash=True)
class ChallengeOver(Rejection):
    """Too late or too many tries: the password is asked again."""


@dataclasses.dataclass(frozen=True, slots=True)
class Visit:
    """Where a request came from: the network address, what the browser calls itself, which browser, to which host.

    device: the hash of what the browser's own cookie holds; empty where there is none.
    """

    address: str = ""
    agent: str = ""
    device: str = ""
    host: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class SignedIn:
    """A session was opened, for `days` at most. `token` is for the browser's cookie and is kept nowhere else."""

    owner: OwnerId
    token: str = dataclasses.field(repr=False)
    days: int = SESSION_DAYS


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
    """A session as kept. `id` stays, while the token that opens it changes whenever the person proves who they are."""

    owner: OwnerId
    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    idle_minutes: int
    ended_at: datetime | None
    address: str
    agent: str

    def open_at(self, now: datetime) -> bool:
        """Whether it still counts: not ended, not too old, not unused for too long."""
        return self.ended_at is None and now < self.expires_at and now < self.seen_at + self._idle

    def to_be_noted(self, now: datetime) -> bool:
        """Whether its use was noted so long ago that it should be noted again."""
        return now - self.seen_at >= min(self._idle / _SEEN_SHARE, _SEEN_EVERY)

    @property
    def _idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)
