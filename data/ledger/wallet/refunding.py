"""Money back for a payment: asked for, agreed to, given; the coupons, points and money each where they came from.

What is asked for is reserved at once, so that parallel partial requests never pass together. Shares follow LEDGER §4:
cumulative floors, so any cutting into parts gives back exactly what was paid.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections import Counter
from datetime import UTC, date, timedelta
from typing import Any, Final

from data.categories.text import normalise_payee
from data.ids import new_key
from data.ledger import refund_states
from data.ledger.accounts import EXPENSE_KEY
from data.ledger.changes import RefundExceedsPayment
from data.ledger.coupons import returns_on_full_refund
from data.ledger.refund_states import TERMINAL, Paid, Portions, RefundState
from data.ledger.wallet import paying, rows
from data.ledger.wallet.books import (
    DRAWN_KEY,
    ISSUER_TEXT,
    TAKINGS_KEY,
    WALLET,
    Books,
    Member,
    Merchant,
    Payment,
    Refund,
    zone_named,
)
from data.ledger.wallet.commands import (
    CancelRefund,
    ConfirmRefund,
    CreditRefund,
    FailRefund,
    RejectRefund,
    RequestRefund,
    RetryRefund,
)
from data.ledger.wallet.deed import Deed, Leg, Stamp, points_legs
from data.ledger.wallet.earning import Lot, Taken, claw, given_back, points_for
from data.ledger.wallet.refusals import (
    MerchantShort,
    PaymentNotCaptured,
    RefundStateDiffers,
    RefundTooLate,
    RefundUnknown,
    TooManyRefunds,
)
from data.ledger.working_days import DAYS_TO_CREDIT, Due

MOST_REFUNDS: Final = 50
WITHIN: Final = timedelta(days=365)
GRACE: Final = timedelta(days=30)  # of points whose lot is over by the time they come back
_NEWEST: Final = sys.maxsize  # the number of a lot that is made only now
Moves = list[tuple[str | None, int]]  # points in and out of lots; None: the debt


def request(books: Books, command: RequestRefund, stamp: Stamp) -> Deed:
    """Ask for money back; frozen members may.

    Raises:
        PaymentUnknown, PaymentNotCaptured, AmountInvalid, RefundTooLate, TooManyRefunds, RefundExceedsPayment.
    """
    member = books.member(command.owner)
    payment = books.payment(member.owner, command.payment)
    if payment.state != "captured":
        raise PaymentNotCaptured(payment.row.id, payment.state)
    paying.check_amount(command.amount)
    _check_room(payment, command, stamp)
    row = rows.RefundRow(
        member.owner,
        new_key(),
        stamp.seq(),
        command.request_id,
        payment.row.id,
        payment.row.merchant,
        payment.row.currency,
        command.amount,
        command.reason,
        command.note,
        str(command.attachment) if command.attachment else None,
        stamp.now,
        member.day(stamp.now),
        stamp.recorded_at,
        stamp.actor,
    )
    deed = Deed()
    deed.add(row)
    left = payment.row.gross - payment.reserved() - command.amount
    deed.receipt = _receipt(row, RefundState.REQUESTED) | {"refundable_minor": left}
    return deed


def _check_room(payment: Payment, command: RequestRefund, stamp: Stamp) -> None:
    row = payment.row
    if stamp.now > row.occurred_at + WITHIN:
        raise RefundTooLate((row.occurred_at + WITHIN).date().isoformat())
    if len(payment.refunds) >= MOST_REFUNDS:
        raise TooManyRefunds(MOST_REFUNDS)
    reserved = payment.reserved()
    if reserved + command.amount > row.gross:
        raise RefundExceedsPayment(command.amount, row.gross, reserved, row.currency)


def _receipt(row: rows.RefundRow, state: RefundState) -> dict[str, Any]:
    return {
        "refund": row.id,
        "owner": row.owner,
        "request": row.request_id,
        "payment": row.payment,
        "state": state.value,
        "currency": row.currency,
        "amount_minor": row.amount,
    }


def _step(  # columns by name
    deed: Deed,
    refund: Refund,
    to: RefundState,
    stamp: Stamp,
    **more: Any,  # noqa: ANN401 - columns have many types
) -> None:
    """One event; refuses what the transition table does not allow."""
    row = refund.row
    deed.add(
        rows.RefundEventRow(
            row.owner,
            row.id,
            stamp.seq(),
            to.value,
            more.get("reason", ""),
            more.get("attempt", refund.attempt),
            more.get("due_on"),
            more.get("estimated", False),
            more.get("cash", 0),
            more.get("points", 0),
            more.get("coupon", 0),
            more.get("clawed", 0),
            more.get("debt", 0),
            more.get("redirected", False),
            stamp.now,
            stamp.recorded_at,
            stamp.actor,
        )
    )


def _allowed(refund: Refund, to: RefundState) -> None:
    if to not in refund_states.TRANSITIONS[refund.state]:
        raise RefundStateDiffers(refund.state.value, to.value)


def _of_merchant(books: Books, command: ConfirmRefund | RejectRefund, stamp: Stamp) -> tuple[Payment, Refund]:
    merchant = paying.mine(books, command.owner, stamp)
    payment, refund = books.refund(merchant.owner, command.refund)
    if payment.row.merchant != merchant.owner:
        raise RefundUnknown(command.refund)
    return payment, refund


def _of_payer(books: Books, command: CancelRefund | CreditRefund | FailRefund | RetryRefund) -> tuple[Payment, Refund]:
    payment, refund = books.refund(str(command.owner), command.refund)
    if payment.row.owner != str(command.owner):
        raise RefundUnknown(command.refund)
    return payment, refund


def reject(books: Books, command: RejectRefund, stamp: Stamp) -> Deed:
    """The merchant says no; what was reserved is free again.

    Raises:
        RefundUnknown, RefundStateDiffers.
    """
    _, refund = _of_merchant(books, command, stamp)
    _allowed(refund, RefundState.REJECTED)
    deed = Deed()
    _step(deed, refund, RefundState.REJECTED, stamp, reason=command.reason)
    deed.receipt = _receipt(refund.row, RefundState.REJECTED) | {"reason": command.reason}
    return deed


def cancel(books: Books, command: CancelRefund, stamp: Stamp) -> Deed:
    """The member takes the request back.

    Raises:
        RefundUnknown, RefundStateDiffers.
    """
    _, refund = _of_payer(books, command)
    _allowed(refund, RefundState.CANCELLED)
    deed = Deed()
    _step(deed, refund, RefundState.CANCELLED, stamp)
    deed.receipt = _receipt(refund.row, RefundState.CANCELLED)
    return deed


def confirm(books: Books, command: ConfirmRefund, stamp: Stamp) -> Deed:
    """The merchant agrees: to the wallet at once; to a card within the working days its bank needs.

    Raises:
        RefundUnknown, RefundStateDiffers.
    """
    payment, refund = _of_merchant(books, command, stamp)
    _allowed(refund, RefundState.CONFIRMED)
    deed = Deed()
    due, parts = _due(books, payment, stamp), share_of(payment, refund)
    shares = {"cash": parts.cash, "points": parts.points, "coupon": parts.coupon}
    _step(deed, refund, RefundState.CONFIRMED, stamp, due_on=due.on, estimated=due.estimated, **shares)
    to_card, enough = payment.row.card is not None, _covers(books, payment, refund, parts)
    if not to_card and enough:
        _credit(books, deed, payment, refund, stamp, parts, redirected=False)
        return deed
    # A card's bank is told only of what the merchant has: it would give the money at once.
    reason = "" if enough else "merchant_short"
    _step(deed, refund, RefundState.PROCESSING, stamp, reason=reason)
    told = {"reason": reason, "due_on": due.on.isoformat(), "estimated": due.estimated, "cash_minor": parts.cash}
    deed.receipt = _receipt(refund.row, RefundState.PROCESSING) | told
    return deed


def _due(books: Books, payment: Payment, stamp: Stamp) -> Due:
    """By when it must have arrived: a card's bank needs working days, counted in China whoever asks (LEDGER §4)."""
    member = books.member(payment.row.owner)
    if payment.row.card is None:
        return Due(member.day(stamp.now), estimated=False)
    confirmed_on = stamp.now.replace(tzinfo=UTC).astimezone(zone_named("Asia/Shanghai")).date()
    return books.calendar.after(confirmed_on, DAYS_TO_CREDIT[member.cards[payment.row.card].row.kind])


