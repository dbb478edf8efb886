"""What a shop of the model gives when money is asked back: written from LEDGER.md §4 and from none of its code."""

from typing import Any


def share(p: Any, amount: int) -> list[int]:
    """How that much more of a payment falls on cash, on what points were worth, on points."""
    return [x * (p.agreed + amount) // p.amount - x * p.agreed // p.amount for x in (p.cash, p.value, p.points)]


def bore(p: Any, off: int) -> int:
    """What the shop itself bore of that much more of a payment's coupons."""
    return int(p.shop_off * (p.off_back + off) // max(1, p.off) - p.shop_off * p.off_back // max(1, p.off))


def awaited(model: Any, shop: str, last: Any = None) -> int:
    """What a shop gives for all that is asked back, or for what it agreed to until `last`: the first one first."""
    total = 0
    for p in (one for one in model.moves.values() if one.to == shop):
        mine = [r for r in model.refunds.values() if r.p is p]
        asked = 0 if last else sum(r.amount for r in mine if r.state == "requested")
        agreed = [r for r in mine if r.state == "confirmed" and (not last or r.turn <= last.turn)]
        off = asked - sum(share(p, asked)[:2]) + sum(r.amount - sum(r.share[:2]) for r in agreed)
        total += asked + sum(r.amount for r in agreed) - bore(p, off)
    return total
