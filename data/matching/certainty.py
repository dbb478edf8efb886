"""How sure a chosen pair is: by what it says itself, and by how much worse the best other choice would be.

A row that nothing else near can explain is that row's other half although its texts say little; one that another row
explains nearly as well is not, whatever they say. Exchanges that leave the same books are no other choice.
"""

from __future__ import annotations

import bisect
import dataclasses
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from data.matching.evidence import BANK, CERTAIN, Evidence, Row, score

WORTH_NOTHING: Final = 5_000  # two weak pairs must not outweigh a strong one
_CLOSE: Final = 300  # a rival that stays alone within so many points leaves the choice open
_CLEAR: Final = 1_000  # any other choice at least so much worse leaves none
_MERELY_LIKELY: Final = CERTAIN - 100
_ONLY, _EXPECTED, _AWAITED = 1_000, 1_200, 800
_AROUND: Final = timedelta(days=10)
_LESS: Final = frozenset({"amount_less", "amount_rest", "amount_short"})
_ENOUGH_FOR_LESS: Final = frozenset({"account", "marker", "expected"})  # where the amounts differ

Two = tuple[int, int]


def held_alike(row: Row) -> Hashable:
    """Equal for paired bank rows that leave the same books whichever of two wallet rows each takes."""
    return (row.booked_on, row.kind, row.currency, row.slots)


def told_alike(row: Row) -> Hashable:
    """Equal for wallet rows that tell the same whichever of two bank rows each takes: all but the minute."""
    return (row.booked_on, *row.said[2:])


class Coverage:
    """Whether files hold the days around a row, so that its other half would be there."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._days: defaultdict[str, list[date]] = defaultdict(list)
        for row in rows:
            self._days[_file(row)].append(row.booked_on)
        for days in self._days.values():
            days.sort()

    def of_wallet(self, told: Row, held: Row) -> bool:
        """Whether other rows of the wallet stand soon before and soon after the bank's."""
        return self._around(told, held.booked_on)

    def of_account(self, told: Row, held: Row) -> bool:
        """Whether other rows of the account stand soon before and soon after the wallet's."""
        return self._around(held, told.booked_on)

    def _around(self, row: Row, day: date) -> bool:
        return all(self._other(row, *span) for span in ((day - _AROUND, day), (day, day + _AROUND)))

    def _other(self, row: Row, since: date, until: date) -> bool:
        days = self._days.get(_file(row), [])
        there = bisect.bisect_right(days, until) - bisect.bisect_left(days, since)
        return there > (since <= row.booked_on <= until)


def _file(row: Row) -> str:
    return row.source if row.source != BANK else f"{BANK}:{row.slots[0].key}"


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """The best choice among candidates. points: of every candidate; partner: left → right of the chosen ones."""

    lefts: Sequence[Row]
    rights: Sequence[Row]
    points: Mapping[Two, int]
    partner: Mapping[int, int]

    def margins(self) -> dict[Two, tuple[int, int]]:
        """For each chosen pair the least that another partner for one of its rows would cost.

        First of all exchanges, then only of those with a row that stays alone now.
        """
        holder = {right: left for left, right in self.partner.items()}
        found = {two: (self._worth(*two), self._worth(*two)) for two in self.partner.items()}
        for left, right in self.points:
            for two, cost, alone in self._exchanges(left, right, holder):
                least, least_alone = found[two]
                found[two] = (min(least, cost), min(least_alone, cost) if alone else least_alone)
        return found

    def _exchanges(self, left: int, right: int, holder: Mapping[int, int]) -> Iterator[tuple[Two, int, bool]]:
        """What it would cost the chosen pairs of either row to be this pair instead; and whether a row was alone."""
        mine, whose = self.partner.get(left), holder.get(right)
        if mine == right:
            return
        if mine is not None and whose is not None:
            if not self._same_books(left, whose, right, mine):
                back = self._worth(whose, mine) if (whose, mine) in self.points else 0
                cost = self._worth(left, mine) + self._worth(whose, right) - self._worth(left, right) - back
                yield (left, mine), cost, False
                yield (whose, right), cost, False
        elif mine is not None and self.rights[right].said != self.rights[mine].said:
            yield (left, mine), self._worth(left, mine) - self._worth(left, right), True
        elif whose is not None and self.lefts[left].said != self.lefts[whose].said:
            yield (whose, right), self._worth(whose, right) - self._worth(left, right), True

    def _same_books(self, left: int, other_left: int, right: int, other_right: int) -> bool:
        return told_alike(self.lefts[left]) == told_alike(self.lefts[other_left]) or held_alike(
            self.rights[right]
        ) == held_alike(self.rights[other_right])

    def _worth(self, left: int, right: int) -> int:
        return self.points[left, right] - WORTH_NOTHING


def settled(
    evidence: tuple[Evidence, ...], margins: tuple[int, int], rows: tuple[Row, Row], coverage: Coverage
) -> tuple[Evidence, ...]:
    """The evidence with what the other choices say, and with what the files of the two rows hold."""
    margin, alone = margins
    codes = {one.code for one in evidence}
    if alone <= _CLOSE:
        return (*evidence, Evidence("rival", "", 0))
    if alone < _CLEAR or margin <= _CLOSE or not _speaks(codes):
        return evidence
    found = list(evidence)
    if margin >= _CLEAR and "rare" not in codes and not codes & _LESS:
        found.append(Evidence("only", "", _ONLY))
    if margin >= _CLEAR or not codes & _LESS:
        found += _expected(codes, rows, coverage)
    return tuple(found)


def _expected(codes: set[str], rows: tuple[Row, Row], coverage: Coverage) -> Iterator[Evidence]:
    if "marker" in codes and coverage.of_wallet(*rows):
        yield Evidence("expected", "", _EXPECTED)
    if "account" in codes and coverage.of_account(*rows):
        yield Evidence("awaited", "", _AWAITED)


def _speaks(codes: set[str]) -> bool:
    """Whether anything but amount and day speaks for the pair, and no name against it that a marker explains."""
    named = codes & {"marker", "account", "quick_pay", "repayment", "own_name"}
    return bool(named) and not ("payee_differs" in codes and "marker" not in codes)


def confidence(evidence: tuple[Evidence, ...]) -> int:
    """Points of a pair; of one that leaves a choice no more than makes it likely."""
    codes = {one.code for one in evidence}
    open_ = codes & {"rival", "amount_short"} or (codes & _LESS and not codes >= _ENOUGH_FOR_LESS)
    if open_:
        return min(score(evidence), _MERELY_LIKELY)
    return score(evidence)
