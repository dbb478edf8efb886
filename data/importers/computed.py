"""What the rows of a signed statement add up to: bank files and mapped tables, which have no words for direction."""

from __future__ import annotations

from collections.abc import Iterable

from data.importers.statement import Direction, Line, Total, Totals


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
