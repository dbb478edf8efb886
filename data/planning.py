"""The door to plans: monthly limits from a month on, and which budget warnings were given.

Limits are effective-dated and never rewritten: changing May leaves April as it was. A month is named by the first day
of the calendar month in which it starts, whatever day the person's months start on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from data.categories.taxonomy import BUILT_IN, CategoryKind
from data.database import Database
from data.errors import Rejection
from data.ids import new_request_id
from data.money import MAX_MINOR, exponent
from data.store.command import Plan, Reader, Rows

OVERALL: Final = ""
THRESHOLDS: Final = (80, 100)


class Carry(StrEnum):
    """What a month takes over from the month before it: nothing, what was left, or what was left or overrun."""

    NONE = "none"
    SURPLUS = "surplus"
    SIGNED = "signed"


@dataclasses.dataclass(unsafe_hash=True)
class CategoryUnknown(Rejection):
    """No such spending category among the owner's."""

    category: str


@dataclasses.dataclass(unsafe_hash=True)
class LimitOutOfRange(Rejection):
    """A limit is neither negative nor beyond what an amount can be."""

    category: str
    currency: str
    amount: int


@dataclasses.dataclass(unsafe_hash=True)
class LimitTwice(Rejection):
    """One request sets the same limit twice."""

    category: str
    currency: str


@dataclasses.dataclass(frozen=True, slots=True)
class LimitItem:
    """One limit to set. category: a spending category, or "" for the overall one. amount None ends the limit."""

    category: str
    currency: str
    amount: int | None
    carry: Carry = Carry.NONE


