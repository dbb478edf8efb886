"""Which promises the wallet's books break, all owners together: each is a query that finds offenders, so zero is right.

LEDGER §1 and §8: value moves between books and never comes from nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

_UNBALANCED: Final = """
SELECT owner, entry, currency FROM posting GROUP BY owner, entry, currency HAVING sum(amount) <> 0"""
_NEGATIVE: Final = """
SELECT a.owner, a.id FROM account a JOIN posting p ON p.owner = a.owner AND p.account = a.id
WHERE a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%' GROUP BY a.owner, a.id HAVING sum(p.amount) < 0"""
_OUTSTANDING: Final = """
SELECT currency FROM (
    SELECT p.currency, sum(p.amount) AS total FROM posting p JOIN account a ON a.owner = p.owner AND a.id = p.account
    WHERE a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%' OR a.hint_key = 'issuer:outstanding'
    GROUP BY p.currency
) s WHERE total <> 0"""
_POINTS: Final = """
SELECT total FROM (
    SELECT sum(p.amount) AS total FROM posting p JOIN account a ON a.owner = p.owner AND a.id = p.account
    WHERE a.hint_key IN ('points', 'points:held', 'issuer:points')
) s WHERE total <> 0"""
_LOTS: Final = """
SELECT p.owner, p.lot FROM posting p WHERE p.lot IS NOT NULL GROUP BY p.owner, p.lot HAVING sum(p.amount) < 0"""
_DEBT: Final = """
SELECT d.owner FROM (
    SELECT p.owner, sum(p.amount) AS owed FROM posting p JOIN account a ON a.owner = p.owner AND a.id = p.account
    WHERE a.hint_key = 'points' AND p.lot IS NULL GROUP BY p.owner HAVING sum(p.amount) > 0
) d"""
_OVER_REFUNDED: Final = """
SELECT r.owner, r.payment FROM published_refund r JOIN payment p ON p.owner = r.owner AND p.id = r.payment
WHERE r.state NOT IN ('rejected', 'cancelled') GROUP BY r.owner, r.payment, p.gross HAVING sum(r.amount) > p.gross"""
_FULL_REFUNDS: Final = """
SELECT r.owner, r.payment FROM published_refund r JOIN payment p ON p.owner = r.owner AND p.id = r.payment
WHERE r.state = 'credited' GROUP BY r.owner, r.payment, p.gross, p.cash, p.points, p.coupon, p.earned
HAVING sum(r.amount) = p.gross AND (sum(r.cash) <> p.cash OR sum(r.points) <> p.points
    OR sum(r.coupon) <> p.coupon OR sum(r.clawed) > p.earned)"""
_CREDITED_TWICE: Final = """
SELECT owner, refund FROM refund_event WHERE state = 'credited' GROUP BY owner, refund HAVING count(*) > 1"""
_PARTS: Final = "SELECT owner, id FROM payment WHERE gross <> coupon + points_minor + cash OR cash < 0"
_TAKINGS: Final = """
SELECT m.merchant, m.currency FROM (
    SELECT owner AS merchant, currency, sum(taken) AS total FROM (
        SELECT a.owner, p.currency, -p.amount AS taken FROM posting p
        JOIN account a ON a.owner = p.owner AND a.id = p.account WHERE a.hint_key = 'book:takings'
        UNION ALL
        SELECT merchant, currency, -(gross - coupon_merchant) FROM published_payment WHERE state_now = 'captured'
        UNION ALL
        SELECT r.merchant, r.currency, r.cash + (r.amount - r.cash - r.coupon) + r.coupon_given FROM (
            SELECT f.*, f.coupon - f.merchant_bore AS coupon_given FROM (
                SELECT x.merchant, x.currency, x.amount, x.cash, x.coupon,
                    floor_share(p.coupon_merchant, sum(x.coupon) OVER upto, greatest(p.coupon, 1))
                        - floor_share(p.coupon_merchant, sum(x.coupon) OVER upto - x.coupon, greatest(p.coupon, 1))
                        AS merchant_bore
                FROM (SELECT r.*, e.seq AS credited_seq FROM published_refund r
                    JOIN refund_event e ON e.owner = r.owner AND e.refund = r.id AND e.state = 'credited') x
                JOIN payment p ON p.owner = x.owner AND p.id = x.payment
                WINDOW upto AS (PARTITION BY x.owner, x.payment ORDER BY x.credited_seq)
            ) f
        ) r
    ) t GROUP BY owner, currency
) m WHERE m.total <> 0"""
_MOVED: Final = """
WITH moved AS (
    SELECT p.owner, p.entry, p.currency, sum(p.amount) AS amount FROM posting p
    JOIN account a ON a.owner = p.owner AND a.id = p.account
    WHERE a.hint_key LIKE 'wallet:%' AND p.entry IN (SELECT id FROM money_transfer)
    GROUP BY p.owner, p.entry, p.currency
)
SELECT t.owner, t.id FROM money_transfer t
LEFT JOIN moved g ON g.owner = t.owner AND g.entry = t.id AND g.currency = t.currency
LEFT JOIN moved r ON r.owner = t.recipient AND r.entry = t.id AND r.currency = t.currency
WHERE coalesce(g.amount, 0) <> -t.amount OR coalesce(r.amount, 0) <> t.amount"""
_PAID_TWICE: Final = """
SELECT owner, request_id FROM payment GROUP BY owner, request_id HAVING count(*) > 1"""
_CODE_TWICE: Final = """
SELECT pay_code FROM published_payment WHERE pay_code IS NOT NULL AND state_now <> 'declined'
GROUP BY pay_code HAVING count(*) > 1"""
_COUPON_TWICE: Final = """
SELECT owner, claim FROM (
    SELECT owner, claim, sum(CASE WHEN event IN ('used', 'reserved') THEN 1 ELSE 0 END) AS taken,
        sum(CASE WHEN event IN ('released', 'returned') THEN 1 ELSE 0 END) AS freed,
        sum(CASE WHEN event = 'reserved' THEN 1 ELSE 0 END) AS reserved,
        sum(CASE WHEN event = 'used' THEN 1 ELSE 0 END) AS used
    FROM coupon_event GROUP BY owner, claim
) c WHERE greatest(used, reserved) - freed > 1"""

PROMISES: Final[Mapping[str, str]] = {
    "every entry balances for each owner and currency": _UNBALANCED,
    "no wallet holds less than nothing": _NEGATIVE,
    "what wallets hold is what the house owes": _OUTSTANDING,
    "points held are points outstanding": _POINTS,
    "no lot holds less than nothing": _LOTS,
    "no debt of points is below nothing": _DEBT,
    "refunds never exceed their payment": _OVER_REFUNDED,
    "a full refund gives back exactly what was paid": _FULL_REFUNDS,
    "no refund is credited twice": _CREDITED_TWICE,
    "a payment is the sum of its parts": _PARTS,
    "merchants' takings are members' payments": _TAKINGS,
    "what one wallet gives another one gets": _MOVED,
    "no request pays twice": _PAID_TWICE,
    "no code is paid twice": _CODE_TWICE,
    "no coupon is used twice at once": _COUPON_TWICE,
}


def offenders(query: Query) -> dict[str, int]:
    """For each promise, how many rows break it."""
    return {promise: len(query(sql, {})) for promise, sql in PROMISES.items()}
