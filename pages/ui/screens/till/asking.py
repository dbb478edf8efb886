"""A code for one payment of one amount: made, watched until it is paid or its time is over."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final
from uuid import UUID

import streamlit as st

from analytics.takings import Counter
from analytics.till import CodeState, PayCode, pay_code
from data import merchants
from data.codes import wallet_code
from data.errors import Rejection
from data.merchants import CODE_LIFE, Merchant
from data.money import Money, parse_amount
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.keypad import decimal_keypad
from pages.ui.people import called
from pages.ui.screens.till.picture import show_code
from pages.ui.widgets import rejection_panel

_FORM: Final = "till.ask"
_TYPING: Final = "till-ask"
_PARAM: Final = "code"
_EVERY: Final = "2s"
_NOTE_LENGTH: Final = 60
_MINUTE: Final = 60


def asked_code(counter: Counter, user: User) -> PayCode | None:
    """The code that the address names, if it is this merchant's: a reload finds it again."""
    try:
        named = UUID(links.param(_PARAM) or "")
    except ValueError:
        return None
    return pay_code(counter, named, user.database.clock())


def put_away() -> None:
    """No code on screen any more; for a button's `on_click`."""
    links.set_param(_PARAM, None)


def asking(user: User, counter: Callable[[], Counter], merchant: Merchant, code: PayCode | None) -> None:
    """The form, or the code with what became of it."""
    if code is None:
        _form(user, merchant)
        return
    if code.state is CodeState.PAID:
        _paid(counter(), code)
    elif code.state is CodeState.EXPIRED:
        _expired(user, merchant, code)
    else:
        _waiting(user, counter, merchant, code)


def _form(user: User, merchant: Merchant) -> None:
    with st.form(_FORM, border=False), st.container(key=_TYPING):
        typed = st.text_input(
            text("till.ask.amount", currency=format.symbol(merchant.currency)),
            placeholder="0.00",
            key=f"{_FORM}.amount",
        )
        note = st.text_input(
            text("till.field.optional", name=text("till.ask.note")),
            max_chars=_NOTE_LENGTH,
            placeholder=text("till.ask.note.hint"),
            key=f"{_FORM}.note",
        )
        pressed = st.form_submit_button(
            text("till.ask.do"), key=f"{_FORM}.send", type="primary", icon=":material/qr_code_2:", width="stretch"
        )
    decimal_keypad(_TYPING)
    st.caption(text("till.ask.once"))
    if pressed:
        _make(user, merchant, typed, note.strip())


def _make(user: User, merchant: Merchant, typed: str, note: str) -> None:
    try:
        amount = parse_amount(typed, merchant.currency).minor
        _show(merchants.dynamic_code(user.database, merchant, user.owner, session.request_id(_FORM), amount, note))
    except Rejection as no:
        session.renew(_FORM)
        rejection_panel(no)
        return
    session.renew(_FORM)
    st.rerun()


def _again(user: User, merchant: Merchant, code: PayCode) -> None:
    """A fresh code for the same; from a callback."""
    try:
        request = session.request_id(_FORM)
        _show(merchants.dynamic_code(user.database, merchant, user.owner, request, code.amount, code.note))
    except Rejection:
        put_away()  # the form says why at the next try
    session.renew(_FORM)


def _show(payload: str) -> None:
    links.set_param(_PARAM, str(wallet_code.read(payload).pay_code))


def payload_of(merchant: Merchant, code: PayCode) -> str:
    """The text of a code that was made before."""
    standing = wallet_code.read(merchants.static_code(merchant))
    return wallet_code.payload(dataclasses.replace(standing, pay_code=code.id, amount_minor=code.amount))


def _money(code: PayCode) -> str:
    return format.money(Money(code.amount, code.currency))


def _headline(code: PayCode) -> None:
    st.header(format.md_escape(_money(code)), anchor=False, text_alignment="center")
    if code.note:
        st.caption(format.md_escape(code.note), text_alignment="center")


def _waiting(user: User, counter: Callable[[], Counter], merchant: Merchant, code: PayCode) -> None:
    _headline(code)
    if code.state is CodeState.OPEN:
        show_code(payload_of(merchant, code), text("till.code.alt.amount", name=merchant.name, amount=_money(code)))

    @st.fragment(run_every=_EVERY)
    def watch() -> None:
        now = user.database.clock()
        seen = pay_code(counter(), code.id, now)
        if seen is None or (seen.state, seen.payer) != (code.state, code.payer):
            st.rerun()
        _progress(seen, max(0, int((seen.expires_at - now).total_seconds())))

    watch()
    with st.container(horizontal_alignment="center"):
        st.button(text("till.ask.another"), key="till.ask.back", type="tertiary", on_click=put_away)


def _progress(code: PayCode, left: int) -> None:
    if code.state is CodeState.PAYING:
        said = text("till.ask.paying", name=called(code.payer))
        st.info(format.md_escape(said), icon=":material/hourglass_top:")
        return
    clock = f"{left // _MINUTE}:{left % _MINUTE:02d}"
    st.progress(min(1.0, left / CODE_LIFE.total_seconds()), text=text("till.ask.left", clock=clock))
    if code.declined:
        st.warning(text("till.ask.declined"), icon=":material/credit_card_off:")


def _paid(counter: Counter, code: PayCode) -> None:
    name = called(code.payer)
    st.success(
        format.md_escape(text("till.ask.paid", amount=_money(code), name=name)),
        title=text("till.ask.paid.title"),
        icon=":material/check_circle:",
    )
    _headline(code)
    if code.paid_at is not None:
        st.caption(format.md_escape(format.clock(counter.local(code.paid_at))), text_alignment="center")
    st.button(text("till.ask.next"), key="till.ask.next", type="primary", width="stretch", on_click=put_away)


def _expired(user: User, merchant: Merchant, code: PayCode) -> None:
    st.warning(text("till.ask.expired"), title=text("till.ask.expired.title"), icon=":material/timer_off:")
    _headline(code)
    st.button(
        text("till.ask.again"),
        key="till.ask.again",
        type="primary",
        icon=":material/refresh:",
        width="stretch",
        on_click=_again,
        args=(user, merchant, code),
    )
    st.button(text("till.ask.another"), key="till.ask.back", width="stretch", on_click=put_away)
