"""Which months of whose facts a commit changed, so that what is held in memory of all other months stays good.

Months are starts of the owner's own months, as the facts have them. A statement that changes facts without saying which
counts as having changed all of them. Where a commit only adds a few facts, these are told too, so that nothing need be
read again; and which tables it wrote, so that what comes from other tables stays good.
"""

from __future__ import annotations

import dataclasses
import re
import threading
from collections import defaultdict, deque
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
_CHANGES: Final = re.compile(r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|DELETE\s+FROM|UPDATE)\s+(\w+)", re.IGNORECASE)
_OPEN: Final = {"payment": "open payment"}  # told besides the table when a row of it may not be complete yet
_COMPLETE: Final = "captured"
_FEW: Final = 32  # facts told one by one, of a commit and since a version


@dataclasses.dataclass(slots=True)
class Touches:
    """What one commit changed. everything: of all whose data it changed, every month may be another.

    summed: whose sums by month it wrote anew. added: the facts that are new. changed: of whom facts went away too, or
    more came than are told one by one. tables: what it wrote to.
    """

    months: defaultdict[UUID, set[Months]] = dataclasses.field(default_factory=lambda: defaultdict(set))
    everything: bool = False
    summed: frozenset[UUID] = frozenset()
    added: defaultdict[UUID, list[Mapping[str, Any]]] = dataclasses.field(default_factory=lambda: defaultdict(list))
    changed: set[UUID] = dataclasses.field(default_factory=set)
    tables: set[str] = dataclasses.field(default_factory=set)


class Touching:
    """Notes the months that an open transaction changes. Lives beside the audit chain of its connection."""

    def __init__(self) -> None:
        self._noted = Touches()

    def months(self, owner: UUID, months: Iterable[Months]) -> None:
        """Facts of the owner in these months are gone or new."""
        self._noted.months[owner].update(months)
        self._noted.changed.add(owner)

    def appended(self, table: str, rows: pa.StructArray) -> None:
        """These rows, column by column those of the table, are about to be appended."""
        self._noted.tables.add(table)
        if table in _OPEN and {*rows.field("state").to_pylist()} != {_COMPLETE}:
            self._noted.tables.add(_OPEN[table])
        if table == _TABLE and len(rows):
            self._note(pa.Table.from_struct_array(rows))

    def appending(self, table: str, columns: Mapping[str, Any]) -> None:
        """These columns are about to be appended."""
        self._noted.tables |= _told_of(frozenset({table}))
        if table == _TABLE and columns:
            self._note(pa.table({name: column_of(column) for name, column in columns.items()}))

    def planned(self, sql: str) -> None:
        """A statement is about to run; when it changes facts, nothing is known of their months."""
        tables = _changed_by(sql)
        self._noted.tables |= _told_of(tables)
        self._noted.everything |= _TABLE in tables

    def _note(self, facts: pa.Table) -> None:
        few = facts.to_pylist() if len(facts) <= _FEW else ()
        for one in few:
            owner = _id(one["owner"])
            self._noted.added[owner].append(one)
            self._noted.months[owner].add((one["month"], one["purchase_month"]))
        if not few:
            for row in facts.select(_NAMED).group_by(list(_NAMED)).aggregate([]).to_pylist():
                self.months(_id(row["owner"]), [(row["month"], row["purchase_month"])])

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


def _id(owner: UUID | str) -> UUID:
    return owner if isinstance(owner, UUID) else UUID(owner)


@lru_cache(maxsize=1024)
def _told_of(tables: frozenset[str]) -> frozenset[str]:
    return tables | {_OPEN[table] for table in tables if table in _OPEN}


@lru_cache(maxsize=1024)
def _changed_by(sql: str) -> frozenset[str]:
    return frozenset(table.lower() for table in _CHANGES.findall(sql))


@dataclasses.dataclass(slots=True)
class _History:
    """One owner's data version, and at which each month and each table last changed. all_at: when all months did.

    added: the facts that came since `changed_at`, each with its version. settled: no commit is under way.
    """

    version: int = 0
    settled: bool = True
    all_at: int = 0
    changed_at: int = 0
    arrivals: dict[date, int] = dataclasses.field(default_factory=dict)
    purchases: dict[date, int] = dataclasses.field(default_factory=dict)
    tables: dict[str, int] = dataclasses.field(default_factory=dict)
    added: deque[tuple[int, Mapping[str, Any]]] = dataclasses.field(default_factory=deque)

    def note(self, touches: Touches, owner: UUID) -> None:
        """One more commit."""
        self.settled = True
        at = self.version = self.version + 1
        if touches.everything:
            self.all_at, self.arrivals, self.purchases = at, {}, {}
        for month, purchase_month in touches.months.get(owner, ()):
            self.arrivals[month] = self.purchases[purchase_month] = at
        self.tables.update(dict.fromkeys(touches.tables, at))
        self.added.extend((at, one) for one in touches.added.get(owner, ()))
        if touches.everything or owner in touches.changed:
            self.changed_at = at
        while self.added and (len(self.added) > _FEW or self.added[0][0] <= self.changed_at):
            self.changed_at = max(self.changed_at, self.added.popleft()[0])

    def since(self, version: int) -> Touched:
        """What changed after a version; not all months did."""
        arrivals, purchases = (
            frozenset(month for month, at in months.items() if at > version)
            for months in (self.arrivals, self.purchases)
        )
        told = version >= self.changed_at
        added = tuple(one for at, one in self.added if at > version) if told else None
        return Touched(arrivals, purchases, added, self.version)


class Versions:
    """The data version of every owner, and what changed since an earlier one. Thread-safe."""

    def __init__(self) -> None:
        self._histories: dict[UUID, _History] = {}
        self._lock = threading.Lock()

    def now(self, owner: UUID) -> int:
        """Grows with every commit that changed something of this owner."""
        known = self._histories.get(owner)
        return known.version if known else 0

    def state(self, owner: UUID) -> tuple[int, bool]:
        """The version, and whether no commit of this owner's is under way.

        What was read between two equal, settled states is of that version, not of a later one either.
        """
        with self._lock:
            known = self._histories.get(owner)
            return (known.version, known.settled) if known else (0, True)

    def begin(self, owners: Iterable[UUID], touches: Touches) -> None:
        """A commit of these owners' data is about to be made; when it fails, they are settled after the next one."""
        with self._lock:
            for owner in frozenset(owners) | touches.months.keys():
                self._histories.setdefault(owner, _History()).settled = False

    def since(self, owner: UUID, version: int) -> Touched | None:
        """The months whose facts changed after that version, None when it may be all of them."""
        with self._lock:
            known = self._histories.get(owner)
            if known is None:
                return Touched()
            return None if version < known.all_at else known.since(version)

    def wrote(self, owner: UUID, version: int, tables: Iterable[str]) -> bool:
        """Whether a commit after that version, of the owner's, wrote to one of these tables."""
        with self._lock:
            known = self._histories.get(owner)
            return known is not None and any(known.tables.get(table, 0) > version for table in tables)

    def bump(self, owners: Iterable[UUID], touches: Touches) -> None:
        """A commit changed data of these owners. It is on disk already: who asks now reads what it left."""
        with self._lock:
            for owner in frozenset(owners) | touches.months.keys():
                self._histories.setdefault(owner, _History()).note(touches, owner)
