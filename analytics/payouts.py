"""What a merchant paid out to whoever runs it, one by one and in all: movements of its balance that are no takings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from analytics.export import Cell, Column, Table
from analytics.movements import EVERYTHING
from analytics.takings import Counter
from data.period import Span


@dataclasses.dataclass(frozen=True, slots=True)
class Payout:
    """One payout. Minor units; `at` on the counter's clock."""

    id: UUID
    at: datetime
    amount: int


@dataclasses.dataclass(frozen=True, slots=True)
class PaidOut:
    """All payouts of a span: how many, and how much that is in minor units."""

    count: int
    total: int


_LIST: Final = """
SELECT t.id, t.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE $zone, t.amount FROM published_transfer t
WHERE t.owner = $merchant AND t.currency = $currency AND t.occurred_at >= $since AND t.occurred_at < $until
ORDER BY t.occurred_at DESC, t.seq DESC LIMIT $most OFFSET $skipped"""
_SUM: Final = """
SELECT count(*), cast(coalesce(sum(t.amount), 0) AS bigint) FROM published_transfer t
WHERE t.owner = $merchant AND t.currency = $currency AND t.occurred_at >= $since AND t.occurred_at < $until"""
_ONE: Final = """
SELECT t.id, t.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE $zone, t.amount FROM published_transfer t
WHERE t.owner = $merchant AND t.id = $payout"""


def payouts(counter: Counter, span: Span, most: int = EVERYTHING, skipped: int = 0) -> tuple[Payout, ...]:
    """The span's payouts, the newest first."""
    rows = counter.db.read(_LIST, counter.params(span) | {"most": most, "skipped": skipped})
    return tuple(Payout(*row) for row in rows)


def paid_out(counter: Counter, span: Span) -> PaidOut:
    """How much was paid out in the span."""
    asked = {key: value for key, value in counter.params(span).items() if key != "zone"}
    return PaidOut(*counter.db.read(_SUM, asked)[0])


def payout(counter: Counter, key: UUID) -> Payout | None:
    """One payout of this merchant; None for any other."""
    found = counter.db.read(_ONE, {"merchant": counter.merchant, "zone": counter.zone, "payout": key})
    return Payout(*found[0]) if found else None


def table(rows: Iterable[Payout], merchant: str, currency: str) -> Table:
    """The payouts as a file. merchant: its name."""
    columns = (
        Column("time", Cell.TIME),
        Column("merchant"),
        Column("currency"),
        Column("amount", Cell.MONEY),
        Column("payout"),
    )
    listed: list[list[object]] = [[one.at, merchant, currency, one.amount, str(one.id)] for one in rows]
    return Table("payouts", columns, listed)
