"""What a page held while its person went to confirm that it is them: kept in memory for a quarter of an hour.

The browser carries only a random word for it; it is handed out to the same person alone, and once.
"""

from __future__ import annotations

import dataclasses
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from data.assurance import StepUpRequired

LIFE: Final = timedelta(minutes=15)
MOST: Final = 500  # of all people together; the oldest go first
_lock = threading.Lock()
_held: OrderedDict[str, Carried] = OrderedDict()


@dataclasses.dataclass(frozen=True, slots=True)
class Carried:
    """Whose it is, why they went, and what the page held (session names and values)."""

    owner: UUID
    wanted: StepUpRequired
    state: Mapping[str, Any] = dataclasses.field(repr=False)
    until: datetime


def put(owner: UUID, wanted: StepUpRequired, state: Mapping[str, Any], now: datetime) -> str:
    """Keep it; the word it is found again with."""
    word = secrets.token_urlsafe(24)
    with _lock:
        for old in [key for key, one in _held.items() if one.until <= now]:
            del _held[old]
        while len(_held) >= MOST:
            _held.popitem(last=False)
        _held[word] = Carried(owner, wanted, dict(state), now + LIFE)
    return word


def look(owner: UUID, word: str | None, now: datetime) -> Carried | None:
    """What this person left under the word, if anything; it stays."""
    with _lock:
        found = _held.get(word or "")
    return found if found is not None and found.owner == owner and now < found.until else None


def take(owner: UUID, word: str | None, now: datetime) -> Carried | None:
    """The same, handed out: it is not there any more."""
    found = look(owner, word, now)
    if found is not None:
        with _lock:
            _held.pop(word or "", None)
    return found
