"""Money between the wallet and a bound card: asked of the bank first, booked when it said yes.

A top-up books nothing until the card's bank approved it. A withdrawal sets the money aside at once, so that it cannot
be spent twice, and either sends it or puts it back. What a bank answered finally is never answered again.
"""

from __future__ import annotations

from typing import Any

from data.ids import new_key
from data.ledger.wallet import paying, rows
from data.ledger.wallet.books import CASH, HELD, ISSUER_TEXT, WALLET, Books, Charge, Member
from data.ledger.wallet.commands import AnswerCharge, ChargeState, DeskTopUp, TopUp, Withdraw
from data.ledger.wallet.deed import Deed, Leg, Stamp
from data.ledger.wallet.refusals import CardDeclined, ChargeSettled, ChargeUnknown, InsufficientFunds

_OPEN = {"asked", ChargeState.UNKNOWN.value, ChargeState.MANUAL.value}


def top_up(books: Books, command: TopUp, stamp: Stamp) -> Deed:
    """Ask a card for money.

    Raises:
        AccountFrozen, AmountInvalid, WalletNotOpened, CardUnknown, CardExpiredNow.
    """
    member = books.member(command.owner)
    paying.check_active(member)
    paying.check_amount(command.amount)
    paying.check_wallet(member, command.currency)
    day = member.day(stamp.now)
    paying.usable_card(member, command.card, day)
    deed = Deed()
    row = _asked(deed, member, command, "top_up", stamp)
    deed.receipt = _receipt(books, member, row, "processing")
    return deed


def desk_top_up(books: Books, command: DeskTopUp, stamp: Stamp) -> Deed:
    """Cash over the counter goes into the wallet at once. A frozen wallet still receives.

    Raises:
        MemberUnknown, AmountInvalid, WalletNotOpened.
    """
    member = books.member(command.owner)
    paying.check_amount(command.amount)
    paying.check_wallet(member, command.currency)
    deed, key, day, currency = Deed(), new_key(), member.day(stamp.now), command.currency
    cash, wallet = deed.account(member, CASH, stamp), member.accounts[WALLET + currency]
    legs: list[Leg] = [(cash, -command.amount, currency, None, None), (wallet, command.amount, currency, None, None)]
    named: dict[str, Any] = {"occurred_at": stamp.now, "description": command.note, "method": "现金"}
    number = deed.entry(member.owner, key, "transfer", day, stamp, legs, **named)
    moved = {"kind": "transfer", "account": cash, "counter": wallet, "currency": currency, "amount": -command.amount}
    deed.fact(member, number, key, day, part=0, **moved, **named)
    issued = paying.issuer_legs(books, deed, stamp, currency=currency, cleared=command.amount)
    deed.entry(ISSUER_TEXT, key, "adjustment", day, stamp, issued, occurred_at=stamp.now)
    balance = books.balance(member, WALLET + currency) + command.amount
    deed.receipt = {
        "top_up": key,
        "state": "completed",
        "currency": currency,
        "amount_minor": command.amount,
        "balance_minor": balance,
    }
    return deed


def withdraw(books: Books, command: Withdraw, stamp: Stamp) -> Deed:
    """Set money aside and send it to a card.

    Raises:
        AccountFrozen, AmountInvalid, WalletNotOpened, CardUnknown, CardExpiredNow, InsufficientFunds.
    """
    member = books.member(command.owner)
    paying.check_active(member)
    paying.check_amount(command.amount)
    paying.check_wallet(member, command.currency)
    day = member.day(stamp.now)
    paying.usable_card(member, command.card, day)
    available = books.balance(member, WALLET + command.currency)
    if available < command.amount:
        raise InsufficientFunds(command.currency, command.amount, available)
    deed = Deed()
    row = _asked(deed, member, command, "withdraw", stamp)
    deed.entry(member.owner, row.id, "hold", day, stamp, _set_aside(deed, member, row, stamp, -1))
    deed.receipt = _receipt(books, member, row, "processing", -row.amount, row.amount)
    return deed


def _asked(deed: Deed, member: Member, command: TopUp | Withdraw, purpose: str, stamp: Stamp) -> rows.ChargeRow:
    row = rows.ChargeRow(
        member.owner,
        new_key(),
        stamp.seq(),
        command.request_id,
        str(command.card),
        purpose,
        command.currency,
        command.amount,
        stamp.now,
        member.day(stamp.now),
        stamp.recorded_at,
        stamp.actor,
    )
    deed.add(row)
    return row


def _set_aside(deed: Deed, member: Member, row: rows.ChargeRow, stamp: Stamp, sign: int) -> list[Leg]:
    """From the wallet to what is held (sign -1), or back (+1)."""
    wallet = deed.account(member, WALLET + row.currency, stamp)
    held = deed.account(member, HELD + row.currency, stamp)
    return [
        (wallet, sign * row.amount, row.currency, None, None),
        (held, -sign * row.amount, row.currency, None, None),
    ]


