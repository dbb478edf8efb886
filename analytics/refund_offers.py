"""Which purchases a refund that came without one may be of: the likely ones found in SQL, the best few weighed."""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from analytics.scope import Scope
from data.matching.refund_candidates import REACH, Bought, Returned, best


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A purchase that the refund may be of. paid, rest: minor units; rest: what may still come back of it.

    categories: of its parts; excluded: left out of reports, so that the refund would be too. evidence: (code, value),
    what speaks most for it first.
    """

    entry: UUID
    booked_on: date
    payee: str
    description: str
    account: str
    paid: int
    rest: int
    categories: tuple[str, ...]
    excluded: bool
    evidence: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Sought:
    """A refund to look for. amount: minor units, positive; account: where it arrived.

    seen: only purchases booked later than this place in the ledger's order are offered; 0: all.
    """

    entry: UUID
    booked_on: date
    payee: str
    payee_key: str
    description: str
    account: UUID
    amount: int
    currency: str
    seen: int


_KEYS: Final = """
WITH row_of AS (
    SELECT unnest(cast($entries AS uuid[])) AS entry, unnest(cast($entries AS uuid[])) AS refund
    UNION
    SELECT p.described, p.kept FROM published_pair p
    WHERE p.owner = $owner AND p.state IN ('applied', 'accepted')
        AND p.kept IN (SELECT unnest(cast($entries AS uuid[])))
)
SELECT r.refund, s.refund_keys FROM published_statement_line s JOIN row_of r ON r.entry = s.entry
WHERE s.owner = $owner AND s.outcome = 'booked' AND s.refund_keys <> '[]'"""
_NAMED: Final = """
SELECT s.order_id, s.merchant_order_id, coalesce(p.kept, s.entry) FROM published_statement_line s
LEFT JOIN published_pair p ON p.owner = $owner AND p.described = s.entry AND p.state IN ('applied', 'accepted')
WHERE s.owner = $owner AND s.outcome = 'booked'
    AND (s.order_id IN (SELECT unnest(cast($keys AS varchar[])))
        OR s.merchant_order_id IN (SELECT unnest(cast($keys AS varchar[]))))"""
# The few that are worth weighing, roughly: what names the order, the payee, the amount, the account, then the latest.
_NEAR: Final = """
WITH wanted AS (
    SELECT unnest(cast($refunds AS uuid[])) AS refund, unnest(cast($days AS date[])) AS booked_on,
        unnest(cast($amounts AS bigint[])) AS amount, unnest(cast($currencies AS varchar[])) AS currency,
        unnest(cast($payees AS varchar[])) AS payee_key, unnest(cast($accounts AS uuid[])) AS account,
        unnest(cast($seen AS bigint[])) AS seen
),
named AS (
    SELECT unnest(cast($named_by AS uuid[])) AS refund, unnest(cast($named AS uuid[])) AS entry
),
bought AS (
    SELECT f.entry, f.booked_on, f.seq, f.payee, f.payee_key, f.description, f.account, f.currency,
        cast(sum(f.spending) AS bigint) AS paid, string_agg(DISTINCT coalesce(f.category, 'uncategorised'), chr(10)
            ORDER BY coalesce(f.category, 'uncategorised')) AS categories,
        max(CASE WHEN f.excluded THEN 1 ELSE 0 END) AS excluded
    FROM published_fact f
    WHERE f.owner = $owner AND f.kind = 'expense' AND f.booked_on BETWEEN $since AND $until
        AND f.entry NOT IN (SELECT w.id FROM published_payment w WHERE w.owner = $owner)
    GROUP BY f.entry, f.booked_on, f.seq, f.payee, f.payee_key, f.description, f.account, f.currency
),
back AS (
    SELECT f.refund_of AS entry, cast(sum(f.amount) AS bigint) AS minor FROM published_fact f
    WHERE f.owner = $owner AND f.kind = 'refund' AND f.refund_of IS NOT NULL GROUP BY f.refund_of
),
near AS (
    SELECT w.refund, b.*, b.paid - coalesce(k.minor, 0) AS rest, n.entry IS NOT NULL AS by_order,
        row_number() OVER (PARTITION BY w.refund ORDER BY
            CASE WHEN n.entry IS NOT NULL THEN 60 ELSE 0 END
            + CASE WHEN b.payee_key = w.payee_key AND w.payee_key <> '' THEN 25
                WHEN w.payee_key <> '' AND b.payee_key <> ''
                    AND (strpos(w.payee_key, b.payee_key) > 0 OR strpos(b.payee_key, w.payee_key) > 0) THEN 20
                ELSE 0 END
            + CASE WHEN b.paid - coalesce(k.minor, 0) = w.amount OR b.paid = w.amount THEN 25 ELSE 0 END
            + CASE WHEN b.account = w.account THEN 9 ELSE 0 END DESC, b.booked_on DESC, b.seq DESC) AS place
    FROM wanted w
    JOIN bought b ON b.currency = w.currency AND b.booked_on <= w.booked_on AND b.booked_on >= w.booked_on - $reach
        AND b.seq > w.seen
    LEFT JOIN back k ON k.entry = b.entry
    LEFT JOIN named n ON n.refund = w.refund AND n.entry = b.entry
    WHERE b.paid - coalesce(k.minor, 0) >= w.amount
)
SELECT n.refund, n.entry, n.booked_on, n.payee, n.payee_key, n.description, n.account, coalesce(a.name, ''), n.paid,
    n.rest, n.categories, n.excluded = 1, n.by_order
