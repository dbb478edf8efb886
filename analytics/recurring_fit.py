"""Which rhythm dated events keep, if any, and how unlikely it is that they keep it by chance.

Cadence first: amounts are not looked at here. Scores are natural logarithms of odds, not money.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from analytics.cube import Ints, Mask
from analytics.recurring_rhythm import (
    Almanac,
    Cadence,
    Rhythm,
    Rule,
    day_of_month,
    length,
    month_of,
    months,
    named_day,
    nth_weekday,
    tolerance,
)

FEWEST: Final = 3
_FEWEST_YEARS: Final = 2
_OFTEN_DAYS: Final = 2  # how many of the commonest days of the month are tried
_EARLY_IN_MONTH, _LATE_IN_MONTH = 26, 28
_COVERED: Final = 0.7  # of the slots between the first and the last event
_PRECISE: Final = 0.5  # of the events lie on a slot, one for each
_EXACT: Final = 0.85  # of the events, for a rule that is rarer than a day of the month
_RARE_FEWEST: Final = 4
_PENALTY: Final = 0.25
_PAUSE_WEEKS, _PAUSE_MONTHS = 10, 4  # slots
_TRIED: Final = 1.6  # log of how many rules are tried for a cadence
_MOST_ODD: Final = 10
_MOST_GAPS: Final = (2, 5)
_GAPS: Final = {cadence: (length(cadence), tolerance(cadence)) for cadence in Cadence}


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Events on a rhythm. slot, beside: of each event, and whether it is near enough to be the one that was due.

    score: log odds against chance; precise: how much of the events are payments of slots, one each.
    """

    rhythm: Rhythm
    slot: Ints
    near: Mask
    beside: Ints
    score: float
    precise: float


def fit(day: Ints, almanac: Almanac) -> Fit | None:
    """The best rhythm of events in order of their days; None where there is none."""
    gaps = day[1:] - day[:-1]
    gaps = gaps[gaps > 0]
    if len(gaps) < _FEWEST_YEARS - 1:
        return None
    found = [one for cadence in _possible(gaps) if (one := _of_cadence(cadence, day, almanac)) is not None]
    return max(found, key=lambda one: one.score, default=None)


