"""What a person, a rule or a learned payee said about entries: appended; the newest on a field counts.

A word that no person chose for this very entry carries a second row of the same seq, field `by`, which names the rule
or `learned`. So a person's own word is never overwritten by a rule that runs over the past.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from data.categories.taxonomy import CategoryKind
from data.errors import NotFound
from data.ids import EntryId, OwnerId
from data.ledger.changes import CategoryDoesNotFit, Standing, kinds_of, side_of
from data.ledger.entry import EntryKind
from data.store import taught
from data.store.command import Reader, Rows

LEARNED: Final = "learned"
IMPORT: Final = "import"  # said while importing: which purchase a refund is of, or a category that the person chose
ASIDE: Final = "no_purchase"  # field: true while a person says that a refund's purchase is not among the known ones
OF_PURCHASE: Final = frozenset({"category", "split"})  # what a linked refund has from its purchase


@dataclasses.dataclass(frozen=True, slots=True)
class Word:
    """One field of one entry gets a value: JSON as the migration describes it; None takes the field back."""

    entry: EntryId
    field: str
    value: Any


def said(
    owner: OwnerId, actor: UUID, spoken: Iterable[Word], seq: int, now: datetime, author: str | None = None
) -> Rows:
    """The rows that keep these words. author: the rule's id or `learned`; None when a person means just this entry."""
    listed = list(spoken)
    if author is not None:
        listed += [Word(entry, "by", author) for entry in dict.fromkeys(word.entry for word in listed)]
    count = len(listed)
    columns = {
        "owner": [owner] * count,
        "entry": [word.entry for word in listed],
        "seq": [seq] * count,
        "field": [word.field for word in listed],
        "value": [json.dumps(word.value, ensure_ascii=False) for word in listed],
        "recorded_at": [now] * count,
        "actor": [actor] * count,
    }
    return Rows("annotation", columns)


_STANDING: Final = """
SELECT f.entry, e.kind, e.payee, e.payee_key, f.currency, cast(sum(f.amount) AS bigint) AS minor,
    CASE WHEN count(*) = 1 THEN max(f.category) END AS category, max(f.tags) AS tags,
    max(CASE WHEN f.split THEN 1 ELSE 0 END) = 1 AS split,
    cast(max(cast(f.refund_of AS varchar)) AS uuid) AS refund_of, max(f.payee) AS called, max(f.note) AS note,
    max(CASE WHEN f.excluded THEN 1 ELSE 0 END) = 1 AS excluded
FROM fact f JOIN entry e ON e.owner = f.owner AND e.id = f.entry AND e.seq = f.seq
WHERE f.owner = $owner AND f.entry IN (SELECT unnest(cast($entries AS uuid[])))
GROUP BY f.entry, e.kind, e.payee, e.payee_key, f.currency"""


def standing(reader: Reader, owner: OwnerId, entries: Sequence[EntryId]) -> list[Standing]:
    """These entries in the order given, each once.

    Raises:
        NotFound: one is not the owner's, or does not stand any more.
    """
    rows = reader.all(_STANDING, {"owner": owner, "entries": list(entries)})
    found = {row[0]: _standing(row) for row in rows}
    for entry in entries:
        if entry not in found:
            raise NotFound("entry", str(entry))
    return [found[entry] for entry in dict.fromkeys(entries)]


def _standing(row: tuple[Any, ...]) -> Standing:
    entry, kind, payee, payee_key, currency, minor, category, tags, *rest = row
    listed = tuple(tags.split("\n")) if tags else ()
    return Standing(entry, EntryKind(kind), payee, payee_key, currency, minor, category, listed, *rest)


_SETTLED: Final = """
SELECT entry, field FROM (
    SELECT a.entry, a.field, a.value, a.seq,
        row_number() OVER (PARTITION BY a.entry, a.field ORDER BY a.seq DESC) AS newest
    FROM annotation a WHERE a.owner = $owner AND a.field <> 'by'
) s
WHERE newest = 1 AND value <> 'null' AND NOT EXISTS (
    SELECT 1 FROM annotation b
    WHERE b.owner = $owner AND b.field = 'by' AND b.entry = s.entry AND b.seq = s.seq)"""


def settled_by_person(reader: Reader, owner: OwnerId) -> frozenset[tuple[EntryId, str]]:
    """Which fields of which entries a person has decided; no rule may overrule these. A split decides the category."""
    rows = reader.all(_SETTLED, {"owner": owner})
    return frozenset((entry, "category" if field == "split" else field) for entry, field in rows)


_SAME_PAYEE: Final = """
SELECT f.entry, f.category FROM fact f JOIN entry e ON e.owner = f.owner AND e.id = f.entry AND e.seq = f.seq
WHERE f.owner = $owner AND e.payee_key = $payee_key AND f.refund_of IS NULL AND NOT f.split
    AND f.kind IN (SELECT unnest(cast($kinds AS varchar[])))"""


def differing(reader: Reader, owner: OwnerId, payee_key: str, category: str, side: CategoryKind) -> list[EntryId]:
    """The payee's entries that "always for this payee" would change.

    They are of this side, in another category, not settled by a person, and no refunds that follow their purchase.
    """
    rows = reader.all(_SAME_PAYEE, {"owner": owner, "payee_key": payee_key, "kinds": kinds_of(side)})
    others = [entry for entry, theirs in rows if theirs != category]
    if not others:
        return []
    settled = settled_by_person(reader, owner)
    return [entry for entry in others if (entry, "category") not in settled]


