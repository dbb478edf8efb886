"""The owner's books by month, held in memory: one query answers most of every page.

After a change only the months that it touched are read again. Spans of whole months come out of the held outline; other
spans, and payees, are read by date. Facts that the person left out of reports are in none of them.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from analytics import month_sums
from analytics.cube import Cube, Ints, coded_texts, cube_of, date_of, days, number_of
from analytics.held import Held
from analytics.scope import Scope, named
from data.period import Span, Touched, month_of, months_between

# In rows of a cube, about 60 bytes each.
_MOST_OUTLINE_ROWS: Final = 1_000_000
_MOST_SPAN_ROWS: Final = 1_000_000
_GRACE: Final = timedelta(days=3)
_LONGEST: Final = timedelta(days=31)
_DAY: Final = timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Outline:
    """Every month by kind, category and currency. covered: from the first booked day to the last one."""

    cube: Cube
    covered: Span | None

    def __len__(self) -> int:
        return len(self.cube)


_outlines: Held[_Outline] = Held(_MOST_OUTLINE_ROWS, len)
_spans: Held[Cube] = Held(_MOST_SPAN_ROWS, len)

# Each aggregate and each column of groups costs a million rows a pass of its own, so there are few of them.
_OUTLINE_SUMS: Final = """
SELECT f.month AS on_day, f.purchase_month AS purchase, f.kind, coalesce(f.category, 'uncategorised') AS category,
    '' AS payee_key, '' AS payee, '' AS account, f.currency,
    cast(sum(f.spending) AS bigint) AS spending, cast(sum(f.income) AS bigint) AS income, count(*) AS count"""
_EDGES: Final = ", min(f.booked_on) AS first_on, max(f.booked_on) AS last_on"
_OF_OWNER: Final = """
FROM published_fact f
WHERE f.owner = $owner AND NOT f.excluded"""
_AMONG: Final = " AND f.month IN (SELECT unnest(cast($months AS date[])))"
_OUTLINE_GROUPS: Final = """
GROUP BY f.month, f.purchase_month, f.kind, f.category, f.currency"""
_OUTLINE: Final = _OUTLINE_SUMS + _OF_OWNER + _OUTLINE_GROUPS
_OUTLINE_AMONG: Final = _OUTLINE_SUMS + _EDGES + _OF_OWNER + _AMONG + _OUTLINE_GROUPS
_COVERED: Final = "SELECT min(f.booked_on), max(f.booked_on)" + _OF_OWNER + _AMONG


def outline(scope: Scope) -> Cube:
    """Every month of the owner by month, kind, category and currency."""
    return _outline(scope).cube


def _outline(scope: Scope) -> _Outline:
    return _outlines.get(
        scope.db, scope.owner, "outline", lambda: _read_outline(scope), lambda old, new: _renewed(scope, old, new)
    )


def _read_outline(scope: Scope) -> _Outline:
    kept = month_sums.months(scope)
    if kept is not None:
        covered = None if kept.first is None or kept.last is None else Span(kept.first, kept.last + _DAY)
        return _renewed(scope, _Outline(kept.cube, covered), Touched(kept.stale))
    cube = cube_of(scope.db.arrow(_OUTLINE, {"owner": scope.owner}))
    return _Outline(cube, _read_covered(scope, cube))


def _read_covered(scope: Scope, cube: Cube) -> Span | None:
    """Only the first and the last month have to be looked through."""
    if not len(cube):
        return None
    edges = [date_of(int(cube.when[0])), date_of(int(cube.when[-1]))]
    ((first, last),) = scope.db.read(_COVERED, {"owner": scope.owner, "months": edges})
    return None if first is None else Span(first, last + _DAY)


def _renewed(scope: Scope, old: _Outline, touched: Touched) -> _Outline:
    months = sorted(touched.arrivals)
    if touched.added is not None and old.covered is not None:
        return _grown(old, old.covered, [one for one in touched.added if not one["excluded"]])
    if not months:
        return old
    table = scope.db.arrow(_OUTLINE_AMONG, {"owner": scope.owner, "months": months})
    cube = old.cube.renewed(_numbers(months), cube_of(table))
    return _Outline(cube, _edges(cube, table, old, touched) or _read_covered(scope, cube))


def _grown(old: _Outline, covered: Span, new: Sequence[Mapping[str, Any]]) -> _Outline:
    """With facts that came, and nothing else changed."""
    if not new:
        return old
    booked = [one["booked_on"] for one in new]
    whole = Span(min(covered.start, *booked), max(covered.end, max(booked) + _DAY))
    return _Outline(old.cube.plus(_groups(new, ("payee", "label", "account"))), whole)


def _groups(new: Sequence[Mapping[str, Any]], left_out: Collection[str], side: str = "") -> Cube:
    """Facts one by one as the queries below give groups. left_out: texts not asked for; side: what is summed up."""
    texts: dict[str, list[str]] = {
        "kind": [one["kind"] for one in new],
        "category": [named(one["category"]) for one in new],
        "payee": [one["payee_key"] for one in new],
        "label": [one["payee"] for one in new],
        "account": [str(one["account"]) for one in new],
        "currency": [one["currency"] for one in new],
    }
    columns: dict[str, Any] = {
        name: coded_texts([""] * len(new) if name in left_out else cells) for name, cells in texts.items()
    }
    columns |= {
        name: np.asarray([one[name] if side in ("", name) else 0 for one in new], np.int64)
        for name in ("spending", "income")
    }
    return Cube(
        when=_numbers(one["month"] for one in new),
        purchase=_numbers(one["month" if side else "purchase_month"] for one in new),
        count=np.ones(len(new), np.int64),
        **columns,
    )


def _edges(cube: Cube, table: pa.Table, old: _Outline, touched: Touched) -> Span | None:
    """What is covered now, as far as the months read again and the old answer tell; None where they do not."""
    if not len(cube) or old.covered is None:
        return None
    read, edges = days(table["on_day"]), []
    for column, at, known in (("first_on", 0, old.covered.start), ("last_on", -1, old.covered.last)):
        month = int(cube.when[at])
        inside = days(table[column])[read == month]
        if len(inside):
            edges.append(date_of(int(inside.min() if at == 0 else inside.max())))
        elif month == int(old.cube.when[at]) and date_of(month) not in touched.arrivals:
            edges.append(known)
        else:
            return None
    return Span(edges[0], edges[1] + _DAY)


_WIDE_SUMS: Final = """
SELECT f.month AS on_day, f.purchase_month AS purchase, f.kind, coalesce(f.category, 'uncategorised') AS category,
    f.payee_key, max(f.payee) AS payee, cast(f.account AS varchar) AS account, f.currency,
    cast(sum(f.spending) AS bigint) AS spending, cast(sum(f.income) AS bigint) AS income, count(*) AS count"""
_WIDE_GROUPS: Final = """
GROUP BY f.month, f.purchase_month, f.kind, f.category, f.payee_key, f.account, f.currency"""
_PAYEE_SPENDING: Final = """
SELECT f.month AS on_day, f.month AS purchase, '' AS kind, '' AS category, f.payee_key, max(f.payee) AS payee,
    '' AS account, f.currency, cast(sum(f.spending) AS bigint) AS spending, cast(0 AS bigint) AS income,
    count(*) AS count"""
_PAYEE_INCOME: Final = """
SELECT f.month AS on_day, f.month AS purchase, '' AS kind, '' AS category, f.payee_key, max(f.payee) AS payee,
    '' AS account, f.currency, cast(0 AS bigint) AS spending, cast(sum(f.income) AS bigint) AS income,
    count(*) AS count"""
_PAYEE_GROUPS: Final = """
GROUP BY f.month, f.payee_key, f.currency"""
_BY_ARRIVAL: Final = " AND f.booked_on >= $first AND f.booked_on < $until"
_BY_PURCHASE: Final = " AND f.purchase_on >= $first AND f.purchase_on < $until"
_SIDE_ONLY: Final = ("kind", "category", "account")
_WHOLE: Final = (_WIDE_SUMS, "", _WIDE_GROUPS)
_OF_PAYEE: Final = (_WIDE_SUMS, " AND f.payee_key = $payee", _WIDE_GROUPS)
_OF_ACCOUNT: Final = (_WIDE_SUMS, " AND f.account = cast($account AS uuid)", _WIDE_GROUPS)
_PAYEES: Final = {
    "spending": (_PAYEE_SPENDING, " AND f.spending <> 0", _PAYEE_GROUPS),
    "income": (_PAYEE_INCOME, " AND f.income <> 0", _PAYEE_GROUPS),
}
_Parts = tuple[str, str, str]


def within(scope: Scope, span: Span, *, outlined: bool = False) -> Cube:
    """The facts of any span, in the scope's view of refunds.

    outlined: payees and accounts are not asked for; then spans of whole months are answered from memory. With payees
    only the span's own days are read, once: nobody waits for all the years.
    """
    if not outlined or not is_whole(scope, span):
        return _of_span(scope, span, _WHOLE)
    cube = outline(scope)
    start, end = number_of(span.start), number_of(span.end)
    if scope.refunds_in_purchase_month:
        return cube.at((cube.purchase >= start) & (cube.purchase < end))
    return cube.months(start, end)


def by_payees(scope: Scope, spans: Sequence[Span], side: str) -> list[Cube]:
    """For each span its facts that are spending, or income, by payee and currency alone."""
    kept = month_sums.Side(scope, side)
    return [_of_span(scope, span, _PAYEES[side], side, kept) for span in spans]


def of_payee(scope: Scope, payee: str) -> Cube:
    """Every fact of one payee key, by month and all the rest."""
    return _held(scope, ("payee", payee), _OF_PAYEE, {"payee": payee}, lambda one: bool(one["payee_key"] == payee))


def of_account(scope: Scope, account: str) -> Cube:
    """Every fact on one account, by month and all the rest."""
    return _held(
        scope, ("account", account), _OF_ACCOUNT, {"account": account}, lambda one: str(one["account"]) == account
    )


def _of_span(scope: Scope, span: Span, parts: _Parts, side: str = "", kept: month_sums.Side | None = None) -> Cube:
    """side: what alone is summed up. kept: what the store may have of it by month."""
    sums, condition, groups = parts
    dated = _BY_PURCHASE if scope.refunds_in_purchase_month else _BY_ARRIVAL
    bound = {"first": span.start, "until": span.end}
    day = "purchase_on" if scope.refunds_in_purchase_month else "booked_on"

    def takes(one: Mapping[str, Any]) -> bool:
        return one[day] in span and (not side or one[side] != 0)

    return _held(scope, (span, dated, parts), (sums, condition + dated, groups), bound, takes, span, side, kept)


def _held(
    scope: Scope,
    key: Any,  # noqa: ANN401
    parts: _Parts,
    bound: dict[str, Any],
    takes: Callable[[Mapping[str, Any]], bool],
    span: Span | None = None,
    side: str = "",
    kept: month_sums.Side | None = None,
) -> Cube:
    """A cube held under a key. bound: its parameters besides the owner; takes: the same said of one fact.

    span: outside of which nothing concerns it. side: what alone is summed up. kept: what the store may have by month.
    """
    sums, condition, groups = parts
    params = {"owner": scope.owner, **bound}

    def make() -> Cube:
        known: month_sums.Payees | None = None
        if kept is not None and span is not None and not scope.refunds_in_purchase_month:
            known = kept.of(span)
        if known is not None and known.rest is None:
            return known.cube
        days = {} if known is None or known.rest is None else {"first": known.rest.start, "until": known.rest.end}
        fresh = cube_of(scope.db.arrow(sums + _OF_OWNER + condition + groups, {**params, **days}))
        return fresh if known is None else known.cube.renewed(_numbers(()), fresh)

    def renew(old: Cube, touched: Touched) -> Cube:
        seen = touched.purchases if scope.refunds_in_purchase_month else touched.arrivals
        if span is not None and not any(meet(month, span) for month in seen):
            return old
        if touched.added is not None:
            new = [one for one in touched.added if not one["excluded"] and takes(one)]
            return old.plus(_groups(new, _SIDE_ONLY if side else (), side)) if new else old
        months = sorted(touched.arrivals)
        sql = sums + _OF_OWNER + condition + _AMONG + groups
        return old.renewed(_numbers(months), cube_of(scope.db.arrow(sql, {**params, "months": months})))

    return _spans.get(scope.db, scope.owner, key, make, renew)


def meet(month: date, span: Span) -> bool:
    """Whether a month that starts then may share a day with the span, on whatever day months start."""
    return month < span.end and month + _LONGEST > span.start


def _numbers(months: Iterable[date]) -> Ints:
    return np.asarray([number_of(month) for month in months], np.int64)


def is_whole(scope: Scope, span: Span) -> bool:
    """Whether the span consists of the owner's whole months."""
    return all(month_of(edge, scope.start_day).start == edge for edge in (span.start, span.end))


