"""What can be asked of the wallet. Frozen; every field but `request_id`, `actor` and `at` is the request's content.

`owner` is whose books the request is made in: a member's, a merchant's or the issuer's. `at` is the command's own clock
(UTC without zone) for migrations and tests; None: the moment the writer takes it up. Amounts are minor units.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from data.ids import OwnerId
from data.ledger.coupons import Coupon
from data.ledger.risk.rules import Sensitivity
from data.ledger.wallet.earning import EarnRule

ISSUER: Final = OwnerId(UUID(int=1))  # who runs the wallet; one in every store


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MoneyCommand:
    """What all of them have. scope: one for all money, so that a request id names one request of an owner."""

    scope: ClassVar[str] = "money"
    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "actor", "at"})

    owner: OwnerId
    request_id: str
    actor: UUID
    at: datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Presence:
    """Who stands behind a debit: a person's session, as its door knows it. A command with one passes the monitor.

    confirmed: they proved a moment ago that it is them. new_device: they came in from a device that is new here.
    """

    confirmed: bool = False
    new_device: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredCommand(MoneyCommand):
    """Money leaves. presence None: asked at the machine, by whoever owns the file; the monitor doesn't look at it."""

    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "actor", "at", "presence"})

    presence: Presence | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OpenWallet(MoneyCommand):
    """Give a person a wallet in a currency; there already: the same again."""

    currency: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OpenMember(MoneyCommand):
    """Admit a person (owner: their new id, or their id when they are here already) and open a wallet.

    name_key: how names are compared; locked: a password hash that nobody has the password of.
    """

    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "actor", "at", "name_key", "locked"})

    name: str
    name_key: str
    currency: str
    locked: str = dataclasses.field(default="", repr=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OpenMerchant(MoneyCommand):
    """Open a merchant with books of its own. owner: those new books; code: how a batch names it, "" for none."""

    proprietor: UUID | None
    code: str
    name: str
    mcc: str
    category: str
    city: str = ""
    address: str = ""
    contact: str = ""
    currency: str = "CNY"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMerchant(MoneyCommand):
    """Change what a merchant says about itself; None leaves a field."""

    name: str | None = None
    mcc: str | None = None
    category: str | None = None
    city: str | None = None
    address: str | None = None
    contact: str | None = None
    closed: bool | None = None


class CardKind(StrEnum):
    """Whose money a card spends: the holder's or the bank's."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BindCard(MoneyCommand):
    """Keep a card: what may be kept of it. token: sealed; fingerprint: keyed hash of the number."""

    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "actor", "at", "token", "card"})

    card: UUID
    code: str
    kind: CardKind
    brand: str
    bank: str
    last4: str
    expires_on: date
    token: str = dataclasses.field(repr=False)
    fingerprint: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UnbindCard(MoneyCommand):
    """Forget a card; what was paid with it stays refundable to it."""

    card: UUID


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MakeDefaultCard(MoneyCommand):
    """The card that a payment offers first."""

    card: UUID


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pay(MonitoredCommand):
    """Pay a merchant. card None: from the wallet. points: how many to redeem.

    claims: the coupons to use, each by the id of the member's claim or by the coupon's code.
    """

    merchant: UUID
    amount: int
    currency: str
    card: UUID | None = None
    points: int = 0
    claims: tuple[str, ...] = ()
    pay_code: UUID | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TopUp(MoneyCommand):
    """Bring money from a bound card into the wallet."""

    card: UUID
    amount: int
    currency: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DeskTopUp(MoneyCommand):
    """Cash handed over at the operator's desk goes into a member's wallet. actor: the operator."""

    amount: int
    currency: str
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(MonitoredCommand):
    """Send money from the wallet to a bound card."""

    card: UUID
    amount: int
    currency: str


class ChargeState(StrEnum):
    """What is known of a charge."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    MANUAL = "manual"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCharge(MoneyCommand):
    """What the card's bank said about a charge. next_at: when to ask again, of an unknown one.

    A final answer has the request id of what it answers, so that `outcome` finds it there.
    """

    scope: ClassVar[str] = "answer"
    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "actor", "at", "attempt", "reason", "next_at"})

    charge: UUID
    state: ChargeState
    attempt: int
    reason: str = ""
    next_at: datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(MonitoredCommand):
    """Give another member money from the wallet."""

    recipient: UUID
    amount: int
    currency: str
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PayOut(MoneyCommand):
    """A merchant's money into the wallet of whoever runs it. owner: the merchant's books."""

    amount: int
    currency: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefund(MoneyCommand):
    """Ask the merchant for money back. payment: its id, or the request id it was made with."""

    payment: str
    amount: int
    reason: str
    note: str = ""
    attachment: UUID | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CancelRefund(MoneyCommand):
    """Take the request back before the merchant answered."""

    refund: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRefund(MoneyCommand):
    """The merchant agrees. owner: the merchant's books. refund: its id, or the request id it was asked for with."""

    refund: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RejectRefund(MoneyCommand):
    """The merchant says no, and why. owner: the merchant's books."""

    refund: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreditRefund(MoneyCommand):
    """Give a confirmed refund now: to the wallet, or because the card's bank took it. owner: the payer's books.

    redirect: to the wallet although it was paid by card, because the person said so.
    """

    refund: str
    redirect: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RetryRefund(MoneyCommand):
    """Send a failed refund again, under the same refund. owner: the payer's books. attempt: which one this is."""

    refund: str
    attempt: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FailRefund(MoneyCommand):
    """The card's bank did not take a refund; it stays owed and keeps its id. owner: the payer's books."""

    refund: str
    attempt: int
    reason: str
    manual: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SetLimits(MoneyCommand):
    """How much may leave the wallet. A field: minor units, -1 for none, None to leave it as it is."""

    currency: str
    per_payment: int | None = None
    per_day: int | None = None
    per_month: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(MoneyCommand):
    """Nothing leaves the wallet from now on; what comes in still does."""

    reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Unfreeze(MoneyCommand):
    """The wallet works again."""

    reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AnswerAlert(MoneyCommand):
    """What the person says about a debit that the monitor asked about or refused. mine: it was them."""

    alert: UUID
    mine: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReportDebit(MoneyCommand):
    """A payment, transfer or withdrawal that went through was not theirs, the person says. debit: its id."""

    debit: UUID


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SetSensitivity(MoneyCommand):
    """How soon the person wants to be asked."""

    sensitivity: Sensitivity


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SetEarnRule(MoneyCommand):
    """How points are earned: the base rule, or a campaign under its code. owner: the issuer's or a merchant's books."""

    rule: EarnRule
    active: bool = True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublishCoupon(MoneyCommand):
    """Offer a coupon. owner: the publisher's books."""

    coupon: Coupon


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EndCoupon(MoneyCommand):
    """Take an offer back: nobody can take the coupon any more. owner: the publisher's books."""

    coupon: UUID


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCoupon(MoneyCommand):
    """Take a coupon that is offered. coupon: its id or its code."""

    coupon: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MakePayCode(MoneyCommand):
    """A code for one payment of one amount. owner: the merchant's books."""

    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "actor", "at", "code", "expires_at"})

    code: UUID
    amount: int
    currency: str
    expires_at: datetime
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ExpirePoints(MoneyCommand):
    """Take the points away whose last day is over. owner: the member's books."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settled(MoneyCommand):
    """What a settling brought, kept under its request id so that a repeated one answers the same. owner: the issuer."""

    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "actor", "at", "credited", "expired", "answered"})

    credited: int
    expired: int
    answered: int
