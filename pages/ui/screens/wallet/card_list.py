"""The bound cards: how each is known, whether it can be used, and what can be done with it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Final

import streamlit as st

from analytics.cards import BoundCard, cards
from analytics.scope import Scope
from data import cards as door
from data.cards import MakeDefaultCard, UnbindCard
from pages.ui import i18n
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send as send_now
from pages.ui.screens.wallet.binding import BIND
from pages.ui.screens.wallet.forms import Form, buttons, mine, opened, send
from pages.ui.screens.wallet.words import called
from pages.ui.session import Flash
from pages.ui.widgets import card as box

UNBIND: Final = "wallet.unbind"
EXPIRES_SOON: Final = timedelta(days=60)


def section(user: User, scope: Scope) -> None:
    """The list, the default card first; without one, what a card is good for."""
    found = cards(scope)
    body, corner = box(text("wallet.cards"), key="wallet.cards.card", stretch=False)
    with corner:
        st.button(
            text("wallet.bind.short"),
            key=BIND,
            icon=":material/add_card:",
            type="tertiary" if found else "secondary",
            on_click=opened,
            args=(BIND,),
        )
    with body:
        if not found:
            st.caption(text("wallet.cards.none"))
        for one in found:
            _row(user, scope, one)


def _row(user: User, scope: Scope, one: BoundCard) -> None:
    key = f"wallet.card.{one.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
        with st.container(width="stretch", gap="xsmall"):
            st.markdown(f":material/credit_card: **{md_escape(called(one))}**")
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption(md_escape(_facts(one)), width="content")
                _badges(one, scope.today)
        names = {"default": text("wallet.card.make_default"), "unbind": text(UNBIND)}
        fixed = one.default or one.expired(scope.today)
        options = ["unbind"] if fixed else ["default", "unbind"]
        chosen = st.menu_button(
            "",
            options,
            key=f"{key}.menu",
            type="tertiary",
            help=text("wallet.card.menu", card=called(one)),
            format_func=names.__getitem__,
        )
    if chosen == "unbind":
        opened(UNBIND, one)
    elif chosen == "default":
        _make_default(user, one)


def _facts(one: BoundCard) -> str:
    parts = [text("wallet.card.until", month=f"{one.expires_on:%m/%y}")]
    return " · ".join([text(f"card.brand.{one.brand}"), *parts] if one.bank else parts)


def _badges(one: BoundCard, today: date) -> None:
    if one.default:
        st.badge(text("wallet.card.default"), icon=":material/star:", color="blue")
    if one.expired(today):
        st.badge(text("wallet.card.expired"), icon=":material/error:", color="red")
    elif one.expires_on <= today + EXPIRES_SOON:
        st.badge(text("wallet.card.expiring"), icon=":material/schedule:", color="orange")


def _make_default(user: User, one: BoundCard) -> None:
    def do(request: str) -> object:
        return door.make_default(user.database, MakeDefaultCard(**mine(user, request), card=one.id))

    if send_now(f"wallet.default.{one.id}", do, lambda _: text("wallet.card.default.done", card=called(one))):
        st.rerun()


def dialogs(user: User) -> None:
    """Asking before a card is put away, while that is asked."""
    dialog(UNBIND, text("wallet.unbind.sure"), partial(_unbind, user))


def _unbind(user: User, form: Form) -> None:
    one: BoundCard = form.about
    st.markdown(i18n.markdown("wallet.unbind.body", card=called(one)))
    if buttons(UNBIND, text(UNBIND)) and send(
        form,
        lambda request: door.unbind(user.database, UnbindCard(**mine(user, request), card=one.id)),
        lambda _receipt: Flash(text("wallet.unbind.done", card=called(one))),
    ):
        st.rerun()
