"""Am I within my limits: each envelope of a month, its carry-over through the months before, its pace.

available = limit + carried − spending − what is held for payments that wait for a bank. A month's carry mode says
what it takes over from the month before; the chain begins with the first month that has the limit, and afresh after a
month without one. Budgets count a refund when it arrives, so closed months stay closed. A category's envelope holds its
children too; a child's own is independent.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np

from analytics.cube import Cube, add_up, number_of
from analytics.figures import WHOLE
from analytics.held import Held, answered
from analytics.months import complete_months, outline
from analytics.scope import Scope
from data.period import Span, months_between, shift_months
from data.planning import OVERALL, THRESHOLDS, Carry, LimitChange, limit_history, month_name

_OWNERS: Final = 256
_LIMITS: Final = ("budget_limit",)
_PAYMENTS: Final = ("open payment", "payment_event")  # one that is complete at once waits for nothing
_AVERAGED: Final = 3
_held: Held[tuple[LimitChange, ...]] = Held(_OWNERS)
_held_envelopes: Held[tuple[Envelope, ...]] = Held(_OWNERS)
_held_waiting: Held[list[tuple[str, str, int]]] = Held(_OWNERS)
LimitKey = tuple[str, str]  # category ("" overall), currency


class Status(StrEnum):
    """How an envelope stands. `ahead`: below 80 %, but spent faster than the days went by."""

    ON_PACE = "on_pace"
    AHEAD = "ahead"
    NEAR_LIMIT = "near_limit"
    REACHED = "reached"
    OVER = "over"


@dataclasses.dataclass(frozen=True, slots=True)
class Envelope:
    """One limit in one month, minor units. category "" is the overall one; carried and available are signed.

    used: basis points of limit + carried, rounded down, not capped; None when there is nothing to use. even_share: what
    would have been spent by today at an even pace (the whole in a past month). days_left: including today; 0 in a past
    month. per_day: what may be spent on each of them, rounded down. held: payments of this month that wait for a bank.
    """

    month: Span
    category: str
    currency: str
    limit: int
    carry: Carry
    carried: int
    spending: int
    even_share: int
    days_left: int
    held: int = 0

    @property
    def whole(self) -> int:
        """Limit + carried: what there is to spend this month."""
        return self.limit + self.carried

    @property
    def available(self) -> int:
        """What is left when the payments that are under way arrive too; negative when overrun."""
        return self.whole - self.spending - self.held

    @property
    def overrun(self) -> int:
        """How far beyond the limit; 0 when within it. Never capped."""
        return max(0, self.spending - self.whole)

    @property
    def used(self) -> int | None:
        """Spending in basis points of what there is to spend."""
        return max(0, self.spending) * WHOLE // self.whole if self.whole > 0 else None

    @property
    def per_day(self) -> int:
        """What may be spent on each day left, today included."""
        return max(0, self.available) // self.days_left if self.days_left else 0

    @property
    def crossed(self) -> tuple[int, ...]:
        """The warning thresholds (per cent) that the spending has reached."""
        if self.spending <= 0:
            return ()
        return tuple(t for t in THRESHOLDS if self.spending * 100 >= self.whole * t)

    @property
    def status(self) -> Status:
        """The worst that is true of it."""
        if self.spending > self.whole:
            return Status.OVER
        if self.spending > 0 and self.crossed:
            return Status.REACHED if THRESHOLDS[-1] in self.crossed else Status.NEAR_LIMIT
        return Status.AHEAD if self.spending > self.even_share and self.days_left else Status.ON_PACE


@dataclasses.dataclass(frozen=True, slots=True)
class Budget:
    """The envelopes of one month in one currency: the overall one, and one for each limited category.

    unlimited: spending that no category's limit covers, by top category, largest first.
    """

    month: Span
    currency: str
    overall: Envelope | None
    envelopes: tuple[Envelope, ...]
    unlimited: tuple[tuple[str, int], ...]

    @property
    def all(self) -> tuple[Envelope, ...]:
        """The overall envelope first, when there is one."""
        return (*((self.overall,) if self.overall else ()), *self.envelopes)


def budget(scope: Scope, month: Span, currency: str) -> Budget:
    """How the limits of a month stand, categories in the order of the taxonomy."""
    order = {key: place for place, key in enumerate(scope.categories)}
    found = [e for e in envelopes(scope, month) if e.currency == currency]
    limited = sorted((e for e in found if e.category), key=lambda e: order.get(e.category, len(order)))
    overall = next((e for e in found if not e.category), None)
    covered = {key for e in limited for key in scope.within(e.category)}
    rest: dict[str, int] = {}
    for key, amount in _by_category(outline(scope), month, currency).items():
        if key not in covered:
            rest[scope.top(key)] = rest.get(scope.top(key), 0) + amount
    unlimited = sorted(((k, a) for k, a in rest.items() if a), key=lambda pair: (-pair[1], pair[0]))
    return Budget(month, currency, overall, tuple(limited), tuple(unlimited))


def envelopes(scope: Scope, month: Span) -> list[Envelope]:
    """Every envelope of a month, in every currency; answered from memory."""
    key = (month, scope.today, scope.start_day)
    return list(_held_envelopes.get(scope.db, scope.owner, key, lambda: tuple(_envelopes(scope, month))))


def _envelopes(scope: Scope, month: Span) -> list[Envelope]:
    changes = _changes(scope)
    keys = dict.fromkeys((c.category, c.currency) for c in changes)
    chains = (_chain(scope, changes, key, month) for key in keys)
    found = [chain[-1] for chain in chains if chain and chain[-1].month == month]
    waiting = _waiting(scope, month) if found else []
    return [dataclasses.replace(one, held=_held_for(scope, one, waiting)) for one in found] if waiting else found


_WAITING: Final = """
SELECT category, currency, cast(sum(cash) AS bigint) FROM published_payment
WHERE owner = $owner AND state_now IN ('processing', 'manual') AND booked_on >= $start AND booked_on < $end
GROUP BY category, currency"""


def _waiting(scope: Scope, month: Span) -> list[tuple[str, str, int]]:
    """What payments that wait for a bank would spend, by category and currency."""
    params = {"owner": scope.owner, "start": month.start, "end": month.end}
    return _held_waiting.get(scope.db, scope.owner, month, lambda: scope.db.read(_WAITING, params), tables=_PAYMENTS)


def _held_for(scope: Scope, one: Envelope, waiting: Iterable[tuple[str, str, int]]) -> int:
    within = scope.within(one.category) if one.category else None
    return sum(
        cash
        for category, currency, cash in waiting
        if currency == one.currency and (within is None or category in within)
    )


def along(scope: Scope, spans: Sequence[Span], currency: str) -> tuple[Envelope, ...]:
    """The envelopes of consecutive months: by month, the overall one first, then in the order of the taxonomy."""
    if not spans:
        return ()
    order = {key: place for place, key in enumerate((OVERALL, *scope.categories))}
    changes = _changes(scope)
    keys = dict.fromkeys((c.category, c.currency) for c in changes if c.currency == currency)
    found = [e for key in keys for e in _chain(scope, changes, key, spans[-1]) if e.month.start >= spans[0].start]
    return tuple(sorted(found, key=lambda e: (e.month.start, order.get(e.category, len(order)))))


@answered()
def history(scope: Scope, category: str, currency: str, last: Span, count: int = 12) -> tuple[Envelope | Actual, ...]:
    """Budget against actual: for each of `count` months its envelope, or what was spent where there was no limit."""
    key = (category, currency)
    found = {e.month: e for e in _chain(scope, _changes(scope), key, last)}
    spans = scope.months(last, count)
    spent = _spending(scope, key, spans)
    return tuple(found.get(span, Actual(span, spent[span.start])) for span in spans)


@dataclasses.dataclass(frozen=True, slots=True)
class Actual:
    """A month's spending where there is no limit."""

    month: Span
    spending: int


