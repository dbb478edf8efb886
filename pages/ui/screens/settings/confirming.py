"""Above which amount the person confirms a payment: lower at once, higher after confirming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from data import step_up as door
from data import wallet
from data.assurance import StepUpRequired
from data.errors import Rejection
from data.money import Money, parse_amount
from data.step_up import SetThreshold
from pages.ui import format, session, step_up  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.widgets import card, rejection_panel

_FORM: Final = "settings.confirming"


def show(user: User) -> None:
    """One field for each wallet's currency, for the person's own where there is no wallet yet."""
    currencies = [one.currency for one in wallet.standing(user.database, user.owner)] or [user.preferences.currency]
    body, _ = card(text("settings.confirming.title"), key="settings.confirming.card", stretch=False)
    with body:
        st.caption(text("settings.confirming.what"))
        with st.form(_FORM, border=False):
            typed = [_field(user, currency) for currency in currencies]
            pressed = st.form_submit_button(text("action.save"), key=f"{_FORM}.send", type="primary")
        if pressed and _save(user, currencies, typed):
            st.rerun()


def _field(user: User, currency: str) -> str:
    kept = Money(door.threshold(user.database, user.owner, currency), currency).plain()
    label = text("settings.confirming.field", unit=format.symbol(currency))
    return st.text_input(label, kept, key=f"{_FORM}.{currency}", autocomplete="off", width=240) or ""


def _save(user: User, currencies: Sequence[str], typed: Sequence[str]) -> bool:
    """Whether all of it was kept."""
    try:
        for currency, said in zip(currencies, typed, strict=True):
            request = session.request_id(f"{_FORM}.{currency}")
            minor = parse_amount(said, currency).minor
            command = SetThreshold(user.owner, request, currency, minor)
            door.set_threshold(user.database, command, user.assurance)
            session.renew(f"{_FORM}.{currency}")
    except StepUpRequired as no:
        step_up.lead(no, widgets=[f"{_FORM}.{currency}" for currency in currencies])
        return False
    except Rejection as no:
        rejection_panel(no)
        return False
    session.flash(text("settings.confirming.saved"))
    return True
