"""What may explain that a statement's balance is not ours: rows that, taken another way, make the two agree.

Every candidate changes our balance by exactly the difference; which of them is true only the person can tell.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from data.ids import EntryId

NEAR: Final = timedelta(days=7)  # how far a bank's date may be from ours
USUAL: Final = timedelta(days=62)  # how far back a row that comes again and again is looked for
_TWIN: Final = timedelta(days=3)
_OF_A_KIND: Final = 3
_MOST: Final = 8


class Cause(StrEnum):
    """What may have happened, the more telling first."""

    OPPOSITE_SIGN = "opposite_sign"  # the statement counts what is owed as positive
    TWICE = "twice"  # a row stands here a second time
    NOT_IN_FILE = "not_in_file"  # rows that the statement's own file does not have make up the whole difference
    EARLIER = "earlier"  # ours comes after the day, the statement has it already
    LATER = "later"  # ours comes by the day, the statement has it afterwards
    WRONG_WAY = "wrong_way"  # money in that went out, or the reverse
    ELSEWHERE = "elsewhere"  # stands on another account
    SWAPPED_DIGITS = "swapped_digits"  # two neighbouring digits of the amount are exchanged
    TOO_MANY = "too_many"  # a row of just this amount is not on the statement
    MISSING = "missing"  # a row of just this amount came before and is missing this time
    PAIR = "pair"  # two rows together are not on the statement


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """What an entry did to the account, in minor units. in_file: None when there is no file to look in."""

    entry: EntryId
    on: date
    minor: int
    in_file: bool | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Around:
    """Where to look. period: the rows that should be on the statement; all others on this account but `elsewhere`."""

    on: date
    period: Sequence[Row]
    after: Sequence[Row] = ()
    before: Sequence[Row] = ()
    elsewhere: Sequence[Row] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One explanation: the rows it is about, and how our balance changes if it is true (minor units)."""

    cause: Cause
    entries: tuple[EntryId, ...]
    change: int


def explain(stated: int, ours: int, around: Around) -> list[Candidate]:
    """What may explain the difference, the most telling first; nothing when there is none."""
    missing = stated - ours
    if not missing:
        return []
    found: list[Candidate] = []
    taken: set[tuple[EntryId, ...]] = set()
    for cause, look in _LOOKS.items():
        for entries in itertools.islice(look(missing, ours, around), _OF_A_KIND):
            if entries not in taken:
                taken.add(entries)
                found.append(Candidate(cause, entries, missing))
    return found[:_MOST]


_Found = Iterator[tuple[EntryId, ...]]


def _opposite(missing: int, ours: int, _around: Around) -> _Found:
    if missing == -2 * ours:
        yield ()


def _not_in_file(missing: int, _ours: int, around: Around) -> _Found:
    strange = [row for row in around.period if row.in_file is False]
    if strange and sum(row.minor for row in strange) == -missing:
        yield tuple(row.entry for row in strange)


def _twice(missing: int, _ours: int, around: Around) -> _Found:
    same = [row for row in around.period if row.minor == -missing]
    for first, second in itertools.pairwise(same):
        if second.on - first.on <= _TWIN:
            extra = first if second.in_file and not first.in_file else second
            if not extra.in_file:
                yield (extra.entry,)


def _earlier(missing: int, _ours: int, around: Around) -> _Found:
    yield from _single(around.after, lambda row: row.minor == missing and row.on - around.on <= NEAR)


def _later(missing: int, _ours: int, around: Around) -> _Found:
    """A row of the day itself even where the file has it: a file may hold the next statement too."""
    near = (row for row in around.period if around.on - row.on < NEAR and (row.on == around.on or not row.in_file))
    yield from _single(near, lambda row: row.minor == -missing)


def _wrong_way(missing: int, _ours: int, around: Around) -> _Found:
    yield from _single(around.period, lambda row: -2 * row.minor == missing)


def _elsewhere(missing: int, _ours: int, around: Around) -> _Found:
    yield from _single(around.elsewhere, lambda row: row.minor == missing)


def _swapped_digits(missing: int, _ours: int, around: Around) -> _Found:
    if missing % 9 == 0:  # exchanging two digits always changes a number by a multiple of nine
        yield from _single(around.period, lambda row: not row.in_file and missing in _changes(row.minor))


def _too_many(missing: int, _ours: int, around: Around) -> _Found:
    yield from _single(around.period, lambda row: row.minor == -missing and not row.in_file)


def _missing(missing: int, _ours: int, around: Around) -> _Found:
    if all(row.minor != missing for row in around.period):
        yield from _single(reversed(around.before), lambda row: row.minor == missing)


def _pair(missing: int, _ours: int, around: Around) -> _Found:
    """Two rows that together are too much, those of one day first."""
    seen: defaultdict[int, list[Row]] = defaultdict(list)
    pairs: list[tuple[Row, Row]] = []
    for row in (row for row in around.period if not row.in_file):
        pairs += [(other, row) for other in seen[-missing - row.minor][-_OF_A_KIND:]]
        seen[row.minor].append(row)
    pairs.sort(key=lambda two: two[1].on - two[0].on)
    yield from ((first.entry, second.entry) for first, second in pairs)


def _single(rows: Iterable[Row], fits: Callable[[Row], bool]) -> _Found:
    yield from ((row.entry,) for row in rows if fits(row))


def _changes(minor: int) -> set[int]:
    """By how much the amount changes when two neighbouring digits of it are exchanged."""
    digits, sign = str(abs(minor)), -1 if minor < 0 else 1
    swapped = {
        digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        for at in range(len(digits) - 1)
        if digits[at] != digits[at + 1]
    }
    return {sign * (int(text) - abs(minor)) for text in swapped}


_LOOKS: Final[dict[Cause, Callable[[int, int, Around], _Found]]] = {
    Cause.OPPOSITE_SIGN: _opposite,
    Cause.TWICE: _twice,
    Cause.NOT_IN_FILE: _not_in_file,
    Cause.EARLIER: _earlier,
    Cause.LATER: _later,
    Cause.WRONG_WAY: _wrong_way,
    Cause.ELSEWHERE: _elsewhere,
    Cause.SWAPPED_DIGITS: _swapped_digits,
    Cause.TOO_MANY: _too_many,
    Cause.MISSING: _missing,
    Cause.PAIR: _pair,
}
