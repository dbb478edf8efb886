"""Where did the money go in a span: totals, by category, by payee, by account, against the span before.

Spending = expenses + fees − refunds; every answer is of one currency; facts left out of reports don't count.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from analytics.cube import Cube
from analytics.figures import basis_points, change
from analytics.held import Held, answered
from analytics.months import by_payees, currencies, is_whole, meet, within
from analytics.scope import Scope
from data.categories.taxonomy import Categories
from data.period import Span, Touched, months_between, shift_months

Side = Literal["spending", "income"]


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """One span in one currency, minor units. refunds and fees are positive figures; transfers are not in `count`."""

    currency: str
    expenses: int = 0
    fees: int = 0
    refunds: int = 0
    income: int = 0
    count: int = 0

    @property
    def spending(self) -> int:
        """Expenses + fees − refunds."""
        return self.expenses + self.fees - self.refunds

    @property
    def saved(self) -> int:
        """Income − spending."""
        return self.income - self.spending

    @property
    def savings_rate(self) -> int | None:
        """What was saved of the income, in basis points; None without income."""
        return basis_points(self.saved, self.income)


@dataclasses.dataclass(frozen=True, slots=True)
class Slice:
    """One category, payee or account of a breakdown.

    key: category key, payee key or account id. label: the payee's text, else "". amount: minor units, negative where
    refunds outweigh. share: of the breakdown's total, basis points, None without a positive total. before: the same
    in the span compared with. parts: a top category's own bookings and children; they add up to it.
    """

    key: str
    amount: int
    count: int
    share: int | None
    before: int
    label: str = ""
    parts: tuple[Slice, ...] = ()

    @property
    def change(self) -> int | None:
        """Against `before`, in basis points; None when there was nothing."""
        return change(self.amount, self.before)


@dataclasses.dataclass(frozen=True, slots=True)
class Breakdown:
    """A span's spending or income, split; slices largest first, adding up to `total`."""

    span: Span
    compared: Span
    currency: str
    side: Side
    total: int
    before: int
    slices: tuple[Slice, ...]


_SLICES: Final = 100_000  # about 100 bytes each


def _slices(answer: Breakdown) -> int:
    return 1 + len(answer.slices) + sum(len(one.parts) for one in answer.slices)


@answered()
def totals(scope: Scope, span: Span, currency: str) -> Totals:
    """The span's figures in one currency."""
    return assess_totals(within(scope, span, outlined=True), currency)


@answered()
def all_totals(scope: Scope, span: Span) -> tuple[Totals, ...]:
    """The span's figures in each currency the owner has, the most used currency first; never added together."""
    cube = within(scope, span, outlined=True)
    return tuple(assess_totals(cube, currency) for currency in currencies(scope))


def assess_totals(cube: Cube, currency: str) -> Totals:
    """The figures of a cube in one currency."""
    cube = cube.of(currency).moving()
    by_kind = dict(zip(cube.kind.values, cube.kind.add_up(cube.spending).tolist(), strict=True))
    fees, refunds = by_kind.get("fee", 0), -by_kind.get("refund", 0)
    expenses = sum(by_kind.values()) - fees + refunds
    return Totals(currency, expenses, fees, refunds, int(cube.income.sum()), int(cube.count.sum()))


def comparable(scope: Scope, span: Span) -> Span:
    """The span to compare with: as many months before (or days, for a span of days).

    A span that is still running is compared with the same number of days of the one before.
    """
    if is_whole(scope, span):
        count = len(months_between(span, scope.start_day))
        before = Span(shift_months(span.start, -count, scope.start_day), span.start)
    else:
        before = Span(span.start - timedelta(days=span.days), span.start)
    if scope.today in span and scope.today != span.last:
        return before.first_days((scope.today - span.start).days + 1)
    return before


@answered(_SLICES, _slices)
def by_category(scope: Scope, span: Span, currency: str, side: Side = "spending") -> Breakdown:
    """Top categories with their parts, largest first."""
    compared = comparable(scope, span)
    now, before = (_tally(within(scope, one, outlined=True).of(currency), "category", side) for one in (span, compared))
    return assess_categories(now, before, scope.categories, Breakdown(span, compared, currency, side, 0, 0, ()))


Tally = Mapping[str, tuple[int, int]]


def assess_categories(now: Tally, before: Tally, categories: Categories, frame: Breakdown) -> Breakdown:
    """The breakdown `frame` filled from amounts and counts by category key."""
    total = sum(amount for amount, _ in now.values())
    families: dict[str, set[str]] = {}
    for key in now.keys() | before.keys():
        known = categories.get(key)
        families.setdefault(known.parent or key if known else key, set()).add(key)
    slices = [_family(top, keys, now, before, total) for top, keys in families.items()]
    earlier = sum(amount for amount, _ in before.values())
    return dataclasses.replace(frame, total=total, before=earlier, slices=_ranked(slices))


