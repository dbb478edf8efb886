"""Which payments come back by themselves: series among one owner's dated amounts, cadence first and amount second.

All payments to one payee are one series where they keep a rhythm and their amounts go together. Otherwise those of one
price are tried by themselves, then those of like amounts, then those of one day of the month; what follows on with
another price is joined. What chance would bring about as well is no series: the more is tried, the more is asked.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from analytics import recurring_amounts as prices
from analytics.cube import Ints, Mask
from analytics.recurring_amounts import Nature
from analytics.recurring_fit import FEWEST, Fit, fit
from analytics.recurring_rhythm import Almanac, day_of_month, length, tolerance
from analytics.recurring_strands import ENOUGH, Strands, strands

_PRECISE: Final = 0.75  # of the payments belong to the series
_BEYOND_DOUBT: Final = 15.0  # odds with which one price may also be paid now and then
_BUSY_DAYS: Final = 5  # a payee seen more often than this has a rhythm only in single prices
_MOST_TRIED: Final = 400  # events of one payee that are also looked at by like amounts and by day of the month
_LIKE: Final = (115, 100)  # amounts in a row belong together up to this ratio
_FOLLOWS: Final = (60, 100)  # a new price lies between this share of the old one and its inverse
_LATEST: Final = 26, 10  # periods after which nothing follows on any more
_PEAK_DAYS: Final = 3
_SOON_SLOTS: Final = 3
_STRAY: Final = 20  # one in so many purchases may have the price of a series by chance


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One owner's payments in the order of group, day and seq. group: payee, side and currency together.

    amount: positive minor units. natures: of each group.
    """

    group: Ints
    day: Ints
    amount: Ints
    natures: Sequence[Nature]


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One series. rows: places in `Seen`, one a slot, in order of days; twins: second payments within one slot."""

    group: int
    rows: Ints
    twins: Ints
    fit: Fit
    score: float


class Memo:
    """What was found in each group the last time: a group whose payments did not change is not looked at again."""

    def __init__(self) -> None:
        self.kept: dict[bytes, list[Found]] = {}


def find(seen: Seen, almanac: Almanac, memo: Memo | None = None) -> list[Found]:
    """Every series, by group and first day. memo: of the same almanac; it remembers these groups from now on."""
    if not len(seen.day):
        return []
    edges = np.flatnonzero(np.r_[True, seen.group[1:] != seen.group[:-1], True])
    groups = [
        (start, end, _fingerprint(seen, start, end))
        for start, end in pairwise(edges.tolist())
        if end - start >= 2  # noqa: PLR2004 - two years of something yearly
    ]
    known = memo.kept if memo is not None else {}
    fresh = [np.arange(start, end) for start, end, print_ in groups if print_ not in known]
    promising = strands(seen.group, seen.day, seen.amount, np.concatenate(fresh) if fresh else edges[:0])
    found: dict[bytes, list[Found]] = {}
    answer: list[Found] = []
    for start, end, print_ in groups:
        if print_ not in found:
            old = known.get(print_)
            new = _Payee(seen, start, end, promising, almanac).found() if old is None else old
            found[print_] = new if old is not None else [_moved(one, -1, -start) for one in new]
        answer += [_moved(one, int(seen.group[start]), start) for one in found[print_]]
    if memo is not None:
        memo.kept = found
    return answer


def _fingerprint(seen: Seen, start: int, end: int) -> bytes:
    """Stands for everything that decides what is found in a group."""
    said = hashlib.blake2b(seen.natures[int(seen.group[start])].encode(), digest_size=16)
    said.update(seen.day[start:end].tobytes())
    said.update(seen.amount[start:end].tobytes())
    return said.digest()


def _moved(one: Found, group: int, by: int) -> Found:
    return dataclasses.replace(one, group=group, rows=one.rows + by, twins=one.twins + by)


class _Payee:
    """The payments of one group, taken apart step by step. Rows are places in `Seen`."""

    def __init__(self, seen: Seen, start: int, end: int, promising: Strands, almanac: Almanac) -> None:
        self._seen, self._almanac, self._promising = seen, almanac, promising
        self._group = int(seen.group[start])
        self._nature = seen.natures[self._group]
        self._rows = np.arange(start, end)
        span = int(seen.day[end - 1] - seen.day[start]) + 1
        self._busy = (end - start) * _BUSY_DAYS > span
        self._free: Mask = np.ones(end - start, np.bool_)
        self._start = start

    def found(self) -> list[Found]:
        parts = [] if self._busy else list(self._take(iter([self._rows]), 1))
        tried = self._promising.count(self._group) + 1
        parts += self._take(self._priced(), tried)
        unlike = self._nature is not Nature.EVERYDAY and not self._busy
        if unlike and len(self._rows) <= _MOST_TRIED:
            parts += self._take(self._alike(), tried + 4)
            parts += self._take(self._by_day(), tried + 8)
        return self._follow(self._joined(parts)) if parts else []

    def _take(self, candidates: Iterator[Ints], tried: int) -> Iterator[Found]:
        """Series among the candidates, each from payments that are still free."""
        for rows in candidates:
            left = rows[self._free[rows - self._start]]
            one = self._try(left, tried)
            if one is not None:
                self._free[one.rows - self._start] = False
                self._free[one.twins - self._start] = False
                yield one

    def _left(self) -> Ints:
        found: Ints = self._rows[self._free]
        return found

    def _try(self, rows: Ints, tried: int) -> Found | None:
        """The rows as one series, if they are one. tried: among how many ways of choosing rows this was tried."""
        if len(rows) < 2:  # noqa: PLR2004 - as in `find`
            return None
        one = fit(self._seen.day[rows], self._almanac)
        if one is None:
            return None
        kept, twins = self._one_a_slot(rows, one)
        amounts = self._seen.amount[kept].tolist()
        if not prices.keep_together(amounts, one.rhythm.cadence, self._nature):
            return None
        likeness = prices.likeness(amounts) * (len(amounts) - 1) if tried == 1 else 0.0
        score = one.score + likeness - math.log(tried)
        if one.precise < _PRECISE and (tried == 1 or score < _BEYOND_DOUBT):
            return None
        if score < ENOUGH or (len(kept) < FEWEST and not self._yearly_bill(amounts, tried)):
            return None
        return Found(self._group, kept, twins, one, score)

    def _yearly_bill(self, amounts: Sequence[int], tried: int) -> bool:
        """Whether two payments a year apart are enough: nothing else was ever paid there, and they are alike."""
        return tried == 1 and self._nature is not Nature.EVERYDAY and prices.likeness(amounts) > 0

    def _one_a_slot(self, rows: Ints, one: Fit) -> tuple[Ints, Ints]:
        """The row of each slot that is nearest in amount and day; second ones of the same price are its twins."""
        near = np.flatnonzero(one.near)
        amount = self._seen.amount[rows]
        odd = np.abs(amount - int(np.median(amount[near])))
        order = near[np.lexsort((one.beside[near], odd[near], one.slot[near]))]
        first = np.r_[True, one.slot[order][1:] != one.slot[order][:-1]]
        kept = order[first]
        owner_of = kept[np.searchsorted(one.slot[kept], one.slot[order[~first]])]
        same = amount[order[~first]] == amount[owner_of]
        return np.sort(rows[kept]), np.sort(rows[order[~first][same]])

    def _alike(self) -> Iterator[Ints]:
        """Free rows of like amounts, where the amounts leave a gap."""
        rows = self._left()
        if len(rows) < FEWEST:
            return
        order = rows[np.argsort(self._seen.amount[rows], kind="stable")]
        amount = self._seen.amount[order]
        cuts = np.flatnonzero(amount[1:] * _LIKE[1] > amount[:-1] * _LIKE[0]) + 1
        for part in np.split(order, cuts):
            if len(part) >= FEWEST:
                yield np.sort(part)

    def _priced(self) -> Iterator[Ints]:
        """Rows of one price; where they are no series, those of them around their commonest day of the month."""
        for rows in self._promising.of(self._group):
            yield rows
            if not self._busy and self._free[rows - self._start].all():
                yield self._around_peak(rows)

    def _by_day(self) -> Iterator[Ints]:
        """Free rows around the commonest day of the month, again after a series that was found so."""
        for _ in range(2):
            rows = self._left()
            if len(rows) < FEWEST:
                return
            yield self._around_peak(rows)
            if len(self._left()) == len(rows):
                return

    def _around_peak(self, rows: Ints) -> Ints:
        of_month = day_of_month(self._seen.day[rows])
        apart = np.abs(of_month - int(np.argmax(np.bincount(of_month))))
        near: Ints = rows[np.minimum(apart, 31 - apart) <= _PEAK_DAYS]
        return near

    def _follow(self, parts: list[Found]) -> list[Found]:
        """Single payments with a new price join the series in whose next slots they fall."""
        if self._busy:
            return parts
        for row in self._left().tolist():
            near = [place for place, one in enumerate(parts) if self._continues(one, row)]
            if near:
                best = min(near, key=lambda place: _apart(self._last_amount(parts[place]), int(self._seen.amount[row])))
                parts[best] = self._with(parts[best], row)
                self._free[row - self._start] = False
        return parts

    def _continues(self, one: Found, row: int) -> bool:
        day = self._seen.day[[int(one.rows[-1]), row]]
        (last, slot), beside, _ = self._almanac.place(one.fit.rhythm, day)
        fits = 0 < slot - last <= _SOON_SLOTS and beside[1] <= tolerance(one.fit.rhythm.cadence)
        return bool(fits) and _may_follow(self._last_amount(one), int(self._seen.amount[row]))

    def _with(self, one: Found, row: int) -> Found:
        return dataclasses.replace(one, rows=np.append(one.rows, row))

    def _last_amount(self, one: Found) -> int:
        return int(self._seen.amount[one.rows[-1]])

    def _joined(self, parts: list[Found]) -> list[Found]:
        """Series that go on where another one stopped are one with it: a new price, or a new day."""
        parts = sorted(parts, key=lambda one: int(self._seen.day[one.rows[0]]))
        done: list[Found] = []
        for one in parts:
            before = [place for place, other in enumerate(done) if self._goes_on(other, one)]
            if before:
                first = int(self._seen.amount[one.rows[0]])
                best = min(before, key=lambda place: _apart(self._last_amount(done[place]), first))
                done[best] = self._one(done[best], one)
            else:
                done.append(one)
        return done

    def _goes_on(self, old: Found, new: Found) -> bool:
        if old.fit.rhythm.cadence is not new.fit.rhythm.cadence:
            return False
        before, after = self._cut(old, new)
        if len(before) < FEWEST - 1 or len(after) < FEWEST - 1:
            return False
        gap = int(self._seen.day[after[0]] - self._seen.day[before[-1]])
        period = length(new.fit.rhythm.cadence)
        soon = period <= 2 * gap and gap * _LATEST[1] <= period * _LATEST[0]
        return soon and _may_follow(int(self._seen.amount[before[-1]]), int(self._seen.amount[after[0]]))

    def _cut(self, old: Found, new: Found) -> tuple[Ints, Ints]:
        """The rows of the two where a single purchase of the old price among the new ones is none of the series."""
        day, before, after = self._seen.day, old.rows, new.rows
        late = day[before] >= day[after[0]]
        if 0 < late.sum() <= 1 + len(before) // _STRAY:
            before = before[~late]
        early = day[after] <= day[before[-1]] if len(before) else np.zeros(len(after), np.bool_)
        if 0 < early.sum() <= 1 + len(after) // _STRAY:
            after = after[~early]
        return before, after

    def _one(self, old: Found, new: Found) -> Found:
        before, after = self._cut(old, new)
        twins = np.sort(np.r_[old.twins, new.twins])
        return Found(self._group, np.r_[before, after], twins, new.fit, max(old.score, new.score))


def _may_follow(old: int, new: int) -> bool:
    return min(old, new) * _FOLLOWS[1] >= max(old, new) * _FOLLOWS[0]


def _apart(old: int, new: int) -> int:
    return max(old, new) * 10_000 // max(1, min(old, new))
