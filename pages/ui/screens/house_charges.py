"""Charges on which a card's bank keeps silent past the limit: the operator says what the bank's books show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from analytics.house import Silent
from data import operating
from data.errors import Rejection
from data.ids import OwnerId
from data.ledger.wallet.refusals import CardDeclined
from data.refunds import NOTE_LENGTH
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.card_names import card_name
from pages.ui.context import User
from pages.ui.dialogs import ask, close, dialog
from pages.ui.i18n import plural, text
from pages.ui.screens.refunds import words
from pages.ui.widgets import card, rejection_panel

_YES: Final = "house.charge.yes"
_NO: Final = "house.charge.no"


def silent_banks(user: User, silent: Sequence[Silent]) -> None:
    """What is for a person to decide; nothing while the app itself still asks."""
    manual = [one for one in silent if one.manual]
    if not manual:
        return
    body, _ = card(text("house.silent"), key="house.silent", stretch=False)
    with body:
        st.caption(text("house.silent.body"))
        for one in manual:
            _charge(user, one)
        asked = len(silent) - len(manual)
        if asked:
            st.caption(format.md_escape(plural("house.silent.asking", asked)))
    _dialogs(user, manual)


def _charge(user: User, one: Silent) -> None:
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        border=True,
        key=f"house.charge.{one.charge}",
    ):
        with st.container(width="content", gap=None):
            amount = format.md_escape(words.money(one.amount, one.currency))
            said = f"**{amount}** · {format.md_escape(one.name)} · {text(f'house.purpose.{one.purpose}')}"
            st.markdown(said, width="content")
            st.caption(format.md_escape(_facts(user, one)), width="content")
        with st.container(horizontal=True, width="content"):
            kind = "out" if one.purpose == "withdraw" else "in"
            for name, icon in ((_YES, ":material/check:"), (_NO, ":material/close:")):
                args = (name, str(one.charge))
                st.button(text(f"{name}.{kind}"), key=f"{name}.{one.charge}", icon=icon, on_click=ask, args=args)


def _facts(user: User, one: Silent) -> str:
    asked = words.when(one.asked_at, user.preferences.zone, user.today)
    bank = card_name(one.brand, one.bank, one.last4)
    return " · ".join([bank, text("house.charge.asked", at=asked), plural("house.charge.attempts", one.attempt)])


def _dialogs(user: User, manual: Sequence[Silent]) -> None:
    opened = session.dialog()
    one = next((one for one in manual if opened is not None and opened[1] == str(one.charge)), None)
    if one is None:
        return
    amount = words.money(one.amount, one.currency)
    title = text("house.charge.yes.title", name=one.name, amount=amount)
    dialog(_YES, title, lambda _: _answer(user, one, approved=True))
    title = text("house.charge.no.title", name=one.name, amount=amount)
    dialog(_NO, title, lambda _: _answer(user, one, approved=False))


def _answer(user: User, one: Silent, *, approved: bool) -> None:
    name = _YES if approved else _NO
    st.markdown(format.md_escape(text(f"{name}.{one.purpose}")))
    reason = st.text_input(
        text("house.charge.reason"),
        key=f"house.charge.reason.{one.charge}",
        max_chars=NOTE_LENGTH,
        placeholder=text("house.charge.reason.hint"),
    )
    st.caption(text("house.charge.final"))
    with st.container(horizontal=True, horizontal_alignment="right"):
        cancelled = st.button(text("action.cancel"), key="house.charge.cancel", on_click=close)
        pressed = st.button(text("house.charge.write"), key="house.charge.write", type="primary")
    if pressed and _written(user, one, (reason or "").strip(), approved=approved):
        close()
        st.rerun()
    if cancelled:
        st.rerun()


def _written(user: User, one: Silent, reason: str, *, approved: bool) -> bool:
    """Whether the answer is in the books now; a no that was written down comes back as the bank's no."""
    head: dict[str, Any] = {"approved": approved, "reason": reason}
    try:
        operating.answer_charge(user.running, user.owner, OwnerId(one.owner), one.charge, **head)
    except CardDeclined:
        pass
    except Rejection as no:
        rejection_panel(no)
        return False
    session.flash(text("house.charge.done.yes" if approved else "house.charge.done.no", name=one.name))
    return True
