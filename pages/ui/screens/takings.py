"""The screen of a merchant's takings: figures, how they moved, when customers pay, day by day, one by one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from analytics import takings_tables as csv
from analytics.export import Table, csv_bytes
from analytics.movements import EVERYTHING, Standing, movements
from analytics.takings import HOURS, NOTHING, WEEKDAYS, Counter, Taken, Takings
from data.merchants import Merchant
from data.money import Money
from data.period import Span
from pages.ui import charts, format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import plural, text
from pages.ui.people import called
from pages.ui.periods import Period
from pages.ui.screens.till.movements import detail_dialog, movement_list
from pages.ui.tables import Column, csv_button, data_table
from pages.ui.widgets import Action, Change, Kpi, card, empty_state, kpi_row

_SIZE: Final = 50
_DAYS_SHOWN: Final = 62  # more days than these are shown as months
_LABELS: Final = 12  # under the hours, so that they stay upright on a phone
_OPENS: Final = 8  # the hours that are always drawn
_CLOSES: Final = 20
_ANY_MONDAY: Final = date(2024, 1, 1)


def figures(now: Taken, before: Taken) -> None:
    """Net takings and what they are made of, each against the span before."""
    one, earlier = now.total, before.total
    moved = format.money(Money(abs(one.net - earlier.net), now.currency))
    more = format.count(abs(one.payments - earlier.payments))
    kpi_row(
        [
            _amount(now, "net", one.net, _change(one.net, earlier.net, before, moved)),
            _amount(now, "gross", one.gross),
            _amount(now, "own_coupons", one.own_coupons),
            _amount(now, "refunds", one.refunds),
            Kpi(
                text("takings.payments"),
                format.count(one.payments),
                _change(one.payments, earlier.payments, before, more),
            ),
            _amount(now, "average", one.average),
        ]
    )


def _amount(now: Taken, name: str, minor: int | None, change: Change | None = None) -> Kpi:
    said = format.NONE if minor is None else format.money(Money(minor, now.currency))
    return Kpi(text(f"takings.{name}"), said, change, help=text(f"takings.{name}.help"))


def _change(now: int, earlier: int, before: Taken, said: str) -> Change | None:
    """Against the span before, unless nothing had happened in it yet."""
    if before.total == NOTHING:
        return None
    against, by = text("takings.against", span=format.span(before.span, today=before.today)), now - earlier
    return Change(said, "up" if by > 0 else "down" if by < 0 else "same", against, by > 0 if by else None)


def over_time(now: Taken, period: Period) -> None:
    """What came in and went out again, by day, or by month where there are many; a click looks at that one."""
    daily = now.span.days <= _DAYS_SHOWN
    parts = now.days() if daily else now.months(session.month_start())
    steps = [_day_step(day) if daily else _month_step(day) for day, _ in parts]
    look = charts.look(now.currency)
    series = [charts.Series(text("takings.received"), [one.received for _, one in parts], look.palette.accent)]
    if now.total.refunds:
        series.append(charts.Series(text("takings.given_back"), [-one.refunds for _, one in parts], look.palette.quiet))
    title = text("takings.by_day" if daily else "takings.by_month")
    body, corner = card(title, key="takings.time.card")
    with corner:
        make = partial(csv.by_date, "date" if daily else "month", parts, now.currency)
        _csv(make, f"takings-{period.code}", key="takings.time.csv", compact=True)
    with body:
        running = not daily and now.today in Span(parts[-1][0], now.span.end)
        figure = charts.stacked_bars(look, steps, series, partial_last=running)
        picked = charts.show_selectable(figure, f"takings.time.{period.code}", alt=title)
    if picked and picked != period.code:
        links.go("takings", period=picked)


def _day_step(day: date) -> charts.Step:
    return charts.Step(f"{day}..{day}", str(day.day), f"{format.day(day)} {format.weekday(day)}")


def _month_step(start: date) -> charts.Step:
    label = str(start.year) if start.month == 1 else format.month_short(start)
    return charts.Step(f"{start:%Y-%m}", label, format.month(start))


def when_customers_pay(now: Taken, period: Period) -> None:
    """What payments brought by the hour of the day, or by weekday."""
    title = text("takings.when")
    body, corner = card(title, key="takings.when.card")
    with body:
        cut = _cut(title) if now.span.days > 1 else "hour"
        steps, sums = _weekdays(now) if cut == "weekday" else _hours(now)
        look = charts.look(now.currency)
        series = [charts.Series(text("takings.received"), [one.received for one in sums], look.palette.slot(1))]
        figure = charts.bars(look, steps, series, height=254)
        every = -(-len(steps) // _LABELS)
        figure["layout"]["xaxis"] |= {"tickmode": "linear", "tick0": 0, "dtick": every, "tickangle": 0}
        charts.show(figure, f"takings.when.{cut}.{period.code}", alt=title)
    with corner:
        make = partial(csv.by_place, cut, [step.title for step in steps], sums, now.currency)
        _csv(make, f"takings-{cut}-{period.code}", key="takings.when.csv", compact=True)


def _cut(title: str) -> str:
    names = {cut: text(f"takings.{cut}") for cut in ("hour", "weekday")}
    chosen = st.segmented_control(
        title,
        list(names),
        default="hour",
        key="takings.when.cut",
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    return chosen or "hour"


_Places = tuple[list[charts.Step], list[Takings]]


def _hours(now: Taken) -> _Places:
    """A shop's day, wider where something was paid earlier or later: one hour alone says nothing about a day."""
    sums = now.by_hour()
    used = [hour for hour, one in enumerate(sums) if one.payments]
    shown = range(min(*used, _OPENS), max(*used, _CLOSES) + 1) if used else range(HOURS)
    steps = [charts.Step(str(hour), str(hour), text("takings.hour.span", start=hour, end=hour + 1)) for hour in shown]
    return steps, [sums[hour] for hour in shown]


