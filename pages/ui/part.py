"""A part of a screen that is drawn anew alone when something in it is chosen: the rest stays as it is."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from pages.ui import context, leave

P = ParamSpec("P")


def part(draw: Callable[P, None]) -> Callable[P, None]:
    """`draw` as such a part. Whoever is no longer signed in is led away: the page's own first line is not run again."""

    @st.fragment
    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        if not context.still_signed_in():
            leave.for_sign_in()
            return
        draw(*args, **kwargs)

    return drawn
