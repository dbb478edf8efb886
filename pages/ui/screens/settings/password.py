"""The card of the password: a new one, and whether to be reminded after some time to choose a new one."""

from __future__ import annotations

import dataclasses
from typing import Final

import streamlit as st

from data import identity, own_security, step_up
from data.own_security import REMINDER_CHOICES
from data.security.passwords import ALONE, WITH_SECOND_FACTOR
from pages.ui import session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.settings import sessions
from pages.ui.screens.settings.sending import send, send_from_callback
from pages.ui.widgets import card

_REMINDER: Final = "settings.password.reminder"


def show(user: User) -> None:
    """The form for a new password, with the wish to be reminded of it below."""
    form = "settings.security.password"
    body, _ = card(text("settings.password.title"), key="settings.password.card", stretch=False)
    with body:
        minimum = WITH_SECOND_FACTOR if step_up.has_second_factor(user.database, user.owner) else ALONE
        with st.form(form, border=False, clear_on_submit=True):
            old = st.text_input(
                text("settings.password.old"), type="password", autocomplete="current-password", key=f"{form}.old"
            )
            new = st.text_input(
                text("settings.password.new"),
                type="password",
                autocomplete="new-password",
                key=f"{form}.new",
                help=text("settings.password.help", minimum=minimum),
            )
            pressed = st.form_submit_button(text("settings.password.change"), key=f"{form}.change", type="primary")
        if pressed and send(
            form,
            lambda _request: identity.change_password(
                user.database, user.owner, user.session, old, new, sessions.visit(), user.assurance
            ),
            lambda _none: text("settings.password.changed"),
        ):
            st.rerun()
        _reminder(user)


def _reminder(user: User) -> None:
    names = {months: text(f"settings.password.reminder.{months}") for months in REMINDER_CHOICES}
    chosen = own_security.choices_of(user.database, user.owner).reminder_months
    if own_security.reminder_due(user.database, user.owner):
        st.info(text("settings.password.reminder.due"), icon=":material/schedule:")
    st.selectbox(
        text("settings.password.reminder"),
        REMINDER_CHOICES,
        index=REMINDER_CHOICES.index(chosen),
        key=_REMINDER,
        format_func=names.__getitem__,
        on_change=_choose,
        args=(user,),
    )


def _choose(user: User) -> None:
    months = int(session.widget(_REMINDER))

    def do(_request: str) -> None:
        now = own_security.choices_of(user.database, user.owner)
        own_security.choose(
            user.database, user.owner, dataclasses.replace(now, reminder_months=months), sessions.visit()
        )

    send_from_callback(_REMINDER, do, lambda _none: text("message.saved"))
