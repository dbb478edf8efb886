"""The card for deleting one's own account: what goes and what stays, what is open, and going, confirmed by name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from data import leaving, retention
from data.assurance import StepUpRequired
from data.errors import Rejection
from data.leaving import MoneyLeft, PaymentsOpen, RefundsOpen, ShopHolds, ShopOpen, ShopUnsettled
from pages.ui import format, leave, links, step_up  # noqa: A004 - our word, always used with its dot
from pages.ui.catalogue import translator
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import rejection_text, text
from pages.ui.screens.settings.sending import send
from pages.ui.widgets import card

_FORM: Final = "settings.leave"
_FORMER: Final = "common.former_member"
_WHERE: Final[dict[str, tuple[type[Rejection], ...]]] = {
    "wallet": (MoneyLeft, PaymentsOpen),
    "refunds": (RefundsOpen,),
    "till": (ShopOpen, ShopUnsettled),
}


def show(user: User) -> None:
    """What deleting means; the form only for who may go."""
    body, _ = card(text("mine.leave.title"), key=f"{_FORM}.card", stretch=False)
    with body:
        st.caption(text("mine.leave.what"))
        st.caption(text("mine.leave.kept"))
        st.caption(text("mine.leave.backups", months=retention.MONTHS))
        found = leaving.obstacles(user.database, user.owner)
        if found:
            _open(found)
            return
        wanted = StepUpRequired("deletion", "deletes_account")
        if step_up.ask_first(user.owner, user.session, wanted, key=_FORM):
            _form(user)


def _open(found: Sequence[Rejection]) -> None:
    """What stands in the way, and where it is settled."""
    lines = "\n".join(f"- {md_escape(rejection_text(one))}" for one in found)
    st.info(f"{text('mine.leave.first')}\n\n{lines}", icon=":material/info:")
    with st.container(horizontal=True):
        for screen, kinds in _WHERE.items():
            if any(isinstance(one, kinds) for one in found):
                links.link(screen, text(f"mine.leave.to.{screen}"))
        for one in found:
            if isinstance(one, ShopHolds):
                links.link("till", md_escape(text("mine.leave.to.payout", shop=one.shop)), merchant=one.merchant)


def _form(user: User) -> None:
    loss = leaving.would_give_up(user.database, user.owner)
    lost = {"points": max(0, loss.points), "coupons": loss.coupons}
    said = [text(f"mine.leave.loss.{what}", **{what: format.count(n)}) for what, n in lost.items() if n]
    if said:
        st.warning("\n\n".join(said), icon=":material/loyalty:")
    with st.form(_FORM, border=False):
        label = text("mine.leave.name", name=user.name)
        name = st.text_input(md_escape(label), autocomplete="off", key=f"{_FORM}.name")
        pressed = st.form_submit_button(text("mine.leave.button"), key=f"{_FORM}.go", icon=":material/delete_forever:")
    if pressed and send(_FORM, partial(_leave, user, name), lambda _none: text("mine.leave.done")):
        leave.for_sign_in()
        st.stop()


def _leave(user: User, name: str, request: str) -> None:
    called = leaving.Called(zh=translator("zh").text(_FORMER), en=translator("en").text(_FORMER))
    leaving.leave(user.database, leaving.Leave(user.owner, request, name, called), user.assurance)
