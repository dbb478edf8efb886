"""What the payments of one series cost: always the same, in steps (a price rise), or within a range.

Minor units throughout, integers only.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from analytics.figures import WHOLE, median
from analytics.recurring_rhythm import Cadence, months

_RECENT: Final = 12
_TYPICAL: Final = 6
_SAME_BP: Final = 50  # amounts within half a per cent of each other are one price
_CLOSE_BP: Final = 1_000
_MOSTLY_BP: Final = 7_000
_STEADY_BP: Final = 6_500  # of neighbours have one price where a series has prices at all
_SOFT_TENTH: Final = 10


class Pattern(StrEnum):
    """How the amounts behave."""

    FIXED = "fixed"
    STEPS = "steps"
    RANGE = "range"


class Nature(StrEnum):
    """What payments of a category usually are: bills, purchases of every day, or neither."""

    BILL = "bill"
    NEUTRAL = "neutral"
    EVERYDAY = "everyday"


# How far the middle eight tenths may spread, in basis points of the median, for a monthly or rarer payment.
_SPREAD_BP: Final = {Nature.BILL: 15_000, Nature.NEUTRAL: 5_000, Nature.EVERYDAY: 2_000}


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """The price changed: the payment at place `at` of the series was the first to cost `after`."""

    at: int
    before: int
    after: int


@dataclasses.dataclass(frozen=True, slots=True)
class Amounts:
    """What is known about the amounts. expected: of the next one; it lies between low and high."""

    pattern: Pattern
    expected: int
    low: int
    high: int
    steps: tuple[Step, ...]


def keep_together(amounts: Sequence[int], cadence: Cadence, nature: Nature) -> bool:
    """Whether these may be one series: what comes weekly costs the same, a monthly bill may vary."""
    if _share(amounts, _CLOSE_BP) >= _MOSTLY_BP:
        return True
    if len(amounts) == 2 and cadence is Cadence.YEARLY:  # noqa: PLR2004 - two years
        return _near(amounts[0], amounts[1], 2_500)
    if not months(cadence):
        return False
    low, high = _edges(amounts)
    return (high - low) * WHOLE <= (median(amounts) or 0) * _SPREAD_BP[nature]


def likeness(amounts: Sequence[int]) -> float:
    """What equal amounts say for a series, in log odds a payment; negative where they differ widely."""
    if _share(amounts, _SAME_BP) >= _MOSTLY_BP:
        return 1.0
    return 0.5 if _share(amounts, _CLOSE_BP) >= _MOSTLY_BP else 0.0 if _share(amounts, 3_500) >= _MOSTLY_BP else -0.2


def read(amounts: Sequence[int]) -> Amounts:
    """The pattern of a series' amounts in their order, and what the next one is likely to cost."""
    recent = amounts[-_RECENT:]
    if _share(amounts, _SAME_BP) < _STEADY_BP and not _one_new_price(amounts):
        low, high = min(recent), max(recent)
        return Amounts(Pattern.RANGE, median(amounts[-_TYPICAL:]) or 0, low, high, ())
    steps = _steps(amounts)
    last = amounts[-1]
    price = steps[-1].after if steps else amounts[0]
    low, high = min(price, last), max(price, last)
    return Amounts(Pattern.STEPS if steps else Pattern.FIXED, last, low, high, steps)


def _one_new_price(amounts: Sequence[int]) -> bool:
    """Whether all cost the same until the last one, of too few to speak of shares."""
    return len(amounts) > 1 and _share(amounts[:-1], _SAME_BP) == WHOLE and len(amounts) > 2  # noqa: PLR2004


def _steps(amounts: Sequence[int]) -> tuple[Step, ...]:
    """Where a new price began; a single odd payment between two of the old price is none."""
    price, steps = amounts[0], []
    for at, amount in enumerate(amounts[1:], 1):
        back = at + 1 < len(amounts) and _near(amounts[at + 1], price, _SAME_BP)
        if not _near(amount, price, _SAME_BP) and not back:
            steps.append(Step(at, price, amount))
            price = amount
    return tuple(steps)


def _share(amounts: Sequence[int], within_bp: int) -> int:
    """How many neighbours differ by no more than that, in basis points."""
    pairs = list(itertools.pairwise(amounts))
    return WHOLE if not pairs else sum(_near(a, b, within_bp) for a, b in pairs) * WHOLE // len(pairs)


def _near(one: int, other: int, within_bp: int) -> bool:
    return abs(one - other) * WHOLE <= max(abs(one), abs(other)) * within_bp


def _edges(amounts: Sequence[int]) -> tuple[int, int]:
    """The bounds of the middle eight tenths."""
    ordered = sorted(amounts)
    cut = len(ordered) // _SOFT_TENTH
    return ordered[cut], ordered[-1 - cut]
