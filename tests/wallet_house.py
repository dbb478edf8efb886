"""A wallet in use, for tests of screens and reports: merchants, cards, money, coupons and payments through the doors.

    filled = fill_wallet(wallet.running, wallet.owner)
    paid = pay(wallet.running, wallet.owner, filled.cafe, 35_00)

Amounts are minor units. Nothing here knows more than a page does; every step is its own request.
"""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import UUID

from data import cards, identity, merchants, refunds, rewards, wallet
from data.assurance import AT_THE_MACHINE
from data.cards import CardKind
from data.database import Database
from data.ids import OwnerId, new_id, new_request_id
from data.ledger.wallet.commands import ISSUER
from data.merchants import Coupon, CouponKind, Merchant, OpenMerchant, PublishCoupon
from data.refunds import RequestRefund
from data.rewards import ClaimCoupon
from data.running import Running
from data.sign_in import Visit
from data.store.command import Receipt
from data.wallet import OpenWallet, Pay, TopUp

PASSWORD = "correct horse battery"  # of people who live in one test
# Cards of the sandbox bank, by what they do (data.gateways.sandbox_numbers has them all).
GOOD = "6200000000000047"
GOOD_CREDIT = "6200000000000005"
DECLINED = "4000000000000002"
SLOW = "6200000000000104"
SILENT_THEN_YES = "6200000000000203"
SILENT_THEN_NO = "6200000000000302"
SILENT = "6200000000000401"
REFUND_FAILS_ONCE = "6200000000000500"


@dataclasses.dataclass(frozen=True)
class Filled:
    """What `fill_wallet` left: ¥1,000.00 in the wallet, a default debit and a credit card, two merchants, coupons.

    claims: the claim of each coupon by its code.
    """

    cafe: Merchant
    market: Merchant
    debit: UUID
    credit: UUID
    claims: dict[str, str]


def fill_wallet(running: Running, owner: OwnerId, *, available: int = 1_000_00) -> Filled:
    """Give `owner` everything that a payment can draw on. The cafe (dining) and the market (groceries) are others'."""
    keeper = person(running.database, "keeper")
    cafe = shop(running, "拾光咖啡", proprietor=keeper, city="北京", address="五道口 3 号", contact="010-6000 0000")
    market = shop(running, "鲜集超市", proprietor=keeper, mcc="5411", category="groceries")
    open_for(running, owner)
    credit = card(running, owner, GOOD_CREDIT, CardKind.CREDIT)
    debit = card(running, owner)
    cards.make_default(running.database, cards.MakeDefaultCard(**by(owner), card=debit))
    top_up(running, owner, debit, available)
    offers = [
        coupon(running, cafe, "CAFE5", "满 30 减 5", kind=CouponKind.OFF_OVER, off_minor=5_00, min_spend_minor=30_00),
        coupon(running, cafe, "TENTH", "九折", kind=CouponKind.PERCENT, off_bp=1_000, cap_minor=20_00, stackable=True),
        coupon(running, None, "HELLO3", "立减 3 元", kind=CouponKind.INSTANT, off_minor=3_00, stackable=True),
        coupon(running, market, "MART20", "满 100 减 20", off_minor=20_00, min_spend_minor=100_00),
    ]
    claims = {one.code: claim(running, owner, one) for one in offers}
    return Filled(cafe, market, debit, credit, claims)


def by(owner: UUID, actor: UUID | None = None) -> dict[str, Any]:
    """What every command says about itself: whose books, a request id of its own, who asks."""
    return {"owner": OwnerId(owner), "request_id": new_request_id(), "actor": actor or owner}


def person(database: Database, name: str) -> OwnerId:
    """The person of that name, signed up if they are not here yet."""
    with_name = database.read("SELECT owner FROM published_person WHERE name = $name", {"name": name})
    if with_name:
        return OwnerId(with_name[0][0])
    return OwnerId(identity.sign_up(database, name, PASSWORD, Visit()).owner)


def open_for(running: Running, owner: OwnerId, currency: str = "CNY") -> None:
    """Open a wallet for `owner`."""
    wallet.open_wallet(running.database, OpenWallet(**by(owner), currency=currency))


def shop(running: Running, name: str, *, proprietor: UUID, mcc: str = "5814", **more: Any) -> Merchant:
    """A merchant that `proprietor` runs: dining in CNY unless said otherwise."""
    fields = {"code": "", "category": "dining"} | more
    command = OpenMerchant(**by(new_id(), proprietor), proprietor=proprietor, name=name, mcc=mcc, **fields)
    merchants.open_merchant(running.database, command)
    return merchants.merchant(running.database, command.owner)


def card(running: Running, owner: OwnerId, number: str = GOOD, kind: CardKind = CardKind.DEBIT) -> UUID:
    """Bind a card of the sandbox bank that lasts long."""
    return UUID(
        cards.bind(
            running, owner, new_request_id(), number=number, expiry="12/49", kind=kind, assurance=AT_THE_MACHINE
        )["card"]
    )


def top_up(running: Running, owner: OwnerId, card: UUID, amount: int, currency: str = "CNY") -> Receipt:
    """Bring money from a card into the wallet."""
    return wallet.top_up(running, TopUp(**by(owner), card=card, amount=amount, currency=currency))


def coupon(running: Running, merchant: Merchant | None, code: str, name: str, **terms: Any) -> Coupon:
    """Publish a coupon of a merchant (its proprietor does), or of the house (the first person is its operator).

    Without other terms it is a 满减 in CNY.
    """
    chosen = {"kind": CouponKind.OFF_OVER, "currency": "CNY"} | terms
    offer = Coupon(id=new_id(), code=code, name=name, **chosen)
    if merchant is None:
        rewards.publish(running.database, PublishCoupon(**by(ISSUER, operator(running.database)), coupon=offer))
    else:
        merchants.publish_coupon(running.database, PublishCoupon(**by(merchant.id, merchant.proprietor), coupon=offer))
    return offer


def operator(database: Database) -> OwnerId:
    """Who runs the house: whoever signed up first."""
    ((owner,),) = database.read("SELECT owner FROM published_person WHERE operator ORDER BY created_at LIMIT 1")
    return OwnerId(owner)


def claim(running: Running, owner: OwnerId, offer: Coupon) -> str:
    """Take a coupon; the id of the claim."""
    return str(rewards.claim(running.database, ClaimCoupon(**by(owner), coupon=str(offer.id)))["claim"])


def pay(running: Running, owner: OwnerId, merchant: Merchant, amount: int, **more: Any) -> Receipt:
    """Pay a merchant, from the wallet unless a card is named."""
    command = Pay(**by(owner), merchant=merchant.id, amount=amount, currency=merchant.currency, **more)
    return wallet.pay(running, command, assurance=AT_THE_MACHINE)


def ask_back(running: Running, owner: OwnerId, paid: Receipt, amount: int, reason: str = "damaged") -> str:
    """Ask for a refund of a payment; its id."""
    command = RequestRefund(**by(owner), payment=str(paid["payment"]), amount=amount, reason=reason, note="")
    return str(refunds.request(running.database, command, None)["refund"])
