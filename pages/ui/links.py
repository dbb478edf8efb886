"""Where a figure leads: links between screens by name, with what they should show as codes in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import streamlit as st

from pages.ui import session


def register(pages: Mapping[str, Any]) -> None:
    """Tell the links which screens there are: name (`transactions`) → `st.Page`. The shell calls it on every run."""
    session.keep("links.pages", dict(pages))


def known(name: str) -> bool:
    """Whether the screen is offered to this person."""
    return name in _pages()


def link(name: str, label: str, *, icon: str | None = None, **params: str) -> None:
    """A link to the screen `name`; `label` is Markdown. Nothing is drawn for a screen that is not offered.

    Without an icon of its own it ends in an arrow, as "See all" does.
    """
    if known(name):
        st.page_link(
            _pages()[name],
            label=label,
            icon=icon or ":material/arrow_forward:",
            icon_position="left" if icon else "right",
            query_params=params or None,
        )


def go(name: str, **params: str) -> None:
    """Go to the screen `name` now; does not return when it is offered."""
    if known(name):
        st.switch_page(_pages()[name], query_params=params or None)


def param(name: str) -> str | None:
    """What the address says under `name`."""
    return st.query_params.get(name)


def set_param(name: str, value: str | None) -> None:
    """Write `value` into the address (None removes it) without a rerun of its own."""
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def _pages() -> dict[str, Any]:
    return cast("dict[str, Any]", session.recall("links.pages", {}))
