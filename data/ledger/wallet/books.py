"""What the writer holds in memory of everybody whose money moves: balances, lots, limits, cards, coupons, open refunds.

It is built from rows and from nothing else: `absorb` takes a row whether it was just decided or was read back from the
store, so that memory is what the ledger says. Rules read it; only `absorb` changes it, after a commit or while loading.
"""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from data.categories import Book
from data.ledger.coupons import Claim, Coupon
from data.ledger.refund_states import TERMINAL, Portions, RefundState, reserves
from data.ledger.wallet import rows
from data.ledger.wallet.coupon_text import coupon_from
from data.ledger.wallet.earning import BASE_CODE, EarnRule, Lot, Taken, rule_from
from data.ledger.wallet.refusals import CouponUnknown, MemberUnknown, MerchantUnknown, PaymentUnknown, RefundUnknown
from data.ledger.wallet.watching import Watch
from data.ledger.working_days import WorkingCalendar
from data.money import POINTS

WALLET: Final = "wallet:"
HELD: Final = "held:"
CASH: Final = "cash"
POINTS_KEY: Final = "points"
POINTS_BOOK: Final = "book:points"
TAKINGS_KEY: Final = "book:takings"
DRAWN_KEY: Final = "book:drawn"  # what a proprietor took out of a shop: equity, neither takings nor a cost
CLEARING: Final = "issuer:clearing"
OUTSTANDING: Final = "issuer:outstanding"
REWARDS: Final = "issuer:rewards"
POINTS_OUTSTANDING: Final = "issuer:points"
POINTS_COST: Final = "issuer:points_cost"
ISSUER_TEXT: Final = "00000000-0000-0000-0000-000000000001"


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name."""
    return ZoneInfo(name)


@lru_cache(maxsize=1024)
def local_day(zone: ZoneInfo, now: datetime) -> date:
    """The date there at an instant (UTC without zone); a group of commands asks for the same few."""
    return now.replace(tzinfo=UTC).astimezone(zone).date()


@dataclasses.dataclass(slots=True)
class Holder:
    """An owner of books: the accounts that rules post on, by key; shown: where a merged account's money is shown."""

    owner: str
    accounts: dict[str, str] = dataclasses.field(default_factory=dict)
    shown: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class Card:
    """A bound card as it stands."""

    row: rows.CardRow
    unbound: bool = False


@dataclasses.dataclass(slots=True)
class Held:
    """A coupon that a member took. state: claimed, reserved, used, returned, released or lost."""

    id: str
    coupon: str
    state: str = "claimed"
    until: datetime | None = None

    @property
    def free(self) -> bool:
        """Whether it can be used."""
        return self.state in {"claimed", "released", "returned"}


@dataclasses.dataclass(slots=True)
class Member(Holder):
    """A person with a wallet. spent: (currency, day) → cash; earned: day → points; frozen: why, None when not.

    taught: what they taught about categories, None when nothing.
    """

    name: str = ""
    zone: ZoneInfo = dataclasses.field(default_factory=lambda: zone_named("Asia/Shanghai"))
    start_day: int = 1
    lots: dict[str, Lot] = dataclasses.field(default_factory=dict)
    debt: int = 0
    frozen: str | None = None
    limits: list[rows.LimitRow] = dataclasses.field(default_factory=list)
    spent: defaultdict[tuple[str, date], int] = dataclasses.field(default_factory=lambda: defaultdict(int))
    earned: defaultdict[date, int] = dataclasses.field(default_factory=lambda: defaultdict(int))
    cards: dict[str, Card] = dataclasses.field(default_factory=dict)
    default_card: str | None = None
    claims: dict[str, Held] = dataclasses.field(default_factory=dict)
    taught: Book | None = None

    def day(self, now: datetime) -> date:
        """The local date of an instant."""
        return local_day(self.zone, now)

    def currencies(self) -> list[str]:
        """The currencies there is a wallet for, the first opened first."""
        return [key.removeprefix(WALLET) for key in self.accounts if key.startswith(WALLET)]


@dataclasses.dataclass(slots=True)
class Merchant(Holder):
    """A merchant as it stands."""

    proprietor: str | None = None
    code: str = ""
    name: str = ""
    mcc: str = ""
    category: str = ""
    city: str = ""
    address: str = ""
    contact: str = ""
    currency: str = "CNY"
    closed: bool = False


