"""What a drop of files asks of the store before it can be previewed, and the answers: plain values, comparable.

Preview and commit ask the same questions. When the answers are equal, the preview still holds; when somebody imported
in between, it is made again from the newer answers.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from data.categories.text import normalise_payee
from data.importers.statement import AccountKind, Kind, Lines, Statement, joined

Mark = tuple[str, int]  # fingerprint and ordinal: the nth line with that identity in its file
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

    fingerprints: tuple[str, ...]
    originals: tuple[str, ...]
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


def fingerprint(identity: Sequence[str]) -> str:
    """The first 128 bits of sha-256 over an identity, as 32 hexadecimal digits.

    Its parts are kept apart by NUL, or by their lengths where one of them has a NUL itself.
    """
    text = "\0".join(identity)
    if text.count("\0") != len(identity) - 1:
        text = "".join(f"\0{len(part)}:{part}" for part in identity)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def marks_of(identities: Sequence[Sequence[str]]) -> list[Mark]:
    """Each line's fingerprint, and how many lines with the same one stand before it in the file."""
    prints = list(map(fingerprint, identities))
    if len(set(prints)) == len(prints):  # nearly always: then nothing need be counted
        return [(print_, 0) for print_ in prints]
    seen: defaultdict[str, int] = defaultdict(int)
    marks = []
    for print_ in prints:
        marks.append((print_, seen[print_]))
        seen[print_] += 1
    return marks


@dataclasses.dataclass(frozen=True, slots=True)
class Drop:
    """The files dropped together. file: of each line, the index of its statement; asked: what the store is asked."""

    statements: tuple[Statement, ...]
    lines: Lines
    file: Sequence[int]
    marks: Sequence[Mark]
    asked: Questions


def drop_of(statements: Sequence[Statement]) -> Drop:
    """Every line of the files with its mark. The costly part, so it is done once a drop."""
    lines = joined([statement.columns for statement in statements])
    files = [index for index, statement in enumerate(statements) for _ in range(len(statement.lines))]
    marks = [mark for statement in statements for mark in marks_of(statement.columns.identity)]
    return Drop(tuple(statements), lines, files, marks, _questions(lines, marks))


def _questions(lines: Lines, marks: Sequence[Mark]) -> Questions:
    kinds = enumerate(lines.kind)
    refunds = [row for row, kind in kinds if kind is Kind.REFUND and lines.refund_of[row] is None]
    days = [lines.booked_on[row] for row in refunds]
    originals = [identity for identity in lines.refund_of if identity]
    return Questions(
        fingerprints=tuple(dict.fromkeys(print_ for print_, _ in marks)),
        originals=tuple(dict.fromkeys(map(fingerprint, originals))),
        keys=tuple(dict.fromkeys(key for row in refunds for key in lines.refund_keys[row])),
        payees=tuple(dict.fromkeys(normalise_payee(payee) for row in refunds if (payee := lines.payee[row]))),
        since=min(days) - LOOK_BACK if days else date.min,
        until=max(days, default=date.min),
        sells=bool(originals) or any(_named_expenses(lines)),
    )


def _named_expenses(lines: Lines) -> Iterable[bool]:
    """Of each line whether it is an expense with an id, by which a refund may name it."""
    named = zip(lines.kind, lines.order_id, lines.merchant_order_id, strict=True)
    return (kind is Kind.EXPENSE and bool(order or merchant_order) for kind, order, merchant_order in named)
