"""Paying a merchant out: how much, then what it comes to; then it is in the wallet, and its receipt is shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

import streamlit as st

from data import merchants
from data.errors import Rejection
from data.merchants import Merchant, PayOut, Purse
from data.money import Money, parse_amount
from data.wallet import Standing
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.keypad import decimal_keypad
from pages.ui.screens.till import payout_list
from pages.ui.screens.till.counting import counter_of
from pages.ui.screens.till.movements import facts_html
from pages.ui.screens.wallet import forms
from pages.ui.screens.wallet.forms import Form, send
from pages.ui.session import Flash
from pages.ui.widgets import rejection_panel

PAY_OUT: Final = "till.payout"
_DRAFT: Final = "till.payout.draft"
_TYPING: Final = "till-payout"


@dataclasses.dataclass(frozen=True, slots=True)
class _Draft:
    """What was typed in the dialog `request`; right False: it is being changed again."""

    request: str
    amount: Money
    right: bool = True


def opened(merchant: Merchant) -> None:
    """Open the dialog anew; for a button's `on_click`."""
    forms.opened(PAY_OUT, str(merchant.id))


def dialogs(user: User, merchant: Merchant, purse: Purse, mine: Standing) -> None:
    """Paying out, or the receipt, while one of them is open."""
    dialog(PAY_OUT, text("payout.do"), partial(_pay_out, user, merchant, purse, mine))
    payout_list.receipt_dialog(counter_of(user, merchant), merchant)


def _pay_out(user: User, merchant: Merchant, purse: Purse, mine: Standing, form: Form) -> None:
    if form.about != str(merchant.id):  # another merchant is looked at meanwhile
        session.close_dialog()
        st.rerun()
    kept: _Draft | None = session.recall(_DRAFT, None)
    draft = kept if kept is not None and kept.request == form.request else None
    if draft is not None and draft.right:
        _confirm(user, merchant, purse, mine, form, draft)
    else:
        _fill_in(purse, form, draft)


def _fill_in(purse: Purse, form: Form, draft: _Draft | None) -> None:
    first = draft.amount if draft else Money(purse.available, purse.currency)
    available = format.money(Money(purse.available, purse.currency))
    st.caption(md_escape(text("payout.what", available=available)))
    with st.form(f"{PAY_OUT}.form", border=False), st.container(key=_TYPING):
        typed = st.text_input(
            text("payout.amount", unit=format.symbol(purse.currency)),
            first.plain(),
            key=f"{PAY_OUT}.amount",
            autocomplete="off",
        )
        pressed = st.form_submit_button(text("action.next"), key=f"{PAY_OUT}.next", type="primary", width="stretch")
    decimal_keypad(_TYPING)
    if not pressed:
        return
    try:
        amount = parse_amount(typed or "", purse.currency)
        purse.check(amount.minor)
    except Rejection as no:
        rejection_panel(no)
        return
    session.keep(_DRAFT, _Draft(form.request, amount))
    st.rerun()


def _confirm(user: User, merchant: Merchant, purse: Purse, mine: Standing, form: Form, draft: _Draft) -> None:
    def said(minor: int) -> str:
        return format.money(Money(minor, purse.currency))

    amount = draft.amount.minor
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        st.caption(text("payout.right"), text_alignment="center")
        st.title(md_escape(said(amount)), anchor=False, text_alignment="center")
    st.html(
        facts_html(
            [
                (text("payout.from"), merchant.name),
                (text("payout.to"), text("payout.to.mine")),
                (text("payout.left"), said(purse.balance - amount)),
                (text("payout.then"), said(mine.available + amount)),
            ]
        )
    )
    st.caption(text("payout.later"))
    with st.container(horizontal=True, horizontal_alignment="right"):
        back = st.button(text("action.back"), key=f"{PAY_OUT}.back", icon=":material/arrow_back:")
        pressed = st.button(md_escape(text("payout.send", amount=said(amount))), key=f"{PAY_OUT}.send", type="primary")
    if back:
        session.keep(_DRAFT, dataclasses.replace(draft, right=False))
        st.rerun()
    if pressed and send(form, partial(_send, user, merchant, draft), partial(_said, merchant), kept=(_DRAFT,)):
        session.forget(_DRAFT)
        st.rerun()


def _send(user: User, merchant: Merchant, draft: _Draft, request: str) -> Mapping[str, Any]:
    command = PayOut(
        owner=merchant.id,
        request_id=request,
        actor=user.owner,
        amount=draft.amount.minor,
        currency=draft.amount.currency,
    )
    receipt = merchants.pay_out(user.database, command, user.assurance)
    session.keep(payout_list.PAID, UUID(receipt["payout"]))
    return receipt


def _said(merchant: Merchant, receipt: Mapping[str, Any]) -> Flash:
    amount = format.money(Money(receipt["amount_minor"], receipt["currency"]))
    return Flash(text("payout.done", amount=amount, shop=merchant.name))