def credit(books: Books, command: CreditRefund, stamp: Stamp) -> Deed:
    """Give what was agreed to.

    Raises:
        RefundUnknown, RefundStateDiffers: nothing is to be given. MerchantShort: it has to wait.
    """
    payment, refund = _of_payer(books, command)
    # What is under way to a card may still arrive there: only what came back can go to the wallet instead.
    stuck = {RefundState.FAILED, RefundState.MANUAL}
    if refund.state not in (stuck if command.redirect else {RefundState.PROCESSING, *stuck}):
        raise RefundStateDiffers(refund.state.value, RefundState.CREDITED.value)
    deed, parts = Deed(), share_of(payment, refund)
    if not _covers(books, payment, refund, parts):
        available = books.balance(books.merchant(payment.row.merchant), WALLET + payment.row.currency)
        raise MerchantShort(payment.row.currency, _owed(payment, refund, parts), available)
    if refund.state is not RefundState.PROCESSING:
        _step(deed, refund, RefundState.PROCESSING, stamp)
    _credit(books, deed, payment, refund, stamp, parts, redirected=command.redirect)
    return deed


def retry(books: Books, command: RetryRefund, stamp: Stamp) -> Deed:
    """A failed refund is on its way again, as the same refund.

    Raises:
        RefundUnknown, RefundStateDiffers.
    """
    _, refund = _of_payer(books, command)
    if refund.state not in {RefundState.FAILED, RefundState.MANUAL}:
        raise RefundStateDiffers(refund.state.value, RefundState.PROCESSING.value)
    deed = Deed()
    _step(deed, refund, RefundState.PROCESSING, stamp, attempt=command.attempt)
    deed.receipt = _receipt(refund.row, RefundState.PROCESSING) | {"attempt": command.attempt}
    return deed


