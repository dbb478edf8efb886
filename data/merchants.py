"""The door for whoever takes money: open a merchant, show codes, publish offers, pay out; and what a shown code means.

A merchant has books of its own and is run by one person (`proprietor`); commands carry that person as `actor` and the
merchant as `owner`.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from data import guard
from data.assurance import UNCONFIRMED, Assurance
from data.codes import pictures, wallet_code
from data.codes.wallet_code import WalletCode
from data.database import Database
from data.ids import OwnerId, new_id
from data.ledger.coupons import Coupon, CouponKind
from data.ledger.wallet import paying, paying_out
from data.ledger.wallet.books import WALLET, Books
from data.ledger.wallet.commands import (
    ChangeMerchant,
    EndCoupon,
    MakePayCode,
    OpenMerchant,
    PayOut,
    PublishCoupon,
    SetEarnRule,
)
from data.ledger.wallet.earning import EarnRule
from data.ledger.wallet.refusals import MerchantUnknown, PayCodeUnknown
from data.store.command import Receipt

__all__ = [
    "ChangeMerchant",
    "Coupon",
    "CouponKind",
    "EarnRule",
    "EndCoupon",
    "MakePayCode",
    "Merchant",
    "OpenMerchant",
    "PayOut",
    "PublishCoupon",
    "Purse",
    "SetEarnRule",
    "Target",
    "WalletCode",
    "change",
    "code_in_picture",
    "dynamic_code",
    "end_coupon",
    "merchant",
    "merchants",
    "mine",
    "open_merchant",
    "pay_out",
    "publish_coupon",
    "purse",
    "set_campaign",
    "static_code",
    "target_of",
]

CODE_LIFE: Final = timedelta(minutes=5)
_ALL: Final = """
SELECT owner, proprietor, name, mcc, category, city, address, contact, currency, closed FROM published_merchant
ORDER BY name, owner"""
_ONE: Final = """
SELECT owner, proprietor, name, mcc, category, city, address, contact, currency, closed FROM published_merchant
WHERE owner = $owner"""
_MINE: Final = """
SELECT owner, proprietor, name, mcc, category, city, address, contact, currency, closed FROM published_merchant
WHERE proprietor = $proprietor ORDER BY opened_at, owner"""
_ANY: Final = "SELECT owner FROM merchant WHERE proprietor = $proprietor LIMIT 1"
_CODE: Final = "SELECT currency, amount, note FROM pay_code WHERE owner = $owner AND id = $code"


@dataclasses.dataclass(frozen=True, slots=True)
class Merchant:
    """A merchant as everybody sees it."""

    id: OwnerId
    proprietor: UUID | None
    name: str
    mcc: str
    category: str
    city: str
    address: str
    contact: str
    currency: str
    closed: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """What a code asks for: whom to pay, and how much where it says so. pay_code: payable once."""

    merchant: Merchant
    amount: int | None
    currency: str
    pay_code: UUID | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Purse:
    """What a merchant's wallet holds; minor units. reserved: what open refunds would take of it.

    available: what can be paid out now, nothing when more is reserved than there is.
    """

    currency: str
    balance: int
    reserved: int
    available: int

    def check(self, amount: int) -> None:
        """Refuse what `pay_out` would refuse of this amount as things stand, before anything is asked for.

        Raises:
            AmountInvalid, TakingsShort.
        """
        paying.check_amount(amount)
        paying_out.check_covered(self.currency, amount, self.available, self.reserved)


def open_merchant(database: Database, command: OpenMerchant) -> Receipt:
    """Open a merchant. The receipt: merchant, name.

    Raises:
        MerchantNameMissing, TextTooLong, MccInvalid, CategoryNotOffered, CurrencyUnknown, MerchantExists.
    """
    return database.transact(command).or_raise()


def change(database: Database, command: ChangeMerchant) -> Receipt:
    """Change what a merchant says about itself, close or reopen it.

    Raises:
        MerchantUnknown, and as `open_merchant`.
    """
    return database.transact(command).or_raise()


def publish_coupon(database: Database, command: PublishCoupon) -> Receipt:
    """Offer a coupon that the merchant pays for.

    Raises:
        MerchantUnknown, MerchantCurrencyDiffers, CouponInvalid, CouponExists.
    """
    return database.transact(command).or_raise()


def end_coupon(database: Database, command: EndCoupon) -> Receipt:
    """Take a coupon of the merchant's back; who took it keeps it. The receipt: coupon, code, taken.

    Raises:
        MerchantUnknown, CouponUnknown.
    """
    return database.transact(command).or_raise()


def set_campaign(database: Database, command: SetEarnRule) -> Receipt:
    """Multiply the points that are earned at this merchant, for a while; or end that (`active` False).

    Raises:
        MerchantUnknown, EarnRuleInvalid, TextTooLong.
    """
    return database.transact(command).or_raise()


def pay_out(database: Database, command: PayOut, assurance: Assurance = UNCONFIRMED) -> Receipt:
    """A merchant's money into its proprietor's own wallet, at once.

    The receipt: payout, state, merchant, merchant_name, currency, amount_minor, to, merchant_balance_minor,
    balance_minor.

    Raises:
        StepUpRequired: above the proprietor's threshold.
        Rejection: as `data.ledger.wallet.paying_out.pay_out`.
    """
    guard.check(database, command, assurance)
    return database.transact(command).or_raise()


def purse(database: Database, of: Merchant) -> Purse:
    """What the merchant has, and how much of it can be paid out."""
    about = PayOut(owner=of.id, request_id="", actor=of.id, amount=0, currency=of.currency)

    def look(books: Books, _now: datetime) -> Purse:
        shop = books.merchant(of.id)
        available, reserved = paying_out.free(books, shop)
        return Purse(of.currency, books.balance(shop, WALLET + of.currency), reserved, available)

    return database.ask(look, of.id, about=about)


def merchants(database: Database) -> tuple[Merchant, ...]:
    """Every merchant that takes payments, by name."""
    return tuple(one for one in map(_merchant, database.read(_ALL)) if not one.closed)


def merchant(database: Database, owner: UUID) -> Merchant:
    """One merchant.

    Raises:
        MerchantUnknown.
    """
    found = database.read(_ONE, {"owner": owner})
    if not found:
        raise MerchantUnknown(str(owner))
    return _merchant(found[0])


def mine(database: Database, proprietor: UUID) -> tuple[Merchant, ...]:
    """The merchants that this person runs, the first opened first."""
    return tuple(map(_merchant, database.read(_MINE, {"proprietor": proprietor})))


def runs_any(database: Database, proprietor: UUID) -> bool:
    """Whether this person runs a merchant, also a closed one: asked at every run of every screen."""
    return bool(database.read(_ANY, {"proprietor": proprietor}))


def _merchant(row: tuple[Any, ...]) -> Merchant:
    return Merchant(*row)


def static_code(of: Merchant) -> str:
    """The payload of a code that hangs on the wall: the payer says how much."""
    return wallet_code.payload(_code_of(of))


def dynamic_code(database: Database, of: Merchant, actor: UUID, request_id: str, amount: int, note: str = "") -> str:
    """The payload of a code for one payment of one amount; payable once, for five minutes.

    Raises:
        MerchantUnknown, MerchantClosed, AmountInvalid.
    """
    command = MakePayCode(
        owner=of.id,
        request_id=request_id,
        actor=actor,
        code=new_id(),
        amount=amount,
        currency=of.currency,
        expires_at=database.clock() + CODE_LIFE,
        note=note,
    )
    made = UUID(database.transact(command).or_raise()["code"])
    return wallet_code.payload(dataclasses.replace(_code_of(of), pay_code=made, amount_minor=amount))


def _code_of(of: Merchant) -> WalletCode:
    return WalletCode(
        merchant=of.id,
        pay_code=None,
        amount_minor=None,
        currency=of.currency,
        mcc=of.mcc,
        name=of.name,
        city=of.city,
    )


def target_of(database: Database, text: str) -> Target:
    """What a code's text, or a tap link, asks for.

    Raises:
        The refusals of `data.codes`; MerchantUnknown; PayCodeUnknown.
    """
    return _target(database, wallet_code.read(text))


def code_in_picture(database: Database, picture: bytes) -> Target:
    """What the code in a picture asks for.

    Raises:
        PictureTooLarge, PictureUnreadable, NoCodeFound, SeveralCodes, and as `target_of`.
    """
    return _target(database, wallet_code.read_one_of(pictures.decode(picture)))


def _target(database: Database, code: WalletCode) -> Target:
    paid = merchant(database, code.merchant)
    if code.pay_code is None:
        return Target(paid, code.amount_minor, code.currency)
    found = database.read(_CODE, {"owner": code.merchant, "code": code.pay_code})
    if not found:
        raise PayCodeUnknown(str(code.pay_code))
    currency, amount, note = found[0]
    return Target(paid, amount, currency, code.pay_code, note)
