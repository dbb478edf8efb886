"""What a newcomer sees: three ways to begin, and what comes of each."""

from __future__ import annotations

import streamlit as st

from pages.ui import links
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.samples import load_sample
from pages.ui.widgets import page_header


def welcome(user: User) -> None:
    """Greet the person and offer to import a statement, to pay from here, or to look around with sample data."""
    page_header(text("welcome.title", name=user.name), text("welcome.subtitle"))
    left, middle, right = st.columns(3)
    with left, st.container(border=True, height="stretch"):
        st.markdown("### :material/upload_file:")
        st.subheader(text("welcome.import.title"), anchor=False)
        st.caption(text("welcome.import.body"))
        if st.button(text("welcome.import.button"), key="welcome.import", type="primary"):
            links.go("import")
    with middle, st.container(border=True, height="stretch"):
        st.markdown("### :material/account_balance_wallet:")
        st.subheader(text("welcome.wallet.title"), anchor=False)
        st.caption(text("welcome.wallet.body"))
        if st.button(text("welcome.wallet.button"), key="welcome.wallet"):
            links.go("wallet")
    with right, st.container(border=True, height="stretch"):
        st.markdown("### :material/explore:")
        st.subheader(text("welcome.sample.title"), anchor=False)
        st.caption(text("welcome.sample.body"))
        if st.button(text("welcome.sample.button"), key="welcome.sample"):
            load_sample(user)
            st.rerun()
    with st.container(border=True):
        st.subheader(text("welcome.kept.title"), anchor=False)
        st.caption(md_escape(text("welcome.kept.body")))