def answer(books: Books, command: AnswerCharge, stamp: Stamp) -> Deed:
    """What follows from the bank's word about a charge, of a payment too.

    Raises:
        ChargeUnknown: no such charge of this owner. ChargeSettled: it was answered finally before.
    """
    charge = books.charges.get(str(command.charge))
    if charge is None or charge.row.owner != str(command.owner):
        raise ChargeUnknown(str(command.charge))
    if charge.state not in _OPEN:
        raise ChargeSettled(charge.state)
    deed = _answered(books, charge, command, stamp)
    deed.add(
        rows.ChargeEventRow(
            charge.row.owner,
            charge.row.id,
            stamp.seq(),
            command.state.value,
            command.attempt,
            command.reason,
            command.next_at,
            stamp.now,
            stamp.recorded_at,
        )
    )
    if command.state is ChargeState.DECLINED:
        deed.refusal = CardDeclined(command.reason)
    return deed


def _answered(books: Books, charge: Charge, command: AnswerCharge, stamp: Stamp) -> Deed:
    member, row = books.member(charge.row.owner), charge.row
    if command.state in {ChargeState.UNKNOWN, ChargeState.MANUAL}:
        deed = Deed()
        deed.receipt = _still_open(books, member, row)
        return deed
    approved = command.state is ChargeState.APPROVED
    if row.purpose == "pay":
        payment = books.payments[row.id]
        return (
            paying.capture(books, payment, stamp) if approved else paying.give_up(books, payment, command.reason, stamp)
        )
    if row.purpose == "top_up":
        return _topped_up(books, member, row, stamp) if approved else Deed()
    return _withdrawn(books, member, row, stamp, approved=approved)


def _still_open(books: Books, member: Member, row: rows.ChargeRow) -> dict[str, Any]:
    if row.purpose == "pay":
        payment = books.payments[row.id]
        return paying.receipt_of(books, member, books.merchant(payment.row.merchant), payment.row, "processing")
    return _receipt(books, member, row, "processing")


def _topped_up(books: Books, member: Member, row: rows.ChargeRow, stamp: Stamp) -> Deed:
    deed = Deed()
    card = member.cards[row.card].row
    wallet = deed.account(member, WALLET + row.currency, stamp)
    _moved(books, deed, member, row, stamp, out_of=card.account, into=wallet, key=row.id)
    deed.receipt = _receipt(books, member, row, "completed", row.amount)
    return deed


def _withdrawn(books: Books, member: Member, row: rows.ChargeRow, stamp: Stamp, *, approved: bool) -> Deed:
    deed = Deed()
    back = _set_aside(deed, member, row, stamp, 1)
    deed.entry(member.owner, new_key(), "hold", row.booked_on, stamp, back)
    if approved:
        card = member.cards[row.card].row
        wallet = deed.account(member, WALLET + row.currency, stamp)
        _moved(books, deed, member, row, stamp, out_of=wallet, into=card.account, key=new_key())
        deed.receipt = _receipt(books, member, row, "completed", 0, -row.amount)
    return deed


def _moved(
    books: Books,
    deed: Deed,
    member: Member,
    row: rows.ChargeRow,
    stamp: Stamp,
    *,
    out_of: str,
    into: str,
    key: str,
) -> None:
    """A transfer between two accounts of the member's own, and the issuer's side of it."""
    currency = row.currency
    legs: list[Leg] = [(out_of, -row.amount, currency, None, None), (into, row.amount, currency, None, None)]
    card = member.cards[row.card].row
    named: dict[str, Any] = {"occurred_at": row.occurred_at, "method": f"{card.brand} {card.last4}"}
    number = deed.entry(member.owner, key, "transfer", row.booked_on, stamp, legs, **named)
    deed.fact(
        member,
        number,
        key,
        row.booked_on,
        part=0,
        kind="transfer",
        account=out_of,
        counter=into,
        currency=currency,
        amount=-row.amount,
        **named,
    )
    cleared = row.amount if row.purpose == "top_up" else -row.amount
    issued = paying.issuer_legs(books, deed, stamp, currency=currency, cleared=cleared)
    deed.entry(ISSUER_TEXT, key, "adjustment", row.booked_on, stamp, issued, occurred_at=row.occurred_at)


def _receipt(
    books: Books, member: Member, row: rows.ChargeRow, state: str, more: int = 0, held: int = 0
) -> dict[str, Any]:
    return {
        "charge": row.id,
        "purpose": row.purpose,
        "state": state,
        "currency": row.currency,
        "amount_minor": row.amount,
        "card": row.card,
        "balance_minor": books.balance(member, WALLET + row.currency) + more,
        "held_minor": books.balance(member, HELD + row.currency) + held,
    }
