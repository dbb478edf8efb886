"""Which purchase a refund may belong to, and which refunds a purchase: suggestions, for a person to decide.

What was paid through the wallet is none of them: what came back of it is known.
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from analytics.scope import Scope

_REACH: Final = timedelta(days=366)  # refunds later than a year after the purchase are not suggested


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """The other end of a link that could be. amount: minor units, positive: still refundable, or what came back."""

    entry: UUID
    booked_on: date
    payee: str
    amount: int
    currency: str
    same_payee: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Sought:
    """What is known of the end that is there: minor units, positive. text: only payees and descriptions with it."""

    entry: UUID
    booked_on: date
    payee_key: str
    amount: int
    currency: str
    text: str = ""


_PURCHASES: Final = """
SELECT p.entry, p.booked_on, p.payee, p.paid - coalesce(r.back, 0) AS rest, p.currency, p.same
FROM (
    SELECT f.entry, f.booked_on, min(f.payee) AS payee, f.currency, cast(-sum(f.amount) AS bigint) AS paid,
        min(f.description) AS description, f.payee_key = $payee_key AND f.payee_key <> '' AS same
    FROM published_fact f
    WHERE f.owner = $owner AND f.kind IN ('expense', 'fee') AND f.currency = $currency
        AND f.booked_on >= $since AND f.booked_on <= $until
        AND f.entry NOT IN (SELECT w.id FROM published_payment w WHERE w.owner = $owner)
    GROUP BY f.entry, f.booked_on, f.currency, f.payee_key
) p
LEFT JOIN (
    SELECT f.refund_of, cast(sum(f.amount) AS bigint) AS back
    FROM published_fact f WHERE f.owner = $owner AND f.kind = 'refund' AND f.refund_of IS NOT NULL GROUP BY f.refund_of
) r ON r.refund_of = p.entry
WHERE p.paid - coalesce(r.back, 0) >= $amount
    AND ($text = '' OR strpos(lower(p.payee), $text) > 0 OR strpos(lower(p.description), $text) > 0)
ORDER BY p.same DESC, p.paid = $amount DESC, p.booked_on DESC, p.entry
LIMIT $limit"""
_OF_WALLET: Final = """
SELECT count(*) FROM (
    SELECT p.id FROM published_payment p WHERE p.owner = $owner AND p.id = $entry
    UNION ALL SELECT r.id FROM published_refund r WHERE r.owner = $owner AND r.id = $entry) w"""
_REFUNDS: Final = """
SELECT p.entry, p.booked_on, p.payee, p.back, p.currency, p.same
FROM (
    SELECT f.entry, f.booked_on, min(f.payee) AS payee, f.currency, cast(sum(f.amount) AS bigint) AS back,
        min(f.description) AS description, f.payee_key = $payee_key AND f.payee_key <> '' AS same
    FROM published_fact f
    WHERE f.owner = $owner AND f.kind = 'refund' AND f.refund_of IS NULL AND f.currency = $currency
        AND f.booked_on >= $since AND f.booked_on <= $until
    GROUP BY f.entry, f.booked_on, f.currency, f.payee_key
) p
WHERE p.back <= $amount
    AND ($text = '' OR strpos(lower(p.payee), $text) > 0 OR strpos(lower(p.description), $text) > 0)
ORDER BY p.same DESC, p.back = $amount DESC, p.booked_on, p.entry
LIMIT $limit"""


def purchases_for(scope: Scope, refund: Sought, limit: int = 30) -> tuple[Candidate, ...]:
    """Purchases of the year before that the refund fits into, the likeliest first: same payee, same amount, latest."""
    return _found(scope, _PURCHASES, refund, limit, refund.booked_on - _REACH, refund.booked_on)


def refunds_for(scope: Scope, purchase: Sought, limit: int = 30) -> tuple[Candidate, ...]:
    """Unlinked refunds of the year after that fit into what is still refundable, the likeliest first."""
    return _found(scope, _REFUNDS, purchase, limit, purchase.booked_on, purchase.booked_on + _REACH)


def of_wallet(scope: Scope, entry: UUID) -> bool:
    """Whether it was paid or given back through the wallet, so that nothing is linked to it by hand."""
    return scope.db.read(_OF_WALLET, {"owner": scope.owner, "entry": entry}) != [(0,)]


def _found(scope: Scope, sql: str, sought: Sought, limit: int, since: date, until: date) -> tuple[Candidate, ...]:
    params: dict[str, Any] = {
        "owner": scope.owner,
        "payee_key": sought.payee_key,
        "currency": sought.currency,
        "amount": sought.amount,
        "text": sought.text.strip().lower(),
        "since": since,
        "until": until,
        "limit": limit,
    }
    return tuple(Candidate(*row) for row in scope.db.read(sql, params))
