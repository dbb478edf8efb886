"""The month at a glance."""

from __future__ import annotations

import streamlit as st

from analytics.months import currencies
from analytics.overview import overview
from pages.ui.books import currencies_of, scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.pickers import currency_switch
from pages.ui.samples import sample_banner
from pages.ui.screens import overview as screen
from pages.ui.screens.recurring.soon import soon
from pages.ui.screens.welcome import welcome
from pages.ui.widgets import page_header

user = require_user()
scope = scope_of(user)
if not currencies(scope):
    welcome(user)
    st.stop()
controls = page_header(text("overview.title"), screen.subtitle(scope))
with controls:
    currency = currency_switch(currencies_of(scope, user))
sample_banner(user, scope)
now = overview(scope, currency)
screen.warn_once(user, scope)
screen.figures(scope, now)
screen.attention(scope, now)
screen.refunds_under_way(scope)
soon(scope)
left, right = st.columns([3, 2])
with left:
    screen.twelve_months(scope, now)
with right:
    screen.limits(scope, now)
left, right = st.columns(2)
with left:
    screen.where_it_went(scope, now)
with right:
    screen.latest(scope, now)
