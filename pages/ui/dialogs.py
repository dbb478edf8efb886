"""Asking before something is done.

A dialog stays open because the session says so, not because a button was just pressed: so its buttons work in tests
and a reconnect finds it still open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from pages.ui import session
from pages.ui.format import md_escape
from pages.ui.i18n import text


def ask(name: str, subject: object = None) -> None:
    """Open the dialog `name` about `subject`; for a button's `on_click`. `dialog` or `confirm` draws it."""
    session.open_dialog(name, subject)


def close() -> None:
    """Close the open dialog; for a button's `on_click` inside it (then `st.rerun()`)."""
    session.close_dialog()


def dialog(
    name: str,
    title: str,
    draw: Callable[[Any], None],
    *,
    width: Literal["small", "medium", "large"] = "small",
) -> None:
    """Draw the dialog `name` while it is open: `draw(subject)` fills it. Call it on every run of the page."""
    opened = session.dialog()
    if opened is None or opened[0] != name:
        return
    decorated = st.dialog(md_escape(title), width=width, on_dismiss=session.close_dialog)
    decorated(lambda: draw(opened[1]))()


def confirm(
    name: str,
    *,
    title: str,
    body: str,
    action: str,
    on_confirm: Callable[[Any], None],
) -> None:
    """Ask before `on_confirm(subject)`: title, body and the button's label are plain words."""

    def draw(subject: object) -> None:
        st.markdown(md_escape(body))
        with st.container(horizontal=True, horizontal_alignment="right"):
            cancelled = st.button(text("action.cancel"), key=f"{name}.cancel", on_click=close)
            confirmed = st.button(
                md_escape(action), key=f"{name}.confirm", type="primary", on_click=_do, args=(on_confirm, subject)
            )
        if cancelled or confirmed:
            st.rerun()

    dialog(name, title, draw)


def _do(on_confirm: Callable[[Any], None], subject: object) -> None:
    close()
    on_confirm(subject)
