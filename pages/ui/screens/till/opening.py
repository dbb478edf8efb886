"""Opening a merchant: what it is for, and the form."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from data import merchants
from data.ids import OwnerId, new_id
from data.merchants import OpenMerchant
from pages.ui import session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.merchant_choice import choose
from pages.ui.screens.settings.sending import send
from pages.ui.screens.till.fields import Told, currency_field, fields, trade_field
from pages.ui.widgets import card, empty_state

FORM: Final = "till.open"
_BOOKS: Final = "till.open.books"


def first_merchant(user: User) -> None:
    """For who runs no merchant yet: why one would, and the form."""
    left, right = st.columns([2, 3])
    with left:
        empty_state(text("till.empty.title"), text("till.empty.body"), key="till.empty", icon=":material/storefront:")
    with right:
        body, _ = card(text("till.open.title"), key="till.open.card")
        with body:
            opening_form(user)


def opening_form(user: User) -> None:
    """The form; not a Streamlit form, since the category follows the trade while it is filled in."""
    trade = trade_field(FORM)
    told = fields(FORM, trade=trade)
    currency = currency_field(FORM, user.preferences.currency)
    st.caption(text("till.open.note"))
    pressed = st.button(text("till.open.do"), key=f"{FORM}.send", type="primary", icon=":material/storefront:")
    if pressed and send(
        FORM,
        lambda request: merchants.open_merchant(user.database, _command(user, request, told, trade, currency)),
        lambda receipt: text("till.open.done", name=receipt["name"]),
    ):
        choose(_books())
        session.forget(_BOOKS)
        session.close_dialog()
        st.rerun()


def _command(user: User, request: str, told: Told, trade: str, currency: str) -> OpenMerchant:
    return OpenMerchant(
        owner=_books(),
        request_id=request,
        actor=user.owner,
        proprietor=user.owner,
        code="",
        name=told.name,
        mcc=trade,
        category=told.category,
        city=told.city,
        address=told.address,
        contact=told.contact,
        currency=currency,
    )


def _books() -> OwnerId:
    """The new books' id. It stays while the form does: a request id is one request of one owner."""
    kept = session.recall(_BOOKS, "")
    if not kept:
        kept = str(new_id())
        session.keep(_BOOKS, kept)
    return OwnerId(UUID(kept))
