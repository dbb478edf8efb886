"""What an import would do, before it does it: each line with what becomes of it, each file with its self-check.

Columns are lists as long as `lines`, because a drop may hold a hundred thousand of them.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from data.categories.categorise import Book
from data.categories.learning import Guess, Learner
from data.importers.statement import AccountHint, Direction, Kind, Lines, Statement, Total, Totals
from data.matching.known import Drop, Known, Mark
from data.matching.linking import Target

if TYPE_CHECKING:
    import pandas as pd

NEW: Final = ""
IMPORTED: Final = "imported"  # booked by an earlier import
IN_DROP: Final = "in_drop"  # the same row stands in another file of this drop
STATED: Final = "stated"  # a refund that its purchase had already stated about itself, or the other way round


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One figure of a file's self-check: `direction` is `count`, `spent`, `received` or `neutral`."""

    direction: str
    stated: Total
    computed: Total | None

    @property
    def difference(self) -> int:
        """Ours minus theirs in minor units, for `count` in rows."""
        ours = self.computed or Total(0, 0)
        return ours.count - self.stated.count if self.direction == "count" else ours.minor - self.stated.minor

    @property
    def agrees(self) -> bool:
        """Whether the number of rows and the sum are both the same."""
        return self.computed == self.stated


@dataclasses.dataclass(frozen=True, slots=True)
class FileReport:
    """One file: what was read, what is new, and whether our totals agree with its own (None: it states none)."""

    file: str
    format: str
    encoding: str
    lines: int
    new: int
    duplicates: int
    skipped: int
    problems: int
    first_on: date | None
    last_on: date | None
    agrees: bool | None
    checks: tuple[Check, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Preview:
    """What would happen to each line of the drop.

    kind, minor, category, account, counter: as it would be booked. reason, evidence: why that
    category (`categorise.Reason`, or `refund`), and by which word. guess: what the classifier thinks, taken when the
    reason is `guess`, else only offered. duplicate: `NEW`, `IMPORTED`, `IN_DROP` or `STATED`. target: the
    purchase a refund is linked to; suggestion: one to offer; refund_note: `linked`, `exceeds_paid`, `ambiguous`,
    `suggested` or "". said: what rules add (annotation field → value), by line. backlinks: refunds booked earlier
    (entry) whose purchase is among the lines. hints: every account that the files name, by key. token: equal for
    equal files, whatever the store holds.
    """

    drop: Drop
    marks: list[Mark]
    kind: list[Kind]
    minor: list[int]
    category: list[str | None]
    reason: list[str]
    evidence: list[str]
    guess: list[Guess | None]
    account: list[str]
    counter: list[str | None]
    payee_key: list[str]
    duplicate: list[str]
    target: list[Target | None]
    suggestion: list[Target | None]
    refund_note: list[str]
    said: Mapping[int, Mapping[str, Any]]
    backlinks: Mapping[UUID, int]
    hints: Mapping[str, AccountHint]
    known: Known
    book: Book
    learner: Learner | None
    token: str

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The files."""
        return self.drop.statements

    @property
    def lines(self) -> Lines:
        """Every line of the files, in their order."""
        return self.drop.lines

    @property
    def file(self) -> Sequence[int]:
        """The index of each line's file."""
        return self.drop.file

    def account_name(self, key: str) -> str:
        """What an account is called now, or would be called when opened."""
        known = self.known.accounts.get(key)
        by_id = {account.id: account for account in self.known.accounts.values()}
        for _ in by_id:
            if known and known.merged_into:
                known = by_id.get(known.merged_into)
        if known:
            return known.name
        hint = self.hints.get(key)
        return hint.label if hint else key

    def row_of(self, file: int, line: int, part: int = 0) -> int | None:
        """The row that a physical line (and part) of a file became; the first, when sheets share line numbers."""
        places = zip(self.file, self.lines.line, self.lines.part, strict=True)
        return next((row for row, place in enumerate(places) if place == (file, line, part)), None)

    def reports(self) -> list[FileReport]:
        """One report a file, in the order they were dropped."""
        new = Counter(at for at, fate in zip(self.file, self.duplicate, strict=True) if fate == NEW)
        return [_report(statement, new[index]) for index, statement in enumerate(self.statements)]

    def frame(self) -> pd.DataFrame:
        """One row a line, for a table: plain columns, amounts in signed minor units."""
        import pandas as pd  # noqa: PLC0415 - 0.3 s that the command line need not spend

        names = {key: self.account_name(key) for key in {*self.account, *filter(None, self.counter)}}
        lines = self.lines
        signs = [1 if direction is Direction.IN else -1 for direction in lines.direction]
        return pd.DataFrame(
            {
                "file": self.file,
                "line": lines.line,
                "part": lines.part,
                "sheet": lines.sheet,
                "booked_on": lines.booked_on,
                "occurred_at": [when.replace(tzinfo=None) for when in lines.occurred_at],
                "kind": [kind.value for kind in self.kind],
                "amount": [sign * minor for sign, minor in zip(signs, self.minor, strict=True)],
                "currency": lines.currency,
                "category": self.category,
                "reason": self.reason,
                "payee": lines.payee,
                "description": lines.description,
                "method": lines.method,
                "account": self.account,
                "account_name": [names[key] for key in self.account],
                "account_new": [key not in self.known.accounts for key in self.account],
                "counter": self.counter,
                "counter_name": [names[key] if key else None for key in self.counter],
                "duplicate": self.duplicate,
                "refund_note": self.refund_note,
                "status": lines.status,
                "order_id": lines.order_id,
            }
        )


def _report(statement: Statement, new: int) -> FileReport:
    days = statement.columns.booked_on
    return FileReport(
        file=statement.file,
        format=statement.format,
        encoding=statement.encoding,
        lines=len(days),
        new=new,
        duplicates=len(days) - new,
        skipped=len(statement.skipped),
        problems=len(statement.problems),
        first_on=min(days, default=None),
        last_on=max(days, default=None),
        agrees=statement.agrees,
        checks=checks_of(statement.stated, statement.computed),
    )


def checks_of(stated: Totals | None, computed: Totals | None) -> tuple[Check, ...]:
    """Each figure the file states beside ours; empty when it states none."""
    if stated is None:
        return ()
    checks = []
    if stated.count is not None:
        ours = computed.count if computed else None
        checks.append(Check("count", Total(stated.count, 0), None if ours is None else Total(ours, 0)))
    for direction in ("spent", "received", "neutral"):
        theirs: Total | None = getattr(stated, direction)
        if theirs is not None:
            checks.append(Check(direction, theirs, getattr(computed, direction) if computed else None))
    return tuple(checks)


def token_of(drop: Drop) -> str:
    """A digest of what the files say: equal on every parse of the same files."""
    digest = hashlib.sha256()
    for statement in drop.statements:
        head = f"{statement.file}\0{statement.format}\0{len(statement.lines)}\0{len(statement.skipped)}\0"
        digest.update(head.encode())
        lines = statement.columns
        for column in (lines.kind, lines.direction, map(str, lines.minor), lines.currency):
            digest.update(" ".join(column).encode())
    digest.update(" ".join(f"{print_}{ordinal}" for print_, ordinal in drop.marks).encode())
    return digest.hexdigest()
