"""What a merchant, or the house, offers: how its coupons went and what they cost, and which points rules hold."""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from analytics.export import Cell, Column, Table
from analytics.held import Held
from data import uptake
from data.database import Database
from data.ledger.coupons import Coupon
from data.ledger.wallet.commands import ISSUER
from data.ledger.wallet.coupon_text import coupon_from
from data.ledger.wallet.earning import BASE_CODE, EarnRule, rule_from
from data.money import Money, share


class Course(StrEnum):
    """Where an offer stands in its time."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    SOLD_OUT = "sold_out"
    OFF = "off"  # a campaign that was stopped, a coupon that was taken back
    OVER = "over"


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """A coupon of the publisher. taken, used: how often. cost: what it took off, less what refunds undid of that.

    sales: the gross of the payments it was used in. Both are minor units of the coupon's currency, None of the house's
    coupons: those payments are between its members and their merchants.
    """

    coupon: Coupon
    course: Course
    taken: int
    used: int
    cost: int | None
    sales: int | None

    @property
    def left(self) -> int | None:
        """How many may still be taken; None without limit."""
        return None if self.coupon.stock is None else max(0, self.coupon.stock - self.taken)


@dataclasses.dataclass(frozen=True, slots=True)
class Campaign:
    """A points rule beside the base. change: its number, which grows with every change. merchant: "" everywhere."""

    rule: EarnRule
    course: Course
    active: bool
    change: int
    merchant: str


@dataclasses.dataclass(frozen=True, slots=True)
class Earning:
    """How points are earned: the base rule, and the campaigns that hold or will, the first to end first."""

    base: EarnRule
    campaigns: tuple[Campaign, ...]


_MERCHANTS_KEPT: Final = 64
_COUPONS: Final = "SELECT body, ended_at FROM published_coupon WHERE owner = $publisher ORDER BY seq DESC"
_CLAIMS: Final = """
SELECT cast(c.id AS varchar), cast(c.coupon AS varchar) FROM published_claim c
WHERE c.state <> 'claimed' AND c.coupon IN (SELECT id FROM published_coupon WHERE owner = $publisher)"""
_USED: Final = """
SELECT c.coupon, count(*) FROM published_claim c
WHERE c.state = 'used' AND c.coupon IN (SELECT id FROM published_coupon WHERE owner = $publisher)
GROUP BY c.coupon"""
_PAID: Final = """
SELECT p.claims, p.currency, p.gross, p.coupon, p.coupon_merchant, coalesce(r.amount, 0), coalesce(r.coupon, 0)
FROM published_payment p
LEFT JOIN (
    SELECT payment, cast(sum(amount) AS bigint) AS amount, cast(sum(coupon) AS bigint) AS coupon
    FROM published_refund WHERE merchant = $publisher AND state = 'credited' GROUP BY payment
) r ON r.payment = p.id
WHERE p.merchant = $publisher AND p.coupon_merchant > 0 AND p.state_now = 'captured'"""
_STAMP: Final = """
SELECT (SELECT count(*) FROM published_payment WHERE merchant = $publisher AND state_now = 'captured'),
    (SELECT count(*) FROM published_refund WHERE merchant = $publisher AND state = 'credited')"""
_RULES: Final = "SELECT owner, code, seq, body, active FROM published_earn_rule ORDER BY seq"
_MERCHANTS: Final = "SELECT owner, name FROM published_merchant WHERE NOT closed"
_BORNE: Final = """
SELECT p.currency, cast(sum(p.amount) AS bigint)
FROM published_posting p JOIN published_account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner AND a.owner = $owner AND a.hint_key = 'issuer:rewards'
GROUP BY p.currency HAVING sum(p.amount) <> 0 ORDER BY p.currency"""


@dataclasses.dataclass(slots=True)
class _Use:
    """What became of one coupon in payments. cost, sales: minor units; None of the house's."""

    used: int = 0
    cost: int | None = 0
    sales: int | None = 0


_held: Held[Mapping[UUID, _Use]] = Held(_MERCHANTS_KEPT)


def coupons(db: Database, publisher: UUID, now: datetime) -> tuple[Published, ...]:
    """The publisher's coupons, the newest first."""
    found = [(coupon_from(body), ended) for body, ended in db.read(_COUPONS, {"publisher": publisher})]
    if publisher == ISSUER:
        uses = {coupon: _Use(used, None, None) for coupon, used in db.read(_USED, {"publisher": publisher})}
    else:  # a payment that coupons cover whole leaves nothing in the merchant's books, so its version does not tell
        stamp = db.read(_STAMP, {"publisher": publisher})[0]
        uses = dict(_held.get(db, publisher, stamp, lambda: _uses(db, publisher)))
    taken, unused = uptake.taken(db), _Use(0, None, None) if publisher == ISSUER else _Use()
    return tuple(
        _published(one, taken.get(one.id, 0), uses.get(one.id, unused), _course_of(one, ended, taken, now))
        for one, ended in found
    )


