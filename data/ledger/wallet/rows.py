"""What a deed leaves in the books: one tuple type per table, its fields the table's columns. Ids are text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, NamedTuple


class EntryRow(NamedTuple):
    """One dated event in one owner's books."""

    owner: str
    id: str
    seq: int
    kind: str
    occurred_at: datetime
    booked_on: date
    recorded_at: datetime
    actor: str
    batch: str | None = None
    reverses: str | None = None
    refund_of: str | None = None
    payee: str = ""
    payee_key: str = ""
    description: str = ""
    method: str = ""
    note: str = ""


class PostingRow(NamedTuple):
    """One signed amount. lot: of points only; none of a points posting that pays or makes a debt."""

    owner: str
    entry: str
    line: int
    account: str
    amount: int
    currency: str
    category: str | None
    lot: str | None


class AnnotationRow(NamedTuple):
    """What is said about an entry; value: JSON."""

    owner: str
    entry: str
    seq: int
    field: str
    value: str
    recorded_at: datetime
    actor: str


class FactRow(NamedTuple):
    """A row of the read model, as `data.store.facts` would derive it."""

    owner: str
    booked_on: date
    month: date
    purchase_on: date
    purchase_month: date
    occurred_at: datetime
    seq: int
    entry: str
    part: int
    kind: str
    account: str
    counter: str | None
    category: str | None
    payee: str
    payee_key: str
    currency: str
    amount: int
    spending: int
    income: int
    excluded: bool
    refund_of: str | None
    batch: str | None
    description: str
    method: str
    note: str
    tags: str
    split: bool


class RequestRow(NamedTuple):
    """What a request was answered; receipt: JSON."""

    owner: str
    scope: str
    request_id: str
    content_hash: str
    receipt: str
    recorded_at: datetime


class UserRow(NamedTuple):
    """A person admitted without a sign-in of their own."""

    owner: str
    name: str
    name_key: str
    password_hash: str
    operator: bool
    created_at: datetime
    totp_sealed: str | None
    totp_last_step: int | None


class AccountRow(NamedTuple):
    """A new account."""

    owner: str
    id: str
    kind: str
    hint_key: str
    label: str
    institution: str
    last4: str
    opened_at: datetime


class MerchantRow(NamedTuple):
    """A merchant as it opened."""

    owner: str
    proprietor: str | None
    code: str
    name: str
    mcc: str
    category: str
    city: str
    address: str
    contact: str
    currency: str
    seq: int
    recorded_at: datetime


class MerchantEventRow(NamedTuple):
    """What changed about it."""

    owner: str
    seq: int
    event: str
    value: str
    recorded_at: datetime
    actor: str


class CardRow(NamedTuple):
    """A bound card."""

    owner: str
    id: str
    code: str
    kind: str
    brand: str
    bank: str
    last4: str
    expires_on: date
    token: str
    fingerprint: str
    account: str
    seq: int
    recorded_at: datetime


class CardEventRow(NamedTuple):
    """What happened to it."""

    owner: str
    card: str
    seq: int
    event: str
    recorded_at: datetime
    actor: str


class StatusRow(NamedTuple):
    """Frozen or unfrozen."""

    owner: str
    seq: int
    event: str
    reason: str
    recorded_at: datetime
    actor: str


class LimitRow(NamedTuple):
    """Limits from a day on."""

    owner: str
    seq: int
    currency: str
    per_payment: int | None
    per_day: int | None
    per_month: int | None
    from_on: date
    recorded_at: datetime
    actor: str


class PaymentRow(NamedTuple):
    """A payment as it began."""

    owner: str
    id: str
    seq: int
    request_id: str
    merchant: str
    state: str
    currency: str
    gross: int
    coupon: int
    coupon_merchant: int
    points: int
    points_minor: int
    cash: int
    card: str | None
    claims: str
    lots: str
    earned: int
    earn: str
    earn_expires_on: date | None
    category: str
    pay_code: str | None
    note: str
    occurred_at: datetime
    booked_on: date
    recorded_at: datetime
    actor: str


class PaymentEventRow(NamedTuple):
    """What became of a payment that waited for a card's bank."""

    owner: str
    payment: str
    seq: int
    state: str
    reason: str
    occurred_at: datetime
    recorded_at: datetime


class TransferRow(NamedTuple):
    """Money given to another member."""

    owner: str
    id: str
    seq: int
    request_id: str
    recipient: str
    currency: str
    amount: int
    note: str
    occurred_at: datetime
    booked_on: date
    recorded_at: datetime
    actor: str


class ChargeRow(NamedTuple):
    """Money asked of or sent to a card's bank."""

    owner: str
    id: str
    seq: int
    request_id: str
    card: str
    purpose: str
    currency: str
    amount: int
    occurred_at: datetime
    booked_on: date
    recorded_at: datetime
    actor: str


