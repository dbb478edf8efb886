"""Where did it go: a span's spending by category, down to the rows."""

from __future__ import annotations

import streamlit as st

from pages.ui import session
from pages.ui.books import currencies_of, scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.pickers import currency_switch, period_picker
from pages.ui.screens import categories as screen
from pages.ui.widgets import Action, empty_state, page_header

user = require_user()
scope = scope_of(user)
controls = page_header(text("categories.title"), text("categories.subtitle"))
with controls:
    currency = currency_switch(currencies_of(scope, user))
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    period = period_picker(user.today)
    side = st.segmented_control(
        text("categories.side"),
        ["spending", "income"],
        default="spending",
        key="categories.side",
        required=True,
        format_func={code: text(f"categories.side.{code}") for code in ("spending", "income")}.__getitem__,
        label_visibility="collapsed",
    )
answer, passed = screen.answer(scope, period.span, currency, "income" if side == "income" else "spending")
if not answer.slices or not any(part.count for part in answer.slices):
    empty_state(
        text("categories.empty.title"),
        text("categories.empty.body"),
        key="categories.empty",
        icon=":material/donut_small:",
        actions=[Action(text("nav.import"), page="import", icon=":material/upload_file:", primary=True)],
    )
    st.stop()
screen.figures(scope, answer, passed)
category = screen.chosen_category(scope)
if category is None:
    screen.breakdown(scope, answer)
    screen.category_table(scope, answer)
else:
    screen.inside(scope, answer, category)
if answer.side == "spending":
    left, right = st.columns([2, 3]) if period.kind == "month" else (None, st.container())
    if left is not None:
        with left:
            screen.month_calendar(scope, period.span, currency, sunday_first=session.sunday_first())
    with right:
        screen.largest_expenses(scope, period.span, currency)
