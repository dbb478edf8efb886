"""What statements without words for direction have in common: bank files and mapped tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.importers.statement import Direction, Kind, Line, Total, Totals

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
