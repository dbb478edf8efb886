"""What a drop of files asks of the store before it can be previewed, and the answers: plain values, comparable.

Preview and commit ask the same questions. When the answers are equal, the preview still holds; when somebody imported
in between, it is made again from the newer answers.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from data.categories.text import normalise_payee
from data.importers.statement import AccountKind, Kind, Line, Statement

Mark = tuple[UUID, int]  # fingerprint and ordinal: the nth line with that identity in its file
LOOK_BACK = timedelta(days=180)  # a refund is hardly ever later than this after its purchase


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """One of the owner's money accounts as it is now. `merged_into`: the account that stands for it."""

    id: UUID
    kind: AccountKind
    name: str
    closed: bool = False
    merged_into: UUID | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Purchase:
    """A booked expense that a refund may belong to. Minor units; `stated`: refunded as it says about itself."""

    entry: UUID
    occurred_at: datetime
    booked_on: date
    currency: str
    paid: int
    refunded: int
    stated: int
    payee_key: str
    category: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class OpenRefund:
    """A booked refund whose purchase is not known, or not any more, and the ids under which it may be.

    entry: of the row that states the ids; counts: the entry that stands for it, where it is one with another row.
    """

    entry: UUID
    counts: UUID
    occurred_at: datetime
    currency: str
    minor: int
    payee_key: str
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Questions:
    """fingerprints: of every line; originals: of the purchases that refunds name; keys and payees: of the refunds.

    sells: whether a refund that is booked without its purchase might find it here.
    """

    fingerprints: tuple[UUID, ...]
    originals: tuple[UUID, ...]
    keys: tuple[str, ...]
    payees: tuple[str, ...]
    since: date
    until: date
    sells: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """booked: which lines are in the ledger, as which entry. by_id: order ids → booked purchases."""

    booked: Mapping[Mark, UUID]
    accounts: Mapping[str, Account]
    purchases: Mapping[UUID, Purchase]
    by_id: Mapping[str, tuple[UUID, ...]]
    open_refunds: tuple[OpenRefund, ...] = ()


NOTHING_KNOWN = Known({}, {}, {}, {})


def fingerprint(identity: Sequence[str]) -> UUID:
    """The first 128 bits of sha-256 over an identity.

    Its parts are kept apart by NUL, or by their lengths where one of them has a NUL itself.
    """
    text = "\0".join(identity)
    if text.count("\0") != len(identity) - 1:
        text = "".join(f"\0{len(part)}:{part}" for part in identity)
    return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])


def marks_of(statement: Statement) -> list[Mark]:
    """Each line's fingerprint, and how many lines with the same one stand before it in the file."""
    seen: defaultdict[UUID, int] = defaultdict(int)
    marks = []
    for line in statement.lines:
        print_ = fingerprint(line.identity)
        marks.append((print_, seen[print_]))
        seen[print_] += 1
    return marks


def is_open(line: Line) -> bool:
    """Whether this is a refund whose purchase its own file does not name."""
    return line.kind is Kind.REFUND and line.refund_of is None


@dataclasses.dataclass(frozen=True, slots=True)
class Drop:
    """The files dropped together. file: of each line, the index of its statement; asked: what the store is asked."""

    statements: tuple[Statement, ...]
    lines: tuple[Line, ...]
    file: tuple[int, ...]
    marks: tuple[Mark, ...]
    asked: Questions


def drop_of(statements: Sequence[Statement]) -> Drop:
    """Every line of the files with its mark. The costly part, so it is done once a drop."""
    lines = tuple(line for statement in statements for line in statement.lines)
    files = tuple(index for index, statement in enumerate(statements) for _ in statement.lines)
    marks = tuple(mark for statement in statements for mark in marks_of(statement))
    return Drop(tuple(statements), lines, files, marks, _questions(lines, marks))


def _questions(lines: Sequence[Line], marks: Sequence[Mark]) -> Questions:
    refunds = [line for line in lines if is_open(line)]
    days = [line.booked_on for line in refunds]
    return Questions(
        fingerprints=tuple(dict.fromkeys(mark[0] for mark in marks)),
        originals=tuple(dict.fromkeys(fingerprint(line.refund_of) for line in lines if line.refund_of)),
        keys=tuple(dict.fromkeys(key for line in refunds for key in line.refund_keys)),
        payees=tuple(dict.fromkeys(normalise_payee(line.payee) for line in refunds if line.payee)),
        since=min(days) - LOOK_BACK if days else date.min,
        until=max(days, default=date.min),
        sells=any(
            line.refund_of or (line.kind is Kind.EXPENSE and (line.order_id or line.merchant_order_id))
            for line in lines
        ),
    )
