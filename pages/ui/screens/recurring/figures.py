"""The figures at the top: what a year costs, what is still to come this month, how many series there are."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.recurring import Recurring
from analytics.recurring_calendar import Sum, rest_of_month, yearly
from analytics.scope import Scope
from data.money import Money
from data.recurring import Side
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.widgets import Change, Kpi, kpi_row

_BEHIND_DAYS = 3


def figures(scope: Scope, known: Recurring, currency: str) -> None:
    """Four figures; what is in other currencies stands below each, never added."""
    year, rest = yearly(known, scope.today), rest_of_month(known, scope)
    going = sum(one.live for one in known.series if one.side is Side.OUT)
    kpi_row(
        [
            _figure("year", year, Side.OUT, currency),
            _figure("rest", rest, Side.OUT, currency),
            _figure("income", year, Side.IN, currency),
            Kpi(text("recurring.figure.count"), format.count(going), help=text("recurring.figure.count.help")),
        ]
    )


def _figure(name: str, sums: Sequence[Sum], side: Side, currency: str) -> Kpi:
    mine = {one.currency: one for one in sums if one.side is side}
    main = mine.pop(currency, Sum(side, currency, 0, 0))
    others = [format.money(Money(one.amount, one.currency)) for one in mine.values()]
    below = text("recurring.figure.also", amounts=" · ".join(others)) if others else ""
    return Kpi(
        text(f"recurring.figure.{name}"),
        format.money(Money(main.amount, currency)),
        Change(below or plural("recurring.figure.payments", main.count), "same"),
        help=text(f"recurring.figure.{name}.help"),
    )


def known_until(scope: Scope, known: Recurring) -> None:
    """Say so where the books end some days before today: what is later is not called missed."""
    if (scope.today - known.known_until).days > _BEHIND_DAYS:
        day = format.day(known.known_until, today=scope.today)
        st.caption(md_escape(text("recurring.known_until", day=day)))
