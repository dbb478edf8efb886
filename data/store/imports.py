"""What the store knows about a drop of files: lines already booked, accounts, purchases that refunds may belong to.

The queries run for the preview on a reader's cursor and again inside the commit; they take whichever asks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from data.importers.statement import AccountKind
from data.matching.known import Account, Known, Mark, OpenRefund, Purchase, Questions
from data.store.standing import PAIRED

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]


def known(query: Query, owner: UUID, asked: Questions) -> Known:
    """The answers to the questions of a drop; of this owner only."""
    instead = _corrected(query, owner)
    booked = {mark: instead.get(entry, entry) for mark, entry in _booked(query, owner, asked).items()}
    by_id = {
        key: tuple(instead.get(entry, entry) for entry in entries)
        for key, entries in _by_id(query, owner, asked).items()
    }
    originals = set(asked.originals)
    named = {entry for (print_, _), entry in booked.items() if print_ in originals}
    named.update(entry for entries in by_id.values() for entry in entries)
    return Known(
        booked=booked,
        accounts=accounts(query, owner),
        purchases=_purchases(query, owner, asked, named),
        by_id=by_id,
        open_refunds=_open_refunds(query, owner) if asked.sells else (),
    )


_CORRECTED = """
SELECT value, entry, seq FROM annotation WHERE owner = $owner AND field = 'corrects'
UNION ALL
SELECT '"' || cast(described AS varchar) || '"', kept, seq FROM published_pair
WHERE owner = $owner AND state IN ('applied', 'accepted') AND kept <> described
UNION ALL
SELECT '"' || cast(moved AS varchar) || '"', kept, seq FROM published_pair
WHERE owner = $owner AND state IN ('applied', 'accepted') AND kept <> moved
ORDER BY seq"""


def _corrected(query: Query, owner: UUID) -> dict[UUID, UUID]:
    """Entries booked anew, or counted as one with another, each with the one that stands for it now."""
    onward: dict[UUID, UUID] = {UUID(json.loads(old)): new for old, new, _ in query(_CORRECTED, {"owner": owner})}
    instead = {}
    for old, new in onward.items():
        last, seen = new, {old}
        while last in onward and last not in seen:
            seen.add(last)
            last = onward[last]
        instead[old] = last
    return instead


_BOOKED = """
SELECT replace(cast(s.fingerprint AS varchar), '-', ''), s.ordinal, s.entry
FROM statement_line s
JOIN (
    SELECT cast(unnest(string_to_array($fingerprints, ',')) AS uuid) AS fingerprint
) w ON w.fingerprint = s.fingerprint
WHERE s.owner = $owner AND s.outcome = 'booked'
    AND s.batch NOT IN (SELECT batch FROM import_undo WHERE owner = $owner)"""
_ANY_LINE = "SELECT 1 FROM import_batch WHERE owner = $owner LIMIT 1"


def _booked(query: Query, owner: UUID, asked: Questions) -> dict[Mark, UUID]:
    if not query(_ANY_LINE, {"owner": owner}):
        return {}
    # One text instead of a list: a hundred thousand parameters take longer to hand over than to look up.
    rows = query(_BOOKED, {"owner": owner, "fingerprints": ",".join(asked.fingerprints)})
    return {(print_, ordinal): entry for print_, ordinal, entry in rows}


_ACCOUNTS = """
SELECT hint_key, id, kind, name, closed, merged_into FROM published_account
WHERE owner = $owner AND kind IN ('asset', 'liability')"""


def accounts(query: Query, owner: UUID) -> dict[str, Account]:
    """The owner's money accounts by their key, as they are named and merged now."""
    rows = query(_ACCOUNTS, {"owner": owner})
    return {key: Account(id_, AccountKind(kind), name, closed, into) for key, id_, kind, name, closed, into in rows}


_ALL_ACCOUNTS = "SELECT hint_key, id FROM account WHERE owner = $owner"


def account_ids(query: Query, owner: UUID) -> dict[str, UUID]:
    """Every account of the owner by its key, books included."""
    return dict(query(_ALL_ACCOUNTS, {"owner": owner}))


_BY_ID = """
SELECT s.order_id, s.merchant_order_id, s.entry
FROM statement_line s
WHERE s.owner = $owner AND s.outcome = 'booked'
    AND (s.order_id IN (SELECT unnest(cast($keys AS varchar[])))
        OR s.merchant_order_id IN (SELECT unnest(cast($keys AS varchar[]))))
    AND s.batch NOT IN (SELECT batch FROM import_undo WHERE owner = $owner)
ORDER BY s.entry"""


