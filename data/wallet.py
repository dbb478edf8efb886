"""The door to a member's wallet: open it, pay, top up, withdraw, give, limit, freeze; and what a payment would come to.

Every command carries the request id that its form minted: sent twice it is done once and answered alike, also when the
answer was no. Amounts are minor units. What leaves through a bound card is asked of the card's bank; until the bank has
answered, the receipt's `state` is `processing`.

`assurance` says who asks: a signed-in session that was confirmed a moment ago may do what any other is refused with
`StepUpRequired` (`data.guard`). A door that is told nothing assumes nobody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from data import guard, settlement
from data.assurance import UNCONFIRMED, Assurance
from data.database import Database
from data.errors import Rejection
from data.ids import OwnerId
from data.ledger import coupon_engine
from data.ledger.coupon_engine import Applied, Outcome, Refused
from data.ledger.coupons import Claim, Purchase
from data.ledger.wallet import limits, paying
from data.ledger.wallet.books import HELD, WALLET, Books
from data.ledger.wallet.commands import (
    DeskTopUp,
    Freeze,
    OpenWallet,
    Pay,
    SetLimits,
    TopUp,
    Transfer,
    Unfreeze,
    Withdraw,
)
from data.ledger.wallet.deed import Stamp
from data.ledger.wallet.limits import Limits
from data.ledger.wallet.monitor import MONITOR
from data.ledger.wallet.refusals import MemberUnknown, OperatorOnly
from data.presence import present
from data.running import Running
from data.settlement import outcome
from data.store import users
from data.store.command import Receipt
from data.store.vault import Answer

__all__ = [
    "MONITOR",
    "Answer",
    "Applied",
    "Claim",
    "DeskTopUp",
    "Freeze",
    "Limits",
    "OpenWallet",
    "Pay",
    "Quote",
    "Refused",
    "SetLimits",
    "Standing",
    "TopUp",
    "Transfer",
    "Unfreeze",
    "Withdraw",
    "desk_top_up",
    "freeze",
    "member_named",
    "open_wallet",
    "outcome",
    "pay",
    "quote",
    "set_limits",
    "standing",
    "top_up",
    "transfer",
    "unfreeze",
    "withdraw",
]

_OPERATOR: Final = "SELECT operator FROM app_user WHERE owner = $owner"


def open_wallet(database: Database, command: OpenWallet) -> Receipt:
    """A wallet in a currency.

    Raises:
        CurrencyUnknown.
    """
    return database.transact(command).or_raise()


def pay(running: Running, command: Pay, assurance: Assurance = UNCONFIRMED) -> Receipt:
    """Pay a merchant.

    The receipt: payment, state (`captured`, or `processing` while a bank is silent), merchant, merchant_name, currency,
    gross_minor, coupon_minor, points, points_minor, cash_minor, source, points_earned, category, occurred_at,
    balance_minor.

    Raises:
        StepUpRequired: above the payer's threshold, or the monitor asks. StoppedByMonitor.
        Rejection: as `data.ledger.wallet.paying.pay`; CardDeclined.
    """
    guard.check(running.database, command, assurance)
    answer = running.database.transact(present(running.database, command, assurance))
    return settlement.completed(running, command.owner, answer, command.at).or_raise()


def top_up(running: Running, command: TopUp) -> Receipt:
    """Bring money from a card into the wallet. The receipt: charge, state, currency, amount_minor, balance_minor.

    Raises:
        Rejection: as `data.ledger.wallet.funding.top_up`; CardDeclined.
    """
    return settlement.completed(running, command.owner, running.database.transact(command), command.at).or_raise()


def withdraw(running: Running, command: Withdraw, assurance: Assurance = UNCONFIRMED) -> Receipt:
    """Send money from the wallet to a card; meanwhile it is held.

    Raises:
        Rejection: as `data.ledger.wallet.funding.withdraw`; CardDeclined; as `data.ledger.wallet.monitor.judged`.
    """
    answer = running.database.transact(present(running.database, command, assurance))
    return settlement.completed(running, command.owner, answer, command.at).or_raise()


def transfer(database: Database, command: Transfer, assurance: Assurance = UNCONFIRMED) -> Receipt:
    """Give money to another member. The receipt: transfer, to_name, currency, amount_minor, balance_minor.

    Raises:
        StepUpRequired: to somebody who never got any, above the threshold, or the monitor asks. StoppedByMonitor.
        Rejection: as `data.ledger.wallet.giving.transfer`.
    """
    guard.check(database, command, assurance)
    return database.transact(present(database, command, assurance)).or_raise()


def desk_top_up(database: Database, command: DeskTopUp) -> Receipt:
    """The operator puts cash that was handed over into a member's wallet.

    Raises:
        OperatorOnly, MemberUnknown, AmountInvalid, WalletNotOpened.
    """
    if database.read(_OPERATOR, {"owner": command.actor}) != [(True,)]:
        raise OperatorOnly
    return database.transact(command).or_raise()


def set_limits(database: Database, command: SetLimits, assurance: Assurance = UNCONFIRMED) -> Receipt:
    """Limit what may leave the wallet; the receipt has `now` and `from_tomorrow`: per payment, day, month.

    Raises:
        StepUpRequired: a limit gets looser. MemberUnknown, AmountInvalid.
    """
    guard.check(database, command, assurance)
    return database.transact(command).or_raise()


def freeze(database: Database, command: Freeze) -> Receipt:
    """Stop everything that leaves the wallet.

    Raises:
        MemberUnknown.
    """
    return database.transact(command).or_raise()


def unfreeze(database: Database, command: Unfreeze, assurance: Assurance = UNCONFIRMED) -> Receipt:
    """Let the wallet work again.

    Raises:
        StepUpRequired, MemberUnknown.
    """
    guard.check(database, command, assurance)
    return database.transact(command).or_raise()


def member_named(database: Database, name: str) -> OwnerId:
    """The person of that name, who can be given money.

    Raises:
        MemberUnknown.
    """
    found = users.user_named(database.read, users.name_key(name))
    if found is None:
        raise MemberUnknown(name)
    return OwnerId(found.owner)


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """One wallet now. limits: in force today; promised: once every change has come into force. Minor units.

    points: may be redeemed; debt: points that later earnings repay first. renews: the next day and the next month.
    """

    currency: str
    available: int
    held: int
    limits: Limits
    promised: Limits
    spent_today: int
    spent_this_month: int
    points: int
    debt: int
    frozen: str | None
    today: date

    @property
    def left_today(self) -> int | None:
        """What the daily limit leaves; None without one."""
        return None if self.limits[1] is None else max(0, self.limits[1] - self.spent_today)

    @property
    def left_this_month(self) -> int | None:
        """What the monthly limit leaves; None without one."""
        return None if self.limits[2] is None else max(0, self.limits[2] - self.spent_this_month)


def standing(database: Database, owner: OwnerId) -> tuple[Standing, ...]:
    """Every wallet of the person, the first opened first; none when there is no wallet yet."""

    def look(books: Books, now: datetime) -> tuple[Standing, ...]:
        member = books.members.get(str(owner))
        return () if member is None else tuple(_standing(books, str(owner), one, now) for one in member.currencies())

    return database.ask(look, owner)


def _standing(books: Books, owner: str, currency: str, now: datetime) -> Standing:
    member = books.members[owner]
    day = member.day(now)
    today, month = limits.used(member, currency, day)
    return Standing(
        currency=currency,
        available=books.balance(member, WALLET + currency),
        held=books.balance(member, HELD + currency),
        limits=limits.in_force(member, currency, day),
        promised=limits.promised(member, currency),
        spent_today=today,
        spent_this_month=month,
        points=paying.spendable(member, day),
        debt=max(0, member.debt),
        frozen=member.frozen,
        today=day,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """What a payment would come to, before anything is done. gross = coupon + points_minor + cash, minor units.

    applied, refused: of the claims asked for. best: the best use of all coupons that the member holds, with every other
    one's reason. most_points: how many points may cover what is left; earns: points this payment would earn.
    no: why it would be refused as it stands, None when it would pass. category: where it will be filed.
    """

    gross: int
    coupon: int
    points: int
    points_minor: int
    cash: int
    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    best: Outcome
    most_points: int
    earns: int
    category: str
    standing: Standing | None
    no: Rejection | None


def quote(database: Database, command: Pay) -> Quote:
    """What `pay` would come to now; nothing is written.

    Raises:
        MemberUnknown, MerchantUnknown, AmountInvalid: there is nothing to say about such a payment.
    """
    return database.ask(lambda books, now: _quote(books, command, now), command.owner, about=command)


def _quote(books: Books, command: Pay, now: datetime) -> Quote:
    member, merchant = books.member(command.owner), books.merchant(command.merchant)
    paying.check_amount(command.amount)
    stamp = Stamp(now, now, str(command.actor), command.request_id, lambda: 0)
    day = member.day(now)
    purchase = paying.purchase_of(merchant, command, stamp)
    best = coupon_engine.best([books.as_claim(one) for one in books.free_claims(member)], purchase)
    asked = _asked(books, command, purchase)
    off = asked.off_minor
    worth = paying.worth_of_point(books, command.currency)
    most = paying.most_points(books, command.amount - off, command.currency, member, day)
    points = min(command.points, most)
    cash = command.amount - off - points * worth
    return Quote(
        gross=command.amount,
        coupon=off,
        points=points,
        points_minor=points * worth,
        cash=cash,
        applied=asked.applied,
        refused=asked.refused,
        best=best,
        most_points=most,
        earns=paying.earns(books, member, merchant, cash, stamp, day)[0],
        category=paying.category_for(member, merchant, paying.noted(books, command), day),
        standing=_wallet_of(books, command, now),
        no=_refusal(books, command, stamp),
    )


def _asked(books: Books, command: Pay, purchase: Purchase) -> Outcome:
    member = books.member(command.owner)
    claims: Sequence[Claim | None] = [books.claim(member, one) for one in command.claims]
    return coupon_engine.apply([one for one in claims if one is not None], purchase)


def _wallet_of(books: Books, command: Pay, now: datetime) -> Standing | None:
    member = books.member(command.owner)
    if command.currency not in member.currencies():
        return None
    return _standing(books, member.owner, command.currency, now)


def _refusal(books: Books, command: Pay, stamp: Stamp) -> Rejection | None:
    try:
        paying.pay(books, command, stamp)
    except Rejection as no:
        return no
    return None
