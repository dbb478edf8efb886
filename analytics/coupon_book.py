"""Which coupons a member could take, and what became of those that were taken.

What is offered is open to everybody; of other members nothing is read but how many of a coupon they took.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from analytics.export import Cell, Column, Table
from analytics.scope import Scope
from data import uptake
from data.ledger.coupons import Coupon
from data.ledger.wallet.coupon_text import coupon_from


class Obstacle(StrEnum):
    """Why an offer cannot be taken now."""

    OWN = "own"  # who runs a merchant cannot pay there
    SOLD_OUT = "sold_out"
    TAKEN = "taken"  # as many as one person may


class Standing(StrEnum):
    """What can be done with a coupon that was taken."""

    USABLE = "usable"
    NOT_YET = "not_yet"
    IN_USE = "in_use"  # set aside for a payment whose bank is silent
    USED = "used"
    EXPIRED = "expired"
    LOST = "lost"  # used in a payment that was refunded when the coupon's time was over


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where a coupon counts: a merchant, or with `merchant` None everywhere. closed: it takes no payments any more."""

    merchant: UUID | None = None
    name: str = ""
    closed: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A coupon that is to be had. mine: how many the member took. obstacle: None when it can be taken."""

    coupon: Coupon
    place: Place
    taken: int
    mine: int
    obstacle: Obstacle | None

    @property
    def left(self) -> int | None:
        """How many there are still; None without limit."""
        return None if self.coupon.stock is None else max(0, self.coupon.stock - self.taken)


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """A coupon in the member's hands. ends: from when it does not count any more. payment: where it was used last.

    saved: what it took off there, minor units; 0 unless it is used.
    """

    claim: UUID
    coupon: Coupon
    place: Place
    standing: Standing
    ends: datetime | None
    taken_at: datetime
    changed_at: datetime
    payment: UUID | None
    saved: int


_OFFERED: Final = "SELECT body FROM published_coupon WHERE ended_at IS NULL ORDER BY seq DESC"
_MERCHANTS: Final = "SELECT owner, name, closed, proprietor FROM published_merchant"
_MINE: Final = """
SELECT c.id, k.body, c.state, c.until, c.claimed_at, c.state_at, c.payment
FROM published_claim c JOIN published_coupon k ON k.id = c.coupon
WHERE c.owner = $owner
ORDER BY c.claimed_at DESC, c.id DESC"""
_USES: Final = "SELECT id, claims FROM published_payment WHERE owner = $owner AND claims <> ''"
_FREE: Final = ("claimed", "released", "returned")


def offers(scope: Scope, now: datetime) -> tuple[Offer, ...]:
    """Every coupon that counts now or will, the newest first; those that cannot be taken say why."""
    shops = {owner: (Place(owner, name, closed), proprietor) for owner, name, closed, proprietor in _shops(scope)}
    open_ones = []
    for (body,) in scope.db.read(_OFFERED):
        coupon = coupon_from(body)
        place, proprietor = shops.get(coupon.merchant, (Place(coupon.merchant), None)) if coupon.merchant else _ANYWHERE
        if not place.closed and (coupon.valid_to is None or coupon.valid_to > now):
            open_ones.append((coupon, place, proprietor == scope.owner))
    taken = uptake.taken(scope.db) if open_ones else {}
    mine: dict[UUID, int] = {}
    for one in scope.db.read(_MINE, {"owner": scope.owner}):
        key = coupon_from(one[1]).id
        mine[key] = mine.get(key, 0) + 1
    return tuple(
        _offer(coupon, place, taken.get(coupon.id, 0), mine.get(coupon.id, 0), own=own)
        for coupon, place, own in open_ones
    )


_ANYWHERE: Final[tuple[Place, UUID | None]] = (Place(), None)


def _shops(scope: Scope) -> list[tuple[UUID, str, bool, UUID | None]]:
    return [(owner, name, closed, proprietor) for owner, name, closed, proprietor in scope.db.read(_MERCHANTS)]


def _offer(coupon: Coupon, place: Place, taken: int, mine: int, *, own: bool) -> Offer:
    obstacle = None
    if own:
        obstacle = Obstacle.OWN
    elif coupon.per_member is not None and mine >= coupon.per_member:
        obstacle = Obstacle.TAKEN
    elif coupon.stock is not None and taken >= coupon.stock:
        obstacle = Obstacle.SOLD_OUT
    return Offer(coupon, place, taken, mine, obstacle)


def mine(scope: Scope, now: datetime) -> tuple[Taken, ...]:
    """Every coupon the member took, the latest first."""
    shops = {owner: Place(owner, name, closed) for owner, name, closed, _ in _shops(scope)}
    saved = {
        (payment, UUID(claim)): off
        for payment, claims in scope.db.read(_USES, {"owner": scope.owner})
        for claim, off in json.loads(claims)
    }
    found = []
    for claim, body, state, until, taken_at, changed_at, payment in scope.db.read(_MINE, {"owner": scope.owner}):
        coupon = coupon_from(body)
        ends = coupon.valid_to if until is None else until
        standing = _standing(coupon, state, ends, now)
        place = shops.get(coupon.merchant, Place(coupon.merchant)) if coupon.merchant else Place()
        off = saved.get((payment, claim), 0) if standing is Standing.USED else 0
        found.append(Taken(claim, coupon, place, standing, ends, taken_at, changed_at, payment, off))
    return tuple(found)


def _standing(coupon: Coupon, state: str, ends: datetime | None, now: datetime) -> Standing:
    if state not in _FREE:
        return {"used": Standing.USED, "reserved": Standing.IN_USE, "lost": Standing.LOST}[state]
    if ends is not None and ends <= now:
        return Standing.EXPIRED
    begun = coupon.valid_from is None or coupon.valid_from <= now
    return Standing.USABLE if begun else Standing.NOT_YET


def taken_table(taken: Iterable[Taken]) -> Table:
    """The member's coupons as a file."""
    columns = (
        Column("name"),
        Column("code"),
        Column("merchant"),
        Column("standing", Cell.WORD),
        Column("until_utc", Cell.TIME),
        Column("taken_utc", Cell.TIME),
        Column("currency"),
        Column("saved", Cell.MONEY),
        Column("payment"),
    )
    rows = [
        [
            one.coupon.name,
            one.coupon.code,
            one.place.name,
            one.standing.value,
            one.ends,
            one.taken_at,
            one.coupon.currency,
            one.saved,
            one.payment,
        ]
        for one in taken
    ]
    return Table("coupons", columns, rows)