class ChargeEventRow(NamedTuple):
    """What the bank said."""

    owner: str
    charge: str
    seq: int
    state: str
    attempt: int
    reason: str
    next_at: datetime | None
    occurred_at: datetime
    recorded_at: datetime


class RefundRow(NamedTuple):
    """A refund as it was asked for."""

    owner: str
    id: str
    seq: int
    request_id: str
    payment: str
    merchant: str
    currency: str
    amount: int
    reason: str
    note: str
    attachment: str | None
    occurred_at: datetime
    booked_on: date
    recorded_at: datetime
    actor: str


class RefundEventRow(NamedTuple):
    """A step of a refund."""

    owner: str
    refund: str
    seq: int
    state: str
    reason: str
    attempt: int
    due_on: date | None
    estimated: bool
    cash: int
    points: int
    coupon: int
    clawed: int
    debt: int
    redirected: bool
    occurred_at: datetime
    recorded_at: datetime
    actor: str


class LotRow(NamedTuple):
    """Points earned together."""

    owner: str
    id: str
    seq: int
    payment: str | None
    earned_on: date
    expires_on: date | None
    recorded_at: datetime


class CouponRow(NamedTuple):
    """A coupon as published; body: JSON."""

    owner: str
    id: str
    seq: int
    code: str
    body: str
    recorded_at: datetime
    actor: str


class CouponEndingRow(NamedTuple):
    """An offer that is taken back."""

    owner: str
    coupon: str
    seq: int
    recorded_at: datetime
    actor: str


class ClaimRow(NamedTuple):
    """A coupon that a member took."""

    owner: str
    id: str
    seq: int
    coupon: str
    recorded_at: datetime


class ClaimEventRow(NamedTuple):
    """What became of it."""

    owner: str
    claim: str
    seq: int
    event: str
    payment: str
    until: datetime | None
    recorded_at: datetime


class EarnRuleRow(NamedTuple):
    """An earn rule or campaign; body: JSON."""

    owner: str
    code: str
    seq: int
    body: str
    active: bool
    recorded_at: datetime
    actor: str


class PayCodeRow(NamedTuple):
    """A code for one payment."""

    owner: str
    id: str
    seq: int
    currency: str
    amount: int
    note: str
    expires_at: datetime
    recorded_at: datetime
    actor: str


class VerdictRow(NamedTuple):
    """A debit that the monitor did not let pass at once; reasons: JSON."""

    owner: str
    id: str
    seq: int
    request_id: str
    action: str
    payee: str
    currency: str
    amount: int
    category: str
    verdict: str
    score: int
    sensitivity: str
    reasons: str
    usual: bool
    debit: str | None
    occurred_at: datetime
    booked_on: date
    recorded_at: datetime
    actor: str


class AnswerRow(NamedTuple):
    """Whose a debit was, as the person says."""

    owner: str
    seq: int
    alert: str | None
    debit: str | None
    answer: str
    payee: str
    currency: str
    amount: int
    usual: bool
    made_at: datetime
    recorded_at: datetime
    actor: str


class SensitivityRow(NamedTuple):
    """How soon the person wants to be asked."""

    owner: str
    seq: int
    sensitivity: str
    recorded_at: datetime
    actor: str


Row = (
    EntryRow
    | PostingRow
    | AnnotationRow
    | FactRow
    | RequestRow
    | UserRow
    | AccountRow
    | MerchantRow
    | MerchantEventRow
    | CardRow
    | CardEventRow
    | StatusRow
    | LimitRow
    | PaymentRow
    | PaymentEventRow
    | TransferRow
    | ChargeRow
    | ChargeEventRow
    | RefundRow
    | RefundEventRow
    | LotRow
    | CouponRow
    | CouponEndingRow
    | ClaimRow
    | ClaimEventRow
    | EarnRuleRow
    | PayCodeRow
    | VerdictRow
    | AnswerRow
    | SensitivityRow
)
TABLES: Final[dict[type[Any], str]] = {
    EntryRow: "entry",
    PostingRow: "posting",
    AnnotationRow: "annotation",
    FactRow: "fact",
    RequestRow: "request",
    UserRow: "app_user",
    AccountRow: "account",
    MerchantRow: "merchant",
    MerchantEventRow: "merchant_event",
    CardRow: "card",
    CardEventRow: "card_event",
    StatusRow: "wallet_status",
    LimitRow: "wallet_limit",
    PaymentRow: "payment",
    PaymentEventRow: "payment_event",
    TransferRow: "money_transfer",
    ChargeRow: "charge",
    ChargeEventRow: "charge_event",
    RefundRow: "refund",
    RefundEventRow: "refund_event",
    LotRow: "points_lot",
    CouponRow: "coupon",
    CouponEndingRow: "coupon_ending",
    ClaimRow: "coupon_claim",
    ClaimEventRow: "coupon_event",
    EarnRuleRow: "earn_rule",
    PayCodeRow: "pay_code",
    VerdictRow: "risk_verdict",
    AnswerRow: "risk_answer",
    SensitivityRow: "risk_setting",
}
