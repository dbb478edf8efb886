"""What a person may do about a balance that a statement states: the commands, and what each may be refused for.

Amounts are signed minor units as the ledger has them: what an asset holds is positive, what a liability owes negative.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import date
from typing import Final
from uuid import UUID, uuid5

from data.errors import Rejection
from data.ids import AccountId, EntryId, OwnerId
from data.money import Money

_NAMED: Final = UUID("928124bb-d68f-4833-bd4b-9114bbf1ed80")


@dataclasses.dataclass(frozen=True, slots=True)
class Asserted:
    """A balance assertion: at the end of `on`, `account` held `balance`."""

    account: AccountId
    on: date
    balance: Money

    @property
    def id(self) -> UUID:
        """Its name, made of its content: the same whoever says it, and after a file was taken back and read again."""
        return uuid5(_NAMED, f"{self.account}|{self.on}|{self.balance.currency}|{self.balance.minor}")


def closings_in(totals: str) -> Iterator[tuple[str, date, Money]]:
    """The closing balances in an import's totals (JSON): key of the account, day, balance."""
    for one in json.loads(totals).get("closings", ()):
        yield one["account"], date.fromisoformat(one["on"]), Money(one["minor"], one["currency"])


@dataclasses.dataclass(frozen=True, slots=True)
class StateBalance:
    """Type in what a statement says that came on paper."""

    owner: OwnerId
    request_id: str
    actor: UUID
    asserted: Asserted


@dataclasses.dataclass(frozen=True, slots=True)
class WithdrawBalance:
    """Take back a balance that was typed in; what files state stays."""

    owner: OwnerId
    request_id: str
    actor: UUID
    asserted: Asserted


@dataclasses.dataclass(frozen=True, slots=True)
class TickRows:
    """Say of rows that they are, or are not, on the statement. Moves no money."""

    owner: OwnerId
    request_id: str
    actor: UUID
    asserted: Asserted
    entries: tuple[EntryId, ...]
    ticked: bool


@dataclasses.dataclass(frozen=True, slots=True)
class MarkReconciled:
    """Say that the period up to the statement is done: every row was found on it, and the balances agree."""

    owner: OwnerId
    request_id: str
    actor: UUID
    asserted: Asserted


@dataclasses.dataclass(frozen=True, slots=True)
class ReopenReconciled:
    """Take `MarkReconciled` back."""

    owner: OwnerId
    request_id: str
    actor: UUID
    asserted: Asserted


@dataclasses.dataclass(frozen=True, slots=True)
class AdjustToStatement:
    """Book the difference on the statement's day, with the reason.

    category: None books an adjustment, which is neither spending nor income; a category of spending where money is
    missing, or of income where there is too much, books it as that.
    """

    owner: OwnerId
    request_id: str
    actor: UUID
    asserted: Asserted
    reason: str
    category: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class StartFromStatement:
    """Take the statement's balance as what is known of the account: the opening balance becomes what makes it agree."""

    owner: OwnerId
    request_id: str
    actor: UUID
    asserted: Asserted


@dataclasses.dataclass(frozen=True, slots=True)
class UndoBooking:
    """Take back what `AdjustToStatement` or `StartFromStatement` booked: the very entry."""

    owner: OwnerId
    request_id: str
    actor: UUID
    asserted: Asserted
    entry: EntryId


@dataclasses.dataclass(unsafe_hash=True)
class StatementDayAhead(Rejection):
    """Nobody knows yet what an account will hold. on: ISO day."""

    on: str


@dataclasses.dataclass(unsafe_hash=True)
class StatementUnknown(Rejection):
    """No standing import states this balance, and nobody typed it in. on: ISO day."""

    on: str


@dataclasses.dataclass(unsafe_hash=True)
class RowsNotTicked(Rejection):
    """Rows of the period were not found on the statement yet."""

    rows: int


@dataclasses.dataclass(unsafe_hash=True)
class StillDiffers(Rejection):
    """What we have is not what the statement says. Signed minor units: the statement less ours."""

    difference_minor: int
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class AlreadyAgrees(Rejection):
    """There is no difference to book."""

    balance_minor: int
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class StartKnown(Rejection):
    """The account has an opening balance in this currency already. Signed minor units."""

    account: str
    opening_minor: int
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class AdjustmentReasonMissing(Rejection):
    """A correction says why."""


@dataclasses.dataclass(unsafe_hash=True)
class BookedForStatement(Rejection):
    """What was booked for this statement still stands; nobody else states the balance. entries: how many."""

    entries: int


@dataclasses.dataclass(unsafe_hash=True)
class NothingBooked(Rejection):
    """Nothing was booked for this statement, or it was taken back or changed since."""
