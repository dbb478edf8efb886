"""Everything of the person as a journal that other programs read: made when its button is pressed."""

from __future__ import annotations

import streamlit as st

from data.journals.export import journal
from data.journals.writing import Format
from pages.ui import session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.widgets import card

_FILE = "little-gold-card"


def show(user: User) -> None:
    """A button for each family of programs."""
    body, _ = card(text("journals.title"), key="settings.journals.card", stretch=False)
    with body:
        st.caption(text("journals.note"))
        with st.container(horizontal=True):
            for one in Format:
                _button(user, one)


def _button(user: User, one: Format) -> None:
    read, owner, name = user.database.read, user.owner, user.name
    st.download_button(
        text(f"journals.{one.value}"),
        data=session.bound(lambda: journal(read, owner, name, one)),
        file_name=f"{_FILE}.{one.ending}",
        mime="text/plain",
        key=f"settings.journals.{one.value}",
        icon=":material/menu_book:",
        on_click="ignore",
    )
