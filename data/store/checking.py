"""Which promises of the ledger an owner's rows break: each is a query that finds the offenders, so zero is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from data.ledger.wallet.books import ISSUER_TEXT

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

_OWNERS: Final = """
SELECT owner FROM app_user UNION SELECT owner FROM entry UNION SELECT owner FROM import_batch ORDER BY owner"""
_PEOPLE: Final = """
SELECT owner FROM app_user UNION
SELECT owner FROM entry WHERE owner NOT IN (SELECT owner FROM merchant) AND owner <> cast($issuer AS uuid)
    AND owner NOT IN (SELECT a.owner FROM account a
        WHERE (a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%' OR a.hint_key = 'points')
            AND a.owner NOT IN (SELECT owner FROM app_user))
ORDER BY owner"""
_UNBALANCED: Final = """
SELECT entry, currency FROM posting WHERE owner = $owner GROUP BY entry, currency HAVING sum(amount) <> 0"""
_TOO_FEW: Final = """
SELECT e.id FROM entry e LEFT JOIN posting p ON p.owner = $owner AND p.entry = e.id
WHERE e.owner = $owner GROUP BY e.id HAVING count(p.line) < 2"""
_STRAY: Final = """
SELECT p.entry FROM posting p
LEFT JOIN entry e ON e.owner = $owner AND e.id = p.entry
LEFT JOIN account a ON a.owner = $owner AND a.id = p.account
WHERE p.owner = $owner AND (e.id IS NULL OR a.id IS NULL)"""
_SUMS: Final = "SELECT currency FROM posting WHERE owner = $owner GROUP BY currency HAVING sum(amount) <> 0"
_REVERSED_TWICE: Final = """
SELECT r.reverses FROM entry r WHERE r.owner = $owner AND r.reverses IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM entry x WHERE x.owner = $owner AND x.reverses = r.id)
GROUP BY r.reverses HAVING count(*) > 1"""
_OVER_REFUNDED: Final = """
SELECT b.entry FROM (
    SELECT entry, sum(spending) AS paid FROM fact WHERE owner = $owner AND kind IN ('expense', 'fee') GROUP BY entry) b
JOIN (
    SELECT refund_of, sum(-spending) AS refunded FROM fact
    WHERE owner = $owner AND kind = 'refund' AND refund_of IS NOT NULL GROUP BY refund_of) r ON r.refund_of = b.entry
WHERE r.refunded > greatest(b.paid, 0)"""
_LINES_WITHOUT_ENTRY: Final = """
SELECT s.batch, s.line FROM statement_line s LEFT JOIN entry e ON e.owner = $owner AND e.id = s.entry
WHERE s.owner = $owner AND s.outcome = 'booked' AND e.id IS NULL"""
_BOOKED_TWICE: Final = """
SELECT fingerprint, ordinal FROM statement_line
WHERE owner = $owner AND outcome = 'booked' AND batch NOT IN (SELECT batch FROM import_undo WHERE owner = $owner)
GROUP BY fingerprint, ordinal HAVING count(*) > 1"""

PROMISES: Final[Mapping[str, str]] = {
    "every entry balances": _UNBALANCED,
    "every entry has two postings or more": _TOO_FEW,
    "every posting has its entry and its account": _STRAY,
    "postings sum to zero in every currency": _SUMS,
    "no entry is reversed twice": _REVERSED_TWICE,
    "no purchase is refunded beyond what was paid": _OVER_REFUNDED,
    "every booked line has its entry": _LINES_WITHOUT_ENTRY,
    "no line is booked twice": _BOOKED_TWICE,
}


def people(query: Query) -> list[UUID]:
    """Everybody who has books that screens of spending are drawn from: persons, also such as never signed up.

    Whoever left has entries of the wallet only, which others' books rest on, and no screens.
    """
    return [owner for (owner,) in query(_PEOPLE, {"issuer": ISSUER_TEXT})]


def owners(query: Query) -> list[UUID]:
    """Everybody who has anything in the store."""
    return [owner for (owner,) in query(_OWNERS, {})]


def offenders(query: Query, owner: UUID) -> dict[str, int]:
    """For each promise, how many of the owner's rows break it."""
    return {promise: len(query(sql, {"owner": owner})) for promise, sql in PROMISES.items()}
