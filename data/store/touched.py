"""Which months of whose facts a commit changed, so that what is held in memory of all other months stays good.

Months are starts of the owner's own months, as the facts have them. A statement that changes facts without saying which
counts as having changed all of them.
"""

from __future__ import annotations

import dataclasses
import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import pyarrow as pa

from data.period import Touched
from data.store.columns import column_of

Months = tuple[date, date]  # a fact's month by arrival and by purchase
_TABLE: Final = "fact"
_NAMED: Final = ("owner", "month", "purchase_month")
_CHANGES: Final = re.compile(rf"\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE)\s+{_TABLE}\b", re.IGNORECASE)


@dataclasses.dataclass(slots=True)
class Touches:
    """What one commit changed. everything: of all whose data it changed, every month may be another.

    summed: whose sums by month it wrote anew.
    """

    months: defaultdict[UUID, set[Months]] = dataclasses.field(default_factory=lambda: defaultdict(set))
    everything: bool = False
    summed: frozenset[UUID] = frozenset()


class Touching:
    """Notes the months that an open transaction changes. Lives beside the audit chain of its connection."""

    def __init__(self) -> None:
        self._noted = Touches()

    def months(self, owner: UUID, months: Iterable[Months]) -> None:
        """Facts of the owner in these months are gone or new."""
        self._noted.months[owner].update(months)

    def appended(self, table: str, rows: pa.StructArray) -> None:
        """These rows, column by column those of the table, are about to be appended."""
        if table == _TABLE and len(rows):
            self._note(zip(*(rows.field(name).to_pylist() for name in _NAMED), strict=True))

    def appending(self, table: str, columns: Mapping[str, Any]) -> None:
        """These columns are about to be appended."""
        if table != _TABLE or not columns:
            return
        named = pa.table({name: column_of(columns[name]) for name in _NAMED})
        self._note(tuple(row.values()) for row in named.group_by(list(_NAMED)).aggregate([]).to_pylist())

    def planned(self, sql: str) -> None:
        """A statement is about to run; when it changes facts, nothing is known of their months."""
        self._noted.everything |= _changes_facts(sql)

    def _note(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for owner, month, purchase_month in rows:
            self._noted.months[owner if isinstance(owner, UUID) else UUID(owner)].add((month, purchase_month))

    @property
    def noted(self) -> Touches:
        """What is noted so far; the commit is still to come."""
        return self._noted

    def taken(self) -> Touches:
        """What was noted since the last time; the commit is on disk."""
        noted, self._noted = self._noted, Touches()
        return noted

    def lost(self) -> None:
        """The transaction was rolled back."""
        self._noted = Touches()


@lru_cache(maxsize=1024)
def _changes_facts(sql: str) -> bool:
    return _CHANGES.search(sql) is not None


@dataclasses.dataclass(slots=True)
class _History:
    """One owner's data version, and at which each month last changed. all_at: when all of them did."""

    version: int = 0
    all_at: int = 0
    arrivals: dict[date, int] = dataclasses.field(default_factory=dict)
    purchases: dict[date, int] = dataclasses.field(default_factory=dict)


class Versions:
    """The data version of every owner, and what changed since an earlier one. Thread-safe."""

    def __init__(self) -> None:
        self._histories: dict[UUID, _History] = {}
        self._lock = threading.Lock()

    def now(self, owner: UUID) -> int:
        """Grows with every commit that changed something of this owner."""
        known = self._histories.get(owner)
        return known.version if known else 0

    def since(self, owner: UUID, version: int) -> Touched | None:
        """The months whose facts changed after that version, None when it may be all of them."""
        with self._lock:
            known = self._histories.get(owner)
            if known is None:
                return Touched()
            if version < known.all_at:
                return None
            two = (known.arrivals, known.purchases)
            return Touched(*(frozenset(month for month, at in months.items() if at > version) for months in two))

    def bump(self, owners: Iterable[UUID], touches: Touches) -> None:
        """A commit changed data of these owners. It is on disk already: who asks now reads what it left."""
        with self._lock:
            for owner in frozenset(owners) | touches.months.keys():
                known = self._histories.setdefault(owner, _History())
                at = known.version + 1
                if touches.everything:
                    known.all_at, known.arrivals, known.purchases = at, {}, {}
                for month, purchase_month in touches.months.get(owner, ()):
                    known.arrivals[month] = known.purchases[purchase_month] = at
                known.version = at
