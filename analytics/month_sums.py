"""What the store keeps of sums by month, as cubes: an older answer, and which months have changed since."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from analytics.cube import Coded, Cube, coded, days, ints, number_of
from analytics.scope import Scope
from data.period import Span, month_of, shift_months

_MONTHS: Final = "SELECT months, covered_from, covered_last FROM published_month_sums WHERE owner = $owner"
_PAYEES: Final = {
    "spending": "SELECT spent FROM published_month_sums WHERE owner = $owner",
    "income": "SELECT earned FROM published_month_sums WHERE owner = $owner",
}


class Months(NamedTuple):
    """All months by kind, category and currency as they were; stale: those that changed since."""

    cube: Cube
    first: date | None
    last: date | None
    stale: frozenset[date]


def months(scope: Scope) -> Months | None:
    """The kept sums of all months, None when there are none that hold."""
    stale = scope.db.spoiled.of(scope.owner)  # asked first: what is spoiled later is of a later version
    found = scope.db.read(_MONTHS, {"owner": scope.owner}) if stale is not None else []
    if stale is None or not found:
        return None
    ((body, first, last),) = found
    table = _table(body)
    nothing = _nothing(len(table))
    cube = Cube(
        when=days(table["on_day"]),
        purchase=days(table["purchase"]),
        kind=coded(table["kind"]),
        category=coded(table["category"]),
        payee=nothing,
        account=nothing,
        currency=coded(table["currency"]),
        label=nothing,
        **{name: ints(table[name]) for name in ("spending", "income", "count")},
    )
    return Months(cube, first, last, stale)


class Payees(NamedTuple):
    """Whole months of a span by payee; rest: the days from the first to the last that are to be read from the facts."""

    cube: Cube
    rest: Span | None


class Side:
    """The kept sums by payee of one side, read when first asked for and shared by questions of the same version."""

    def __init__(self, scope: Scope, side: str) -> None:
        self._scope, self._side = scope, side
        self._version = -1
        self._found: tuple[frozenset[date], pa.Table] | None = None

    def of(self, span: Span) -> Payees | None:
        """What is kept of a span, months by arrival, None when there are no sums that hold."""
        version = self._scope.db.version(self._scope.owner)
        if version != self._version:
            self._version, self._found = version, self._read()
        if self._found is None:
            return None
        stale, table = self._found
        rest = _rest(span, stale, self._scope.start_day)
        return Payees(_by_payee(table, span, rest, self._side), rest)

    def _read(self) -> tuple[frozenset[date], pa.Table] | None:
        stale = self._scope.db.spoiled.of(self._scope.owner)
        found = self._scope.db.read(_PAYEES[self._side], {"owner": self._scope.owner}) if stale is not None else []
        return None if stale is None or not found else (stale, _table(found[0][0]))


def _rest(span: Span, stale: frozenset[date], start_day: int) -> Span | None:
    """From the first to the last day of the span that no month that holds covers whole; None when there is none."""
    first, last = month_of(span.start, start_day), month_of(span.last, start_day)
    cut = [month for month in (first, last) if month.start < span.start or month.end > span.end]
    spoiled = [Span(month, shift_months(month, 1, start_day)) for month in stale]
    pieces = [one for one in (*cut, *spoiled) if one.start < span.end and one.end > span.start]
    if not pieces:
        return None
    return Span(max(span.start, min(one.start for one in pieces)), min(span.end, max(one.end for one in pieces)))


def _by_payee(table: pa.Table, span: Span, rest: Span | None, side: str) -> Cube:
    when = days(table["on_day"])
    first, until = np.searchsorted(when, (number_of(span.start), number_of(span.end))).tolist()
    cut, when = table.slice(first, until - first), when[first:until]
    nothing, zeros = _nothing(len(cut)), np.zeros(len(cut), np.int64)
    sums = {"spending": zeros, "income": zeros, side: ints(cut["amount"])}
    cube = Cube(
        when=when,
        purchase=when,
        kind=nothing,
        category=nothing,
        payee=coded(cut["payee_key"]),
        account=nothing,
        currency=coded(cut["currency"]),
        label=coded(cut["payee"]),
        count=ints(cut["count"]),
        **sums,
    )
    if rest is None:
        return cube
    return cube.at((when < number_of(rest.start)) | (when >= number_of(rest.end)))


def _table(body: bytes) -> pa.Table:
    """The store keeps tables in Arrow's stream format, texts as codes."""
    return pa.ipc.open_stream(body).read_all()


def _nothing(rows: int) -> Coded:
    """A column that was not asked for."""
    return Coded(np.zeros(rows, np.int32), ("",) if rows else ())
