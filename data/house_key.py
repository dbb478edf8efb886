"""The house's key: which of the known ones opens this store, and changing it for a new one.

A key file holds a key a line: the one in use, then earlier ones, which open older backups. While the key is being
changed both lie there, and which one counts is what the store says: one sealed word in it opens with the right key
only. So a process that is killed at any moment leaves a store that opens.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from data.audit import audit
from data.database import Database
from data.errors import Rejection
from data.ids import new_request_id
from data.ledger.wallet.commands import ISSUER
from data.security.derived import key_name
from data.security.sealing import SealBroken, SealingKey, seal, unseal
from data.sign_in import Visit
from data.store import resealing, users
from data.store.command import Plan, Reader, Write

_CHECK: Final = "check"
_FINGERPRINTS: Final = "fingerprints"
_SEALED: Final = "SELECT sealed FROM sealing WHERE name = $name"
_BEGIN: Final = "INSERT INTO sealing VALUES ($name, $sealed, $now)"
_FORGET: Final = "DELETE FROM sealing"


@dataclasses.dataclass(unsafe_hash=True)
class WrongKey(Rejection):
    """What is sealed in the store opens with none of the keys at hand; nothing was changed. keys: how many."""

    path: str
    keys: int


@dataclasses.dataclass(unsafe_hash=True)
class ChainBroken(Rejection):
    """The audit chain does not hold, so nothing is sealed anew over it. link: the first that does not."""

    link: int


@dataclasses.dataclass(frozen=True, slots=True)
class BeginSealing:
    """Write the word that opens with the key in use."""

    owner: UUID
    request_id: str
    key: SealingKey = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeKey:
    """Seal everything that is sealed under another key."""

    owner: UUID
    request_id: str
    before: SealingKey = dataclasses.field(repr=False)
    after: SealingKey = dataclasses.field(repr=False)


def key_of_store(database: Database, keys: Sequence[SealingKey]) -> SealingKey:
    """The one of these keys that the store is sealed under; a store that is sealed under none yet gets the first.

    Raises:
        WrongKey: nothing was changed.
    """
    wrong = WrongKey(str(database.path), len(keys))
    if not _found(database, _CHECK):
        first = keys[0]
        if not resealing.opens(database.read, first):
            raise wrong
        database.submit(BeginSealing(ISSUER, new_request_id(), first), _begin)
    sealed = _found(database, _CHECK)
    right = next((key for key in keys if _opened(key, sealed, _CHECK) is not None), None)
    if right is None:
        raise wrong
    kept = _opened(right, _found(database, _FINGERPRINTS), _FINGERPRINTS)
    return right if kept is None else dataclasses.replace(right, outliving=bytes.fromhex(kept))


def change_key(database: Database, before: SealingKey, after: SealingKey) -> int:
    """Seal every sealed field under `after`, in one commit; how many there were.

    Raises:
        ChainBroken, SealBroken: nothing was changed.
    """
    broken = audit(database).broken
    if broken is not None:
        raise ChainBroken(broken.link)
    receipt = database.submit(ChangeKey(ISSUER, new_request_id(), before, after), _change)
    return int(receipt["fields"])


def _found(database: Database, name: str) -> str:
    found = database.read(_SEALED, {"name": name})
    return str(found[0][0]) if found else ""


def _opened(key: SealingKey, sealed: str, name: str) -> str | None:
    try:
        return unseal(key, sealed, _place(name))
    except SealBroken:
        return None


def _place(name: str) -> str:
    return f"house:{name}"


def _sealed_word(key: SealingKey, name: str, plain: str, now: datetime) -> Write:
    return Write(_BEGIN, {"name": name, "sealed": seal(key, plain, _place(name)), "now": now})


def _begin(reader: Reader, command: BeginSealing, now: datetime) -> Plan:
    if reader.one(_SEALED, {"name": _CHECK}):
        return Plan({})
    return Plan({}, [_sealed_word(command.key, _CHECK, _CHECK, now)])


def _change(reader: Reader, command: ChangeKey, now: datetime) -> Plan:
    anew = resealing.resealed(reader.all, command.before, command.after)
    words = [
        Write(_FORGET),
        _sealed_word(command.after, _CHECK, _CHECK, now),
        # Fingerprints cannot be made again, the numbers are nowhere: what they were made with outlives the key.
        _sealed_word(command.after, _FINGERPRINTS, command.before.for_fingerprints.hex(), now),
    ]
    named = {"before": key_name(command.before), "after": key_name(command.after)}
    noted = users.event(reader, "key_changed", ISSUER, Visit(), now, **named)
    return Plan({"fields": len(anew)}, [*anew, *words, noted], renews_chain=True)
