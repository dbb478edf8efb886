"""What a batch can ask for: one type per command, its fields as they stand in a line. What has no default is required.

Amounts are minor units. Members, merchants, cards and coupons are named by the file's own names; `data.batch.names`
knows whom they mean.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

from data.batch import fields
from data.batch.fields import Kept, Unfit
from data.ledger.wallet.earning import ONE

CURRENCY: Final = "CNY"
MEMBER: Final = "member"
MERCHANT: Final = "merchant"
HOUSE: Final = "house"
Party = tuple[str, str]  # MEMBER, MERCHANT or HOUSE, and the name


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A command as it stands in a file."""

    @property
    def party(self) -> Party:
        """In whose books it is made."""
        return HOUSE, ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OfMember(Line):
    """What a member does."""

    member: fields.Name

    @property
    def party(self) -> Party:
        """The member."""
        return MEMBER, self.member


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OfMerchant(Line):
    """What a merchant does."""

    merchant: fields.Code

    @property
    def party(self) -> Party:
        """The merchant."""
        return MERCHANT, self.merchant


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Offered(Line):
    """What a merchant offers; merchant None: the house."""

    merchant: fields.CodeOrNone = None

    @property
    def party(self) -> Party:
        """Whose offer it is."""
        return (HOUSE, "") if self.merchant is None else (MERCHANT, self.merchant)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OpenMember(OfMember):
    """A member with a wallet; one more wallet for a member who is there."""

    currency: fields.Code = CURRENCY


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OpenMerchant(OfMerchant):
    """A merchant. proprietor: the person who runs it in the app, if one does."""

    name: fields.Text
    mcc: fields.Mcc
    category: fields.Text
    city: fields.Text = ""
    address: fields.Text = ""
    contact: fields.Text = ""
    currency: fields.Code = CURRENCY
    proprietor: fields.NameOrNone = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BindCard(OfMember):
    """A card for the member, called `card` from now on."""

    card: fields.Code
    number: fields.Text = dataclasses.field(repr=False)
    expiry: fields.Text
    kind: fields.Card


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WithCard(OfMember):
    """Money between wallet and card. currency None: the member's own."""

    card: fields.Code
    amount_minor: fields.Minor
    currency: fields.CodeOrNone = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TopUp(WithCard):
    """From a card into the wallet."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(WithCard):
    """From the wallet to a card."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pay(OfMember):
    """source: a card's name, None the wallet. coupon: the codes of the coupons to use."""

    merchant: fields.Code
    amount_minor: fields.Minor
    source: fields.Source = None
    points: fields.Count = 0
    coupon: fields.Coupons = ()
    note: fields.Text = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(OfMember):
    """From one member's wallet into another's."""

    to: fields.Name
    amount_minor: fields.Minor
    currency: fields.CodeOrNone = None
    note: fields.Text = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PayOut(OfMerchant):
    """From the merchant into the wallet of its proprietor."""

    amount_minor: fields.Minor


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefund(OfMember):
    """payment: the payment's request id, or its id."""

    payment: fields.Code
    amount_minor: fields.Minor
    reason: fields.Said
    note: fields.Text = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRefund(OfMerchant):
    """refund: the request id it was asked for with, or its id."""

    refund: fields.Code


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRefund(AnswerRefund):
    """The merchant agrees."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RejectRefund(AnswerRefund):
    """The merchant says no, and why."""

    reason: fields.Said


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settle(Line):
    """Everything that is due at its moment."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SetLimits(OfMember):
    """A limit left out (None) stays; null in a line (-1) takes it away."""

    per_payment_minor: fields.Limit = None
    per_day_minor: fields.Limit = None
    per_month_minor: fields.Limit = None
    currency: fields.CodeOrNone = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SetEarnRule(Offered):
    """How points are earned: the base rule, or a campaign.

    A line that names a code (also as `rule`), a merchant, a category or a window is a campaign, called by its request
    id where it names no code. points_per_unit: for each 1.00 of the currency, also a fraction. multiplier_bp (also
    `multiplier`, a factor) and redeem_cap_bp (also `redeem_cap_percent`) are basis points. What a line leaves out of
    the base rule stays as it is; but a line that says the points per unit says the whole rate: times 1, unless it says.
    """

    points_per_unit: fields.FractionIfSaid = None
    code: fields.CodeOrNone = None
    rule: fields.CodeOrNone = None
    name: fields.TextOrKept = Kept.KEPT
    category: fields.CodeOrNone = None
    multiplier_bp: fields.CountIfSaid = None
    multiplier: fields.FactorIfSaid = None
    cap_per_payment: fields.CountOrNoneOrKept = Kept.KEPT
    cap_per_day: fields.CountOrNoneOrKept = Kept.KEPT
    valid_days: fields.CountOrNoneOrKept = Kept.KEPT
    valid_from: fields.Instant = None
    valid_to: fields.Instant = None
    redeem_minor_per_point: fields.CountOrKept = Kept.KEPT
    currency: fields.TextOrKept = Kept.KEPT
    redeem_cap_bp: fields.CountIfSaid = None
    redeem_cap_percent: fields.PercentIfSaid = None
    active: fields.Flag = True

    def __post_init__(self) -> None:
        for one, other in (("code", "rule"), ("multiplier_bp", "multiplier"), ("redeem_cap_bp", "redeem_cap_percent")):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                raise Unfit("twice", other)
        rate = self.points_per_unit
        if rate is not None and rate != rate.to_integral_value():
            fields.read(fields.exactly, rate * (ONE if self.times is None else self.times), "points_per_unit")

    @property
    def times(self) -> int | None:
        """The multiplier it says, in basis points."""
        return self.multiplier_bp if self.multiplier is None else self.multiplier

    @property
    def redeem_cap(self) -> int | None:
        """The part of a payment that points may cover, as it says it, in basis points."""
        return self.redeem_cap_bp if self.redeem_cap_percent is None else self.redeem_cap_percent


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublishCoupon(Offered):
    """percent: what it takes off, in basis points; 20 in a line is a fifth off.

    stock, per_member: how many there are, and for one member; None without limit.
    """

    coupon: fields.Code
    kind: fields.Reduction
    off_minor: fields.Minor = 0
    percent: fields.Percent = 0
    cap_minor: fields.CountOrNone = None
    min_spend_minor: fields.Minor = 0
    valid_from: fields.Instant = None
    valid_to: fields.Instant = None
    stock: fields.CountOrNone = None
    per_member: fields.CountOrNone = 1
    name: fields.CodeOrNone = None
    category: fields.Text = ""
    currency: fields.CodeOrNone = None
    stackable: fields.Flag = False
    group: fields.Text = ""
    priority: fields.Order = 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCoupon(OfMember):
    """A coupon for the member."""

    coupon: fields.Code


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(OfMember):
    """Nothing leaves the wallet from now on."""

    reason: fields.Text = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Unfreeze(OfMember):
    """The wallet works again."""

    reason: fields.Text = ""


COMMANDS: Final[Mapping[str, type[Line]]] = {
    "open_member": OpenMember,
    "open_merchant": OpenMerchant,
    "bind_card": BindCard,
    "top_up": TopUp,
    "pay": Pay,
    "transfer": Transfer,
    "withdraw": Withdraw,
    "pay_out": PayOut,
    "request_refund": RequestRefund,
    "confirm_refund": ConfirmRefund,
    "reject_refund": RejectRefund,
    "settle": Settle,
    "set_limits": SetLimits,
    "set_earn_rule": SetEarnRule,
    "publish_coupon": PublishCoupon,
    "claim_coupon": ClaimCoupon,
    "freeze": Freeze,
    "unfreeze": Unfreeze,
}
