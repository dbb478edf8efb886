"""What the screens read about every entry, derived from the ledger by SQL alone.

A fact is one effective part of a standing entry: a posting on the expense or income book, a part of a split, the money
of a transfer. Money set aside and points alone are no facts. What a person said later (annotations) and merged accounts
are already applied, so no reader repeats it.

Facts are derived again, in the commit that changes what they come from. A refund follows the purchase it names (its
category, its month, its exclusion), so refreshing an entry also refreshes the refunds around it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from data.store.command import Write

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

# A refund whose purchase was undone has none, until that is imported again or a person names another.
# The parts of a refund of a split purchase: with g refunded so far and a part ending at s of the whole P, the parts
# refunded so far end at floor(g·s/P); a refund gets the difference that it makes. So each refund adds up to its own
# amount, and once all is refunded every category of the purchase is back at zero.
_DERIVED: Final = """
said AS (
    SELECT entry, field, value FROM (
        SELECT a.entry, a.field, cast('[' || a.value || ']' AS json) AS value,
            row_number() OVER (PARTITION BY a.entry, a.field ORDER BY a.seq DESC) AS newest
        FROM annotation a WHERE a.owner = $owner
    ) s WHERE newest = 1
),
undone AS (
    SELECT DISTINCT reverses AS entry FROM entry WHERE owner = $owner AND reverses IS NOT NULL
),
named AS (
    SELECT e.*, CASE WHEN n.entry IS NULL THEN e.refund_of ELSE cast(n.value ->> 0 AS uuid) END AS purchase
    FROM entry e
    LEFT JOIN said n ON n.entry = e.id AND n.field = 'refund_of'
    WHERE e.owner = $owner AND e.kind NOT IN ('reversal', 'hold', 'points') AND e.id IN (SELECT entry FROM scope)
        AND e.id NOT IN (SELECT entry FROM undone)
),
standing AS (
    SELECT n.*, CASE WHEN u.entry IS NULL THEN n.purchase END AS original
    FROM named n LEFT JOIN undone u ON u.entry = n.purchase
),
wanted AS (
    SELECT id FROM standing
    UNION
    SELECT original FROM standing WHERE original IS NOT NULL
),
stated AS (
    SELECT w.id AS entry,
        max(CASE WHEN s.field = 'category' THEN s.value ->> 0 END) AS category,
        max(CASE WHEN s.field = 'note' THEN s.value ->> 0 END) AS note,
        max(CASE WHEN s.field = 'payee' THEN s.value -> 0 ->> 'name' END) AS payee,
        max(CASE WHEN s.field = 'payee' THEN s.value -> 0 ->> 'key' END) AS payee_key,
        max(CASE WHEN s.field = 'excluded' THEN s.value ->> 0 END) AS excluded
    FROM wanted w JOIN said s ON s.entry = w.id
    GROUP BY w.id
),
tagged AS (
    SELECT s.entry, string_agg(s.value -> 0 ->> cast(g.i AS integer), chr(10) ORDER BY g.i) AS tags
    FROM said s JOIN generate_series(0, 199) g(i) ON g.i < json_array_length(s.value -> 0)
    WHERE s.field = 'tags' AND s.value ->> 0 IS NOT NULL AND s.entry IN (SELECT id FROM standing)
    GROUP BY s.entry
),
parted AS (
    SELECT s.entry, cast(g.i AS integer) + 1 AS part,
        s.value -> 0 -> cast(g.i AS integer) ->> 'category' AS category,
        cast(s.value -> 0 -> cast(g.i AS integer) ->> 'amount_minor' AS bigint) AS size
    FROM said s JOIN generate_series(0, 199) g(i) ON g.i < json_array_length(s.value -> 0)
    WHERE s.field = 'split' AND s.value ->> 0 IS NOT NULL AND s.entry IN (SELECT id FROM wanted)
),
merged AS (
    SELECT account, cast(value AS uuid) AS target FROM (
        SELECT account, event, value, row_number() OVER (PARTITION BY account ORDER BY seq DESC) AS newest
        FROM account_event WHERE owner = $owner AND event IN ('merged', 'unmerged')
    ) m WHERE newest = 1 AND event = 'merged'
),
followed AS (
    SELECT id, id AS target, kind, 0 AS depth FROM account WHERE owner = $owner
    UNION ALL
    SELECT f.id, m.target, f.kind, f.depth + 1 FROM followed f JOIN merged m ON m.account = f.target WHERE f.depth < 20
),
book AS (
    SELECT id, target, kind FROM (
        SELECT id, target, kind, row_number() OVER (PARTITION BY id ORDER BY depth DESC) AS last FROM followed
    ) f WHERE last = 1
),
line AS (
    SELECT p.entry, p.line, b.target AS account, b.kind, p.amount, p.currency, p.category
    FROM posting p JOIN book b ON b.id = p.account
    WHERE p.owner = $owner AND p.entry IN (SELECT id FROM wanted)
),
placed AS (
    SELECT entry, line, account, amount, currency, row_number() OVER (
        PARTITION BY entry ORDER BY CASE WHEN amount < 0 THEN 0 ELSE 1 END, line) AS place
    FROM line WHERE kind IN ('asset', 'liability')
),
own AS (
    SELECT entry,
        cast(max(CASE WHEN place = 1 THEN cast(account AS varchar) END) AS uuid) AS account,
        cast(max(CASE WHEN place = 2 THEN cast(account AS varchar) END) AS uuid) AS counter,
        cast(max(CASE WHEN place = 1 THEN line END) AS integer) AS line,
        cast(max(CASE WHEN place = 1 THEN amount END) AS bigint) AS amount,
        max(CASE WHEN place = 1 THEN currency END) AS currency
    FROM placed GROUP BY entry
),
nominal AS (
    SELECT l.*, count(*) OVER (PARTITION BY l.entry) AS parts,
        sum(l.amount) OVER (PARTITION BY l.entry) AS total
    FROM line l WHERE l.kind IN ('expense', 'income')
),
effective AS (
    SELECT n.entry, n.line AS part, n.kind, n.amount AS value, n.currency, coalesce(s.category, n.category) AS category,
        n.parts > 1 AS split
    FROM nominal n LEFT JOIN stated s ON s.entry = n.entry
    WHERE n.entry NOT IN (SELECT entry FROM parted)
    UNION ALL
    SELECT p.entry, p.part, n.kind, CASE WHEN n.total < 0 THEN -p.size ELSE p.size END, n.currency, p.category, true
    FROM parted p JOIN nominal n ON n.entry = p.entry
    WHERE n.line = (SELECT min(f.line) FROM nominal f WHERE f.entry = p.entry)
),
weight AS (
    SELECT e.entry, e.part, e.category, e.currency,
        sum(e.value) OVER (PARTITION BY e.entry ORDER BY e.part) AS upto,
        sum(e.value) OVER (PARTITION BY e.entry ORDER BY e.part) - e.value AS since,
        sum(e.value) OVER (PARTITION BY e.entry) AS whole
    FROM effective e
    WHERE e.kind = 'expense' AND e.entry IN (SELECT original FROM standing WHERE original IS NOT NULL)
),
returned AS (
    SELECT s.id AS entry, s.original, n.currency, -n.total AS size,
        sum(-n.total) OVER (PARTITION BY s.original ORDER BY s.booked_on, s.seq, s.id) AS upto
    FROM standing s JOIN nominal n ON n.entry = s.id
    WHERE s.kind = 'refund' AND s.original IS NOT NULL AND n.parts = 1 AND n.kind = 'expense'
),
shared AS (
    SELECT r.entry, w.part, w.category,
        floor_share(r.upto, w.upto, w.whole) - floor_share(r.upto, w.since, w.whole)
            - floor_share(r.upto - r.size, w.upto, w.whole) + floor_share(r.upto - r.size, w.since, w.whole) AS size,
        count(*) OVER (PARTITION BY r.entry) > 1 AS split
    FROM returned r JOIN weight w ON w.entry = r.original AND w.currency = r.currency
    LEFT JOIN stated s ON s.entry = r.entry
    WHERE w.whole > 0 AND s.category IS NULL AND r.entry NOT IN (SELECT entry FROM parted)
),
piece AS (
    SELECT f.entry, f.part, CASE WHEN e.kind = 'transfer' THEN 'fee' ELSE e.kind END AS kind,
        f.kind AS book, f.value, f.currency, f.category, f.split
    FROM effective f JOIN standing e ON e.id = f.entry
    WHERE f.entry NOT IN (SELECT entry FROM shared)
    UNION ALL
    SELECT h.entry, h.part, 'refund', 'expense', -h.size, r.currency, h.category, h.split
    FROM shared h JOIN returned r ON r.entry = h.entry
    WHERE h.size <> 0
    UNION ALL
    SELECT e.id, o.line, e.kind, 'none', -o.amount - coalesce(t.total, 0), o.currency, NULL, false
    FROM standing e JOIN own o ON o.entry = e.id
    LEFT JOIN (SELECT DISTINCT entry, total FROM nominal) t ON t.entry = e.id
    WHERE e.kind = 'transfer' OR t.entry IS NULL
),
dated AS (
    SELECT e.*, coalesce(o.booked_on, e.booked_on) AS purchase_on
    FROM standing e LEFT JOIN entry o ON o.owner = $owner AND o.id = e.original
),
derived AS (
    SELECT d.owner, d.booked_on,
        CASE WHEN $start_day = 31 THEN cast(date_trunc('month', d.booked_on + 1) AS date) - 1
             ELSE cast(date_trunc('month', d.booked_on - ($start_day - 1)) AS date) + ($start_day - 1) END AS month,
        d.purchase_on,
        CASE WHEN $start_day = 31 THEN cast(date_trunc('month', d.purchase_on + 1) AS date) - 1
             ELSE cast(date_trunc('month', d.purchase_on - ($start_day - 1)) AS date) + ($start_day - 1) END
            AS purchase_month,
        d.occurred_at, d.seq, d.id AS entry, p.part, p.kind, o.account,
        CASE WHEN p.kind = 'transfer' THEN o.counter END AS counter,
        p.category, coalesce(s.payee, d.payee) AS payee, coalesce(s.payee_key, d.payee_key) AS payee_key, p.currency,
        cast(-p.value AS bigint) AS amount,
        cast(CASE WHEN p.book = 'expense' THEN p.value ELSE 0 END AS bigint) AS spending,
        cast(CASE WHEN p.book = 'income' THEN -p.value ELSE 0 END AS bigint) AS income,
        coalesce(cast(s.excluded AS boolean), cast(w.excluded AS boolean), false) AS excluded,
        d.original AS refund_of, d.batch, d.description, d.method,
        coalesce(s.note, d.note) AS note, coalesce(g.tags, '') AS tags, p.split
    FROM dated d
    JOIN piece p ON p.entry = d.id
    JOIN own o ON o.entry = d.id
    LEFT JOIN stated s ON s.entry = d.id
    LEFT JOIN stated w ON w.entry = d.original
    LEFT JOIN tagged g ON g.entry = d.id
)
"""
_COLUMNS: Final = """owner, booked_on, month, purchase_on, purchase_month, occurred_at, seq, entry, part, kind, account,
    counter, category, payee, payee_key, currency, amount, spending, income, excluded, refund_of, batch, description,
    method, note, tags, split
