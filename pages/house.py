"""What waits for the operator: refunds that are due, silent banks, whether the books hold together; house offers."""

from __future__ import annotations

import streamlit as st

from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens import house as screen
from pages.ui.screens import house_offers
from pages.ui.widgets import page_header

user = require_user()
controls = page_header(text("house.title"), text("house.subtitle"))
if not user.operator:
    screen.not_yours()
    st.stop()
with controls:
    screen.settle_now(user)
if screen.switch() == "offers":
    house_offers.draw(user)
else:
    screen.waiting(user)
