"""What payers ask a merchant to give back, and the answers."""

from __future__ import annotations

import streamlit as st

from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens import refund_requests as screen
from pages.ui.screens.merchant_choice import chosen
from pages.ui.widgets import page_header

user = require_user()
with page_header(text("requests.title"), text("requests.subtitle")):
    merchant = chosen(user)
if merchant is None:
    screen.no_merchant()
    st.stop()
screen.requests(user, merchant)