"""

# Which facts a change reaches: the entries themselves, and every refund of a purchase that is among them or that one
# of them takes or took back. The facts, not yet derived again, still know the former links.
_AROUND: Final = """
link AS (
    SELECT entry, cast(cast('[' || value || ']' AS json) ->> 0 AS uuid) AS original FROM (
        SELECT entry, value, row_number() OVER (PARTITION BY entry ORDER BY seq DESC) AS newest
        FROM annotation WHERE owner = $owner AND field = 'refund_of'
    ) s WHERE newest = 1
    UNION
    SELECT id, refund_of FROM entry WHERE owner = $owner AND refund_of IS NOT NULL
    UNION
    SELECT entry, refund_of FROM fact WHERE owner = $owner AND refund_of IS NOT NULL
),
root AS (
    SELECT entry FROM changed
    UNION
    SELECT original FROM link WHERE entry IN (SELECT entry FROM changed)
)
INSERT INTO fact_scope
SELECT entry FROM changed
UNION
SELECT entry FROM link WHERE original IN (SELECT entry FROM root)
"""
_SCOPE_TABLE: Final = "CREATE TEMP TABLE IF NOT EXISTS fact_scope (entry uuid)"
_SCOPE_EMPTY: Final = "DELETE FROM fact_scope"
_SCOPE_ENTRIES: Final = "WITH changed AS (SELECT unnest(cast($entries AS uuid[])) AS entry)," + _AROUND
_SCOPE_BATCH: Final = (
    "WITH changed AS (SELECT id AS entry FROM entry WHERE owner = $owner AND batch = $batch)," + _AROUND
)
_SCOPE_ACCOUNTS: Final = (
    """WITH changed AS (
    SELECT DISTINCT entry FROM posting
    WHERE owner = $owner AND account IN (SELECT unnest(cast($accounts AS uuid[])))
),"""
    + _AROUND
)
_SCOPE_ALL: Final = "INSERT INTO fact_scope SELECT id FROM entry WHERE owner = $owner"
_FORGET: Final = "DELETE FROM fact WHERE owner = $owner AND entry IN (SELECT entry FROM fact_scope)"
_FORGET_ALL: Final = "DELETE FROM fact WHERE owner = $owner"
_DERIVE: Final = (
    "INSERT INTO fact ("
    + _COLUMNS
    + ") WITH RECURSIVE scope AS (SELECT DISTINCT entry FROM fact_scope),"
    + _DERIVED
    + "SELECT "
    + _COLUMNS
    + " FROM derived ORDER BY booked_on, seq, part"
)


def refresh_entries(owner: UUID, entry_ids: Sequence[UUID], start_day: int) -> list[Write]:
    """What derives these entries' facts again after they, or what was said about them, changed."""
    ids = list(entry_ids)
    return _refresh(owner, Write(_SCOPE_ENTRIES, {"owner": owner, "entries": ids}), start_day) if ids else []


