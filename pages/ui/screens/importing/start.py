"""Where nothing waits: the place to drop files, and for a newcomer the sample data."""

from __future__ import annotations

import streamlit as st

from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.samples import load_sample
from pages.ui.screens.importing.files import uploader


def start(user: User, *, empty: bool) -> None:
    """The field for files; beside it, while nothing was ever imported, the way to look around first."""
    left, right = st.columns([3, 2]) if empty else (st.container(), None)
    with left, st.container(border=True, height="stretch", key="import.start"):
        st.subheader(text("importing.start"), anchor=False)
        st.caption(text("importing.start.note"))
        uploader(user)
    if right is None:
        return
    with right, st.container(border=True, height="stretch", key="import.sample"):
        st.subheader(text("welcome.sample.title"), anchor=False)
        st.caption(text("welcome.sample.body"))
        if st.button(text("welcome.sample.button"), key="import.sample.load", icon=":material/explore:"):
            load_sample(user)
            st.rerun()
