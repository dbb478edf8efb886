"""The merchant's counter: a code to show, today's takings, what comes in."""

from __future__ import annotations

import streamlit as st

from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.merchant_choice import chosen
from pages.ui.screens.till.balance import balance_card
from pages.ui.screens.till.details import dialogs, header_button
from pages.ui.screens.till.movements import detail_dialog
from pages.ui.screens.till.opening import first_merchant
from pages.ui.screens.till.screen import codes, subtitle
from pages.ui.screens.till.today import shown_today, today_now
from pages.ui.widgets import page_header

user = require_user()
controls = page_header(text("nav.till"), subtitle(user))
with controls:
    merchant = chosen(user)
if merchant is None:
    first_merchant(user)
    st.stop()
with controls:
    header_button()
dialogs(user, merchant)
left, right = st.columns([2, 3])
with left:
    codes(user, merchant)
    balance_card(user, merchant)
with right:
    today_now(user, merchant)
detail_dialog(shown_today(user, merchant), merchant)