def _weekdays(now: Taken) -> _Places:
    sums = now.by_weekday()
    order = [(place - session.sunday_first()) % WEEKDAYS for place in range(WEEKDAYS)]
    days = [_ANY_MONDAY + timedelta(days=place) for place in order]
    steps = [charts.Step(str(day.weekday()), format.weekday(day), format.weekday(day, short=False)) for day in days]
    return steps, [sums[place] for place in order]


def day_by_day(now: Taken, period: Period) -> None:
    """A row for each day on which something moved, the latest first."""
    rows = [(day, one) for day, one in reversed(now.days()) if one != NOTHING]
    body, corner = card(text("takings.days"), key="takings.days.card")
    with corner:
        _csv(partial(csv.by_date, "date", rows, now.currency), f"takings-days-{period.code}", key="takings.days.csv")
    with body:
        frame = pd.DataFrame(
            [(day, one.net, one.payments, one.gross, one.own_coupons, one.refunds) for day, one in rows],
            columns=["date", "net", "payments", "gross", "own_coupons", "refunds"],
        )
        money = [name for name in ("net", "gross", "own_coupons", "refunds") if name == "net" or frame[name].any()]
        columns = [Column("date", text("takings.column.date"), "date", width=110)]
        columns += [Column(name, text(f"takings.column.{name}"), "money", now.currency) for name in money]
        columns.insert(2, Column("payments", text("takings.column.payments"), "count"))
        data_table(frame, columns, key=f"takings.days.{period.code}")


def one_by_one(counter: Counter, merchant: Merchant, now: Taken, period: Period) -> None:
    """Every payment and refund of the span, in pages; a click opens one."""
    count = now.total.payments + now.total.returns
    pages = -(-count // _SIZE)
    key = f"takings.page.{period.code}"
    number = min(session.widget(key) or 1, max(pages, 1))
    found = movements(counter, now.span, _SIZE, (number - 1) * _SIZE)
    body, corner = card(text("takings.list"), key="takings.list.card")
    with corner:
        st.caption(plural("takings.rows", count))
        make = partial(_all_movements, counter, now.span)
        _csv(make, f"takings-list-{period.code}", key="takings.list.csv")
    with body:
        movement_list(found, merchant, key="takings.list", when=_when(now.span))
        if pages > 1:
            with st.container(horizontal_alignment="center"):
                st.pagination(pages, key=key, max_visible_pages=5)
    detail_dialog(found, merchant)


def _when(span: Span) -> str:
    if span.days == 1:
        return "%H:%M"
    return "%m-%d %H:%M" if span.start.year == span.last.year else "%Y-%m-%d"


def _all_movements(counter: Counter, span: Span) -> Table:
    found = movements(counter, span, EVERYTHING)
    named = [dataclasses.replace(one, payer=called(one.payer)) for one in found]
    return csv.movements(named, counter.currency)


def _csv(make: Callable[[], Table], name: str, *, key: str, compact: bool = False) -> None:
    csv_button(f"{name}.csv", lambda: csv_of(make()), key=key, compact=compact)


def csv_of(table: Table) -> bytes:
    """The table's bytes in the person's language."""
    headers = {column.key: text(f"takings.column.{column.key}") for column in table.columns}
    states: Mapping[str, str] = {one.value: text(f"till.state.{one.value}") for one in Standing}
    return csv_bytes(table, headers, {"state": states})


def _till_action() -> Action:
    return Action(text("nav.till"), page="till", icon=":material/point_of_sale:", primary=True)


def no_merchant() -> None:
    """For who runs no merchant."""
    empty_state(
        text("takings.none.title"),
        text("takings.none.body"),
        key="takings.none",
        icon=":material/storefront:",
        actions=[_till_action()],
    )


def nothing() -> None:
    """A span in which nothing moved."""
    empty_state(
        text("takings.empty.title"),
        text("takings.empty.body"),
        key="takings.empty",
        icon=":material/bar_chart:",
        actions=[_till_action()],
    )
