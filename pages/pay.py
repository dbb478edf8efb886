"""Pay somebody: scan, upload or paste a code, or pick the merchant; see what it comes to, confirm, have the receipt.

An address that names a request tells first what became of it; one that names a code or a merchant is the form at once.
"""

from __future__ import annotations

import streamlit as st

from data import wallet
from data.errors import Rejection
from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.pay import answered, asked, finding, form, opening
from pages.ui.widgets import page_header, rejection_panel

user = require_user()
scope = scope_of(user)
page_header(text("nav.pay"), text("pay.subtitle"))
told = answered.found(user)
if told is not None:
    answered.draw(user, scope, *told)
    st.stop()
try:
    target = asked.target(user)
except Rejection as no:
    rejection_panel(no)
    target = None
if target is not None:
    form.draw(user, scope, target)
    st.stop()
standings = wallet.standing(user.database, user.owner)
with st.container(key="pay-find", width=640):
    if standings:
        opening.hints(standings)
    else:
        opening.invite(user)
    finding.draw(user, scope)
