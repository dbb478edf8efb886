"""Who may ask for what: the part of the wallet's model that says no. Written from LEDGER.md §3, §6 and §7.

`it` is what `wallet_stage` asks for, in words: people, shops and coupons are names, payments are the request ids that
made them, a card is "whose:what it does:which". Amounts are minor units.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any

from tests.simulation.wallet_points import DAY, WHOLE, Points

LAST_OF_ALL = datetime(9999, 12, 31)  # noqa: DTZ001 - instants are UTC without zone
Limits = tuple[int | None, ...]  # a payment, a day, a month


class No(Exception):  # noqa: N818 - a refusal, by its name
    pass


def refuse(**reasons: object) -> None:
    """Say no for the first reason that holds."""
    for name in (name for name, holds in reasons.items() if holds):
        raise No(name)


class Gate(Points):
    def __init__(self, keepers: dict[str, str], cards: list[str]) -> None:
        super().__init__()
        self.keepers, self.frozen, self.bound = keepers, set[str](), {None, *cards}
        self.coupons, self.codes, self.spent = dict[str, Any](), dict[Any, Any](), Counter[tuple[str, date]]()
        self.claims = defaultdict[str, list[Any]](list)
        self.limits = defaultdict[str, list[tuple[date, Limits]]](lambda: [(date.min, (None, None, None))])

    def freeze(self, it: Any) -> None:
        self.frozen.add(it.who)

    def unfreeze(self, it: Any) -> None:
        self.frozen.discard(it.who)

    def thawed(self, it: Any) -> None:
        """What moves no money and would still help whoever is not the owner waits, too."""
        refuse(AccountFrozen=it.who in self.frozen)

    def bind(self, it: Any) -> None:
        self.thawed(it)
        refuse(
            CardAlreadyBound=any(card and card.rpartition(":")[0] == it.card.rpartition(":")[0] for card in self.bound)
        )
        self.bound.add(it.card)

    def unbind(self, it: Any) -> None:
        self.thawed(it)
        refuse(CardUnknown=it.card not in self.bound)
        self.bound.remove(it.card)

    def counted(self, who: str) -> tuple[int, int]:
        """What counted today, and in this month."""
        mine = {day: cash for (owner, day), cash in self.spent.items() if owner == who}
        return mine.get(self.today, 0), sum(mine[day] for day in mine if f"{day:%y%m}" == f"{self.today:%y%m}")

    def in_force(self, who: str) -> Limits:
        return [held for since, held in self.limits[who] if since <= self.today][-1]

    def within(self, who: str, cash: int) -> None:
        tries = zip(self.in_force(who), (0, *self.counted(who)), strict=True)
        refuse(LimitExceeded=any(most is not None and cash + counted > most for most, counted in tries))

    def set_limits(self, it: Any) -> None:
        """A limit that gets tighter does so now, one that gets looser tomorrow. None leaves one, -1 takes it away."""
        now, later = self.in_force(it.who), self.limits[it.who][-1][1]
        asked = [(x, old) for held in (now, later) for x, old in zip(it.limits, held, strict=True)]
        if any(x is not None and old is not None and (x < 0 or x > old) for x, old in asked):
            self.thawed(it)
        new = tuple(old if x is None else None if x < 0 else x for old, x in zip(later, it.limits, strict=True))
        low = [x if y is None or (x is not None and x < y) else y for x, y in zip(now, new, strict=True)]
        soon = tuple(old if x is None else y for old, x, y in zip(now, it.limits, low, strict=True))
        self.limits[it.who] += [(self.today, soon), (self.today + DAY, new)]

    def publish(self, it: Any) -> None:
        self.coupons[it.coupon] = it
        it.taken = 0

    def claim(self, it: Any) -> None:
        self.thawed(it)
        offer, mine = self.coupons[it.coupon], self.claims[it.who]
        refuse(CouponOver=offer.ends and offer.ends <= self.now, CouponSoldOut=offer.taken == offer.stock)
        refuse(CouponClaimedOut=sum(one.coupon == it.coupon for one in mine) == offer.each)
        mine.append(Row(coupon=it.coupon, state="free", ends=offer.ends, number=len(mine)))
        offer.taken += 1

    def reduce(self, it: Any) -> None:
        """What the coupons take off, and how much of that the shop bears: percents first, each on what is left."""
        free = {one.coupon: one for one in reversed(self.claims[it.who]) if one.state == "free"}
        refuse(CouponNotHeld=any(one not in free for one in it.coupons))
        it.claims, it.off, it.shop_off = [free[one] for one in it.coupons], 0, 0
        used = [(self.coupons[claim.coupon], claim) for claim in it.claims]
        for offer, claim in sorted(used, key=lambda u: (not u[0].percent, u[1].ends or LAST_OF_ALL, u[1].number)):
            left = it.amount - it.off
            off = min(left * offer.off // WHOLE, offer.cap or left) if offer.percent else min(left, offer.off)
            misfit = it.amount < offer.least or offer.shop not in {None, it.shop} or (offer.alone and len(used) > 1)
            refuse(CouponNotUsable=misfit or not off or (claim.ends and claim.ends <= self.now))
            it.off, it.shop_off = it.off + off, it.shop_off + (off if offer.shop else 0)

    def pay_code(self, it: Any) -> None:
        refuse(AmountInvalid=it.amount <= 0)
        self.codes[it.code] = Row(shop=it.shop, amount=it.amount, paid=False, ends=self.now + timedelta(minutes=5))

    def price(self, it: Any) -> None:
        """What a payment comes to: gross, less coupons, less points, is cash; that earns points."""
        code = self.codes.get(it.code)
        if code:
            refuse(PayCodeUnknown=code.shop != it.shop, PayCodeUsed=code.paid, PayCodeExpired=code.ends <= self.now)
            refuse(PayCodeAmountDiffers=code.amount != it.amount)
        self.reduce(it)
        left, it.value = it.amount - it.off, it.points * self.rule.worth
        refuse(InsufficientPoints=it.points > self.spendable(it.who))
        refuse(PointsBeyondCap=it.value * WHOLE > left * self.rule.part)
        it.cash = left - it.value
        self.earn(it)
