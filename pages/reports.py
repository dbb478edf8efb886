"""A span's whole statement: month, quarter or year."""

from __future__ import annotations

import streamlit as st

from analytics.reports import report
from pages.ui.books import currencies_of, scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.pickers import currency_switch, period_picker
from pages.ui.screens import reports as screen
from pages.ui.widgets import Action, empty_state, page_header

user = require_user()
scope = scope_of(user)
controls = page_header(text("reports.title"), text("reports.subtitle"))
with controls:
    currency = currency_switch(currencies_of(scope, user))
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    period = period_picker(user.today, kinds=("month", "quarter", "year"))
    answer = report(scope, period.span, currency)
    if answer.totals.count:
        screen.everything(scope, answer, period)
if not answer.totals.count:
    empty_state(
        text("reports.empty.title"),
        text("reports.empty.body"),
        key="reports.empty",
        icon=":material/summarize:",
        actions=[Action(text("nav.import"), page="import", icon=":material/upload_file:", primary=True)],
    )
    st.stop()
screen.figures(scope, answer)
screen.months(scope, answer)
left, right = st.columns(2)
with left:
    screen.by_category(scope, answer, "spending")
    screen.by_category(scope, answer, "income")
    screen.accounts(scope, answer)
    screen.balances(scope, answer)
with right:
    screen.payees(scope, answer)
    screen.largest(scope, answer)
screen.limits(scope, answer)
