"""Points: how many a payment earns, which lots a redemption takes, what a refund takes back. Pure.

Earned is floor(cash · points per 100 minor units · multiplier), one floor at the end, then the caps. Lots are spent
first-expiring-first, the older first among equals (LEDGER §5). A debt is what was clawed back after it had been spent.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from data.errors import require

ONE: Final = 10_000  # basis points
_UNIT_MINOR: Final = 100
BASE_CODE: Final = "base"


@dataclasses.dataclass(frozen=True, slots=True)
class EarnRule:
    """The base rule (code `base`), or a campaign: its multiplier holds where merchant, category and window fit.

    points_per_unit: for each 100 minor units of cash. currency: of the base rule, the money in which points are earned
    and worth something: counted in one and spent in another they would be an exchange at any rate. valid_days: how long
    a lot lives, None for ever. redeem_minor_per_point and redeem_cap_bp (of what is left after coupons) count in the
    base rule only.
    """

    code: str = BASE_CODE
    points_per_unit: int = 1
    multiplier_bp: int = ONE
    cap_per_payment: int | None = None
    cap_per_day: int | None = None
    merchant: str = ""
    category: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    valid_days: int | None = 365
    redeem_minor_per_point: int = 1
    redeem_cap_bp: int = ONE
    name: str = ""
    currency: str = "CNY"

    def holds(self, merchant: str, categories: Sequence[str], now: datetime) -> bool:
        """Whether a campaign applies to a payment. categories: the payment's and its parent."""
        return (
            (not self.merchant or self.merchant == merchant)
            and (not self.category or self.category in categories)
            and (self.valid_from is None or self.valid_from <= now)
            and (self.valid_to is None or now < self.valid_to)
        )


def rule_text(rule: EarnRule) -> str:
    """The rule as it is stored."""
    body = dataclasses.asdict(rule)
    times = {name: body[name].isoformat() for name in ("valid_from", "valid_to") if body[name] is not None}
    return json.dumps(body | times, ensure_ascii=False, sort_keys=True)


def rule_from(text: str) -> EarnRule:
    """The rule from how it is stored."""
    body = json.loads(text)
    for name in ("valid_from", "valid_to"):
        body[name] = datetime.fromisoformat(body[name]) if body[name] else None
    return EarnRule(**body)


def multiplier(campaigns: Iterable[EarnRule], merchant: str, categories: Sequence[str], now: datetime) -> int:
    """The best multiplier that holds, in basis points; campaigns do not multiply each other."""
    return max((one.multiplier_bp for one in campaigns if one.holds(merchant, categories, now)), default=ONE)


def points_for(cash: int, per_unit: int, bp: int, cap: int | None) -> int:
    """What `cash` minor units earn; cap: at most so many."""
    earned = cash * per_unit * bp // (_UNIT_MINOR * ONE)
    return earned if cap is None else min(earned, cap)


@dataclasses.dataclass(slots=True)
class Lot:
    """Points earned together. expires_on: the last day they count, None for ever. seq: the older the smaller.

    expired: what was taken away when its time was over.
    """

    id: str
    expires_on: date | None
    seq: int
    remaining: int
    expired: int = 0

    def lost(self, today: date) -> int:
        """What its owner has no use of any more: expired, whether the job has said so yet or not."""
        return self.expired + (0 if self.alive(today) else self.remaining)

    def alive(self, today: date) -> bool:
        """Whether the lot counts on this day; a job that comes late changes nothing about it."""
        return self.expires_on is None or today <= self.expires_on


Taken = tuple[str, int]  # lot, points


def _order(lot: Lot) -> tuple[date, int]:
    return (lot.expires_on or date.max, lot.seq)


def living(lots: Iterable[Lot], today: date) -> int:
    """The points of all lots that count today."""
    return sum(lot.remaining for lot in lots if lot.alive(today))


def take(lots: Iterable[Lot], points: int, today: date) -> list[Taken]:
    """Which lots give `points`: first-expiring first, then the older. There must be enough."""
    taken, rest = list[Taken](), points
    for lot in sorted((lot for lot in lots if lot.remaining and lot.alive(today)), key=_order):
        if not rest:
            break
        part = min(rest, lot.remaining)
        taken.append((lot.id, part))
        rest -= part
    require(rest == 0, "lots do not hold the points that were promised")
    return taken


def claw(lots: Sequence[Lot], own: str, points: int, taken_before: int, today: date) -> tuple[list[Taken], int]:
    """Which lots give earned points back, the payment's own first, and how many are missing (they become a debt).

    What expired of the payment's own lot is gone already and is not asked for a second time. taken_before: how many of
    what was lost there earlier refunds counted.
    """
    taken = list[Taken]()
    lost = sum(lot.lost(today) for lot in lots if lot.id == own)
    rest = points - min(points, max(0, lost - taken_before))
    alive = (lot for lot in lots if lot.remaining and lot.alive(today))
    for lot in sorted(alive, key=lambda lot: (lot.id != own, *_order(lot))):
        if not rest:
            break
        part = min(rest, lot.remaining)
        taken.append((lot.id, part))
        rest -= part
    return taken, rest


def over(lots: Iterable[Lot], today: date) -> list[Taken]:
    """What is to expire: the rest of every lot whose last day is over."""
    return [(lot.id, lot.remaining) for lot in lots if lot.remaining and not lot.alive(today)]


def given_back(taken: Sequence[Taken], before: int, points: int) -> list[Taken]:
    """Where `points` go back to, of what a payment took in that order, when `before` went back already."""
    back, skip, rest = list[Taken](), before, points
    for lot, held in taken:
        passed = min(skip, held)
        skip -= passed
        part = min(rest, held - passed)
        if part:
            back.append((lot, part))
            rest -= part
    require(rest == 0, "more points come back than were spent")
    return back
