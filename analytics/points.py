"""How many points there are, what of them may be spent, when they expire, and every movement that made it so.

From the postings of the member's points account. A lot whose last day is over counts for nothing from the next day on,
whether the job that books its expiry has come by or not: here it expires on its last day either way.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from analytics.export import Cell, Column, Table
from analytics.held import Held
from analytics.scope import Scope
from data.money import POINTS

_OWNERS: Final = 64
SOON: Final = 30  # days
LATER: Final = 90


class What(StrEnum):
    """Why points moved. `owed`: taken back though already spent; `repaid`: earned or returned, but kept for that."""

    EARNED = "earned"
    REDEEMED = "redeemed"
    RELEASED = "released"
    RETURNED = "returned"
    CLAWED = "clawed"
    OWED = "owed"
    REPAID = "repaid"
    EXPIRED = "expired"


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """One movement. points: signed. balance: what there was after it, less what was owed; minus when more was owed.

    payee: the merchant's name, "" for an expiry. payment: which payment it belongs to. refund: the refund that made it.
    """

    on: date
    what: What
    points: int
    balance: int
    payee: str
    payment: UUID | None
    refund: UUID | None


@dataclasses.dataclass(frozen=True, slots=True)
class Expiry:
    """Points that count to the end of `on` (None: for ever), and in how many lots they were earned."""

    on: date | None
    points: int
    lots: int


@dataclasses.dataclass(frozen=True, slots=True)
class Points:
    """How a member's points stand today. held: in lots that count. debt: what later points repay first.

    earned: this month, also what repaid a debt. expiries: the first to expire first, those for ever last. moves: the
    oldest first.
    """

    held: int
    debt: int
    earned: int
    expiries: tuple[Expiry, ...]
    moves: tuple[Move, ...]

    @property
    def spendable(self) -> int:
        """What may be redeemed: nothing while there is a debt."""
        return 0 if self.debt else self.held

    def expiring(self, today: date, days: int) -> int:
        """How many points expire within so many days from today."""
        until = today + timedelta(days=days)
        return sum(one.points for one in self.expiries if one.on is not None and one.on <= until)


_held: Held[Points] = Held(_OWNERS)
_MOVES: Final = """
SELECT e.seq, p.line, e.id, e.kind, e.booked_on, e.refund_of, e.payee, p.lot, p.amount
FROM published_posting p
JOIN published_account a ON a.owner = p.owner AND a.id = p.account
JOIN published_entry e ON e.owner = p.owner AND e.id = p.entry
WHERE p.owner = $owner AND a.owner = $owner AND e.owner = $owner AND a.hint_key = 'points' AND p.currency = $points
ORDER BY e.seq, p.line"""
_LOTS: Final = "SELECT id, expires_on FROM published_lot WHERE owner = $owner"
_SET_ASIDE: Final = """
SELECT p.seq, p.id, m.name
FROM published_payment p JOIN published_merchant m ON m.owner = p.merchant
WHERE p.owner = $owner AND p.points > 0 AND p.card IS NOT NULL
ORDER BY p.seq"""
_DECLINED: Final = """
SELECT e.seq, p.id, m.name
FROM published_payment_event e
JOIN published_payment p ON p.owner = e.owner AND p.id = e.payment
JOIN published_merchant m ON m.owner = p.merchant
WHERE e.owner = $owner AND p.owner = $owner AND e.state = 'declined' AND p.points > 0
ORDER BY e.seq"""
_REFUNDS: Final = "SELECT id, payment FROM published_refund WHERE owner = $owner"
_WHAT: Final[Mapping[tuple[str, bool, bool], What]] = {  # kind of entry, from or to a lot, in
    ("expense", True, True): What.EARNED,
    ("expense", False, True): What.REPAID,
    ("expense", True, False): What.REDEEMED,
    ("hold", True, False): What.REDEEMED,
    ("hold", True, True): What.RELEASED,
    ("refund", True, True): What.RETURNED,
    ("refund", False, True): What.REPAID,
    ("refund", True, False): What.CLAWED,
    ("refund", False, False): What.OWED,
    ("points", True, False): What.EXPIRED,
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Leg:
    """One posting on the points account, as the statement tells it."""

    on: date
    place: tuple[bool, int, int]  # what expires goes at the day's end, the rest in the order it was booked
    entry: UUID | None
    what: What
    lot: UUID | None
    points: int
    payee: str
    payment: UUID | None
    refund: UUID | None


def points(scope: Scope) -> Points:
    """How the owner's points stand today, with everything that happened to them."""
    return _held.get(scope.db, scope.owner, (scope.today, scope.start_day), lambda: _points(scope))


def _points(scope: Scope) -> Points:
    ends: dict[UUID, date | None] = dict(scope.db.read(_LOTS, {"owner": scope.owner}))
    legs = _expired(_legs(scope), ends, scope.today)
    debt = -sum(leg.points for leg in legs if leg.lot is None)
    rest: defaultdict[UUID, int] = defaultdict(int)
    for leg in legs:
        if leg.lot is not None:
            rest[leg.lot] += leg.points
    moves = _statement(legs)
    return Points(
        held=sum(rest.values()),
        debt=max(0, debt),
        earned=sum(leg.points for leg in legs if _is_earning(leg) and leg.on in scope.month),
        expiries=_expiries(rest, ends),
        moves=moves,
    )