@dataclasses.dataclass(slots=True)
class Refund:
    """A refund as it stands.

    share: how it falls on cash, points and coupon, settled with its confirmation. agreed: when that was, as a number.
    """

    row: rows.RefundRow
    state: RefundState = RefundState.REQUESTED
    attempt: int = 0
    due_on: date | None = None
    last: rows.RefundEventRow | None = None
    share: Portions | None = None
    agreed: int = 0


@dataclasses.dataclass(slots=True)
class Payment:
    """A payment as it stands, with its refunds by id."""

    row: rows.PaymentRow
    state: str
    refunds: dict[str, Refund] = dataclasses.field(default_factory=dict)
    annotated: bool = False  # something is said about it, so its refunds may have to follow

    def credited(self) -> int:
        """The gross that came back."""
        return sum(one.row.amount for one in self.refunds.values() if one.state is RefundState.CREDITED)

    def reserved(self) -> int:
        """The gross that came back or may still: what counts against a further refund."""
        return sum(one.row.amount for one in self.refunds.values() if reserves(one.state))

    def confirmed(self) -> int:
        """The gross of all refunds that the merchant agreed to, whether they arrived or not."""
        return sum(one.row.amount for one in self.refunds.values() if one.share is not None)

    def settled(self) -> bool:
        """Whether nothing is to come: it was captured or declined, and no refund is open."""
        return self.state in {"captured", "declined"} and all(one.state in TERMINAL for one in self.refunds.values())

    def back(self, what: str) -> int:
        """What credited refunds brought so far: `cash`, `points`, `coupon`, or took: `clawed`, `debt`."""
        events = (one.last for one in self.refunds.values() if one.state is RefundState.CREDITED)
        return sum(getattr(event, what) for event in events if event is not None)

    def lots(self) -> list[Taken]:
        """Which lots its points were taken from, in order."""
        return [(lot, points) for lot, points in json.loads(self.row.lots)] if self.row.lots else []

    def claims(self) -> list[tuple[str, int]]:
        """Which coupons it used, with what each took off."""
        return [(claim, off) for claim, off in json.loads(self.row.claims)] if self.row.claims else []


@dataclasses.dataclass(slots=True)
class Charge:
    """A card leg as it stands."""

    row: rows.ChargeRow
    state: str = "asked"
    attempt: int = 0
    next_at: datetime | None = None


@dataclasses.dataclass(slots=True)
class Offer:
    """A published coupon, and how many were taken."""

    coupon: Coupon
    taken: int = 0
    ended: bool = False  # taken back by its publisher