def _family(top: str, keys: set[str], now: Tally, before: Tally, total: int) -> Slice:
    parts = _ranked([_slice(key, now, before, total) for key in keys])
    amount, count, earlier = (sum(getattr(p, name) for p in parts) for name in ("amount", "count", "before"))
    return Slice(top, amount, count, basis_points(amount, total), earlier, parts=parts)


@answered(_SLICES, _slices)
def by_payee(
    scope: Scope, span: Span, currency: str, side: Side = "spending", *, category: str | None = None
) -> Breakdown:
    """Every payee of the span, largest first; with `category`, only what was spent within it (children included)."""
    return _flat(scope, span, currency, side, "payee", category)


@answered(_SLICES, _slices)
def by_account(
    scope: Scope, span: Span, currency: str, side: Side = "spending", *, category: str | None = None
) -> Breakdown:
    """Every own account of the span, largest first; keys are account ids."""
    return _flat(scope, span, currency, side, "account", category)


def _flat(scope: Scope, span: Span, currency: str, side: Side, column: str, category: str | None) -> Breakdown:
    compared = comparable(scope, span)
    if column == "payee" and category is None:
        cubes = [one.of(currency) for one in by_payees(scope, (span, compared), side)]
    else:
        cubes = [within(scope, one).of(currency) for one in (span, compared)]
    if category is not None:
        cubes = [cube.at(cube.category.among(scope.within(category))) for cube in cubes]
    now, before = (_tally(cube, column, side) for cube in cubes)
    labels = cubes[0].labels() if column == "payee" else {}
    total, earlier = (sum(amount for amount, _ in tally.values()) for tally in (now, before))
    earlier_of = {key: amount for key, (amount, _) in before.items()}.get
    slices = [
        Slice(key, amount, count, basis_points(amount, total), earlier_of(key, 0), labels.get(key, ""))
        for key, (amount, count) in now.items()
    ]
    return Breakdown(span, compared, currency, side, total, earlier, _ranked(slices))


def _tally(cube: Cube, column: str, side: Side) -> Tally:
    kept = cube.at((cube.spending != 0) if side == "spending" else (cube.income != 0))
    coded: Any = getattr(kept, column)
    amounts = coded.add_up(getattr(kept, side)).tolist()
    counts = coded.add_up(kept.count).tolist()
    return {key: (a, n) for key, a, n in zip(coded.values, amounts, counts, strict=True) if n}


def _slice(key: str, now: Tally, before: Tally, total: int) -> Slice:
    amount, count = now.get(key, (0, 0))
    return Slice(key, amount, count, basis_points(amount, total), before.get(key, (0, 0))[0])


def _ranked(slices: list[Slice]) -> tuple[Slice, ...]:
    return tuple(sorted(slices, key=lambda one: (-one.amount, one.key)))


@dataclasses.dataclass(frozen=True, slots=True)
class Expense:
    """One of a span's largest purchases: an entry, its parts together. `share` of the span's spending."""

    entry: UUID
    booked_on: date
    payee: str
    description: str
    category: str
    account: UUID
    amount: int
    share: int | None


_SPANS: Final = 256
_held_largest: Held[tuple[Expense, ...]] = Held(_SPANS)
_LARGEST: Final = """
SELECT f.entry, min(f.booked_on), max(f.payee), max(f.description), min(coalesce(f.category, 'uncategorised')),
    f.account, cast(sum(f.spending) AS bigint) AS amount
FROM published_fact f
WHERE f.owner = $owner AND f.booked_on >= $first AND f.booked_on < $until AND NOT f.excluded
    AND f.currency = $currency AND f.spending > 0
GROUP BY f.entry, f.account
ORDER BY amount DESC, f.entry
LIMIT $limit"""


def largest(scope: Scope, span: Span, currency: str, limit: int = 10) -> tuple[Expense, ...]:
    """The span's largest purchases and fees with their share of its spending."""

    def make() -> tuple[Expense, ...]:
        return _largest(scope, span, currency, limit)

    def renew(old: tuple[Expense, ...], touched: Touched) -> tuple[Expense, ...]:
        return make() if any(meet(month, span) for month in touched.arrivals | touched.purchases) else old

    key = (span, currency, limit, scope.refunds_in_purchase_month)
    return _held_largest.get(scope.db, scope.owner, key, make, renew)


def _largest(scope: Scope, span: Span, currency: str, limit: int) -> tuple[Expense, ...]:
    whole = totals(scope, span, currency).spending
    params = {"owner": scope.owner, "first": span.start, "until": span.end, "currency": currency, "limit": limit}
    rows = scope.db.read(_LARGEST, params)
    return tuple(Expense(e, on, p, d, c, a, amount, basis_points(amount, whole)) for e, on, p, d, c, a, amount in rows)
