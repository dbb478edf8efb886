"""Which way a mapped row goes and what it is: by the word of its direction column, then its sign, then its words."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

from data.importers.headings import (
    FEE_CATEGORIES,
    IN,
    KINDS,
    OUT,
    REFUND_WORDS,
    TRANSFER_CATEGORIES,
)
from data.importers.reading import folded
from data.importers.signed import into_liability
from data.importers.statement import AccountKind, Direction, Kind
from data.money import Money


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """When, how much (positive), which way; `kind` where the direction column says it."""

    booked_on: date
    occurred_at: datetime
    amount: Money
    direction: Direction
    kind: Kind | None


def directed(word: str, signed: Money, *, flipped: bool) -> tuple[Direction, Kind | None]:
    """The direction of a signed amount beside a direction word, and the kind if the word names one.

    A word beats the sign. An unsigned transfer leaves the account that the row names first.
    """
    by_sign = Direction.IN if signed.minor > 0 else Direction.OUT
    name = folded(word).casefold()
    if name in OUT:
        return Direction.OUT, None
    if name in IN:
        return Direction.IN, None
    if name in KINDS:
        kind, direction = KINDS[name]
        if kind is Kind.TRANSFER and not flipped:
            return Direction.OUT, kind
        return direction or by_sign, kind
    return by_sign, None


def kind_of(reading: Reading, account: AccountKind, category: str, words: str) -> Kind:
    """What the row is, from what its columns say, its direction and the account it is on."""
    name = folded(category).casefold()
    if reading.kind is not None:
        return reading.kind
    if name in TRANSFER_CATEGORIES:
        return Kind.TRANSFER
    if reading.direction is Direction.OUT:
        return Kind.FEE if name in FEE_CATEGORIES else Kind.EXPENSE
    if account is AccountKind.LIABILITY:
        return into_liability(words)
    return Kind.REFUND if REFUND_WORDS.search(words) else Kind.INCOME
