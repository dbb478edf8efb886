"""Which of the two questions about belonging together is looked at, each with how much waits for an answer."""

from __future__ import annotations

from typing import Final

import streamlit as st

from analytics import pairs, refund_tray
from analytics.scope import Scope
from pages.ui import links, session
from pages.ui.i18n import text

PAIRS: Final = "pairs"
REFUNDS: Final = "refunds"
_SHOW: Final = "matching.show"


def shown(scope: Scope) -> str:
    """The tab that is looked at: the address's, else the last one, else the one where something waits."""
    waits = {PAIRS: pairs.count(scope, "proposed"), REFUNDS: refund_tray.count(scope)}
    linked = links.param("show")
    if linked in waits:
        links.set_param("show", None)
        session.keep(_SHOW, linked)
    usual = REFUNDS if waits[REFUNDS] and not waits[PAIRS] else PAIRS
    names = {one: text(f"matching.{one}") + (f" · {n}" if n else "") for one, n in waits.items()}
    session.set_widget("matching.tab", session.recall(_SHOW, usual))
    chosen = st.segmented_control(
        text("matching.show"),
        list(names),
        key="matching.tab",
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=_choose,
    )
    return chosen or usual


def _choose() -> None:
    session.keep(_SHOW, session.widget("matching.tab"))