def _possible(gaps: Ints) -> Iterator[Cadence]:
    """The cadences that the middle gap allows, and that many gaps are about one or two of."""
    middle = int(np.sort(gaps)[len(gaps) // 2])
    for cadence, (days, loose) in _GAPS.items():
        enough = len(gaps) + 1 >= (_FEWEST_YEARS if cadence is Cadence.YEARLY else FEWEST)
        if enough and abs(middle - days) <= max(days // 8, loose):
            fits = (np.abs(gaps - days) <= 2 * loose) | (np.abs(gaps - 2 * days) <= 2 * loose)
            if _MOST_GAPS[1] * int(fits.sum()) >= _MOST_GAPS[0] * len(gaps):
                yield cadence


def _of_cadence(cadence: Cadence, day: Ints, almanac: Almanac) -> Fit | None:
    best: tuple[float, Rhythm, Ints, Ints] | None = None
    most = tolerance(cadence) + 3
    for rhythm, penalty in _rhythms(cadence, day, almanac):
        slot, beside, off = almanac.place(rhythm, day)
        cost = int((10 * np.minimum(beside, most) + np.minimum(off, _MOST_ODD)).sum()) / (10 * len(day)) + penalty
        if best is None or cost < best[0]:
            best = cost, rhythm, slot, beside
    return None if best is None else _judged(*best[1:], day)


def _rhythms(cadence: Cadence, day: Ints, almanac: Almanac) -> Iterator[tuple[Rhythm, float]]:
    every = months(cadence)
    if not every:
        yield from ((Rhythm(cadence, Rule.DAYS, at), 0.0) for at in _phases(day % length(cadence), length(cadence)))
        return
    phase = None if every > 1 else 0
    for rule, at, penalty in _rules(day, almanac):
        if phase is None:  # the month is the same whichever of its days is due, but for days around its ends
            phase = _commonest(almanac.nearest_month(almanac.table(rule, at), day) % every)
        yield Rhythm(cadence, rule, at, phase), penalty


def _rules(day: Ints, almanac: Almanac) -> Iterator[tuple[Rule, int, float]]:
    """Rules worth trying: the commonest days of the month and the middle one; rarer rules where all keep them."""
    of_month = day_of_month(day)
    days = set(_often(of_month)) | {_middle(of_month, 31)}
    if len(days & set(range(_EARLY_IN_MONTH, 32))):
        days.add(31)
    yield from ((*named_day(at), 0.0) for at in sorted(days))
    if len(day) < _RARE_FEWEST:
        return
    nth = nth_weekday(day)
    usual = _commonest(nth)
    if (nth == usual).mean() >= _EXACT:
        yield Rule.WEEKDAY, usual, _PENALTY
    if int(of_month.max()) >= _LATE_IN_MONTH:
        due = almanac.table(Rule.LAST_WORKDAY, 0)[0]
        here = np.clip(month_of(day) - almanac.month0, 0, almanac.month_count - 1)
        if (due[here] == day).mean() >= _EXACT:
            yield Rule.LAST_WORKDAY, 0, 0.0


def _phases(within: Ints, every: int) -> set[int]:
    return set(_often(within)) | {_middle(within, every)}


def _often(values: Ints) -> list[int]:
    counts = np.bincount(values)
    order: list[int] = np.argsort(-counts, kind="stable")[:_OFTEN_DAYS].tolist()
    return [value for value in order if counts[value]]


def _commonest(values: Ints) -> int:
    return int(np.argmax(np.bincount(values)))


def _middle(values: Ints, around: int) -> int:
    """The mean of numbers that go round, such as days of a month."""
    angle = values * (2 * math.pi / around)
    turned = math.atan2(float(np.sin(angle).mean()), float(np.cos(angle).mean())) / (2 * math.pi) * around
    return round(turned) % around or (around if around == 31 else 0)  # noqa: PLR2004 - a month's last day


def _judged(rhythm: Rhythm, slot: Ints, beside: Ints, day: Ints) -> Fit | None:
    near = beside <= tolerance(rhythm.cadence)
    hit = _run(np.unique(slot[near]), _PAUSE_WEEKS if rhythm.rule is Rule.DAYS else _PAUSE_MONTHS)
    enough = _FEWEST_YEARS if rhythm.cadence is Cadence.YEARLY else FEWEST
    if len(hit) < enough:
        return None
    near &= (slot >= hit[0]) & (slot <= hit[-1])
    slots = int(hit[-1] - hit[0]) + 1
    covered, precise = len(hit) / slots, len(hit) / len(day)
    if covered < _COVERED or precise < _PRECISE:
        return None
    spread = int(np.sort(beside[near])[int(0.9 * (near.sum() - 1))])
    chance = _chance(rhythm, spread, len(day), int(day[-1] - day[0]))
    score = (slots - 1) * _surprise(covered, chance) - _TRIED
    return Fit(rhythm, slot, near, beside, score, precise)


def _run(hit: Ints, pause: int) -> Ints:
    """The longest run of slots without a longer pause: a purchase years later is no part of it."""
    if len(hit) < FEWEST:
        return hit
    return max(np.split(hit, np.flatnonzero(hit[1:] - hit[:-1] > pause) + 1), key=len)


def _chance(rhythm: Rhythm, spread: int, count: int, span: int) -> float:
    """How likely one of `count` random days in `span` hits a given slot, as loosely as these events keep them."""
    wide = 1 + 2 * spread + (1 if rhythm.rule is not Rule.DAYS else 0)
    rate = count / (span + length(rhythm.cadence))
    return 1 - math.exp(-rate * wide)


def _surprise(seen: float, chance: float) -> float:
    """How far the seen share lies above chance, in log odds a slot."""
    if seen <= chance:
        return 0.0
    missed = (1 - seen) * math.log((1 - seen) / (1 - chance)) if seen < 1 else 0.0
    return seen * math.log(seen / chance) + missed
