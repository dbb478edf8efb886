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

import duckdb
import numpy as np

from data.store.command import Write
from data.store.standing import PAIRED
from data.store.touched import Touching

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

# Where the money of each account is shown: merged accounts follow the last target.
BOOKS: Final = """
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
)"""

# A refund whose purchase was undone has none, until that is imported again or a person names another.
# The parts of a refund of a split purchase: with g refunded so far and a part ending at s of the whole P, the parts
# refunded so far end at floor(g·s/P); a refund gets the difference that it makes. So each refund adds up to its own
# amount, and once all is refunded every category of the purchase is back at zero.
_DERIVED: Final = (
    PAIRED
    + """
spoken AS (
    SELECT entry, field, value FROM (
        SELECT a.entry, a.field, cast('[' || a.value || ']' AS json) AS value,
            row_number() OVER (PARTITION BY a.entry, a.field ORDER BY a.seq DESC) AS newest
        FROM annotation a WHERE a.owner = $owner
    ) s WHERE newest = 1
),
heard AS (
    SELECT entry, field, value, 0 AS place FROM spoken
    UNION ALL
    SELECT t.kept, s.field, s.value, t.place FROM teller t JOIN spoken s ON s.entry = t.entry
    WHERE s.value ->> 0 IS NOT NULL AND s.field IN ('category', 'note', 'payee', 'tags', 'excluded', 'split')
        AND (s.field <> 'split' OR t.whole) AND NOT EXISTS (
            SELECT 1 FROM spoken o WHERE o.entry = t.kept AND (o.value ->> 0 IS NOT NULL OR o.field = 'split')
                AND (o.field = s.field OR (s.field = 'split' AND o.field = 'category')))
    UNION ALL
    SELECT t.kept, 'refund_of', cast('["' || coalesce(s.value ->> 0, cast(d.refund_of AS varchar)) || '"]' AS json),
        t.place
    FROM teller t
    JOIN entry d ON d.owner = $owner AND d.id = t.entry AND d.kind = 'refund'
    JOIN entry k ON k.owner = $owner AND k.id = t.kept AND k.kind = 'refund' AND k.refund_of IS NULL
    LEFT JOIN spoken s ON s.entry = t.entry AND s.field = 'refund_of'
    WHERE (d.refund_of IS NOT NULL OR s.value ->> 0 IS NOT NULL) AND NOT (s.entry IS NOT NULL AND s.value ->> 0 IS NULL)
        AND NOT EXISTS (SELECT 1 FROM spoken o WHERE o.entry = t.kept AND o.field = 'refund_of')
),
said AS (
    SELECT entry, field, value FROM (
        SELECT entry, field, value, row_number() OVER (
            PARTITION BY entry, field ORDER BY CASE WHEN value ->> 0 IS NULL THEN 1 ELSE 0 END, place) AS first
        FROM heard
    ) h WHERE first = 1
),
undone AS (
    SELECT DISTINCT r.reverses AS entry FROM entry r
    WHERE r.owner = $owner AND r.reverses IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM entry x WHERE x.owner = $owner AND x.reverses = r.id)
),
named AS (
    SELECT e.*, coalesce(i.kept, e.bought) AS purchase FROM (
        SELECT e.*, CASE WHEN n.entry IS NULL THEN e.refund_of ELSE cast(n.value ->> 0 AS uuid) END AS bought
        FROM entry e
        LEFT JOIN said n ON n.entry = e.id AND n.field = 'refund_of'
        WHERE e.owner = $owner AND e.kind NOT IN ('reversal', 'hold', 'points') AND e.id IN (SELECT entry FROM scope)
            AND e.id NOT IN (SELECT entry FROM undone)
    ) e LEFT JOIN stand_in i ON i.entry = e.bought
),
standing AS (
    SELECT n.*, CASE WHEN u.entry IS NULL THEN n.purchase END AS original
    FROM named n LEFT JOIN undone u ON u.entry = n.purchase
),
shown AS (
    SELECT id FROM standing
    UNION
    SELECT original FROM standing WHERE original IS NOT NULL
),
wanted AS (
    SELECT id FROM shown
    UNION
    SELECT entry FROM teller WHERE kept IN (SELECT id FROM shown)
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
"""
    + BOOKS
    + """,
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
told AS (
    SELECT t.kept AS entry, t.place, nullif(e.payee, '') AS payee, nullif(e.payee_key, '') AS payee_key,
        nullif(e.description, '') AS description, nullif(e.method, '') AS method, nullif(e.note, '') AS note,
        CASE WHEN n.parts = 1 THEN n.category END AS category
    FROM teller t
    JOIN entry e ON e.owner = $owner AND e.id = t.entry
    LEFT JOIN nominal n ON n.entry = t.entry AND n.parts = 1
    WHERE t.kept IN (SELECT id FROM shown)
),
tale AS (
    SELECT entry,
        coalesce(max(CASE WHEN place = 1 THEN payee END), max(payee)) AS payee,
        coalesce(max(CASE WHEN place = 1 THEN payee_key END), max(payee_key)) AS payee_key,
        coalesce(max(CASE WHEN place = 1 THEN description END), max(description)) AS description,
        coalesce(max(CASE WHEN place = 1 THEN method END), max(method)) AS method,
        coalesce(max(CASE WHEN place = 1 THEN note END), max(note)) AS note,
        coalesce(max(CASE WHEN place = 1 THEN category END), max(category)) AS category
    FROM told WHERE place <= 2 GROUP BY entry
),
effective AS (
    SELECT n.entry, n.line AS part, n.kind, n.amount AS value, n.currency,
        coalesce(s.category, CASE WHEN n.parts = 1 THEN t.category END, n.category) AS category, n.parts > 1 AS split
    FROM nominal n LEFT JOIN stated s ON s.entry = n.entry LEFT JOIN tale t ON t.entry = n.entry
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
        p.category, coalesce(s.payee, t.payee, d.payee) AS payee,
        coalesce(s.payee_key, t.payee_key, d.payee_key) AS payee_key, p.currency,
        cast(-p.value AS bigint) AS amount,
        cast(CASE WHEN p.book = 'expense' THEN p.value ELSE 0 END AS bigint) AS spending,
        cast(CASE WHEN p.book = 'income' THEN -p.value ELSE 0 END AS bigint) AS income,
        coalesce(cast(s.excluded AS boolean), cast(w.excluded AS boolean), false) AS excluded,
        d.original AS refund_of, d.batch, coalesce(t.description, d.description) AS description,
        coalesce(t.method, d.method) AS method, coalesce(s.note, t.note, d.note) AS note,
        coalesce(g.tags, '') AS tags, p.split
    FROM dated d
    JOIN piece p ON p.entry = d.id
    JOIN own o ON o.entry = d.id
    LEFT JOIN stated s ON s.entry = d.id
    LEFT JOIN stated w ON w.entry = d.original
    LEFT JOIN tagged g ON g.entry = d.id
    LEFT JOIN tale t ON t.entry = d.id
)
"""
)
COLUMNS: Final = """owner, booked_on, month, purchase_on, purchase_month, occurred_at, seq, entry, part, kind, account,
    counter, category, payee, payee_key, currency, amount, spending, income, excluded, refund_of, batch, description,
    method, note, tags, split
"""

