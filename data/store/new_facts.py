"""Facts of an import that is being booked: most of its entries are plain, and theirs are read off in one pass.

Plain is an entry that is new with this commit, moves one own account against the expense or income book, names no
purchase, and about which nobody has said anything: then its fact says what its two postings say. Nothing can have
reversed it, paired it or linked to it yet; earlier refunds that find their purchase in this import are refreshed by
whoever links them. All others are derived as always (`facts`), and `verify` holds both against one derivation.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from data.store.command import Write
from data.store.facts import AROUND, BOOKS, COLUMNS, Moving, refreshed

_PLAIN: Final = """
plain AS (
    SELECT e.* FROM entry e
    WHERE e.owner = $owner AND e.batch = $batch AND e.kind IN ('expense', 'income', 'refund', 'fee')
        AND e.refund_of IS NULL AND e.id NOT IN (SELECT entry FROM annotation WHERE owner = $owner)
)"""
# An import writes the own account's posting first, the book's second.
_DERIVE: Final = (
    "INSERT INTO fact ("
    + COLUMNS
    + ") WITH RECURSIVE"
    + _PLAIN
    + ","
    + BOOKS
    + """
SELECT e.owner, e.booked_on, e.month, e.booked_on AS purchase_on, e.month AS purchase_month, e.occurred_at, e.seq, e.id,
    n.line, e.kind, b.target, NULL, n.category, e.payee, e.payee_key, n.currency,
    -n.amount, CASE WHEN k.kind = 'expense' THEN n.amount ELSE 0 END,
    CASE WHEN k.kind = 'income' THEN -n.amount ELSE 0 END,
    false, NULL, e.batch, e.description, e.method, e.note, '', false
FROM (
    SELECT p.*, CASE WHEN $start_day = 31 THEN cast(date_trunc('month', p.booked_on + 1) AS date) - 1
        ELSE cast(date_trunc('month', p.booked_on - ($start_day - 1)) AS date) + ($start_day - 1) END AS month
    FROM plain p
) e
JOIN posting o ON o.owner = $owner AND o.entry = e.id AND o.line = 0
JOIN posting n ON n.owner = $owner AND n.entry = e.id AND n.line = 1
JOIN book b ON b.id = o.account
JOIN book k ON k.id = n.account
ORDER BY e.booked_on, e.seq RETURNING month, purchase_month"""
)
_SCOPE_OTHERS: Final = (
    "WITH RECURSIVE"
    + _PLAIN
    + """,
changed AS (
    SELECT id AS entry FROM entry WHERE owner = $owner AND batch = $batch AND id NOT IN (SELECT id FROM plain)
),"""
    + AROUND
)


def derive_batch(owner: UUID, batch: UUID, start_day: int) -> list[Write]:
    """What derives the facts of a batch that this very commit books, after its rows and what is said about them."""
    key = {"owner": owner, "batch": batch}
    others = refreshed(owner, Write(_SCOPE_OTHERS, key), start_day)
    return [Moving(_DERIVE, {**key, "start_day": start_day}), *others]
