"""What a merchant's wallet holds, how much of it can be paid out, and the way to do it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from data import merchants, wallet
from data.ids import OwnerId
from data.merchants import Merchant, Purse
from data.money import Money
from data.wallet import OpenWallet, Standing
from pages.ui import format, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.screens.till import paying_out
from pages.ui.widgets import card

_OPEN: Final = "till.payout.open_wallet"


def balance_card(user: User, merchant: Merchant) -> None:
    """The card, and its dialog while that is open."""
    purse = merchants.purse(user.database, merchant)
    standings = wallet.standing(user.database, user.owner)
    mine = next((one for one in standings if one.currency == merchant.currency), None)
    body, corner = card(text("payout.title"), key="till.balance", stretch=False)
    with corner:
        links.link("takings", text("payout.to_list"), merchant=str(merchant.id))
    with body:
        _available(purse, merchant)
        _way_out(user, merchant, purse, mine)
    if mine is not None:
        paying_out.dialogs(user, merchant, purse, mine)


def _available(purse: Purse, merchant: Merchant) -> None:
    def amount(minor: int) -> str:
        return format.money(Money(minor, purse.currency))

    with st.container(gap=None):
        st.caption(text("payout.available"))
        st.markdown(f"## {md_escape(amount(purse.available))}")
    if purse.reserved:
        key = "payout.kept.short" if purse.reserved > purse.balance else "payout.kept"
        st.caption(md_escape(text(key, balance=amount(purse.balance), reserved=amount(purse.reserved))))
        links.link("refund_requests", text("payout.to_requests"), merchant=str(merchant.id))
    elif not purse.balance:
        st.caption(text("payout.nothing"))


def _way_out(user: User, merchant: Merchant, purse: Purse, mine: Standing | None) -> None:
    """The button; where the money cannot go anywhere, why and what to do."""
    if mine is None:
        if purse.balance:
            _no_wallet(user, merchant)
        return
    if mine.frozen is not None:
        st.info(text("payout.frozen"), icon=":material/ac_unit:")
        links.link("wallet", text("payout.to_wallet"))
    st.button(
        text("payout.do"),
        key="till.payout.open",
        icon=":material/account_balance_wallet:",
        width="stretch",
        disabled=not purse.available or mine.frozen is not None,
        on_click=paying_out.opened,
        args=(merchant,),
    )


def _no_wallet(user: User, merchant: Merchant) -> None:
    st.info(text("payout.no_wallet", currency=merchant.currency), icon=":material/account_balance_wallet:")
    st.button(
        text("payout.open_wallet", currency=merchant.currency),
        key=_OPEN,
        width="stretch",
        on_click=_open,
        args=(user, merchant.currency),
    )


def _open(user: User, currency: str) -> None:
    def do(request: str) -> object:
        command = OpenWallet(owner=OwnerId(user.owner), request_id=request, actor=user.owner, currency=currency)
        return wallet.open_wallet(user.database, command)

    send_from_callback(_OPEN, do, lambda _receipt: text("payout.wallet_opened", currency=currency))
