"""The fields in which a merchant says who it is."""

from __future__ import annotations

import dataclasses
from typing import Final

import streamlit as st
from babel.numbers import get_currency_name

from data.ledger.wallet.managing import NAME_LENGTH, TEXT_LENGTH
from data.merchants import Merchant
from pages.ui import session
from pages.ui.i18n import text
from pages.ui.screens.till.trades import offered_categories, suggested, trade_names

# Offered first, as in the settings; the person's own stands before them.
_CURRENCIES: Final = ("CNY", "HKD", "MOP", "TWD", "USD", "EUR", "JPY", "GBP", "SGD", "KRW", "AUD", "CAD")
_OTHER: Final = "other"
_CITY_LENGTH: Final = 60


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """What was typed."""

    name: str
    category: str
    city: str
    address: str
    contact: str


def fields(key: str, now: Merchant | None = None, *, trade: str = "") -> Told:
    """Name, spending category and where to find it; `now`: as it is. trade: suggests the category of a new one."""
    name = st.text_input(
        text("till.field.name"),
        now.name if now else "",
        max_chars=NAME_LENGTH,
        key=f"{key}.name",
        help=text("till.field.name.help"),
    )
    category = _category(key, now.category if now else suggested(trade))
    left, right = st.columns(2)
    with left:
        city = st.text_input(
            _optional("till.field.city"), now.city if now else "", max_chars=_CITY_LENGTH, key=f"{key}.city"
        )
    with right:
        contact = st.text_input(
            _optional("till.field.contact"),
            now.contact if now else "",
            max_chars=TEXT_LENGTH,
            key=f"{key}.contact",
            help=text("till.field.contact.help"),
        )
    address = st.text_input(
        _optional("till.field.address"), now.address if now else "", max_chars=TEXT_LENGTH, key=f"{key}.address"
    )
    return Told(name.strip(), category, city.strip(), address.strip(), contact.strip())


def _optional(key: str) -> str:
    return text("till.field.optional", name=text(key))


def _category(key: str, current: str) -> str:
    names = offered_categories()
    if current not in names:
        names = {current: text(f"category.{current}"), **names}
    return st.selectbox(
        text("till.field.category"),
        list(names),
        index=list(names).index(current),
        key=f"{key}.category",
        format_func=names.__getitem__,
        help=text("till.field.category.help"),
    )


def trade_field(key: str, now: str = "") -> str:
    """What it does, out of a searchable list in words, or any other code; "" when not chosen. now: as it is."""
    names = trade_names()
    if now and now not in names:
        names = {now: now, **names}
    names |= {_OTHER: text("till.field.trade.other")}

    def follow() -> None:
        told = session.widget(f"{key}.code") if session.widget(f"{key}.trade") == _OTHER else None
        session.set_widget(f"{key}.category", suggested(told or session.widget(f"{key}.trade") or ""))

    chosen = st.selectbox(
        text("till.field.trade"),
        list(names),
        index=list(names).index(now) if now else None,
        key=f"{key}.trade",
        format_func=names.__getitem__,
        placeholder=text("till.field.trade.choose"),
        help=text("till.field.trade.help"),
        on_change=follow,
    )
    if chosen != _OTHER:
        return chosen or ""
    return st.text_input(
        text("till.field.code"), max_chars=4, placeholder="0000", key=f"{key}.code", on_change=follow
    ).strip()


def currency_field(key: str, own: str) -> str:
    """The one currency that it sells in."""
    spoken = session.language()
    codes = list(dict.fromkeys((own, *_CURRENCIES)))
    names = {code: f"{code} · {get_currency_name(code, locale=spoken)}" for code in codes}
    return st.selectbox(
        text("common.currency"),
        codes,
        key=f"{key}.currency",
        format_func=names.__getitem__,
        help=text("till.field.currency.help"),
    )
