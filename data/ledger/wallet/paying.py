"""Paying a merchant: what it costs after coupons and points, whether it may be, and what it leaves in three books.

Order of amounts (LEDGER §3): gross, less coupons, less points, is cash. Order of refusals: member, merchant, frozen,
amount, code, coupons, points, limit, card or funds; the first that applies is told.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from data.categories import BUILT_IN, Book, CategoryKind
from data.categories.text import normalise_payee
from data.ids import new_key
from data.ledger import coupon_engine
from data.ledger.accounts import EXPENSE_KEY
from data.ledger.coupons import Claim, Purchase
from data.ledger.wallet import limits, rows
from data.ledger.wallet.books import (
    CLEARING,
    ISSUER_TEXT,
    OUTSTANDING,
    POINTS_BOOK,
    POINTS_COST,
    POINTS_OUTSTANDING,
    REWARDS,
    TAKINGS_KEY,
    WALLET,
    Books,
    Card,
    Member,
    Merchant,
    Payment,
)
from data.ledger.wallet.commands import Pay
from data.ledger.wallet.deed import POINTS_HELD, Deed, Leg, Stamp, points_legs
from data.ledger.wallet.earning import ONE, Taken, living, multiplier, points_for, take
from data.ledger.wallet.refusals import (
    AccountFrozen,
    AmountInvalid,
    CardExpiredNow,
    CardUnknown,
    CouponNotHeld,
    CouponNotUsable,
    InsufficientFunds,
    InsufficientPoints,
    MerchantClosed,
    MerchantCurrencyDiffers,
    MerchantUnknown,
    OwnMerchant,
    PayCodeAmountDiffers,
    PayCodeExpired,
    PayCodeUnknown,
    PayCodeUsed,
    PointsBeyondCap,
    WalletNotOpened,
)
from data.ledger.wallet.saying import facts_of, method_of, say
from data.money import MAX_MINOR, POINTS, Money


@dataclasses.dataclass(frozen=True, slots=True)
class Price:
    """What a payment comes to. gross = coupon + points_minor + cash; coupon_merchant: the merchant's part of coupon."""

    gross: int
    coupon: int
    coupon_merchant: int
    points: int
    points_minor: int
    cash: int
    claims: tuple[tuple[str, int], ...]


def check_amount(amount: int) -> None:
    """Refuse what is no amount.

    Raises:
        AmountInvalid: not positive, or too large.
    """
    if not 0 < amount <= MAX_MINOR:
        raise AmountInvalid(amount)


def check_active(member: Member) -> None:
    """Refuse what a frozen wallet may not do.

    Raises:
        AccountFrozen: nothing leaves it.
    """
    if member.frozen is not None:
        raise AccountFrozen(member.frozen)


def is_spending_category(key: str) -> bool:
    """Whether it is a built-in category of spending: what everybody understands the same."""
    return key in BUILT_IN and BUILT_IN[key].kind is CategoryKind.EXPENSE


def mine(books: Books, owner: object, stamp: Stamp) -> Merchant:
    """A merchant that the actor runs; what the issuer's own books do for anybody is allowed too.

    Raises:
        MerchantUnknown: there is none, or it is somebody else's, which looks the same.
    """
    merchant = books.merchant(owner)
    if stamp.actor not in {merchant.proprietor, ISSUER_TEXT}:
        raise MerchantUnknown(str(owner))
    return merchant


def check_wallet(member: Member, currency: str) -> None:
    """Refuse a currency the member has no wallet in.

    Raises:
        WalletNotOpened: there is none.
    """
    if WALLET + currency not in member.accounts:
        raise WalletNotOpened(currency)


def usable_card(member: Member, card: UUID, day: date) -> Card:
    """A card of the member that can be charged on that day.

    Raises:
        CardUnknown: none of the member's, or unbound. CardExpiredNow: its last month is over.
    """
    found = member.cards.get(str(card))
    if found is None or found.unbound:
        raise CardUnknown(str(card))
    if found.row.expires_on < day:
        raise CardExpiredNow(found.row.last4, found.row.expires_on.isoformat())
    return found


def spendable(member: Member, day: date) -> int:
    """The points that may be redeemed: none while there is a debt."""
    return 0 if member.debt > 0 else living(member.lots.values(), day)