# Which facts a change reaches: the entries themselves, and every refund of a purchase that is among them or that one
# of them takes or took back. The facts, not yet derived again, still know the former links.
AROUND: Final = (
    PAIRED
    + """
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
near AS (
    SELECT entry FROM changed
    UNION
    SELECT original FROM link WHERE entry IN (SELECT entry FROM changed)
),
root AS (
    SELECT entry FROM near
    UNION
    SELECT kept FROM stand_in WHERE entry IN (SELECT entry FROM near)
    UNION
    SELECT entry FROM stand_in WHERE kept IN (SELECT entry FROM near)
)
INSERT INTO fact_scope
SELECT entry FROM changed
UNION
SELECT kept FROM stand_in WHERE entry IN (SELECT entry FROM changed)
UNION
SELECT entry FROM link WHERE original IN (SELECT entry FROM root)
"""
)
_SCOPE_TABLE: Final = "CREATE TEMP TABLE IF NOT EXISTS fact_scope (entry uuid)"
_SCOPE_EMPTY: Final = "DELETE FROM fact_scope"
_SCOPE_ENTRIES: Final = "WITH RECURSIVE changed AS (SELECT unnest(cast($entries AS uuid[])) AS entry)," + AROUND
_SCOPE_BATCH: Final = (
    "WITH RECURSIVE changed AS (SELECT id AS entry FROM entry WHERE owner = $owner AND batch = $batch)," + AROUND
)
_SCOPE_ACCOUNTS: Final = (
    """WITH RECURSIVE changed AS (
    SELECT DISTINCT entry FROM posting
    WHERE owner = $owner AND account IN (SELECT unnest(cast($accounts AS uuid[])))
),"""
    + AROUND
)
_SCOPE_ALL: Final = "INSERT INTO fact_scope SELECT id FROM entry WHERE owner = $owner"
_FORGET: Final = """
DELETE FROM fact WHERE owner = $owner AND entry IN (SELECT entry FROM fact_scope) RETURNING month, purchase_month"""
_FORGET_ALL: Final = "DELETE FROM fact WHERE owner = $owner"
_DERIVE: Final = (
    "INSERT INTO fact ("
    + COLUMNS
    + ") WITH RECURSIVE scope AS (SELECT DISTINCT entry FROM fact_scope),"
    + _DERIVED
    + "SELECT "
    + COLUMNS
    + " FROM derived ORDER BY booked_on, seq, part RETURNING month, purchase_month"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Moving(Write):
    """A statement that returns the months, by arrival and by purchase, of every fact of the owner that it changed."""

    def carry_out(self, con: duckdb.DuckDBPyConnection, touched: Touching) -> None:
        """Run it, and note the months."""
        returned = con.execute(self.sql, dict(self.params)).fetchnumpy()
        days = np.stack([np.asarray(column, "datetime64[D]") for column in returned.values()], axis=1)
        touched.months(self.params["owner"], (tuple(pair) for pair in np.unique(days, axis=0).tolist()))


def refresh_entries(owner: UUID, entry_ids: Sequence[UUID], start_day: int) -> list[Write]:
    """What derives these entries' facts again after they, or what was said about them, changed."""
    ids = list(entry_ids)
    return refreshed(owner, Write(_SCOPE_ENTRIES, {"owner": owner, "entries": ids}), start_day) if ids else []


def refresh_batch(owner: UUID, batch: UUID, start_day: int) -> list[Write]:
    """The same for every entry of an import."""
    return refreshed(owner, Write(_SCOPE_BATCH, {"owner": owner, "batch": batch}), start_day)


def refresh_accounts(owner: UUID, accounts: Sequence[UUID], start_day: int) -> list[Write]:
    """The same for every entry on these accounts, after a merge or its undoing."""
    return refreshed(owner, Write(_SCOPE_ACCOUNTS, {"owner": owner, "accounts": list(accounts)}), start_day)


def rebuild(owner: UUID, start_day: int) -> list[Write]:
    """What derives every fact of the owner from nothing, in (booked_on, seq) order."""
    return [
        Write(_SCOPE_TABLE),
        Write(_SCOPE_EMPTY),
        Write(_SCOPE_ALL, {"owner": owner}),
        Write(_FORGET_ALL, {"owner": owner}),
        Moving(_DERIVE, {"owner": owner, "start_day": start_day}),
    ]


def refreshed(owner: UUID, scope: Write, start_day: int) -> list[Write]:
    """What derives the facts of the entries again that `scope` puts into `fact_scope`, with those around them."""
    return [
        Write(_SCOPE_TABLE),
        Write(_SCOPE_EMPTY),
        scope,
        Moving(_FORGET, {"owner": owner}),
        Moving(_DERIVE, {"owner": owner, "start_day": start_day}),
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
    + COLUMNS
    + " FROM fact WHERE owner = $owner), fresh AS (SELECT "
    + COLUMNS
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
