"""What is happening at a merchant's counter now: today's takings, what came in last, whether a code was paid.

Screens ask every few seconds. Figures and feed are read again as soon as something was booked at the merchant; what is
not booked there (a card's bank is asked, a bank says no) is seen within `_WITHIN`. A code is looked up each time: while
a bank is silent nobody must be asked to pay it again.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from analytics.held import Held
from analytics.movements import Movement, movements
from analytics.takings import NOTHING, Counter, Takings
from data.period import Span

_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_WITHIN: Final = 6  # seconds
_ANSWERS: Final = 256
_held: Held[Any] = Held(_ANSWERS)


def _moment(now: datetime) -> datetime:
    """The answers of these few seconds are one."""
    return now.replace(second=now.second - now.second % _WITHIN, microsecond=0)


@dataclasses.dataclass(frozen=True, slots=True)
class Today:
    """Today so far, and as far as it was by this time yesterday and on this weekday a week ago."""

    so_far: Takings
    yesterday: Takings
    week_ago: Takings


_SO_FAR: Final = """
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
SELECT cast(c.clock AS date) AS day, cast(sum(c.gross) AS bigint), cast(sum(c.own) AS bigint),
    cast(sum(c.back) AS bigint), cast(sum(c.paid) AS bigint), cast(sum(1 - c.paid) AS bigint)
FROM cut c
WHERE cast(c.clock AS time) <= $by
GROUP BY day"""


def today(counter: Counter, now: datetime) -> Today:
    """The day so far (`now`: UTC without zone)."""
    key = ("today", counter.zone, _moment(now))
    answer: Today = _held.get(counter.db, counter.merchant, key, lambda: _today(counter, now))
    return answer


def _today(counter: Counter, now: datetime) -> Today:
    day = counter.today
    asked = counter.params(Span(day - _WEEK, day + _DAY)) | {"by": counter.local(now).time()}
    found: dict[date, Takings] = {on: Takings(*sums) for on, *sums in counter.db.read(_SO_FAR, asked)}
    return Today(*(found.get(on, NOTHING) for on in (day, day - _DAY, day - _WEEK)))


def feed(counter: Counter, now: datetime, most: int = 50) -> tuple[Movement, ...]:
    """Today's payments and refunds, the newest first; also those that a card's bank declined or is still asked for."""
    span = Span(counter.today, counter.today + _DAY)
    key = ("feed", counter.zone, most, _moment(now))
    answer: tuple[Movement, ...] = _held.get(
        counter.db, counter.merchant, key, lambda: movements(counter, span, most, unfinished=True)
    )
    return answer


class CodeState(StrEnum):
    """What became of a code for one payment. `paying`: a card's bank has not answered yet."""

    OPEN = "open"
    PAYING = "paying"
    PAID = "paid"
    EXPIRED = "expired"


@dataclasses.dataclass(frozen=True, slots=True)
class PayCode:
    """A code for one payment: minor units, instants UTC without zone. declined: a card's bank said no to a try."""

    id: UUID
    amount: int
    currency: str
    note: str
    expires_at: datetime
    state: CodeState
    payer: str = ""
    paid_at: datetime | None = None
    declined: bool = False


_CODE: Final = """
SELECT c.id, c.amount, c.currency, c.note, c.expires_at
FROM published_pay_code c WHERE c.owner = $merchant AND c.id = $code"""
_TRIES: Final = """
SELECT p.state_now, coalesce(w.name, ''), p.state_at
FROM published_payment p
LEFT JOIN published_person w ON w.owner = p.owner
WHERE p.merchant = $merchant AND p.pay_code = $code AND p.occurred_at >= $since AND p.occurred_at < $until
ORDER BY p.seq"""


def pay_code(counter: Counter, code: UUID, now: datetime) -> PayCode | None:
    """A code of this merchant as it stands; None for any other."""
    made = _held.get(counter.db, counter.merchant, ("code", code), lambda: _read_code(counter, code))
    return None if made is None else assess_code(made, _tries(counter, code, made[-1]), now)


def _read_code(counter: Counter, code: UUID) -> tuple[Any, ...] | None:
    found = counter.db.read(_CODE, {"merchant": counter.merchant, "code": code})
    return found[0] if found else None


def _tries(counter: Counter, code: UUID, expires_at: datetime) -> list[tuple[Any, ...]]:
    # Nobody can pay before a code is made or after it expired: two dates narrow down where to look.
    asked = {"merchant": counter.merchant, "code": code, "since": expires_at - _DAY, "until": expires_at}
    return counter.db.read(_TRIES, asked)


def assess_code(made: tuple[Any, ...], tries: list[tuple[Any, ...]], now: datetime) -> PayCode:
    """A code from its row and what was tried with it, the oldest first."""
    key, amount, currency, note, expires_at = made
    state = CodeState.OPEN if now < expires_at else CodeState.EXPIRED
    code = PayCode(key, amount, currency, note, expires_at, state)
    for became, payer, at in tries:
        if became == "captured":
            return dataclasses.replace(code, state=CodeState.PAID, payer=payer, paid_at=at, declined=False)
        if became == "declined":
            code = dataclasses.replace(code, declined=True)
        else:
            code = dataclasses.replace(code, state=CodeState.PAYING, payer=payer)
    return code
