"""Which budget warnings are due: a limit's spending has reached 80 % or 100 % this month, and nobody was told yet.

Analytics answers; `data.planning.raise_alerts` records that a warning was given, `dismiss_alert` that it was seen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

from analytics.budgets import Envelope, envelopes
from analytics.held import Held
from analytics.scope import Scope
from data.planning import Alert, month_name

_OWNERS: Final = 256
Events = frozenset[tuple[Alert, str]]
_held: Held[Events] = Held(_OWNERS)


@dataclasses.dataclass(frozen=True, slots=True)
class Warned:
    """A threshold that an envelope's spending has reached. `fresh`: not recorded as given yet."""

    alert: Alert
    envelope: Envelope
    fresh: bool


def warnings(scope: Scope) -> tuple[Warned, ...]:
    """The warnings to show this month, one per limit (its highest threshold), the worst first; dismissed ones not."""
    return assess(envelopes(scope, scope.month), _events(scope))


def due(scope: Scope) -> tuple[Alert, ...]:
    """Every threshold reached this month that is not recorded as given yet: what `raise_alerts` should be told."""
    given = {alert for alert, event in _events(scope) if event == "raised"}
    reached = [alert for envelope in envelopes(scope, scope.month) for alert in alerts_of(envelope)]
    return tuple(alert for alert in reached if alert not in given)


def assess(found: Iterable[Envelope], events: Events) -> tuple[Warned, ...]:
    """The warnings from envelopes and what was recorded."""
    shown = []
    for envelope in found:
        highest = max(alerts_of(envelope), key=lambda alert: alert.threshold, default=None)
        if highest is not None and (highest, "dismissed") not in events:
            shown.append(Warned(highest, envelope, (highest, "raised") not in events))
    return tuple(sorted(shown, key=lambda one: (-one.alert.threshold, -one.envelope.overrun, one.alert.category)))


def alerts_of(envelope: Envelope) -> list[Alert]:
    """The thresholds that an envelope has reached, as alerts of its month."""
    month = month_name(envelope.month.start)
    return [Alert(month, envelope.category, envelope.currency, threshold) for threshold in envelope.crossed]


_EVENTS: Final = """
SELECT a.month, a.category, a.currency, a.threshold, a.event
FROM published_alert a WHERE a.owner = $owner AND a.month = $month"""


def _events(scope: Scope) -> Events:
    month = month_name(scope.month.start)
    return _held.get(scope.db, scope.owner, month, lambda: _read(scope, month))


def _read(scope: Scope, month: object) -> Events:
    found = scope.db.read(_EVENTS, {"owner": scope.owner, "month": month})
    return frozenset(
        (Alert(on, category, currency, threshold), event) for on, category, currency, threshold, event in found
    )
