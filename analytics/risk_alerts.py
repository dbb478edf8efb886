"""What the monitor found about a person's debits, and which debits they could say were not theirs.

Payments, transfers and withdrawals that passed leave nothing but themselves; so they are counted, not listed.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from analytics.held import Held
from analytics.scope import Scope

MOST: Final = 50  # alerts on the screen, the newest first
WITHIN: Final = timedelta(days=90)  # what can be reported, and what is counted
_OPEN_FOR: Final = timedelta(days=30)  # an alert that nobody answered is old news afterwards


@dataclasses.dataclass(frozen=True, slots=True)
class Sign:
    """One reason. code: a rule's; facts: what its sentence mentions."""

    code: str
    facts: Mapping[str, int | str]


@dataclasses.dataclass(frozen=True, slots=True)
class Alert:
    """A debit that did not pass at once. amount: minor units; at: UTC; payee: a name, "" of a card.

    action: `payment`, `transfer`, `withdrawal`. verdict: `asked`, `refused`, `confirmed`. answer: `mine`, `not_mine`,
    "" when nothing was said. debit: what was made after all. payment: the same if it can be refunded.
    """

    id: UUID
    action: str
    payee: str
    amount: int
    currency: str
    verdict: str
    signs: tuple[Sign, ...]
    at: datetime
    answer: str
    debit: UUID | None
    category: str

    @property
    def payment(self) -> UUID | None:
        """The payment that a refund could be asked of."""
        return self.debit if self.action == "payment" else None

    def waits(self, now: datetime) -> bool:
        """Whether it wants an answer: it was not confirmed, and nothing was said."""
        return not self.answer and self.verdict != "confirmed" and now - self.at < _OPEN_FOR


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """A debit that passed, which its owner could say was not theirs."""

    id: UUID
    action: str
    payee: str
    amount: int
    currency: str
    at: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Watched:
    """What the monitor did since a day: debits made, alerts that asked, that were confirmed, that refused."""

    since: date
    made: int
    asked: int
    refused: int


_ALERTS: Final = """
SELECT a.id, a.action, coalesce(m.name, u.name, ''), a.amount, a.currency, a.verdict, a.reasons, a.occurred_at,
    coalesce(a.answer, ''), a.debit, a.category
FROM published_risk_alert a
LEFT JOIN published_merchant m ON m.owner = a.payee
LEFT JOIN published_person u ON u.owner = a.payee
WHERE a.owner = $owner ORDER BY a.seq DESC LIMIT $most"""
_MADE: Final = """
SELECT d.id, d.action, coalesce(m.name, u.name, ''), d.amount, d.currency, d.occurred_at
FROM published_debit d
LEFT JOIN published_merchant m ON m.owner = d.payee
LEFT JOIN published_person u ON u.owner = d.payee
WHERE d.owner = $owner AND NOT d.declined AND d.booked_on >= $since
    AND NOT EXISTS (SELECT 1 FROM published_risk_answer r WHERE r.owner = d.owner AND r.debit = d.id)
ORDER BY d.seq DESC LIMIT $most"""
_COUNTED: Final = """
SELECT (SELECT count(*) FROM published_debit d WHERE d.owner = $owner AND d.booked_on >= $since),
    (SELECT count(*) FROM published_risk_alert a
        WHERE a.owner = $owner AND a.booked_on >= $since AND a.verdict <> 'refused'),
    (SELECT count(*) FROM published_risk_alert a
        WHERE a.owner = $owner AND a.booked_on >= $since AND a.verdict = 'refused')"""
_FIELDS: Final = [field.name for field in dataclasses.fields(Alert)]
_SIGNS: Final = _FIELDS.index("signs")
_SLOTS: Final = 256
_held: Held[tuple[Alert, ...]] = Held(_SLOTS)


def alerts(scope: Scope) -> tuple[Alert, ...]:
    """The newest alerts."""
    return _held.get(scope.db, scope.owner, "alerts", lambda: _alerts(scope))


def waiting(scope: Scope, now: datetime) -> int:
    """How many of them want an answer: what the badge in the menu says."""
    return sum(one.waits(now) for one in alerts(scope))


def _alerts(scope: Scope) -> tuple[Alert, ...]:
    rows = scope.db.read(_ALERTS, {"owner": scope.owner, "most": MOST})
    return tuple(Alert(**dict(zip(_FIELDS, row, strict=True)) | {"signs": _signs(row[_SIGNS])}) for row in rows)


def _signs(text: str) -> tuple[Sign, ...]:
    listed: list[tuple[str, int, dict[str, Any]]] = json.loads(text)
    return tuple(Sign(code, facts) for code, _, facts in listed)


def made(scope: Scope) -> tuple[Made, ...]:
    """The newest debits that went through, and that nothing was said about."""
    rows = scope.db.read(_MADE, {"owner": scope.owner, "since": scope.today - WITHIN, "most": MOST})
    return tuple(Made(*row) for row in rows)


def watched(scope: Scope) -> Watched:
    """What the monitor looked at lately."""
    since = scope.today - WITHIN
    ((debits, asked, refused),) = scope.db.read(_COUNTED, {"owner": scope.owner, "since": since})
    return Watched(since, int(debits), int(asked), int(refused))
