"""Which rows were found to be one event, both as their files tell them, and what spoke for it."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any, Final
from uuid import UUID

from analytics.held import Held
from analytics.scope import Scope

MOST: Final = 50  # pairs of one state on the screen, the newest first
_ANSWERS: Final = 128


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """One row as its file tells it. amount: signed minor units of its own account; format: of the file."""

    entry: UUID
    on: date
    payee: str
    description: str
    format: str
    account: str
    amount: int
    currency: str


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """Two rows that are, or may be, one event. state: `proposed`, `applied`, `accepted`, `undone` or `rejected`.

    confidence: of 10,000. evidence: (code, value), what spoke most for it first.
    """

    pair: UUID
    state: str
    confidence: int
    evidence: tuple[tuple[str, str], ...]
    described: Told
    moved: Told


_MATCHES: Final = """
SELECT p.pair, p.state, p.confidence, p.evidence,
    d.id, d.booked_on, d.payee, d.description, coalesce(f.format, ''), coalesce(a.name, ''), x.amount, x.currency,
    m.id, m.booked_on, m.payee, m.description, coalesce(g.format, ''), coalesce(b.name, ''), y.amount, y.currency
FROM published_pair p
JOIN published_entry d ON d.owner = p.owner AND d.id = p.described
JOIN published_posting x ON x.owner = p.owner AND x.entry = d.id AND x.line = 0
LEFT JOIN published_account a ON a.owner = p.owner AND a.id = x.account
LEFT JOIN published_batch f ON f.owner = p.owner AND f.id = d.batch
JOIN published_entry m ON m.owner = p.owner AND m.id = p.moved
JOIN published_posting y ON y.owner = p.owner AND y.entry = m.id AND y.line = 0
LEFT JOIN published_account b ON b.owner = p.owner AND b.id = y.account
LEFT JOIN published_batch g ON g.owner = p.owner AND g.id = m.batch
WHERE p.owner = $owner AND p.state IN (SELECT unnest(cast($states AS varchar[])))
ORDER BY m.booked_on DESC, p.seq DESC
LIMIT $most"""
_COUNT: Final = """
SELECT count(*) FROM published_pair p
WHERE p.owner = $owner AND p.state IN (SELECT unnest(cast($states AS varchar[])))"""


_held: Held[tuple[Match, ...]] = Held(_ANSWERS)
_held_counts: Held[int] = Held(_ANSWERS)


def matches(scope: Scope, *states: str) -> list[Match]:
    """The newest pairs in these states."""
    return list(_held.get(scope.db, scope.owner, states, lambda: _matches(scope, states)))


def _matches(scope: Scope, states: tuple[str, ...]) -> tuple[Match, ...]:
    rows = scope.db.read(_MATCHES, {"owner": scope.owner, "states": list(states), "most": MOST})
    return tuple(
        Match(pair, state, confidence, _evidence(evidence), Told(*told[:8]), Told(*told[8:]))
        for pair, state, confidence, evidence, *told in rows
    )


def count(scope: Scope, *states: str) -> int:
    """How many there are, shown or not."""

    def read() -> int:
        ((found,),) = scope.db.read(_COUNT, {"owner": scope.owner, "states": list(states)})
        return int(found)

    return _held_counts.get(scope.db, scope.owner, states, read)


def _evidence(text: str) -> tuple[tuple[str, str], ...]:
    listed: list[dict[str, Any]] = json.loads(text)
    return tuple((one["code"], one["value"]) for one in sorted(listed, key=lambda one: -one["points"]))
