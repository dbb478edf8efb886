"""Everything of the person, as a zip and as a journal for other programs: after confirming, made when pressed."""

from __future__ import annotations

import streamlit as st

from data import taking_out
from data.assurance import StepUpRequired
from data.taking_out import Format
from pages.ui import session, step_up
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.settings import whole
from pages.ui.widgets import card

_FILE = "little-gold-card"


def show(user: User) -> None:
    """The zip of everything, and a button for each family of programs that keep books."""
    body, _ = card(text("journals.title"), key="settings.journals.card", stretch=False)
    with body:
        st.caption(text("mine.export.note"))
        st.caption(text("mine.export.secrets"))
        wanted = StepUpRequired("export", "exports")
        if not step_up.ask_first(user.owner, user.session, wanted, key="settings.journals"):
            return
        whole.button(user)
        st.caption(text("journals.note"))
        with st.container(horizontal=True):
            for one in Format:
                _button(user, one)


def _button(user: User, one: Format) -> None:
    asked = (user.database, user.owner, user.name, one, user.assurance)
    st.download_button(
        text(f"journals.{one.value}"),
        data=session.bound(lambda: taking_out.everything(*asked)),
        file_name=f"{_FILE}.{one.ending}",
        mime="text/plain",
        key=f"settings.journals.{one.value}",
        icon=":material/menu_book:",
        on_click="ignore",
    )
