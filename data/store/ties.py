"""What still ties somebody to other people's books: money, what waits for an answer, shops, running the house alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from data.errors import NotFound

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
_OTHERS: Final = "SELECT count(*) FROM app_user WHERE owner <> $owner"
_RUNS: Final = """
SELECT count(*) FROM app_user u WHERE u.owner = $owner AND u.operator
    AND NOT EXISTS (SELECT 1 FROM app_user o WHERE o.operator AND o.owner <> $owner)"""
_SHOPS: Final = """
SELECT m.owner, m.name, m.closed, m.currency, coalesce(h.held, 0), coalesce(w.waits, 0)
FROM published_merchant m
LEFT JOIN (
    SELECT a.owner, cast(sum(p.amount) AS bigint) AS held
    FROM account a JOIN posting p ON p.owner = a.owner AND p.account = a.id
    WHERE a.hint_key LIKE 'wallet:%' GROUP BY a.owner
) h ON h.owner = m.owner
LEFT JOIN (
    SELECT merchant, count(*) AS waits FROM (
        SELECT merchant FROM published_refund WHERE state NOT IN ('credited', 'rejected', 'cancelled')
        UNION ALL
        SELECT merchant FROM published_payment WHERE state_now IN ('processing', 'manual')
    ) s GROUP BY merchant
) w ON w.merchant = m.owner
WHERE m.proprietor = $owner ORDER BY m.opened_at, m.owner"""
_UNDER_WAY: Final = """
SELECT (SELECT count(*) FROM published_payment WHERE owner = $owner AND state_now IN ('processing', 'manual')),
    (SELECT count(*) FROM published_charge
        WHERE owner = $owner AND purpose <> 'pay' AND state NOT IN ('approved', 'declined')),
    (SELECT count(*) FROM published_refund
        WHERE owner = $owner AND state NOT IN ('credited', 'rejected', 'cancelled'))"""
_MONEY: Final = """
SELECT p.currency, cast(sum(p.amount) AS bigint) FROM posting p
JOIN account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner AND (a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%')
GROUP BY p.currency HAVING sum(p.amount) <> 0 ORDER BY p.currency"""
_POINTS: Final = """
SELECT coalesce(cast(sum(p.amount) AS bigint), 0) FROM posting p
JOIN account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner AND a.hint_key = 'points'"""
_LEFT: Final = "SELECT 1 FROM request WHERE owner = $owner AND scope = 'Leave' LIMIT 1"
_COUPONS: Final = """
SELECT count(*) FROM published_claim WHERE owner = $owner AND state IN ('claimed', 'released', 'returned')"""


@dataclasses.dataclass(frozen=True, slots=True)
class Shop:
    """A shop of the person's. minor: what its wallet holds; waits: payments and refunds there that are not settled."""

    owner: UUID
    name: str
    closed: bool
    currency: str
    minor: int
    waits: int


@dataclasses.dataclass(frozen=True, slots=True)
class Ties:
    """What holds somebody here. runs: they alone are the operator; others: how many people there are besides them.

    payments, moves, refunds: of theirs that wait for a bank or a merchant; moves are top-ups and withdrawals.
    money: currency and minor units, set aside or not, of each wallet that is not empty.
    """

    others: int = 0
    runs: bool = False
    shops: tuple[Shop, ...] = ()
    payments: int = 0
    moves: int = 0
    refunds: int = 0
    money: tuple[tuple[str, int], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Loss:
    """What is given up by going: points (negative: a debt that nobody asks for any more) and coupons not used."""

    points: int
    coupons: int


def ties_of(query: Query, owner: UUID) -> Ties:
    """What holds this person here, as the store says it."""
    mine = {"owner": owner}
    ((others,),), ((runs,),), ((payments, moves, refunds),) = (query(sql, mine) for sql in (_OTHERS, _RUNS, _UNDER_WAY))
    shops = tuple(Shop(*row) for row in query(_SHOPS, mine))
    money = tuple((currency, minor) for currency, minor in query(_MONEY, mine))
    return Ties(int(others), bool(runs), shops, int(payments), int(moves), int(refunds), money)


def loss_of(query: Query, owner: UUID) -> Loss:
    """What this person would give up."""
    ((points,),), ((coupons,),) = query(_POINTS, {"owner": owner}), query(_COUPONS, {"owner": owner})
    return Loss(int(points), int(coupons))


def require_here(query: Query, owner: UUID) -> None:
    """Let nothing be written any more for somebody who deleted their account while it was being worked out.

    Raises:
        NotFound.
    """
    if query(_LEFT, {"owner": owner}):
        raise NotFound("user", str(owner))