def fail(books: Books, command: FailRefund, stamp: Stamp) -> Deed:
    """The bank did not take it; it is tried again, or goes to a person.

    Raises:
        RefundUnknown, RefundStateDiffers.
    """
    _, refund = _of_payer(books, command)
    to = RefundState.MANUAL if command.manual else RefundState.FAILED
    _allowed(refund, to)
    deed = Deed()
    _step(deed, refund, to, stamp, reason=command.reason, attempt=command.attempt)
    deed.receipt = _receipt(refund.row, to) | {"reason": command.reason}
    return deed


def share_of(payment: Payment, refund: Refund) -> Portions:
    """How a refund falls on cash, points and coupon.

    Settled with the confirmation, in the order of confirmations: a card's bank is told an amount at once, and another
    refund that arrives earlier must not change it.
    """
    if refund.share is not None:
        return refund.share
    return refund_states.portions(_paid(payment), payment.confirmed(), refund.row.amount)


def _paid(payment: Payment) -> Paid:
    row = payment.row
    return Paid(gross=row.gross, cash=row.cash, points_value=row.points_minor, points=row.points)


def _merchant_part(payment: Payment, coupon: int) -> int:
    """How much of a refund's coupon part the merchant bore, so does not give back."""
    row = payment.row
    if not row.coupon_merchant:
        return 0
    before = payment.back("coupon")
    if row.coupon_merchant == row.coupon:
        return coupon
    return row.coupon_merchant * (before + coupon) // row.coupon - row.coupon_merchant * before // row.coupon


def _owed(payment: Payment, refund: Refund, parts: Portions) -> int:
    return refund.row.amount - _merchant_part(payment, parts.coupon)


def _covers(books: Books, payment: Payment, refund: Refund, parts: Portions) -> bool:
    merchant = books.merchant(payment.row.merchant)
    # Who never paid out has what every refund takes: it came in with the payments.
    pays_out = DRAWN_KEY in merchant.accounts
    claimed = _claimed(books, payment, refund, parts) if pays_out else _owed(payment, refund, parts)
    return books.balance(merchant, WALLET + payment.row.currency) >= claimed


