"""What an importer may decide about a row: it is booked, passed over with a reason, or unclear."""

from __future__ import annotations

import dataclasses
import functools

from data.importers.methods import account_of
from data.importers.statement import AccountHint, Direction, Kind


@dataclasses.dataclass(frozen=True, slots=True)
class Booked:
    """The row moves money.

    if_refunded: it only counts when a refund row of the same file names it (a closed purchase that the file no
        longer counts: only its refund proves that it was ever paid).
    """

    kind: Kind
    direction: Direction
    account: AccountHint
    counter: AccountHint | None = None
    if_refunded: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Passed:
    """The row moves no money of the person's.

    reason: `never_paid`, `cancelled_sale`, `hold`, `hold_released`, `failed`, `zero_amount`, `paid_by_other`.
    """

    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Unclear:
    """The file does not say what the row is: the column that should have."""

    column: str


Verdict = Booked | Passed | Unclear

NEVER_PAID = Passed("never_paid")
CANCELLED_SALE = Passed("cancelled_sale")
HOLD = Passed("hold")
HOLD_RELEASED = Passed("hold_released")
FAILED = Passed("failed")
ZERO_AMOUNT = Passed("zero_amount")
PAID_BY_OTHER = Passed("paid_by_other")


@functools.lru_cache(maxsize=4096)
def expense(source: str, method: str) -> Booked:
    """Money spent by `method`."""
    return Booked(Kind.EXPENSE, Direction.OUT, account_of(source, method))


@functools.lru_cache(maxsize=4096)
def income(source: str, method: str) -> Booked:
    """Money earned into `method`."""
    return Booked(Kind.INCOME, Direction.IN, account_of(source, method))


@functools.lru_cache(maxsize=4096)
def refund(source: str, method: str) -> Booked:
    """Money back into `method`."""
    return Booked(Kind.REFUND, Direction.IN, account_of(source, method))


def moved_out(account: AccountHint, counter: AccountHint | None) -> Booked:
    """A transfer that left `account` for `counter` (None when the file does not say, or says the same account)."""
    return Booked(Kind.TRANSFER, Direction.OUT, account, counter if counter and counter.key != account.key else None)


def moved_in(account: AccountHint, counter: AccountHint | None) -> Booked:
    """A transfer that reached `account` from `counter`."""
    return Booked(Kind.TRANSFER, Direction.IN, account, counter if counter and counter.key != account.key else None)
