"""Which merchant is looked at: the screens of merchants share one choice for the session, made in the page's header."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from data import merchants
from data.ids import OwnerId
from data.merchants import Merchant
from pages.ui import links, session
from pages.ui.context import User
from pages.ui.i18n import text

_KEPT = "merchant.chosen"
_BOX = "merchant.choice"
_WIDTH = 240


def chosen(user: User) -> Merchant | None:
    """The merchant that is looked at, None for who runs none; call it inside the page's header.

    An address may say which one (`?merchant=…`, only the person's own count), else it is the one chosen before, else
    the first opened. Who runs several gets a box to choose in.
    """
    mine = {one.id: one for one in merchants.mine(user.database, user.owner)}
    if not mine:
        return None
    linked = links.param("merchant")
    if linked is not None:
        links.set_param("merchant", None)
        choose(linked)
    current = next((one for one in mine if str(one) == session.recall(_KEPT, "")), next(iter(mine)))
    if len(mine) > 1:
        _box(mine, current)
    return mine[current]


def choose(merchant: UUID | str) -> None:
    """Look at this merchant from now on, if it is the person's own."""
    session.keep(_KEPT, str(merchant))


def _box(mine: dict[OwnerId, Merchant], current: OwnerId) -> None:
    def change() -> None:
        choose(session.widget(_BOX) or current)

    session.set_widget(_BOX, current)
    names = {key: one.name for key, one in mine.items()}
    st.selectbox(
        text("till.merchant"),
        list(mine),
        key=_BOX,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=change,
        width=_WIDTH,
    )
