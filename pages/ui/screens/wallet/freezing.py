"""Stopping everything that leaves the wallet, with one press; and letting it work again, after a second look."""

from __future__ import annotations

from typing import Final

import streamlit as st

from data import wallet
from data.wallet import Freeze, Unfreeze
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.screens.wallet.forms import Form, buttons, mine, send
from pages.ui.session import Flash
from pages.ui.widgets import card

FREEZE: Final = "wallet.freeze"
UNFREEZE: Final = "wallet.unfreeze"


def section(user: User, *, frozen: bool) -> None:
    """What freezing does, and the button that does it at once; a frozen wallet has its banner instead."""
    if frozen:
        return
    body, _ = card(text("wallet.freeze.title"), key="wallet.freeze.card", stretch=False)
    with body:
        st.caption(text("wallet.freeze.body"))
        st.button(text(FREEZE), key=FREEZE, icon=":material/ac_unit:", on_click=_freeze, args=(user,))


def dialogs(user: User) -> None:
    """The second look before it works again, while it is open."""
    dialog(UNFREEZE, text("wallet.unfreeze.sure"), lambda form: _unfreeze(user, form))


def _freeze(user: User) -> None:
    send_from_callback(
        FREEZE,
        lambda request: wallet.freeze(user.database, Freeze(**mine(user, request))),
        lambda _receipt: text("wallet.freeze.done"),
    )


def _unfreeze(user: User, form: Form) -> None:
    st.markdown(text("wallet.unfreeze.body"))
    if buttons(UNFREEZE, text(UNFREEZE), icon=":material/lock_open:") and send(
        form,
        lambda request: wallet.unfreeze(user.database, Unfreeze(**mine(user, request)), user.assurance),
        lambda _receipt: Flash(text("wallet.unfreeze.done")),
    ):
        st.rerun()
