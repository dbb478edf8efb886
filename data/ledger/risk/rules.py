"""The rules of the monitor: what makes a debit unlike its owner, what each sign weighs, and what follows.

Every rule says how strongly its sign shows, from 0 to 1; the table weighs them; the sum is the score. Weights are about
logarithms of odds: signs that are independent add up. They were chosen once, on half of the people of two public sets
of labelled payments together (`python -m tests.benchmarks.risk`), then left alone; rules that these sets cannot speak
about have weights by judgement. What the rules know is the debit, its owner's profile and reports about its payee:
what other people pay elsewhere changes nothing.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Final

from data.ledger.risk.payees import DAY, Reported
from data.ledger.risk.profile import FEWEST, HOURS, Debit, Profile

MINUTE: Final = 60
HOUR: Final = 3_600
Fact = int | str


class Verdict(StrEnum):
    """What becomes of a debit."""

    PASS = "pass"  # noqa: S105 - a verdict
    ASK = "ask"
    REFUSE = "refuse"


class Sensitivity(StrEnum):
    """How soon a person wants to be asked."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


# From which score on the person is asked, and from which the debit is refused and the wallet frozen.
THRESHOLDS: Final[Mapping[Sensitivity, tuple[float, float]]] = MappingProxyType(
    {Sensitivity.LOW: (6.0, 11.0), Sensitivity.NORMAL: (4.5, 9.0), Sensitivity.HIGH: (3.0, 7.0)}
)


@dataclasses.dataclass(slots=True)
class View:
    """A debit before it is made, beside what is known: what several rules look at, worked out once.

    distance: of the amount from the usual, in steps to the top tenth; big: the same from 0 (near the usual) to 1.
    odd: how many of the last debits, in fourteen days, were unusual; odd_lately: in two days. known: enough history.
    record: how far beyond the largest before; unheard: how far beyond all that was paid more than two weeks ago.
    twin: seconds since the same was paid to the same payee, None when not in two minutes. declines: in a row, up to
    now. refunds: of the last debits, how many were asked back.
    """

    debit: Debit
    profile: Profile
    reported: Reported | None
    new_device: bool
    known: bool = False
    middle: float = 0.0
    distance: float = 0.0
    big: float = 0.0
    record: float = 0.0
    unheard: float = 0.0
    odd: float = 0.0
    odd_lately: float = 0.0
    strange_hour: float = 0.0
    within_hour: int = 0
    twin: int | None = None
    declines: int = 0
    refunds: int = 0


Strength = Callable[[View], float]
Facts = Callable[[View], Mapping[str, Fact]]


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One sign. code: what catalogues call it. asks_only: it can make the wallet ask, never refuse."""

    code: str
    weight: float
    strength: Strength
    facts: Facts
    asks_only: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """A sign that showed. points: what it added, in thousandths; facts: what a sentence about it may mention."""

    code: str
    points: int
    facts: Mapping[str, Fact]


@dataclasses.dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict with its score (thousandths) and its reasons, the heaviest first."""

    verdict: Verdict
    score: int
    reasons: tuple[Reason, ...]


PASSED: Final = Assessment(Verdict.PASS, 0, ())


def ramp(value: float, start: float, end: float) -> float:
    """0 up to `start`, 1 from `end` on, straight between."""
    if value <= start:
        return 0.0
    return 1.0 if value >= end else (value - start) / (end - start)


_RECENT: Final = 10
_LONG_AGO: Final = 14 * DAY
_LATELY: Final = 2 * DAY
_ODD_FROM, _ODD_WIDTH = 1.2, 1.5  # from which distance on a debit was unusual, and how much further fully so


