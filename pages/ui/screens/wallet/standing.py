"""What the wallet holds: figures a currency, the banner of a frozen one, opening one, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st
from babel.numbers import get_currency_name

from analytics.scope import Scope
from analytics.wallet_activity import frozen_since
from data import wallet
from data.wallet import OpenWallet, Standing
from pages.ui import format, i18n, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.i18n import plural, text
from pages.ui.screens.wallet import freezing, giving, moving
from pages.ui.screens.wallet.forms import Form, buttons, mine, opened, send
from pages.ui.screens.wallet.words import local, money, sentences
from pages.ui.session import Flash
from pages.ui.widgets import Change, Kpi, kpi_row

OPEN: Final = "wallet.open"
_READABLE: Final = 640  # pixels; where the screen has no more, the button stands below
_COMMON: Final = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "TWD", "SGD", "KRW", "AUD", "CAD", "CHF", "MOP")


def actions(*, frozen: bool) -> None:
    """The three ways money moves by the person's own hand."""
    for name, icon, primary in (
        (moving.TOP_UP, "add_circle", True),
        (moving.WITHDRAW, "account_balance", False),
        (giving.TRANSFER, "send_money", False),
    ):
        st.button(
            text(name),
            key=name,
            icon=f":material/{icon}:",
            type="primary" if primary else "secondary",
            disabled=frozen,
            on_click=opened,
            args=(name,),
        )


def banner(user: User, scope: Scope, reason: str) -> None:
    """That the wallet is frozen: since when, why, what still works, and the way out."""
    since = frozen_since(scope)
    when = format.clock(local(user.preferences.zone, since)) if since else format.NONE
    why = _why(reason)
    with st.container(
        border=True,
        key="wallet.frozen",
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
    ):
        with st.container(width=_READABLE, gap="xsmall"):
            st.markdown(f":blue[:material/ac_unit:] **{i18n.markdown('wallet.frozen.since', when=when)}**")
            st.caption(format.md_escape(sentences(why, text("wallet.frozen.body"))))
        st.button(
            text("wallet.unfreeze"),
            key="wallet.unfreeze",
            icon=":material/lock_open:",
            on_click=opened,
            args=(freezing.UNFREEZE,),
        )


def _why(reason: str) -> str:
    if reason == wallet.MONITOR:
        return text("wallet.frozen.monitor")
    return text("wallet.frozen.reason", reason=reason) if reason else ""


def figures(standings: Sequence[Standing]) -> None:
    """A row of figures for each currency; the points stand once, with the first."""
    mixed = len(standings) > 1
    for place, one in enumerate(standings):
        unit = f" · {one.currency}" if mixed else ""
        row = [
            Kpi(text("common.available") + unit, money(one.available, one.currency)),
            Kpi(text("wallet.held") + unit, money(one.held, one.currency), help=text("wallet.held.help")),
            Kpi(text("wallet.spent_today") + unit, money(one.spent_today, one.currency), change=_left(one)),
        ]
        month = Kpi(text("wallet.spent_this_month") + unit, money(one.spent_this_month, one.currency))
        kpi_row([*row, month if place else _points(one)])
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.button(
            text("wallet.open.another"),
            key="wallet.open.another",
            icon=":material/add:",
            type="tertiary",
            on_click=opened,
            args=(OPEN,),
        )
        links.link("points", text("nav.points"))


def _left(one: Standing) -> Change | None:
    """What today's limit leaves."""
    limit, left = one.limits[1], one.left_today
    if limit is None or left is None:
        return None
    said = text("wallet.left", amount=money(left, one.currency))
    return Change(said, "same", text("wallet.left.of", limit=money(limit, one.currency)), good=None if left else False)


def _points(one: Standing) -> Kpi:
    owed = Change(plural("wallet.points.debt", one.debt), "same", good=False) if one.debt else None
    return Kpi(text("wallet.points"), format.count(one.points), change=owed, help=text("wallet.points.help"))


def newcomer(user: User) -> None:
    """What is shown before there is a wallet: what it is for, and the currency to begin with."""
    with st.container(border=True, horizontal_alignment="center", key="wallet.empty"):
        st.space("small")
        st.markdown("## :gray[:material/account_balance_wallet:]", width="content", text_alignment="center")
        st.subheader(text("wallet.empty.title"), anchor=False, text_alignment="center")
        st.caption(text("wallet.empty.body"), text_alignment="center")
        with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="bottom"):
            chosen = _currency("wallet.empty.currency", _offered(user, ()))
            pressed = st.button(text("wallet.open.do"), key="wallet.empty.open", type="primary")
        if pressed and send(Form(OPEN), lambda request: _open(user, request, chosen), lambda _: _said(chosen)):
            st.rerun()
        st.space("small")


def open_dialog(user: User, standings: Sequence[Standing]) -> None:
    """Another currency, while its dialog is open."""

    def draw(form: Form) -> None:
        st.markdown(text("wallet.open.body"))
        chosen = _currency("wallet.open.currency", _offered(user, [one.currency for one in standings]))
        if buttons(OPEN, text("wallet.open.do")) and send(
            form, lambda request: _open(user, request, chosen), lambda _: _said(chosen)
        ):
            st.rerun()

    dialog(OPEN, text("wallet.open.another"), draw)


def _offered(user: User, there: Sequence[str]) -> list[str]:
    return [code for code in dict.fromkeys((user.preferences.currency, *_COMMON)) if code not in there]


def _currency(key: str, codes: list[str]) -> str:
    spoken = "zh_Hans_CN" if i18n.language() == "zh" else "en_US"
    names = {code: f"{code} · {get_currency_name(code, locale=spoken)}" for code in codes}
    return st.selectbox(text("common.currency"), codes, key=key, format_func=names.__getitem__, width=260)


def _open(user: User, request: str, currency: str) -> None:
    wallet.open_wallet(user.database, OpenWallet(**mine(user, request), currency=currency))


def _said(currency: str) -> Flash:
    return Flash(text("wallet.open.done", currency=currency))
