"""What of the things already booked is still uncategorised, and where each of it would go by what is known now."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from data.categories import Facts, Reason, normalise_payee
from data.categories.learning import Guess, Sorted, sort_out
from data.ids import EntryId, OwnerId
from data.importers.statement import Direction, Kind
from data.money import Money
from data.store import learnt, taught

if TYPE_CHECKING:
    from data.database import Database

# An entry of one part, outside what a purchase decides for its refund.
_ONE: Final = """
SELECT f.entry, f.category, e.kind, e.payee, e.description, f.amount, f.currency, f.booked_on, e.method,
    coalesce(s.source_category, ''), coalesce(s.mcc, ''), a.hint_key, coalesce(b.format, '')
FROM (
    SELECT entry, min(category) AS category, cast(sum(amount) AS bigint) AS amount, min(currency) AS currency,
        min(booked_on) AS booked_on, min(cast(account AS varchar)) AS account
    FROM fact WHERE owner = $owner AND refund_of IS NULL AND NOT split AND kind IN ('expense', 'income', 'refund')
        AND (entry = cast($entry AS uuid)
            OR (cast($entry AS uuid) IS NULL AND category IN ('uncategorised', 'other_income')))
    GROUP BY entry HAVING count(*) = 1
) f
JOIN entry e ON e.owner = $owner AND e.id = f.entry
JOIN account a ON a.owner = $owner AND cast(a.id AS varchar) = f.account
LEFT JOIN import_batch b ON b.owner = $owner AND b.id = e.batch
LEFT JOIN (
    SELECT entry, max(source_category) AS source_category, max(mcc) AS mcc
    FROM statement_line WHERE owner = $owner AND outcome = 'booked' GROUP BY entry
) s ON s.entry = f.entry
ORDER BY f.booked_on DESC, e.seq DESC"""
# Whoever said that it is uncategorised does not want to be asked again.
_SAID: Final = """
SELECT DISTINCT entry FROM annotation
WHERE owner = $owner AND field = 'category' AND value IN ('"uncategorised"', '"other_income"')"""
_OFFERED: Final = frozenset({Reason.CORRECTED, Reason.GUESS})


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """Uncategorised entries of one payee that would go under one category, the newest first.

    guess None: it is what the person chose for this payee before. total: what they changed on the own accounts, by
    currency, signed.
    """

    payee: str
    category: str
    guess: Guess | None
    entries: tuple[EntryId, ...]
    total: tuple[Money, ...]


def suggestions(db: Database, owner: OwnerId) -> list[Suggestion]:
    """Where uncategorised entries would go; the payee with most of them first, of equals the surest."""
    rows = db.read(_ONE, {"owner": owner, "entry": None})
    said = {entry for (entry,) in db.read(_SAID, {"owner": owner})} if rows else set()
    rows = [row for row in rows if row[0] not in said]
    groups: dict[tuple[str, str], list[tuple[tuple[Any, ...], Sorted]]] = {}
    for row, one in zip(rows, _sorted(db, owner, rows), strict=True):
        category = offered(one)
        if one is not None and category is not None:
            groups.setdefault((normalise_payee(row[3]) or row[4], category), []).append((row, one))
    found = [_suggestion(category, members) for (_, category), members in groups.items()]
    return sorted(found, key=lambda each: (-len(each.entries), -(each.guess.percent if each.guess else 100)))


def offered(one: Sorted | None) -> str | None:
    """The category that may be offered for a row that is uncategorised; None for none."""
    if one is None:
        return None
    if one.verdict.reason in _OFFERED:
        return one.verdict.category
    return one.guess.category if one.verdict.reason is Reason.DEFAULT and one.guess else None


def thought(db: Database, owner: OwnerId, entry: EntryId) -> Sorted | None:
    """Where one entry would go if it were imported now, and why; None when it has no category of its own to choose."""
    rows = db.read(_ONE, {"owner": owner, "entry": entry})
    return _sorted(db, owner, rows)[0] if rows else None


def _sorted(db: Database, owner: OwnerId, rows: list[tuple[Any, ...]]) -> list[Sorted | None]:
    if not rows:
        return []
    return sort_out([_facts(row) for row in rows], taught.book_of(db.read, owner), learnt.learner(db, owner))


def _facts(row: tuple[Any, ...]) -> Facts:
    _, _, kind, payee, description, minor, currency, day, method, source_category, mcc, account, source = row
    return Facts(
        payee=payee,
        description=description,
        kind=Kind(kind),
        amount=Money(minor, currency),
        method=method,
        account_key=account,
        source=source,
        source_category=source_category,
        mcc=mcc,
        direction=Direction.OUT if minor < 0 else Direction.IN,
        booked_on=day,
    )


def _suggestion(category: str, members: list[tuple[tuple[Any, ...], Sorted]]) -> Suggestion:
    surest = max((one.guess for _, one in members if one.guess), key=lambda guess: guess.percent, default=None)
    total: dict[str, int] = {}
    for row, _ in members:
        total[row[6]] = total.get(row[6], 0) + row[5]
    first = members[0][0]
    sums = tuple(Money(minor, currency) for currency, minor in sorted(total.items()))
    return Suggestion(first[3] or first[4], category, surest, tuple(EntryId(row[0]) for row, _ in members), sums)
