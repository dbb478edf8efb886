"""What a person put under a category by hand, and the classifier that learns from it: read once per change, held."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from data.categories import Categories, CategoryKind, Facts
from data.categories.examples import Correction
from data.categories.learning import Learner
from data.importers.statement import Direction, Kind
from data.money import Money
from data.store import taught

if TYPE_CHECKING:
    from data.database import Database

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

# The newest word on the category of each standing entry, where a person said it of that entry, also before it was
# booked. A split says of no
# category that it is the payee's; a refund that is tied to its purchase has the purchase's.
_BY_HAND: Final = """
SELECT s.value, e.kind, e.payee, e.description, coalesce(l.source_category, ''), coalesce(l.mcc, ''), f.amount,
    f.currency
FROM (
    SELECT a.entry, a.field, a.value, a.seq,
        row_number() OVER (PARTITION BY a.entry ORDER BY a.seq DESC, a.field DESC) AS newest
    FROM annotation a WHERE a.owner = $owner AND a.field IN ('category', 'split')
) s
JOIN entry e ON e.owner = $owner AND e.id = s.entry
JOIN (
    SELECT entry, cast(sum(amount) AS bigint) AS amount, min(currency) AS currency
    FROM fact WHERE owner = $owner AND refund_of IS NULL GROUP BY entry HAVING count(*) = 1
) f ON f.entry = s.entry
LEFT JOIN (
    SELECT entry, max(source_category) AS source_category, max(mcc) AS mcc
    FROM statement_line WHERE owner = $owner AND outcome = 'booked' GROUP BY entry
) l ON l.entry = s.entry
WHERE s.newest = 1 AND s.field = 'category' AND s.value <> 'null' AND NOT EXISTS (
    SELECT 1 FROM annotation b
    WHERE b.owner = $owner AND b.field = 'by' AND b.value <> '"import"' AND b.entry = s.entry AND b.seq = s.seq)
    AND e.kind IN ('expense', 'income', 'refund')
ORDER BY s.seq, s.entry"""
_ALWAYS: Final = """
SELECT p.payee_key, p.category, max(e.payee) FROM learned_payee p
LEFT JOIN entry e ON e.owner = $owner AND e.payee_key = p.payee_key
WHERE p.owner = $owner GROUP BY p.payee_key, p.category, p.changed_at ORDER BY p.changed_at, p.payee_key"""
_KINDS: Final = {CategoryKind.EXPENSE: Kind.EXPENSE, CategoryKind.INCOME: Kind.INCOME}
_HELD_OWNERS: Final = 32  # people whose classifier stays in memory, some 5 MB each


def corrections_of(query: Query, owner: UUID, categories: Categories) -> tuple[Correction, ...]:
    """Everything that teaches: payees with "always", then rows put under a category by hand, oldest first."""
    always = [
        Correction(Facts(payee or key, "", _KINDS[categories[category].kind], Money(0, "CNY")), category)
        for key, category, payee in query(_ALWAYS, {"owner": owner})
        if category in categories
    ]
    return (*always, *(_correction(row) for row in query(_BY_HAND, {"owner": owner})))


def _correction(row: tuple[Any, ...]) -> Correction:
    value, kind, payee, description, source_category, mcc, minor, currency = row
    facts = Facts(
        payee=payee,
        description=description,
        kind=Kind(kind),
        amount=Money(minor, currency),
        source_category=source_category,
        mcc=mcc,
        direction=Direction.OUT if minor < 0 else Direction.IN,
    )
    return Correction(facts, value.strip('"'))


Held = OrderedDict[UUID, tuple[int, tuple[Correction, ...], Categories, Learner]]
_held: WeakKeyDictionary[Database, Held] = WeakKeyDictionary()
_lock = threading.Lock()


def learner(db: Database, owner: UUID) -> Learner:
    """What this person's corrections teach now. It is trained anew only when they, or the categories, changed."""
    version = db.version(owner)
    with _lock:
        kept = _held.setdefault(db, OrderedDict()).get(owner)
    if kept is not None and kept[0] == version:
        return kept[3]
    categories = taught.book_of(db.read, owner).categories
    corrections = corrections_of(db.read, owner, categories)
    same = kept is not None and (kept[1], dict(kept[2])) == (corrections, dict(categories))
    learnt = kept[3] if kept is not None and same else Learner(corrections, categories)
    with _lock:
        of_all = _held[db]
        of_all[owner] = (version, corrections, categories, learnt)
        of_all.move_to_end(owner)
        while len(of_all) > _HELD_OWNERS:
            of_all.popitem(last=False)
    return learnt
