"""How does it move month by month: totals, categories stacked, year over year, one category or payee over time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

import numpy as np

from analytics.cube import Cube, Ints, Mask, add_up, date_of, number_of
from analytics.figures import average, change, median
from analytics.held import answered
from analytics.months import complete_months, month_column, of_account, of_payee, outline
from analytics.scope import Scope
from analytics.spending import Side
from data.period import Span, months_between, shift_months


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    """One month. partial: it is still running, or the books do not cover it whole."""

    month: Span
    spending: int
    income: int
    count: int
    partial: bool

    @property
    def saved(self) -> int:
        """Income − spending."""
        return self.income - self.spending


@dataclasses.dataclass(frozen=True, slots=True)
class Trend:
    """Consecutive months in one currency, oldest first. Averages and medians are of complete months only."""

    currency: str
    points: tuple[Point, ...]

    @property
    def average_spending(self) -> int | None:
        """The mean of the complete months."""
        return average([p.spending for p in self.points if not p.partial])

    @property
    def median_spending(self) -> int | None:
        """The median of the complete months."""
        return median([p.spending for p in self.points if not p.partial])

    @property
    def average_income(self) -> int | None:
        """The mean of the complete months."""
        return average([p.income for p in self.points if not p.partial])


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """One category along the months of a stack; `amounts` run parallel to its months."""

    category: str
    amounts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All its months."""
        return sum(self.amounts)


@dataclasses.dataclass(frozen=True, slots=True)
class Stack:
    """Months by top category: for each month the layers add up to the month's total."""

    currency: str
    side: Side
    points: tuple[Point, ...]
    layers: tuple[Layer, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class YearOverYear:
    """A month beside the same month of the year before; `change` in basis points of the earlier."""

    point: Point
    before: Point

    @property
    def change(self) -> int | None:
        """How much spending grew; None when there was none."""
        return change(self.point.spending, self.before.spending)


@answered()
def trend(
    scope: Scope,
    last: Span,
    currency: str,
    count: int = 12,
    *,
    category: str | None = None,
    payee: str | None = None,
    account: str | None = None,
) -> Trend:
    """`count` months up to `last`: all, or of one category with its children, one payee key, one account id."""
    cube = _cube(scope, payee, account)
    mask = cube.currency.is_(currency)
    if category is not None:
        mask &= cube.category.among(scope.within(category))
    if payee is not None and account is not None:
        mask &= cube.account.is_(account)
    return Trend(currency, _points(scope, cube, mask, scope.months(last, count)))


def _cube(scope: Scope, payee: str | None, account: str | None) -> Cube:
    if payee is not None:
        return of_payee(scope, payee)
    return outline(scope) if account is None else of_account(scope, account)


@answered()
def stack(scope: Scope, last: Span, currency: str, count: int = 12, side: Side = "spending") -> Stack:
    """`count` months up to `last` by top category, the largest category first."""
    cube, spans = outline(scope), scope.months(last, count)
    mask = cube.currency.is_(currency)
    points = _points(scope, cube, mask, spans)
    place, inside = _places(scope, cube, mask, spans)
    tops = [scope.top(key) for key in cube.category.values]
    names = sorted(set(tops))
    code = np.asarray([names.index(top) for top in tops], np.int64)
    cell = code[cube.category.codes[inside]] * len(spans) + place if names else place
    sums = add_up(cell, (cube.spending if side == "spending" else cube.income)[inside], len(names) * len(spans))
    table = sums.reshape(len(names), len(spans)).tolist()
    layers = [Layer(name, tuple(row)) for name, row in zip(names, table, strict=True) if any(row)]
    return Stack(currency, side, points, tuple(sorted(layers, key=lambda one: (-one.total, one.category))))


@answered()
def year_over_year(scope: Scope, last: Span, currency: str, count: int = 12) -> tuple[YearOverYear, ...]:
    """Each of `count` months up to `last` beside the same month a year before."""
    points = trend(scope, last, currency, count + 12).points
    return tuple(YearOverYear(now, before) for now, before in zip(points[12:], points[:-12], strict=True))


def points_of(scope: Scope, spans: Sequence[Span], currency: str) -> tuple[Point, ...]:
    """Consecutive spans of whole months, each with its figures."""
    cube = outline(scope)
    return _points(scope, cube, cube.currency.is_(currency), spans) if spans else ()


@answered()
def years(scope: Scope, currency: str) -> tuple[Point, ...]:
    """Every year that has facts: twelve of the owner's months each, oldest first."""
    cube = outline(scope)
    mask = cube.currency.is_(currency)
    when = month_column(scope, cube)[mask]
    if not len(when):
        return ()
    from_year, to_year = (edge.year for edge in _edges(when))
    spans = [_year(scope, year) for year in range(from_year, to_year + 1)]
    return _points(scope, cube, mask, spans)


def _edges(when: Ints) -> tuple[date, date]:
    return date_of(int(when.min())), date_of(int(when.max()))


def _year(scope: Scope, year: int) -> Span:
    start = shift_months(date(year, 1, 1), 0, scope.start_day)
    return Span(start, shift_months(start, 12, scope.start_day))


def _points(scope: Scope, cube: Cube, mask: Mask, spans: Sequence[Span]) -> tuple[Point, ...]:
    place, inside = _places(scope, cube, mask, spans)
    moving = np.where((cube.spending != 0) | (cube.income != 0), cube.count, 0)
    columns = [add_up(place, numbers[inside], len(spans)).tolist() for numbers in (cube.spending, cube.income, moving)]
    whole = {month.start for month in complete_months(scope)}
    return tuple(
        Point(span, spending, income, count, _is_partial(scope, span, whole))
        for span, spending, income, count in zip(spans, *columns, strict=True)
    )


def _is_partial(scope: Scope, span: Span, whole: set[date]) -> bool:
    return any(month.start not in whole for month in months_between(span, scope.start_day))


def _places(scope: Scope, cube: Cube, mask: Mask, spans: Sequence[Span]) -> tuple[Ints, Mask]:
    """For the rows within consecutive spans: which span each is in; and which rows those are."""
    when = month_column(scope, cube)
    starts = np.asarray([number_of(span.start) for span in spans], np.int64)
    inside = mask & (when >= starts[0]) & (when < number_of(spans[-1].end))
    place: Ints = np.searchsorted(starts, when[inside], side="right") - 1
    return place, inside
