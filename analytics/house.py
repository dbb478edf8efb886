"""What waits for whoever runs the wallet: refunds that are not there yet, charges on which a bank keeps silent.

The one place where a question spans owners. So it names who asks, and whoever is not the operator is told of nothing;
and it says only what has to be known to help: a name, an amount, a day, a state.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from analytics.export import Cell, Column, Table
from data.database import Database
from data.ledger import refund_states
from data.ledger.refund_states import RefundState


class Wait(StrEnum):
    """Why a refund is on the operator's list, the most urgent first."""

    FAILED = "failed"
    OVERDUE = "overdue"
    TODAY = "today"
    SHORT = "short"
    LATER = "later"


_URGENCY: Final = {wait: number for number, wait in enumerate(Wait)}


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """A refund that a merchant agreed to and that has not arrived. amount: minor units of cash to give back.

    card: `debit` or `credit`, "" when it goes to the wallet. reason: why it failed or waits, as a code.
    """

    refund: UUID
    payer: str
    merchant: str
    currency: str
    amount: int
    card: str
    due_on: date | None
    estimated: bool
    state: RefundState
    reason: str
    attempt: int
    wait: Wait


_REFUNDS: Final = """
SELECT r.id, coalesce(w.name, ''), m.name, r.currency, r.cash_due, coalesce(c.kind, ''), r.due_on, r.estimated, r.state,
    r.state_reason, r.attempt
FROM published_refund r
JOIN published_payment p ON p.owner = r.owner AND p.id = r.payment
LEFT JOIN published_person w ON w.owner = r.owner
JOIN published_merchant m ON m.owner = r.merchant
LEFT JOIN published_card c ON c.owner = p.owner AND c.id = p.card
WHERE r.state IN ('confirmed', 'processing', 'failed', 'manual')
    AND EXISTS (SELECT 1 FROM published_person o WHERE o.owner = $operator AND o.operator)
ORDER BY r.due_on, r.seq"""


def refunds(db: Database, operator: UUID, today: date) -> tuple[Waiting, ...]:
    """Every refund that is agreed to and not there yet, the most urgent first; none for who is not the operator."""
    found = [_waiting(row, today) for row in db.read(_REFUNDS, {"operator": operator})]
    return tuple(sorted(found, key=lambda one: _URGENCY[one.wait]))


def _waiting(row: Sequence[Any], today: date) -> Waiting:
    *head, state, reason, attempt = row
    now = RefundState(state)
    cells: list[Any] = [*head, now, reason, attempt, _wait(now, reason, head[6], today)]
    return Waiting(*cells)


def _wait(state: RefundState, reason: str, due_on: date | None, today: date) -> Wait:
    if state in {RefundState.FAILED, RefundState.MANUAL}:
        return Wait.FAILED
    if refund_states.overdue(state, due_on, today):
        return Wait.OVERDUE
    if reason:
        return Wait.SHORT
    return Wait.TODAY if due_on == today else Wait.LATER


@dataclasses.dataclass(frozen=True, slots=True)
class Silent:
    """A charge whose bank has not answered. manual: nobody asks the bank any more, a person has to say what is true.

    owner: whose card. purpose: `pay`, `top_up`, `withdraw`. attempt: how often the bank was asked.
    """

    owner: UUID
    charge: UUID
    name: str
    purpose: str
    currency: str
    amount: int
    brand: str
    bank: str
    last4: str
    asked_at: datetime
    attempt: int
    manual: bool


_SILENT: Final = """
SELECT h.owner, h.id, coalesce(w.name, ''), h.purpose, h.currency, h.amount, c.brand, c.bank, c.last4,
    h.occurred_at, h.attempt, h.state = 'manual'
FROM published_charge h
LEFT JOIN published_person w ON w.owner = h.owner
JOIN published_card c ON c.owner = h.owner AND c.id = h.card
WHERE h.state IN ('unknown', 'manual')
    AND EXISTS (SELECT 1 FROM published_person o WHERE o.owner = $operator AND o.operator)
ORDER BY h.state = 'manual' DESC, h.seq"""


def silent(db: Database, operator: UUID) -> tuple[Silent, ...]:
    """Every charge that is open because its bank keeps silent, those for a person first."""
    return tuple(Silent(*row) for row in db.read(_SILENT, {"operator": operator}))


def as_table(found: Iterable[Waiting]) -> Table:
    """Refunds that wait, as a file."""
    columns = (
        Column("due_on", Cell.DATE),
        Column("estimated", Cell.FLAG),
        Column("payer"),
        Column("merchant"),
        Column("currency"),
        Column("amount", Cell.MONEY),
        Column("target", Cell.WORD),
        Column("wait", Cell.WORD),
        Column("attempt", Cell.NUMBER),
        Column("refund"),
    )
    return Table("waiting-refunds", columns, [_cells(one) for one in found])


def _cells(one: Waiting) -> list[object]:
    head = [one.due_on, one.estimated, one.payer, one.merchant, one.currency, one.amount]
    return [*head, one.card or "wallet", one.wait.value, one.attempt, str(one.refund)]
