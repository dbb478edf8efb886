"""What speaks for a refund having come back of a purchase, in points: the best few are offered, a person decides.

An order number is the strongest; the payee, an amount that fits exactly and the account it was paid from come next.
Pure; nothing is linked here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from data.matching.evidence import Evidence, called, likeness, score

REACH: Final = timedelta(days=180)  # from the purchase to the refund
BEST: Final = 3
_WORTH_OFFERING: Final = 2_500
_ORDER, _WHOLE, _REST, _PART = 9_000, 2_500, 2_500, 700
_SAME_PAYEE, _ALIKE, _DIFFERS, _ACCOUNT, _GOODS = 2_600, 1_300, -1_200, 900, 900
_SAME, _SIMILAR = 60, 30  # per cent of `likeness`
_NEAR: Final = ((0, 1_300), (7, 1_200), (30, 900), (90, 500), (REACH.days, 200))


@dataclasses.dataclass(frozen=True, slots=True)
class Returned:
    """A refund without its purchase. minor: positive; account: where it arrived; names: payee and description."""

    entry: UUID
    booked_on: date
    minor: int
    payee_key: str
    names: tuple[str, str]
    account: UUID


@dataclasses.dataclass(frozen=True, slots=True)
class Bought:
    """A purchase that it may be of. paid, rest: minor units, rest what may still come back; order: has its number."""

    entry: UUID
    booked_on: date
    paid: int
    rest: int
    payee_key: str
    names: tuple[str, str]
    account: UUID
    order: bool


def best(refund: Returned, purchases: Iterable[Bought]) -> list[tuple[Bought, tuple[Evidence, ...]]]:
    """The few likeliest purchases with what speaks for each, the likeliest first; the later one where equal."""
    weighed = [(one, evidence) for one in purchases if (evidence := weigh(refund, one))]
    offered = [(one, evidence) for one, evidence in weighed if score(evidence) >= _WORTH_OFFERING]
    offered.sort(key=lambda found: (-score(found[1]), -found[0].booked_on.toordinal(), found[0].entry))
    return offered[:BEST]


def weigh(refund: Returned, purchase: Bought) -> tuple[Evidence, ...]:
    """What speaks for this purchase, the strongest first; empty: it cannot be."""
    days = (refund.booked_on - purchase.booked_on).days
    if not 0 <= days <= REACH.days or refund.minor > purchase.rest:
        return ()
    found = [
        *([Evidence("order", "", _ORDER)] if purchase.order else []),
        _amount(refund, purchase),
        *_payee(refund, purchase),
        *([Evidence("account", "", _ACCOUNT)] if refund.account == purchase.account else []),
        Evidence("days", str(days), next(points for within, points in _NEAR if days <= within)),
    ]
    return tuple(sorted(found, key=lambda one: -one.points))


def _amount(refund: Returned, purchase: Bought) -> Evidence:
    if refund.minor == purchase.paid:
        return Evidence("whole", "", _WHOLE)
    if refund.minor == purchase.rest:
        return Evidence("rest", "", _REST)
    return Evidence("part", str(purchase.rest), _PART)


def _payee(refund: Returned, purchase: Bought) -> list[Evidence]:
    goods = [called(one.names[1]) for one in (refund, purchase)]
    same_goods = [Evidence("goods", "", _GOODS)] if goods[0] and goods[0] == goods[1] else []
    if refund.payee_key and refund.payee_key == purchase.payee_key:
        return [Evidence("payee", "", _SAME_PAYEE), *same_goods]
    ours, theirs = ([name for text in one.names if (name := called(text))] for one in (refund, purchase))
    if not ours or not theirs:
        return same_goods
    alike = max(likeness(one, other) for one in ours for other in theirs)
    if alike >= _SAME:
        return [Evidence("payee", "", _SAME_PAYEE), *same_goods]
    if alike >= _SIMILAR:
        return [Evidence("payee_alike", "", _ALIKE), *same_goods]
    return [Evidence("payee_differs", "", _DIFFERS), *same_goods]
