"""What words about entries change in their facts, where nothing else hangs on them: a few columns, written in place.

A note, another payee, tags hang on nothing. A category does not either, on an entry of one part that is tied to no
other; nor does leaving out an entry that no refund follows. Everything else (words taken back, splits, links) is
derived again. Written in place, facts also stay where they are, in date order.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import duckdb

from data.store import facts
from data.store.command import Reader, Write
from data.store.owner_settings import month_start_day
from data.store.touched import Months, Touching
from data.store.words import ASIDE, Word

# Of the entries themselves (own), and of the refunds that follow them.
_LOOK: Final = """
SELECT f.entry, true AS own, f.booked_on, f.month, f.purchase_month,
    f.refund_of IS NULL AND NOT f.split AND (f.spending <> 0 OR f.income <> 0) AS plain
FROM fact f JOIN (SELECT unnest(cast($entries AS uuid[])) AS entry) a ON a.entry = f.entry
WHERE f.owner = $owner
UNION ALL
SELECT f.refund_of, false, f.booked_on, f.month, f.purchase_month, false
FROM fact f JOIN (SELECT unnest(cast($entries AS uuid[])) AS entry) a ON a.entry = f.refund_of
WHERE f.owner = $owner"""
_WHERE: Final = """
WHERE fact.owner = $owner AND fact.entry = n.entry AND fact.booked_on >= $first AND fact.booked_on <= $last"""
_NEW: Final = (
    """
FROM (SELECT unnest(cast($entries AS uuid[])) AS entry, unnest(cast($told AS varchar[])) AS told,
    unnest(cast($keys AS varchar[])) AS told_key) n"""
    + _WHERE
)
_CHANGES: Final = {
    "category": "UPDATE fact SET category = n.told" + _NEW,
    "note": "UPDATE fact SET note = n.told" + _NEW,
    "tags": "UPDATE fact SET tags = n.told" + _NEW,
    "payee": "UPDATE fact SET payee = n.told, payee_key = n.told_key" + _NEW,
    "excluded": "UPDATE fact SET excluded = cast(n.told AS boolean)" + _NEW,
}


@dataclasses.dataclass(slots=True)
class _Seen:
    """The facts of one entry. plain: it is one part, spending or income, and tied to nothing."""

    facts: list[tuple[Any, ...]] = dataclasses.field(default_factory=list)
    followed: bool = False

    @property
    def plain(self) -> bool:
        return len(self.facts) == 1 and bool(self.facts[0][-1]) and not self.followed


@dataclasses.dataclass(frozen=True, slots=True)
class _InPlace(Write):
    """A statement that changes facts of the owner in these months, and says so."""

    months: frozenset[Months] = frozenset()

    def carry_out(self, con: duckdb.DuckDBPyConnection, touched: Touching) -> None:
        con.execute(self.sql, dict(self.params)).fetchall()
        touched.months(self.params["owner"], self.months)


def refresh(reader: Reader, owner: UUID, spoken: Iterable[Word]) -> list[Write]:
    """What brings the facts up to date after these words, the newest of their fields, are kept; before other writes.

    reader: sees the facts as they were before.
    """
    words = [word for word in spoken if word.field != ASIDE]
    entries = list(dict.fromkeys(word.entry for word in words))
    if not entries:
        return []
    seen: defaultdict[UUID, _Seen] = defaultdict(_Seen)
    for entry, own, *row in reader.all(_LOOK, {"owner": owner, "entries": entries}):
        if own:
            seen[entry].facts.append(tuple(row))
        else:
            seen[entry].followed = True
    deep = {word.entry for word in words if not _is_shallow(word, seen[word.entry])}
    writes = _in_place(owner, [word for word in words if word.entry not in deep], seen)
    if deep:
        listed = [entry for entry in entries if entry in deep]
        writes += facts.refresh_entries(owner, listed, month_start_day(reader, owner))
    return writes


def _is_shallow(word: Word, seen: _Seen) -> bool:
    if word.value is None or word.field not in _CHANGES or not seen.facts:
        return False
    if word.field == "category":
        return seen.plain
    return word.field != "excluded" or not seen.followed


def _in_place(owner: UUID, words: Sequence[Word], seen: dict[UUID, _Seen]) -> list[Write]:
    writes: list[Write] = []
    for field, sql in _CHANGES.items():
        said = [word for word in words if word.field == field]
        if said:
            rows = [row for word in said for row in seen[word.entry].facts]
            days = [on for on, *_ in rows]
            told = [_told(word) for word in said]
            bound = {"owner": owner, "entries": [word.entry for word in said], "first": min(days), "last": max(days)}
            columns = {"told": [one for one, _ in told], "keys": [key for _, key in told]}
            months = frozenset((month, purchase_month) for _, month, purchase_month, _ in rows)
            writes.append(_InPlace(sql, {**bound, **columns}, months))
    return writes


def _told(word: Word) -> tuple[str, str]:
    """What a fact's column gets, as text; and its second one."""
    if word.field == "payee":
        return word.value["name"], word.value["key"]
    if word.field == "tags":
        return "\n".join(word.value), ""
    return str(word.value).lower() if word.field == "excluded" else word.value, ""
