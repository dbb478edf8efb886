"""Who is looking at this page, and with what: the first line of every page is `user = require_user()`.

The gate has checked the cookie before Streamlit heard of the visitor and names the person and the session in headers
that no client can set (`server.trustedUserHeaders`); here the session row itself is asked again at every run, because a
socket outlives a sign-out.
"""

from __future__ import annotations

import dataclasses
import zoneinfo
from datetime import UTC, date, datetime
from uuid import UUID

import streamlit as st

from analytics.held import Held
from data import identity, preferences, running
from data.assurance import Assurance
from data.database import Database
from data.errors import StoreClosed
from data.ids import OwnerId
from data.preferences import Preferences
from data.running import Running
from data.security.sealing import SealingKey
from data.sign_in import Session
from pages.ui import leave, session, step_up

_SESSIONS = 512  # how many are remembered at once
_Known = tuple[Session | None, identity.Person | None, Preferences]
_held: Held[_Known] = Held(_SESSIONS)


@dataclasses.dataclass(frozen=True, slots=True)
class User:
    """The person at the screen and what a page needs to answer them. `now` is UTC without zone, `today` local."""

    owner: OwnerId
    name: str
    operator: bool
    session: str
    preferences: Preferences
    running: Running
    now: datetime
    today: date

    @property
    def database(self) -> Database:
        """The open store."""
        return self.running.database

    @property
    def assurance(self) -> Assurance:
        """What doors are told about who asks."""
        return Assurance(self.session)

    @property
    def key(self) -> SealingKey:
        """What opens sealed fields."""
        return self.running.key


def require_user() -> User:
    """The signed-in person; without a valid session the tab is sent to the sign-in page and the script stops here."""
    user = user_or_none()
    if user is None:
        leave.for_sign_in()
        st.stop()
    session.guard_owner(str(user.owner))
    session.remember_preferences(user.preferences)
    step_up.resume(user.owner)
    return user


def user_or_none() -> User | None:
    """The signed-in person, None when nobody is, or when the session was ended meanwhile."""
    claimed = claimed_session()
    if claimed is None:
        return None
    try:
        return _user(running.current(), *claimed)
    except StoreClosed:
        return None


def still_signed_in() -> bool:
    """Whether the session behind this tab still counts; cheap enough to ask every other second."""
    claimed = claimed_session()
    if claimed is None:
        return False
    try:
        database = running.current().database
        now = database.clock()
        found, _, _ = _known(database, *claimed, now)
        return found is not None and found.open_at(now)
    except StoreClosed:
        return True  # the app is stopping: the connection ends by itself, and nobody is to be signed out by that


def claimed_session() -> tuple[UUID, str] | None:
    """The person and session that the gate vouched for when this tab connected."""
    uid, named = st.user.get("uid"), st.user.get("session")
    if not isinstance(uid, str) or not isinstance(named, str):
        return None
    return UUID(uid), named


def _known(database: Database, owner: UUID, named: str, now: datetime) -> _Known:
    """The session's row, its person and their preferences, as they are now.

    Read again as soon as anything of the person changed, so an ended session is noticed at once; and every minute,
    since the use of a session is noted without a change.
    """

    def read() -> _Known:
        found = identity.session_of(database, owner, named)
        return found, identity.person(database, owner), preferences.preferences_of(database, owner)

    return _held.get(database, owner, (named, now.replace(second=0, microsecond=0)), read)


def _user(wallet: running.Running, owner: UUID, named: str) -> User | None:
    database = wallet.database
    now = database.clock()
    found, who, chosen = _known(database, owner, named, now)
    if found is None or who is None or not found.open_at(now):
        return None
    identity.note_use(database, found)
    today = now.replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(chosen.zone)).date()
    return User(who.owner, who.name, who.operator, named, chosen, wallet, now, today)