class Books:
    """Everything held. Whoever is not here yet is loaded by the store before a command is decided."""

    def __init__(self) -> None:
        self.members: dict[str, Member] = {}
        self.merchants: dict[str, Merchant] = {}
        self.issuer = Holder(ISSUER_TEXT)
        self.balances: dict[str, int] = {}  # by account: wallets, held money and points of whoever is here
        self.offers: dict[str, Offer] = {}
        self.coupon_codes: dict[tuple[str, str], str] = {}
        self.merchant_codes: dict[str, str] = {}
        self.rule_rows: dict[tuple[str, str], rows.EarnRuleRow] = {}
        self.base = EarnRule()
        self.campaigns: tuple[EarnRule, ...] = ()
        self.payments: dict[str, Payment] = {}
        self.requested: dict[tuple[str, str], str] = {}  # (owner, request id) → payment, refund
        self.refund_of: dict[str, str] = {}  # refund → payment
        self.open_at: defaultdict[str, dict[str, str]] = defaultdict(dict)  # merchant → open refund → payment
        self.charges: dict[str, Charge] = {}
        self.pay_codes: dict[str, rows.PayCodeRow] = {}
        self.codes_used: set[str] = set()
        self.calendar = WorkingCalendar({}, frozenset())
        self.watch = Watch()  # what the monitor is told
        self._points_of: dict[str, Member] = {}  # by points account

    def member(self, owner: object) -> Member:
        """A member who is here.

        Raises:
            MemberUnknown: nobody with that id has a wallet.
        """
        found = self.members.get(str(owner))
        if found is None:
            raise MemberUnknown(str(owner))
        return found

    def merchant(self, owner: object) -> Merchant:
        """A merchant who is here.

        Raises:
            MerchantUnknown: there is none with that id.
        """
        found = self.merchants.get(str(owner))
        if found is None:
            raise MerchantUnknown(str(owner))
        return found

    def balance(self, holder: Holder, key: str) -> int:
        """What an account holds; nothing when there is no such account yet."""
        account = holder.accounts.get(key)
        return self.balances.get(account, 0) if account else 0

    def claim(self, member: Member, named: str) -> Claim | None:
        """A coupon of the member that is free to be used, by the claim's id or by the coupon's code."""
        held = member.claims.get(named)
        if held is None:
            held = next((one for one in self.free_claims(member) if self.offers[one.coupon].coupon.code == named), None)
        return self.as_claim(held) if held is not None and held.free and held.coupon in self.offers else None

    def free_claims(self, member: Member) -> list[Held]:
        """Every coupon of the member that is free to be used, whatever its window says."""
        return [one for one in member.claims.values() if one.free and one.coupon in self.offers]

    def as_claim(self, held: Held) -> Claim:
        """A held coupon as the engine looks at it."""
        return Claim(UUID(held.id), self.offers[held.coupon].coupon, held.until)

    def offer(self, named: str) -> Offer:
        """A published coupon, by its id or by its code; the first published when several publishers use the code.

        Raises:
            CouponUnknown: nobody offers it.
        """
        found = self.offers.get(named)
        if found is None:
            found = next((one for one in self.offers.values() if one.coupon.code == named), None)
        if found is None:
            raise CouponUnknown(named)
        return found

    def payment(self, owner: str, named: str) -> Payment:
        """A payment of the owner's, by its id or the request id it was made with.

        Raises:
            PaymentUnknown: none of the owner's.
        """
        found = self.payments.get(named) or self.payments.get(self.requested.get((owner, named), ""))
        if found is None or found.row.owner != owner:
            raise PaymentUnknown(named)
        return found

    def refund(self, owner: str, named: str) -> tuple[Payment, Refund]:
        """A refund of the payer or of the merchant, by its id or the request id it was asked for with.

        Raises:
            RefundUnknown: none of theirs.
        """
        key = named if named in self.refund_of else self.requested.get((owner, named), "")
        payment = self.payments.get(self.refund_of.get(key, ""))
        if payment is None or owner not in {payment.row.owner, payment.row.merchant}:
            raise RefundUnknown(named)
        return payment, payment.refunds[key]

    def holder(self, owner: str) -> Holder:
        """Anybody's books."""
        if owner == ISSUER_TEXT:
            return self.issuer
        found = self.members.get(owner) or self.merchants.get(owner)
        if found is None:
            raise MemberUnknown(owner)
        return found

    def forget(self, owner: str) -> None:
        """Let go of a member; they are loaded again when they are next needed."""
        gone = self.members.pop(owner, None)
        self.watch.forget(owner)
        if gone is None:
            return
        for account in gone.accounts.values():
            self.balances.pop(account, None)
            self._points_of.pop(account, None)
        for key in [key for key, one in self.payments.items() if one.row.owner == owner]:
            self.drop(key)
        for key in [key for key, one in self.charges.items() if one.row.owner == owner]:
            del self.charges[key]

    def drop(self, payment: str) -> None:
        """Let go of one payment with its refunds; it is loaded again when it is next needed."""
        gone = self.payments.pop(payment)
        self.requested.pop((gone.row.owner, gone.row.request_id), None)
        for refund in gone.refunds.values():
            self.refund_of.pop(refund.row.id, None)
            self.open_at[refund.row.merchant].pop(refund.row.id, None)
            for owner in (refund.row.owner, refund.row.merchant):
                self.requested.pop((owner, refund.row.request_id), None)

    def welcome(self, member: Member) -> None:
        """Begin to hold a member; their rows are absorbed next."""
        self.members[member.owner] = member

    def keep(self, payment: rows.PaymentRow, state: str, *, annotated: bool) -> None:
        """Hold an older payment again; it counted long ago."""
        self.payments[payment.id] = Payment(payment, state, annotated=annotated)
        self.requested[payment.owner, payment.request_id] = payment.id

    def absorb(self, found: Iterable[Any]) -> None:
        """Take rows in: of a deed that is being committed, or of the store."""
        for row in found:
            take = _TAKE.get(type(row))
            if take is not None:
                take(self, row)

    def _user(self, row: rows.UserRow) -> None:
        self.welcome(Member(row.owner, name=row.name))

    def _account(self, row: rows.AccountRow) -> None:
        holder = (
            self.issuer if row.owner == ISSUER_TEXT else self.members.get(row.owner) or self.merchants.get(row.owner)
        )
        if holder is None:
            return
        holder.accounts[row.hint_key] = row.id
        if row.hint_key.startswith((WALLET, HELD)) or row.hint_key == POINTS_KEY:
            self.balances.setdefault(row.id, 0)
        if row.hint_key == POINTS_KEY and isinstance(holder, Member):
            self._points_of[row.id] = holder

    def _posting(self, row: rows.PostingRow) -> None:
        if row.account not in self.balances:
            return
        self.balances[row.account] += row.amount
        if row.currency == POINTS:
            member = self._points_of[row.account]
            if row.lot is None:
                member.debt -= row.amount
            else:
                member.lots[row.lot].remaining += row.amount
                member.lots[row.lot].expired -= row.amount if row.category == "expired" else 0

    def _lot(self, row: rows.LotRow) -> None:
        if row.owner in self.members:
            self.members[row.owner].lots[row.id] = Lot(row.id, row.expires_on, row.seq, 0)

    def _merchant(self, row: rows.MerchantRow) -> None:
        self.merchants[row.owner] = Merchant(
            owner=row.owner,
            proprietor=row.proprietor,
            code=row.code,
            name=row.name,
            mcc=row.mcc,
            category=row.category,
            city=row.city,
            address=row.address,
            contact=row.contact,
            currency=row.currency,
        )
        if row.code:
            self.merchant_codes[row.code] = row.owner

    def _merchant_event(self, row: rows.MerchantEventRow) -> None:
        merchant = self.merchants[row.owner]
        if row.event == "changed":
            for field, text in json.loads(row.value).items():
                setattr(merchant, field, text)
        else:
            merchant.closed = row.event == "closed"

    def _card(self, row: rows.CardRow) -> None:
        if row.owner in self.members:
            self.members[row.owner].cards[row.id] = Card(row)

    def _card_event(self, row: rows.CardEventRow) -> None:
        member = self.members.get(row.owner)
        if member is None:
            return
        if row.event == "unbound":
            member.cards[row.card].unbound = True
        else:
            member.default_card = row.card

    def _status(self, row: rows.StatusRow) -> None:
        if row.owner in self.members:
            self.members[row.owner].frozen = row.reason if row.event == "frozen" else None

    def _limit(self, row: rows.LimitRow) -> None:
        if row.owner in self.members:
            self.members[row.owner].limits.append(row)

    def _payment(self, row: rows.PaymentRow) -> None:
        self.payments[row.id] = Payment(row, row.state)
        self.requested[row.owner, row.request_id] = row.id
        if row.pay_code:
            self.codes_used.add(row.pay_code)
        self._count(row, 1)
        self.watch.made(row)

    def _count(self, row: rows.PaymentRow, sign: int) -> None:
        member = self.members.get(row.owner)
        if member is not None:
            member.spent[row.currency, row.booked_on] += sign * row.cash
            member.earned[row.booked_on] += sign * row.earned

    def _annotation(self, row: rows.AnnotationRow) -> None:
        if row.entry in self.payments:
            self.payments[row.entry].annotated = True

    def _payment_event(self, row: rows.PaymentEventRow) -> None:
        payment = self.payments.get(row.payment)
        if payment is None:
            return
        if row.state == "declined":
            self.watch.take(row)
            self._count(payment.row, -1)
            if payment.row.pay_code:
                self.codes_used.discard(payment.row.pay_code)
        payment.state = row.state

    def _transfer(self, row: rows.TransferRow) -> None:
        member = self.members.get(row.owner)
        if member is not None:
            member.spent[row.currency, row.booked_on] += row.amount
        self.watch.made(row)

    def _charge(self, row: rows.ChargeRow) -> None:
        self.charges[row.id] = Charge(row)
        if row.purpose == "withdraw":
            self.watch.made(row)

    def _charge_event(self, row: rows.ChargeEventRow) -> None:
        charge = self.charges.get(row.charge)
        if charge is not None:
            charge.state, charge.attempt, charge.next_at = row.state, row.attempt, row.next_at
        self.watch.take(row)
        if row.state in {"approved", "declined"}:
            self.charges.pop(row.charge, None)  # settled: fetched again if anybody asks

    def _refund(self, row: rows.RefundRow) -> None:
        self.refund_of[row.id] = row.payment
        self.watch.take(row)
        self.requested[row.owner, row.request_id] = row.id
        # Two members may have used the same request id; the merchant then has to name the refund itself.
        taken = self.requested.get((row.merchant, row.request_id), row.id) != row.id
        self.requested[row.merchant, row.request_id] = "" if taken else row.id
        if row.payment in self.payments:
            self.payments[row.payment].refunds[row.id] = Refund(row)
            self.open_at[row.merchant][row.id] = row.payment

    def _refund_event(self, row: rows.RefundEventRow) -> None:
        payment = self.payments.get(self.refund_of.get(row.refund, ""))
        if payment is None:
            return
        refund = payment.refunds[row.refund]
        refund.state, refund.attempt, refund.last = RefundState(row.state), row.attempt, row
        if refund.state in TERMINAL:
            self.open_at[payment.row.merchant].pop(row.refund, None)
        if refund.state is RefundState.CONFIRMED:
            refund.due_on, refund.agreed = row.due_on, row.seq
            value = refund.row.amount - row.cash - row.coupon
            refund.share = Portions(row.cash, value, row.points, row.coupon)

    def _coupon(self, row: rows.CouponRow) -> None:
        self.offers[row.id] = Offer(coupon_from(row.body))
        self.coupon_codes[row.owner, row.code] = row.id

    def _coupon_ending(self, row: rows.CouponEndingRow) -> None:
        self.offers[row.coupon].ended = True

    def _claim(self, row: rows.ClaimRow) -> None:
        if row.coupon in self.offers:
            self.offers[row.coupon].taken += 1
        if row.owner in self.members:
            self.members[row.owner].claims[row.id] = Held(row.id, row.coupon)

    def _claim_event(self, row: rows.ClaimEventRow) -> None:
        member = self.members.get(row.owner)
        if member is not None:
            held = member.claims[row.claim]
            held.state, held.until = row.event, row.until if row.event == "returned" else held.until

    def _earn_rule(self, row: rows.EarnRuleRow) -> None:
        self.rule_rows[row.owner, row.code] = row
        rules = [rule_from(one.body) for one in self.rule_rows.values() if one.active]
        base = self.rule_rows.get((ISSUER_TEXT, BASE_CODE))
        self.base = rule_from(base.body) if base and base.active else EarnRule()
        self.campaigns = tuple(one for one in rules if one.code != BASE_CODE)

    def _pay_code(self, row: rows.PayCodeRow) -> None:
        self.pay_codes[row.id] = row

    def _watched(self, row: Any) -> None:  # noqa: ANN401 - a row of the monitor's
        self.watch.take(row)

    def _answer(self, row: rows.AnswerRow) -> None:
        self.watch.answer(row)


