"""Whatever is paid, given, asked back, refused, repeated and cut off, in any order: a wallet holds what its model does.

LEDGER.md §8 over random histories on a real store. After every step what everybody holds is compared with the model
(4, 15); the rows (`wallet_promises`: 1-4, 6, 10-16, 18) now and then and at the end. Further, in `wallet_telling`: 5
posted rows never change, 6 and 7 repeated and reused requests, 8 and 9 every reopening, 21 the journal told to a fresh
store leaves the same; 20 a statement read twice. Not here: 17 (one-time codes), 19 (the chained record) and 22
(PostgreSQL) have tests of their own, as have threads (`test_wallet_at_once`) and kills (`test_wallet_killed`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from data.ids import new_id
from data.ledger.account_changes import WalletAccount
from data.ledger.wallet.refusals import ChargeSettled
from tests.simulation.wallet_model import STUCK
from tests.simulation.wallet_stage import KEEPERS, NUMBERS, PEOPLE, Cast, furnished
from tests.simulation.wallet_telling import Telling, deed

EXAMPLES: Final = int(os.environ.get("LITTLE_GOLD_CARD_HISTORIES", "14"))
STEPS: Final = 50
LOOK_EVERY: Final = 10  # steps: how often the rows are added up
LAST: Final = datetime(2024, 12, 1)  # noqa: DTZ001 - working days are known so far
MINUTE, HOUR, DAY, HALF_HOUR = 60, 3_600, 86_400, timedelta(minutes=30)

Act = TypeVar("Act", bound=Callable[..., None])
Bill = tuple[str, int, int, int, str | None]  # at which shop, how much, points, coupons, by which card
people, shops, says = (
    st.sampled_from(["ann", *PEOPLE]),
    st.sampled_from(sorted(KEEPERS)),
    st.sampled_from(["good", *NUMBERS]),
)
sums = st.sampled_from([1, 3_33, 9_99, 10_00, 25_50, 40_00, 60_07, 88_00])
amounts = st.builds(int.__add__, sums, st.integers(0, 150))
which, often, rarely = st.integers(0, 23), st.sampled_from([True] * 4 + [False]), st.sampled_from([False] * 9 + [True])
shares, coupons = st.sampled_from([0, 4, 1, 2, 0, 4, 4, 5]), st.sampled_from([0, 1, 2, 0, 1, 2, 1, 2, 3])
cards = st.none() | says
bills = st.tuples(shops, amounts, shares, coupons, cards)
quarters = st.sampled_from([4, 2, 4, 1, 4, 3, 5, 77, 301])
parts = st.lists(st.tuples(quarters, often), min_size=1, max_size=3)
limits = st.sampled_from([None, None, -1, 30_00, 90_00, 300_00])


ACTS: list[st.SearchStrategy[tuple[str, dict[str, Any]]]] = []


def act(weight: int, **told: st.SearchStrategy[Any]) -> Callable[[Act], Act]:
    """What may happen in a history, and how often.

    It is drawn by weight in one rule: hypothesis's own choice among rules leaves half of them out of a whole history.
    """

    def known(happens: Act) -> Act:
        ACTS.extend([st.tuples(st.just(happens.__name__), st.fixed_dictionaries(told))] * weight)
        return happens

    return known


class Histories(RuleBasedStateMachine):
    """One history. Where a rule says `wrong`, it is asked for what cannot be."""

    cast: ClassVar[Cast]

    def __init__(self) -> None:
        super().__init__()
        self.told = Telling(self.cast)
        self.model, self.does = self.told.model, self.told.does
        self.bindings = {(who, one): 0 for who in PEOPLE for one in NUMBERS}
        self.steps = 0

    @initialize(
        per=st.sampled_from([20, 50, 1]), worth=st.sampled_from([1, 3]), rich=often, days=st.sampled_from([1, 30])
    )
    def begins(self, per: int, worth: int, rich: bool, days: int) -> None:
        self.does("earn_rule", per=per, cap=None, day_cap=None, days=40, worth=worth, part=8_000)
        for who in PEOPLE:
            self.does("move", what="desk", who=who, to=who, amount=900_00 if rich else 60_00)
        self.publish(shop=None, percent=False, least=0, days=None, few=False, alone=False)
        self.publish(shop="cafe", percent=True, least=0, days=days, few=False, alone=False)

    # Money that moves.

    @act(5, who=people, bills=st.lists(bills, min_size=1, max_size=3), asks=often, wrong=rarely)
    def pays(self, who: str, bills: list[Bill], asks: bool, wrong: bool) -> None:
        for shop, amount, *rest in bills:
            self.pay(who, shop, 0 if wrong else amount, *rest, asks=asks)  # type: ignore[arg-type]

    @act(3, who=people, what=st.sampled_from(["top_up", "withdraw"]), amount=amounts, card=says, asks=often)
    def moves_by_card(self, who: str, what: str, amount: int, card: str, asks: bool) -> None:
        self.does("move", what=what, who=who, to=who, amount=amount, card=self.card(who, card), asks=asks)

    @act(1, who=people, to=st.one_of(st.none(), people), amount=amounts)
    def gives(self, who: str, to: str | None, amount: int) -> None:
        """To another member, or over the desk."""
        self.does("move", what="desk" if to in {None, who} else "transfer", who=who, to=to or who, amount=amount)

    @act(1, who=people, over=st.sampled_from([1, 1, 1, 0]), to=people)
    def gives_everything(self, who: str, over: int, to: str) -> None:
        """All there is and mostly a cent more, which what is held must not make up for."""
        self.does("move", what="transfer", who=who, to=to, amount=self.model.wallet[who] + over)

    @act(1, those=st.lists(st.tuples(people, st.sampled_from([*KEEPERS, *PEOPLE]), amounts), min_size=2, max_size=5))
    def crowds(self, those: list[tuple[str, str, int]]) -> None:
        whats = [{"what": "pay", "shop": to} if to in KEEPERS else {"what": "transfer", "to": to} for _, to, _ in those]
        self.told.at_once(
            [deed(who=who, amount=amount, **what) for (who, _, amount), what in zip(those, whats, strict=True)]
        )

    @act(1, shop=shops, amount=amounts, payers=st.lists(people, min_size=1, max_size=2), card=cards, wrong=rarely)
    def shows_a_code(self, shop: str, amount: int, payers: list[str], card: str | None, wrong: bool) -> None:
        """A code for one payment, which one or two people try to pay."""
        code = f"Q{len(self.told.sent)}"
        if self.does("pay_code", shop=shop, amount=amount, code=code):
            for who in payers:
                self.pay(who, "cafe" if wrong else shop, amount + wrong, 0, 0, card=card, code=code)

    # Refunds.

    @act(
        6,
        who=people,
        bill=bills,
        older=st.none() | which,
        parts=parts,
        wrong=rarely,
    )
    def asks_back(self, who: str, bill: Bill, older: int | None, parts: list[tuple[int, bool]], wrong: bool) -> None:
        """A payment, new or older, in parts: some cents or up to four quarters of the rest; agreed to or not yet."""
        if older is None:
            self.pay(who, *bill)
        open_ = [it for it in self.payments() if wrong or (it.state == "done" and self.model.rest(it))]
        if open_:
            self.ask_back(open_[-1 - (older or 0) % len(open_)], parts, wrong=wrong)

    @act(3, who=people, bill=bills, wait=st.sampled_from([2 * DAY, 0, 2 * DAY, 33 * DAY]), parts=parts)
    def turns_round(self, who: str, bill: Bill, wait: int, parts: list[tuple[int, bool]]) -> None:
        """Points that a payment earned are spent, then it comes back, then what it gave back is spent."""
        self.pay(who, *bill)
        first = [it for it in self.payments()[-1:] if it.state == "done"]
        self.pay(who, "cafe", bill[1], 4, 0)
        self.turn(wait)
        for it in first:
            self.ask_back(it, parts)
        self.pay(who, bill[0], 40_00, 4, 2)

    @act(2, refund=which, to=st.sampled_from(["confirmed", "confirmed", "rejected", "cancelled"]), wrong=rarely)
    def judges(self, refund: int, to: str, wrong: bool) -> None:
        known = list(self.model.refunds.values())
        known = known if wrong else [one for one in known if one.state == "requested"]
        if not known:
            return
        it = known[-1 - refund % len(known)]
        shop = next(one for one in KEEPERS if (one == it.p.shop) != (wrong and refund % 2 == 1))
        by = {"who": it.who} if to == "cancelled" else {"shop": shop}
        if self.does("judge", refund=it.request, to=to, **by) and to != "confirmed":
            self.ask_back(it.p, [(4, False), (5, False)])  # what was not given can be asked for again, and no more

    @act(2, one=which, to=st.sampled_from(["retried", "redirected"]), approved=st.booleans())
    def helps(self, one: int, to: str, approved: bool) -> None:
        """A person helps what is stuck: a refund that its card did not take, a charge that its bank is silent about."""
        if not self.stuck():
            return
        it = self.stuck()[one % len(self.stuck())]
        if it.request in self.model.refunds:
            self.does("judge", refund=it.request, to=to, who=it.who, attempt=it.attempt + 1)
        else:
            self.does("hand", who=it.who, move=it.request, approved=approved)

    # Time, and what the house decides.

    @act(
        4,
        wait=st.sampled_from([DAY, 1, 40, 6 * MINUTE, 7 * HOUR, 7 * HOUR, DAY, 3 * DAY, 3 * DAY, 12 * DAY, 33 * DAY]),
        settles=often,
    )
    def waits(self, wait: int, settles: bool) -> None:
        self.turn(wait)
        if settles:
            self.does("settle")

    @act(2, who=people, over=st.booleans(), settles=st.booleans())
    def waits_for_the_end(self, who: str, over: bool, settles: bool) -> None:
        """The last hour of somebody's next points, or the hour after; then they are spent."""
        lots = self.model.living(who)
        if lots:
            midnight = datetime.combine(lots[0].until, time(16))  # Shanghai's, in UTC
            self.told.turn(min(LAST, max(self.model.now, midnight + (HALF_HOUR if over else -HALF_HOUR))))
        if settles:
            self.does("settle")
        self.pay(who, "cafe", 40_00, 4, 0)

    @act(
        2,
        per=st.sampled_from([20, 50, 1, 0]),
        cap=st.sampled_from([None, 7]),
        day_cap=st.sampled_from([None, 30]),
        days=st.sampled_from([365, 30, 2]),
        worth=st.sampled_from([1, 3]),
        part=st.sampled_from([3_000, 10_000]),
        more=st.sampled_from([0, 5_000, 10_000]),
    )
    def changes_rules(self, more: int, **rule_: Any) -> None:
        """Another earn rule, and a campaign of the cafe's."""
        self.does("earn_rule", **rule_)
        self.does("campaign", shop="cafe", more=more)

    @act(
        1,
        shop=st.sampled_from([None, *KEEPERS]),
        percent=st.booleans(),
        least=st.sampled_from([0, 0, 10_00]),
        days=st.sampled_from([None, 1, 30]),
        few=st.booleans(),
        alone=rarely,
    )
    def publishes(self, **terms: Any) -> None:
        self.publish(**terms)

    # What is allowed.

    @act(1, who=people, asked=st.tuples(limits, limits, limits))
    def sets_limits(self, who: str, asked: tuple[int | None, int | None, int | None]) -> None:
        self.does("set_limits", who=who, limits=asked)

    @act(2, who=people, card=says, what=st.sampled_from(["unbind", "freeze", "bind"]), short=often)
    def allows(self, who: str, card: str, what: str, short: bool) -> None:
        if what == "freeze":
            self.does("freeze", who=who)
            self.pay(who, "cafe", 1_00, 0, 0)
            self.does("move", what="withdraw", who=who, to=who, amount=1_00, card=self.card(who, card))
        elif what == "unbind":
            self.does("unbind", who=who, card=self.card(who, card))
        else:
            again = f"{who}:{card}:{self.bindings[who, card] + 1}"
            self.bindings[who, card] += self.does("bind", who=who, card=again)
        for one in sorted(self.model.frozen) if short else []:
            self.does("unfreeze", who=one)

    # What is repeated, cut off, and no business of the wallet's.

    @act(2, one=st.integers(0, 200))
    def repeats(self, one: int) -> None:
        self.told.repeats(*self.told.sent[-1 - one % len(self.told.sent)])

    @act(2, what=st.sampled_from(["reopen", "reopen", "late", "tamper"]), who=people, one=which)
    def disturbs(self, what: str, who: str, one: int) -> None:
        """The app starts anew; a bank says once more what it said; somebody corrects what their wallet holds."""
        settled = [it for it in self.model.moves.values() if it.card and it.state != "open"]
        if what == "reopen":
            self.told.reopens()
        elif what == "late" and settled:
            it = settled[-1 - one % len(settled)]
            assert isinstance(self.told.stage.late(it).refusal, ChargeSettled)
        elif what == "tamper":
            with pytest.raises(WalletAccount):
                self.told.stage.tamper(who)

    @act(
        3,
        what=st.sampled_from(["annotate", "split", "teach", "merge", "months", "statement"]),
        who=people,
        one=which,
        category=st.sampled_from(["dining", "shopping"]),
    )
    def interrupts(self, what: str, who: str, one: int, category: str) -> None:
        """An ordinary command touches somebody, just before the house makes its round."""
        paid = [it for it in self.payments() if it.state == "done" and it.cash]
        if what in {"annotate", "split"} and paid:
            it = paid[-1 - one % len(paid)]
            self.does(what, who=it.who, payment=it.request, category=category, amount=it.cash)
        elif what == "teach":
            self.does("teach", who=who, shop=sorted(KEEPERS)[one % 2], category=category)
        elif what == "merge":
            self.does("merge", who=who, card=self.card(who, "good"), into=self.card(who, "yes later"))
        elif what == "months":
            self.does("months", who=who, day=1 + one)
        elif what == "statement":
            self.does("statement", who=who, number=len(self.told.journal))
        self.waits(one % 8 * DAY, settles=True)

    @rule(what=st.deferred(lambda: st.sampled_from(ACTS).flatmap(lambda one: one)))
    def happens(self, what: tuple[str, dict[str, Any]]) -> None:
        name, told = what
        getattr(self, name)(**told)

    # Looking.

    @invariant()
    def agrees(self) -> None:
        self.told.agrees()
        self.steps += 1
        if self.steps % LOOK_EVERY == 0:
            self.told.looks()

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.told.ends()
        finally:
            self.told.close()

    # Choosing.

    def pay(
        self, who: str, shop: str, amount: int, points: int, used: int, card: str | None = None, **more: Any
    ) -> None:
        """points: quarters of what may be spent, 5 a point too many. used: how many of the coupons that fit, or 3."""
        shop = shop if KEEPERS[shop] != who or amount % 10 == 1 else "cafe"  # nobody often pays their own
        mine, rule_ = self.model.claims[who], self.model.rule
        fits = {
            one.coupon for one in mine if one.state == "free" and self.model.coupons[one.coupon].shop in {None, shop}
        }
        named = [one.coupon for one in mine[:1]] if used > 2 else sorted(fits)[-used:] if used else []
        most = min(self.model.spendable(who), amount * rule_.part // (10_000 * rule_.worth) - 5_00 * used)
        some = max(0, most) * points // 4 if points <= 4 else self.model.spendable(who) + 1
        by = self.card(who, card) if card else None
        about = {"who": who, "shop": shop, "amount": amount, "points": some, "coupons": named, "card": by}
        self.does("move", what="pay", **about, **more)

    def ask_back(self, it: Any, parts: list[tuple[int, bool]], *, wrong: bool = False) -> None:
        """parts: quarters of the rest, or beyond 4 so many cents; whether the shop agrees at once."""
        for quarter, agreed in parts:
            rest = self.model.rest(it)
            amount = rest + 1 if wrong else min(quarter, rest) if quarter > 4 else rest * quarter // 4
            asked = amount > 0 and self.does("ask_back", who=it.who, payment=it.request, amount=amount)
            if asked and agreed:
                self.does("judge", refund=list(self.model.refunds)[-1], to="confirmed", shop=it.shop)

    def publish(self, shop: str | None, percent: bool, least: int, days: int | None, few: bool, alone: bool) -> None:
        """A coupon of the house or of a shop, which everybody takes."""
        off = {"off": 1_500, "cap": 9_01} if percent else {"off": 4_99, "cap": None}
        code, ends = f"C{len(self.model.coupons)}", self.model.now + timedelta(days=days) if days else None
        stock = {"stock": 2 if few else None, "each": 1 if few else 2, "alone": alone, "ends": ends}
        self.does("publish", id=new_id(), coupon=code, shop=shop, percent=percent, least=least, **off, **stock)
        for who in PEOPLE:
            self.does("claim", who=who, coupon=code)

    def fits(self, claim: Any, shop: str, amount: int) -> bool:
        offer = self.model.coupons[claim.coupon]
        return offer.shop in {None, shop} and offer.least <= amount and (not claim.ends or claim.ends > self.model.now)

    def turn(self, seconds: int) -> None:
        self.told.turn(min(LAST, self.model.now + timedelta(seconds=seconds)))

    def card(self, who: str, card: str) -> str:
        return f"{who}:{card}:{self.bindings[who, card]}"

    def payments(self) -> list[Any]:
        return [one for one in self.model.moves.values() if one.what == "pay"]

    def stuck(self) -> list[Any]:
        silent = [
            one for one in self.model.moves.values() if one.state == "open" and one.asked and "silent" in one.card
        ]
        return [*silent, *(one for one in self.model.refunds.values() if one.state in STUCK)]


def test_a_wallet_holds_what_the_model_holds(tmp_path: Path) -> None:
    Histories.cast = furnished(tmp_path / "cast")
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="LITTLE_GOLD_CARD_HISTORIES" not in os.environ,  # CI walks the same ways every time
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
