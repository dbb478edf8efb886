"""Why the wallet says no. Each class is one cause, its fields are facts; amounts are minor units of `currency`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from data.errors import NotFound, Rejection, RequestIdReused
from data.ledger.changes import RefundExceedsPayment, TextTooLong
from data.ledger.coupons import CouponInvalid
from data.money import CurrencyUnknown


@dataclasses.dataclass(unsafe_hash=True)
class WalletNotOpened(Rejection):
    """The member has no wallet in this currency."""

    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class MemberUnknown(Rejection):
    """Nobody of that name or id has a wallet."""

    member: str


@dataclasses.dataclass(unsafe_hash=True)
class MerchantUnknown(Rejection):
    """No merchant of that name or id."""

    merchant: str


@dataclasses.dataclass(unsafe_hash=True)
class MerchantExists(Rejection):
    """The name that batches use for a merchant is taken."""

    merchant: str


@dataclasses.dataclass(unsafe_hash=True)
class MerchantNameMissing(Rejection):
    """A merchant has a name."""


@dataclasses.dataclass(unsafe_hash=True)
class MccInvalid(Rejection):
    """A merchant category code has four digits (ISO 18245)."""

    mcc: str


@dataclasses.dataclass(unsafe_hash=True)
class CategoryNotOffered(Rejection):
    """No spending category of that key comes with the wallet; a merchant's category must mean the same to everybody."""

    category: str


@dataclasses.dataclass(unsafe_hash=True)
class MerchantClosed(Rejection):
    """The merchant takes no payments any more."""

    merchant: str


@dataclasses.dataclass(unsafe_hash=True)
class MerchantCurrencyDiffers(Rejection):
    """The merchant sells in another currency; amounts of two currencies are never mixed."""

    merchant_currency: str
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class OwnMerchant(Rejection):
    """Nobody pays their own shop: it would only make points."""

    merchant: str


@dataclasses.dataclass(unsafe_hash=True)
class SameMember(Rejection):
    """A transfer needs somebody else."""

    member: str


@dataclasses.dataclass(unsafe_hash=True)
class AccountFrozen(Rejection):
    """The wallet is frozen: nothing leaves it."""

    reason: str


@dataclasses.dataclass(unsafe_hash=True)
class StoppedByMonitor(Rejection):
    """A debit so unlike its owner that it was refused and the wallet frozen. reason: the heaviest sign."""

    reason: str
    alert: str


@dataclasses.dataclass(unsafe_hash=True)
class AlertUnknown(Rejection):
    """No such alert among the member's."""

    alert: str


@dataclasses.dataclass(unsafe_hash=True)
class AlertAnswered(Rejection):
    """It was said already whose that was; nothing was changed."""

    answer: str


@dataclasses.dataclass(unsafe_hash=True)
class DebitUnknown(Rejection):
    """No such payment, transfer or withdrawal among the member's."""

    debit: str


@dataclasses.dataclass(unsafe_hash=True)
class InsufficientFunds(Rejection):
    """Less is available than asked for."""

    currency: str
    needed_minor: int
    available_minor: int


@dataclasses.dataclass(unsafe_hash=True)
class InsufficientPoints(Rejection):
    """Fewer points may be spent than asked for."""

    needed: int
    available: int
    debt: int


@dataclasses.dataclass(unsafe_hash=True)
class PointsBeyondCap(Rejection):
    """Points may cover only so much of this payment."""

    points: int
    most: int


@dataclasses.dataclass(unsafe_hash=True)
class LimitExceeded(Rejection):
    """A limit of the member's own. limit: per_payment, per_day or per_month. renews_on: ISO date, "" when never."""

    limit: str
    currency: str
    limit_minor: int
    used_minor: int
    asked_minor: int
    left_minor: int
    renews_on: str


@dataclasses.dataclass(unsafe_hash=True)
class AmountInvalid(Rejection):
    """Money that moves is positive and not beyond what an amount can be."""

    amount_minor: int


@dataclasses.dataclass(unsafe_hash=True)
class CardUnknown(Rejection):
    """No such card is bound, or it was unbound."""

    card: str


@dataclasses.dataclass(unsafe_hash=True)
class CardAlreadyBound(Rejection):
    """The very same card is bound already."""

    last4: str


@dataclasses.dataclass(unsafe_hash=True)
class CardExpiredNow(Rejection):
    """The card's last month is over."""

    last4: str
    expired_on: str


@dataclasses.dataclass(unsafe_hash=True)
class CardDeclined(Rejection):
    """The card's bank said no; nothing was taken. reason: the bank's."""

    reason: str


@dataclasses.dataclass(unsafe_hash=True)
class CouponUnknown(Rejection):
    """No such coupon is offered."""

    coupon: str


@dataclasses.dataclass(unsafe_hash=True)
class CouponExists(Rejection):
    """The publisher has a coupon of this name already."""

    coupon: str


@dataclasses.dataclass(unsafe_hash=True)
class CouponNotHeld(Rejection):
    """The member holds no such coupon that could be used."""

    coupon: str


