"""What is kept about the person, where, why, for how long and who sees it, in plain words."""

from __future__ import annotations

from typing import Final

import streamlit as st

from data import retention
from pages.ui import links
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.widgets import card

# Each has a text for its name, and `.what`, `.why`, `.long` and `.who`.
_SUBJECTS: Final = {
    "sign_in": "key",
    "places": "devices",
    "books": "receipt_long",
    "wallet": "account_balance_wallet",
    "cards": "credit_card",
    "safety": "notifications",
}
_WIDE: Final = 760  # pixels: lines that can be read


def show(_user: User) -> None:
    """The subjects one below the other, then what lies around them and the way to one's own data."""
    body, _ = card(text("privacy.kept.title"), key="settings.privacy.card", stretch=False)
    with body, st.container(width=_WIDE):
        st.markdown(text("privacy.kept.where"))
        for subject, icon in _SUBJECTS.items():
            _subject(subject, icon)
    body, _ = card(text("privacy.around"), key="settings.privacy.around", stretch=False)
    with body, st.container(width=_WIDE):
        st.markdown(text("privacy.around.machine"))
        kept = {"days": retention.DAYS, "weeks": retention.WEEKS, "months": retention.MONTHS}
        st.markdown(text("privacy.around.backups", **kept))
        st.markdown(text("privacy.around.chain"))
        st.markdown(text("privacy.around.log"))
    body, _ = card(text("privacy.yours"), key="settings.privacy.yours", stretch=False)
    with body:
        told = st.container(width=_WIDE)
        for matter in ("note", "leave", "stays"):
            told.markdown(text(f"privacy.yours.{matter}"))
        st.button(text("privacy.yours.go"), key="settings.privacy.go", icon=":material/database:", on_click=_to_data)


def _subject(subject: str, icon: str) -> None:
    name = text(f"privacy.{subject}")
    with st.expander(f":material/{icon}: {name}", key=f"settings.privacy.{subject}"):
        st.markdown(text(f"privacy.{subject}.what"))
        for matter in ("why", "long", "who"):
            st.markdown(text(f"privacy.{matter}", words=text(f"privacy.{subject}.{matter}")))


def _to_data() -> None:
    links.set_param("section", "data")
