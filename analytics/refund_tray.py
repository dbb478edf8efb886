"""Refunds that came without their purchase: which wait for a person, and the few purchases that each may be of.

A refund waits until it is linked, or until the person says that its purchase is not among the known ones; then it
comes back only when an import brings a newer one of the same payee that it fits into.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final
from uuid import UUID

from analytics.held import Held
from analytics.refund_offers import Offer, Sought, offers
from analytics.scope import Scope
from data.matching.refund_candidates import REACH

SIZE: Final = 10  # refunds a page
LATEST: Final = 10  # links shown to be undone
_ASIDE: Final = "no_purchase"
_OWNERS: Final = 256


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """A refund without its purchase. amount: minor units, positive; category: what it lowers as long as it waits."""

    entry: UUID
    booked_on: date
    payee: str
    payee_key: str
    description: str
    account: str
    amount: int
    currency: str
    category: str | None
    offers: tuple[Offer, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Tied:
    """A link that was said after the refund was booked. by_import: an import found it, no person."""

    refund: UUID
    booked_on: date
    payee: str
    amount: int
    currency: str
    purchase: UUID
    bought_on: date
    bought_from: str
    paid: int
    by_import: bool


# What was said about a refund that gave way to another row's entry holds for that entry.
_SAID: Final = """
WITH said AS (
    SELECT coalesce(p.kept, a.entry) AS entry, a.seq, a.value,
        row_number() OVER (PARTITION BY a.entry ORDER BY a.seq DESC) AS newest
    FROM published_annotation a
    LEFT JOIN published_pair p ON p.owner = $owner AND p.described = a.entry AND p.state IN ('applied', 'accepted')
    WHERE a.owner = $owner AND a.field = $field
),
"""
_LOOSE: Final = (
    _SAID
    + """
aside AS (
    SELECT s.entry, max(s.seq) AS seq FROM said s WHERE s.newest = 1 AND s.value <> 'null' GROUP BY s.entry
),
loose AS (
    SELECT f.entry, f.booked_on, f.seq AS place, f.payee, f.payee_key, f.description, f.account, f.currency,
        cast(sum(f.amount) AS bigint) AS amount, CASE WHEN count(*) = 1 THEN min(f.category) END AS category,
        coalesce(max(a.seq), 0) AS seen
    FROM published_fact f LEFT JOIN aside a ON a.entry = f.entry
    WHERE f.owner = $owner AND f.kind = 'refund' AND f.refund_of IS NULL AND NOT f.excluded
    GROUP BY f.entry, f.booked_on, f.seq, f.payee, f.payee_key, f.description, f.account, f.currency
),
again AS (
    SELECT DISTINCT l.entry FROM loose l
    JOIN published_fact b ON b.owner = $owner AND b.kind = 'expense' AND b.payee_key = l.payee_key
        AND b.currency = l.currency AND b.seq > l.seen AND b.spending >= l.amount
        AND b.booked_on <= l.booked_on AND b.booked_on >= l.booked_on - $reach
    WHERE l.seen > 0 AND l.payee_key <> ''
),
sorted AS (
    SELECT l.*, l.seen > 0 AND l.entry NOT IN (SELECT entry FROM again) AS aside FROM loose l WHERE l.amount > 0
)
"""
)
_COUNTS: Final = (
    _LOOSE
    + """
SELECT s.currency, s.aside, count(*), cast(sum(s.amount) AS bigint) FROM sorted s GROUP BY s.currency, s.aside
ORDER BY count(*) DESC, s.currency"""
)
_PAGE: Final = (
    _LOOSE
    + """
SELECT s.entry, s.booked_on, s.payee, s.payee_key, s.description, coalesce(a.name, ''), s.amount, s.currency,
    s.category, s.account, s.seen
FROM sorted s LEFT JOIN published_account a ON a.owner = $owner AND a.id = s.account
WHERE s.aside = $aside
ORDER BY s.booked_on DESC, s.place DESC, s.entry
LIMIT $limit OFFSET $offset"""
)


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """How many refunds of one currency wait or are set aside, and what they add up to in minor units."""

    currency: str
    aside: bool
    refunds: int
    amount: int


_counts: Held[tuple[Count, ...]] = Held(_OWNERS)


def counts(scope: Scope) -> tuple[Count, ...]:
    """The refunds without a purchase, counted; held."""
    params = {"owner": scope.owner, "field": _ASIDE, "reach": REACH.days}
    return _counts.get(
        scope.db, scope.owner, "counts", lambda: tuple(Count(*row) for row in scope.db.read(_COUNTS, params))
    )


def count(scope: Scope, *, aside: bool = False) -> int:
    """How many wait, or are set aside."""
    return sum(one.refunds for one in counts(scope) if one.aside is aside)


_held: Held[tuple[Waiting, ...]] = Held(_OWNERS)


def page(scope: Scope, number: int = 1, *, aside: bool = False) -> tuple[Waiting, ...]:
    """A page (from 1) of the refunds that wait, the newest first, each with its offers; those set aside have none."""
    return _held.get(scope.db, scope.owner, (number, aside), lambda: _page(scope, number, aside=aside))


def _page(scope: Scope, number: int, *, aside: bool) -> tuple[Waiting, ...]:
    params = {
        "owner": scope.owner,
        "field": _ASIDE,
        "reach": REACH.days,
        "aside": aside,
        "limit": SIZE,
        "offset": (number - 1) * SIZE,
    }
    rows = scope.db.read(_PAGE, params)
    found = [Waiting(*row[:9]) for row in rows]
    sought = [
        Sought(
            one.entry, one.booked_on, one.payee, one.payee_key, one.description, account, one.amount, one.currency, seen
        )
        for one, (account, seen) in zip(found, (row[9:] for row in rows), strict=True)
    ]
    likely = {} if aside else offers(scope, sought)
    return tuple(dataclasses.replace(one, offers=tuple(likely.get(one.entry, ()))) for one in found)


_TIED: Final = (
    _SAID
    + """
tied AS (
    SELECT f.entry, s.seq, f.booked_on, f.payee, cast(sum(f.amount) AS bigint) AS amount, f.currency, f.refund_of
    FROM said s JOIN published_fact f ON f.owner = $owner AND f.entry = s.entry
    WHERE s.newest = 1 AND s.value <> 'null' AND f.kind = 'refund' AND f.refund_of IS NOT NULL
    GROUP BY f.entry, s.seq, f.booked_on, f.payee, f.currency, f.refund_of
    ORDER BY s.seq DESC, f.entry LIMIT $most
)
SELECT t.entry, t.booked_on, t.payee, t.amount, t.currency, t.refund_of, b.booked_on, b.payee, b.paid,
    EXISTS (SELECT 1 FROM published_annotation y WHERE y.owner = $owner AND y.seq = t.seq AND y.field = 'by')
FROM tied t
JOIN (
    SELECT f.entry, min(f.booked_on) AS booked_on, min(f.payee) AS payee, cast(sum(f.spending) AS bigint) AS paid
    FROM published_fact f WHERE f.owner = $owner AND f.entry IN (SELECT refund_of FROM tied) GROUP BY f.entry
) b ON b.entry = t.refund_of
ORDER BY t.seq DESC, t.entry"""
)


def tied(scope: Scope) -> tuple[Tied, ...]:
    """The latest links that were said after booking, by a person or by an import that brought the purchase."""
    params = {"owner": scope.owner, "field": "refund_of", "most": LATEST}
    return tuple(Tied(*row) for row in scope.db.read(_TIED, params))