@dataclasses.dataclass(unsafe_hash=True)
class CouponNotUsable(Rejection):
    """The coupon does not fit this payment. reason: a `CouponRefusal`; detail_minor: what is missing to the minimum."""

    coupon: str
    reason: str
    currency: str
    detail_minor: int | None


@dataclasses.dataclass(unsafe_hash=True)
class CouponOver(Rejection):
    """The coupon's window is over or has not begun, or its publisher took it back. reason: over, not_begun, ended."""

    coupon: str
    reason: str


@dataclasses.dataclass(unsafe_hash=True)
class CouponSoldOut(Rejection):
    """All of them are taken."""

    coupon: str
    stock: int


@dataclasses.dataclass(unsafe_hash=True)
class CouponClaimedOut(Rejection):
    """The member took as many as one person may."""

    coupon: str
    per_member: int


@dataclasses.dataclass(unsafe_hash=True)
class PaymentUnknown(Rejection):
    """No such payment among the member's."""

    payment: str


@dataclasses.dataclass(unsafe_hash=True)
class PaymentNotCaptured(Rejection):
    """Only what was really paid can come back. state: the payment's."""

    payment: str
    state: str


@dataclasses.dataclass(unsafe_hash=True)
class RefundUnknown(Rejection):
    """No such refund here."""

    refund: str


@dataclasses.dataclass(unsafe_hash=True)
class RefundStateDiffers(Rejection):
    """The refund is past that step already, or not there yet."""

    state: str
    wanted: str


@dataclasses.dataclass(unsafe_hash=True)
class TooManyRefunds(Rejection):
    """One payment has at most so many refunds."""

    most: int


@dataclasses.dataclass(unsafe_hash=True)
class RefundTooLate(Rejection):
    """Refunds are asked for within a year of the payment. until: ISO date."""

    until: str


@dataclasses.dataclass(unsafe_hash=True)
class MerchantShort(Rejection):
    """The merchant's wallet does not cover the refund now; it stays owed."""

    currency: str
    needed_minor: int
    available_minor: int


@dataclasses.dataclass(unsafe_hash=True)
class TakingsShort(Rejection):
    """A shop can pay out less than asked for. reserved_minor: what open refunds keep there."""

    currency: str
    needed_minor: int
    available_minor: int
    reserved_minor: int


@dataclasses.dataclass(unsafe_hash=True)
class ProprietorMissing(Rejection):
    """Nobody runs the shop, so there is no wallet to pay out to."""

    merchant: str


@dataclasses.dataclass(unsafe_hash=True)
class ChargeUnknown(Rejection):
    """No such charge."""

    charge: str


@dataclasses.dataclass(unsafe_hash=True)
class ChargeSettled(Rejection):
    """The charge has its final answer already; another one changes nothing."""

    state: str


@dataclasses.dataclass(unsafe_hash=True)
class ChargeStillAsked(Rejection):
    """The bank is still being asked about the charge; a person answers only when it has been silent for too long."""


@dataclasses.dataclass(unsafe_hash=True)
class PayCodeUnknown(Rejection):
    """The merchant made no such code."""

    pay_code: str


@dataclasses.dataclass(unsafe_hash=True)
class PayCodeUsed(Rejection):
    """The code was paid already."""

    pay_code: str


@dataclasses.dataclass(unsafe_hash=True)
class PayCodeExpired(Rejection):
    """The code's time is over. expired_at: ISO instant, UTC."""

    pay_code: str
    expired_at: str


@dataclasses.dataclass(unsafe_hash=True)
class PayCodeAmountDiffers(Rejection):
    """A code for one amount is paid with that amount."""

    currency: str
    amount_minor: int
    asked_minor: int


@dataclasses.dataclass(unsafe_hash=True)
class EarnRuleInvalid(Rejection):
    """An earn rule that cannot be. field: which; reason: `negative`, `too_large`."""

    field: str
    reason: str


@dataclasses.dataclass(unsafe_hash=True)
class OperatorOnly(Rejection):
    """Only who runs the wallet may do that."""


@dataclasses.dataclass(unsafe_hash=True)
class TextMissing(Rejection):
    """Something has to be said here. field: `reason`, `name`."""

    field: str


_ELSEWHERE: Final = (RefundExceedsPayment, TextTooLong, CouponInvalid, CurrencyUnknown, NotFound, RequestIdReused)
_ALL: Final[Mapping[str, type[Rejection]]] = {
    kind.__name__: kind
    for kind in (*_ELSEWHERE, *list(globals().values()))
    if isinstance(kind, type) and issubclass(kind, Rejection) and kind is not Rejection
}


def rebuilt(name: str, facts: Mapping[str, Any]) -> Rejection:
    """The refusal that was stored with a request, so that a repeated request is refused with the very same."""
    return _ALL[name](**facts)


def iso(day: date | None) -> str:
    """A date as a fact."""
    return day.isoformat() if day else ""
