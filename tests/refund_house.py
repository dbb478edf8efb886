"""Refunds in every state, for tests of the screens and questions about them: built through the doors, a line a step.

    with open_screens(tmp_path) as house:
        refund = ask(house, paid(house, 68_00, days=3), 20_00, days=2)
        agree(house, refund, days=1)

`days` says how long ago something happened, by the store's clock.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from data import identity, refunds
from data.cards import CardKind
from data.database import Database, open_database
from data.gateways.sandbox import SandboxGateway
from data.home import open_home
from data.ids import OwnerId, new_id, new_request_id
from data.ledger.wallet.commands import ISSUER, AnswerCharge, ChargeState, FailRefund
from data.merchants import Merchant
from data.refunds import ConfirmRefund, RejectRefund, RequestRefund
from data.running import Running
from data.security.sealing import new_key
from data.sign_in import SignedIn, Visit
from data.store.command import Plan, Receipt, Rows
from tests.pages.signed_in import PASSWORD, Wallet, open_wallet
from tests.wallet_house import REFUND_FAILS_ONCE, SILENT, Filled, by, card, fill_wallet, pay

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
PDF = b"%PDF-1.7 evidence"


@dataclasses.dataclass(frozen=True)
class House:
    """alice, who signed up first and so is the operator, pays; `keeper` runs the cafe and the market."""

    running: Running
    owner: OwnerId
    filled: Filled

    @property
    def database(self) -> Database:
        return self.running.database


@dataclasses.dataclass(frozen=True)
class Screens(House):
    """The same, as both of them see it."""

    payer: Wallet
    keeper: Wallet


@contextlib.contextmanager
def opened(folder: Path, now: datetime) -> Iterator[Running]:
    """The store in `folder` with a clock that stands still."""
    running = Running(open_database(folder / "wallet.duckdb", lambda: now), new_key(), SandboxGateway())
    try:
        yield running
    finally:
        running.close()


@contextlib.contextmanager
def open_books(folder: Path, now: datetime) -> Iterator[House]:
    """A fresh house in it, without screens."""
    with opened(folder, now) as running:
        alice = identity.sign_up(running.database, "alice", PASSWORD, Visit()).owner
        yield House(running, alice, fill_wallet(running, alice, available=500_00))


@contextlib.contextmanager
def open_screens(folder: Path) -> Iterator[Screens]:
    """A house in `folder` as the running wallet of this process."""
    with open_wallet(folder) as alice:
        filled = fill_wallet(alice.running, alice.owner, available=500_00)
        yield Screens(alice.running, alice.owner, filled, alice, seen_by(alice, "keeper"))


def seen_by(wallet: Wallet, name: str) -> Wallet:
    """The same wallet as somebody sees it who is signed up already."""
    found = identity.sign_in(wallet.database, name, PASSWORD, Visit())
    assert isinstance(found, SignedIn)
    return dataclasses.replace(wallet, signed_in=found)


def ago(house: House, days: int) -> datetime:
    """An instant so many days before now."""
    return house.database.clock() - timedelta(days=days)


def paid(house: House, amount: int = 68_00, *, days: int = 0, shop: Merchant | None = None, **more: Any) -> Receipt:
    """A payment at the cafe, so many days ago."""
    return pay(house.running, house.owner, shop or house.filled.cafe, amount, at=ago(house, days), **more)


def ask(
    house: House,
    payment: Receipt,
    amount: int,
    reason: str = "damaged",
    note: str = "",
    *,
    days: int = 0,
    evidence: tuple[str, bytes] | None = None,
) -> UUID:
    """Ask for a refund; its id."""
    command = RequestRefund(
        **by(house.owner),
        payment=str(payment["payment"]),
        amount=amount,
        reason=reason,
        note=note,
        at=ago(house, days),
    )
    return UUID(refunds.request(house.database, command, evidence)["refund"])


def agree(house: House, refund: UUID, shop: Merchant | None = None, *, days: int = 0) -> Receipt:
    """The merchant says yes."""
    merchant = shop or house.filled.cafe
    head = by(merchant.id, merchant.proprietor)
    return refunds.confirm(house.running, ConfirmRefund(**head, refund=str(refund), at=ago(house, days)))


def refuse(house: House, refund: UUID, reason: str, shop: Merchant | None = None) -> Receipt:
    """The merchant says no."""
    merchant = shop or house.filled.cafe
    head = by(merchant.id, merchant.proprietor)
    return refunds.reject(house.database, RejectRefund(**head, refund=str(refund), reason=reason))


def failing_card(house: House) -> UUID:
    """A credit card that takes a refund at the second try only."""
    return card(house.running, house.owner, REFUND_FAILS_ONCE, CardKind.CREDIT)


def give_up(house: House, refund: UUID, attempt: int = 5) -> None:
    """What the app does after many tries: leave a refund on its way to a person."""
    command = FailRefund(
        **by(house.owner, ISSUER), refund=str(refund), attempt=attempt, reason="refund_failed", manual=True
    )
    house.database.transact(command).or_raise()


def silent_charge(house: House, amount: int = 18_80) -> Receipt:
    """A payment whose bank never answers, after the app has stopped asking."""
    receipt = pay(
        house.running, house.owner, house.filled.market, amount, card=card(house.running, house.owner, SILENT)
    )
    command = AnswerCharge(
        owner=house.owner,
        request_id=new_request_id(),
        actor=ISSUER,
        charge=UUID(receipt["payment"]),
        state=ChargeState.MANUAL,
        attempt=96,
        reason="timeout",
    )
    house.database.transact(command).or_raise()
    return receipt


@dataclasses.dataclass(frozen=True)
class _TakeOut:
    owner: UUID
    request_id: str


def take_out(folder: Path, merchant: Merchant, amount: int) -> None:
    """Let money be missing in a merchant's wallet, as no door allows: the store in `folder` is closed meanwhile."""
    database = open_home(folder)
    try:
        ((account,),) = database.read(_WALLET, {"owner": merchant.id, "key": f"wallet:{merchant.currency}"})
        row = {
            "owner": [merchant.id],
            "entry": [new_id()],
            "line": [1],
            "account": [account],
            "amount": [-amount],
            "currency": [merchant.currency],
            "category": [None],
            "lot": [None],
        }
        database.submit(
            _TakeOut(merchant.id, new_request_id()), lambda _reader, _command, _now: Plan({}, [Rows("posting", row)])
        )
    finally:
        database.close()


_WALLET = "SELECT id FROM published_account WHERE owner = $owner AND hint_key = $key"
