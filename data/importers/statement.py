"""What a parsed statement is: the one shape every importer produces and everything after it reads.

A `Statement` keeps every physical row of the file: as `Line`s that become entries, as `Skipped` rows with a reason,
or as `Problem`s that could not be read. Nothing disappears.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from data.errors import Rejection, require
from data.money import Money


class Kind(StrEnum):
    """What an entry is (DESIGN §2)."""

    EXPENSE = "expense"
    INCOME = "income"
    REFUND = "refund"
    TRANSFER = "transfer"
    FEE = "fee"
    ADJUSTMENT = "adjustment"


class Direction(StrEnum):
    """Which way money moved, seen from the account that the statement is about."""

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


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
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
    cells: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        require(self.amount.minor > 0, "a line's amount is positive; its direction has the sign")
        require(self.occurred_at.tzinfo is not None, "an instant knows its offset")


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
    lines: tuple[Line, ...]
    skipped: tuple[Skipped, ...] = ()
    problems: tuple[Problem, ...] = ()
    stated: Totals | None = None
    computed: Totals | None = None
    closings: tuple[Closing, ...] = ()
    header_row: int = 0
    file: str = ""

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
