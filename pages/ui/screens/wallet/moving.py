"""Money between the wallet and a bound card: the two dialogs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

import streamlit as st

from analytics.cards import BoundCard, usable
from analytics.scope import Scope
from data import wallet
from data.money import parse_amount
from data.wallet import Standing, TopUp, Withdraw
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.wallet import binding
from pages.ui.screens.wallet.forms import Form, mine, opened, outcome, send
from pages.ui.screens.wallet.words import available, called, money
from pages.ui.session import Flash

TOP_UP: Final = "wallet.top_up"
WITHDRAW: Final = "wallet.withdraw"


def dialogs(user: User, scope: Scope, standings: Sequence[Standing]) -> None:
    """Top up and withdraw, while one of them is open."""
    for name in (TOP_UP, WITHDRAW):
        dialog(name, text(name), partial(_move, user, scope, standings, name))


def _move(user: User, scope: Scope, standings: Sequence[Standing], name: str, form: Form) -> None:
    cards = {card.id: card for card in usable(scope)}
    if not cards:
        _no_card(name)
        return
    st.caption(md_escape(text("wallet.available_is", amounts=available(standings))))
    with st.form(f"{name}.form", border=False):
        card = _card(name, list(cards.values()))
        typed, currency = amount_fields(name, standings)
        st.caption(text(f"{name}.note"))
        pressed = st.form_submit_button(text(f"{name}.do"), key=f"{name}.send", type="primary", width="stretch")
    if pressed:
        with st.spinner(text("wallet.asking")):
            done = send(
                form,
                partial(_ask, user, name, card, typed, currency),
                lambda receipt: _said(name, cards[card], receipt),
            )
        if done:
            st.rerun()


def _no_card(name: str) -> None:
    """Without a card that can be used: what is missing, and the way there."""
    st.markdown(text(f"{name}.no_card"))
    if st.button(text("wallet.bind"), key=f"{name}.bind", type="primary", icon=":material/add_card:"):
        opened(binding.BIND)
        st.rerun()


def _card(name: str, cards: Sequence[BoundCard]) -> UUID:
    names = {card.id: called(card) for card in cards}
    return st.selectbox(
        text(f"{name}.card"), list(names), key=f"{name}.card", format_func=lambda card: md_escape(names[card])
    )


def amount_fields(name: str, standings: Sequence[Standing], typed: str = "", currency: str = "") -> tuple[str, str]:
    """What is typed as the amount, and its currency: a choice where there are several wallets."""
    codes = [one.currency for one in standings]
    if len(codes) == 1:
        label = text("wallet.amount", unit=format.symbol(codes[0]))
        amount = st.text_input(label, typed, key=f"{name}.amount", placeholder="100.00", autocomplete="off")
        return amount or "", codes[0]
    left, right = st.columns([3, 2])
    with left:
        said = st.text_input(
            text("column.amount"), typed, key=f"{name}.amount", placeholder="100.00", autocomplete="off"
        )
    with right:
        at = codes.index(currency) if currency in codes else 0
        chosen = st.selectbox(text("common.currency"), codes, at, key=f"{name}.currency")
    return said or "", chosen


def _ask(user: User, name: str, card: UUID, typed: str, currency: str, request: str) -> Mapping[str, Any]:
    amount = parse_amount(typed, currency).minor
    if name == TOP_UP:
        command = TopUp(**mine(user, request), card=card, amount=amount, currency=currency)
        return wallet.top_up(user.running, command)
    sent = Withdraw(**mine(user, request), card=card, amount=amount, currency=currency)
    return wallet.withdraw(user.running, sent, user.assurance)


def _said(name: str, card: BoundCard, receipt: Mapping[str, Any]) -> Flash:
    amount = money(receipt["amount_minor"], receipt["currency"])
    return outcome(receipt, text(f"{name}.done", amount=amount, card=called(card)))
