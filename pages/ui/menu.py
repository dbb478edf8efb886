"""The menu: which screens there are and at which fixed addresses; the person who is signed in, with the way out."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.ui import i18n, leave
from pages.ui.context import User

_SCREENS = Path(__file__).resolve().parent.parent
_ASSETS = Path(__file__).resolve().parent / "assets"
# Section → (name of script, address and text; icon). Addresses never follow the language.
_SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "nav.section.spending",
        (
            ("overview", "space_dashboard"),
            ("categories", "donut_small"),
            ("trends", "monitoring"),
            ("budgets", "savings"),
        ),
    ),
    (
        "nav.section.records",
        (("transactions", "receipt_long"), ("import", "upload_file"), ("reports", "summarize")),
    ),
    ("nav.section.account", (("settings", "settings"),)),
)


def pages() -> dict[str, list[StreamlitPage]]:
    """The menu of a signed-in person, in their language."""
    return {i18n.text(section): [_page(name, icon) for name, icon in screens] for section, screens in _SECTIONS}


def draw_sidebar(user: User) -> None:
    """The product's mark above the menu; the person and the way out below it."""
    st.logo(str(_ASSETS / f"wordmark-{i18n.language()}.svg"), size="large", icon_image=str(_ASSETS / "mark.svg"))
    with st.sidebar:
        leave.sign_out_row(user.name, i18n.text("action.sign_out"))


def _page(name: str, icon: str) -> StreamlitPage:
    return st.Page(
        _SCREENS / f"{name}.py",
        title=i18n.text(f"nav.{name}"),
        icon=f":material/{icon}:",
        url_path=name,
        default=name == "overview",
    )