def month_column(scope: Scope, cube: Cube) -> Ints:
    """Each row's month (day number of its start) in the scope's view of refunds."""
    return cube.purchase if scope.refunds_in_purchase_month else cube.when


def coverage(scope: Scope) -> Span | None:
    """From the first booked day to the last one, None without facts."""
    return _outline(scope).covered


def complete_months(scope: Scope) -> list[Span]:
    """The owner's months that are over and that the books cover whole, oldest first.

    The first and the last days of a month may lack facts (nobody buys something every day): `_GRACE` of them.
    """
    covered = coverage(scope)
    return [] if covered is None else list(_complete(covered, scope.today, scope.start_day))


@functools.lru_cache(maxsize=1024)
def _complete(covered: Span, today: date, start_day: int) -> tuple[Span, ...]:
    from_on, until = covered.start - _GRACE, covered.end + _GRACE
    return tuple(
        month
        for month in months_between(covered, start_day)
        if month.end <= today and from_on <= month.start and month.end <= until
    )


def currencies(scope: Scope) -> tuple[str, ...]:
    """The currencies the owner has facts in, the most used first."""
    cube = outline(scope)
    counts = dict(zip(cube.currency.values, cube.currency.add_up(cube.count).tolist(), strict=True))
    return tuple(sorted(counts, key=lambda code: (-counts[code], code)))
