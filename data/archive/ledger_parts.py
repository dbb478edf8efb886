"""The files of the books: what happened, on which accounts, out of which statements, and what was decided about it."""

from __future__ import annotations

from typing import Final

from data.archive.part import Part

_TRANSACTIONS: Final = """
SELECT f.entry, f.part, f.booked_on, f.occurred_at, f.kind, f.amount, f.currency, f.category, f.payee, f.description,
    f.method, f.note, f.tags, a.name AS account, c.name AS counter_account, f.spending, f.income, f.excluded,
    f.purchase_on, f.refund_of, f.batch
FROM published_fact f
LEFT JOIN published_account a ON a.owner = f.owner AND a.id = f.account
LEFT JOIN published_account c ON c.owner = f.owner AND c.id = f.counter
WHERE f.owner = $owner ORDER BY f.booked_on, f.seq, f.part"""
_ENTRIES: Final = """
SELECT id AS entry, booked_on, occurred_at, recorded_at, kind, payee, description, method, note, reverses, refund_of,
    batch
FROM entry WHERE owner = $owner ORDER BY seq"""
_POSTINGS: Final = """
SELECT p.entry, p.line, p.account AS account_id, a.name AS account, p.amount, p.currency, p.category, p.lot
FROM posting p LEFT JOIN published_account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner ORDER BY p.entry, p.line"""
_CHANGES: Final = """
SELECT entry, field, value, recorded_at FROM annotation WHERE owner = $owner ORDER BY seq"""
_ACCOUNTS: Final = """
SELECT id AS account_id, name AS account, kind, hint_key AS account_key, institution, last4, opened_at, closed,
    merged_into
FROM published_account WHERE owner = $owner ORDER BY opened_at, id"""
_ACCOUNT_CHANGES: Final = """
SELECT account AS account_id, event, value, recorded_at FROM account_event WHERE owner = $owner ORDER BY seq"""
_IMPORTS: Final = """
SELECT id AS batch, file, format, encoding, sha256, imported_at, lines, duplicates, skipped, problems, first_on,
    last_on, totals, undone_at
FROM published_batch WHERE owner = $owner ORDER BY seq"""
_IMPORT_ROWS: Final = """
SELECT batch, line, part, sheet, outcome, reason, entry, order_id, merchant_order_id, refund_keys, source_category,
    mcc, status, cells
FROM statement_line WHERE owner = $owner ORDER BY batch, sheet, line, part"""
_PAIRS: Final = """
SELECT pair, event, described, moved, kept, whole, confidence, evidence, recorded_at
FROM pair_event WHERE owner = $owner ORDER BY seq"""
_ASSERTIONS: Final = """
SELECT e.assertion, e.event, e.account AS account_id, a.name AS account, e.stated_on, e.amount, e.currency, e.entry,
    e.recorded_at
FROM assertion_event e LEFT JOIN published_account a ON a.owner = e.owner AND a.id = e.account
WHERE e.owner = $owner ORDER BY e.seq"""
_TICKS: Final = """
SELECT assertion, entry, ticked, recorded_at FROM assertion_tick WHERE owner = $owner ORDER BY seq"""

PARTS: Final = (
    Part("transactions", ("fact",), _TRANSACTIONS, ("amount", "spending", "income")),
    Part("entries", ("entry",), _ENTRIES),
    Part("postings", ("posting",), _POSTINGS, ("amount",)),
    Part("changes", ("annotation",), _CHANGES),
    Part("accounts", ("account",), _ACCOUNTS),
    Part("account_changes", ("account_event",), _ACCOUNT_CHANGES),
    Part("imports", ("import_batch", "import_undo"), _IMPORTS),
    Part("import_rows", ("statement_line",), _IMPORT_ROWS),
    Part("matched_rows", ("pair_event",), _PAIRS),
    Part("assertions", ("assertion_event",), _ASSERTIONS, ("amount",)),
    Part("assertion_ticks", ("assertion_tick",), _TICKS),
)