def _is_earning(leg: _Leg) -> bool:
    return leg.what is What.EARNED or (leg.what is What.REPAID and leg.refund is None)


def _legs(scope: Scope) -> list[_Leg]:
    owner = {"owner": scope.owner}
    asked, declined = scope.db.read(_SET_ASIDE, owner), scope.db.read(_DECLINED, owner)
    refunds: dict[UUID, UUID] = dict(scope.db.read(_REFUNDS, owner))
    legs = []
    for seq, line, entry, kind, on, _, payee, lot, amount in scope.db.read(_MOVES, owner | {"points": POINTS}):
        what = _WHAT[kind, lot is not None, amount > 0]
        refund = entry if kind == "refund" else None
        payment = refunds.get(entry) if refund else entry if kind == "expense" else None
        if kind == "hold":
            payment, payee = _before(asked if amount < 0 else declined, seq)  # noqa: PLW2901 - the hold's own says nothing
        legs.append(_Leg(on, (False, seq, line), entry, what, lot, amount, payee, payment, refund))
    return legs


def _before(known: Sequence[tuple[Any, ...]], seq: int) -> tuple[UUID | None, str]:
    """What was decided just before the entry of that number: setting points aside is the next thing a payment does."""
    place = bisect_left(known, seq, key=lambda row: row[0])
    return (known[place - 1][1], known[place - 1][2]) if place else (None, "")


def _expired(legs: Sequence[_Leg], ends: Mapping[UUID, date | None], today: date) -> list[_Leg]:
    """The legs in the order of the days, every expiry on the last day of its lot, also those nobody booked yet."""
    rest: defaultdict[UUID, int] = defaultdict(int)
    last: dict[UUID, date] = {}  # what was set aside may come back to a lot after its end; then that is its last day
    for leg in legs:
        if leg.lot is not None:
            rest[leg.lot] += leg.points
            if leg.what is not What.EXPIRED:
                last[leg.lot] = max(leg.on, last.get(leg.lot, leg.on), ends.get(leg.lot) or leg.on)
    told = [_at_the_end(leg, last[leg.lot]) if leg.lot and leg.what is What.EXPIRED else leg for leg in legs]
    for lot, left in rest.items():
        end = ends.get(lot)
        if left and end is not None and end < today:
            told.append(_Leg(last[lot], (True, 0, 0), None, What.EXPIRED, lot, -left, "", None, None))
    return sorted(told, key=lambda leg: (leg.on, leg.place))


def _at_the_end(leg: _Leg, on: date) -> _Leg:
    return dataclasses.replace(leg, on=on, place=(True, 0, 0), entry=None)


def _statement(legs: Iterable[_Leg]) -> tuple[Move, ...]:
    """Movements with the balance after each: what one entry moved for one reason is one movement."""
    moves, balance = list[Move](), 0
    for _, group in groupby(legs, key=lambda leg: (leg.on, leg.entry)):
        reasons: dict[What, list[_Leg]] = {}
        for leg in group:
            reasons.setdefault(leg.what, []).append(leg)
        for what, parts in reasons.items():
            moved, first = sum(leg.points for leg in parts), parts[0]
            balance += moved
            moves.append(Move(first.on, what, moved, balance, first.payee, first.payment, first.refund))
    return tuple(moves)


def _expiries(rest: Mapping[UUID, int], ends: Mapping[UUID, date | None]) -> tuple[Expiry, ...]:
    found: defaultdict[date | None, list[int]] = defaultdict(list)
    for lot, left in rest.items():
        if left:
            found[ends.get(lot)].append(left)
    days = sorted(found, key=lambda on: on or date.max)
    return tuple(Expiry(on, sum(found[on]), len(found[on])) for on in days)


def statement_table(moves: Iterable[Move]) -> Table:
    """The statement as a file, the newest first as on the screen."""
    columns = (
        Column("date", Cell.DATE),
        Column("movement", Cell.WORD),
        Column("merchant"),
        Column("points", Cell.NUMBER),
        Column("balance", Cell.NUMBER),
        Column("payment"),
        Column("refund"),
    )
    rows = [[m.on, m.what.value, m.payee, m.points, m.balance, m.payment, m.refund] for m in moves]
    return Table("points", columns, rows)


def expiry_table(expiries: Iterable[Expiry], worth: int, currency: str) -> Table:
    """What expires when; worth: minor units of `currency` for one point."""
    columns = (
        Column("expires_on", Cell.DATE),
        Column("points", Cell.NUMBER),
        Column("currency"),
        Column("worth", Cell.MONEY),
    )
    return Table("points-expiry", columns, [[e.on, e.points, currency, e.points * worth] for e in expiries])