def _by_id(query: Query, owner: UUID, asked: Questions) -> dict[str, tuple[UUID, ...]]:
    if not asked.keys:
        return {}
    keys = set(asked.keys)
    found: defaultdict[str, list[UUID]] = defaultdict(list)
    for order_id, merchant_order_id, entry in query(_BY_ID, {"owner": owner, "keys": list(asked.keys)}):
        for key in {order_id, merchant_order_id} & keys:
            found[key].append(entry)
    return {key: tuple(entries) for key, entries in found.items()}


_PURCHASES = """
WITH bought AS (
    SELECT f.entry, min(f.occurred_at) AS occurred_at, min(f.booked_on) AS booked_on, min(f.currency) AS currency,
        cast(sum(f.spending) AS bigint) AS paid, min(f.payee_key) AS payee_key,
        CASE WHEN count(DISTINCT f.category) = 1 THEN min(f.category) END AS category
    FROM fact f
    WHERE f.owner = $owner AND f.kind = 'expense'
        AND (f.entry IN (SELECT unnest(cast($entries AS uuid[])))
            OR (f.payee_key IN (SELECT unnest(cast($payees AS varchar[]))) AND f.booked_on BETWEEN $since AND $until))
        -- what came back of a payment of the wallet is the wallet's to say
        AND f.entry NOT IN (SELECT w.id FROM payment w WHERE w.owner = $owner)
    GROUP BY f.entry
),
back AS (
    SELECT f.refund_of AS entry, cast(sum(-f.spending) AS bigint) AS refunded
    FROM fact f WHERE f.owner = $owner AND f.kind = 'refund' AND f.refund_of IN (SELECT entry FROM bought)
    GROUP BY f.refund_of
),
inline AS (
    SELECT f.refund_of AS entry, cast(sum(-f.spending) AS bigint) AS stated
    FROM fact f JOIN statement_line s ON s.owner = f.owner AND s.entry = f.entry
    WHERE f.owner = $owner AND s.owner = $owner AND s.reason = 'inline_refund' AND f.kind = 'refund'
        AND f.refund_of IN (SELECT entry FROM bought)
    GROUP BY f.refund_of
)
SELECT b.entry, b.occurred_at, b.booked_on, b.currency, b.paid, coalesce(r.refunded, 0), coalesce(i.stated, 0),
    b.payee_key, b.category
FROM bought b LEFT JOIN back r ON r.entry = b.entry LEFT JOIN inline i ON i.entry = b.entry"""


def _purchases(query: Query, owner: UUID, asked: Questions, named: set[UUID]) -> dict[UUID, Purchase]:
    if not named and not asked.payees:
        return {}
    rows = query(
        _PURCHASES,
        {
            "owner": owner,
            "entries": list(named),
            "payees": list(asked.payees),
            "since": asked.since,
            "until": asked.until,
        },
    )
    return {row[0]: Purchase(*row) for row in rows}


# A refund that is one with a row of another file counts as that row's entry, but its own row names the purchase: the
# link is said of its own entry, so that it holds however the two are paired later.
_OPEN_REFUNDS = (
    "WITH RECURSIVE "
    + PAIRED
    + """
told AS (
    SELECT entry AS row_of, kept AS counts FROM teller
    UNION ALL
    SELECT DISTINCT entry, entry FROM fact WHERE owner = $owner AND kind = 'refund' AND refund_of IS NULL
)
SELECT f.entry, t.row_of, min(f.occurred_at) AS occurred_at, min(f.currency), cast(sum(-f.spending) AS bigint),
    min(f.payee_key), s.refund_keys
FROM fact f
JOIN told t ON t.counts = f.entry
JOIN statement_line s ON s.owner = f.owner AND s.entry = t.row_of
WHERE f.owner = $owner AND s.owner = $owner AND f.kind = 'refund' AND f.refund_of IS NULL AND s.outcome = 'booked'
GROUP BY f.entry, t.row_of, s.refund_keys
ORDER BY occurred_at, f.entry, s.refund_keys = '[]', t.row_of = f.entry, t.row_of"""
)


def _open_refunds(query: Query, owner: UUID) -> tuple[OpenRefund, ...]:
    rows = query(_OPEN_REFUNDS, {"owner": owner})
    found: dict[UUID, OpenRefund] = {}
    for counts, row_of, when, currency, minor, payee_key, keys in rows:
        found.setdefault(counts, OpenRefund(row_of, counts, when, currency, minor, payee_key, tuple(json.loads(keys))))
    return tuple(found.values())