def refresh_batch(owner: UUID, batch: UUID, start_day: int) -> list[Write]:
    """The same for every entry of an import."""
    return _refresh(owner, Write(_SCOPE_BATCH, {"owner": owner, "batch": batch}), start_day)


def refresh_accounts(owner: UUID, accounts: Sequence[UUID], start_day: int) -> list[Write]:
    """The same for every entry on these accounts, after a merge or its undoing."""
    return _refresh(owner, Write(_SCOPE_ACCOUNTS, {"owner": owner, "accounts": list(accounts)}), start_day)


def rebuild(owner: UUID, start_day: int) -> list[Write]:
    """What derives every fact of the owner from nothing, in (booked_on, seq) order."""
    return [
        Write(_SCOPE_TABLE),
        Write(_SCOPE_EMPTY),
        Write(_SCOPE_ALL, {"owner": owner}),
        Write(_FORGET_ALL, {"owner": owner}),
        Write(_DERIVE, {"owner": owner, "start_day": start_day}),
    ]


def _refresh(owner: UUID, scope: Write, start_day: int) -> list[Write]:
    return [
        Write(_SCOPE_TABLE),
        Write(_SCOPE_EMPTY),
        scope,
        Write(_FORGET, {"owner": owner}),
        Write(_DERIVE, {"owner": owner, "start_day": start_day}),
    ]