def worth_of_point(books: Books, currency: str) -> int:
    """What a point is worth in a payment, in minor units: nothing where it would cross from one money to another."""
    return books.base.redeem_minor_per_point if currency == books.base.currency else 0


def most_points(books: Books, left: int, currency: str, member: Member, day: date) -> int:
    """How many points may cover a payment of which coupons left `left`: by the cap, and by what there is."""
    worth = worth_of_point(books, currency)
    return min(left * books.base.redeem_cap_bp // (ONE * worth), spendable(member, day)) if worth else 0


def purchase_of(merchant: Merchant, command: Pay, stamp: Stamp) -> Purchase:
    """The payment as a coupon looks at it."""
    known = BUILT_IN.get(merchant.category)
    return Purchase(
        merchant=UUID(merchant.owner),
        category=merchant.category,
        category_parent=known.parent if known else None,
        amount_minor=command.amount,
        currency=command.currency,
        now=stamp.now,
    )


def price(books: Books, member: Member, merchant: Merchant, command: Pay, stamp: Stamp, day: date) -> Price:
    """What it comes to.

    Raises:
        CouponNotHeld, CouponNotUsable, AmountInvalid, InsufficientPoints, PointsBeyondCap.
    """
    off, off_merchant, used = 0, 0, tuple[tuple[str, int], ...]()
    if command.claims:
        outcome = coupon_engine.apply(_claims(books, member, command), purchase_of(merchant, command, stamp))
        if outcome.refused:
            no = outcome.refused[0]
            raise CouponNotUsable(no.claim.coupon.code, no.reason.value, command.currency, no.detail_minor)
        off = outcome.off_minor
        off_merchant = sum(one.off_minor for one in outcome.applied if one.claim.coupon.funded_by_merchant)
        used = tuple((str(one.claim.id), one.off_minor) for one in outcome.applied)
    left = command.amount - off
    if command.points < 0:  # else points would be bought, beyond every cap
        raise AmountInvalid(command.points)
    worth = worth_of_point(books, command.currency)
    value = command.points * worth
    if command.points:
        most = left * books.base.redeem_cap_bp // (ONE * worth) if worth else 0
        if (held := spendable(member, day)) < command.points:
            raise InsufficientPoints(command.points, held, member.debt)
        if command.points > most:
            raise PointsBeyondCap(command.points, most)
    return Price(command.amount, off, off_merchant, command.points, value, left - value, used)


def _claims(books: Books, member: Member, command: Pay) -> list[Claim]:
    found = []
    for claim in command.claims:
        held = books.claim(member, claim)
        if held is None:
            raise CouponNotHeld(claim)
        found.append(held)
    return found


def noted(books: Books, command: Pay) -> Pay:
    """The payment with what its code says about it, where the payer says nothing."""
    code = books.pay_codes.get(str(command.pay_code)) if command.pay_code and not command.note else None
    if code is None or code.owner != str(command.merchant):
        return command
    return dataclasses.replace(command, note=code.note)


def _check_code(books: Books, command: Pay, stamp: Stamp) -> None:
    if command.pay_code is None:
        return
    code = books.pay_codes.get(str(command.pay_code))
    if code is None or code.owner != str(command.merchant):
        raise PayCodeUnknown(str(command.pay_code))
    if code.id in books.codes_used:
        raise PayCodeUsed(code.id)
    if code.expires_at <= stamp.now:
        raise PayCodeExpired(code.id, code.expires_at.isoformat())
    if (code.amount, code.currency) != (command.amount, command.currency):
        raise PayCodeAmountDiffers(code.currency, code.amount, command.amount)


def category_for(member: Member, merchant: Merchant, command: Pay, day: date) -> str:
    """Where the person would file it: their rules, what they taught for this payee, then the merchant's own."""
    taught = member.taught
    if taught is None:
        return merchant.category
    gross, card = Money(command.amount, command.currency), str(command.card) if command.card else None
    for rule in taught.applying(facts_of(member, merchant, gross, card, command.note, day)):
        if chosen := spending(taught, rule.action.category):
            return chosen
    return learned(member, normalise_payee(merchant.name), merchant.category)


def spending(taught: Book, category: str | None) -> str | None:
    """The category, if money spent may be filed there: it is still chosen, and none of income."""
    found = taught.categories.get(category) if category else None
    return found.key if found is not None and found.kind is CategoryKind.EXPENSE else None


def learned(member: Member, payee_key: str, category: str) -> str:
    """What the person taught for a payee, else this category."""
    taught = member.taught
    return (spending(taught, taught.learned.get(payee_key)) if taught else None) or category


def pay(books: Books, command: Pay, stamp: Stamp) -> Deed:
    """A payment: captured at once from the wallet; by card it waits, processing, for the bank.

    Raises:
        Rejection: in the order of this module's docstring.
    """
    member, merchant = books.member(command.owner), books.merchant(command.merchant)
    check_active(member)
    check_amount(command.amount)
    _check_merchant(member, merchant, command)
    _check_code(books, command, stamp)
    day = member.day(stamp.now)
    cost = price(books, member, merchant, command, stamp, day)
    limits.check(member, command.currency, cost.cash, day)
    if command.card is not None:
        usable_card(member, command.card, day)
    else:
        check_wallet(member, command.currency)
        available = books.balance(member, WALLET + command.currency)
        if available < cost.cash:
            raise InsufficientFunds(command.currency, cost.cash, available)
    return _decided(books, member, merchant, noted(books, command), stamp, day, cost)


def _check_merchant(member: Member, merchant: Merchant, command: Pay) -> None:
    if merchant.closed:
        raise MerchantClosed(merchant.name)
    if merchant.proprietor == member.owner:
        raise OwnMerchant(merchant.name)
    if merchant.currency != command.currency:
        raise MerchantCurrencyDiffers(merchant.currency, command.currency)


def earns(books: Books, member: Member, merchant: Merchant, cash: int, stamp: Stamp, day: date) -> tuple[int, str]:
    """What it earns, and the rule as it is kept for the claw-back."""
    base, bp = books.base, books.base.multiplier_bp
    if merchant.currency != base.currency:
        return 0, f"[{base.points_per_unit}, {bp}]"
    if books.campaigns:
        known = BUILT_IN.get(merchant.category)
        kinds = [merchant.category, *([known.parent] if known and known.parent else [])]
        bp = bp * multiplier(books.campaigns, merchant.owner, kinds, stamp.now) // ONE
    earned = points_for(cash, base.points_per_unit, bp, base.cap_per_payment)
    if base.cap_per_day is not None:
        earned = min(earned, max(0, base.cap_per_day - member.earned.get(day, 0)))
    return earned, f"[{base.points_per_unit}, {bp}]"


def _decided(
    books: Books, member: Member, merchant: Merchant, command: Pay, stamp: Stamp, day: date, cost: Price
) -> Deed:
    deed, key = Deed(), new_key()
    earned, rule = earns(books, member, merchant, cost.cash, stamp, day)
    taken = take(member.lots.values(), cost.points, day) if cost.points else []
    valid = books.base.valid_days
    by_card = command.card is not None and cost.cash > 0
    row = rows.PaymentRow(
        member.owner,
        key,
        stamp.seq(),
        command.request_id,
        merchant.owner,
        "processing" if by_card else "captured",
        command.currency,
        cost.gross,
        cost.coupon,
        cost.coupon_merchant,
        cost.points,
        cost.points_minor,
        cost.cash,
        str(command.card) if by_card else None,
        json.dumps(cost.claims) if cost.claims else "",
        json.dumps(taken) if taken else "",
        earned,
        rule,
        day + timedelta(days=valid) if earned and valid is not None else None,
        category_for(member, merchant, command, day),
        str(command.pay_code) if command.pay_code else None,
        command.note,
        stamp.now,
        day,
        stamp.recorded_at,
        stamp.actor,
    )
    deed.add(row)
    if by_card:
        _wait_for_bank(deed, member, row, taken, stamp)
    else:
        book_payment(books, deed, member, merchant, row, [(lot, -points) for lot, points in taken], stamp)
    for claim, _ in cost.claims:
        event = "reserved" if by_card else "used"
        deed.add(rows.ClaimEventRow(member.owner, claim, row.seq, event, key, None, stamp.recorded_at))
    deed.receipt = receipt_of(books, member, merchant, row, row.state)
    return deed


def _wait_for_bank(deed: Deed, member: Member, row: rows.PaymentRow, taken: list[Taken], stamp: Stamp) -> None:
    """Ask the card; meanwhile the points are set aside."""
    deed.add(
        rows.ChargeRow(
            member.owner,
            row.id,
            row.seq,
            row.request_id,
            row.card or "",
            "pay",
            row.currency,
            row.cash,
            stamp.now,
            row.booked_on,
            stamp.recorded_at,
            stamp.actor,
        )
    )
    if taken:
        legs = points_set_aside(deed, member, taken, stamp, sign=-1)
        deed.entry(member.owner, new_key(), "hold", row.booked_on, stamp, legs)


def points_set_aside(deed: Deed, member: Member, taken: list[Taken], stamp: Stamp, *, sign: int) -> list[Leg]:
    """Points from their lots (sign -1) to where they wait, or back again (+1)."""
    account = deed.account(member, "points", stamp)
    legs: list[Leg] = [(account, sign * points, POINTS, None, lot) for lot, points in taken]
    total = sum(points for _, points in taken)
    return [*legs, (deed.account(member, POINTS_HELD, stamp), -sign * total, POINTS, None, None)]


def book_payment(
    books: Books,
    deed: Deed,
    member: Member,
    merchant: Merchant,
    row: rows.PaymentRow,
    spent: list[tuple[str | None, int]],
    stamp: Stamp,
) -> None:
    """The captured payment in the payer's, the merchant's and the issuer's books. spent: lots (negative points)."""
    currency, day, owner = row.currency, row.booked_on, member.owner
    card = member.cards[row.card] if row.card else None
    source = card.row.account if card else member.accounts.get(WALLET + currency, "")
    named: dict[str, Any] = {
        "payee": merchant.name,
        "payee_key": normalise_payee(merchant.name),
        "description": row.note,
        "method": method_of(member, row.card),
        "occurred_at": row.occurred_at,
    }
    earned = _earned_moves(deed, member, row, stamp)
    legs: list[Leg] = [
        (source, -row.cash, currency, None, None),
        (deed.account(member, EXPENSE_KEY, stamp) if row.cash else "", row.cash, currency, row.category, None),
        *points_legs(deed, member, stamp, [*spent, *earned]),
    ]
    if any(leg[1] for leg in legs):
        number = deed.entry(owner, row.id, "expense", day, stamp, legs, **named)
        if row.cash and not say(deed, member, merchant, row, stamp):
            deed.fact(
                member,
                number,
                row.id,
                day,
                part=1,
                kind="expense",
                account=source,
                category=row.category,
                currency=currency,
                amount=-row.cash,
                spending=row.cash,
                **named,
            )
    _book_others(books, deed, member, merchant, row, stamp)


def _earned_moves(deed: Deed, member: Member, row: rows.PaymentRow, stamp: Stamp) -> list[tuple[str | None, int]]:
    """Points earned: a debt is paid first, the rest becomes a lot."""
    if not row.earned:
        return []
    paid = min(row.earned, max(0, member.debt))
    moves: list[tuple[str | None, int]] = [(None, paid)] if paid else []
    if row.earned > paid:
        lot = row.id  # a payment's own lot bears its id
        deed.add(
            rows.LotRow(member.owner, lot, stamp.seq(), row.id, row.booked_on, row.earn_expires_on, stamp.recorded_at)
        )
        moves.append((lot, row.earned - paid))
    return moves


def _book_others(
    books: Books, deed: Deed, member: Member, merchant: Merchant, row: rows.PaymentRow, stamp: Stamp
) -> None:
    currency, day = row.currency, row.booked_on
    when = {"occurred_at": row.occurred_at}
    takes = row.gross - row.coupon_merchant
    if takes:
        wallet = deed.account(merchant, WALLET + currency, stamp)
        taking = deed.account(merchant, TAKINGS_KEY, stamp)
        legs: list[Leg] = [(wallet, takes, currency, None, None), (taking, -takes, currency, None, None)]
        deed.entry(merchant.owner, row.id, "income", day, stamp, legs, payee=member.name, description=row.note, **when)
    issued = issuer_legs(
        books,
        deed,
        stamp,
        currency=currency,
        rewards=row.coupon - row.coupon_merchant + row.points_minor,
        cleared=row.cash if row.card else 0,
        redeemed=row.points,
        earned=row.earned,
    )
    if any(leg[1] for leg in issued):
        deed.entry(ISSUER_TEXT, row.id, "adjustment", day, stamp, issued, **when)


def issuer_legs(
    books: Books,
    deed: Deed,
    stamp: Stamp,
    *,
    currency: str,
    rewards: int = 0,
    cleared: int = 0,
    redeemed: int = 0,
    earned: int = 0,
) -> list[Leg]:
    """What the issuer books: rewards it bears, cash through the cards, points given and taken. Signed."""
    issuer = books.issuer
    legs: list[Leg] = []
    if rewards or cleared:
        legs += [
            (deed.account(issuer, REWARDS, stamp) if rewards else "", rewards, currency, None, None),
            (deed.account(issuer, CLEARING, stamp) if cleared else "", cleared, currency, None, None),
            (deed.account(issuer, OUTSTANDING, stamp), -(rewards + cleared), currency, None, None),
        ]
    if net := earned - redeemed:
        legs += [
            (deed.account(issuer, POINTS_OUTSTANDING, stamp), -net, POINTS, None, None),
            (deed.account(issuer, POINTS_COST, stamp), net, POINTS, None, None),
        ]
    return legs


def receipt_of(books: Books, member: Member, merchant: Merchant, row: rows.PaymentRow, state: str) -> dict[str, Any]:
    """What the payer is told."""
    return {
        "payment": row.id,
        "state": state,
        "merchant": merchant.owner,
        "merchant_name": merchant.name,
        "currency": row.currency,
        "gross_minor": row.gross,
        "coupon_minor": row.coupon,
        "points": row.points,
        "points_minor": row.points_minor,
        "cash_minor": row.cash,
        "source": f"card:{row.card}" if row.card else "wallet",
        "points_earned": row.earned if state == "captured" else 0,
        "category": row.category,
        "occurred_at": row.occurred_at.isoformat(),
        "balance_minor": books.balance(member, WALLET + row.currency) - (0 if row.card else row.cash),
    }


def capture(books: Books, payment: Payment, stamp: Stamp) -> Deed:
    """The bank said yes: the payment is booked on the day it was made, the points that waited are spent."""
    member, merchant = books.member(payment.row.owner), books.merchant(payment.row.merchant)
    deed, row = Deed(), payment.row
    deed.add(rows.PaymentEventRow(row.owner, row.id, stamp.seq(), "captured", "", stamp.now, stamp.recorded_at))
    book_payment(books, deed, member, merchant, row, [], stamp)
    if row.points:
        legs: list[Leg] = [
            (deed.account(member, POINTS_HELD, stamp), -row.points, POINTS, None, None),
            (deed.account(member, POINTS_BOOK, stamp), row.points, POINTS, None, None),
        ]
        deed.entry(member.owner, new_key(), "points", row.booked_on, stamp, legs)
    _coupons(deed, payment, "used", stamp)
    deed.receipt = receipt_of(books, member, merchant, row, "captured")
    return deed


def give_up(books: Books, payment: Payment, reason: str, stamp: Stamp) -> Deed:
    """The bank said no: nothing was taken; points and coupons are free again."""
    member, deed, row = books.member(payment.row.owner), Deed(), payment.row
    deed.add(rows.PaymentEventRow(row.owner, row.id, stamp.seq(), "declined", reason, stamp.now, stamp.recorded_at))
    if taken := payment.lots():
        legs = points_set_aside(deed, member, taken, stamp, sign=1)
        deed.entry(member.owner, new_key(), "hold", row.booked_on, stamp, legs)
    _coupons(deed, payment, "released", stamp)
    return deed


def _coupons(deed: Deed, payment: Payment, event: str, stamp: Stamp) -> None:
    for claim, _ in payment.claims():
        deed.add(
            rows.ClaimEventRow(payment.row.owner, claim, stamp.seq(), event, payment.row.id, None, stamp.recorded_at)
        )
