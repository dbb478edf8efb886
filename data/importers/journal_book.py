"""What a journal of text bookkeeping says before it is settled: transactions with postings, balances, pads.

Both families (Beancount; hledger and Ledger) come to this shape; what follows does not know which one it was. Numbers
are exact fractions, units are the journal's own words until a currency is known for them.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction

from data.importers.statement import Problem, Skipped
from data.money import CurrencyUnknown, exponent


class Root(StrEnum):
    """On which side of the books an account is."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"

    @property
    def own(self) -> bool:
        """Whether an account of this kind holds what the person has or owes."""
        return self is Root.ASSET or self is Root.LIABILITY


@dataclasses.dataclass(frozen=True, slots=True)
class Amount:
    """So much of a unit. unit: a currency's code, or the name of goods (`AAPL`)."""

    number: Fraction
    unit: str

    def __neg__(self) -> Amount:
        return Amount(-self.number, self.unit)


@dataclasses.dataclass(frozen=True, slots=True)
class Posting:
    """One line of a transaction. units: None where the journal leaves them out.

    weights: what the posting counts for in the transaction's balance, by its cost or its price, the likeliest first;
    at_cost: the journal says that it has a cost, but not which. virtual: "" for a real posting, `[` for a balanced
    one, `(` for one that need not balance. target: the account's balance after it, if stated.
    """

    line: int
    account: str
    units: Amount | None
    weights: tuple[Amount, ...] = ()
    at_cost: bool = False
    virtual: str = ""
    target: Amount | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Transaction:
    """Postings on one day that add up to nothing. moment: the time of day as its metadata has it, `HH:MM:SS`."""

    line: int
    on: date
    postings: tuple[Posting, ...]
    payee: str = ""
    narration: str = ""
    code: str = ""
    flag: str = ""
    note: str = ""
    moment: str = ""
    cells: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def closed(self, postings: tuple[Posting, ...], cells: Mapping[str, str]) -> Transaction:
        """The same with everything that stands below its first line."""
        return Transaction(
            self.line,
            self.on,
            postings,
            self.payee,
            self.narration,
            self.code,
            self.flag,
            self.note,
            self.moment,
            cells,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """What an account and those below it hold at the beginning of a day."""

    line: int
    on: date
    account: str
    amount: Amount
    text: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Pad:
    """Whatever the next balance of `account` lacks comes from `source`, on this day."""

    line: int
    on: date
    account: str
    source: str
    text: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """What the journal says about one of its accounts besides its name: an identity and a label of ours, its kind."""

    key: str = ""
    label: str = ""
    root: Root | None = None


Event = Transaction | Check | Pad


@dataclasses.dataclass(frozen=True, slots=True)
class Journal:
    """A whole file. root_of: the side of an account, None when nobody can tell. named: of accounts that say more."""

    format: str
    encoding: str
    file: str
    events: tuple[Event, ...]
    root_of: Callable[[str], Root | None]
    named: Mapping[str, Named] = dataclasses.field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    problems: tuple[Problem, ...] = ()


@functools.lru_cache(maxsize=4096)
def is_money(unit: str) -> bool:
    """Whether the unit is a currency (or points)."""
    try:
        exponent(unit)
    except CurrencyUnknown:
        return False
    return True


def in_minor(amount: Amount) -> Fraction:
    """The amount of a currency in its minor units; a fraction where it is finer than they are."""
    scale: int = 10 ** exponent(amount.unit)
    return amount.number * scale


def whole_minor(amount: Amount) -> int | None:
    """The same as a whole number; None where the amount is finer than minor units."""
    minor, rest = divmod(amount.number.numerator * 10 ** exponent(amount.unit), amount.number.denominator)
    return None if rest else minor


def parts_of(account: str) -> list[str]:
    """The levels of an account's name without its root; the root alone where there is nothing below it."""
    levels = account.split(":")
    return levels[1:] or levels


def below(account: str, parent: str) -> bool:
    """Whether `account` is `parent` or stands below it."""
    return account == parent or account.startswith(f"{parent}:")
