"""What statements without words for direction have in common: bank files and mapped tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.importers.statement import Direction, Kind, Line, Problem, Total, Totals
from data.money import Money

_REPAYMENT = re.compile(r"payment|thank you|autopay|还款", re.IGNORECASE)


def by_direction(lines: Iterable[Line]) -> Totals | None:
    """Rows and sums out and in, in minor units; None without rows, and for several currencies, which never add."""
    found = tuple(lines)
    currencies = {line.amount.currency for line in found}
    if len(currencies) != 1:
        return None
    return Totals(currencies.pop(), len(found), _total(found, Direction.OUT), _total(found, Direction.IN))


def _total(lines: tuple[Line, ...], direction: Direction) -> Total:
    amounts = [line.amount.minor for line in lines if line.direction is direction]
    return Total(len(amounts), sum(amounts))


def into_liability(words: str) -> Kind:
    """Money into a credit card: nobody earns there. Its words tell the repayment from goods sent back."""
    return Kind.TRANSFER if _REPAYMENT.search(words) else Kind.REFUND


def numbered(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Files in one long line: `part` tells rows of the same physical line apart."""
    seen: dict[int, int] = {}
    found = []
    for line in lines:
        part = seen.get(line.line, 0)
        seen[line.line] = part + 1
        found.append(line._replace(part=part) if part else line)
    return tuple(found)


def unbalanced(line: int, cell: str, opening: Money, moved: Iterable[Money], closing: Money) -> Problem | None:
    """What is wrong with a statement whose opening balance and booked rows do not add up to its closing balance.

    moved: signed. None where they do, and where the two balances are in two currencies, which nothing can compare.
    """
    if opening.currency != closing.currency:
        return None
    reached = opening.minor + sum(amount.minor for amount in moved if amount.currency == opening.currency)
    if reached == closing.minor:
        return None
    ours = Money(reached, opening.currency)
    return Problem(line, cell, "balance_mismatch", f"{ours.plain()} ≠ {closing.plain()} {closing.currency}")
