"""Sample data by one click, and gone by one click."""

from __future__ import annotations

import streamlit as st

from analytics.imports import batches
from analytics.scope import Scope
from data.commands import demo
from data.demo import FORMAT
from data.errors import Rejection
from pages.ui import session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.widgets import rejection_panel


def load_sample(user: User) -> None:
    """Fill the person's books with two invented years, in the language of the screen, and say so."""
    try:
        demo.load(user.database, user.owner, session.language())
    except Rejection as no:
        rejection_panel(no)
        return
    session.flash(text("sample.loaded"))


def sample_banner(user: User, scope: Scope) -> None:
    """While the sample data is in: say so, and offer to remove it."""
    if not any(batch.format == FORMAT and batch.undone_at is None for batch in batches(scope)):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="sample.banner"):
        st.markdown(f":material/explore: {text('sample.banner')}", width="stretch")
        if st.button(text("sample.remove"), key="sample.remove", icon=":material/delete_sweep:", type="tertiary"):
            remove_sample(user)


def remove_sample(user: User) -> None:
    """Take the sample data out again, with those of its limits that nobody changed, and draw the page anew."""
    try:
        demo.remove(user.database, user.owner)
    except Rejection as no:
        rejection_panel(no)
        return
    session.flash(text("sample.removed"))
    st.rerun()
