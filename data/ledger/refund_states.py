"""Where a refund stands, where it may go from there, and how its amount falls on cash, points and coupon. Pure.

The states are LEDGER §4's. A failed refund is tried again under its own id; overdue follows from the date.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from data.errors import require

REASONS: Final = ("not_received", "damaged", "not_as_described", "wrong_amount", "changed_mind", "agreed", "other")


class RefundState(StrEnum):
    """How far a refund is. manual: it waits for a person."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    PROCESSING = "processing"
    CREDITED = "credited"
    FAILED = "failed"
    MANUAL = "manual"


TRANSITIONS: Final[Mapping[RefundState, frozenset[RefundState]]] = {
    RefundState.REQUESTED: frozenset({RefundState.CONFIRMED, RefundState.REJECTED, RefundState.CANCELLED}),
    RefundState.CONFIRMED: frozenset({RefundState.PROCESSING, RefundState.CREDITED}),
    RefundState.PROCESSING: frozenset({RefundState.CREDITED, RefundState.FAILED, RefundState.MANUAL}),
    RefundState.FAILED: frozenset({RefundState.PROCESSING, RefundState.MANUAL}),
    RefundState.MANUAL: frozenset({RefundState.PROCESSING, RefundState.CREDITED}),
    RefundState.REJECTED: frozenset(),
    RefundState.CANCELLED: frozenset(),
    RefundState.CREDITED: frozenset(),
}
TERMINAL: Final = frozenset(state for state, following in TRANSITIONS.items() if not following)


def reserves(state: RefundState) -> bool:
    """Whether the refund's amount counts against further ones: it came back, or still may."""
    return state not in {RefundState.REJECTED, RefundState.CANCELLED}


def overdue(state: RefundState, due_on: date | None, today: date) -> bool:
    """Whether the money should have arrived by now; on the day itself there is still time."""
    return due_on is not None and due_on < today and state not in TERMINAL


@dataclasses.dataclass(frozen=True, slots=True)
class Paid:
    """What a payment was made of: gross = cash + points_value + the coupons' part, in minor units. points: how many."""

    gross: int
    cash: int
    points_value: int
    points: int

    def __post_init__(self) -> None:
        require(self.gross > 0, "a payment is of something")
        require(min(self.cash, self.points_value, self.points) >= 0, "no part of a payment is negative")
        require(self.cash + self.points_value <= self.gross, "cash and points are not more than the gross")


@dataclasses.dataclass(frozen=True, slots=True)
class Portions:
    """What a refund is made of: its amount = cash + points_value + coupon. points: the whole points that come back."""

    cash: int
    points_value: int
    points: int
    coupon: int


def portions(paid: Paid, refunded_before: int, amount: int) -> Portions:
    """How a refund of `amount` falls on what was paid, when `refunded_before` of the gross came back already.

    The difference of two cumulative shares (LEDGER §4), so any cutting brings back exactly what was paid. Cash and
    points never shrink; the unit that both floors drop waits with the coupon part and comes back later, so that this
    part may be a unit more, or less than nothing, on the way. A point comes back with the refund that completes its
    worth: when one is worth several minor units, points_value runs ahead of the points by less than one point.
    """
    require(amount > 0 and refunded_before >= 0, "refunds are positive")
    require(refunded_before + amount <= paid.gross, "no more comes back than was paid")
    before, after = _upto(paid, refunded_before), _upto(paid, refunded_before + amount)
    return Portions(
        cash=after.cash - before.cash,
        points_value=after.points_value - before.points_value,
        points=after.points - before.points,
        coupon=after.coupon - before.coupon,
    )


def _upto(paid: Paid, refunded: int) -> Portions:
    """The shares of the first `refunded` minor units: each by its own floor, what both drop stands with the coupon."""
    value, cash = paid.points_value * refunded // paid.gross, paid.cash * refunded // paid.gross
    points = paid.points * refunded // paid.gross
    return Portions(cash=cash, points_value=value, points=points, coupon=refunded - cash - value)
