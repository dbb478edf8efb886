"""Stopping everything that leaves the wallet, and letting it work again: each after a second look."""

from __future__ import annotations

from typing import Final

import streamlit as st

from data import wallet
from data.wallet import Freeze, Unfreeze
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.i18n import text
from pages.ui.screens.wallet.forms import Form, buttons, mine, opened, send
from pages.ui.session import Flash
from pages.ui.widgets import card

FREEZE: Final = "wallet.freeze"
UNFREEZE: Final = "wallet.unfreeze"
_REASON_LENGTH: Final = 100


def section(*, frozen: bool) -> None:
    """What freezing does, and the way to it; a frozen wallet has its banner instead."""
    if frozen:
        return
    body, _ = card(text("wallet.freeze.title"), key="wallet.freeze.card", stretch=False)
    with body:
        st.caption(text("wallet.freeze.body"))
        st.button(text(FREEZE), key=FREEZE, icon=":material/ac_unit:", on_click=opened, args=(FREEZE,))


def dialogs(user: User) -> None:
    """Both confirmations, while one of them is open."""
    dialog(FREEZE, text("wallet.freeze.sure"), lambda form: _freeze(user, form))
    dialog(UNFREEZE, text("wallet.unfreeze.sure"), lambda form: _unfreeze(user, form))


def _freeze(user: User, form: Form) -> None:
    st.markdown(text("wallet.freeze.body"))
    reason = st.text_input(text("wallet.freeze.reason"), max_chars=_REASON_LENGTH, key=f"{FREEZE}.reason")
    if buttons(FREEZE, text(FREEZE), icon=":material/ac_unit:") and send(
        form,
        lambda request: wallet.freeze(user.database, Freeze(**mine(user, request), reason=(reason or "").strip())),
        lambda _receipt: Flash(text("wallet.freeze.done")),
    ):
        st.rerun()


def _unfreeze(user: User, form: Form) -> None:
    st.markdown(text("wallet.unfreeze.body"))
    if buttons(UNFREEZE, text(UNFREEZE), icon=":material/lock_open:") and send(
        form,
        lambda request: wallet.unfreeze(user.database, Unfreeze(**mine(user, request)), user.assurance),
        lambda _receipt: Flash(text("wallet.unfreeze.done")),
    ):
        st.rerun()
