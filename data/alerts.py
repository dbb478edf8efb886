"""The door to what the monitor found: say whether it was you, report a debit, choose how soon to be asked.

`It was me` and being asked later make the wallet less careful, so they are confirmed first; the rest is done at once.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from data import guard
from data.assurance import UNCONFIRMED, Assurance, StepUpRequired
from data.database import Database
from data.ledger.risk.rules import THRESHOLDS, Sensitivity
from data.ledger.wallet.commands import AnswerAlert, ReportDebit, SetSensitivity
from data.store.command import Receipt

__all__ = [
    "AnswerAlert",
    "ReportDebit",
    "Sensitivity",
    "SetSensitivity",
    "answer",
    "report",
    "sensitivity_of",
    "set_sensitivity",
]

_CHOSEN: Final = "SELECT sensitivity FROM risk_setting WHERE owner = $owner ORDER BY seq DESC LIMIT 1"


def answer(database: Database, command: AnswerAlert, assurance: Assurance = UNCONFIRMED) -> Receipt:
    """Say whose a debit was that the monitor asked about or refused.

    It was theirs: the same payee may be paid as much for a day, and a wallet that the alert froze works again. It was
    not: the wallet is frozen, their habits are not changed by it, its payee is looked at. The receipt: alert, answer,
    frozen.

    Raises:
        StepUpRequired: before `mine`. MemberUnknown, AlertUnknown, AlertAnswered.
    """
    if command.mine:
        guard.require_fresh(database, command.actor, assurance, StepUpRequired("release", "risk_release"))
    return database.transact(command).or_raise()


def report(database: Database, command: ReportDebit) -> Receipt:
    """A payment, transfer or withdrawal that went through was not theirs: the wallet is frozen. Receipt: debit, answer.

    Raises:
        MemberUnknown, DebitUnknown, AlertAnswered.
    """
    return database.transact(command).or_raise()


def sensitivity_of(database: Database, owner: UUID) -> Sensitivity:
    """How soon the person wants to be asked."""
    found = database.read(_CHOSEN, {"owner": owner})
    return Sensitivity(found[0][0]) if found else Sensitivity.NORMAL


def set_sensitivity(database: Database, command: SetSensitivity, assurance: Assurance = UNCONFIRMED) -> Receipt:
    """Choose how soon to be asked.

    Raises:
        StepUpRequired: before being asked later than now. MemberUnknown; AccountFrozen: to anything but the highest.
    """
    if THRESHOLDS[command.sensitivity] > THRESHOLDS[sensitivity_of(database, command.owner)]:
        wanted = StepUpRequired("sensitivity", "risk_lowers_sensitivity")
        guard.require_fresh(database, command.actor, assurance, wanted)
    return database.transact(command).or_raise()
