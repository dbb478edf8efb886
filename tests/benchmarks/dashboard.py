"""The four answers that everybody in a run gives: what is asked, in which form it is answered, what one change is.

    all       spending by month and top category over all months, CNY
    budgets   this month's limits with what was spent within each
    payees    the ten payees most was spent at this year
    trend     the spending of the last twelve months, the running one included

An answer is JSON values only, so that answers of different processes can be compared. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, Protocol

from data.categories.taxonomy import BUILT_IN
from tests.benchmarks.fill import LIMITS
from tests.benchmarks.habits import LAST_DAY

Answers = Mapping[str, Any]
CURRENCY: Final = "CNY"
MONTH: Final = LAST_DAY.replace(day=1)
YEAR: Final = LAST_DAY.replace(month=1, day=1)
TREND: Final = 12
TOP: Final = 10
CHANGE_MINOR: Final = 1_00  # the change: one more coffee on the last day
CHANGE_CATEGORY: Final = "coffee"
CHANGE_PAYEE: Final = "店 Corner shop"


class Rival(Protocol):
    """One way to answer, over data that were loaded before."""

    def answers(self) -> Answers:
        """The four answers."""

    def change(self, number: int) -> None:
        """One more purchase on the last day; when it returns it is on disk, unless the rival keeps nothing."""

    def close(self) -> None:
        """Let go of files and servers."""


def months_back(count: int, last: date = MONTH) -> date:
    """The first day of the month that many months before."""
    whole = last.year * 12 + last.month - 1 - count
    return date(whole // 12, whole % 12 + 1, 1)


TREND_FROM: Final = months_back(TREND - 1)


def tops() -> dict[str, str]:
    """The top category of each category."""
    return {key: one.parent or key for key, one in BUILT_IN.items()}


def inside(limited: str) -> frozenset[str]:
    """The categories that a limit holds: itself and its children; of the overall one, all."""
    return frozenset(key for key, one in BUILT_IN.items() if limited in ("", key, one.parent))


_INSIDE: Final = {limited: inside(limited) for limited in LIMITS}


def answers(
    whole: Iterable[tuple[str, str, int]],
    month: Iterable[tuple[str, int]],
    trend: Iterable[int],
    payees: Iterable[int],
) -> Answers:
    """The common form. whole: (month YYYY-MM, top category, amount); month: (category, amount) of this month."""
    spent = dict(month)
    return {
        "all": {f"{month} {top}": int(amount) for month, top, amount in whole if amount},
        "budgets": {
            limited: [limit, sum(int(spent[key]) for key in _INSIDE[limited] & spent.keys())]
            for limited, limit in LIMITS.items()
        },
        "trend": [int(amount) for amount in trend],
        "payees": [int(amount) for amount in payees],
    }
