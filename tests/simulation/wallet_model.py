"""What everybody holds in a wallet, and what is refused: written from LEDGER.md §1-§7 and from none of its code.

A method is what a deed (`it`, see `wallet_telling`) comes to. Told are the time, the day a refund is due, what banks
answer, and `said`: what was said last about somebody or something. A lot of points is its last day and a number.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any

from tests.simulation.wallet_shops import awaited, bore, share

DAY, WHOLE, SPENT, ENDED = timedelta(days=1), 10_000, {"pay", "transfer"}, {"rejected", "cancelled"}


def refuse(**reasons: object) -> None:
    for name in (name for name, holds in reasons.items() if holds):
        raise PermissionError(name)


class Model:
    def __init__(self, said: dict[str, Any], now: datetime, today: date) -> None:
        self.said, self.now, self.today, self.claims = said, now, today, list[Any]()
        self.moves, self.refunds, self.points = dict[str, Any](), dict[str, Any](), defaultdict[str, Any](Counter)
        self.wallet, self.debt, self.turns = Counter[str](), Counter[str](), 0

    def in_force(self, who: str) -> list[int]:
        """Limits of a payment, a day, a month: what was wanted before today, and whatever is tighter since."""
        before = [wanted for day, wanted in self.said[who].limits if day < self.today][-1]
        return list(map(min, before, before, *(wanted for day, wanted in self.said[who].limits if day == self.today)))

    def set_limits(self, it: Any) -> None:
        now, later = self.in_force(it.who), self.said[it.who].limits[-1][1]
        looser = any(new and new > min(old) for new, *old in zip(it.limits, now, later, strict=True))
        refuse(AccountFrozen=self.said[it.who].frozen and looser)
        self.said[it.who].limits.append((self.today, [new or old for new, old in zip(it.limits, later, strict=True)]))

    def counted(self, who: str, what: str = "spent") -> list[int]:
        """Of today and of this month: nothing that was declined, but also what came back later."""
        mine = [m for m in self.moves.values() if m.who == who and m.state != "declined"]
        return [sum(getattr(m, what) for m in mine if m.day >= day) for day in (self.today, self.today.replace(day=1))]

    def claim(self, it: Any) -> None:
        refuse(AccountFrozen=self.said[it.who].frozen)
        offer = self.said[it.coupon]
        self.claims.append(Row(who=it.who, offer=offer, ends=offer.ends, state="free", number=len(self.claims)))

    def move(self, it: Any) -> None:
        """From a wallet, a card or the desk to somebody: refused, done, or open until the card's bank answers."""
        refuse(AccountFrozen=self.said[it.who].frozen and it.what != "desk", AmountInvalid=it.amount <= 0)
        self.price(it)
        it.day, it.spent, it.state = self.today, it.cash if it.what in SPENT else 0, "open"
        tries = zip(self.in_force(it.who), (0, *self.counted(it.who)), strict=True)
        over = it.what in SPENT and any(it.cash + counted > most for most, counted in tries)
        refuse(LimitExceeded=over, InsufficientFunds=it.giver == it.who and self.wallet[it.who] < it.cash)
        refuse(TakingsShort=it.what == "pay_out" and self.wallet[it.giver] - awaited(self, it.giver) < it.cash)
        self.wallet[it.giver] -= it.cash
        it.taken, it.card, self.moves[it.request] = self.take(it.who, it.points), it.card if it.cash else None, it
        for claim in it.claims:
            claim.state = "reserved"
        if not it.card:
            self.answer(it, approved=True)

    def price(self, it: Any) -> None:
        """Gross, less coupons (percents first, each on what is left), less points, is cash; cash earns points."""
        rule, free = self.said["rule"], [one for one in self.claims if one.who == it.who and one.state == "free"]
        it.claims = [next((one for one in free if one.offer.coupon == name), None) for name in it.coupons]
        refuse(CouponNotHeld=None in it.claims)
        it.off = it.shop_off = it.agreed = it.back = it.cash_back = it.off_back = 0
        for claim in sorted(it.claims, key=lambda one: (not one.offer.part, one.ends, one.number)):
            offer, left = claim.offer, it.amount - it.off
            off = min(left, left * offer.part // WHOLE + offer.fixed, offer.cap)
            unfit = it.amount < offer.least or offer.shop not in {None, it.to} or claim.ends <= self.now
            refuse(CouponNotUsable=unfit or not off or (offer.alone and len(it.claims) > 1))
            it.off, it.shop_off = it.off + off, it.shop_off + (off if offer.shop else 0)
        left, it.value, most = it.amount - it.off, it.points * rule.worth, self.spendable(it.who)
        refuse(InsufficientPoints=it.points > most, PointsBeyondCap=it.value * WHOLE > left * rule.part)
        it.cash, it.rate = left - it.value, rule.per * (WHOLE + self.said[it.to].more) if it.what == "pay" else 0
        today = max(0, rule.day_cap - self.counted(it.who, "earned")[0])
        it.earned, it.until = min(it.cash * it.rate // (100 * WHOLE), rule.cap, today), self.today + rule.days * DAY

    def answer(self, it: Any, *, approved: bool) -> None:
        it.state, it.lot = "done" if approved else "declined", (it.until, len(self.points[it.who]))
        for claim in it.claims:
            claim.state = "used" if approved else "free"
        self.wallet[it.to if approved else it.giver] += it.amount - it.shop_off if approved else it.cash
        if approved:
            self.give(it.who, [it.lot] * it.earned)
        else:
            self.points[it.who].update(it.taken)

    def living(self, who: str, own: Any = None) -> list[Any]:
        """The lot of each point, as they are spent: what ends first, the oldest of equals; first `own`, though over."""
        lots = [lot for lot in self.points[who] if lot == own or self.today <= lot[0]]
        return [lot for lot in sorted(lots, key=lambda lot: (lot != own, lot)) for _ in range(self.points[who][lot])]

    def spendable(self, who: str) -> int:
        return 0 if self.debt[who] else len(self.living(who))

    def take(self, who: str, points: int, own: Any = None) -> list[Any]:
        taken = self.living(who, own)[:points]
        self.points[who].subtract(taken)
        return taken

    def give(self, who: str, lots: list[Any]) -> None:
        paid = min(len(lots), self.debt[who])  # a debt first
        self.debt[who] -= paid
        self.points[who].update(dict.fromkeys(lots, 0) | Counter(lots[paid:]))

    def rest(self, p: Any) -> int:
        return int(p.amount - sum(r.amount for r in self.refunds.values() if r.p is p and r.state not in ENDED))

    def ask_back(self, it: Any) -> None:
        it.p, it.state, it.sent = self.moves[it.payment], "requested", False
        refuse(PaymentNotCaptured=it.p.state != "done", AmountInvalid=it.amount <= 0)
        refuse(RefundExceedsPayment=it.amount > self.rest(it.p))
        self.refunds[it.request] = it

    def judge(self, it: Any) -> None:
        r, p = self.refunds[it.refund], self.refunds[it.refund].p
        fits = r.state == "confirmed" and r.told and not r.sent if it.to == "redirected" else r.state == "requested"
        refuse(RefundUnknown=it.shop not in {None, p.to}, RefundStateDiffers=not fits)
        r.state, r.due = it.to, it.due
        if it.to == "confirmed":
            r.share, r.turn, self.turns, p.agreed = share(p, r.amount), self.turns, self.turns + 1, p.agreed + r.amount
            r.told = awaited(self, p.to, r) <= self.wallet[p.to]  # a bank is told of what the shop has
        if it.to == "redirected" or (it.to == "confirmed" and r.told and not p.card):
            self.credit(r, p.who)

    def credit(self, r: Any, to: str) -> None:
        """Redeemed points come back, earned ones go, so does the money; with all of a payment also its coupons."""
        p, (cash, _, points), off = r.p, r.share, r.amount - sum(r.share[:2])
        self.wallet[p.to] -= r.amount - bore(p, off)
        self.wallet[to] += cash
        back, p.taken, grace = p.taken[:points], p.taken[points:], (self.today + 30 * DAY, len(self.points[p.who]))
        self.give(p.who, [lot if self.today <= lot[0] else grace for lot in back])
        kept = [min(p.earned, (p.cash - x) * p.rate // (100 * WHOLE)) for x in (p.cash_back, p.cash_back + cash)]
        self.debt[p.who] += kept[0] - kept[1] - len(self.take(p.who, kept[0] - kept[1], p.lot))
        p.back, p.cash_back, p.off_back, r.state = p.back + r.amount, p.cash_back + cash, p.off_back + off, "credited"
        for claim in p.claims if p.back == p.amount else []:
            claim.ends = claim.offer.ends + 7 * DAY
            claim.state = "free" if self.now < claim.ends else "lost"

    def settle(self, _it: Any) -> None:
        for r in self.refunds.values():
            r.told = r.state == "confirmed" and awaited(self, r.p.to, r) <= self.wallet[r.p.to]
            if r.told and (not r.p.card or (r.sent and r.due <= self.today)):
                self.credit(r, "bank" if r.p.card else r.p.who)
