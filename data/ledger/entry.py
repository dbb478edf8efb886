"""What an entry is: one dated event whose postings sum to zero for each owner and currency.

An unbalanced entry cannot be built. Corrections are new entries; `reversal` makes the one that undoes another.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date, datetime
from enum import StrEnum

from data.errors import require
from data.ids import AccountId, BatchId, EntryId, OwnerId
from data.money import Money

_FEWEST_POSTINGS = 2


class EntryKind(StrEnum):
    """What happened (DESIGN §2); `opening` and `reversal` are bookkeeping's own."""

    EXPENSE = "expense"
    INCOME = "income"
    REFUND = "refund"
    TRANSFER = "transfer"
    FEE = "fee"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"
    REVERSAL = "reversal"


@dataclasses.dataclass(frozen=True, slots=True)
class Posting:
    """One signed amount on one account of one owner. `category` only on income and expense accounts."""

    owner: OwnerId
    account: AccountId
    amount: Money
    category: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A balanced event. `occurred_at` is UTC without zone, `booked_on` the person's local date.

    Raises:
        InvariantBroken: fewer than two postings, or an owner's postings in a currency that do not sum to zero.
    """

    id: EntryId
    kind: EntryKind
    occurred_at: datetime
    booked_on: date
    postings: tuple[Posting, ...]
    payee: str = ""
    description: str = ""
    method: str = ""
    batch: BatchId | None = None
    reverses: EntryId | None = None
    refund_of: EntryId | None = None

    def __post_init__(self) -> None:
        require(len(self.postings) >= _FEWEST_POSTINGS, "an entry has at least two postings")
        require(self.occurred_at.tzinfo is None, "instants are kept as UTC without zone")
        sums: defaultdict[tuple[OwnerId, str], int] = defaultdict(int)
        for posting in self.postings:
            sums[posting.owner, posting.amount.currency] += posting.amount.minor
        require(not any(sums.values()), f"entry {self.id} does not balance")


def reversal(original: Entry, new_id: EntryId, occurred_at: datetime, booked_on: date) -> Entry:
    """The entry that undoes `original`: same accounts and categories, opposite signs."""
    mirrored = tuple(dataclasses.replace(p, amount=-p.amount) for p in original.postings)
    return Entry(
        id=new_id,
        kind=EntryKind.REVERSAL,
        occurred_at=occurred_at,
        booked_on=booked_on,
        postings=mirrored,
        payee=original.payee,
        description=original.description,
        method=original.method,
        reverses=original.id,
    )
