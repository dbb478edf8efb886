"""Which sections the settings have; only the one that is shown runs. It stands in the address: `?section=accounts`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import streamlit as st

from pages.ui import links, session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.settings import accounts, categories, general, privacy, rules, security, stored

_WIDGET: Final = "settings.section"
_FIRST: Final = "general"
_DRAW: Final[Mapping[str, Callable[[User], None]]] = MappingProxyType(
    {
        "general": general.show,
        "accounts": accounts.show,
        "categories": categories.show,
        "rules": rules.show,
        "security": security.show,
        "data": stored.show,
        "privacy": privacy.show,
    }
)
_ICONS: Final = {
    "general": "tune",
    "accounts": "account_balance_wallet",
    "categories": "category",
    "rules": "rule",
    "security": "shield",
    "data": "database",
    "privacy": "policy",
}


def switch() -> str:
    """Draw the choice of sections; the code of the one to show."""
    asked = links.param("section") or _FIRST
    chosen = asked if asked in _DRAW else _FIRST
    names = {code: f":material/{_ICONS[code]}: {text(f'settings.section.{code}')}" for code in _DRAW}
    session.set_widget(_WIDGET, chosen)
    st.pills(
        text("settings.section"),
        list(_DRAW),
        key=_WIDGET,
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=_look_at,
    )
    return chosen


def _look_at() -> None:
    links.set_param("section", session.widget(_WIDGET) or _FIRST)


def show(user: User, section: str) -> None:
    """Draw one section; what another one showed only once is gone."""
    if section != "security":
        security.leave()
    _DRAW[section](user)
