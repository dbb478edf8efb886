"""The screen that answers where the money went: breakdown, drill-down, largest expenses, calendar."""

from __future__ import annotations

import dataclasses
from datetime import date

import pandas as pd
import streamlit as st

from analytics import tables as csv
from analytics.days import calendar
from analytics.scope import Scope
from analytics.spending import Breakdown, Side, Slice, by_category, by_payee, largest
from data.money import Money
from data.period import Span
from pages.ui import charts, format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import Drill, category_colour, category_name, day_span
from pages.ui.downloads import download
from pages.ui.i18n import plural, text
from pages.ui.tables import Column, data_table
from pages.ui.widgets import Change, Kpi, card, kpi_row

_PAYEES = 12
_LARGEST = 10
_LONGEST_CALENDAR = 31


def chosen_category(scope: Scope) -> str | None:
    """The top category that is looked into (`?category=dining`), None for all."""
    known = scope.categories.get(links.param("category") or "")
    return known.key if known and known.parent is None else None


def look_into(category: str | None) -> None:
    """Look into a top category, or at all again; charts are drawn anew, so that nothing stays selected."""
    links.set_param("category", category)
    session.keep("categories.visit", session.recall("categories.visit", 0) + 1)


def figures(scope: Scope, one: Breakdown, days_so_far: int) -> None:
    """The three figures on top: the total with its change, how many bookings, and how much that is a day."""
    total, daily = Money(one.total, one.currency), Money(one.total // max(days_so_far, 1), one.currency)
    compared = text("categories.compared", span=format.span(one.compared, today=scope.today))
    kpi_row(
        [
            Kpi(text(f"categories.total.{one.side}"), format.money(total), moved(one, compared)),
            Kpi(text("categories.per_day"), format.money(daily), help=text("categories.per_day.help")),
            Kpi(text("categories.bookings"), format.count(sum(part.count for part in one.slices))),
        ]
    )


def moved(one: Breakdown, against: str) -> Change | None:
    """How the total moved; more income is good, more spending is not."""
    by = one.total - one.before
    if not one.before:
        return None
    said = format.money(Money(abs(by), one.currency))
    good = None if not by else (by > 0) == (one.side == "income")
    return Change(said, "up" if by > 0 else "down" if by < 0 else "same", against, good)


def breakdown(scope: Scope, one: Breakdown) -> None:
    """All top categories as areas and as ranked bars; a click looks into one."""
    visit = session.recall("categories.visit", 0)
    look = charts.look(one.currency)
    parts = [_slice(scope, look, part) for part in one.slices if part.amount]
    left, right = st.columns([3, 2])
    with left:
        body, corner = card(text("categories.shares"), key="categories.shares")
        with corner:
            _breakdown_csv(scope, one, "categories.shares.csv")
        with body:
            picked = charts.show_selectable(
                charts.treemap(look, parts, height=max(320, 36 * len(parts))),
                f"categories.map.{visit}",
                alt=text("categories.shares"),
            )
    with right:
        body, corner = card(text("categories.ranked"), key="categories.ranked")
        with corner:
            _breakdown_csv(scope, one, "categories.ranked.csv")
        with body:
            picked = picked or charts.show_selectable(
                charts.ranked_bars(look, parts, total=one.total),
                f"categories.bars.{visit}",
                alt=text("categories.ranked"),
            )
    if picked:
        look_into(picked)
        st.rerun()


def _breakdown_csv(scope: Scope, one: Breakdown, key: str) -> None:
    file = f"categories-{one.span.start}-{one.span.last}"
    download(scope, lambda: csv.breakdown(one, "category"), file, key=key, compact=True)


def _slice(scope: Scope, look: charts.Look, part: Slice) -> charts.Slice:
    colour = category_colour(scope, part.key, look.palette)
    count = plural("categories.count", part.count)
    return charts.Slice(part.key, category_name(scope, part.key), part.amount, colour, note=count)


def category_table(scope: Scope, one: Breakdown) -> None:
    """Every category with its parts, its share and its change, as a table with CSV."""
    rows = [
        row
        for top in one.slices
        for row in [_row(scope, top, top=True), *(_row(scope, part, top=False) for part in _own_parts(top))]
    ]
    frame = pd.DataFrame(rows, columns=["name", "amount", "share", "before", "count"])
    columns = [
        Column("name", text("column.category")),
        Column("amount", text("column.amount"), "money", one.currency),
        Column("share", text("column.share"), "percent", width="small"),
        Column("before", text("column.before"), "money", one.currency),
        Column("count", text("column.count"), "count", width="small"),
    ]
    body, _ = card(text("categories.table"), key="categories.table.card")
    with body:
        data_table(frame, columns, key="categories.table")
        file = f"categories-{one.span.start}-{one.span.last}"
        download(scope, lambda: csv.breakdown(one, "category"), file, key="categories.table.csv")


def _own_parts(top: Slice) -> tuple[Slice, ...]:
    return top.parts if len(top.parts) > 1 or any(part.key != top.key for part in top.parts) else ()


def _row(scope: Scope, part: Slice, *, top: bool) -> tuple[str, int, int | None, int, int]:
    name = category_name(scope, part.key)
    share = None if part.share is None else (part.share + 50) // 100
    return (name if top else f"\u2003{name}", part.amount, share, part.before, part.count)


def inside(scope: Scope, one: Breakdown, category: str) -> None:
    """One top category: its parts, its payees, and the way to the rows."""
    top = next((part for part in one.slices if part.key == category), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text("categories.all"),
            icon=":material/arrow_back:",
            key="categories.back",
            on_click=look_into,
            args=(None,),
        )
        st.markdown(f"**{format.md_escape(category_name(scope, category))}**", width="content")
        amount = Money(top.amount if top else 0, one.currency)
        st.markdown(format.md_escape(format.money(amount)), width="content")
        drill = Drill(one.span, category=category, currency=one.currency)
        links.link("transactions", text("categories.see_rows"), icon=":material/receipt_long:", q=drill.query())
    if top is None or not top.count:
        st.caption(text("categories.nothing_here"))
        return
    left, right = st.columns(2)
    with left:
        _parts(scope, one, top)
    with right:
        _payees(scope, one, category)


def _parts(scope: Scope, one: Breakdown, top: Slice) -> None:
    look = charts.look(one.currency)
    base = category_colour(scope, top.key, look.palette)
    drawn = [part for part in top.parts if part.amount]
    parts = [
        charts.Slice(
            part.key,
            text("categories.directly") if part.key == top.key else category_name(scope, part.key),
            part.amount,
            look.palette.tint(base, place, len(drawn)),
            note=plural("categories.count", part.count),
        )
        for place, part in enumerate(drawn)
    ]
    body, corner = card(text("categories.parts"), key="categories.parts")
    with corner:
        family = dataclasses.replace(one, slices=(top,))
        _breakdown_csv(scope, family, "categories.parts.csv")
    with body:
        visit = session.recall("categories.visit", 0)
        picked = charts.show_selectable(
            charts.ranked_bars(look, parts, total=top.amount), f"categories.parts.{visit}", alt=text("categories.parts")
        )
    if picked:
        drill = Drill(one.span, category=picked, currency=one.currency, directly=True)
        links.go("transactions", q=drill.query())


def _payees(scope: Scope, one: Breakdown, category: str) -> None:
    payees = by_payee(scope, one.span, one.currency, one.side, category=category)
    shown = payees.slices[:_PAYEES]
    frame = pd.DataFrame(
        [(part.label or part.key, part.amount, part.count) for part in shown], columns=["payee", "amount", "count"]
    )
    columns = [
        Column("payee", text("column.payee")),
        Column("amount", text("column.amount"), "money", one.currency),
        Column("count", text("column.count"), "count", width="small"),
    ]
    body, _ = card(text("categories.payees"), key="categories.payees.card")
    with body:
        picked = data_table(frame, columns, key=f"categories.payees.{category}", select="one")
        file = f"payees-{category}-{one.span.start}-{one.span.last}"
        download(scope, lambda: csv.breakdown(payees, "payee"), file, key="categories.payees.csv")
    if picked:
        drill = Drill(one.span, category=category, payee=shown[picked[0]].label, currency=one.currency)
        links.go("transactions", q=drill.query())


def largest_expenses(scope: Scope, span: Span, currency: str) -> None:
    """The span's largest expenses with their share of its spending."""
    found = largest(scope, span, currency, _LARGEST)
    frame = pd.DataFrame(
        [(one.booked_on, one.payee or one.description, one.amount, _whole(one.share)) for one in found],
        columns=["date", "payee", "amount", "share"],
    )
    columns = [
        Column("payee", text("column.payee")),
        Column("amount", text("column.amount"), "money", currency),
        Column("share", text("column.share"), "percent", width="small"),
        Column("date", text("column.date"), "date"),
    ]
    body, _ = card(text("categories.largest"), key="categories.largest.card")
    with body:
        picked = data_table(frame, columns, key="categories.largest", select="one")
        file = f"largest-{span.start}-{span.last}"
        download(scope, lambda: csv.largest(found, currency), file, key="categories.largest.csv")
    if picked:
        one = found[picked[0]]
        links.go("transactions", q=Drill(day_span(one.booked_on), payee=one.payee).query(), entry=str(one.entry))


def _whole(share: int | None) -> int | None:
    return None if share is None else (share + 50) // 100


def month_calendar(scope: Scope, span: Span, currency: str, *, sunday_first: bool) -> None:
    """Each day's spending of a month; a tap shows the day's rows."""
    if span.days > _LONGEST_CALENDAR:
        return
    days = calendar(scope, span, currency)
    look = charts.look(currency)
    spent = {day.on: day.spending for day in days}
    body, _ = card(text("categories.calendar"), key="categories.calendar.card")
    with body:
        figure = charts.calendar_heat(look, span, spent, today=scope.today, sunday_first=sunday_first)
        picked = charts.show_selectable(figure, f"categories.calendar.{span.start}", alt=text("categories.calendar"))
        download(scope, lambda: csv.calendar(days, currency), f"days-{span.start}", key="categories.calendar.csv")
    if picked:
        links.go("transactions", q=Drill(day_span(date.fromisoformat(picked)), currency=currency).query())


def answer(scope: Scope, span: Span, currency: str, side: Side) -> tuple[Breakdown, int]:
    """The breakdown, and how many days of the span have passed (for the daily figure)."""
    one = by_category(scope, span, currency, side)
    passed = (scope.today - span.start).days + 1 if scope.today in span else span.days
    return one, passed
