"""Where each refund of a person stands: step by step for one payment, summed up for all.

Amounts are minor units. A refund's amount is of the payment's gross; how it falls on cash, points and coupon is settled
when the merchant agrees. Overdue is derived from the day it is due and never stored (LEDGER §4).
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from analytics.held import Held
from analytics.scope import Scope
from data.ledger import refund_states
from data.ledger.refund_states import TERMINAL, RefundState

SHORT: Final = "merchant_short"  # why a refund waits although its merchant agreed
_OWNERS: Final = 256


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a refund. reason: the merchant's or the bank's; attempt: of sending it to a card."""

    state: RefundState
    reason: str
    attempt: int
    at: datetime
    due_on: date | None
    estimated: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Refund:
    """One refund as it stands. due: what was agreed; cash, points, coupon, clawed, debt: what crediting brought.

    attachment: the evidence's id. redirected: into the wallet though a card had paid. estimated: of due_on.
    """

    id: UUID
    payment: UUID
    merchant: UUID
    currency: str
    amount: int
    reason: str
    note: str
    attachment: UUID | None
    asked_at: datetime
    state: RefundState
    state_reason: str
    state_at: datetime
    attempt: int
    due_on: date | None
    estimated: bool
    confirmed_at: datetime | None
    cash_due: int
    points_due: int
    coupon_due: int
    cash: int
    points: int
    coupon: int
    clawed: int
    debt: int
    redirected: bool
    steps: tuple[Step, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it may still arrive."""
        return self.state not in TERMINAL

    @property
    def stuck(self) -> bool:
        """Whether its card did not take it, so that the person may decide."""
        return self.state in {RefundState.FAILED, RefundState.MANUAL}

    @property
    def short(self) -> bool:
        """Whether it waits for the merchant to have money."""
        return self.state is RefundState.PROCESSING and self.state_reason == SHORT

    def overdue(self, today: date) -> bool:
        """Whether it should have arrived by now."""
        return refund_states.overdue(self.state, self.due_on, today)


_REFUNDS: Final = """
SELECT r.id, r.payment, r.merchant, r.currency, r.amount, r.reason, r.note, r.attachment, r.occurred_at, r.state,
    r.state_reason, r.state_at, r.attempt, r.due_on, r.estimated, r.confirmed_at, r.cash_due, r.points_due,
    r.coupon_due, r.cash, r.points, r.coupon, r.clawed, r.debt, r.redirected
FROM published_refund r WHERE r.owner = $owner AND r.payment = $payment ORDER BY r.seq"""
_STEPS: Final = """
SELECT e.refund, e.state, e.reason, e.attempt, e.occurred_at, e.due_on, e.estimated
FROM published_refund_event e
WHERE e.owner = $owner AND e.refund IN (
    SELECT r.id FROM published_refund r WHERE r.owner = $owner AND r.payment = $payment)
ORDER BY e.seq"""


def of_payment(scope: Scope, payment: UUID) -> tuple[Refund, ...]:
    """The refunds of one of the person's payments with all their steps, the first asked for first."""
    params = {"owner": scope.owner, "payment": payment}
    steps: defaultdict[UUID, list[Step]] = defaultdict(list)
    for refund, state, *rest in scope.db.read(_STEPS, params):
        steps[refund].append(Step(RefundState(state), *rest))
    found = [refund_from(row) for row in scope.db.read(_REFUNDS, params)]
    return tuple(dataclasses.replace(one, steps=tuple(steps[one.id])) for one in found)


def refund_from(row: Sequence[Any]) -> Refund:
    """A refund from its row, the columns in the order of its fields."""
    cells: list[Any] = [*row[:9], RefundState(row[9]), *row[10:]]
    return Refund(*cells)


@dataclasses.dataclass(frozen=True, slots=True)
class Sums:
    """A person's refunds in one currency: under way (asked for, not arrived) and arrived, each with how many.

    cash: the money among what arrived. stuck: how many their card did not take. next_due: the first day one is due.
    """

    currency: str
    under_way: int
    open: int
    stuck: int
    next_due: date | None
    cash: int
    arrived: int


_held: Held[tuple[Sums, ...]] = Held(_OWNERS)
_SUMS: Final = """
SELECT r.currency,
    cast(sum(CASE WHEN r.state IN ('credited', 'rejected', 'cancelled') THEN 0 ELSE r.amount END) AS bigint),
    cast(sum(CASE WHEN r.state IN ('credited', 'rejected', 'cancelled') THEN 0 ELSE 1 END) AS bigint),
    cast(sum(CASE WHEN r.state IN ('failed', 'manual') THEN 1 ELSE 0 END) AS bigint),
    min(CASE WHEN r.state IN ('credited', 'rejected', 'cancelled') THEN NULL ELSE r.due_on END),
    cast(sum(CASE WHEN r.state = 'credited' THEN r.cash ELSE 0 END) AS bigint),
    cast(sum(CASE WHEN r.state = 'credited' THEN 1 ELSE 0 END) AS bigint)
FROM published_refund r WHERE r.owner = $owner GROUP BY r.currency ORDER BY count(*) DESC, r.currency"""


def sums(scope: Scope) -> tuple[Sums, ...]:
    """The person's refunds in all, a row a currency; the most used currency first, none where nothing was asked."""
    return _held.get(scope.db, scope.owner, "sums", lambda: _sums(scope))


def _sums(scope: Scope) -> tuple[Sums, ...]:
    return tuple(Sums(*row) for row in scope.db.read(_SUMS, {"owner": scope.owner}))
