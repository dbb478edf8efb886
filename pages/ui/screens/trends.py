"""The screen that answers how it moves: months side by side, stacked, against the year before, one thing over time."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics import tables as csv
from analytics.scope import Scope
from analytics.spending import by_payee
from analytics.trends import Layer, Point, Stack, Trend, YearOverYear, trend, years
from data.money import Money
from data.period import Span
from pages.ui import charts, format, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import Drill, category_colour, category_name
from pages.ui.downloads import download
from pages.ui.i18n import text
from pages.ui.part import part
from pages.ui.tables import Column, data_table
from pages.ui.widgets import Change, Kpi, card, kpi_row

_LAYERS = 7  # more colours than these cannot be told apart; the rest is one quiet layer
_PAYEES = 200


def months_code(month: Span) -> str:
    """The code of a month in addresses and chart marks: `2026-10`."""
    return f"{month.start:%Y-%m}"


def steps(points: Sequence[Point]) -> list[charts.Step]:
    """The months as places on an axis; January is written as its year."""
    return [charts.Step(months_code(p.month), _label(p), format.month(p.month.start)) for p in points]


def _label(point: Point) -> str:
    start = point.month.start
    return str(start.year) if start.month == 1 else format.month_short(start)


def figures(moves: Trend) -> None:
    """Average and median of the complete months, and what was saved."""
    kept = [p for p in moves.points if not p.partial]
    saved = sum(p.saved for p in kept) // len(kept) if kept else None
    kpi_row(
        [
            Kpi(text("trends.average"), _or_none(moves.average_spending, moves.currency)),
            Kpi(
                text("trends.median"), _or_none(moves.median_spending, moves.currency), help=text("trends.median.help")
            ),
            Kpi(text("trends.average_income"), _or_none(moves.average_income, moves.currency)),
            Kpi(text("trends.average_saved"), _or_none(saved, moves.currency)),
        ]
    )


def _or_none(minor: int | None, currency: str) -> str:
    return format.NONE if minor is None else format.money(Money(minor, currency))


def income_and_spending(scope: Scope, moves: Trend) -> None:
    """Income beside spending for each month, what was saved as a line; a click opens the month."""
    look = charts.look(moves.currency)
    points = moves.points
    series = [
        charts.Series(text("common.income"), [p.income for p in points], look.palette.slot(1)),
        charts.Series(text("common.spending"), [p.spending for p in points], look.palette.accent),
    ]
    saved = charts.Series(text("common.saved"), [p.saved for p in points], look.palette.text)
    body, _ = card(text("trends.cash_flow"), key="trends.flow.card")
    with body:
        figure = charts.bars(look, steps(points), series, line=saved, partial_last=points[-1].partial)
        _open_month(charts.show_selectable(figure, f"trends.flow.{len(points)}", alt=text("trends.cash_flow")))
        download(scope, lambda: csv.trend(points, moves.currency), "months", key="trends.flow.csv")


def _open_month(picked: str | None) -> None:
    if picked:
        links.go("categories", period=picked)


def by_category(scope: Scope, layers: Stack) -> None:
    """Spending by month with its categories on top of each other; a click opens the month."""
    look = charts.look(layers.currency)
    shown, rest = layers.layers[:_LAYERS], layers.layers[_LAYERS:]
    series = [_series(scope, look, layer) for layer in shown]
    if rest:
        amounts = [sum(column) for column in zip(*(layer.amounts for layer in rest), strict=True)]
        series.append(charts.Series(text("common.other"), amounts, look.palette.quiet))
    average = Trend(layers.currency, layers.points).average_spending
    line = charts.Series(text("common.average"), [average] * len(layers.points)) if average is not None else None
    body, _ = card(text("trends.by_category"), key="trends.stack.card")
    with body:
        figure = charts.stacked_bars(
            look, steps(layers.points), series, line=line, partial_last=layers.points[-1].partial, height=380
        )
        key = f"trends.stack.{len(layers.points)}"
        _open_month(charts.show_selectable(figure, key, alt=text("trends.by_category")))
        download(scope, lambda: csv.stack(layers), "months-by-category", key="trends.stack.csv")


def _series(scope: Scope, look: charts.Look, layer: Layer) -> charts.Series:
    colour = category_colour(scope, layer.category, look.palette)
    return charts.Series(category_name(scope, layer.category), layer.amounts, colour, layer.category)


def against_last_year(scope: Scope, pairs: Sequence[YearOverYear], currency: str) -> None:
    """Each month beside the same month of the year before."""
    body, _ = card(text("trends.year_over_year"), key="trends.years.card")
    with body:
        if not any(pair.before.count for pair in pairs):
            st.caption(text("trends.year_over_year.none"))
            return
        look = charts.look(currency)
        points = [pair.point for pair in pairs]
        series = [
            charts.Series(text("trends.year_before"), [p.before.spending for p in pairs], look.palette.quiet),
            charts.Series(text("trends.this_year"), [p.spending for p in points], look.palette.accent),
        ]
        figure = charts.bars(look, steps(points), series, partial_last=points[-1].partial)
        charts.show(figure, "trends.years", alt=text("trends.year_over_year"))
        download(scope, lambda: csv.year_over_year(pairs, currency), "year-over-year", key="trends.years.csv")


@part
def one_thing(scope: Scope, last: Span, currency: str, count: int, whole: Stack) -> None:
    """One category or one payee over the months; choosing another draws this card alone anew."""
    body, _ = card(text("trends.one_thing"), key="trends.one.card")
    with body:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            what = st.segmented_control(
                text("trends.one_thing"),
                ["category", "payee"],
                default="category",
                key="trends.one.what",
                required=True,
                format_func={code: text(f"column.{code}") for code in ("category", "payee")}.__getitem__,
                label_visibility="collapsed",
            )
            moves, drill = (
                _of_payee(scope, last, currency, count)
                if what == "payee"
                else _of_category(scope, last, currency, count, whole)
            )
        if moves is not None:
            _one_line(scope, moves, drill)


_Chosen = tuple[Trend | None, Drill]


def _of_category(scope: Scope, last: Span, currency: str, count: int, whole: Stack) -> _Chosen:
    known = [layer.category for layer in whole.layers]
    keys = [key for top in known for key in (top, *sorted(scope.within(top) - {top}))]
    if not keys:
        return None, Drill()
    names = {key: _path(scope, key) for key in keys}
    chosen = st.selectbox(
        text("column.category"),
        keys,
        key="trends.one.category",
        format_func=names.__getitem__,
        label_visibility="collapsed",
        required=True,
    )
    return trend(scope, last, currency, count, category=chosen), Drill(category=chosen, currency=currency)


def _path(scope: Scope, key: str) -> str:
    top = scope.top(key)
    name = category_name(scope, key)
    return name if top == key else f"{category_name(scope, top)} › {name}"


def _of_payee(scope: Scope, last: Span, currency: str, count: int) -> _Chosen:
    spans = scope.months(last, count)
    found = by_payee(scope, Span(spans[0].start, last.end), currency).slices[:_PAYEES]
    if not found:
        return None, Drill()
    names = {one.key: one.label or one.key for one in found}
    chosen = st.selectbox(
        text("column.payee"),
        list(names),
        key="trends.one.payee",
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    return trend(scope, last, currency, count, payee=chosen), Drill(payee=names[chosen], currency=currency)


def _one_line(scope: Scope, moves: Trend, drill: Drill) -> None:
    look = charts.look(moves.currency)
    series = [charts.Series(text("common.spending"), [p.spending for p in moves.points], look.palette.accent)]
    figure = charts.lines(look, steps(moves.points), series, partial_last=moves.points[-1].partial, fill=True)
    charts.show(figure, "trends.one", alt=text("trends.one_thing"))
    with st.container(horizontal=True, vertical_alignment="center"):
        said = text("trends.average_is", amount=_or_none(moves.average_spending, moves.currency))
        st.caption(format.md_escape(said), width="content")
        links.link("transactions", text("action.see_all"), icon=":material/receipt_long:", q=drill.query())
        download(scope, lambda: csv.trend(moves.points, moves.currency), "one-over-time", key="trends.one.csv")


def months_table(scope: Scope, moves: Trend) -> None:
    """Every month in figures, the newest first; a click opens the month."""
    points = list(reversed(moves.points))
    frame = pd.DataFrame(
        [(_month_name(p), p.income, p.spending, p.saved, p.count) for p in points],
        columns=["month", "income", "spending", "saved", "count"],
    )
    columns = [
        Column("month", text("column.month"), width="medium"),
        Column("spending", text("common.spending"), "money", moves.currency),
        Column("income", text("common.income"), "money", moves.currency),
        Column("saved", text("common.saved"), "money", moves.currency),
        Column("count", text("column.count"), "count", width="small"),
    ]
    body, _ = card(text("trends.table"), key="trends.table.card")
    with body:
        picked = data_table(frame, columns, key="trends.table", select="one", rows_shown=13)
        download(scope, lambda: csv.trend(points, moves.currency), "months", key="trends.table.csv")
    if picked:
        _open_month(months_code(points[picked[0]].month))


def _month_name(point: Point) -> str:
    name = format.month(point.month.start)
    return f"{name} · {text('trends.partial')}" if point.partial else name


def years_row(scope: Scope, currency: str) -> None:
    """Every year's spending as a figure, with its change against the year before when both are whole."""
    found = [point for point in years(scope, currency) if point.count]
    if len(found) <= 1:
        return
    cards = []
    for before, point in zip([None, *found], found, strict=False):
        change = None
        if before is not None and not before.partial and not point.partial:
            by = point.spending - before.spending
            said = format.money(Money(abs(by), currency))
            change = Change(said, "up" if by > 0 else "down", text("change.vs_last_year"), by < 0)
        label = f"{point.month.start.year}" + (f" · {text('trends.partial')}" if point.partial else "")
        cards.append(Kpi(label, format.money(Money(point.spending, currency)), change))
    kpi_row(cards[-4:])