def _claimed(books: Books, payment: Payment, refund: Refund, parts: Portions) -> int:
    """What the merchant gives for this refund and for all that it agreed to before.

    The earlier ones have the first claim: a card's bank may have given one already, so a later one must not take it.
    """
    amounts, coupons = Counter({payment.row.id: refund.row.amount}), Counter({payment.row.id: parts.coupon})
    for key, of in books.open_at[payment.row.merchant].items():
        other = books.payments[of].refunds[key]
        before = other.share is not None and (refund.share is None or other.agreed < refund.agreed)
        if before and other.share is not None:
            amounts[of] += other.row.amount
            coupons[of] += other.share.coupon
    return sum(amount - _merchant_part(books.payments[of], coupons[of]) for of, amount in amounts.items())


def awaited(payment: Payment) -> int:
    """What the merchant gives once every open refund is agreed to and has arrived; minor units."""
    waits = [one for one in payment.refunds.values() if one.state not in TERMINAL]
    coupon = sum(one.share.coupon for one in waits if one.share is not None)
    asked = sum(one.row.amount for one in waits if one.share is None)
    if asked:
        coupon += refund_states.portions(_paid(payment), payment.confirmed(), asked).coupon
    return sum(one.row.amount for one in waits) - _merchant_part(payment, coupon)


def covered(books: Books, payment: Payment, refund: Refund) -> bool:
    """Whether the merchant has what this refund takes."""
    return _covers(books, payment, refund, share_of(payment, refund))


def _credit(
    books: Books, deed: Deed, payment: Payment, refund: Refund, stamp: Stamp, parts: Portions, *, redirected: bool
) -> None:
    member, merchant = books.member(payment.row.owner), books.merchant(payment.row.merchant)
    day = member.day(stamp.now)
    # In LEDGER §5's order: what was redeemed comes back first, so that it can be taken for what was earned.
    back = _points_back(deed, member, payment, parts.points, day, stamp)
    taken, debt, clawed = _clawed(_lots_after(member, back, day), payment, parts, day)
    moves = [*back, *((lot, -points) for lot, points in taken), *([(None, -debt)] if debt else [])]
    _book_payer(books, deed, payment, refund, stamp, parts, moves, redirected=redirected)
    _book_merchant(deed, merchant, member, payment, refund, stamp, parts)
    to_card = payment.row.card is not None and not redirected
    rewards = -(refund.row.amount - parts.cash - _merchant_part(payment, parts.coupon))
    issued = paying.issuer_legs(
        books,
        deed,
        stamp,
        currency=payment.row.currency,
        rewards=rewards,
        cleared=-parts.cash if to_card else 0,
        redeemed=-parts.points,
        earned=-clawed,
    )
    if any(leg[1] for leg in issued):
        deed.entry(ISSUER_TEXT, refund.row.id, "adjustment", day, stamp, issued)
    _step(
        deed,
        refund,
        RefundState.CREDITED,
        stamp,
        cash=parts.cash,
        points=parts.points,
        coupon=parts.coupon,
        clawed=clawed,
        debt=debt,
        redirected=redirected,
    )
    if payment.credited() + refund.row.amount == payment.row.gross:
        _coupons_back(books, deed, payment, stamp)
    deed.receipt = _receipt(refund.row, RefundState.CREDITED) | {
        "cash_minor": parts.cash,
        "points_returned": parts.points,
        "points_clawed": clawed,
        "points_debt": debt,
        "coupon_minor": parts.coupon,
        "to": "wallet" if not to_card else f"card:{payment.row.card}",
        "redirected": redirected,
    }


def _points_back(deed: Deed, member: Member, payment: Payment, points: int, day: date, stamp: Stamp) -> Moves:
    """Redeemed points: to a debt first, then to the lots they came from; one that is over gets 30 days' grace."""
    moves: Moves = []
    late = 0
    for lot, part in given_back(payment.lots(), payment.back("points"), points) if points else []:
        if member.lots[lot].alive(day):
            moves.append((lot, part))
        else:
            late += part
    if late:
        key = new_key()
        deed.add(rows.LotRow(member.owner, key, stamp.seq(), payment.row.id, day, day + GRACE, stamp.recorded_at))
        moves.append((key, late))
    return _debt_first(member, moves)


def _debt_first(member: Member, moves: Moves) -> Moves:
    owed = max(0, member.debt)
    settled: Moves = []
    for lot, points in moves:
        pays = min(points, owed)
        owed -= pays
        settled += [(None, pays)] if pays else []
        settled += [(lot, points - pays)] if points - pays else []
    return settled


