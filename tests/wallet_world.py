"""A store for tests of the wallet's doors: fresh people in it, a clock to turn, the built-in bank, books read back.

    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 35_00)
    assert world.posted(anna, paid["payment"])["wallet:CNY"] == -35_00

Amounts are minor units. People come in without a password, which costs seventy milliseconds each.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from data import merchants, refunds, wallet
from data.assurance import AT_THE_MACHINE
from data.cards import CardKind
from data.database import Database, open_database
from data.gateways.sandbox import SandboxGateway
from data.gateways.sandbox_book import Line
from data.ids import OwnerId, new_id
from data.ledger.wallet.commands import ISSUER, OpenMember
from data.merchants import Coupon, Merchant, PayOut
from data.refunds import ConfirmRefund
from data.rounds import Rounds
from data.running import Running
from data.security.sealing import SealingKey, new_key
from data.store import conservation, facts
from data.store.command import Receipt
from data.store.users import name_key
from data.wallet import DeskTopUp, Pay, Standing
from tests import wallet_house as house
from tests.wallet_house import by

SetRule = Callable[..., None]  # takes the fields of an EarnRule
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC).replace(tzinfo=None)  # a Monday, noon in Shanghai
_POSTED = """
SELECT a.hint_key, cast(sum(p.amount) AS bigint) FROM posting p JOIN account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner AND p.entry = $entry GROUP BY a.hint_key"""
_BALANCES = """
SELECT a.hint_key, cast(sum(p.amount) AS bigint) FROM posting p JOIN account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner GROUP BY a.hint_key HAVING sum(p.amount) <> 0"""
_LOTS = """
SELECT l.expires_on, cast(sum(p.amount) AS bigint) FROM published_lot l
JOIN posting p ON p.owner = l.owner AND p.lot = l.id
WHERE l.owner = $owner GROUP BY l.id, l.seq, l.expires_on ORDER BY l.seq"""
_FACTS = """
SELECT kind, category, amount, spending, income FROM published_fact WHERE owner = $owner ORDER BY seq, part"""
_REFUND = """
SELECT state, state_reason, due_on, estimated, attempt, cash, points, coupon, clawed, debt, redirected
FROM published_refund WHERE id = $refund"""


class Clock:
    """What the store takes for now; turned by the test."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> datetime:
        """Later by so much; the new now."""
        self.now += timedelta(**by)
        return self.now

    def at(self, day: str) -> None:
        """Noon in Shanghai of that day."""
        self.now = datetime.fromisoformat(day) + timedelta(hours=4)


@dataclasses.dataclass(frozen=True)
class RefundNow:
    """A refund as everybody sees it."""

    state: str
    reason: str
    due_on: date | None
    estimated: bool
    attempt: int
    cash: int
    points: int
    coupon: int
    clawed: int
    debt: int
    redirected: bool