_TAKE: Final[Mapping[type[Any], Callable[[Books, Any], None]]] = {
    rows.UserRow: Books._user,  # noqa: SLF001 - the class's own table
    rows.AccountRow: Books._account,  # noqa: SLF001 - the class's own table
    rows.PostingRow: Books._posting,  # noqa: SLF001
    rows.LotRow: Books._lot,  # noqa: SLF001
    rows.MerchantRow: Books._merchant,  # noqa: SLF001
    rows.MerchantEventRow: Books._merchant_event,  # noqa: SLF001
    rows.CardRow: Books._card,  # noqa: SLF001
    rows.CardEventRow: Books._card_event,  # noqa: SLF001
    rows.StatusRow: Books._status,  # noqa: SLF001
    rows.LimitRow: Books._limit,  # noqa: SLF001
    rows.PaymentRow: Books._payment,  # noqa: SLF001
    rows.AnnotationRow: Books._annotation,  # noqa: SLF001
    rows.PaymentEventRow: Books._payment_event,  # noqa: SLF001
    rows.TransferRow: Books._transfer,  # noqa: SLF001
    rows.ChargeRow: Books._charge,  # noqa: SLF001
    rows.ChargeEventRow: Books._charge_event,  # noqa: SLF001
    rows.RefundRow: Books._refund,  # noqa: SLF001
    rows.RefundEventRow: Books._refund_event,  # noqa: SLF001
    rows.CouponRow: Books._coupon,  # noqa: SLF001
    rows.CouponEndingRow: Books._coupon_ending,  # noqa: SLF001
    rows.ClaimRow: Books._claim,  # noqa: SLF001
    rows.ClaimEventRow: Books._claim_event,  # noqa: SLF001
    rows.EarnRuleRow: Books._earn_rule,  # noqa: SLF001
    rows.PayCodeRow: Books._pay_code,  # noqa: SLF001
    rows.VerdictRow: Books._watched,  # noqa: SLF001
    rows.AnswerRow: Books._answer,  # noqa: SLF001
    rows.SensitivityRow: Books._watched,  # noqa: SLF001
}
