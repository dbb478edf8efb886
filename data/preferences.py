"""The door to what a person chose about the screens: language, theme, months, currency, amounts shown or hidden."""

from __future__ import annotations

import dataclasses
import zoneinfo
from datetime import datetime
from typing import Literal
from uuid import UUID

from data import guard
from data.assurance import UNCONFIRMED, Assurance, StepUpRequired
from data.database import Database
from data.errors import Rejection
from data.ids import new_request_id
from data.money import exponent
from data.period import LAST_DAY
from data.store import facts, stepping
from data.store.command import Plan, Reader, Write
from data.store.owner_settings import month_start_day

Theme = Literal["system", "light", "dark"]
_LAST_COMMON_DAY = 28


@dataclasses.dataclass(frozen=True, slots=True)
class Preferences:
    """One person's choices. `language` None: the browser's. `month_start_day`: 1 to 28, or 31 for the last day."""

    language: Literal["zh", "en"] | None = None
    theme: Theme = "system"
    month_start_day: int = 1
    week_starts_sunday: bool = False
    currency: str = "CNY"
    zone: str = "Asia/Shanghai"
    show_amounts: bool = True
    refunds_in_purchase_month: bool = False


@dataclasses.dataclass(unsafe_hash=True)
class MonthStartOutOfRange(Rejection):
    """A month starts on day 1 to 28 or on the last day (31)."""

    day: int


@dataclasses.dataclass(unsafe_hash=True)
class UnknownZone(Rejection):
    """No such time zone in this system's tables."""

    zone: str


@dataclasses.dataclass(frozen=True, slots=True)
class ChoosePreferences:
    """Replace a person's choices."""

    owner: UUID
    request_id: str
    preferences: Preferences


_OF_OWNER = """
SELECT language, theme, month_start_day, week_starts_sunday, currency, zone, show_amounts, refunds_in_purchase_month
FROM preference WHERE owner = $owner"""
_FORGET = "DELETE FROM preference WHERE owner = $owner"
_KEEP = """
INSERT INTO preference VALUES ($owner, $language, $theme, $month_start_day, $week_starts_sunday, $currency, $zone,
    $show_amounts, $refunds_in_purchase_month, $changed_at)"""


def preferences_of(database: Database, owner: UUID) -> Preferences:
    """The person's choices, the defaults where none was made."""
    rows = database.read(_OF_OWNER, {"owner": owner})
    return Preferences(*rows[0]) if rows else Preferences()


def choose_preferences(
    database: Database,
    owner: UUID,
    preferences: Preferences,
    request_id: str | None = None,
    assurance: Assurance = UNCONFIRMED,
) -> None:
    """Replace the person's choices; another first day of the month moves what is booked into the new months at once.

    Raises:
        MonthStartOutOfRange, UnknownZone, CurrencyUnknown: nothing was changed. StepUpRequired: another time zone
            begins another day, on which a wallet's limits count anew.
    """
    _check(preferences)
    if preferences.zone != preferences_of(database, owner).zone and stepping.limited(database.read, owner):
        guard.require_fresh(database, owner, assurance, StepUpRequired("limits", "moves_midnight"))
    database.submit(ChoosePreferences(owner, request_id or new_request_id(), preferences), _decide)


def _check(chosen: Preferences) -> None:
    day = chosen.month_start_day
    if not (1 <= day <= _LAST_COMMON_DAY or day == LAST_DAY):
        raise MonthStartOutOfRange(day)
    try:
        zoneinfo.ZoneInfo(chosen.zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise UnknownZone(chosen.zone) from None
    exponent(chosen.currency)


def _decide(reader: Reader, command: ChoosePreferences, now: datetime) -> Plan:
    owner, chosen = command.owner, command.preferences
    row = {"owner": owner, "changed_at": now, **dataclasses.asdict(chosen)}
    writes = [Write(_FORGET, {"owner": owner}), Write(_KEEP, row)]
    if chosen.month_start_day != month_start_day(reader, owner):
        writes += facts.refresh_months(owner, chosen.month_start_day)
    return Plan({}, writes, touches=frozenset({owner}))
