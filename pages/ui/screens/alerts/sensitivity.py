"""How soon the person wants to be asked."""

from __future__ import annotations

from typing import Final

import streamlit as st

from data import alerts as door
from data.alerts import Sensitivity, SetSensitivity
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send
from pages.ui.screens.wallet.forms import mine
from pages.ui.widgets import card

_FORM: Final = "alerts.sensitivity"
_LEVELS: Final = [one.value for one in Sensitivity]


def section(user: User) -> None:
    """The three choices, each told what it means; more careful at once, less after confirming."""
    now = door.sensitivity_of(user.database, user.owner)
    body, _ = card(text("alerts.sensitivity"), key="alerts.sensitivity.card", stretch=False)
    with body:
        chosen = st.radio(
            text("alerts.sensitivity"),
            _LEVELS,
            index=_LEVELS.index(now.value),
            key=f"{_FORM}.chosen",
            format_func={one: text(f"alerts.sensitivity.{one}") for one in _LEVELS}.__getitem__,
            captions=[md_escape(text(f"alerts.sensitivity.{one}.means")) for one in _LEVELS],
            label_visibility="collapsed",
        )
        pressed = st.button(text("action.save"), key=f"{_FORM}.save", disabled=chosen == now.value)
        if (
            pressed
            and chosen is not None
            and send(
                _FORM,
                lambda request: door.set_sensitivity(
                    user.database,
                    SetSensitivity(**mine(user, request), sensitivity=Sensitivity(chosen)),
                    user.assurance,
                ),
                lambda _receipt: text("alerts.sensitivity.done"),
            )
        ):
            st.rerun()