_MONTHS: Final = """
UPDATE fact SET
    month = CASE WHEN $start_day = 31 THEN cast(date_trunc('month', booked_on + 1) AS date) - 1
        ELSE cast(date_trunc('month', booked_on - ($start_day - 1)) AS date) + ($start_day - 1) END,
    purchase_month = CASE WHEN $start_day = 31 THEN cast(date_trunc('month', purchase_on + 1) AS date) - 1
        ELSE cast(date_trunc('month', purchase_on - ($start_day - 1)) AS date) + ($start_day - 1) END
WHERE owner = $owner"""


def refresh_months(owner: UUID, start_day: int) -> list[Write]:
    """What moves every fact into the owner's months after they chose another first day (1 to 28, or 31: the last)."""
    return [Write(_MONTHS, {"owner": owner, "start_day": start_day})]


_DRIFT: Final = (
    "WITH RECURSIVE scope AS (SELECT id AS entry FROM entry WHERE owner = $owner),"
    + _DERIVED
    + ", kept AS (SELECT "
    + _COLUMNS
    + " FROM fact WHERE owner = $owner), fresh AS (SELECT "
    + _COLUMNS
    + """ FROM derived)
SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM kept),
    (SELECT count(*) FROM (SELECT * FROM fresh EXCEPT ALL SELECT * FROM kept) m),
    (SELECT count(*) FROM (SELECT * FROM kept EXCEPT ALL SELECT * FROM fresh) s)"""
)


@dataclasses.dataclass(frozen=True, slots=True)
class Drift:
    """How the kept facts differ from a fresh derivation, in rows: `missing` are not kept, `stale` should not be."""

    derived: int
    kept: int
    missing: int
    stale: int

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale)


def drift(query: Query, owner: UUID, start_day: int) -> Drift:
    """Compares the owner's facts with what the ledger gives now; false when they agree.

    query: a reader's or the store's.
    """
    ((derived, kept, missing, stale),) = query(_DRIFT, {"owner": owner, "start_day": start_day})
    return Drift(derived, kept, missing, stale)
