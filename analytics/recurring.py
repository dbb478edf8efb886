"""Which purchases come back by themselves: same payee, steady interval, similar amount.

Good enough for the forecast: rent, subscriptions, insurance, weekly deliveries. A series needs three occurrences;
a payee visited more often than weekly is a habit, not a series.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from analytics.figures import median
from analytics.held import Held
from analytics.scope import Scope
from data.period import month_of, shift_months

_OWNERS: Final = 64
_LOOK_BACK_MONTHS: Final = 13
_FEWEST: Final = 3
_LATE_DAYS: Final = 5
_SIMILAR_BP: Final = 2_500  # amounts of one series differ from their median by at most a quarter


@dataclasses.dataclass(frozen=True, slots=True)
class Cadence:
    """An interval in days, with how far a single one may be off."""

    name: str
    shortest: int
    longest: int
    days: int


WEEKLY: Final = Cadence("weekly", 6, 8, 7)
FORTNIGHTLY: Final = Cadence("fortnightly", 13, 15, 14)
MONTHLY: Final = Cadence("monthly", 26, 35, 30)
_CADENCES: Final = (WEEKLY, FORTNIGHTLY, MONTHLY)


@dataclasses.dataclass(frozen=True, slots=True)
class Occurrence:
    """One purchase of a series, minor units."""

    on: date
    amount: int


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """Purchases that come back. amount: what the next one will probably cost (median of the last three)."""

    payee_key: str
    payee: str
    category: str
    currency: str
    cadence: Cadence
    amount: int
    occurrences: tuple[Occurrence, ...]

    @property
    def last(self) -> date:
        """When it was last seen."""
        return self.occurrences[-1].on

    def due(self, count: int = 1) -> date:
        """When the next one is expected, or the `count`th from now."""
        if self.cadence is not MONTHLY:
            return self.last + timedelta(days=self.cadence.days * count)
        start = shift_months(self.last.replace(day=1), count)
        return min(start + timedelta(days=self.last.day - 1), month_of(start).last)

    def to_come(self, today: date, end: date) -> list[date]:
        """The days after `today` and before `end` on which it is expected.

        A few days late it is expected tomorrow; later than that the series has ended.
        """
        if (today - self.due()).days > _LATE_DAYS:
            return []
        tomorrow = today + timedelta(days=1)
        expected = (max(tomorrow, self.due(count)) for count in itertools.count(1))
        return list(itertools.takewhile(lambda on: on < end, expected))


Row = tuple[str, str, str, str, date, int]  # payee key, payee, category, currency, day, amount
_held: Held[tuple[Series, ...]] = Held(_OWNERS)


def recurring(scope: Scope) -> tuple[Series, ...]:
    """Every series of the last thirteen months, the dearest first; one query per data version and month."""
    since = shift_months(scope.today.replace(day=1), -_LOOK_BACK_MONTHS)
    return _held.get(scope.db, scope.owner, since, lambda: find(_read(scope, since)))


_PURCHASES: Final = """
WITH frequent AS (
    SELECT f.payee_key, f.currency
    FROM published_fact f
    WHERE f.owner = $owner AND f.booked_on >= $since AND f.kind = 'expense' AND NOT f.excluded AND f.payee_key <> ''
    GROUP BY f.payee_key, f.currency
    HAVING count(*) BETWEEN 3 AND 60
)
SELECT f.payee_key, max(f.payee), max(coalesce(f.category, 'uncategorised')), f.currency, f.booked_on,
    cast(sum(f.spending) AS bigint)
FROM published_fact f JOIN frequent q ON q.payee_key = f.payee_key AND q.currency = f.currency
WHERE f.owner = $owner AND f.booked_on >= $since AND f.kind = 'expense' AND NOT f.excluded
GROUP BY f.payee_key, f.currency, f.booked_on, f.entry
ORDER BY f.payee_key, f.currency, f.booked_on"""


def _read(scope: Scope, since: date) -> list[Row]:
    rows = scope.db.read(_PURCHASES, {"owner": scope.owner, "since": since})
    return [(key, payee, category, currency, on, amount) for key, payee, category, currency, on, amount in rows]


def find(rows: Iterable[Row]) -> tuple[Series, ...]:
    """The series among purchases that come sorted by payee and day.

    All purchases at a payee are one series when they keep a cadence; otherwise those of exactly the same amount are
    tried by themselves (two subscriptions billed by one payee), which must then explain most of the purchases there.
    """
    grouped: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[0], row[3]].append(row)
    found = [series for group in grouped.values() for series in _of_payee(group)]
    return tuple(sorted(found, key=lambda one: (-one.amount, one.payee_key)))


def _of_payee(group: list[Row]) -> list[Series]:
    whole = _series(group)
    if whole is not None:
        return [whole]
    by_amount: defaultdict[int, list[Row]] = defaultdict(list)
    for row in group:
        by_amount[row[5]].append(row)
    found = [one for rows in by_amount.values() if (one := _series(rows)) is not None]
    return found if 2 * sum(len(one.occurrences) for one in found) > len(group) else []


def _series(rows: Sequence[Row]) -> Series | None:
    if len(rows) < _FEWEST:
        return None
    cadence = _cadence([row[4] for row in rows])
    amount = median([row[5] for row in rows[-_FEWEST:]]) or 0
    if cadence is None or amount <= 0 or not _similar([row[5] for row in rows], amount):
        return None
    key, payee, category, currency = rows[-1][:4]
    return Series(key, payee, category, currency, cadence, amount, tuple(Occurrence(r[4], r[5]) for r in rows))


def _cadence(dates: Sequence[date]) -> Cadence | None:
    gaps = [(after - before).days for before, after in itertools.pairwise(dates)]
    for cadence in _CADENCES:
        if all(cadence.shortest <= gap <= cadence.longest for gap in gaps):
            return cadence
    return None


def _similar(amounts: Sequence[int], typical: int) -> bool:
    return all(abs(amount - typical) * 10_000 <= typical * _SIMILAR_BP for amount in amounts)
