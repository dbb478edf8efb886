"""The desk: cash that was handed over becomes balance, after a second look at whose and how much."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Final

import streamlit as st

from analytics.members import Holder, holders
from analytics.scope import Scope
from data import wallet
from data.errors import Rejection
from data.ids import OwnerId
from data.ledger.wallet.refusals import AmountInvalid
from data.money import Money, parse_amount
from data.wallet import DeskTopUp
from pages.ui import format, i18n, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.members import CHOSEN
from pages.ui.screens.wallet.forms import Form, buttons, opened, send
from pages.ui.session import Flash
from pages.ui.widgets import card, rejection_panel

DESK: Final = "members.desk"
_TURN: Final = "members.desk.turn"
_NOTE_LENGTH: Final = 100


@dataclasses.dataclass(frozen=True, slots=True)
class _Order:
    """What is about to be put in, and for whom."""

    owner: OwnerId
    name: str
    amount: Money
    note: str


def desk(scope: Scope) -> None:
    """Whose wallet, how much, and what for; without a wallet in the house, that there is none yet."""
    found = {one.owner: one for one in holders(scope)}
    body, _ = card(text("members.desk"), key="members.desk.card", stretch=False)
    with body:
        st.caption(text("members.desk.note"))
        if not found:
            st.caption(text("members.desk.nobody"))
            return
        if session.widget(CHOSEN) not in found:
            session.set_widget(CHOSEN, next(iter(found)))
        names = {owner: one.name for owner, one in found.items()}
        chosen = st.selectbox(
            text("members.desk.member"),
            list(names),
            key=CHOSEN,
            format_func=lambda owner: names.get(owner, ""),
        )
        _order(found[chosen])


def _order(holder: Holder) -> None:
    turn = session.recall(_TURN, 0)
    with st.form(f"{DESK}.form", border=False):
        left, right = st.columns([3, 2])
        with left:
            typed = st.text_input(
                text("column.amount"), key=f"{DESK}.amount.{turn}", placeholder="100.00", autocomplete="off"
            )
        with right:
            currency = st.selectbox(text("common.currency"), holder.currencies, key=f"{DESK}.currency.{holder.owner}")
        note = st.text_input(text("members.desk.why"), max_chars=_NOTE_LENGTH, key=f"{DESK}.note.{turn}")
        pressed = st.form_submit_button(text("action.next"), key=f"{DESK}.next", type="primary", width="stretch")
    if not pressed:
        return
    try:
        amount = parse_amount(typed or "", currency)
        if amount.minor <= 0:
            raise AmountInvalid(amount.minor)
    except Rejection as no:
        rejection_panel(no)
        return
    opened(DESK, _Order(OwnerId(holder.owner), holder.name, amount, (note or "").strip()))


def dialogs(user: User) -> None:
    """The second look, while it is open."""
    dialog(DESK, text("members.desk.sure"), partial(_confirm, user))


def _confirm(user: User, form: Form) -> None:
    order: _Order = form.about
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        st.subheader(f":material/person: {md_escape(order.name)}", anchor=False, text_alignment="center")
        st.title(md_escape(format.money(order.amount)), anchor=False, text_alignment="center")
        if order.note:
            st.caption(md_escape(order.note), text_alignment="center")
    st.caption(i18n.markdown("members.desk.counted", amount=format.money(order.amount)))
    if buttons(DESK, text("members.desk.do")) and send(
        form, partial(_put_in, user, order), lambda _receipt: _said(order)
    ):
        session.keep(_TURN, session.recall(_TURN, 0) + 1)
        st.rerun()


def _put_in(user: User, order: _Order, request: str) -> None:
    command = DeskTopUp(
        owner=order.owner,
        request_id=request,
        actor=user.owner,
        amount=order.amount.minor,
        currency=order.amount.currency,
        note=order.note,
    )
    wallet.desk_top_up(user.database, command)


def _said(order: _Order) -> Flash:
    return Flash(text("members.desk.done", amount=format.money(order.amount), name=order.name))
