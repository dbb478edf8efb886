"""What one row of another program's file says: the moves it makes, or that it is half of a transfer."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

from data.importers.statement import AccountHint, Direction, Kind
from data.importers.verdicts import Passed
from data.money import Money

IN, OUT = Direction.IN, Direction.OUT

OTHER_HALF = Passed("other_side")  # a transfer's second row: the first stands for both
IN_PARTS = Passed("in_parts")  # a total whose parts follow in rows of their own
PENDING = Passed("pending")
CANCELLED = Passed("cancelled")  # it never happened, or came back untouched
BALANCE = Passed("balance")  # states a balance, moves nothing
INVESTMENT = Passed("investment")


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One move of a row. `amount` is positive; `mark` tells parts of one row apart (`fee`, `received`)."""

    kind: Kind
    direction: Direction
    amount: Money
    account: AccountHint
    counter: AccountHint | None = None
    mark: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """A row understood.

    booked_on: where it is another day than `when`. half: what the other row of the same transfer says, too; such a row
    has one part. stands: the balance of an account after this row, where the file has one.
    """

    when: datetime
    parts: tuple[Part, ...]
    booked_on: date | None = None
    payee: str = ""
    description: str = ""
    category: str = ""
    note: str = ""
    order_id: str = ""
    status: str = ""
    method: str = ""
    word: str = ""
    refund_keys: tuple[str, ...] = ()
    half: tuple[str, ...] = ()
    stands: tuple[AccountHint, Money] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Closes:
    """A row that states the balance at the end of a day, and moves nothing."""

    account: AccountHint
    on: date
    balance: Money


def part(kind: Kind, signed: Money, account: AccountHint, *, mark: str = "") -> Part:
    """One move whose sign is its direction."""
    return Part(kind, IN if signed.minor > 0 else OUT, abs(signed), account, mark=mark)


def spent(paid: Money, account: AccountHint) -> Part:
    """An expense; a negative one is money back."""
    return part(Kind.EXPENSE if paid.minor > 0 else Kind.REFUND, -paid, account)


def earned(received: Money, account: AccountHint) -> Part:
    """An income; a negative one is money given back, which is spent."""
    return part(Kind.INCOME if received.minor > 0 else Kind.EXPENSE, received, account)


def fees(charged: Money, account: AccountHint) -> tuple[Part, ...]:
    """The fee of a row, if there is one; a negative one was given back."""
    if not charged:
        return ()
    return (part(Kind.FEE if charged.minor > 0 else Kind.REFUND, -charged, account, mark="fee"),)


def transfer(sent: Money, source: AccountHint, received: Money, target: AccountHint) -> tuple[Part, ...]:
    """A move between two own accounts, both amounts positive.

    In one currency it is one line; what did not arrive is a fee, what arrived on top was earned. Two currencies are two
    lines: no ledger adds them, and each account has what it really paid or got.
    """
    if sent.currency != received.currency:
        return (
            Part(Kind.TRANSFER, OUT, sent, source),
            Part(Kind.TRANSFER, IN, received, target, mark="received"),
        )
    if source.key == target.key:
        return (Part(Kind.TRANSFER, OUT, sent, source),)
    moved = Part(Kind.TRANSFER, OUT, min(sent, received, key=lambda money: money.minor), source, target)
    if received.minor > sent.minor:
        return (moved, Part(Kind.INCOME, IN, received - sent, target, mark="gain"))
    return (moved, *fees(sent - received, source))
