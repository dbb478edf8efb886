"""The person's choices that rules in the writer need: where their months start, and their time zone."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from data.store.command import Reader

_CHOSEN: Final = "SELECT month_start_day, zone FROM preference WHERE owner = $owner"
_DEFAULT: Final = (1, "Asia/Shanghai")


def month_start_day(reader: Reader, owner: UUID) -> int:
    """1 to 28, or 31 for the last day; 1 until the person chooses."""
    return int((reader.one(_CHOSEN, {"owner": owner}) or _DEFAULT)[0])


def zone_name(reader: Reader, owner: UUID) -> str:
    """The person's zone by its name in the time zone tables."""
    return str((reader.one(_CHOSEN, {"owner": owner}) or _DEFAULT)[1])
