"""Before a first payment: a wallet to pay from, money in it; and what is said while it is frozen."""

from __future__ import annotations

import streamlit as st

from data import wallet
from data.ids import OwnerId
from data.wallet import OpenWallet, Standing
from pages.ui import links
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.screens.wallet.words import sentences
from pages.ui.widgets import card


def invite(user: User) -> None:
    """Offer a wallet in the person's own currency to somebody who has none."""
    body, _ = card(text("pay.open.title"), key="pay-open", stretch=False)
    with body:
        st.markdown(md_escape(text("pay.open.body")))
        open_button(user, user.preferences.currency, primary=True)


def open_button(user: User, currency: str, *, primary: bool = False) -> None:
    """The button that opens a wallet in this currency."""
    st.button(
        text("pay.open", currency=currency),
        key=f"pay.open.{currency}",
        type="primary" if primary else "secondary",
        icon=":material/account_balance_wallet:",
        on_click=_open,
        args=(user, currency),
    )


def _open(user: User, currency: str) -> None:
    def do(request: str) -> object:
        command = OpenWallet(owner=OwnerId(user.owner), request_id=request, actor=user.owner, currency=currency)
        return wallet.open_wallet(user.database, command)

    send_from_callback(f"pay.open.{currency}", do, lambda _receipt: text("pay.opened", currency=currency))


def hints(found: tuple[Standing, ...]) -> None:
    """What stands in the way of every payment: an empty wallet, a frozen one."""
    if any(one.frozen is not None for one in found):
        reason = next((one.frozen for one in found if one.frozen), "")
        st.warning(md_escape(_why(reason)), title=text("pay.frozen"), icon=":material/ac_unit:")
        with st.container(horizontal=True):
            links.link("wallet", text("pay.to_wallet"))
            if reason == wallet.MONITOR:
                links.link("alerts", text("nav.alerts"))
    elif all(one.available == 0 for one in found):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="pay-empty"):
            st.markdown(f":orange[:material/info:] {md_escape(text('pay.empty'))}", width="stretch")
            links.link("wallet", text("pay.top_up"), icon=":material/add_card:")


def _why(reason: str) -> str:
    if reason == wallet.MONITOR:
        return sentences(text("pay.frozen.body"), text("wallet.frozen.monitor"))
    return text("pay.frozen.reason", reason=reason) if reason else text("pay.frozen.body")