def _lots_after(member: Member, back: Moves, day: date) -> list[Lot]:
    """The member's lots once these points are back; a lot that memory has not yet is made for them now."""
    lots = {key: dataclasses.replace(lot) for key, lot in member.lots.items()}
    for key, points in back:
        if key is not None:
            lots.setdefault(key, Lot(key, day + GRACE, _NEWEST, 0)).remaining += points
    return list(lots.values())


def _clawed(lots: list[Lot], payment: Payment, parts: Portions, day: date) -> tuple[list[Taken], int, int]:
    """Earned points that go back: from which lots, how many are missing, and how many in all.

    Of what the cash that came back had earned, what expired unspent is gone already.
    """
    row = payment.row
    if not row.earned:
        return [], 0, 0
    before = payment.back("cash")
    due_before = row.earned - _kept(row, before)
    due = row.earned - _kept(row, before + parts.cash) - due_before
    expired_before = due_before - payment.back("clawed")
    taken, missing = claw(lots, row.id, due, expired_before, day)
    return taken, missing, sum(points for _, points in taken) + missing


def _kept(row: rows.PaymentRow, cash_back: int) -> int:
    """What a payment of which that much cash came back still earns (LEDGER §5)."""
    per_unit, bp = json.loads(row.earn)
    return min(row.earned, points_for(row.cash - cash_back, per_unit, bp, None))


def _book_payer(
    books: Books,
    deed: Deed,
    payment: Payment,
    refund: Refund,
    stamp: Stamp,
    parts: Portions,
    moves: Moves,
    *,
    redirected: bool,
) -> None:
    row, member = payment.row, books.member(payment.row.owner)
    merchant, day, currency = books.merchant(row.merchant), member.day(stamp.now), row.currency
    card = member.cards[row.card].row if row.card and not redirected else None
    into = card.account if card else deed.account(member, WALLET + currency, stamp)
    named: dict[str, Any] = {
        "payee": merchant.name,
        "payee_key": normalise_payee(merchant.name),
        "description": refund.row.reason,
        "method": f"{card.brand} {card.last4}" if card else "小金卡",
        "occurred_at": stamp.now,
        "refund_of": row.id if row.cash else None,
    }
    book = deed.account(member, EXPENSE_KEY, stamp) if parts.cash else ""
    legs: list[Leg] = [
        (into, parts.cash, currency, None, None),
        (book, -parts.cash, currency, row.category, None),
        *points_legs(deed, member, stamp, moves),
    ]
    if not any(leg[1] for leg in legs):
        return
    number = deed.entry(member.owner, refund.row.id, "refund", day, stamp, legs, **named)
    if payment.annotated:
        deed.refresh.append((member.owner, refund.row.id))
    elif parts.cash:
        deed.fact(
            member,
            number,
            refund.row.id,
            day,
            purchase_on=row.booked_on,
            part=1,
            kind="refund",
            account=into,
            category=row.category,
            currency=currency,
            amount=parts.cash,
            spending=-parts.cash,
            **named,
        )


def _book_merchant(
    deed: Deed, merchant: Merchant, member: Member, payment: Payment, refund: Refund, stamp: Stamp, parts: Portions
) -> None:
    currency = payment.row.currency
    gives = refund.row.amount - _merchant_part(payment, parts.coupon)
    if not gives:
        return
    wallet = deed.account(merchant, WALLET + currency, stamp)
    takings = deed.account(merchant, TAKINGS_KEY, stamp)
    legs: list[Leg] = [(wallet, -gives, currency, None, None), (takings, gives, currency, None, None)]
    day = member.day(stamp.now)
    deed.entry(
        merchant.owner,
        refund.row.id,
        "refund",
        day,
        stamp,
        legs,
        payee=member.name,
        description=refund.row.reason,
        refund_of=payment.row.id,
    )


def _coupons_back(books: Books, deed: Deed, payment: Payment, stamp: Stamp) -> None:
    """After a full refund: each coupon again, unless its time is over."""
    member = books.member(payment.row.owner)
    for key, _ in payment.claims():
        given = returns_on_full_refund(books.as_claim(member.claims[key]), stamp.now)
        event = "returned" if given.back else "lost"
        deed.add(
            rows.ClaimEventRow(member.owner, key, stamp.seq(), event, payment.row.id, given.until, stamp.recorded_at)
        )
