"""What a merchant took, day by day."""

from __future__ import annotations

import streamlit as st

from analytics.spending import comparable
from analytics.takings import NOTHING, taken
from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.pickers import period_picker
from pages.ui.screens import takings as screen
from pages.ui.screens.merchant_choice import chosen
from pages.ui.screens.till import payout_list
from pages.ui.screens.till.counting import counter_of
from pages.ui.widgets import page_header

user = require_user()
with page_header(text("takings.title"), text("takings.subtitle")):
    merchant = chosen(user)
if merchant is None:
    screen.no_merchant()
    st.stop()
period = period_picker(user.today)
counter = counter_of(user, merchant)
now = taken(counter, period.span)
if now.total == NOTHING:
    screen.nothing()
    payout_list.section(counter, merchant, period.span, period.code)
    payout_list.receipt_dialog(counter, merchant)
    st.stop()
screen.figures(now, taken(counter, comparable(scope_of(user), period.span)))
if period.span.days > 1:
    left, right = st.columns([3, 2])
    with left:
        screen.over_time(now, period)
    with right:
        screen.when_customers_pay(now, period)
    screen.day_by_day(now, period)
else:
    screen.when_customers_pay(now, period)
screen.one_by_one(counter, merchant, now, period)
payout_list.section(counter, merchant, period.span, period.code)
payout_list.receipt_dialog(counter, merchant)