FROM near n LEFT JOIN published_account a ON a.owner = $owner AND a.id = n.account
WHERE n.place <= $most
ORDER BY n.refund, n.place"""
_WEIGHED: Final = 20


def offers(scope: Scope, refunds: Sequence[Sought]) -> dict[UUID, list[Offer]]:
    """The best offers for each of these refunds, by its entry."""
    if not refunds:
        return {}
    named = _named(scope, [one.entry for one in refunds])
    days = [one.booked_on for one in refunds]
    params: dict[str, Any] = {
        "owner": scope.owner,
        "refunds": [str(one.entry) for one in refunds],
        "days": days,
        "amounts": [one.amount for one in refunds],
        "currencies": [one.currency for one in refunds],
        "payees": [one.payee_key for one in refunds],
        "accounts": [str(one.account) for one in refunds],
        "seen": [one.seen for one in refunds],
        "named_by": [str(refund) for refund, entries in named.items() for _ in entries],
        "named": [str(entry) for entries in named.values() for entry in entries],
        "since": min(days) - REACH,
        "until": max(days),
        "reach": REACH.days,
        "most": _WEIGHED,
    }
    by_refund: defaultdict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    for refund, *row in scope.db.read(_NEAR, params):
        by_refund[refund].append(tuple(row))
    return {one.entry: _best(one, by_refund[one.entry]) for one in refunds}


def _named(scope: Scope, refunds: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """The purchases whose order number a refund's own row has."""
    keys: defaultdict[str, set[UUID]] = defaultdict(set)
    entries = [str(entry) for entry in refunds]
    for refund, listed in scope.db.read(_KEYS, {"owner": scope.owner, "entries": entries}):
        for key in json.loads(listed):
            keys[key].add(refund)
    keys.pop("", None)
    named: defaultdict[UUID, set[UUID]] = defaultdict(set)
    if keys:
        for *ids, entry in scope.db.read(_NAMED, {"owner": scope.owner, "keys": list(keys)}):
            for refund in {refund for key in ids for refund in keys.get(key, ())}:
                named[refund].add(entry)
    return dict(named)


def _best(one: Sought, rows: Sequence[tuple[Any, ...]]) -> list[Offer]:
    names = (one.payee, one.description)
    refund = Returned(one.entry, one.booked_on, one.amount, one.payee_key, names, one.account)
    shown: Mapping[UUID, tuple[Any, ...]] = {row[0]: row for row in rows}
    bought = [
        Bought(entry, on, paid, rest, key, (payee, description), paid_from, order)
        for entry, on, payee, key, description, paid_from, _, paid, rest, _, _, order in rows
    ]
    return [
        _offer(shown[purchase.entry], tuple((said.code, said.value) for said in evidence))
        for purchase, evidence in best(refund, bought)
    ]


def _offer(row: tuple[Any, ...], evidence: tuple[tuple[str, str], ...]) -> Offer:
    entry, on, payee, _, description, _, account, paid, rest, categories, excluded, _ = row
    return Offer(entry, on, payee, description, account, paid, rest, tuple(categories.split("\n")), excluded, evidence)
