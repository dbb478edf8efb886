"""The door for who runs the wallet: settle, answer for a silent bank, and whether the books agree with themselves."""

from __future__ import annotations

import dataclasses
from typing import Final
from uuid import UUID

from data import settlement
from data.database import Database
from data.ids import OwnerId
from data.ledger.wallet.refusals import ChargeStillAsked, ChargeUnknown, OperatorOnly
from data.running import Running
from data.settlement import Done
from data.store import conservation
from data.store.command import Receipt

__all__ = ["Done", "Integrity", "answer_charge", "integrity", "settle"]

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


def require_operator(database: Database, actor: UUID) -> None:
    """Let only the operator pass.

    Raises:
        OperatorOnly.
    """
    if database.read(_OPERATOR, {"owner": actor}) != [(True,)]:
        raise OperatorOnly
