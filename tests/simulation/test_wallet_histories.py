"""Whatever is paid, given, asked back, refused, repeated and cut off, in any order: a wallet holds what its model does.

The 22 invariants of LEDGER.md §8, each with what holds it. `agrees` is asked after every step, `looks` and `broken` now
and then and at the end; they stand in `wallet_telling` and `wallet_promises`.

 1 entries balance                    broken: every entry, for each owner and currency (`data.store.conservation`)
 2 all postings sum to zero           broken: "2 …"; what wallets hold is what the house owes, points likewise
 3 nobody below nothing, ever         broken: "3 …", at every sequence number
 4 memory = sums of the rows          agrees (model = memory), looks (model = rows), broken: `memory_drift`
 5 posted rows never change           looks: every row that was there is there; broken: the chained record
 6 same request, same answer, once    repeats; broken: "6 …"
 7 other content under its id         repeats: `RequestIdReused`, and nothing moves
 8 outcomes can be asked for          reopens; test_wallet_killed
 9 what was acknowledged is there     reopens; test_wallet_killed
10 refunds within their payment       the model's `rest`; broken: "10 …"; a full refund gives back exactly what was paid
                                      when a shop pays out, open refunds keep theirs: the model's `TakingsShort`
11 refunds' path, credited once       broken: "11 …", `_paths`; the model's states
12 due on working days; overdue       broken: `_dates`
13 points: lots, debt, expiry         agrees (lots, debts, points); broken: "13 …"
14 coupons                            agrees (claims); broken: "14 …"
15 limit counters = a recount         agrees (the model only ever recounts); broken: `_counters`
16 nothing leaves a frozen wallet     the model's `AccountFrozen`; broken: "16 …"
17 one-time codes                     tests/data/security/test_totp.py
18 no card number anywhere            broken: `card_numbers`
19 the chained record                 broken: `upkeep.verify`; tests/data/store/test_chain.py: tampering is found
20 an import twice is one import      the stage's `statement`; test_histories
21 a run = its journal in order       ends: told once more to a fresh store; test_wallet_at_once
22 another engine, the same outcomes  ends: decided once more with no engine at all (`wallet_unstored`); a second
                                     engine is not there yet
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace as Row
from typing import Any, ClassVar, Final, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
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
from tests.simulation.wallet_shops import awaited
from tests.simulation.wallet_stage import KEEPERS, NEVER, NO_LIMIT, NUMBERS, PEOPLE, Cast, furnished
from tests.simulation.wallet_telling import Telling, deed

EXAMPLES: Final = int(os.environ.get("LITTLE_GOLD_CARD_HISTORIES", "10"))
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
limits = st.sampled_from([None, None, NO_LIMIT, 30_00, 90_00, 300_00])


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
        self.earn_by(per=per, cap=NO_LIMIT, day_cap=NO_LIMIT, days=40, worth=worth, part=8_000)
        for who in PEOPLE:
            self.does("move", what="desk", who=who, giver="desk", to=who, amount=900_00 if rich else 60_00)
        self.publish(shop=None, percent=False, least=0, days=None, few=False, alone=False)
        self.publish(shop="cafe", percent=True, least=0, days=days, few=False, alone=False)
        self.publish(shop="market", percent=True, least=0, days=None, few=False, alone=False)

    # Money that moves.

    @act(5, who=people, bills=st.lists(bills, min_size=1, max_size=3), asks=often, wrong=rarely)
    def pays(self, who: str, bills: list[Bill], asks: bool, wrong: bool) -> None:
        for shop, amount, *rest in bills:
            self.pay(who, shop, 0 if wrong else amount, *rest, asks=asks)  # type: ignore[arg-type]

    @act(3, who=people, what=st.sampled_from(["top_up", "withdraw"]), amount=amounts, card=says, asks=often)
    def moves_by_card(self, who: str, what: str, amount: int, card: str, asks: bool) -> None:
        giver, to = ("bank", who) if what == "top_up" else (who, "bank")
        self.does("move", what=what, who=who, giver=giver, to=to, amount=amount, card=self.card(who, card), asks=asks)

    @act(1, who=people, to=st.one_of(st.none(), people), amount=amounts)
    def gives(self, who: str, to: str | None, amount: int) -> None:
        """To another member, or over the desk."""
        what, giver = ("desk", "desk") if to in {None, who} else ("transfer", who)
        self.does("move", what=what, who=who, giver=giver, to=to or who, amount=amount)

    @act(1, who=people, over=st.sampled_from([1, 1, 1, 0]), to=people)
    def gives_everything(self, who: str, over: int, to: str) -> None:
        """All there is and mostly a cent more, which what is held must not make up for."""
        self.does("move", what="transfer", who=who, giver=who, to=to, amount=self.model.wallet[who] + over)

    @act(4, who=st.sampled_from(["bob"] * 4 + ["ann"]), quarters=quarters, older=which, parts=parts)
    def pays_out(self, who: str, quarters: int, older: int, parts: list[tuple[int, bool]]) -> None:
        """The market's money, in quarters of what is free, or a cent too much; then somebody asks for more back."""
        free = self.model.wallet["market"] - awaited(self.model, "market")
        amount = free + 1 if quarters == 5 else quarters if quarters > 5 else free * quarters // 4
        self.does("move", what="pay_out", who=who, giver="market", to=who, amount=amount)
        paid = [it for it in self.payments() if it.to == "market" and it.state == "done" and self.model.rest(it)]
        if paid:
            self.ask_back(paid[-1 - older % len(paid)], parts)

    @act(1, those=st.lists(st.tuples(people, st.sampled_from([*KEEPERS, *PEOPLE]), amounts), min_size=2, max_size=5))
    def crowds(self, those: list[tuple[str, str, int]]) -> None:
        self.told.at_once(
            [
                deed(what="pay" if to in KEEPERS else "transfer", who=who, giver=who, to=to, amount=amount)
                for who, to, amount in those
            ]
        )

    @act(
        1,
        shop=shops,
        amount=amounts,
        payers=st.lists(people, min_size=1, max_size=2),
        card=cards,
        wrong=rarely,
        late=often.map(lambda one: not one),
    )
    def shows_a_code(
        self, shop: str, amount: int, payers: list[str], card: str | None, wrong: bool, late: bool
    ) -> None:
        """A code for one payment, which one or two people try to pay within its five minutes or after."""
        code = f"Q{len(self.told.sent)}"
        if self.does("pay_code", shop=shop, amount=amount, code=code):
            self.turn(6 * MINUTE if late else MINUTE)
            for who in payers:
                self.pay(who, "cafe" if wrong else shop, amount + wrong, 0, 0, card=card, code=code)
            unpaid = [no for _, it, (no, _) in self.told.sent if it.code == code and it.who != KEEPERS[shop]][:1]
            assert wrong or late or not any(no and no.startswith("PayCode") for no in unpaid)

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

    @act(3, refund=which, to=st.sampled_from(["confirmed", "rejected", "cancelled"]), wrong=rarely)
    def judges(self, refund: int, to: str, wrong: bool) -> None:
        known = list(self.model.refunds.values())
        known = known if wrong else [one for one in known if one.state == "requested"]
        if not known:
            return
        it = known[-1 - refund % len(known)]
        shop = next(one for one in KEEPERS if (one == it.p.to) != (wrong and refund % 2 == 1))
        by = {"who": it.who} if to == "cancelled" else {"shop": shop}
        if self.does("judge", refund=it.request, to=to, **by) and to != "confirmed":
            self.ask_back(it.p, [(4, False), (5, False)])  # what was not given can be asked for again, and no more

    @act(2, one=which, again=st.booleans(), approved=st.booleans(), wrong=often)
    def helps(self, one: int, again: bool, approved: bool, wrong: bool) -> None:
        """A person helps what is stuck: a refund that its card did not take, a charge that its bank is silent about."""
        refunds = [one for one in self.model.refunds.values() if one.state == "confirmed" and one.p.card]
        known = [*self.silent(), *(refunds if wrong else (one for one in refunds if not one.sent))]
        if not known:
            return
        it = known[one % len(known)]
        if it.request not in self.model.refunds:
            self.does("hand", who=it.who, move=it.request, approved=approved)
        elif again and it.told and not it.sent:
            self.does("retry", who=it.who, refund=it.request, attempt=self.told.stage.attempts(it.request) + 1)
        else:
            self.does("judge", who=it.who, refund=it.request, to="redirected")

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
            midnight = datetime.combine(lots[0][0], time(16))  # Shanghai's, in UTC
            self.told.turn(min(LAST, max(self.model.now, midnight + (HALF_HOUR if over else -HALF_HOUR))))
        if settles:
            self.does("settle")
        self.pay(who, "cafe", 40_00, 4, 0)

    @act(
        2,
        who=people,
        per=st.sampled_from([20, 50, 1, 0]),
        cap=st.sampled_from([NO_LIMIT, 7]),
        day_cap=st.sampled_from([NO_LIMIT, 30]),
        days=st.sampled_from([365, 30, 2]),
        worth=st.sampled_from([1, 3]),
        part=st.sampled_from([3_000, 10_000]),
        more=st.sampled_from([0, 5_000, 10_000]),
    )
    def changes_rules(self, who: str, more: int, **rule_: Any) -> None:
        """Another earn rule, and a campaign of the cafe's; what it earns may end before what was earned earlier."""
        self.earn_by(**rule_)
        self.does("campaign", shop="cafe", about="cafe", says=Row(more=more))
        self.pay(who, "cafe", 40_00, 0, 0)
        self.pay(who, "cafe", 10_00, 2, 0)

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

    @act(1, who=people, shop=shops, grace=st.sampled_from([7, 7, 0]), over=st.booleans())
    def keeps_a_coupon_to_its_end(self, who: str, shop: str, grace: int, over: bool) -> None:
        """Half an hour before or after its end, or the end of the seven days more, it comes back and is used again."""
        self.publish(shop=shop, percent=False, least=0, days=1, few=False, alone=False)
        code = list(self.model.said)[-1]
        about = {"what": "pay", "who": who, "giver": who, "to": shop, "coupons": [code]}
        if self.does("move", amount=20_00, **about):
            end = self.model.said[code].ends + timedelta(days=grace)
            self.told.turn(min(LAST, end + (HALF_HOUR if over else -HALF_HOUR)))
            self.ask_back(self.payments()[-1], [(4, True)])
            self.does("move", amount=21_00, **about)
        self.does("claim", who=who, coupon=code)

    # What is allowed.

    @act(1, who=people, asked=st.tuples(limits, limits, limits))
    def sets_limits(self, who: str, asked: tuple[int | None, int | None, int | None]) -> None:
        self.does("set_limits", who=who, limits=asked)

    @act(2, who=people, card=says, what=st.sampled_from(["unbind", "freeze", "bind"]), short=often)
    def allows(self, who: str, card: str, what: str, short: bool) -> None:
        if what == "freeze":
            self.does("freeze", who=who, about=who, says=Row(frozen=True))
            self.pay(who, "cafe", 1_00, 0, 0)
            self.moves_by_card(who, "withdraw", 1_00, card, asks=True)
            self.gives(who, "cid" if who != "cid" else "ann", 1_00)
            self.does("set_limits", who=who, limits=(NO_LIMIT, 300_00, None))
        elif what == "unbind":
            self.does("unbind", who=who, card=self.card(who, card))
        else:
            again = f"{who}:{card}:{self.bindings[who, card] + 1}"
            self.bindings[who, card] += self.does("bind", who=who, card=again)
        for one in PEOPLE if short else []:
            self.does("unfreeze", who=one, about=one, says=Row(frozen=False))

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
            self.pay(who, "cafe", 40_00, 0, 0)  # what counted today counts on
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
        mine, rule_ = [one for one in self.model.claims if one.who == who], self.model.said["rule"]
        fits = {one.offer.coupon for one in mine if one.state == "free" and one.offer.shop in {None, shop}}
        named = [one.offer.coupon for one in mine[:1]] if used > 2 else sorted(fits)[-used:] if used else []
        most = min(self.model.spendable(who), amount * rule_.part // (10_000 * rule_.worth) - 5_00 * used)
        some = max(0, most) * points // 4 if points <= 4 else self.model.spendable(who) + 1
        by = {"giver": "bank", "card": self.card(who, card)} if card else {"giver": who}
        self.does("move", what="pay", who=who, to=shop, amount=amount, points=some, coupons=named, **by, **more)

    def ask_back(self, it: Any, parts: list[tuple[int, bool]], *, wrong: bool = False) -> None:
        """parts: quarters of the rest, or beyond 4 so many cents; whether the shop agrees at once."""
        for quarter, agreed in parts:
            rest = self.model.rest(it)
            amount = rest + 1 if wrong else min(quarter, rest) if quarter > 4 else rest * quarter // 4
            asked = amount > 0 and self.does("ask_back", who=it.who, payment=it.request, amount=amount)
            if asked and agreed:
                self.does("judge", refund=list(self.model.refunds)[-1], to="confirmed", shop=it.to)

    def publish(self, shop: str | None, percent: bool, least: int, days: int | None, few: bool, alone: bool) -> None:
        """A coupon of the house or of a shop, which everybody takes."""
        off = {"part": 1_500, "fixed": 0, "cap": 9_01} if percent else {"part": 0, "fixed": 4_99, "cap": NO_LIMIT}
        code, ends = f"C{len(self.model.said)}", self.model.now + timedelta(days=days) if days else NEVER
        says = Row(coupon=code, shop=shop, least=least, alone=alone, ends=ends, **off)
        self.does(
            "publish", id=new_id(), shop=shop, stock=2 if few else None, each=1 if few else 2, about=code, says=says
        )
        for who in PEOPLE:
            self.does("claim", who=who, coupon=code)

    def earn_by(self, **rule_: Any) -> None:
        self.does("earn_rule", about="rule", says=Row(**rule_))

    def turn(self, seconds: int) -> None:
        self.told.turn(min(LAST, self.model.now + timedelta(seconds=seconds)))

    def card(self, who: str, card: str) -> str:
        return f"{who}:{card}:{self.bindings[who, card]}"

    def payments(self) -> list[Any]:
        return [one for one in self.model.moves.values() if one.what == "pay"]

    def silent(self) -> list[Any]:
        return [one for one in self.model.moves.values() if one.state == "open" and "silent" in one.card]


def tells(histories: type[Histories], folder: Path) -> None:
    """Every history of the run."""
    histories.cast = furnished(folder / "cast")
    run_state_machine_as_test(
        histories,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate],  # shrinking tells hundreds of histories more; the one that failed is printed
            database=None,
            derandomize="LITTLE_GOLD_CARD_HISTORIES" not in os.environ,  # CI walks the same ways every time
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )


def test_a_wallet_holds_what_the_model_holds(tmp_path: Path) -> None:
    tells(Histories, tmp_path)
