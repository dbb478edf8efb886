"""Payments of exactly one price to one payee: which of them are worth a closer look, found for everybody at once.

A strand is promising where many of its gaps are about one or two periods of some cadence; a shop that is visited at
random has thousands of prices, and none of them is looked at one by one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

import numpy as np

from analytics.cube import Ints, Mask
from analytics.recurring_rhythm import Cadence, length, months, tolerance

ENOUGH: Final = 4.0  # log odds against chance that a series must have
_FEWEST: Final = 3
_PROMISING: Final = (2, 5)  # of the gaps
_WEEKENDS: Final = 3  # how far weekends move what keeps its day


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Strands:
    """Rows of promising strands. group, first, last: of each, places in `order`; tried: strands of each group."""

    order: Ints
    group: Ints
    first: Ints
    last: Ints
    tried: dict[int, int]

    def of(self, group: int) -> Iterator[Ints]:
        """The rows of a group's strands, the longest first."""
        low, high = np.searchsorted(self.group, [group, group + 1])
        sizes = self.last[low:high] - self.first[low:high]
        for place in (np.argsort(-sizes, kind="stable") + low).tolist():
            yield self.order[self.first[place] : self.last[place]]

    def count(self, group: int) -> int:
        """How many prices of the group were paid often enough to be a series."""
        return self.tried.get(group, 0)


def strands(group: Ints, day: Ints, amount: Ints, rows: Ints) -> Strands:
    """The promising strands among some rows, in order of their groups."""
    order = rows[np.lexsort((day[rows], amount[rows], group[rows]))]
    if not len(order):
        return Strands(order, order, order, order, {})
    group_, amount_, day_ = group[order], amount[order], day[order]
    new = np.r_[True, (group_[1:] != group_[:-1]) | (amount_[1:] != amount_[:-1])]
    first = np.flatnonzero(new)
    last = np.r_[first[1:], len(order)]
    often = last - first >= _FEWEST
    first, last = first[often], last[often]
    groups, counts = np.unique(group_[first], return_counts=True)
    tried = dict(zip(groups.tolist(), counts.tolist(), strict=True))
    kept = _telling(day_, first, last, counts[np.searchsorted(groups, group_[first])])
    kept[kept] = _regular(day_, first[kept], last[kept])
    return Strands(order, group_[first][kept], first[kept], last[kept], tried)


def _telling(day: Ints, first: Ints, last: Ints, tried: Ints) -> Mask:
    """Which strands would beat chance if they kept their rhythm to the day, among as many as were tried."""
    gaps = last - first - 1
    apart = np.maximum(day[last - 1] - day[first], gaps) / gaps
    found: Mask = gaps * np.log(apart) >= ENOUGH + np.log(tried)
    return found


def _regular(day: Ints, first: Ints, last: Ints) -> Mask:
    """Which strands have many gaps near one or two periods of one cadence."""
    if not len(first):
        return np.zeros(0, np.bool_)
    # Gap i lies between day i and the next one; a strand's own gaps are those before its last row.
    gaps = np.diff(day, append=day[-1])
    strand = np.repeat(np.arange(len(first)), last - first - 1)
    inside = np.concatenate([np.arange(a, b - 1) for a, b in zip(first.tolist(), last.tolist(), strict=True)])
    own = gaps[inside]
    sizes = last - first - 1
    good = np.zeros(len(first), np.bool_)
    for cadence in Cadence:
        period, loose = length(cadence), tolerance(cadence) + (_WEEKENDS if months(cadence) else 0)
        fits = (np.abs(own - period) <= loose) | (np.abs(own - 2 * period) <= loose)
        hits = np.bincount(strand, fits, len(first))
        good |= hits * _PROMISING[1] >= sizes * _PROMISING[0]
    return good
