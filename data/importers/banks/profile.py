"""What a bank is to us: a table of column names and a few rules. Everything else is the same for every bank.

A column is named as the bank names it, alternatives parted by `|`, best first. In a row the first filled one counts:
`交易日|记账日` is the day of the purchase and, where a repayment has none, the day it was booked.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Mapping

from data.importers.mapping import DateOrder
from data.importers.reading import folded, text_of
from data.importers.statement import Direction, Kind
from data.importers.table import Row, Table

HEADER_WITHIN = 60  # rows in which a header is looked for: above a bank's table stand a title and an account
DIRECTION = "借贷|借贷标志|借贷方向|收/支|收支|收支类型|Credit / Debit"

_MINUS = ("-", "−", "－", "(", "（")
_CREDIT_CARD = re.compile(r"信用卡|贷记卡|credit card", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """Rows whose texts match `words` are of `kind`; direction: only rows that go this way."""

    words: str
    kind: Kind
    direction: Direction | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Profile:
    """One bank's table, of a debit or of a credit card.

    format: our name of it. bank: the short common name, which stands in its cards' keys (`card:招商银行:1234`) as it
        does when a wallet names the card.
    proof: columns that together no other bank has. A table that lacks one is still this bank's when the rows above
        its header name the bank (`bank`, or one of `titles`) and the kind of card.
    amount, or paid_in and paid_out: the figures as they are charged, in the currency of `currency`. positive: which
        way a plain amount goes; None means out of a credit card, into a debit card.
    inward, outward: words that say the direction where amounts have no sign; a row with neither is reported.
    payee: whom it was with, merchants first. summary: the bank's word for what happened. note: what was written to it.
    utc_offset: minutes east of Greenwich that the bank's clock is.
    card: the card's last digits in the row. serial: the bank's number of the row, if it stays the same for good.
    noise: what stands in a payee and is no part of the name. rules: read before those that hold for every bank.
    """

    format: str
    bank: str
    credit: bool
    date: str
    amount: str = ""
    paid_in: str = ""
    paid_out: str = ""
    direction: str = DIRECTION
    time: str = ""
    currency: str = ""
    balance: str = ""
    payee: str = ""
    summary: str = ""
    note: str = ""
    card: str = ""
    serial: str = ""
    status: str = ""
    proof: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    default_currency: str = "CNY"
    date_order: DateOrder = DateOrder.YMD
    utc_offset: int = 480
    positive: Direction | None = None
    inward: str = ""
    outward: str = ""
    noise: str = ""
    rules: tuple[Rule, ...] = ()

    @property
    def plain(self) -> Direction:
        """Which way an amount without a sign goes."""
        return self.positive or (Direction.OUT if self.credit else Direction.IN)


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """Where a table's header is, what it calls each column, and what stands above it."""

    index: int
    line: int
    names: tuple[str, ...]
    at: Mapping[str, int]
    above: tuple[Row, ...]

    def places(self, names: str) -> tuple[int, ...]:
        """Where the columns of these alternatives stand, in the order of the alternatives."""
        return tuple(self.at[name] for name in _named(names) if name in self.at)

    def has(self, names: str) -> bool:
        """Whether at least one of the alternatives is a column."""
        return any(name in self.at for name in _named(names))


def find_header(table: Table, profile: Profile) -> Header | None:
    """The header of this bank's table, or None when the table is not this bank's."""
    for index, row in enumerate(table.rows[:HEADER_WITHIN]):
        names = tuple(cell.strip() if isinstance(cell, str) else "" for cell in row.cells)
        # A repeated name means its first column; the trailing comma's empty name is no column.
        at = {_name(name): place for place, name in reversed(tuple(enumerate(names))) if name}
        header = Header(index, row.line, names, at, table.rows[:index])
        if _figures(header, profile) and (_proven(header, profile) or _titled(table, header, profile)):
            return header
    return None


def _figures(header: Header, profile: Profile) -> bool:
    sides = bool(profile.paid_in) and header.has(profile.paid_in) and header.has(profile.paid_out)
    return header.has(profile.date) and (sides or header.has(profile.amount))


def _proven(header: Header, profile: Profile) -> bool:
    return bool(profile.proof) and all(header.has(column) for column in profile.proof)


def _titled(table: Table, header: Header, profile: Profile) -> bool:
    said = " ".join(texts_of(header.above)) + f" {table.sheet}"
    named = any(folded(title) in folded(said) for title in (profile.bank, *profile.titles))
    return named and bool(_CREDIT_CARD.search(said)) is profile.credit and _signed(table, header, profile)


def _signed(table: Table, header: Header, profile: Profile) -> bool:
    """Whether the figures of a layout we do not know for sure tell which way they go.

    A debit card's amounts do by their sign, if any has one; else another column of a name unknown to us must.
    """
    columns = header.places(profile.amount)
    if profile.credit or not columns or header.has(profile.direction):
        return True
    at = columns[0]
    return any(text_of(row.cells[at]).startswith(_MINUS) for row in table.rows if at < len(row.cells))


def texts_of(rows: Iterable[Row]) -> list[str]:
    """The texts of some rows, cell by cell."""
    return [cell for row in rows for cell in row.cells if isinstance(cell, str) and cell.strip()]


@functools.cache
def _named(names: str) -> tuple[str, ...]:
    return tuple(_name(name) for name in names.split("|") if name)


def _name(text: str) -> str:
    return folded(text).casefold()
