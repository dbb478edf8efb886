"""Which files were imported, what became of their rows, and whether our totals agree with what the files state."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from analytics.held import Held
from analytics.scope import Scope

_OWNERS: Final = 64


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One figure that a file states beside ours. what: `count` (without sums), `spent`, `received`, `neutral`."""

    what: str
    currency: str
    stated_count: int
    computed_count: int
    stated_minor: int
    computed_minor: int

    @property
    def agrees(self) -> bool:
        """Whether both the number of rows and their sum are the same."""
        return (self.stated_count, self.stated_minor) == (self.computed_count, self.computed_minor)


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """One committed import. lines: rows booked. agrees: None where the file states nothing to compare with."""

    id: UUID
    file: str
    format: str
    encoding: str
    imported_at: datetime
    lines: int
    duplicates: int
    skipped: int
    problems: int
    first_on: date | None
    last_on: date | None
    undone_at: datetime | None
    agrees: bool | None
    checks: tuple[Check, ...]


_held: Held[tuple[Batch, ...]] = Held(_OWNERS)
_BATCHES: Final = """
SELECT b.id, b.file, b.format, b.encoding, b.imported_at, b.lines, b.duplicates, b.skipped, b.problems, b.first_on,
    b.last_on, b.undone_at, b.totals
FROM published_batch b
WHERE b.owner = $owner
ORDER BY b.seq DESC"""


def batches(scope: Scope) -> tuple[Batch, ...]:
    """Every import, the newest first, undone ones too."""
    return _held.get(scope.db, scope.owner, "batches", lambda: _read(scope))


def disagreeing(scope: Scope) -> tuple[Batch, ...]:
    """The standing imports whose totals differ from what their file states."""
    return tuple(batch for batch in batches(scope) if batch.agrees is False and batch.undone_at is None)


def checks_of(totals: dict[str, Any]) -> tuple[Check, ...]:
    """The self-check of a batch: each figure that the file states, beside ours."""
    stated, computed = totals.get("stated"), totals.get("computed") or {}
    if not stated:
        return ()
    found = []
    if stated.get("count") is not None:
        found.append(Check("count", stated["currency"], stated["count"], computed.get("count") or 0, 0, 0))
    for what in ("spent", "received", "neutral"):
        theirs, ours = stated.get(what), computed.get(what) or {"count": 0, "minor": 0}
        if theirs is not None:
            counts = (theirs["count"], ours["count"])
            found.append(Check(what, stated["currency"], *counts, theirs["minor"], ours["minor"]))
    return tuple(found)


_FACTS: Final = tuple(field.name for field in dataclasses.fields(Batch))[:-2]


def _read(scope: Scope) -> tuple[Batch, ...]:
    found = []
    for *facts, text in scope.db.read(_BATCHES, {"owner": scope.owner}):
        totals: dict[str, Any] = json.loads(text) if text else {}
        named = dict(zip(_FACTS, facts, strict=True))
        found.append(Batch(**named, agrees=totals.get("agrees"), checks=checks_of(totals)))
    return tuple(found)