def view_of(debit: Debit, profile: Profile, reported: Reported | None, *, new_device: bool = False) -> View:
    """What the rules look at."""
    view = View(debit, profile, reported, new_device)
    view.within_hour = profile.within(debit.at - HOUR)
    usual = profile.amounts.get(debit.currency)
    scale = usual.scale() if usual is not None else None
    middle, step = scale or (0.0, 0.0)
    _look_back(view, middle, step)
    if usual is None or scale is None:
        return view
    view.known, view.middle = True, middle
    view.distance = distance = (debit.size - middle) / step
    if distance > _BIG_FROM:
        view.big = ramp(distance, _BIG_FROM, 1.6)
        if len(usual.sizes) >= 2 * FEWEST:
            view.record = ramp(debit.size - usual.largest(2), 0.0, 0.4)
        if distance > _UNHEARD_FROM:
            view.unheard = ramp(distance, _UNHEARD_FROM, 2.5) / (1 + _heard(view, middle + _RARE * step)) ** 2
    view.strange_hour = _strange(profile, debit.hour)
    return view


_BIG_FROM: Final = 0.4
_UNHEARD_FROM: Final = 1.5
_RARE: Final = 1.9  # steps; few people's amounts come so far, and whoever's do is not unusual for it
USUAL_BELOW: Final = 1.4  # the distance from which an amount is unusual


def _heard(view: View, size: float) -> int:
    """How often such an amount was paid before, more than two weeks ago: a thief's own debits are no habit yet."""
    start, currency = view.debit.at - _LONG_AGO, view.debit.currency
    count = 0
    for before in view.profile.debits:
        if before.at >= start:
            break
        count += before.size > size and before.currency == currency and not before.disputed
    return count


def _look_back(view: View, middle: float, step: float) -> None:
    """What the last debits say; step 0: no amount is unusual yet. One walk for all rules: the writer waits for it."""
    now, currency, in_a_row = view.debit.at, view.debit.currency, True
    for before in islice(reversed(view.profile.debits), _RECENT):
        age = now - before.at
        if age <= _TWIN and view.twin is None and _same(before, view.debit):
            view.twin = max(age, 0)
        if before.refunded:
            view.refunds += 1
        if in_a_row:
            in_a_row = before.declined and age < DAY
            view.declines += in_a_row
        if step and age < _LONG_AGO and before.currency == currency and not before.disputed:
            odd = ((before.size - middle) / step - _ODD_FROM) / _ODD_WIDTH
            if odd > 0.0:
                odd = min(odd, 1.0)
                view.odd += odd
                if age < _LATELY:
                    view.odd_lately += odd


_TWIN: Final = 2 * MINUTE


def _same(one: Debit, other: Debit) -> bool:
    return one.minor == other.minor and one.payee == other.payee and one.currency == other.currency and not one.declined


def _strange(profile: Profile, hour: int) -> float:
    """How much rarer the hour is than if one paid all day evenly, as a logarithm; the hours beside it count half."""
    hours = profile.hours
    near = hours[hour] + (hours[hour - 1] + hours[(hour + 1) % HOURS]) / 2
    return math.log((profile.counted + HOURS / 2) / ((near + 1) * (HOURS / 2)))


def _new_payee(view: View) -> float:
    return view.big if view.known and view.debit.payee not in view.profile.payees else 0.0


_SEASONED: Final = 30  # debits before a first time in a category says anything


def _new_kind(view: View) -> float:
    if not view.debit.category or len(view.profile.debits) < _SEASONED:
        return 0.0
    return view.big if view.profile.kinds.get(view.debit.category, 0) < FEWEST // 2 else 0.0


def _reported(view: View) -> float:
    if view.reported is None:
        return 0.0
    return ramp(view.reported.standing(view.debit.at)[0], 0.05, 0.4)


_WATCHED: Final = 21 * DAY


def _disputed_before(view: View) -> float:
    """After one's wallet was abused, what is larger than usual is looked at more closely for three weeks."""
    if not view.profile.disputes:
        return 0.0
    lately = sum(not usual and view.debit.at - at < _WATCHED for at, usual in view.profile.disputes)
    return min(lately, 2) / 2 * view.big


def _unusual_facts(view: View) -> Mapping[str, Fact]:
    usual = round(math.exp(view.middle))
    return {
        "amount_minor": view.debit.minor,
        "usual_minor": usual,
        "currency": view.debit.currency,
        "times": max(1, round(view.debit.minor / usual)),
    }


