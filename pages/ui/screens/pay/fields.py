"""The form's own fields: whom (and to choose another), how much, a note, from where."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from analytics.cards import BoundCard, usable
from analytics.scope import Scope
from data.errors import Rejection
from data.money import Money, parse_amount
from data.wallet import Standing
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_icon, category_name
from pages.ui.card_names import card_name
from pages.ui.format import md_escape
from pages.ui.i18n import rejection_text, text
from pages.ui.screens.pay import asked
from pages.ui.screens.pay.draft import Draft
from pages.ui.screens.pay.slip import headline
from pages.ui.widgets import card

AMOUNT: Final = "pay-amount"  # the container of the amount
NOTE_LENGTH: Final = 200
_WALLET: Final = "wallet"
_MOST_SHOWN: Final = 3  # ways to pay below each other; more of them are a list to open


def whom(scope: Scope, draft: Draft) -> Draft:
    """Who is paid, what for, and the amount: a fixed one is shown, any other is asked for."""
    of = draft.target.merchant
    with st.container(border=True, key="pay-whom"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(f"{category_icon(scope, of.category)} {md_escape(of.name)}", anchor=False, width="content")
            st.button(
                text("pay.other"),
                key="pay.other",
                type="tertiary",
                icon=":material/swap_horiz:",
                on_click=asked.start_over,
            )
        about = [category_name(scope, of.category), of.city, of.address]
        st.caption(md_escape(" · ".join(part for part in about if part)))
        amount = _amount(draft) if draft.target.amount is None else _fixed(draft)
        return _note(dataclasses.replace(draft, amount=amount))


def _fixed(draft: Draft) -> int | None:
    headline(text("pay.amount.fixed"), draft.money(draft.target.amount or 0), draft.target.note)
    st.caption(md_escape(text("pay.amount.once")), text_alignment="center")
    return draft.target.amount


def _amount(draft: Draft) -> int | None:
    key = draft.key("amount")
    before = asked.amount()
    if session.widget(key) is None and before is not None:
        session.set_widget(key, Money(before, draft.currency).plain())
    with st.container(key=AMOUNT):
        given = st.text_input(
            text("pay.amount", unit=format.symbol(draft.currency)),
            key=key,
            placeholder=Money(0, draft.currency).plain(),
            live=True,
            autocomplete="off",
        )
    return _read(given or "", draft.currency)


def _read(given: str, currency: str) -> int | None:
    if not given.strip():
        return None
    try:
        minor = parse_amount(given, currency).minor
    except Rejection as no:
        st.error(md_escape(rejection_text(no)))
        return None
    if minor <= 0:
        st.error(md_escape(text("pay.amount.positive")))
        return None
    return minor


def source(scope: Scope, draft: Draft, standing: Standing | None) -> Draft:
    """What pays: the wallet with what is available in it, or a card, the default one first."""
    cards = usable(scope)
    offered = ([_WALLET] if standing is not None else []) + [str(one.id) for one in cards]
    if not offered:
        return draft
    body, right = card(text("pay.source"), key="pay-source", stretch=False)
    with right:
        links.link("wallet", text("pay.source.manage"))
    names, below = _names(standing, draft, cards)
    first = 0 if standing is None or standing.available or len(offered) == 1 else 1
    with body:
        if len(offered) > _MOST_SHOWN:
            chosen = st.selectbox(
                text("pay.source"),
                offered,
                key=draft.key("source"),
                index=first,
                format_func={one: " · ".join(filter(None, (names[one], below[one]))) for one in offered}.__getitem__,
                label_visibility="collapsed",
            )
        else:
            chosen = st.radio(
                text("pay.source"),
                offered,
                key=draft.key("source"),
                index=first,
                format_func={one: md_escape(names[one]) for one in offered}.__getitem__,
                captions=[md_escape(below[one]) for one in offered],
                label_visibility="collapsed",
            )
    return dataclasses.replace(draft, card=None if chosen == _WALLET else UUID(chosen))


def _names(
    standing: Standing | None, draft: Draft, cards: Sequence[BoundCard]
) -> tuple[dict[str, str], dict[str, str]]:
    names = {_WALLET: text("pay.source.wallet")}
    below = {_WALLET: text("pay.source.available", amount=draft.money(standing.available)) if standing else ""}
    for one in cards:
        names[str(one.id)] = card_name(one.brand, one.bank, one.last4, one.kind)
        below[str(one.id)] = text("pay.source.default") if one.default else ""
    return names, below


def _note(draft: Draft) -> Draft:
    given = st.text_input(
        text("pay.note"), key=draft.key("note"), max_chars=NOTE_LENGTH, placeholder=text("common.optional")
    )
    return dataclasses.replace(draft, note=(given or "").strip())
