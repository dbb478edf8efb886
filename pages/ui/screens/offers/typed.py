"""What is typed into the coupon form, and the coupon that it means. Pure: no widgets, no store."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

from data.errors import Rejection
from data.merchants import Coupon, CouponKind
from data.money import parse_amount
from pages.ui.screens.points.window import Days

T = TypeVar("T")
_ALL: Final = 10_000  # basis points
_TEN: Final = Decimal(10)
_HUNDRED: Final = Decimal(100)
_COUNT_MOST: Final = 100_000_000
# Thousands may be grouped: `1,500` is a number and `1,5`, which may be meant as one and a half, is none.
_PLAIN: Final = re.compile(r"([0-9]{1,3}(,[0-9]{3}){1,3}|[0-9]{1,12})(\.[0-9]{0,12})?|\.[0-9]{1,12}")
TENTHS: Final = "tenths"
PERCENT: Final = "percent"


@dataclasses.dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they stand. rate: what is left in tenths (`8.5` 折) or what is taken off in per cent, by `rate_as`.

    ends: the last day, None without end. stock, per_member: "" without limit. code: "" for one of our own making.
    merchant: where alone it counts.
    """

    kind: str = CouponKind.OFF_OVER.value
    name: str = ""
    off: str = ""
    rate: str = ""
    rate_as: str = PERCENT
    min_spend: str = ""
    cap: str = ""
    begins: date | None = None
    ends: date | None = None
    stock: str = ""
    per_member: str = "1"
    category: str = ""
    merchant: UUID | None = None
    stackable: bool = False
    code: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """A field that says nothing, or nothing that can be.

    reason: missing, unreadable, not_positive, past, before_start.
    """

    field: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """What the form means: a coupon, or what is still wrong with it, in the order of the fields."""

    coupon: Coupon | None
    faults: tuple[Fault, ...]


class _Reader:
    """Reads field after field and remembers what could not be read."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.faults: list[Fault] = []

    def amount(self, field: str, typed: str, *, needed: bool) -> int:
        """A positive amount in minor units; 0 of an empty field that is not needed."""
        if not typed.strip():
            if needed:
                self.faults.append(Fault(field, "missing"))
            return 0
        try:
            minor = parse_amount(typed, self.currency).minor
        except Rejection:
            self.faults.append(Fault(field, "unreadable"))
            return 0
        if minor < 0 or (needed and not minor):
            self.faults.append(Fault(field, "not_positive"))
        return minor

    def read(self, field: str, typed: str, parse: Callable[[str], T | None]) -> T | None:
        """What `parse` makes of a field that has to be filled in; None, and a fault, when that is nothing."""
        if not typed.strip():
            self.faults.append(Fault(field, "missing"))
            return None
        found = parse(typed)
        if found is None:
            self.faults.append(Fault(field, "unreadable"))
        return found


def draft_of(typed: Typed, key: UUID, currency: str, days: Days, *, by_merchant: bool) -> Draft:
    """The coupon of that id as it is typed; its name is "" while none is typed."""
    read = _Reader(currency)
    kind = CouponKind(typed.kind)
    percent = kind is CouponKind.PERCENT
    bp = read.read("rate", typed.rate, lambda said: off_bp(said, typed.rate_as)) if percent else 0
    off = 0 if percent else read.amount("off", typed.off, needed=True)
    over = kind is CouponKind.OFF_OVER
    least = read.amount("min_spend", typed.min_spend, needed=over)
    cap = read.amount("cap", typed.cap, needed=False) if percent else 0
    read.faults += window_faults(typed.begins, typed.ends, days.today)
    stock = read.read("stock", typed.stock, count_of) if typed.stock.strip() else None
    person = read.read("per_member", typed.per_member, count_of) if typed.per_member.strip() else None
    if read.faults:
        return Draft(None, tuple(read.faults))
    coupon = Coupon(
        id=key,
        code=typed.code.strip() or own_code(key),
        name=typed.name.strip(),
        kind=kind,
        currency=currency,
        off_minor=off,
        off_bp=bp or 0,
        cap_minor=cap or None,
        min_spend_minor=least,
        valid_from=days.begin(typed.begins) if typed.begins else None,
        valid_to=days.end(typed.ends) if typed.ends else None,
        stock=stock,
        per_member=person,
        merchant=typed.merchant,
        category=typed.category,
        stackable=typed.stackable,
        funded_by_merchant=by_merchant,
    )
    return Draft(coupon, ())


def window_faults(begins: date | None, ends: date | None, today: date) -> list[Fault]:
    """What is wrong with a first and a last day; the last may be open."""
    if begins is None:
        return [Fault("begins", "missing")]
    if ends is None:
        return []
    if ends < begins:
        return [Fault("ends", "before_start")]
    return [Fault("ends", "past")] if ends < today else []


def own_code(key: UUID) -> str:
    """The code of a coupon that was given none: the random end of its id."""
    return key.hex[-8:].upper()


def number(typed: str) -> Decimal | None:
    """A plain number as typed, full-width figures too; None for anything else, also for one that is far too long."""
    plain = unicodedata.normalize("NFKC", typed).strip().rstrip("%折×xX").strip()
    return Decimal(plain.replace(",", "")) if _PLAIN.fullmatch(plain) else None


def off_bp(typed: str, rate_as: str) -> int | None:
    """What a rate takes off in basis points: `8.5` (or `85`) 折 is 1500, and so is `15` per cent.

    None: it is no number, it takes off nothing or more than all, or it is finer than a basis point.
    """
    value = number(typed)
    if value is None:
        return None
    if rate_as == TENTHS:
        value = value / 10 if _TEN < value < _HUNDRED else value  # 85 折 is said for 8.5 折
        value = (_TEN - value) * 10
    found = value * 100
    return int(found) if 0 < found <= _ALL and found == found.to_integral_value() else None


def count_of(typed: str) -> int | None:
    """A positive whole number."""
    value = number(typed)
    whole = value is not None and value == value.to_integral_value() and 0 < value <= _COUNT_MOST
    return int(value) if whole and value is not None else None


def examples(coupon: Coupon, unit: int) -> list[tuple[int, int]]:
    """Purchases that show how the coupon works: each with what is taken off, minor units; 0 when it does not count.

    unit: minor units of one whole unit of the currency.
    """
    least = coupon.min_spend_minor
    tried = {least - unit if least > unit else 0, least, 2 * least} if least else {50 * unit, 100 * unit}
    if coupon.cap_minor is not None and coupon.off_bp:
        beyond, ten = -(-coupon.cap_minor * _ALL // coupon.off_bp), 10 * unit
        tried.add((beyond // ten + 1) * ten)
    return [(gross, coupon.off(gross) if gross >= least else 0) for gross in sorted(tried) if gross > 0]
