"""A shop's money to whoever runs it: out of the shop's wallet, into its proprietor's own, at once.

The shop's takings stay what they were; what its proprietor drew stands beside them. In the proprietor's books it is
income from a business, the same money that came in: nothing else of the shop's is in a person's books. Nothing leaves
anybody, so it counts against no limit and the monitor does not look at it: it looks at what later leaves the wallet.
"""

from __future__ import annotations

from typing import Final

from data.categories.text import normalise_payee
from data.ids import new_key
from data.ledger.wallet import paying, refunding, rows
from data.ledger.wallet.books import DRAWN_KEY, WALLET, Books, Member, Merchant
from data.ledger.wallet.commands import PayOut
from data.ledger.wallet.deed import Deed, Leg, Stamp
from data.ledger.wallet.refusals import MerchantCurrencyDiffers, ProprietorMissing, TakingsShort, WalletNotOpened

CATEGORY: Final = "business_income"


def pay_out(books: Books, command: PayOut, stamp: Stamp) -> Deed:
    """The payout. A closed shop pays out too: its money must not be stuck. Open refunds keep what they would take.

    Raises:
        MerchantUnknown, ProprietorMissing, WalletNotOpened, AccountFrozen, AmountInvalid, MerchantCurrencyDiffers,
        TakingsShort.
    """
    merchant = paying.mine(books, command.owner, stamp)
    member = _proprietor(books, merchant)
    paying.check_active(member)
    paying.check_amount(command.amount)
    if command.currency != merchant.currency:
        raise MerchantCurrencyDiffers(merchant.currency, command.currency)
    paying.check_wallet(member, command.currency)
    check_covered(command.currency, command.amount, *free(books, merchant))
    return _paid_out(books, merchant, member, command, stamp)


def _proprietor(books: Books, merchant: Merchant) -> Member:
    if merchant.proprietor is None:
        raise ProprietorMissing(merchant.name)
    member = books.members.get(merchant.proprietor)
    if member is None:
        raise WalletNotOpened(merchant.currency)
    return member


def free(books: Books, merchant: Merchant) -> tuple[int, int]:
    """What the shop can pay out now, and what open refunds keep there; minor units. Its open refunds are here."""
    waiting = set(books.open_at[merchant.owner].values())
    kept = sum(refunding.awaited(books.payments[key]) for key in waiting)
    return max(0, books.balance(merchant, WALLET + merchant.currency) - kept), kept


def check_covered(currency: str, amount: int, available: int, kept: int) -> None:
    """What `free` says is enough.

    Raises:
        TakingsShort.
    """
    if available < amount:
        raise TakingsShort(currency, amount, available, kept)


def _paid_out(books: Books, merchant: Merchant, member: Member, command: PayOut, stamp: Stamp) -> Deed:
    deed, key, day = Deed(), new_key(), member.day(stamp.now)
    amount, currency = command.amount, command.currency
    legs: list[Leg] = [
        (deed.account(merchant, WALLET + currency, stamp), -amount, currency, None, None),
        (deed.account(merchant, DRAWN_KEY, stamp, kind="equity"), amount, currency, None, None),
    ]
    deed.entry(merchant.owner, key, "transfer", day, stamp, legs)
    payee_key = normalise_payee(merchant.name)
    deed.gift(member, key, amount, currency, CATEGORY, stamp, payee=merchant.name, payee_key=payee_key)
    deed.add(
        rows.TransferRow(
            merchant.owner,
            key,
            stamp.seq(),
            command.request_id,
            member.owner,
            currency,
            amount,
            "",
            stamp.now,
            day,
            stamp.recorded_at,
            stamp.actor,
        )
    )
    deed.receipt = {
        "payout": key,
        "state": "completed",
        "merchant": merchant.owner,
        "merchant_name": merchant.name,
        "currency": currency,
        "amount_minor": amount,
        "to": member.owner,
        "merchant_balance_minor": books.balance(merchant, WALLET + currency) - amount,
        "balance_minor": books.balance(member, WALLET + currency) + amount,
    }
    return deed
