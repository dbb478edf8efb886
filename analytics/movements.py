"""What moved at a merchant's counter, one by one: payments and what was given back, the newest first.

The takings of the listed payments and refunds add up to `analytics.takings` of the same span, row by row of the books.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from analytics.takings import Counter
from data.period import Span


class Standing(StrEnum):
    """What became of a payment, as its merchant sees it; `REFUND`: the row itself is money given back."""

    PAID = "paid"
    PROCESSING = "processing"
    MANUAL = "manual"
    DECLINED = "declined"
    ASKED = "asked"
    RETURNING = "returning"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    REFUND = "refund"


_UNPAID: Final = {"processing": Standing.PROCESSING, "manual": Standing.MANUAL, "declined": Standing.DECLINED}


@dataclasses.dataclass(frozen=True, slots=True)
class Movement:
    """One payment, or one refund that was credited. Minor units; `at` on the counter's clock.

    own_coupon: what the merchant's coupons took off; coupon, points: what the issuer's coupons and the member's points
    covered. takings: what it brought to the merchant's books, negative for a refund, 0 while a bank is silent.
    returned: what was refunded of a payment so far, before coupons. asked, under_way: refunds of it that wait for the
    merchant, and those agreed to but not there yet. note: the payer's words, else those of the code that was paid; of
    a refund its reason.
    """

    id: UUID
    payment: UUID
    at: datetime
    payer: str
    gross: int
    own_coupon: int
    coupon: int
    points: int
    takings: int
    state: str
    by_card: bool
    note: str
    returned: int
    asked: int
    under_way: int

    @property
    def standing(self) -> Standing:
        """What to say about it; what somebody has to act on comes first."""
        if self.state == Standing.REFUND:
            return Standing.REFUND
        if self.state in _UNPAID:
            return _UNPAID[self.state]
        if self.asked:
            return Standing.ASKED
        if self.under_way:
            return Standing.RETURNING
        if self.returned:
            return Standing.REFUNDED if self.returned == self.gross else Standing.PARTLY_REFUNDED
        return Standing.PAID


_MOVEMENTS: Final = """
WITH back AS (
    SELECT r.payment, cast(sum(CASE WHEN r.state = 'credited' THEN r.amount ELSE 0 END) AS bigint) AS returned,
        cast(sum(CASE WHEN r.state = 'requested' THEN 1 ELSE 0 END) AS bigint) AS asked,
        cast(sum(CASE WHEN r.state IN ('confirmed', 'processing', 'failed', 'manual') THEN 1 ELSE 0 END) AS bigint)
            AS under_way
    FROM published_refund r WHERE r.merchant = $merchant GROUP BY r.payment
), moved AS (
    SELECT p.id, p.id AS payment, p.occurred_at AS moved_at, p.seq, coalesce(w.name, '') AS payer, p.gross,
        p.coupon_merchant AS own, p.coupon - p.coupon_merchant AS coupon, p.points_minor AS points,
        CASE WHEN p.state_now = 'captured' THEN p.gross - p.coupon_merchant ELSE 0 END AS takings,
        p.state_now AS state, p.card IS NOT NULL AS by_card,
        CASE WHEN p.note <> '' THEN p.note ELSE coalesce(c.note, '') END AS note
    FROM published_payment p
    LEFT JOIN published_person w ON w.owner = p.owner
    LEFT JOIN published_pay_code c ON c.owner = $merchant AND c.id = p.pay_code
    WHERE p.merchant = $merchant AND p.currency = $currency AND (p.state_now = 'captured' OR $unfinished)
        AND p.occurred_at >= $since AND p.occurred_at < $until
    UNION ALL
    SELECT e.id, e.refund_of, e.occurred_at, e.seq, e.payee, 0, 0, 0, 0, -t.amount, 'refund', false, e.description
    FROM published_entry e
    JOIN published_posting t ON t.owner = $merchant AND t.entry = e.id AND t.currency = $currency
    JOIN published_account a ON a.owner = $merchant AND a.id = t.account AND a.hint_key = 'book:takings'
    WHERE e.owner = $merchant AND e.kind = 'refund' AND e.occurred_at >= $since AND e.occurred_at < $until
)
SELECT m.id, m.payment, m.moved_at AT TIME ZONE 'UTC' AT TIME ZONE $zone, m.payer, m.gross, m.own, m.coupon, m.points,
    m.takings, m.state, m.by_card, m.note, coalesce(b.returned, 0), coalesce(b.asked, 0), coalesce(b.under_way, 0)
FROM moved m
LEFT JOIN back b ON b.payment = m.id
ORDER BY m.moved_at DESC, m.seq DESC
LIMIT $most OFFSET $skipped"""
EVERYTHING: Final = 2**31 - 1


def movements(
    counter: Counter, span: Span, most: int = EVERYTHING, skipped: int = 0, *, unfinished: bool = False
) -> tuple[Movement, ...]:
    """The span's payments and refunds. unfinished: also payments that never came, or have not come yet."""
    asked = {"most": most, "skipped": skipped, "unfinished": unfinished}
    rows = counter.db.read(_MOVEMENTS, counter.params(span) | asked)
    return tuple(Movement(*row) for row in rows)
