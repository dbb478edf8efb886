"""Which coupons count in a payment, and what each takes off. Pure.

Fitting ones first; then what excludes each other: a coupon that is not stackable stands alone, of an exclusive group
one counts. Then percent before fixed, in each the higher priority first, each on what the ones before it left (LEDGER
§6). Among equals the one that expires first is used.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from data.ledger.coupons import Claim, CouponKind, CouponRefusal, Purchase

# Enough for every way through thirty coupons in fifteen exclusive pairs; what is beyond must not make a payment slow.
_STEPS_MOST: Final = 1 << 20


@dataclasses.dataclass(frozen=True, slots=True)
class Applied:
    """A coupon that counts, with what it takes off."""

    claim: Claim
    off_minor: int


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """A coupon that does not count. detail_minor: below the minimum, what is missing."""

    claim: Claim
    reason: CouponRefusal
    detail_minor: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """The coupons of a payment: those that count in their order, the others in the order they were named."""

    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    off_minor: int


def apply(claims: Iterable[Claim], purchase: Purchase) -> Outcome:
    """What comes of asking for all these coupons together; one that is named twice is asked for once."""
    asked = _once(claims)
    fitting = [claim for claim in asked if _misfit(claim, purchase) is None]
    stack = [_strongest(rivals, purchase.amount_minor) for rivals in _rivals(fitting)]
    return _outcome(asked, _better(stack, fitting, purchase.amount_minor), purchase)


def best(claims: Iterable[Claim], purchase: Purchase) -> Outcome:
    """The combination that takes off most, of all a member holds, without any coupon that would be wasted in it."""
    held = _once(claims)
    fitting = [claim for claim in held if _misfit(claim, purchase) is None]
    deepest = _deepest(_weighed(_rivals(fitting), purchase.amount_minor), purchase.amount_minor)
    stack = _needed(deepest, purchase.amount_minor)
    return _outcome(held, _better(stack, fitting, purchase.amount_minor), purchase)


def _once(claims: Iterable[Claim]) -> list[Claim]:
    return list({claim.id: claim for claim in claims}.values())


def _misfit(claim: Claim, purchase: Purchase) -> Refused | None:
    coupon, ends = claim.coupon, claim.ends
    missing = coupon.min_spend_minor - purchase.amount_minor
    checks = {
        CouponRefusal.WRONG_CURRENCY: coupon.currency != purchase.currency,
        CouponRefusal.WRONG_MERCHANT: coupon.merchant not in {None, purchase.merchant},
        CouponRefusal.WRONG_CATEGORY: coupon.category not in {"", purchase.category, purchase.category_parent},
        CouponRefusal.NOT_BEGUN: coupon.valid_from is not None and purchase.now < coupon.valid_from,
        CouponRefusal.OVER: ends is not None and ends <= purchase.now,
        CouponRefusal.BELOW_MINIMUM: missing > 0,
    }
    reason = next((reason for reason, wrong in checks.items() if wrong), None)
    if reason is None:
        return None
    return Refused(claim, reason, missing if reason is CouponRefusal.BELOW_MINIMUM else None)


def _expiry(claim: Claim) -> tuple[datetime, UUID]:
    return (claim.ends or datetime.max, claim.id)  # noqa: DTZ901 - the ledger keeps UTC without zone


def _order(claim: Claim) -> tuple[bool, int, datetime, UUID]:
    return (claim.coupon.kind is not CouponKind.PERCENT, -claim.coupon.priority, *_expiry(claim))


def _taking(claims: Iterable[Claim], amount: int) -> list[Applied]:
    """Those that take something off, in order, each on what is left."""
    taking, left = list[Applied](), amount
    for claim in sorted(claims, key=_order):
        if off := claim.coupon.off(left):
            taking.append(Applied(claim, off))
            left -= off
    return taking


def _off(claims: Iterable[Claim], amount: int) -> int:
    return sum(one.off_minor for one in _taking(claims, amount))


def _rivals(fitting: Sequence[Claim]) -> list[list[Claim]]:
    """The stackable ones, those of which only one can count in a list together."""
    stackable = sorted((claim for claim in fitting if claim.coupon.stackable), key=lambda claim: claim.coupon.group)
    grouped = [(group, list(rivals)) for group, rivals in groupby(stackable, key=lambda claim: claim.coupon.group)]
    alone = [[claim] for group, claims in grouped if not group for claim in claims]
    return alone + [rivals for group, rivals in grouped if group]


def _strongest(rivals: list[Claim], amount: int) -> Claim:
    """The one that takes most off the whole amount."""
    return min(rivals, key=lambda claim: (-claim.coupon.off(amount), *_expiry(claim)))


def _better(stack: list[Claim], fitting: Iterable[Claim], amount: int) -> list[Applied]:
    """The stack, or one that stands alone: whichever takes off more."""
    options = [stack, *([claim] for claim in fitting if not claim.coupon.stackable)]

    def rank(taking: list[Applied]) -> tuple[int, list[tuple[datetime, UUID]]]:
        return (-sum(one.off_minor for one in taking), sorted(_expiry(one.claim) for one in taking))

    return min((_taking(option, amount) for option in options), key=rank)


def _weighed(rivals: list[list[Claim]], amount: int) -> list[Claim]:
    """What the best is sought among: every rival of as many groups as there is time for, those with most at stake."""
    tried = (_STEPS_MOST // max(1, sum(map(len, rivals)))).bit_length() - 1
    free = [alone for alone in rivals if len(alone) == 1]
    contested = [group for group in rivals if len(group) > 1]
    contested.sort(key=lambda group: -_strongest(group, amount).coupon.off(amount))
    settled = [[_strongest(group, amount)] for group in contested[tried:]]
    return [claim for group in (*free, *contested[:tried], *settled) for claim in group]


_Way = tuple[int, tuple[Claim, ...]]  # what is left to pay, and the coupons so far


def _deepest(claims: Iterable[Claim], amount: int) -> tuple[Claim, ...]:
    """One of each exclusive group and every ungrouped one, so that least is left.

    The less a coupon is given, the less it leaves: so leaving one out never helps, and of the ways that have drawn on
    the same groups only the one with least left can win. Groups are told apart only between their first and their last
    coupon, therefore the ways stay few.
    """
    ordered = sorted(claims, key=_order)
    last = {claim.coupon.group: at for at, claim in enumerate(ordered)}
    marks = {group: 1 << number for number, group in enumerate(last)}
    ways: dict[int, _Way] = {0: (amount, ())}  # by the marks of the groups drawn on that have coupons to come
    for at, claim in enumerate(ordered):
        mark = marks[claim.coupon.group] if claim.coupon.group else 0
        closing = not mark or last[claim.coupon.group] == at
        found: dict[int, _Way] = {}
        for drawn, way in ways.items():
            if drawn & mark or not closing:
                _keep(found, drawn & ~mark if closing else drawn, way)
            if not drawn & mark:
                _keep(found, drawn if closing else drawn | mark, _with(way, claim))
        ways = found
    return min(ways.values(), key=_rank)[1]


def _with(way: _Way, claim: Claim) -> _Way:
    left, taken = way
    return (left - claim.coupon.off(left), (*taken, claim))


def _rank(way: _Way) -> tuple[int, list[tuple[datetime, UUID]]]:
    return (way[0], sorted(map(_expiry, way[1])))


def _keep(found: dict[int, _Way], drawn: int, way: _Way) -> None:
    known = found.get(drawn)
    if known is None or way[0] < known[0] or (way[0] == known[0] and _rank(way) < _rank(known)):
        found[drawn] = way


def _needed(stack: Iterable[Claim], amount: int) -> list[Claim]:
    """Without those that change nothing; what lasts longest is saved first."""
    kept = list(stack)
    whole = _off(kept, amount)
    for claim in sorted(kept, key=_expiry, reverse=True):
        fewer = [one for one in kept if one is not claim]
        if _off(fewer, amount) == whole:
            kept = fewer
    return kept


def _outcome(named: Sequence[Claim], taking: list[Applied], purchase: Purchase) -> Outcome:
    used = [one.claim for one in taking]
    counting = {claim.id for claim in used}
    refused = [_refusal(claim, used, purchase) for claim in named if claim.id not in counting]
    return Outcome(tuple(taking), tuple(refused), sum(one.off_minor for one in taking))


def _refusal(claim: Claim, used: Sequence[Claim], purchase: Purchase) -> Refused:
    misfit = _misfit(claim, purchase)
    if misfit is not None:
        return misfit
    excluded = claim.coupon.off(purchase.amount_minor) and any(_exclude(claim, one) for one in used)
    return Refused(claim, CouponRefusal.NOT_STACKABLE if excluded else CouponRefusal.NOTHING_LEFT)


def _exclude(one: Claim, other: Claim) -> bool:
    both = one.coupon.stackable and other.coupon.stackable
    return not both or (one.coupon.group != "" and one.coupon.group == other.coupon.group)
