"""The door to reconciling: an account's balance beside what its statements say, row by row, and what to do about it.

Ticks and marks move no money; a correction is an entry of its own, booked on the statement's day and taken back by a
reversal. The wallet's own accounts are moved by payments alone and cannot be corrected here.
"""

from __future__ import annotations

import dataclasses
from uuid import UUID

from data.database import Database
from data.ids import AccountId, EntryId, OwnerId
from data.ledger.assertions import Source, Standing, State, Stated
from data.ledger.reconciling import (
    AdjustmentReasonMissing,
    AdjustToStatement,
    AlreadyAgrees,
    Asserted,
    BookedForStatement,
    MarkReconciled,
    NothingBooked,
    ReopenReconciled,
    RowsNotTicked,
    StartFromStatement,
    StartKnown,
    StateBalance,
    StatementDayAhead,
    StatementUnknown,
    StillDiffers,
    TickRows,
    UndoBooking,
    WithdrawBalance,
)
from data.money import Money
from data.store import asserting, reconciling, statement_booking
from data.store.command import Receipt

__all__ = [
    "AdjustToStatement",
    "AdjustmentReasonMissing",
    "AlreadyAgrees",
    "Asserted",
    "BookedForStatement",
    "Correction",
    "MarkReconciled",
    "NothingBooked",
    "ReopenReconciled",
    "RowsNotTicked",
    "Source",
    "Standing",
    "StartFromStatement",
    "StartKnown",
    "State",
    "StateBalance",
    "Stated",
    "StatementDayAhead",
    "StatementUnknown",
    "StillDiffers",
    "TickRows",
    "UndoBooking",
    "WithdrawBalance",
    "adjust",
    "reconcile",
    "reopen",
    "standings",
    "start",
    "state",
    "tick",
    "undo",
    "withdraw",
]


@dataclasses.dataclass(frozen=True, slots=True)
class Correction:
    """What was booked: the entry, and by how much it changed the account."""

    entry: EntryId
    by: Money


def standings(db: Database, owner: OwnerId) -> dict[tuple[AccountId, str], list[Standing]]:
    """Every balance that a standing import or the person states beside ours, oldest first, by account and currency.

    A merged account's statements stand under the account that it was merged into.
    """
    return asserting.standings(db.read, owner)


def state(db: Database, command: StateBalance) -> None:
    """Keep a balance that the person read from a statement; saying it again changes nothing.

    Raises:
        NotFound, WalletAccount, StatementDayAhead: nothing was kept.
    """
    db.submit(command, reconciling.decide_typed)


def withdraw(db: Database, command: WithdrawBalance) -> None:
    """Forget a balance that was typed in.

    Raises:
        NotFound, StatementUnknown: it was not typed in. BookedForStatement: its correction has to go first.
    """
    db.submit(command, reconciling.decide_withdrawn)


def tick(db: Database, command: TickRows) -> int:
    """Keep which rows are on the statement; how many changed.

    Raises:
        NotFound: the account, or a row that is not on it by that day. StatementUnknown: nobody states that balance.
    """
    return int(db.submit(command, reconciling.decide_ticks)["changed"])


def reconcile(db: Database, command: MarkReconciled) -> None:
    """Mark a statement's period as done.

    Raises:
        NotFound, StatementUnknown, StillDiffers, RowsNotTicked: in this order; nothing was marked.
    """
    db.submit(command, reconciling.decide_reconciled)


def reopen(db: Database, command: ReopenReconciled) -> None:
    """Take the mark back; the ticks stay.

    Raises:
        NotFound: the account is none of the owner's.
    """
    db.submit(command, reconciling.decide_reopened)


def adjust(db: Database, command: AdjustToStatement) -> Correction:
    """Book the difference with its reason, so that the balances agree.

    Raises:
        NotFound, StatementUnknown, WalletAccount, AdjustmentReasonMissing, TextTooLong, AlreadyAgrees,
        CategoryDoesNotFit: nothing was booked.
    """
    return _correction(db.submit(command, statement_booking.decide_adjusted), command.asserted)


def start(db: Database, command: StartFromStatement) -> Correction:
    """Book the opening balance that makes the statement agree.

    Raises:
        NotFound, StatementUnknown, WalletAccount, StartKnown, AlreadyAgrees: nothing was booked.
    """
    return _correction(db.submit(command, statement_booking.decide_started), command.asserted)


def undo(db: Database, command: UndoBooking) -> Correction:
    """Take back what was booked for a statement; by how much that changed the account.

    Raises:
        NotFound: the account is none of the owner's. NothingBooked: that entry was not booked for this statement, or
        does not stand any more.
    """
    return _correction(db.submit(command, statement_booking.decide_undone), command.asserted)


def _correction(receipt: Receipt, asserted: Asserted) -> Correction:
    return Correction(EntryId(UUID(receipt["entry"])), Money(receipt["minor"], asserted.balance.currency))
