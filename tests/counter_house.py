"""A merchant's counter in a wallet whose clock the test holds: customers pay at stated local times.

    stall.at("2026-03-02 18:05")
    paid = stall.pays("ann", 35_00)
    stall.gives_back(paid, 10_00)

Times are on Shanghai's clocks; 2026-03-02 is a Monday.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from analytics.takings import Counter
from data import cards, merchants, refunds, wallet
from data.assurance import AT_THE_MACHINE
from data.cards import CardKind
from data.database import open_database
from data.gateways.sandbox import SandboxGateway
from data.home import load_key
from data.ids import OwnerId, new_id, new_request_id
from data.merchants import ChangeMerchant, Merchant
from data.refunds import ConfirmRefund
from data.running import Running
from data.store.command import Receipt
from data.wallet import DeskTopUp
from tests.wallet_house import ask_back, by, open_for, pay, person, shop

SHANGHAI = "Asia/Shanghai"


class Clock:
    """The store's clock: it stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclasses.dataclass
class Stall:
    """An open wallet, its clock, and a merchant that `keeper` (the operator) runs."""

    running: Running
    clock: Clock
    keeper: OwnerId
    shop: Merchant

    def at(self, local: str) -> datetime:
        """Set the clock to a local time; the same instant as the store keeps it."""
        told = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(SHANGHAI))
        self.clock.now = told.astimezone(UTC).replace(tzinfo=None)
        return self.clock.now

    def customer(self, name: str) -> OwnerId:
        """A member with plenty of money, here from now on."""
        known = self.running.database.read("SELECT owner FROM published_person WHERE name = $name", {"name": name})
        if known:
            return OwnerId(known[0][0])
        owner = person(self.running.database, name)
        open_for(self.running, owner)
        cash = DeskTopUp(**by(owner, self.keeper), amount=1_000_000_00, currency="CNY")
        wallet.desk_top_up(self.running.database, cash)
        return owner

    def pays(self, name: str, amount: int, **more: Any) -> Receipt:
        """A customer pays here from the wallet, unless a card is named."""
        return pay(self.running, self.customer(name), self.shop, amount, **more) | {"payer": name}

    def card_of(self, name: str, number: str) -> Any:
        """A card of a customer's, by the number that says how the bank behaves."""
        owner, debit = self.customer(name), CardKind.DEBIT
        return cards.bind(
            self.running, owner, new_request_id(), number=number, expiry="12/49", kind=debit, assurance=AT_THE_MACHINE
        )["card"]

    def asked(self, paid: Receipt, amount: int, reason: str = "damaged") -> str:
        """The customer asks for money back; the refund's id."""
        return ask_back(self.running, self.customer(str(paid["payer"])), paid, amount, reason)

    def agrees(self, refund: str) -> Receipt:
        """The keeper confirms a refund."""
        return refunds.confirm(self.running, ConfirmRefund(**by(self.shop.id, self.keeper), refund=refund))

    def gives_back(self, paid: Receipt, amount: int) -> Receipt:
        """Asked for and confirmed at once."""
        return self.agrees(self.asked(paid, amount))

    def another_shop(self, name: str = "隔壁", **more: Any) -> Merchant:
        """One more merchant of the keeper's."""
        return shop(self.running, name, proprietor=self.keeper, **more)

    def close(self) -> None:
        """The merchant takes no payments from now on."""
        command = ChangeMerchant(**by(self.shop.id, self.keeper), closed=True)
        merchants.change(self.running.database, command)

    def code(self, amount: int, note: str = "") -> str:
        """The payload of a code for one payment."""
        made: str = merchants.dynamic_code(
            self.running.database, self.shop, self.keeper, new_request_id(), amount, note
        )
        return made

    def counter(self, today: str, zone: str = SHANGHAI) -> Counter:
        """The counter as its reports ask about it."""
        return Counter(self.running.database, self.shop.id, "CNY", zone, date.fromisoformat(today))

    def fresh(self) -> Stall:
        """The same house with a new merchant."""
        return dataclasses.replace(self, shop=self.another_shop(f"店 {new_id().hex[-8:]}"))


@contextlib.contextmanager
def open_stall(folder: Path, opened: str = "2026-03-02 08:00") -> Iterator[Stall]:
    """A wallet in `folder` with an empty counter, its clock at `opened`."""
    clock = Clock(datetime(2026, 3, 2))  # noqa: DTZ001 - UTC without zone, as the store has it
    database = open_database(folder / "wallet.duckdb", clock)
    running = Running(database, load_key(folder), SandboxGateway(folder / "bank.sqlite"))
    try:
        keeper = person(database, "keeper")
        stall = Stall(running, clock, keeper, shop(running, "拾光咖啡", proprietor=keeper, mcc="5814"))
        stall.at(opened)
        yield stall
    finally:
        running.close()
