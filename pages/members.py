"""Who has a wallet here, and the desk where cash becomes balance."""

from __future__ import annotations

import streamlit as st

from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens import members, members_desk, members_joining
from pages.ui.widgets import page_header

user = require_user()
page_header(text("nav.members"), text("members.subtitle"))
if not user.operator:
    members.refused()
    st.stop()
scope = scope_of(user)
left, right = st.columns([2, 3])
with left:
    members_desk.desk(scope)
with right:
    members.listing(user, scope)
joining, resetting = st.columns(2)
with joining:
    members_joining.joining(user)
with resetting:
    members_joining.resetting(user, scope)
members_desk.dialogs(user)
