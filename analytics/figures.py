"""Integer arithmetic that every question shares: shares, changes, averages. Shares are basis points (1 % = 100)."""

from __future__ import annotations

from collections.abc import Sequence

WHOLE = 10_000


def basis_points(part: int, whole: int) -> int | None:
    """`part` of `whole` in basis points, halves away from zero; None when there is no positive whole."""
    if whole <= 0:
        return None
    size = (2 * abs(part) * WHOLE + whole) // (2 * whole)
    return size if part >= 0 else -size


def change(now: int, before: int) -> int | None:
    """How much `now` lies above `before`, in basis points of `before`; None when there was nothing before."""
    return basis_points(now - before, before)


def average(amounts: Sequence[int]) -> int | None:
    """The mean in whole minor units, halves away from zero; None of nothing."""
    if not amounts:
        return None
    total, count = sum(amounts), len(amounts)
    size = (2 * abs(total) + count) // (2 * count)
    return size if total >= 0 else -size


def median(amounts: Sequence[int]) -> int | None:
    """The middle amount; of an even number the mean of the two in the middle. None of nothing."""
    if not amounts:
        return None
    ordered, middle = sorted(amounts), len(amounts) // 2
    return ordered[middle] if len(amounts) % 2 else average(ordered[middle - 1 : middle + 1])
