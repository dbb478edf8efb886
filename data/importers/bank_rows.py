"""What rows of a bank's own message formats (CAMT, MT940) become: their identity, their kind, their sums.

The identity is built alike for both formats, so that a booking that carries the bank's reference is one row whether it
comes in the day's report, in a notification, in the statement, or in the other format.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from data.importers.signed import into_liability
from data.importers.statement import AccountHint, AccountKind, Closing, Direction, Kind, Total, Totals
from data.money import Money

_FAMILY = "bank"


def bank_identity(account: AccountHint, booked_on: date, signed: Money, proof: tuple[str, ...]) -> tuple[str, ...]:
    """A booking's identity. proof: the bank's reference alone, or where there is none "" and the row's texts."""
    return (_FAMILY, account.key, booked_on.isoformat(), signed.plain(), signed.currency, *proof)


def kind_of(account: AccountHint, direction: Direction, words: str, *, own: bool, fee: bool, returned: bool) -> Kind:
    """What a booking is. own: both sides are the person's; fee: the bank's charge; returned: it takes back another.

    A debit that is taken back, and a payment that returns, is a refund and no income. A credit that is taken back is
    an expense: nothing else takes money out that had come in.
    """
    if own:
        return Kind.TRANSFER
    if direction is Direction.OUT:
        return Kind.FEE if fee else Kind.EXPENSE
    if fee or returned:
        return Kind.REFUND
    return into_liability(words) if account.kind is AccountKind.LIABILITY else Kind.INCOME


def direction_of(signed: Money) -> Direction:
    """Which way a signed amount moves money."""
    return Direction.IN if signed.minor > 0 else Direction.OUT


def last_of_day(closings: Iterable[Closing]) -> tuple[Closing, ...]:
    """One closing balance for each account, currency and date: a day of several pages ends with the last of them."""
    return tuple({(one.account.key, one.balance.currency, one.on): one for one in closings}.values())


def tally(amounts: Iterable[Money]) -> Totals | None:
    """Rows and sums of signed amounts by direction; None without any, and for several currencies, which never add."""
    found = tuple(amounts)
    currencies = {amount.currency for amount in found}
    if len(currencies) != 1:
        return None
    out = [-amount.minor for amount in found if amount.minor < 0]
    into = [amount.minor for amount in found if amount.minor > 0]
    return Totals(currencies.pop(), len(found), Total(len(out), sum(out)), Total(len(into), sum(into)))


def added(stated: Iterable[Totals | None]) -> Totals | None:
    """What the statements of one file state together; None unless every one of them does, in one currency."""
    found = [one for one in stated if one is not None]
    if not found or len({one.currency for one in found}) != 1:
        return None
    counts = [one.count for one in found if one.count is not None]
    return Totals(
        found[0].currency,
        sum(counts) if len(counts) == len(found) else None,
        _sum([one.spent for one in found]),
        _sum([one.received for one in found]),
    )


def _sum(parts: list[Total | None]) -> Total | None:
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    return Total(sum(part.count for part in known), sum(part.minor for part in known))
