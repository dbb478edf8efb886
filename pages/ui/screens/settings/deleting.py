"""The card for deleting one's own account: what goes, why it may not, and going, after confirming by name."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from data import leaving, retention
from data.assurance import StepUpRequired
from pages.ui import leave, step_up
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import rejection_text, text
from pages.ui.screens.settings.sending import send
from pages.ui.widgets import card

_FORM: Final = "settings.leave"


def show(user: User) -> None:
    """What deleting means; the form only for who may go."""
    body, _ = card(text("mine.leave.title"), key=f"{_FORM}.card", stretch=False)
    with body:
        st.caption(text("mine.leave.what"))
        st.caption(text("mine.leave.backups", months=retention.MONTHS))
        no = leaving.held_back(user.database, user.owner)
        if no is not None:
            st.info(md_escape(rejection_text(no)), icon=":material/info:")
            return
        wanted = StepUpRequired("deletion", "deletes_account")
        if step_up.ask_first(user.owner, user.session, wanted, key=_FORM):
            _form(user)


def _form(user: User) -> None:
    with st.form(_FORM, border=False):
        label = text("mine.leave.name", name=user.name)
        name = st.text_input(md_escape(label), autocomplete="off", key=f"{_FORM}.name")
        pressed = st.form_submit_button(text("mine.leave.button"), key=f"{_FORM}.go", icon=":material/delete_forever:")
    if pressed and send(_FORM, partial(_leave, user, name), lambda _none: text("mine.leave.done")):
        leave.for_sign_in()
        st.stop()


def _leave(user: User, name: str, request: str) -> None:
    leaving.leave(user.database, leaving.Leave(user.owner, request, name), user.assurance)
