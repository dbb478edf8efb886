"""How a QIF record falls into parts that add up to it, and how a transfer that two accounts list counts once."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator

from data.importers.ofx_values import amount_of
from data.importers.qif_text import Record, Split
from data.importers.statement import Closing, Line, Problem, Skipped
from data.money import Money

Found = Line | Skipped | Problem | Closing


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """A part of a record: signed amount, category or other account, and which part it is (None: the whole)."""

    amount: Money
    category: str
    memo: str
    number: int | None = None

    @property
    def other(self) -> str:
        """The account in `[brackets]`, "" for a category."""
        name = self.category.split("]", 1)[0]
        return name[1:].strip() if name.startswith("[") and "]" in self.category else ""


def pieces_of(record: Record, text: str, sign: int, currency: str) -> list[Piece]:
    """The record in parts that add up to its amount; parts that move nothing are left out.

    Raises:
        AmountUnreadable, CurrencyUnknown.
    """
    total = amount_of(text, currency)
    total = -abs(total) if sign < 0 else total
    parts = [_part(number, split, currency) for number, split in enumerate(record.splits) if split.amount]
    if not parts:
        return [Piece(total, record.value("L"), "")] if total else []
    rest = total - sum((part.amount for part in parts), Money(0, currency))
    return [part for part in (*parts, Piece(rest, "", "", len(record.splits))) if part.amount]


def _part(number: int, split: Split, currency: str) -> Piece:
    return Piece(amount_of(split.amount, currency), split.category, split.memo, number)


def once(rows: list[list[Found]]) -> Iterator[Found]:
    """Every transfer once: of two accounts that list the same one, the record that says more about it keeps it."""
    told: Counter[tuple[tuple[str, ...], str]] = Counter()
    by_detail = sorted(range(len(rows)), key=lambda at: -len(rows[at]))
    dropped: set[tuple[int, int]] = set()
    for at in by_detail:
        for place, one in enumerate(rows[at]):
            if not isinstance(one, Line) or one.counter is None:
                continue
            here, there = (one.identity, one.account.key), (one.identity, one.counter.key)
            if told[there]:
                told[there] -= 1
                dropped.add((at, place))
            else:
                told[here] += 1
    for at, row in enumerate(rows):
        for place, one in enumerate(row):
            if (at, place) not in dropped:
                yield one
            elif len(row) == 1 and isinstance(one, Line):
                yield Skipped(one.line, "other_side", cells=one.cells)