def _record_facts(view: View) -> Mapping[str, Fact]:
    most = round(math.exp(view.profile.amounts[view.debit.currency].largest(0)))
    return {"most_minor": most, "currency": view.debit.currency, "debits": len(view.profile.debits)}


def _odd_facts(view: View) -> Mapping[str, Fact]:
    return {"debits": max(1, round(view.odd))}


def _nothing(_view: View) -> Mapping[str, Fact]:
    return {}


RULES: Final = (
    Rule("unheard_amount", 5.0, lambda v: v.unheard, _unusual_facts),
    Rule("unusual_amount", 0.5, lambda v: ramp(v.distance, USUAL_BELOW, 3.0), _unusual_facts),
    Rule("record_amount", 0.75, lambda v: v.record, _record_facts),
    Rule("new_payee", 0.5, _new_payee, _nothing),
    Rule("new_kind", 3.75, _new_kind, lambda v: {"category": v.debit.category}),
    Rule("unusual_hour", 2.0, lambda v: ramp(v.strange_hour, 0.8, 2.4), lambda v: {"hour": v.debit.hour}),
    Rule("large_at_odd_hour", 1.25, lambda v: ramp(v.strange_hour, 0.1, 1.5) * v.big, lambda v: {"hour": v.debit.hour}),
    Rule("velocity", 3.75, lambda v: ramp(v.within_hour, 1, 4), lambda v: {"debits": v.within_hour + 1}),
    Rule("unusual_lately", 3.0, lambda v: ramp(v.odd_lately, 0.4, 2.0), _odd_facts),
    Rule("series_lately", 1.0, lambda v: ramp(v.odd_lately, 0.4, 2.0) * v.big, _odd_facts),
    Rule("series", 0.75, lambda v: ramp(v.odd, 0.5, 2.5) * v.big, _odd_facts),
    Rule("payee_reported", 7.0, _reported, _nothing, asks_only=True),
    Rule("reported_before", 2.5, _disputed_before, _nothing),
    Rule("duplicate", 5.0, lambda v: float(v.twin is not None), lambda v: {"seconds": v.twin or 0}, asks_only=True),
    Rule("new_device", 1.5, lambda v: float(v.new_device), _nothing),
    Rule("large_on_new_device", 2.0, lambda v: v.big if v.new_device else 0.0, _nothing),
    Rule("declines", 4.5, lambda v: ramp(v.declines, 1, 4), lambda v: {"declines": v.declines}),
    Rule("refunds", 3.0, lambda v: ramp(v.refunds, 2, 5), lambda v: {"refunds": v.refunds}),
)


def score_of(view: View) -> tuple[float, float]:
    """What all signs come to, and what of it may refuse."""
    everything = firm = 0.0
    for rule in RULES:
        strength = rule.strength(view)
        if strength:
            points = rule.weight * strength
            everything += points
            if not rule.asks_only:
                firm += points
    return everything, firm


def assess(view: View, sensitivity: Sensitivity = Sensitivity.NORMAL) -> Assessment:
    """The verdict; its reasons are worked out for those that do not pass."""
    everything, firm = score_of(view)
    ask, refuse = THRESHOLDS[sensitivity]
    if everything < ask:
        return PASSED
    verdict = Verdict.REFUSE if firm >= refuse else Verdict.ASK
    return Assessment(verdict, round(everything * 1000), _reasons(view))


def _reasons(view: View) -> tuple[Reason, ...]:
    found = [(rule, rule.weight * rule.strength(view)) for rule in RULES]
    showing = sorted((one for one in found if one[1]), key=lambda one: -one[1])
    return tuple(Reason(rule.code, round(points * 1000), rule.facts(view)) for rule, points in showing)


def is_usual(view: View) -> bool:
    """Whether the amount is no unusual one for the person, as far as is known."""
    return view.distance < USUAL_BELOW
