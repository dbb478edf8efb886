"""Which backups are worth keeping: the newest of each of the last days, weeks and months that have one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Final

DAYS: Final = 7
WEEKS: Final = 4
MONTHS: Final = 12


def worth_keeping(made: Iterable[datetime]) -> frozenset[datetime]:
    """Those of the given instants whose backup stays. The newest always does; gaps do not use up a place."""
    newest_first = sorted(made, reverse=True)
    kept: set[datetime] = set()
    for span, most in ((_day, DAYS), (_week, WEEKS), (_month, MONTHS)):
        kept |= _newest_of_each(newest_first, span, most)
    return frozenset(kept)


def _newest_of_each(newest_first: list[datetime], span: Callable[[datetime], Hashable], most: int) -> set[datetime]:
    first: dict[Hashable, datetime] = {}
    for one in newest_first:
        if len(first) < most or span(one) in first:
            first.setdefault(span(one), one)
    return set(first.values())


def _day(at: datetime) -> Hashable:
    return at.date()


def _week(at: datetime) -> Hashable:
    return at.isocalendar()[:2]


def _month(at: datetime) -> Hashable:
    return (at.year, at.month)
