"""A real wallet in a folder, asked in words: the same history can be told to it, to the model, and to it once more.

A deed is the name of one of `Stage`'s methods and what it is about (`it`): people, shops and coupons by name, payments
and refunds by the request ids that made them, a card as "whose:what it does:which". Nothing in a deed is an id that the
store makes, so a journal of deeds means the same in another folder.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Row
from typing import Any, Final
from uuid import UUID

import pytest

from data import (
    accounts,
    bookkeeping,
    cards,
    merchants,
    operating,
    preferences,
    refunds,
    rewards,
    settlement,
    sorting,
    wallet,
)
from data.assurance import AT_THE_MACHINE
from data.cards import CardKind, UnbindCard
from data.categories import normalise_payee
from data.categories.teaching import AlwaysForPayee
from data.database import Database, open_database
from data.errors import RequestIdReused
from data.gateways.sandbox import SandboxGateway
from data.home import BANK_NAME, STORE_NAME, load_key
from data.ids import EntryId, OwnerId, new_request_id
from data.ledger.wallet.commands import ISSUER, AnswerCharge, ChargeState, MoneyCommand
from data.merchants import Coupon, CouponKind, EarnRule, Merchant, PayOut, PublishCoupon, SetEarnRule
from data.money import Money
from data.refunds import CancelRefund, ConfirmRefund, CreditRefund, RejectRefund, RequestRefund, RetryRefund
from data.rewards import ClaimCoupon
from data.running import Running
from data.statements import NothingNew
from data.store.command import Receipt
from data.store.vault import Answer
from data.wallet import DeskTopUp, Freeze, Pay, SetLimits, TopUp, Transfer, Unfreeze, Withdraw
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, spent
from tests.simulation.wallet_unstored import Asked

BEGIN: Final = datetime(2023, 9, 18, 2, 0)  # noqa: DTZ001 - the store keeps UTC without zone
NO_LIMIT: Final = 10**9  # what "no limit" and "no cap" are told as
NEVER: Final = datetime(9000, 1, 1)  # noqa: DTZ001 - when a coupon ends that does not end
NUMBERS: Final = {
    "good": house.GOOD,
    "credit": house.GOOD_CREDIT,
    "no": house.DECLINED,
    "yes later": house.SILENT_THEN_YES,
    "no later": house.SILENT_THEN_NO,
    "silent": house.SILENT,
    "fails once": house.REFUND_FAILS_ONCE,
}
CREDIT: Final = {"credit", "fails once"}  # the others are debit cards
PEOPLE: Final = ("ann", "bob", "cid")
KEEPERS: Final = {"cafe": "kim", "market": "bob"}  # who runs which shop
_CHARGE: Final = "SELECT id FROM charge WHERE owner = $owner AND request_id = $request"
_ENTRY: Final = "SELECT id FROM payment WHERE owner = $owner AND request_id = $request"
_CARD: Final = "SELECT account FROM card WHERE id = $card"
_ANSWERED: Final = "SELECT request_id, state FROM published_charge WHERE state IN ('approved', 'declined')"
_REFUNDS: Final = "SELECT id, request_id FROM refund"
_EXPIRED: Final = "SELECT cast(-coalesce(sum(amount), 0) AS bigint) FROM posting WHERE category = 'expired'"
_ATTEMPTS: Final = "SELECT attempt FROM published_refund WHERE request_id = $request"
_WALLET: Final = "SELECT id FROM account WHERE owner = $owner AND hint_key = 'wallet:CNY'"


@dataclasses.dataclass(frozen=True)
class Cast:
    """Who is there when a history begins, in a folder to copy."""

    folder: Path
    people: dict[str, OwnerId]
    shops: dict[str, Merchant]
    cards: dict[str, UUID]


def opened(folder: Path, clock: Callable[[], datetime]) -> Running:
    return Running(open_database(folder / STORE_NAME, clock), load_key(folder, {}), SandboxGateway(folder / BANK_NAME))


def furnished(folder: Path) -> Cast:
    """Three members with a card of every kind, two shops; kim, who came first, runs the house."""
    folder.mkdir(parents=True)
    running = opened(folder, lambda: BEGIN)
    people = {name: house.person(running.database, name) for name in ("kim", *PEOPLE)}
    bound = {}
    for name in PEOPLE:
        house.open_for(running, people[name])
        for says, number in NUMBERS.items():
            bound[f"{name}:{says}:0"] = house.card(running, people[name], number, _kind(says))
    terms = {"cafe": {}, "market": {"mcc": "5411", "category": "groceries"}}
    shops = {one: house.shop(running, one, proprietor=people[KEEPERS[one]], **terms[one]) for one in KEEPERS}
    running.close()
    return Cast(folder, people, shops, bound)


def _told(limit: int | None, none: int | None) -> int | None:
    return none if limit == NO_LIMIT else limit


def _kind(says: str) -> CardKind:
    return CardKind.CREDIT if says in CREDIT else CardKind.DEBIT


class Stage:
    """The wallet in a copy of the cast's folder, at a clock that only the history turns."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        shutil.copytree(cast.folder, folder)
        self.folder, self.people, self.shops, self.now = folder, cast.people, cast.shops, BEGIN
        self.cards, self.codes = dict(cast.cards), dict[str, UUID]()
        self.asked: list[Asked] = []
        self.running = self.listening(opened(folder, lambda: self.now))

    @property
    def today(self) -> date:
        """Shanghai's day."""
        return (self.now + timedelta(hours=8)).date()

    @property
    def database(self) -> Database:
        return self.running.database

    @property
    def bank(self) -> SandboxGateway:
        assert isinstance(self.running.gateway, SandboxGateway)
        return self.running.gateway

    def reopen(self) -> None:
        self.running.close()
        self.running = self.listening(opened(self.folder, lambda: self.now))

    def listening(self, running: Running) -> Running:
        """Write down what the wallet is asked, also by its own rounds, and what it answers first."""
        transact = running.database.transact

        def heard(command: MoneyCommand) -> Answer:
            return self.hears(command, transact(command))

        vars(running.database)["transact"] = heard
        return running

    def hears(self, command: MoneyCommand, answer: Answer) -> Answer:
        if not answer.replayed and not isinstance(answer.refusal, RequestIdReused):
            self.asked.append((self.now, command, answer))
        return answer

    def does(self, name: str, it: Any) -> Receipt:
        """The receipt of a deed.

        Raises:
            Rejection: as its door.
        """
        receipt: Receipt | None = getattr(self, name)(it)
        return receipt or {}

    def by(self, who: UUID, it: Any, actor: UUID | None = None) -> dict[str, Any]:
        return {"owner": OwnerId(who), "request_id": it.request, "actor": actor or who}

    def member(self, it: Any) -> dict[str, Any]:
        return self.by(self.people[it.who], it)

    def shop(self, it: Any) -> dict[str, Any]:
        shop = self.shops[it.shop]
        return self.by(shop.id, it, shop.proprietor)

    def house(self, it: Any) -> dict[str, Any]:
        return self.by(ISSUER, it, self.people["kim"])

    def owner(self, it: Any) -> UUID:
        """In whose books a deed was asked for."""
        if getattr(it, "what", "") == "pay_out":
            return self.shops[it.giver].id
        return self.shops[it.shop].id if it.who is None and it.shop else self.people.get(it.who, ISSUER)

    # Money that moves. `asks` False: the app was cut off before it could ask the card's bank.

    def move(self, it: Any) -> Receipt:
        command = self.moving(it)
        if it.asks:
            match command:
                case Pay():
                    return wallet.pay(self.running, command, assurance=AT_THE_MACHINE)
                case TopUp():
                    return wallet.top_up(self.running, command)
                case Withdraw():
                    return wallet.withdraw(self.running, command)
        return self.database.transact(command).or_raise()

    def moving(self, it: Any) -> MoneyCommand:
        by, money = self.member(it), {"amount": it.amount, "currency": "CNY"}
        match it.what:
            case "pay":
                shop, card, code = self.shops[it.to].id, self.cards.get(it.card), self.codes.get(it.code)
                claims = tuple(it.coupons)
                return Pay(**by, **money, merchant=shop, card=card, points=it.points, claims=claims, pay_code=code)
            case "transfer":
                return Transfer(**by, **money, recipient=self.people[it.to])
            case "pay_out":
                return PayOut(**self.by(self.shops[it.giver].id, it, self.people[it.who]), **money)
            case "desk":
                return DeskTopUp(**by, **money)
            case "top_up":
                return TopUp(**by, **money, card=self.cards[it.card])
        return Withdraw(**by, **money, card=self.cards[it.card])

    def at_once(self, those: list[Any]) -> list[Answer]:
        """Several moves handed to the writer before the first is answered: decided and written as one group."""
        waiting = [(command, self.database.enqueue(command)) for command in map(self.moving, those)]
        return [self.hears(command, one.result()) for command, one in waiting]

    def hand(self, it: Any) -> Receipt:
        """The operator's word after the bank kept silent for a day; the hundred questions of that day are left out."""
        owner, kim = OwnerId(self.people[it.who]), self.people["kim"]
        ((charge,),) = self.database.read(_CHARGE, {"owner": owner, "request": it.move})
        return settlement.by_hand(self.running, kim, owner, charge, approved=it.approved, reason="").or_raise()

    def settle(self, _it: Any) -> Receipt:
        return dataclasses.asdict(operating.settle(self.running, self.people["kim"]))

    # Refunds.

    def ask_back(self, it: Any) -> Receipt:
        command = RequestRefund(**self.member(it), payment=it.payment, amount=it.amount, reason="damaged")
        return refunds.request(self.database, command)

    def judge(self, it: Any) -> Receipt:
        refund = it.refund
        match it.to:
            case "confirmed":
                return refunds.confirm(self.running, ConfirmRefund(**self.shop(it), refund=refund))
            case "rejected":
                return refunds.reject(self.database, RejectRefund(**self.shop(it), refund=refund, reason="no"))
            case "cancelled":
                return refunds.cancel(self.database, CancelRefund(**self.member(it), refund=refund))
        return refunds.redirect(self.database, CreditRefund(**self.member(it), refund=refund))

    def retry(self, it: Any) -> Receipt:
        return refunds.retry(self.running, RetryRefund(**self.member(it), refund=it.refund, attempt=it.attempt))

    def attempts(self, refund: str) -> int:
        """How often its card's bank was sent a refund."""
        ((attempt,),) = self.database.read(_ATTEMPTS, {"request": refund})
        return int(attempt)

    # What is offered.

    def publish(self, deed: Any) -> Receipt:
        it = Row(**vars(deed) | vars(deed.says))
        kind = CouponKind.PERCENT if it.part else CouponKind.OFF_OVER if it.least else CouponKind.INSTANT
        off = {"off_bp": it.part, "cap_minor": it.cap} if it.part else {"off_minor": it.fixed}
        offer = Coupon(
            id=it.id,
            code=it.coupon,
            name=it.coupon,
            kind=kind,
            currency="CNY",
            min_spend_minor=it.least,
            valid_to=it.ends if it.ends < NEVER else None,
            stock=it.stock,
            per_member=it.each,
            stackable=not it.alone,
            **off,
        )
        if it.shop:
            return merchants.publish_coupon(self.database, PublishCoupon(**self.shop(it), coupon=offer))
        return rewards.publish(self.database, PublishCoupon(**self.house(it), coupon=offer))

    def claim(self, it: Any) -> Receipt:
        return rewards.claim(self.database, ClaimCoupon(**self.member(it), coupon=it.coupon))

    def pay_code(self, it: Any) -> Receipt:
        shop = self.shops[it.shop]
        assert shop.proprietor is not None
        shown = merchants.dynamic_code(self.database, shop, shop.proprietor, it.request, it.amount)
        code = merchants.target_of(self.database, shown).pay_code
        assert code is not None
        self.codes[it.code] = code
        return {"code": str(code)}

    def earn_rule(self, deed: Any) -> Receipt:
        it = Row(**vars(deed) | vars(deed.says))
        rule = EarnRule(
            points_per_unit=it.per,
            cap_per_payment=_told(it.cap, None),
            cap_per_day=_told(it.day_cap, None),
            valid_days=it.days,
            redeem_minor_per_point=it.worth,
            redeem_cap_bp=it.part,
        )
        return rewards.set_rule(self.database, SetEarnRule(**self.house(it), rule=rule))

    def campaign(self, it: Any) -> Receipt:
        rule = EarnRule(code="more", multiplier_bp=10_000 + it.says.more)
        return merchants.set_campaign(self.database, SetEarnRule(**self.shop(it), rule=rule, active=it.says.more > 0))

    # What is allowed.

    def set_limits(self, it: Any) -> Receipt:
        once, daily, monthly = (_told(one, -1) for one in it.limits)
        command = SetLimits(**self.member(it), currency="CNY", per_payment=once, per_day=daily, per_month=monthly)
        return wallet.set_limits(self.database, command, assurance=AT_THE_MACHINE)

    def freeze(self, it: Any) -> Receipt:
        return wallet.freeze(self.database, Freeze(**self.member(it), reason="lost"))

    def unfreeze(self, it: Any) -> Receipt:
        return wallet.unfreeze(self.database, Unfreeze(**self.member(it)), assurance=AT_THE_MACHINE)

    def bind(self, it: Any) -> Receipt:
        owner, says = self.people[it.who], it.card.split(":")[1]
        shown = {"number": NUMBERS[says], "expiry": "12/49"}
        receipt = cards.bind(self.running, owner, it.request, kind=_kind(says), **shown, assurance=AT_THE_MACHINE)
        self.cards[it.card] = UUID(receipt["card"])
        return receipt

    def unbind(self, it: Any) -> Receipt:
        return cards.unbind(self.database, UnbindCard(**self.member(it), card=self.cards[it.card]))

    # What is no business of the wallet's, and must not disturb it.

    def annotate(self, it: Any) -> Receipt:
        owner = self.people[it.who]
        ((entry,),) = self.database.read(_ENTRY, {"owner": owner, "request": it.payment})
        command = bookkeeping.Annotate(owner, it.request, owner, (EntryId(entry),), category=it.category)
        return dataclasses.asdict(bookkeeping.annotate(self.database, command))

    def split(self, it: Any) -> None:
        owner = self.people[it.who]
        ((entry,),) = self.database.read(_ENTRY, {"owner": owner, "request": it.payment})
        parts = ((it.category, it.amount - 1), ("gifts", 1))
        bookkeeping.split(self.database, bookkeeping.Split(owner, it.request, owner, EntryId(entry), parts))

    def teach(self, it: Any) -> None:
        owner, payee = self.people[it.who], normalise_payee(it.shop)
        sorting.always_for_payee(self.database, AlwaysForPayee(owner, it.request, owner, payee, it.category))

    def merge(self, it: Any) -> None:
        """The money account of one card becomes a part of another's."""
        owner = self.people[it.who]
        one, other = (self.database.read(_CARD, {"card": self.cards[card]})[0][0] for card in (it.card, it.into))
        accounts.merge(self.database, accounts.MergeAccounts(owner, it.request, owner, one, other))

    def months(self, it: Any) -> None:
        chosen = preferences.Preferences(month_start_day=it.day)
        preferences.choose_preferences(self.database, self.people[it.who], chosen, it.request)

    def statement(self, it: Any) -> None:
        """One bill, read twice: the second time nothing of it is new (20)."""
        book = Bookkeeping(self.database, self.people[it.who])
        line = spent("2023-09-01", f"{it.number + 1}.00", order=f"bill {it.number}")
        assert book.imports(line).booked == 1
        with pytest.raises(NothingNew):
            book.imports(line)

    def tamper(self, who: str) -> None:
        """A person corrects what their wallet holds, as they may with any other account."""
        owner = self.people[who]
        ((account,),) = self.database.read(_WALLET, {"owner": owner})
        command = accounts.AdjustBalance(
            owner, new_request_id(), owner, account, Money(99_99, "CNY"), self.now.date(), "I had more"
        )
        accounts.adjust(self.database, command)

    def late(self, it: Any) -> Answer:
        """A word of the bank on a charge, under a request id of its own."""
        owner = OwnerId(self.people[it.who])
        ((charge,),) = self.database.read(_CHARGE, {"owner": owner, "request": it.request})
        by = {"owner": owner, "request_id": new_request_id(), "actor": ISSUER, "charge": charge, "attempt": 9}
        return self.database.transact(AnswerCharge(**by, state=ChargeState.APPROVED))

    def reuse(self, it: Any) -> Answer:
        """The request id of another deed, for 777.77 over the desk."""
        by = {"owner": self.owner(it), "request_id": it.request, "actor": ISSUER}
        return self.database.transact(DeskTopUp(**by, amount=777_77, currency="CNY"))

    def answered(self) -> dict[str, bool]:
        """Which charges have a final answer, by their requests: whether it was yes."""
        return {request: state == "approved" for request, state in self.database.read(_ANSWERED)}

    def expired(self) -> int:
        """How many points ever left the books because their time was over."""
        ((points,),) = self.database.read(_EXPIRED)
        return int(points)

    def taken_back(self) -> set[str]:
        """The requests of all refunds that a card's bank took, by its own book."""
        taken = {line.id for line in self.bank.book() if line.about and line.moved_minor}
        return {request for refund, request in self.database.read(_REFUNDS) if refund in taken}

    def outcome(self, it: Any) -> Answer | None:
        """What a deed was answered, asked afterwards."""
        return settlement.outcome(self.database, self.owner(it), it.request)
