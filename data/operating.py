"""The door for who runs the wallet: settle, answer for a silent bank, and whether the books agree with themselves."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from data import backups, settlement
from data.backups import Backup, BackupFailed
from data.database import Database
from data.ids import OwnerId
from data.ledger.wallet.refusals import ChargeStillAsked, ChargeUnknown, OperatorOnly
from data.running import Running
from data.settlement import Done
from data.store import conservation
from data.store.command import Receipt

__all__ = [
    "Backup",
    "BackupFailed",
    "Done",
    "Integrity",
    "Safety",
    "answer_charge",
    "back_up",
    "integrity",
    "safety",
    "settle",
]

CLOCK_MAY_BE_BEHIND: Final = timedelta(minutes=2)  # a clock that is set right by the network takes small steps back
_LAST_LINK: Final = "SELECT number, head, recorded_at FROM published_link ORDER BY number DESC LIMIT 1"
_OPERATOR: Final = "SELECT operator FROM app_user WHERE owner = $owner"
_STATE: Final = "SELECT state FROM published_charge WHERE owner = $owner AND id = $charge"
_ASKED: Final = ("asked", "unknown")


@dataclasses.dataclass(frozen=True, slots=True)
class Integrity:
    """Whether the books hold together. promises: with how many rows break each; memory: what it has otherwise."""

    promises: tuple[tuple[str, int], ...]
    memory: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Whether nothing is wrong."""
        return not self.memory and all(count == 0 for _, count in self.promises)


def settle(running: Running, actor: UUID) -> Done:
    """Do now what the app does by itself every few minutes.

    Raises:
        OperatorOnly.
    """
    require_operator(running.database, actor)
    return settlement.settle(running)


def answer_charge(
    running: Running, actor: UUID, owner: OwnerId, charge: UUID, *, approved: bool, reason: str = ""
) -> Receipt:
    """Say what became of a charge on which the bank kept silent for a day.

    Raises:
        OperatorOnly, ChargeUnknown, ChargeStillAsked, ChargeSettled; CardDeclined tells that the no was written down.
    """
    require_operator(running.database, actor)
    found = running.database.read(_STATE, {"owner": owner, "charge": charge})
    if not found:
        raise ChargeUnknown(str(charge))
    if found[0][0] in _ASKED:
        raise ChargeStillAsked
    return settlement.by_hand(running, actor, owner, charge, approved=approved, reason=reason).or_raise()


def integrity(database: Database, actor: UUID) -> Integrity:
    """Every promise of the wallet's books checked now, and memory against the postings.

    Raises:
        OperatorOnly.
    """
    require_operator(database, actor)
    return Integrity(tuple(conservation.offenders(database.read).items()), tuple(database.memory_drift()))


@dataclasses.dataclass(frozen=True, slots=True)
class Safety:
    """How safe the store is. last: what came of the last backup; made_at: when one was last made, sound or not.

    link, head: where the audit chain ends. behind: by how much the clock is behind the last commit, when it is.
    """

    last: Backup | None
    made_at: datetime | None
    link: int
    head: str
    behind: timedelta | None


def safety(database: Database, actor: UUID) -> Safety:
    """The last backup and where the audit chain ends.

    Raises:
        OperatorOnly.
    """
    require_operator(database, actor)
    ((link, head, linked_at),) = database.read(_LAST_LINK)
    ((made_at,),) = database.read(backups.LAST_MADE)
    behind = linked_at - database.clock()
    return Safety(backups.last_backup(database), made_at, link, head, behind if behind > CLOCK_MAY_BE_BEHIND else None)


def back_up(running: Running, actor: UUID) -> Backup:
    """Make a sealed backup now.

    Raises:
        OperatorOnly, BackupFailed.
    """
    require_operator(running.database, actor)
    return backups.make(running, running.database.clock())


def require_operator(database: Database, actor: UUID) -> None:
    """Let only the operator pass.

    Raises:
        OperatorOnly.
    """
    if database.read(_OPERATOR, {"owner": actor}) != [(True,)]:
        raise OperatorOnly
