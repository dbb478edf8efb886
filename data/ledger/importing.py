"""How a statement line becomes an entry: which accounts it moves, by how much, under which category.

`legs_of` is the one place that decides. Its legs sum to zero by construction, so a hundred thousand lines need not
become as many `Entry` objects to be known as balanced; `entry_of` builds the object from the same legs, and a test
holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from data.errors import require
from data.ids import AccountId, EntryId, OwnerId
from data.importers.statement import Direction, Kind, Line
from data.ledger.accounts import CLEARING_KEY, EQUITY_KEY, EXPENSE_KEY, INCOME_KEY
from data.ledger.entry import Entry, EntryKind, Posting
from data.money import Money


class Leg(NamedTuple):
    """One posting to come: account by its key, signed minor units, and the category on income and expense."""

    account: str
    minor: int
    currency: str
    category: str | None


class Move(NamedTuple):
    """What a line does once everybody has had their say: the importer, the rules, the person. `minor` is positive."""

    kind: Kind
    direction: Direction
    minor: int
    currency: str
    account: str
    counter: str | None = None
    category: str | None = None


_OTHER_SIDE = {
    Kind.EXPENSE: EXPENSE_KEY,
    Kind.REFUND: EXPENSE_KEY,
    Kind.FEE: EXPENSE_KEY,
    Kind.INCOME: INCOME_KEY,
    Kind.ADJUSTMENT: EQUITY_KEY,
}
_WITHOUT_CATEGORY = frozenset({Kind.TRANSFER, Kind.ADJUSTMENT})


class Shape(NamedTuple):
    """What all moves of one kind between the same accounts have in common: whatever the amount, the same two legs.

    own, other: keys of the accounts; sign: of the own account's amount; category: on the other side.
    """

    own: str
    sign: int
    other: str
    category: str | None


def shape_of(move: Move) -> Shape:
    """Which accounts a line moves, which way, under which category.

    An expense or refund is settled against the expense book, income against the income book, an adjustment against
    equity. A transfer goes to the other own account, to clearing when the statement does not name it.
    """
    category = None if move.kind in _WITHOUT_CATEGORY else move.category
    other = _OTHER_SIDE.get(move.kind) or move.counter or CLEARING_KEY
    return Shape(move.account, 1 if move.direction is Direction.IN else -1, other, category)


def legs_of(move: Move, fee: Move | None = None) -> tuple[Leg, ...]:
    """The legs of a line, and of the fee that its row contains when it is a transfer; they sum to zero.

    The fee, paid from the transfer's own account, shares its leg.
    """
    shape = shape_of(move)
    own = shape.sign * move.minor
    if fee is None:
        return (
            Leg(shape.own, own, move.currency, None),
            Leg(shape.other, -own, move.currency, shape.category),
        )
    require(fee.kind is Kind.FEE and move.kind is Kind.TRANSFER, "only a transfer carries its fee in its entry")
    require((fee.account, fee.currency) == (move.account, move.currency), "the transfer's own account pays its fee")
    paid = fee.minor if fee.direction is Direction.IN else -fee.minor
    return (
        Leg(shape.own, own + paid, move.currency, None),
        Leg(shape.other, -own, move.currency, None),
        Leg(EXPENSE_KEY, -paid, fee.currency, fee.category),
    )


def move_of(line: Line, category: str | None) -> Move:
    """What the line does as the importer reads it, under a category."""
    counter = line.counter.key if line.counter else None
    return Move(line.kind, line.direction, line.amount.minor, line.amount.currency, line.account.key, counter, category)


def utc(line: Line) -> datetime:
    """The line's instant as the ledger keeps it: UTC without zone."""
    return line.occurred_at.astimezone(UTC).replace(tzinfo=None)


def entry_of(
    line: Line, legs: Iterable[Leg], entry: EntryId, owner: OwnerId, accounts: Mapping[str, AccountId], kind: Kind
) -> Entry:
    """The entry of one line as an object.

    Raises:
        InvariantBroken: when the legs do not balance.
    """
    postings = tuple(
        Posting(owner, accounts[leg.account], Money(leg.minor, leg.currency), leg.category) for leg in legs
    )
    return Entry(
        id=entry,
        kind=EntryKind(kind.value),
        occurred_at=utc(line),
        booked_on=line.booked_on,
        postings=postings,
        payee=line.payee,
        description=line.description,
        method=line.method,
    )