@dataclasses.dataclass(frozen=True, slots=True)
class SetLimits:
    """Limits in force from the month of `from_month` on, until a later change."""

    owner: UUID
    request_id: str
    actor: UUID
    from_month: date
    items: tuple[LimitItem, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Alert:
    """A budget warning: in `month` the spending of a limit reached `threshold` per cent."""

    month: date
    category: str
    currency: str
    threshold: int


@dataclasses.dataclass(frozen=True, slots=True)
class RaiseAlerts:
    """Record that these warnings were given, so that each is given once a month."""

    owner: UUID
    request_id: str
    alerts: tuple[Alert, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class DismissAlert:
    """The person has seen this warning and doesn't want it shown any more this month."""

    owner: UUID
    request_id: str
    alert: Alert


@dataclasses.dataclass(frozen=True, slots=True)
class LimitChange:
    """One change of one limit, in force from `from_month` on until the next one."""

    category: str
    currency: str
    from_month: date
    amount: int | None
    carry: Carry
    seq: int
    recorded_at: datetime


def month_name(day: date) -> date:
    """The first day of the calendar month that names a person's month starting on `day`."""
    return day.replace(day=1)


def set_limits(
    database: Database,
    owner: UUID,
    from_month: date,
    items: Iterable[LimitItem],
    *,
    actor: UUID | None = None,
    request_id: str | None = None,
) -> int:
    """Put limits in force from a month on; the number of limits that changed.

    Raises:
        LimitTwice, LimitOutOfRange, CurrencyUnknown, CategoryUnknown: in this order, nothing was changed.
    """
    command = SetLimits(owner, request_id or new_request_id(), actor or owner, month_name(from_month), tuple(items))
    _check(command.items)
    return int(database.submit(command, _decide_limits)["changed"])


def raise_alerts(database: Database, owner: UUID, alerts: Iterable[Alert], *, request_id: str | None = None) -> int:
    """Record warnings as given; the number of those that had not been given before."""
    named = tuple(dataclasses.replace(a, month=month_name(a.month)) for a in alerts)
    return int(database.submit(RaiseAlerts(owner, request_id or new_request_id(), named), _decide_raise)["raised"])


def dismiss_alert(database: Database, owner: UUID, alert: Alert, *, request_id: str | None = None) -> None:
    """Don't show this warning any more."""
    named = dataclasses.replace(alert, month=month_name(alert.month))
    database.submit(DismissAlert(owner, request_id or new_request_id(), named), _decide_dismiss)


_HISTORY = """
SELECT category, currency, from_month, amount, carry, seq, recorded_at
FROM published_limit WHERE owner = $owner"""


def limit_history(database: Database, owner: UUID) -> tuple[LimitChange, ...]:
    """Every change of every limit, in the order they were made; for one month the latest change counts."""
    rows = database.read(_HISTORY, {"owner": owner})
    found = (LimitChange(c, u, m, a, Carry(k), s, at) for c, u, m, a, k, s, at in rows)
    return tuple(sorted(found, key=lambda change: change.seq))


def _check(items: Sequence[LimitItem]) -> None:
    seen: set[tuple[str, str]] = set()
    for item in items:
        if (item.category, item.currency) in seen:
            raise LimitTwice(item.category, item.currency)
        seen.add((item.category, item.currency))
        if item.amount is not None and not 0 <= item.amount <= MAX_MINOR:
            raise LimitOutOfRange(item.category, item.currency, item.amount)
        exponent(item.currency)


_OWN_CATEGORIES = "SELECT key FROM custom_category WHERE owner = $owner AND kind = 'expense'"
_IN_FORCE = """
SELECT l.category, l.currency, l.amount, l.carry
FROM budget_limit l
WHERE l.owner = $owner AND l.from_month = $month
ORDER BY l.seq"""


def _decide_limits(reader: Reader, command: SetLimits, now: datetime) -> Plan:
    own = {key for (key,) in reader.all(_OWN_CATEGORIES, {"owner": command.owner})}
    for item in command.items:
        if item.category != OVERALL and item.category not in own and not _is_spending(item.category):
            raise CategoryUnknown(item.category)
    set_before = reader.all(_IN_FORCE, {"owner": command.owner, "month": command.from_month})
    standing = {(category, currency): (amount, carry) for category, currency, amount, carry in set_before}
    changed = [i for i in command.items if standing.get((i.category, i.currency)) != (i.amount, i.carry.value)]
    rows = {
        "owner": [command.owner] * len(changed),
        "category": [i.category for i in changed],
        "currency": [i.currency for i in changed],
        "from_month": [command.from_month] * len(changed),
        "amount": [i.amount for i in changed],
        "carry": [i.carry.value for i in changed],
        "seq": [reader.next_seq() for _ in changed],
        "recorded_at": [now] * len(changed),
        "actor": [command.actor] * len(changed),
    }
    return Plan({"changed": len(changed)}, [Rows("budget_limit", rows)], frozenset({command.owner}))


def _is_spending(category: str) -> bool:
    return category in BUILT_IN and BUILT_IN[category].kind is CategoryKind.EXPENSE


_RECORDED = """
SELECT month, category, currency, threshold
FROM budget_alert WHERE owner = $owner AND event = $event"""


def _decide_raise(reader: Reader, command: RaiseAlerts, now: datetime) -> Plan:
    fresh = _not_yet(reader, command.owner, "raised", command.alerts)
    return Plan({"raised": len(fresh)}, [_events(command.owner, "raised", fresh, now)], frozenset({command.owner}))


def _decide_dismiss(reader: Reader, command: DismissAlert, now: datetime) -> Plan:
    fresh = _not_yet(reader, command.owner, "dismissed", (command.alert,))
    return Plan({}, [_events(command.owner, "dismissed", fresh, now)], frozenset({command.owner}))


def _not_yet(reader: Reader, owner: UUID, event: str, alerts: Sequence[Alert]) -> list[Alert]:
    known = {Alert(*row) for row in reader.all(_RECORDED, {"owner": owner, "event": event})}
    return [alert for alert in dict.fromkeys(alerts) if alert not in known]


def _events(owner: UUID, event: str, alerts: Sequence[Alert], now: datetime) -> Rows:
    return Rows(
        "budget_alert",
        {
            "owner": [owner] * len(alerts),
            "month": [a.month for a in alerts],
            "category": [a.category for a in alerts],
            "currency": [a.currency for a in alerts],
            "threshold": [a.threshold for a in alerts],
            "event": [event] * len(alerts),
            "recorded_at": [now] * len(alerts),
        },
    )
