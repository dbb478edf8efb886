"""What everybody holds in a wallet: plain records and sums, written from LEDGER.md §1-§5 and from none of its code.

A method is what a command comes to, or the `No` of `wallet_gate`, which describes `it`; `wallet_points` counts points.
Money waits for a card's bank as an open move; a bank says what its test card is documented to say.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.simulation.wallet_gate import Gate, refuse
from tests.simulation.wallet_points import DAY, SECOND

STUCK, ENDED = {"failed", "manual"}, {"rejected", "cancelled"}  # of refunds


class Model(Gate):
    def __init__(self, keepers: dict[str, str], cards: list[str]) -> None:
        super().__init__(keepers, cards)
        self.wallet, self.held, self.bank = Counter[str](), Counter[str](), Counter[str]()
        self.moves, self.refunds = dict[str, Any](), dict[str, Any]()

    def move(self, it: Any) -> None:
        """Pay, give, top up, withdraw, cash over the desk: refused, done at once, or open until a bank answers."""
        pays, gives, sends = it.what == "pay", it.what == "transfer", it.what == "withdraw"
        refuse(AccountFrozen=it.who in self.frozen and it.what != "desk", AmountInvalid=it.amount <= 0)
        refuse(OwnMerchant=pays and self.keepers[it.shop] == it.who, SameMember=gives and it.to == it.who)
        it.cash, it.day, it.at, it.next, it.asked = it.amount, self.today, self.now, self.now + 30 * SECOND, 0
        if pays:
            self.price(it)
        if pays or gives:
            self.within(it.who, it.cash)
        own = it.cash if gives or sends or (pays and not it.card) else 0
        refuse(CardUnknown=it.card not in self.bound, InsufficientFunds=self.wallet[it.who] < own)
        self.wallet[it.who] -= own
        self.held[it.who] += own if sends else 0
        self.spent[it.who, it.day] += it.cash if pays or gives else 0
        if pays:
            it.refunds, it.taken = [], self.take(self.living(it.who), it.points)
            self.earned[it.who, it.day] += it.earned
            self.mark(it, "reserved", paid=True)
        it.card, it.state, self.moves[it.request] = it.card if it.cash else None, "open", it
        if not it.card:
            self.final(it, approved=True)
        elif it.asks:
            self.ask(it)
        refuse(CardDeclined=it.state == "declined")

    def mark(self, it: Any, state: str, *, paid: bool) -> None:
        for claim in it.claims:
            claim.state = state
        self.codes.get(it.code, it).paid = paid

    def ask(self, it: Any) -> None:
        says, it.asked = it.card.split(":")[1], it.asked + 1
        it.next = self.now + min(900, 5 * 2 ** (it.asked - 1)) * SECOND  # a silent bank: later and later
        if says != "silent" and (it.asked > 2 or not says.endswith("later")):
            approved = not says.startswith("no")
            self.bank[it.request] += approved * (-it.cash if it.what == "withdraw" else it.cash)
            self.final(it, approved=approved)

    def hand(self, it: Any) -> None:
        self.final(self.moves[it.move], approved=it.approved)
        refuse(CardDeclined=not it.approved)

    def final(self, it: Any, *, approved: bool) -> None:
        it.state = "done" if approved else "declined"
        if it.what == "withdraw":
            self.held[it.who] -= it.cash
            self.wallet[it.who] += 0 if approved else it.cash
        elif it.what != "pay":
            self.wallet[it.to] += approved * it.cash
        elif approved:
            self.mark(it, "used", paid=True)
            self.wallet[it.shop] += it.amount - it.shop_off
            it.lot, it.back, it.bore, it.cash_back, it.forgiven = self.new_lot(it.who, it.until), 0, 0, 0, 0
            self.give(it.who, it.earned, it.lot)
        else:
            self.mark(it, "free", paid=False)
            self.spent[it.who, it.day] -= it.cash
            self.earned[it.who, it.day] -= it.earned
            for lot, part in it.taken:
                lot.left += part

    def ask_back(self, it: Any) -> None:
        it.p, it.state, it.attempt, it.share = self.moves.get(it.payment), "requested", 0, None
        refuse(PaymentUnknown=not it.p or it.p.what != "pay" or it.p.who != it.who)
        refuse(PaymentNotCaptured=it.p.state != "done", AmountInvalid=it.amount <= 0)
        refuse(RefundTooLate=self.now > it.p.at + 365 * DAY, RefundExceedsPayment=it.amount > self.rest(it.p))
        self.refunds[it.request] = it
        it.p.refunds.append(it)

    def rest(self, p: Any) -> int:
        return int(p.amount - sum(r.amount for r in p.refunds if r.state not in ENDED))

    def judge(self, it: Any) -> None:
        """The merchant agrees or not; the member takes it back, has it sent again, or into the wallet instead."""
        r = self.refunds[it.refund]
        refuse(RefundUnknown=it.shop not in {None, r.p.shop})
        refuse(RefundStateDiffers=r.state not in (STUCK if it.to in {"retried", "redirected"} else {"requested"}))
        if it.to == "retried":
            self.send(r, r.attempt + 1)
        elif it.to == "redirected":
            self.credit(r, redirected=True)
        elif it.to == "confirmed":
            before, parts = sum(one.amount for one in r.p.refunds if one.share), (r.p.cash, r.p.value, r.p.points)
            r.share = [x * (before + r.amount) // r.p.amount - x * before // r.p.amount for x in parts]
            r.state, r.due = "processing", it.due
            self.send(r, 1) if r.p.card else self.credit(r)
        else:
            r.state = it.to

    def send(self, r: Any, attempt: int) -> None:
        says, again = r.p.card.split(":")[1], attempt == r.attempt
        r.state, r.attempt = "processing", attempt
        if r.share[0] and (says == "silent" or (says == "fails once" and attempt == 1)):
            r.state = "manual" if attempt >= 5 else "failed"
        elif not again:
            self.bank[r.p.request] -= r.share[0]

    def credit(self, r: Any, *, redirected: bool = False) -> None:
        """Money and redeemed points come back, earned ones go; with the last part of a payment also its coupons."""
        p, (cash, value, points) = r.p, r.share
        p.back += r.amount - cash - value  # the coupons' part so far
        bore, before = p.shop_off * p.back // p.off if p.off else 0, p.bore
        self.wallet[p.shop] -= r.amount - (bore - before)
        self.wallet[p.who] += cash if redirected or not p.card else 0
        p.bore, r.state = bore, "credited"
        self.restore(p, points)
        self.claw(p, cash)
        for claim in p.claims if sum(one.amount for one in p.refunds if one.state == "credited") == p.amount else []:
            ends = self.coupons[claim.coupon].ends
            claim.ends = ends and ends + 7 * DAY
            claim.state = "free" if not ends or self.now < claim.ends else "lost"

    def settle(self, it: Any) -> None:
        """Give what is due, let points expire, ask about what is open; how many of each."""
        it.credited = it.answered = 0
        for r in self.refunds.values():
            if r.state in {"processing", "failed"} and r.p.card:
                self.send(r, r.attempt + (r.state == "failed"))
            if r.state == "processing" and (not r.p.card or r.due <= self.today):
                self.credit(r)
                it.credited += 1
        it.expired = self.expire()
        for one in [one for one in self.moves.values() if one.state == "open" and one.next <= self.now]:
            self.ask(one)
            it.answered += one.state != "open"