_REFUNDED: Final = """
SELECT cast(coalesce(sum(-spending), 0) AS bigint) FROM fact
WHERE owner = $owner AND refund_of = $original AND entry <> $apart_from"""


def refunded(reader: Reader, owner: OwnerId, original: EntryId, apart_from: EntryId) -> int:
    """What other refunds took back of this purchase, in minor units."""
    row = reader.one(_REFUNDED, {"owner": owner, "original": original, "apart_from": apart_from})
    return int(row[0]) if row else 0


_CURRENT: Final = """
SELECT s.entry, s.field, s.value, coalesce(b.value, 'null') FROM (
    SELECT a.entry, a.field, a.value, a.seq,
        row_number() OVER (PARTITION BY a.entry, a.field ORDER BY a.seq DESC) AS newest
    FROM annotation a
    WHERE a.owner = $owner AND a.field <> 'by' AND a.entry IN (SELECT unnest(cast($entries AS uuid[])))
) s
LEFT JOIN annotation b ON b.owner = $owner AND b.field = 'by' AND b.entry = s.entry AND b.seq = s.seq
WHERE s.newest = 1 AND s.value <> 'null'"""


def current(reader: Reader, owner: OwnerId, entries: Sequence[EntryId]) -> list[tuple[Word, str | None]]:
    """The words that count on these entries, each with the rule or `learned` it comes from; None: from a person."""
    rows = reader.all(_CURRENT, {"owner": owner, "entries": list(entries)})
    return [(Word(entry, field, json.loads(value)), json.loads(by)) for entry, field, value, by in rows]


_BEFORE: Final = """
SELECT w.entry, w.field, coalesce(p.value, 'null'), coalesce(b.value, 'null') FROM annotation w
LEFT JOIN (
    SELECT a.entry, a.field, a.value, a.seq,
        row_number() OVER (PARTITION BY a.entry, a.field ORDER BY a.seq DESC) AS newest
    FROM annotation a WHERE a.owner = $owner AND a.field <> 'by' AND a.seq < $seq
) p ON p.entry = w.entry AND p.field = w.field AND p.newest = 1
LEFT JOIN annotation b ON b.owner = $owner AND b.field = 'by' AND b.entry = p.entry AND b.seq = p.seq
WHERE w.owner = $owner AND w.seq = $seq AND w.field <> 'by' AND NOT EXISTS (
    SELECT 1 FROM annotation n
    WHERE n.owner = $owner AND n.entry = w.entry AND n.field = w.field AND n.seq > $seq)
ORDER BY w.entry, w.field"""


def before(reader: Reader, owner: OwnerId, seq: int) -> list[tuple[Word, str | None]]:
    """What counted before the words of `seq`, for those on which nothing was said since; with its author."""
    rows = reader.all(_BEFORE, {"owner": owner, "seq": seq})
    return [(Word(entry, field, json.loads(value)), json.loads(by)) for entry, field, value, by in rows]


_FREED: Final = """
SELECT n.field, b.value, coalesce(y.value, 'null') FROM (
    SELECT a.field, a.value, a.seq, row_number() OVER (PARTITION BY a.field ORDER BY a.seq DESC) AS newest
    FROM annotation a WHERE a.owner = $owner AND a.entry = $refund AND a.field IN ('category', 'split')
) n
JOIN annotation l ON l.owner = $owner AND l.entry = $refund AND l.field = 'refund_of' AND l.seq = n.seq
JOIN (
    SELECT a.field, a.value, a.seq, row_number() OVER (PARTITION BY a.field ORDER BY a.seq DESC) AS place
    FROM annotation a WHERE a.owner = $owner AND a.entry = $refund
) b ON b.field = n.field AND b.place = 2
LEFT JOIN annotation y ON y.owner = $owner AND y.entry = $refund AND y.field = 'by' AND y.seq = b.seq
WHERE n.newest = 1 AND n.value = 'null' AND b.value <> 'null'"""


def freed(reader: Reader, owner: OwnerId, refund: EntryId) -> list[tuple[Word, str | None]]:
    """What linking took from a refund and nobody has said anew since, with its author."""
    rows = reader.all(_FREED, {"owner": owner, "refund": refund})
    return [(Word(refund, field, json.loads(value)), json.loads(by)) for field, value, by in rows]


def require_fitting(reader: Reader, owner: OwnerId, category: str, entries: Iterable[Standing]) -> None:
    """The category is the owner's, and of the side of the books that all these entries are on.

    Raises:
        NotFound, CategoryDoesNotFit.
    """
    require_side(reader, owner, category, *(entry.kind for entry in entries))


def require_side(reader: Reader, owner: OwnerId, category: str, *kinds: EntryKind) -> None:
    """The same for kinds of entries.

    Raises:
        NotFound, CategoryDoesNotFit.
    """
    side = taught.category_named(reader.all, owner, category).kind
    unfit = [kind for kind in kinds if side_of(kind) is not side]
    if unfit:
        raise CategoryDoesNotFit(category, unfit[0].value, len(unfit))
