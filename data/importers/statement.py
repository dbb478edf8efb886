"""What a parsed statement is: the one shape every importer produces and everything after it reads.

A `Statement` keeps every physical row of the file: as `Line`s that become entries, as `Skipped` rows with a reason,
or as `Problem`s that could not be read. Nothing disappears.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, overload

from data.errors import Rejection, require
from data.money import Money


class Kind(StrEnum):
    """What an entry is (DESIGN §2)."""

    __hash__ = str.__hash__  # an enumeration's own is written in Python, and every row asks for it

    EXPENSE = "expense"
    INCOME = "income"
    REFUND = "refund"
    TRANSFER = "transfer"
    FEE = "fee"
    ADJUSTMENT = "adjustment"


class Direction(StrEnum):
    """Which way money moved, seen from the account that the statement is about."""

    __hash__ = str.__hash__

    OUT = "out"
    IN = "in"


class AccountKind(StrEnum):
    """Money accounts that a statement can mention."""

    ASSET = "asset"
    LIABILITY = "liability"


@dataclasses.dataclass(frozen=True, slots=True)
class AccountHint:
    """An account as a statement names it.

    `key` is the stable identity (`alipay:balance`, `alipay:huabei`, `card:工商银行:1234`), equal wherever the same
    account is meant, also across sources; `label` is what the file calls it, shown until the person renames it.
    """

    key: str
    label: str
    kind: AccountKind
    institution: str = ""
    last4: str = ""


_NO_CELLS: Final[Mapping[str, str]] = MappingProxyType({})


class Line(NamedTuple):
    """One row that becomes an entry. `amount` is positive; `direction` says which way.

    line: physical line (CSV) or row (sheet), from 1. A row may yield several lines: a withdrawal and its `FEE`,
        a purchase and its inline `REFUND`; they share `line` and differ in `part` (0, 1, …).
    booked_on: the local date the file states (+08:00 for Chinese files). occurred_at: the same as an instant.
    account: the own account the money left or reached; counter: the other own account of a transfer, or None.
    refund_of: identity (`Line.identity`) of the original in this same file, when an id proves the link.
    refund_keys: ids by which the original may be found in earlier files (order id, merchant order id), best first.
    identity: what makes this row the same row in another file form or a later download; see `fingerprint.py`.
    source_category: the source's own category, verbatim; `mcc`: ISO 18245 code where given.
    stated_direction: the file's own word (支出, 收入, 不计收支, /), for the self-check.
    cells: the row as the file has it, header → text, for the detail view.

    A named tuple, not a dataclass: a hundred thousand are built, in a third of the time.
    """

    line: int
    kind: Kind
    direction: Direction
    amount: Money
    occurred_at: datetime
    booked_on: date
    account: AccountHint
    identity: tuple[str, ...]
    part: int = 0
    sheet: str = ""
    counter: AccountHint | None = None
    payee: str = ""
    description: str = ""
    method: str = ""
    status: str = ""
    order_id: str = ""
    merchant_order_id: str = ""
    refund_of: tuple[str, ...] | None = None
    refund_keys: tuple[str, ...] = ()
    source_category: str = ""
    mcc: str = ""
    note: str = ""
    stated_direction: str = ""
    cells: Mapping[str, str] = _NO_CELLS


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Lines(Sequence[Line]):
    """The lines of a file column by column; a `Line` is made when one is looked at.

    What is done to all lines is done column by column: a list of a hundred thousand texts is passed over in the time
    of a few hundred objects. Fields as in `Line`, with `minor` and `currency` for its amount.

    Raises:
        InvariantBroken: an amount that is not positive, an instant without its offset.
    """

    line: Sequence[int]
    kind: Sequence[Kind]
    direction: Sequence[Direction]
    minor: Sequence[int]
    currency: Sequence[str]
    occurred_at: Sequence[datetime]
    booked_on: Sequence[date]
    account: Sequence[AccountHint]
    identity: Sequence[tuple[str, ...]]
    part: Sequence[int]
    sheet: Sequence[str]
    counter: Sequence[AccountHint | None]
    payee: Sequence[str]
    description: Sequence[str]
    method: Sequence[str]
    status: Sequence[str]
    order_id: Sequence[str]
    merchant_order_id: Sequence[str]
    refund_of: Sequence[tuple[str, ...] | None]
    refund_keys: Sequence[tuple[str, ...]]
    source_category: Sequence[str]
    mcc: Sequence[str]
    note: Sequence[str]
    stated_direction: Sequence[str]
    cells: Sequence[Mapping[str, str]]

    def __post_init__(self) -> None:
        require(min(self.minor, default=1) > 0, "a line's amount is positive; its direction has the sign")
        require(None not in {when.tzinfo for when in self.occurred_at}, "an instant knows its offset")

    def __len__(self) -> int:
        return len(self.line)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        line, kind, direction, minor, currency, *others = (getattr(self, name)[at] for name in _COLUMNS)
        return Line(line, kind, direction, Money(minor, currency), *others)

    def __iter__(self) -> Iterator[Line]:
        line, kind, direction, minor, currency, *others = (getattr(self, name) for name in _COLUMNS)
        return map(Line, line, kind, direction, map(Money, minor, currency), *others)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_same, self, other))

    __hash__ = None  # type: ignore[assignment]  # cells are dicts


_COLUMNS: Final = tuple(field.name for field in dataclasses.fields(Lines))


def _same(one: object, other: object) -> bool:
    return one == other


def lines_of(lines: Iterable[Line]) -> Lines:
    """The columns of these lines."""
    if isinstance(lines, Lines):
        return lines
    listed = list(zip(*lines, strict=True)) or [()] * len(Line._fields)
    line, kind, direction, amount, *others = listed
    return Lines(line, kind, direction, [one.minor for one in amount], [one.currency for one in amount], *others)


def joined(parts: Sequence[Lines]) -> Lines:
    """The lines of several files one after the other."""
    if len(parts) == 1:
        return parts[0]
    columns = ([getattr(part, name) for part in parts] for name in _COLUMNS)
    return Lines(*(list(itertools.chain.from_iterable(column)) for column in columns))


@dataclasses.dataclass(frozen=True, slots=True)
class Skipped:
    """A row that moves no money, with the reason as a code (`never_paid`, `cancelled_sale`, `hold_released`, …)."""

    line: int
    reason: str
    sheet: str = ""
    cells: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """A row or cell that could not be read: where and why (`amount_unreadable`, `date_unreadable`, …)."""

    line: int
    cell: str
    reason: str
    text: str = ""
    sheet: str = ""
    cells: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Total:
    """How many rows, and their sum in minor units."""

    count: int
    minor: int


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """Rows and sums per direction of the file's own columns. None where the file states nothing."""

    currency: str
    count: int | None = None
    spent: Total | None = None
    received: Total | None = None
    neutral: Total | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Closing:
    """A balance that the file states at the end of a date: becomes a balance assertion."""

    account: AccountHint
    on: date
    balance: Money


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """One parsed file (or the one bill that several sheets repeat)."""

    format: str
    encoding: str
    lines: Sequence[Line]
    skipped: tuple[Skipped, ...] = ()
    problems: tuple[Problem, ...] = ()
    stated: Totals | None = None
    computed: Totals | None = None
    closings: tuple[Closing, ...] = ()
    header_row: int = 0
    file: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", lines_of(self.lines))

    @property
    def columns(self) -> Lines:
        """The lines, column by column."""
        return lines_of(self.lines)

    @property
    def agrees(self) -> bool | None:
        """Do our totals equal the file's own? None when the file states none."""
        if self.stated is None or self.computed is None:
            return None
        return all(
            ours == theirs
            for ours, theirs in (
                (self.computed.count, self.stated.count),
                (self.computed.spent, self.stated.spent),
                (self.computed.received, self.stated.received),
                (self.computed.neutral, self.stated.neutral),
            )
            if theirs is not None
        )


@dataclasses.dataclass(unsafe_hash=True)
class FileRefused(Rejection):
    """The file as a whole cannot be imported. Nothing of it was kept.

    reason: `empty`, `too_large`, `binary`, `not_recognised`, `no_header`, `missing_column`, `no_rows`, `truncated`,
        `mixed_encodings`, `zip_password_needed`, `zip_password_wrong`, `zip_bomb`, `xml_entities`, `no_account`.
    line and cell: where, when a place can be named (0 and "" otherwise); detail: the column, format or text meant.
    """

    file: str
    reason: str
    line: int = 0
    cell: str = ""
    detail: str = ""
