"""The menu: which screens there are and at which fixed addresses; the person who is signed in, with the way out."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analytics import risk_alerts
from data import merchants
from pages.ui import i18n, leave, links, session
from pages.ui.books import scope_of
from pages.ui.context import User

_SCREENS = Path(__file__).resolve().parent.parent
_ASSETS = Path(__file__).resolve().parent / "assets"
# Streamlit has no place for a foot of the sidebar: two rules on its test ids; without them it stands under the menu.
_AT_THE_FOOT = """<style>
[data-testid="stSidebarContent"] { display: flex; flex-direction: column; }
[data-testid="stSidebarUserContent"] { margin-top: auto; padding-bottom: 1.5rem; }
</style>"""
# Section → (name of script, address and text; icon). Addresses never follow the language.
_SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "nav.section.spending",
        (
            ("overview", "space_dashboard"),
            ("categories", "donut_small"),
            ("trends", "monitoring"),
            ("budgets", "savings"),
            ("recurring", "event_repeat"),
        ),
    ),
    (
        "nav.section.wallet",
        (
            ("pay", "qr_code_scanner"),
            ("wallet", "account_balance_wallet"),
            ("refunds", "assignment_return"),
            ("points", "stars"),
            ("alerts", "notifications"),
        ),
    ),
    (
        "nav.section.records",
        (
            ("transactions", "receipt_long"),
            ("import", "upload_file"),
            ("pairs", "join_inner"),
            ("reconcile", "balance"),
            ("reports", "summarize"),
        ),
    ),
    (
        "nav.section.merchant",
        (
            ("till", "point_of_sale"),
            ("refund_requests", "inbox"),
            ("offers", "local_offer"),
            ("takings", "bar_chart"),
        ),
    ),
    ("nav.section.operator", (("members", "groups"), ("house", "shield"))),
    ("nav.section.account", (("settings", "settings"),)),
)
_OF_MERCHANTS = "nav.section.merchant"
_OF_OPERATORS = "nav.section.operator"


def pages(user: User) -> dict[str, list[StreamlitPage]]:
    """The menu of a signed-in person, in their language; links between screens know the same pages from now on.

    Who runs no merchant has the till alone, to open one, and only the operator has what is the operator's. At the
    address of a screen that is not offered, that screen says so itself.
    """
    offered = {section: _offered(user, section, screens) for section, screens in _SECTIONS}
    shown = {name for screens in offered.values() for name, _ in screens}
    counts = {"alerts": risk_alerts.waiting(scope_of(user), user.now)}
    drawn = {
        name: _page(name, icon, name in shown, counts.get(name, 0))
        for _, screens in _SECTIONS
        for name, icon in screens
    }
    links.register({name: page for name, page in drawn.items() if name in shown})
    return {i18n.text(section): [drawn[name] for name, _ in screens] for section, screens in _SECTIONS}


def _offered(user: User, section: str, screens: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    if section == _OF_OPERATORS and not user.operator:
        return ()
    if section == _OF_MERCHANTS and not merchants.runs_any(user.database, user.owner):
        return screens[:1]
    return screens


def draw_sidebar(user: User) -> None:
    """The product's mark above the menu; the person and the way out at the foot."""
    st.logo(str(_ASSETS / f"wordmark-{i18n.language()}.svg"), size="large", icon_image=str(_ASSETS / "mark.svg"))
    with st.sidebar:
        st.html(_AT_THE_FOOT)
        leave.sign_out_row(user.name, i18n.text("action.sign_out"))


def _page(name: str, icon: str, offered: bool, count: int) -> StreamlitPage:  # noqa: FBT001 - of a pair
    """count: what waits there for the person, said behind the name. Made once a session: twenty take long at every run.

    Not once for everybody: a page remembers whether the run that has it may call it.
    """
    title = i18n.text(f"nav.{name}")
    title = i18n.text("nav.waiting", name=title, count=count) if count else title
    key = f"menu.{name}.{title}.{offered}"
    return cast("StreamlitPage", session.once(key, lambda: _made(name, icon, offered, title)))


def _made(name: str, icon: str, offered: bool, title: str) -> StreamlitPage:  # noqa: FBT001 - of a pair
    return st.Page(
        _SCREENS / f"{name}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=name,
        default=name == "overview",
        visibility="visible" if offered else "hidden",
    )