class World:
    """The store in a folder, open. The first person in it runs the house."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.key: SealingKey = new_key()
        self.running = self._open()
        self._numbers = itertools.count(1)
        self.operator = house.person(self.db, "operator")

    def _open(self) -> Running:
        self.bank = SandboxGateway(self.folder / "bank.sqlite", slow_seconds=0)
        return Running(open_database(self.folder / "wallet.duckdb", self.clock), self.key, self.bank)

    @property
    def db(self) -> Database:
        """The open store."""
        return self.running.database

    def reopen(self) -> None:
        """Close everything and start over from the files."""
        self.running.close()
        self.running = self._open()

    def rounds(self) -> Rounds:
        """The wallet's own round over this store; not started."""
        return Rounds(self.running)

    def number(self) -> int:
        """One that nobody had before."""
        return next(self._numbers)

    # -- who is there

    def person(self) -> OwnerId:
        """Somebody new with a wallet in no currency: they can be given none."""
        return OwnerId(house.person(self.db, f"person {self.number()}"))

    def member(self, funds: int = 0, currency: str = "CNY", name: str = "") -> OwnerId:
        """Somebody new with a wallet, and cash that was paid in at the desk."""
        owner, name = OwnerId(new_id()), name or f"member {self.number()}"
        command = OpenMember(**by(owner), name=name, name_key=name_key(name), currency=currency)
        self.db.transact(command).or_raise()
        if funds:
            self.fund(owner, funds, currency)
        return owner

    def fund(self, owner: UUID, amount: int, currency: str = "CNY") -> None:
        """Cash over the counter."""
        wallet.desk_top_up(self.db, DeskTopUp(**by(owner, self.operator), amount=amount, currency=currency))

    def shop(self, name: str = "拾光咖啡", proprietor: OwnerId | None = None, **more: Any) -> Merchant:
        """A new merchant, somebody's own."""
        return house.shop(self.running, name, proprietor=proprietor or self.member(), **more)

    def card(self, owner: OwnerId, number: str = house.GOOD, kind: CardKind = CardKind.DEBIT) -> UUID:
        """A card of the sandbox bank."""
        return house.card(self.running, owner, number, kind)

    def coupon(self, owner: OwnerId, merchant: Merchant | None, **terms: Any) -> tuple[Coupon, str]:
        """A coupon of the merchant's or the house's that `owner` takes at once; with the id of the claim."""
        offer = self.offer(merchant, **terms)
        return offer, house.claim(self.running, owner, offer)

    def offer(self, merchant: Merchant | None, **terms: Any) -> Coupon:
        """A coupon that nobody took yet: 满 10 减 5 unless said otherwise."""
        chosen = terms if "kind" in terms else {"off_minor": 5_00, "min_spend_minor": 10_00} | terms
        return house.coupon(self.running, merchant, f"C{self.number()}", "优惠券", **chosen)

    # -- what happens

    def pay(self, owner: OwnerId, merchant: Merchant, amount: int, **more: Any) -> Receipt:
        """Pay from the wallet, or by the card that is named."""
        return house.pay(self.running, owner, merchant, amount, **more)

    def paying(self, owner: OwnerId, merchant: Merchant, amount: int, **more: Any) -> Pay:
        """The command of a payment, to be sent more than once."""
        fields = by(owner) | {"currency": merchant.currency} | more
        return Pay(merchant=merchant.id, amount=amount, **fields)

    def ask_back(self, owner: OwnerId, paid: Receipt, amount: int) -> str:
        """Ask for a refund; its id."""
        return house.ask_back(self.running, owner, paid, amount)

    def confirm(self, merchant: Merchant, refund: str) -> Receipt:
        """The merchant agrees."""
        return refunds.confirm(self.running, ConfirmRefund(**by(merchant.id, merchant.proprietor), refund=refund))

    def refund(self, owner: OwnerId, merchant: Merchant, paid: Receipt, amount: int) -> str:
        """Ask for a refund that the merchant agrees to at once; its id."""
        refund = self.ask_back(owner, paid, amount)
        self.confirm(merchant, refund)
        return refund

    def takes_money_out(self, merchant: Merchant, amount: int) -> Receipt:
        """The proprietor pays a part of the merchant's money out to themselves."""
        command = PayOut(**by(merchant.id, merchant.proprietor), amount=amount, currency=merchant.currency)
        return merchants.pay_out(self.db, command, AT_THE_MACHINE)

    # -- what is there then

    def standing(self, owner: OwnerId) -> Standing:
        """The first wallet of the person."""
        return wallet.standing(self.db, owner)[0]

    def available(self, owner: OwnerId) -> int:
        """What can be spent of it."""
        return self.standing(owner).available

    def posted(self, owner: UUID, entry: str) -> dict[str, int]:
        """An entry in somebody's books: amounts by the account's key; nothing when it is not in theirs."""
        return dict(self.db.read(_POSTED, {"owner": owner, "entry": entry}))

    def books(self, owner: UUID) -> dict[str, int]:
        """Everything that stands on somebody's accounts, by key."""
        return dict(self.db.read(_BALANCES, {"owner": owner}))

    def house_books(self) -> dict[str, int]:
        """What stands in the issuer's."""
        return self.books(ISSUER)

    def lots(self, owner: OwnerId) -> list[tuple[date | None, int]]:
        """Points by lot, the older first: until when they count, how many are left."""
        return [(until, left) for until, left in self.db.read(_LOTS, {"owner": owner}) if left]

    def facts(self, owner: OwnerId) -> list[tuple[Any, ...]]:
        """What screens read of the person: kind, category, amount, spending, income."""
        return self.db.read(_FACTS, {"owner": owner})

    def refund_now(self, refund: str) -> RefundNow:
        """How a refund stands."""
        ((*found,),) = self.db.read(_REFUND, {"refund": refund})
        return RefundNow(*found)

    def at_bank(self, order: str) -> list[Line]:
        """What the bank has under an id of ours: never more than one."""
        return [line for line in self.bank.book() if str(line.id) == order]

    def taken_from(self, owner: OwnerId) -> int:
        """What the bank took from all cards of somebody's in CNY, less what it gave back."""
        orders = self.db.read(
            """SELECT id FROM charge WHERE owner = $owner UNION ALL SELECT id FROM refund WHERE owner = $owner""",
            {"owner": owner},
        )
        mine = {order for (order,) in orders}
        return sum(line.moved_minor for line in self.bank.book() if line.id in mine)

    # -- whether it all holds together

    def check(self, *owners: OwnerId) -> None:
        """Memory and books agree, and what screens read of these people."""
        assert self.db.memory_drift() == []
        assert {promise: n for promise, n in conservation.offenders(self.db.read).items() if n} == {}
        self.facts_agree(*owners)

    def facts_agree(self, *owners: OwnerId) -> None:
        """What screens read of these people is what their books say."""
        for owner in owners:
            drift = facts.drift(self.db.read, owner, 1)
            assert (drift.missing, drift.stale) == (0, 0)
