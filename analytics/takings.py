"""What did a merchant take in a span: in all, by day, by month, by hour, by weekday.

Takings are what came into the merchant's books, the sum of its postings on `book:takings`: what members spent there
before coupons and points, less what the merchant's own coupons took off, less what was given back. What the wallet's
issuer gives (its coupons, points) reaches the merchant in full. A payment counts when it was made, a refund when it
was credited, both on the proprietor's local date.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from data.database import Database
from data.period import Span, months_between

HOURS: Final = 24
WEEKDAYS: Final = 7


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Counter:
    """One merchant's counter: whose books, the currency it sells in, the zone its days are cut in, which day it is."""

    db: Database
    merchant: UUID
    currency: str
    zone: str
    today: date

    def start_of(self, day: date) -> datetime:
        """The instant at which a local day begins, UTC without zone."""
        return datetime.combine(day, time.min, ZoneInfo(self.zone)).astimezone(UTC).replace(tzinfo=None)

    def local(self, instant: datetime) -> datetime:
        """An instant of the store on the clock of the counter."""
        return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def params(self, span: Span) -> dict[str, object]:
        """What every query about a span is told."""
        return {
            "merchant": self.merchant,
            "currency": self.currency,
            "zone": self.zone,
            "since": self.start_of(span.start),
            "until": self.start_of(span.end),
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Takings:
    """Sums in minor units, all positive. gross: before any coupon and points; refunds: what the merchant gave back.

    payments, returns: how many payments and refunds that is.
    """

    gross: int = 0
    own_coupons: int = 0
    refunds: int = 0
    payments: int = 0
    returns: int = 0

    @property
    def received(self) -> int:
        """What payments brought, before anything was given back."""
        return self.gross - self.own_coupons

    @property
    def net(self) -> int:
        """The takings: what came into the merchant's books, less what went out again."""
        return self.received - self.refunds

    @property
    def average(self) -> int | None:
        """What a member spent in one payment, rounded down; None without payments."""
        return self.gross // self.payments if self.payments else None

    def __add__(self, other: Takings) -> Takings:
        return Takings(
            self.gross + other.gross,
            self.own_coupons + other.own_coupons,
            self.refunds + other.refunds,
            self.payments + other.payments,
            self.returns + other.returns,
        )


NOTHING: Final = Takings()


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """The takings of a span; every way to cut them adds up to the same `total`. hours: day and hour → takings."""

    span: Span
    currency: str
    today: date
    hours: tuple[tuple[date, int, Takings], ...]

    @property
    def total(self) -> Takings:
        """All of the span."""
        return _added(one for _, _, one in self.hours)

    def days(self) -> tuple[tuple[date, Takings], ...]:
        """Every day of the span up to today, in order, the days on which nothing happened too."""
        return self._folded([Span(day, day + timedelta(days=1)) for day in self.span.dates()])

    def months(self, start_day: int = 1) -> tuple[tuple[date, Takings], ...]:
        """The person's months by their first day, up to this month; the first and last only as far as the span."""
        return self._folded(months_between(self.span, start_day))

    def _folded(self, parts: list[Span]) -> tuple[tuple[date, Takings], ...]:
        found: dict[date, Takings] = {part.start: NOTHING for part in parts if part.start <= self.today}
        starts = {day: part.start for part in parts for day in part.dates()}
        for day, _, one in self.hours:
            found[starts[day]] = found.get(starts[day], NOTHING) + one
        return tuple(found.items())

    def by_hour(self) -> tuple[Takings, ...]:
        """The 24 hours of the day."""
        return tuple(_added(one for _, at, one in self.hours if at == hour) for hour in range(HOURS))

    def by_weekday(self) -> tuple[Takings, ...]:
        """The days of the week, Monday first."""
        return tuple(_added(one for day, _, one in self.hours if day.weekday() == place) for place in range(WEEKDAYS))


def _added(parts: Iterable[Takings]) -> Takings:
    return functools.reduce(Takings.__add__, parts, NOTHING)


# `state_now`: a payment that waits for the card's bank is in nobody's books yet.
_TAKEN: Final = """
WITH moved AS (
    SELECT p.occurred_at AS moved_at, p.gross, p.coupon_merchant AS own, cast(0 AS bigint) AS back, 1 AS paid
    FROM published_payment p
    WHERE p.merchant = $merchant AND p.currency = $currency AND p.state_now = 'captured'
        AND p.occurred_at >= $since AND p.occurred_at < $until
    UNION ALL
    SELECT e.occurred_at, 0, 0, t.amount, 0
    FROM published_entry e
    JOIN published_posting t ON t.owner = $merchant AND t.entry = e.id AND t.currency = $currency
    JOIN published_account a ON a.owner = $merchant AND a.id = t.account AND a.hint_key = 'book:takings'
    WHERE e.owner = $merchant AND e.kind = 'refund' AND e.occurred_at >= $since AND e.occurred_at < $until
), cut AS (
    SELECT m.moved_at AT TIME ZONE 'UTC' AT TIME ZONE $zone AS clock, m.gross, m.own, m.back, m.paid FROM moved m
)
SELECT cast(c.clock AS date) AS day, cast(date_part('hour', c.clock) AS integer) AS hour,
    cast(sum(c.gross) AS bigint), cast(sum(c.own) AS bigint), cast(sum(c.back) AS bigint),
    cast(sum(c.paid) AS bigint), cast(sum(1 - c.paid) AS bigint)
FROM cut c
GROUP BY day, hour
ORDER BY day, hour"""


def taken(counter: Counter, span: Span) -> Taken:
    """What was taken in the span."""
    rows = counter.db.read(_TAKEN, counter.params(span))
    hours = tuple((day, hour, Takings(*sums)) for day, hour, *sums in rows)
    return Taken(span, counter.currency, counter.today, hours)
