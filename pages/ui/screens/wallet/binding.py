"""Binding a card. Its number is on the screen while it is typed, in memory while it is sent, and nowhere afterwards.

The number's widget is drawn under a new name after every answer, so that the session forgets what was in the old one.
"""

from __future__ import annotations

import html
from functools import partial
from typing import Any, Final

import streamlit as st

from data import cards
from data.assurance import StepUpRequired
from data.cards import CardKind, SandboxNumber
from data.errors import Rejection
from pages.ui import session, step_up
from pages.ui.card_names import card_name
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.i18n import text
from pages.ui.screens.wallet.forms import Form, done
from pages.ui.session import Flash
from pages.ui.widgets import rejection_panel

BIND: Final = "wallet.bind"
_TURN: Final = "wallet.bind.turn"
_NO: Final = "wallet.bind.no"
_GROUP: Final = 4
_NARROW: Final = "max-width:23rem;font-size:.8125rem;line-height:1.4"
_NOTE: Final = "margin:0 0 .5rem;opacity:.75"
_TABLE: Final = "border-collapse:collapse;font-variant-numeric:tabular-nums"


def dialogs(user: User) -> None:
    """The dialog, while it is open."""
    dialog(BIND, text(BIND), partial(_bind, user))


def number_key() -> str:
    """The name of the number's widget now."""
    return f"{BIND}.number.{session.recall(_TURN, 0)}"


def _bind(user: User, form: Form) -> None:
    refused: tuple[str, Rejection] | None = session.recall(_NO, None)
    if refused is not None and refused[0] == form.request:
        rejection_panel(refused[1])
    # Before the number is typed: nothing of a card may have to wait anywhere while its holder confirms.
    if not step_up.ask_first(user.owner, user.session, StepUpRequired("card", "binds_card"), key=BIND):
        return
    st.caption(text("wallet.bind.note"))
    _numbers_to_try(user)
    with st.form(f"{BIND}.form", border=False):
        number = st.text_input(
            text("wallet.bind.number"), key=number_key(), placeholder="6200 0000 0000 0000", autocomplete="cc-number"
        )
        left, right = st.columns([2, 3])
        with left:
            expiry = st.text_input(
                text("wallet.bind.expiry"), key=f"{BIND}.expiry", placeholder="08/29", autocomplete="cc-exp"
            )
        with right:
            kind = _kind()
        pressed = st.form_submit_button(text("wallet.bind.do"), key=f"{BIND}.send", type="primary", width="stretch")
    if pressed:
        _send(user, form, number or "", expiry or "", kind)


def _kind() -> CardKind:
    names = {kind: text(f"wallet.bind.kind.{kind}") for kind in CardKind}
    chosen = st.segmented_control(
        text("wallet.bind.kind"),
        list(names),
        default=CardKind.DEBIT,
        required=True,
        key=f"{BIND}.kind",
        format_func=names.__getitem__,
    )
    return CardKind(chosen or CardKind.DEBIT)


def _send(user: User, form: Form, number: str, expiry: str, kind: CardKind) -> None:
    request = session.request_id(form.request)
    try:
        with st.spinner(text("wallet.asking")):
            receipt = cards.bind(
                user.running, user.owner, request, number=number, expiry=expiry, kind=kind, assurance=user.assurance
            )
    except Rejection as no:
        session.keep(_NO, (form.request, no))
        session.renew(form.request)
    else:
        session.forget(_NO)
        done(form, _said(receipt))
    session.keep(_TURN, session.recall(_TURN, 0) + 1)
    st.rerun()


def _said(receipt: dict[str, Any]) -> Flash:
    named = card_name(receipt["brand"], receipt["bank"], receipt["last4"], receipt["kind"])
    return Flash(text("wallet.bind.done", card=named))


def _numbers_to_try(user: User) -> None:
    """The test numbers of the built-in bank, where that is who stands behind the cards."""
    found = cards.sandbox_numbers(user.running)
    if not found:
        return
    with st.popover(text("wallet.sandbox"), icon=":material/science:", type="tertiary"):
        rows = "".join(_number_row(one) for one in found)
        note = html.escape(text("wallet.sandbox.note"))
        st.html(f'<div style="{_NARROW}"><p style="{_NOTE}">{note}</p><table style="{_TABLE}">{rows}</table></div>')


def _number_row(one: SandboxNumber) -> str:
    does = f"{text(f'card.brand.{one.brand}')} · {text(f'wallet.sandbox.{one.behaviour}')}"
    return (
        f'<tr><td style="white-space:nowrap;padding:.25rem .75rem .25rem 0;vertical-align:top">{grouped(one.number)}'
        f'</td><td style="padding:.25rem 0">{html.escape(does)}</td></tr>'
    )


def grouped(number: str) -> str:
    """A card number in groups of four, as it stands on the card."""
    return " ".join(number[at : at + _GROUP] for at in range(0, len(number), _GROUP))
