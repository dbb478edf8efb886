"""What a merchant says about itself: changing it, closing, reopening, opening one more."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from data import merchants
from data.merchants import ChangeMerchant, Merchant
from pages.ui import session
from pages.ui.context import User
from pages.ui.dialogs import ask, confirm, dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send, send_from_callback
from pages.ui.screens.till.fields import Told, fields, trade_field
from pages.ui.screens.till.opening import opening_form

_DETAILS: Final = "till.details"
_CLOSE: Final = "till.close"
_ANOTHER: Final = "till.another"


def header_button() -> None:
    """The way to everything here, for the page's header."""
    st.button(
        text("till.details"),
        key="till.details.open",
        icon=":material/storefront:",
        on_click=ask,
        args=(_DETAILS,),
    )


def dialogs(user: User, merchant: Merchant) -> None:
    """Whichever of the dialogs is open."""
    dialog(_DETAILS, text("till.details.title"), lambda _: _details(user, merchant), width="medium")
    dialog(_ANOTHER, text("till.another"), lambda _: opening_form(user), width="medium")
    confirm(
        _CLOSE,
        title=text("till.close.title", name=merchant.name),
        body=text("till.close.body"),
        action=text("till.close.do"),
        on_confirm=lambda _: set_closed(user, merchant, closed=True),
    )


def _details(user: User, merchant: Merchant) -> None:
    form = f"{_DETAILS}.{merchant.id}"
    st.caption(md_escape(text("till.details.fixed", currency=merchant.currency)))
    trade = trade_field(form, merchant.mcc)
    told = fields(form, merchant)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, width="content"):
            elsewhere = _state_button(user, merchant) or st.button(
                text("till.another"),
                key="till.another.open",
                type="tertiary",
                icon=":material/add:",
                on_click=ask,
                args=(_ANOTHER,),
            )
        pressed = st.button(text("action.save"), key="till.details.save", type="primary")
    if elsewhere:
        st.rerun()  # a button in a dialog draws the dialog again, not the page that shows the next one
    if pressed and send(form, partial(_change, user, merchant, told, trade), lambda _receipt: text("message.saved")):
        session.close_dialog()
        st.rerun()


def _state_button(user: User, merchant: Merchant) -> bool:
    if merchant.closed:
        return st.button(
            text("till.reopen"),
            key="till.reopen",
            type="tertiary",
            icon=":material/lock_open:",
            on_click=reopen,
            args=(user, merchant),
        )
    return st.button(
        text("till.close"), key="till.close", type="tertiary", icon=":material/block:", on_click=ask, args=(_CLOSE,)
    )


def reopen(user: User, merchant: Merchant) -> None:
    """Take payments again; for a button's `on_click`."""
    session.close_dialog()
    set_closed(user, merchant, closed=False)


def _change(user: User, merchant: Merchant, told: Told, trade: str, request: str) -> object:
    return merchants.change(
        user.database,
        ChangeMerchant(
            owner=merchant.id,
            request_id=request,
            actor=user.owner,
            name=told.name,
            mcc=trade,
            category=told.category,
            city=told.city,
            address=told.address,
            contact=told.contact,
        ),
    )


def set_closed(user: User, merchant: Merchant, *, closed: bool) -> None:
    """Take payments no more, or again; from a callback."""
    word = "close" if closed else "reopen"
    send_from_callback(
        f"till.{word}.{merchant.id}",
        lambda request: merchants.change(
            user.database, ChangeMerchant(owner=merchant.id, request_id=request, actor=user.owner, closed=closed)
        ),
        lambda _receipt: text(f"till.{word}.done", name=merchant.name),
    )
