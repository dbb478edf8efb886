"""The door to one's own sign-in: how long sessions last, when to be reminded of the password, and what happened.

What happened is the person's own: no other person and no operator can ask for it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from data.database import Database
from data.errors import Rejection
from data.ids import new_request_id
from data.sign_in import IDLE_MINUTES, SESSION_DAYS, Visit
from data.store import users
from data.store.command import Plan, Reader, Write
from data.store.sessions import SHORT

IDLE_CHOICES: Final = (15, 60, 12 * 60, 24 * 60, IDLE_MINUTES, 30 * 24 * 60)  # minutes
DAYS_CHOICES: Final = (1, 7, SESSION_DAYS, 90)
REMINDER_CHOICES: Final = (0, 3, 6, 12)  # months; 0: no reminder
_DAYS_OF_MONTH: Final = 30
_CHOSEN: Final = """
SELECT idle_minutes, session_days, reminder_months, seen_seq FROM sign_in_choice WHERE owner = $owner"""
_FORGET: Final = "DELETE FROM sign_in_choice WHERE owner = $owner"
_KEEP: Final = """
INSERT INTO sign_in_choice VALUES ($owner, $idle_minutes, $session_days, $reminder_months, $seen_seq, $now)"""
_OF_OPEN: Final = "SELECT id, created_at FROM user_session WHERE owner = $owner AND ended_at IS NULL"
_APPLY: Final = """
UPDATE user_session SET idle_minutes = $idle_minutes, expires_at = $expires_at
WHERE owner = $owner AND id = $id"""
_EVENTS: Final = """
SELECT seq, event, facts, address, device, recorded_at FROM security_event
WHERE owner = $owner ORDER BY seq DESC LIMIT $most"""
_NEW: Final = """
SELECT seq, event, facts, address, device, recorded_at FROM security_event
WHERE owner = $owner AND seq > $seen AND event IN ('signed_in', 'try_failed', 'reset_issued', 'password_reset')
ORDER BY seq DESC LIMIT 200"""
_LAST_CHANGE: Final = """
SELECT max(recorded_at) FROM security_event
WHERE owner = $owner AND event IN ('signed_up', 'admitted', 'password_changed', 'password_set', 'password_reset')"""


@dataclasses.dataclass(unsafe_hash=True)
class ChoiceUnknown(Rejection):
    """None of the offered spans."""

    value: int


@dataclasses.dataclass(frozen=True, slots=True)
class Choices:
    """idle_minutes: a session ends unused after them; session_days: in any case; reminder_months 0: none."""

    idle_minutes: int = IDLE_MINUTES
    session_days: int = SESSION_DAYS
    reminder_months: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the person's sign-in."""

    seq: int
    name: str
    facts: Mapping[str, str | int | bool]
    address: str
    device: str
    recorded_at: datetime

    @property
    def new_device(self) -> bool:
        """Whether somebody came in from a browser never seen before."""
        return self.name == "signed_in" and self.facts.get("new_device") is True


@dataclasses.dataclass(frozen=True, slots=True)
class Notices:
    """What the person should look at, up to the event `seen`: new devices, resets, how many wrong tries."""

    seen: int
    new_devices: tuple[Event, ...]
    resets: tuple[Event, ...]
    failures: int

    def __bool__(self) -> bool:
        """Whether there is anything: a few wrong tries alone are everybody's typing errors."""
        return bool(self.new_devices or self.resets or self.failures >= _MANY_FAILURES)


_MANY_FAILURES: Final = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Choose:
    """Replace a person's choices; open sessions follow them at once."""

    owner: UUID
    request_id: str
    choices: Choices
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """The person has looked at what happened up to `seq`."""

    owner: UUID
    request_id: str
    seq: int


def choices_of(database: Database, owner: UUID) -> Choices:
    """The person's choices, the defaults where none was made."""
    rows = database.read(_CHOSEN, {"owner": owner})
    return Choices(*rows[0][:3]) if rows else Choices()


def choose(database: Database, owner: UUID, wanted: Choices, visit: Visit) -> None:
    """Replace the person's choices.

    Raises:
        ChoiceUnknown: not one of the offered spans.
    """
    offered = (
        (wanted.idle_minutes, IDLE_CHOICES),
        (wanted.session_days, DAYS_CHOICES),
        (wanted.reminder_months, REMINDER_CHOICES),
    )
    for value, known in offered:
        if value not in known:
            raise ChoiceUnknown(value)
    database.submit(Choose(owner, new_request_id(), wanted, visit), _decide_choose)


def activity(database: Database, owner: UUID, most: int = 50) -> list[Event]:
    """What happened to the person's sign-in, latest first."""
    return [_event(row) for row in database.read(_EVENTS, {"owner": owner, "most": most})]


def notices(database: Database, owner: UUID, session: str = "") -> Notices:
    """What happened since the person last looked, that they should look at; without this `session`'s own beginning."""
    chosen = database.read(_CHOSEN, {"owner": owner})
    seen = int(chosen[0][3]) if chosen else 0
    events = [_event(row) for row in database.read(_NEW, {"owner": owner, "seen": seen})]
    return Notices(
        max((one.seq for one in events), default=seen),
        tuple(one for one in events if one.new_device and one.facts.get("session") != session[:SHORT]),
        tuple(one for one in events if one.name in {"reset_issued", "password_reset"}),
        sum(one.name == "try_failed" for one in events),
    )


def mark_seen(database: Database, owner: UUID, seq: int) -> None:
    """The person has looked at what happened up to `seq`."""
    database.submit(Seen(owner, new_request_id(), seq), _decide_seen)


def reminder_due(database: Database, owner: UUID) -> bool:
    """Whether the person wanted to be reminded by now to change the password."""
    months = choices_of(database, owner).reminder_months
    if not months:
        return False
    since = database.read(_LAST_CHANGE, {"owner": owner})[0][0]
    return since is not None and database.clock() - since >= timedelta(days=months * _DAYS_OF_MONTH)


def _event(row: tuple[int, str, str, str, str, datetime]) -> Event:
    seq, name, facts, address, device, recorded_at = row
    return Event(seq, name, json.loads(facts), address, device, recorded_at)


def _decide_choose(reader: Reader, command: Choose, now: datetime) -> Plan:
    owner, wanted = command.owner, command.choices
    before = reader.one(_CHOSEN, {"owner": owner})
    row = {"owner": owner, **dataclasses.asdict(wanted), "seen_seq": before[3] if before else 0, "now": now}
    applied = [
        Write(
            _APPLY,
            {
                "owner": owner,
                "id": session,
                "idle_minutes": wanted.idle_minutes,
                "expires_at": created + timedelta(days=wanted.session_days),
            },
        )
        for session, created in reader.all(_OF_OPEN, {"owner": owner})
    ]
    noted = users.event(reader, "sign_in_choices", owner, command.visit, now, **dataclasses.asdict(wanted))
    writes = [Write(_FORGET, {"owner": owner}), Write(_KEEP, row), *applied, noted]
    return Plan({}, writes, touches=frozenset({owner}))


def _decide_seen(reader: Reader, command: Seen, now: datetime) -> Plan:
    owner = command.owner
    chosen = reader.one(_CHOSEN, {"owner": owner}) or (*dataclasses.astuple(Choices()), 0)
    row = {
        "owner": owner,
        "idle_minutes": chosen[0],
        "session_days": chosen[1],
        "reminder_months": chosen[2],
        "seen_seq": max(chosen[3], command.seq),
        "now": now,
    }
    return Plan({}, [Write(_FORGET, {"owner": owner}), Write(_KEEP, row)])