def _published(coupon: Coupon, taken: int, use: _Use, course: Course) -> Published:
    return Published(coupon, course, taken, use.used, use.cost, use.sales)


def _course_of(coupon: Coupon, ended: datetime | None, taken: Mapping[UUID, int], now: datetime) -> Course:
    gone = coupon.stock is not None and taken.get(coupon.id, 0) >= coupon.stock
    course = _course(coupon.valid_from, coupon.valid_to, now, gone=gone)
    return Course.OFF if ended is not None and course is not Course.OVER else course


def _uses(db: Database, merchant: UUID) -> dict[UUID, _Use]:
    """By coupon: in how many payments it stands, what it took off in the end, and the gross of those payments."""
    of: dict[str, str] = dict(db.read(_CLAIMS, {"publisher": merchant}))
    uses: defaultdict[str, _Use] = defaultdict(_Use)
    for claims, currency, gross, whole, borne, refunded, back in db.read(_PAID, {"publisher": merchant}):
        own = [(of[claim], off) for claim, off in json.loads(claims) if claim in of]
        undone = [0] * len(own)
        if back and own:
            undone = [part.minor for part in share(Money(borne * back // whole, currency), [off for _, off in own])]
        for (coupon, off), part in zip(own, undone, strict=True):
            use = uses[coupon]
            use.used += refunded < gross
            use.cost = (use.cost or 0) + off - part
            use.sales = (use.sales or 0) + gross
    return {UUID(coupon): use for coupon, use in uses.items()}


def _course(begins: datetime | None, ends: datetime | None, now: datetime, *, gone: bool = False) -> Course:
    if ends is not None and ends <= now:
        return Course.OVER
    if gone:
        return Course.SOLD_OUT
    return Course.UPCOMING if begins is not None and begins > now else Course.RUNNING


def campaigns(db: Database, publisher: UUID, now: datetime) -> tuple[Campaign, ...]:
    """The publisher's points campaigns, stopped and past ones too, the newest first."""
    return tuple(one for owner, one in _campaigns(db, now) if owner == publisher)


def earning(db: Database, now: datetime) -> Earning:
    """How points are earned now and soon."""
    base = next((rule for owner, rule, active, _ in _rules(db) if _is_base(owner, rule) and active), EarnRule())
    open_ones = [one for _, one in _campaigns(db, now) if one.course in {Course.RUNNING, Course.UPCOMING}]
    known = [one for one in open_ones if one.merchant or not one.rule.merchant]
    return Earning(base, tuple(sorted(known, key=lambda one: (one.rule.valid_to is None, one.rule.valid_to))))


def _is_base(owner: UUID, rule: EarnRule) -> bool:
    return owner == ISSUER and rule.code == BASE_CODE


def _rules(db: Database) -> list[tuple[UUID, EarnRule, bool, int]]:
    """The latest of every rule, the newest first."""
    latest: dict[tuple[UUID, str], tuple[Any, ...]] = {}
    for row in db.read(_RULES):
        latest[row[0], row[1]] = row
    newest = sorted(latest.values(), key=lambda row: -row[2])
    return [(owner, rule_from(body), active, seq) for owner, _, seq, body, active in newest]


def _campaigns(db: Database, now: datetime) -> list[tuple[UUID, Campaign]]:
    names = {str(owner): name for owner, name in db.read(_MERCHANTS)}
    found = []
    for owner, rule, active, seq in _rules(db):
        if rule.code != BASE_CODE:
            course = _course(rule.valid_from, rule.valid_to, now)
            course = Course.OFF if not active and course is not Course.OVER else course
            found.append((owner, Campaign(rule, course, active, seq, names.get(rule.merchant, ""))))
    return found


def borne_by_house(db: Database) -> dict[str, int]:
    """What the house paid for coupons of its own and for points that were redeemed, by currency, in minor units."""
    return dict(db.read(_BORNE, {"owner": ISSUER}))


def coupon_table(published: Iterable[Published]) -> Table:
    """The publisher's coupons as a file."""
    columns = (
        Column("name"),
        Column("code"),
        Column("course", Cell.WORD),
        Column("from_utc", Cell.TIME),
        Column("to_utc", Cell.TIME),
        Column("taken", Cell.NUMBER),
        Column("used", Cell.NUMBER),
        Column("left", Cell.NUMBER),
        Column("currency"),
        Column("cost", Cell.MONEY),
        Column("sales", Cell.MONEY),
    )
    return Table("coupons", columns, [_row(one) for one in published])


def _row(one: Published) -> list[object]:
    coupon = one.coupon
    return [
        coupon.name,
        coupon.code,
        one.course.value,
        coupon.valid_from,
        coupon.valid_to,
        one.taken,
        one.used,
        one.left,
        coupon.currency,
        one.cost,
        one.sales,
    ]
