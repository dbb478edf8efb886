"""What payers ask a merchant to give back: what is open, what is over, and what each costs the merchant.

Amounts are minor units. The merchant gives the whole of a refund but for the part of a coupon that it bore itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from analytics.export import Cell, Column, Table
from analytics.refund_list import Refund, refund_from
from data.database import Database
from data.ledger import refund_states
from data.ledger.refund_states import Paid, RefundState

_FIELDS: Final = 25  # columns of the query that are the refund's own


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """A refund as its merchant sees it. gives: what leaves the merchant's wallet with it; settled once it has left.

    payer: a name, "" of who left. gross, paid_at: of the payment. card: `debit`, `credit`, "" when the wallet had paid.
    """

    refund: Refund
    payer: str
    gross: int
    paid_at: datetime
    card: str
    gives: int


_REQUESTS: Final = """
SELECT r.id, r.payment, r.merchant, r.currency, r.amount, r.reason, r.note, r.attachment, r.occurred_at, r.state,
    r.state_reason, r.state_at, r.attempt, r.due_on, r.estimated, r.confirmed_at, r.cash_due, r.points_due,
    r.coupon_due, r.cash, r.points, r.coupon, r.clawed, r.debt, r.redirected,
    coalesce(w.name, ''), p.gross, p.occurred_at, coalesce(c.kind, ''), p.cash, p.points, p.points_minor, p.coupon,
    p.coupon_merchant, coalesce(o.agreed, 0), coalesce(o.coupon, 0), g.gave
FROM published_refund r
JOIN published_payment p ON p.owner = r.owner AND p.id = r.payment
LEFT JOIN published_person w ON w.owner = r.owner
LEFT JOIN published_card c ON c.owner = p.owner AND c.id = p.card
LEFT JOIN (
    SELECT f.payment, cast(sum(CASE WHEN f.confirmed_at IS NULL THEN 0 ELSE f.amount END) AS bigint) AS agreed,
        cast(sum(f.coupon) AS bigint) AS coupon
    FROM published_refund f WHERE f.merchant = $merchant GROUP BY f.payment
) o ON o.payment = r.payment
LEFT JOIN (
    SELECT q.entry, cast(-sum(q.amount) AS bigint) AS gave FROM published_posting q
    WHERE $over AND q.owner = $merchant AND q.amount < 0 GROUP BY q.entry
) g ON g.entry = r.id AND r.state = 'credited'
WHERE r.merchant = $merchant AND (r.state IN ('credited', 'rejected', 'cancelled')) = $over
ORDER BY CASE WHEN $over THEN r.state_at END DESC, r.seq
LIMIT $most"""


def requests(db: Database, merchant: UUID) -> tuple[Request, ...]:
    """What is open at this merchant, the longest waiting first."""
    return _requests(db, merchant, over=False, most=None)


def history(db: Database, merchant: UUID, most: int | None = None) -> tuple[Request, ...]:
    """What is over at this merchant, the latest first; `most` of them, None: all."""
    return _requests(db, merchant, over=True, most=most)


def _requests(db: Database, merchant: UUID, *, over: bool, most: int | None) -> tuple[Request, ...]:
    return tuple(_request(row) for row in db.read(_REQUESTS, {"merchant": merchant, "over": over, "most": most}))


def _request(row: Sequence[Any]) -> Request:
    refund = refund_from(row[:_FIELDS])
    payer, gross, paid_at, card, cash, points, points_minor, coupon, borne, agreed, coupon_back, gave = row[_FIELDS:]
    if refund.state not in {RefundState.REJECTED, RefundState.CANCELLED} and gave is None:
        part = refund.coupon_due
        if refund.confirmed_at is None:
            paid = Paid(gross=gross, cash=cash, points_value=points_minor, points=points)
            part = refund_states.portions(paid, min(agreed, gross - refund.amount), refund.amount).coupon
        gave = 0 if refund.state is RefundState.CREDITED else refund.amount - _borne(coupon, borne, coupon_back, part)
    return Request(refund, payer, gross, paid_at, card, gave or 0)


def _borne(coupon: int, borne: int, back: int, part: int) -> int:
    """How much of a refund's coupon part its merchant bore, so does not give: the difference of two cumulative shares.

    coupon: what coupons took off the payment, `borne` of it at the merchant's cost; back: what came back before.
    """
    if not borne:
        return 0
    return borne * (back + part) // coupon - borne * back // coupon


_AVAILABLE: Final = """
SELECT coalesce(cast(sum(p.amount) AS bigint), 0)
FROM published_posting p JOIN published_account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $merchant AND a.hint_key = $wallet"""


def available(db: Database, merchant: UUID, currency: str) -> int:
    """What the merchant's wallet holds: out of it refunds are given."""
    return int(db.read(_AVAILABLE, {"merchant": merchant, "wallet": f"wallet:{currency}"})[0][0])


def as_table(found: Iterable[Request]) -> Table:
    """A merchant's refunds as a file."""
    columns = (
        Column("asked_at", Cell.TIME),
        Column("payer"),
        Column("currency"),
        *(Column(key, Cell.MONEY) for key in ("amount", "gives", "gross")),
        Column("reason", Cell.WORD),
        Column("note"),
        Column("state", Cell.WORD),
        Column("state_at", Cell.TIME),
        Column("answer"),
        Column("due_on", Cell.DATE),
        Column("refund"),
        Column("payment"),
    )
    return Table("refund-requests", columns, [_cells(one) for one in found])


def _cells(one: Request) -> list[object]:
    refund = one.refund
    answer = refund.state_reason if refund.state is RefundState.REJECTED else ""
    head = [refund.asked_at, one.payer, refund.currency, refund.amount, one.gives, one.gross, refund.reason]
    state = [refund.state.value, refund.state_at, answer, refund.due_on]
    return [*head, refund.note, *state, str(refund.id), str(refund.payment)]
