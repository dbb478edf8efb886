"""Two hundred rows at a time: which page is looked at, and what stands on it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import streamlit as st

from pages.ui import session
from pages.ui.i18n import plural

PAGE: Final = 200


def pager(key: str, count: int, asked: Hashable) -> int:
    """The page from 1 that is looked at; other filters (`asked`) begin at the first again."""
    if session.recall(f"{key}.asked", None) != asked:
        session.keep(f"{key}.asked", asked)
        session.keep(f"{key}.turn", session.recall(f"{key}.turn", 0) + 1)
    pages = max(1, -(-count // PAGE))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(plural("importing.rows.count", count), width="content")
        if pages == 1:
            return 1
        return st.pagination(pages, key=f"{key}.page.{session.recall(f'{key}.turn', 0)}")


def slice_of(rows: Any, number: int) -> Any:  # noqa: ANN401 - whatever can be sliced
    """The rows of a page, from a list or an array."""
    return rows[(number - 1) * PAGE : number * PAGE]
