"""How does it move: months, categories and years against each other."""

from __future__ import annotations

import streamlit as st

from analytics.trends import stack, trend, year_over_year
from pages.ui.books import currencies_of, scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.pickers import currency_switch
from pages.ui.screens import trends as screen
from pages.ui.widgets import Action, empty_state, page_header

user = require_user()
scope = scope_of(user)
controls = page_header(text("trends.title"), text("trends.subtitle"))
with controls:
    currency = currency_switch(currencies_of(scope, user))
    count = (
        st.segmented_control(
            text("trends.length"),
            [12, 24, 36],
            default=12,
            key="trends.length",
            required=True,
            format_func={n: text("trends.months", n=n) for n in (12, 24, 36)}.__getitem__,
            label_visibility="collapsed",
        )
        or 12
    )
moves = trend(scope, scope.month, currency, count)
if not any(point.count for point in moves.points):
    empty_state(
        text("trends.empty.title"),
        text("trends.empty.body"),
        key="trends.empty",
        icon=":material/show_chart:",
        actions=[Action(text("nav.import"), page="import", icon=":material/upload_file:", primary=True)],
    )
    st.stop()
layers = stack(scope, scope.month, currency, count)
screen.figures(moves)
screen.by_category(scope, layers)
left, right = st.columns(2)
with left:
    screen.income_and_spending(scope, moves)
with right:
    screen.against_last_year(scope, year_over_year(scope, scope.month, currency), currency)
screen.one_thing(scope, scope.month, currency, count, layers)
screen.years_row(scope, currency)
screen.months_table(scope, moves)
