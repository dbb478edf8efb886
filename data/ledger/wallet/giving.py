"""Money from one member's wallet to another's: spending of the one, income of the other."""

from __future__ import annotations

from typing import Final

from data.categories.text import normalise_payee
from data.ids import new_key
from data.ledger.wallet import limits, paying, rows
from data.ledger.wallet.books import WALLET, Books, Member
from data.ledger.wallet.commands import Transfer
from data.ledger.wallet.deed import Deed, Stamp
from data.ledger.wallet.refusals import InsufficientFunds, SameMember

_GIVEN: Final = "transfers_to_people"
_GOT: Final = "received"


def transfer(books: Books, command: Transfer, stamp: Stamp) -> Deed:
    """The transfer. A frozen recipient still receives.

    Raises:
        MemberUnknown, AccountFrozen, AmountInvalid, SameMember, WalletNotOpened, LimitExceeded, InsufficientFunds.
    """
    giver, taker = books.member(command.owner), books.member(command.recipient)
    paying.check_active(giver)
    paying.check_amount(command.amount)
    if giver.owner == taker.owner:
        raise SameMember(giver.name)
    for one in (giver, taker):
        paying.check_wallet(one, command.currency)
    day = giver.day(stamp.now)
    limits.check(giver, command.currency, command.amount, day)
    available = books.balance(giver, WALLET + command.currency)
    if available < command.amount:
        raise InsufficientFunds(command.currency, command.amount, available)
    deed, key = Deed(), new_key()
    _book(deed, giver, command, stamp, key, -command.amount, taker.name)
    _book(deed, taker, command, stamp, key, command.amount, giver.name)
    deed.add(
        rows.TransferRow(
            giver.owner,
            key,
            stamp.seq(),
            command.request_id,
            taker.owner,
            command.currency,
            command.amount,
            command.note,
            stamp.now,
            day,
            stamp.recorded_at,
            stamp.actor,
        )
    )
    deed.receipt = {
        "transfer": key,
        "state": "completed",
        "currency": command.currency,
        "amount_minor": command.amount,
        "to": taker.owner,
        "to_name": taker.name,
        "balance_minor": available - command.amount,
    }
    return deed


def _book(deed: Deed, member: Member, command: Transfer, stamp: Stamp, key: str, amount: int, other: str) -> None:
    """One side: amount negative for who gives."""
    payee = normalise_payee(other)
    category = paying.learned(member, payee, _GIVEN) if amount < 0 else _GOT
    deed.gift(
        member, key, amount, command.currency, category, stamp,
        payee=other, payee_key=payee, description=command.note,
    )  # fmt: skip
