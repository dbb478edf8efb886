"""What expires when: a bar a month, a row a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from analytics.points import Expiry, Points, expiry_table
from data.money import POINTS
from pages.ui import charts, format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import plural, text
from pages.ui.screens.points.files import csv_file
from pages.ui.tables import Column, data_table
from pages.ui.widgets import card

_HEIGHT = 170
_ROWS = 4


def expiring(now: Points, worth: int, currency: str, today: date) -> None:
    """The card with the chart and the table; worth: minor units of `currency` for one point."""
    body, corner = card(text("points.expiry"), key="points.expiry")
    if now.expiries:
        with corner:
            make = partial(expiry_table, now.expiries, worth, currency)
            csv_file("points-expiry", make, key="points.expiry.csv", compact=True)
    with body:
        if not now.expiries:
            st.caption(text("points.expiry.none"))
            return
        st.caption(format.md_escape(_first(now.expiries[0], today)))
        _chart(now.expiries, today)
        _table(now.expiries, worth, currency)


def _first(one: Expiry, today: date) -> str:
    if one.on is None:
        return text("points.expiry.never")
    if one.on == today:
        return plural("points.expiry.today", one.points)
    return plural("points.expiry.next", one.points, day=format.day(one.on, today=today))


def _chart(expiries: Sequence[Expiry], today: date) -> None:
    ending = [one for one in expiries if one.on is not None]
    if not ending:
        return
    months: dict[date, int] = {}
    for month in _months(today, max(one.on for one in ending if one.on)):
        months[month] = 0
    for one in ending:
        if one.on is not None:
            months[one.on.replace(day=1)] += one.points
    look = charts.look(POINTS)
    steps = [charts.Step(month.isoformat(), _label(month), format.month(month)) for month in months]
    series = [charts.Series(text("points.expiry.series"), list(months.values()), look.palette.accent)]
    charts.show(charts.bars(look, steps, series, height=_HEIGHT), "points.expiry.chart", alt=text("points.expiry"))


def _months(first: date, last: date) -> list[date]:
    """The first day of every month from one to the other."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    return [date((start + n) // 12, (start + n) % 12 + 1, 1) for n in range(count)]


def _label(month: date) -> str:
    return str(month.year) if month.month == 1 else format.month_short(month)


def _table(expiries: Sequence[Expiry], worth: int, currency: str) -> None:
    rows = [
        (format.iso(one.on) if one.on else text("points.never"), one.points, one.points * worth) for one in expiries
    ]
    columns = [
        Column("on", text("points.column.expires_on")),
        Column("points", text("points.column.points"), "count"),
        Column("worth", text("points.column.worth"), "money", currency),
    ]
    frame = pd.DataFrame(rows, columns=["on", "points", "worth"])
    data_table(frame, columns if worth else columns[:2], key="points.expiry.table", rows_shown=_ROWS)