def limits_at(changes: Iterable[LimitChange], month: date) -> dict[LimitKey, LimitChange]:
    """The change in force for each limit in a month; ended limits are there with amount None."""
    newest: dict[LimitKey, LimitChange] = {}
    for one in changes:
        key = (one.category, one.currency)
        known = newest.get(key)
        if one.from_month <= month_name(month) and (
            known is None or (known.from_month, known.seq) <= (one.from_month, one.seq)
        ):
            newest[key] = one
    return newest


def limits_in_force(scope: Scope, month: Span, currency: str) -> dict[str, LimitChange]:
    """The limits of a month by category ("" overall), for the editing table."""
    found = limits_at(_changes(scope), month.start)
    return {category: one for (category, code), one in found.items() if code == currency and one.amount is not None}


def limit_changes(scope: Scope) -> tuple[LimitChange, ...]:
    """Every change of every limit, the newest first."""
    return tuple(reversed(_changes(scope)))


@answered()
def suggestions(scope: Scope, month: Span, currency: str) -> dict[str, int]:
    """Limits to start from: the monthly average of the three complete months before, by category and "" overall.

    Whole minor units, rounded down; of fewer months when there are no three; top categories and children alike.
    """
    before = [span for span in complete_months(scope) if span.end <= month.start][-_AVERAGED:]
    if not before:
        return {}
    cube = outline(scope)
    sums: dict[str, int] = {}
    for span in before:
        for key, amount in _by_category(cube, span, currency).items():
            for place in {key, scope.top(key), OVERALL}:
                sums[place] = sums.get(place, 0) + amount
    return {key: total // len(before) for key, total in sums.items() if total >= len(before)}


def assess(
    changes: Sequence[LimitChange], spans: Sequence[Span], spending: Mapping[date, int], today: date
) -> list[Envelope]:
    """The envelopes of one limit along consecutive months, given its changes and each month's spending."""
    chain: list[Envelope] = []
    before: Envelope | None = None
    for span in spans:
        limit = next(iter(limits_at(changes, span.start).values()), None)
        if limit is None or limit.amount is None:
            before = None
            continue
        carried = _carried(limit.carry, before)
        before = _envelope(span, limit, limit.amount, carried, spending.get(span.start, 0), today)
        chain.append(before)
    return chain


def _carried(carry: Carry, before: Envelope | None) -> int:
    if before is None or carry is Carry.NONE:
        return 0
    return before.available if carry is Carry.SIGNED else max(0, before.available)


def _envelope(span: Span, limit: LimitChange, amount: int, carried: int, spending: int, today: date) -> Envelope:
    elapsed = min(max((today - span.start).days + 1, 0), span.days)
    return Envelope(
        month=span,
        category=limit.category,
        currency=limit.currency,
        limit=amount,
        carry=limit.carry,
        carried=carried,
        spending=spending,
        even_share=max(0, amount + carried) * elapsed // span.days,
        days_left=0 if today >= span.end else (span.end - max(today, span.start)).days,
    )


def _chain(scope: Scope, changes: Sequence[LimitChange], key: LimitKey, last: Span) -> list[Envelope]:
    own = [c for c in changes if (c.category, c.currency) == key]
    if not own:
        return []
    first = shift_months(min(c.from_month for c in own), 0, scope.start_day)
    if first > last.start:
        return []
    spans = months_between(Span(first, last.end), scope.start_day)
    return assess(own, spans, _spending(scope, key, spans), scope.today)


def _changes(scope: Scope) -> tuple[LimitChange, ...]:
    return _held.get(scope.db, scope.owner, "limits", lambda: limit_history(scope.db, scope.owner), tables=_LIMITS)


def _spending(scope: Scope, key: LimitKey, spans: Sequence[Span]) -> dict[date, int]:
    category, currency = key
    starts = np.asarray([number_of(span.start) for span in spans], np.int64)
    cube = outline(scope).months(int(starts[0]), number_of(spans[-1].end))
    mask = cube.currency.is_(currency)
    if category != OVERALL:
        mask &= cube.category.among(scope.within(category))
    places = np.searchsorted(starts, cube.when[mask], side="right") - 1
    sums = add_up(places, cube.spending[mask], len(spans)).tolist()
    return {span.start: amount for span, amount in zip(spans, sums, strict=True)}


def _by_category(cube: Cube, month: Span, currency: str) -> dict[str, int]:
    cut = cube.months(number_of(month.start), number_of(month.end)).of(currency)
    return dict(zip(cut.category.values, cut.category.add_up(cut.spending).tolist(), strict=True))
