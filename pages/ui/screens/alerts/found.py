"""The alerts: those that want an answer, then what was said before; and the two answers, with what each does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, Literal

import streamlit as st

from analytics.risk_alerts import Alert, alerts
from analytics.scope import Scope
from data import alerts as door
from data import wallet
from data.alerts import AnswerAlert
from pages.ui import links
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.alerts import words
from pages.ui.screens.wallet.forms import Form, buttons, mine, opened, send
from pages.ui.session import Flash
from pages.ui.widgets import Action, empty_state

MINE: Final = "alerts.mine"
NOT_MINE: Final = "alerts.not_mine"
_MOST: Final = 5  # reasons: the heaviest say enough
_BADGES: Final[Mapping[str, tuple[str, Literal["orange", "red", "green"]]]] = {
    "asked": ("help", "orange"),
    "refused": ("block", "red"),
    "confirmed": ("verified_user", "green"),
}


def banner(user: User, scope: Scope) -> None:
    """That the wallet is frozen, with the way to where it is unfrozen."""
    standings = wallet.standing(user.database, user.owner)
    if not standings or standings[0].frozen is None:
        return
    asked = any(one.waits(user.now) for one in alerts(scope))
    with st.container(border=True, key="alerts.frozen", gap="xsmall"):
        st.markdown(f":blue[:material/ac_unit:] **{md_escape(text('alerts.frozen'))}**")
        st.caption(md_escape(text("alerts.frozen.body" if asked else "alerts.frozen.alone")))
        links.link("wallet", text("alerts.frozen.go"))


def section(user: User, scope: Scope) -> None:
    """Every alert, the newest first within its section."""
    listed = alerts(scope)
    if not listed:
        empty_state(
            text("alerts.empty"), text("alerts.empty.body"), key="alerts.empty", icon=":material/notifications_off:",
            actions=[Action(text("nav.wallet"), page="wallet")],
        )  # fmt: skip
        return
    waiting = [one for one in listed if one.waits(user.now)]
    if waiting:
        st.subheader(md_escape(text("alerts.waiting")), anchor=False)
        for one in waiting:
            _alert(user, one, waits=True)
    rest = [one for one in listed if not one.waits(user.now)]
    if rest:
        st.subheader(md_escape(text("alerts.before")), anchor=False)
        for one in rest:
            _alert(user, one, waits=False)


def _alert(user: User, one: Alert, *, waits: bool) -> None:
    with st.container(border=True, key=f"alerts.{one.id}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{md_escape(words.title(one))}**", width="content")
            st.markdown(f"**{md_escape(words.amount(one))}**", width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            icon, colour = _BADGES[one.verdict]
            st.badge(md_escape(text(f"alerts.verdict.{one.verdict}")), icon=f":material/{icon}:", color=colour)
            if one.answer:
                st.badge(md_escape(text(f"alerts.answer.{one.answer}")), color="gray")
            st.caption(md_escape(words.when(user, one)), width="content")
        st.markdown("\n".join(f"- {md_escape(line)}" for line in words.reasons(one.signs)[:_MOST]))
        if waits:
            _answers(one)
        elif one.answer == "not_mine":
            next_steps(refund=one.payment is not None)
        elif not one.answer:
            with st.container(horizontal=True):
                _button(one, NOT_MINE, "gpp_maybe")


def _answers(one: Alert) -> None:
    st.caption(md_escape(text(f"alerts.waiting.{one.verdict}")))
    with st.container(horizontal=True):
        _button(one, MINE, "check")
        _button(one, NOT_MINE, "gpp_maybe")


def _button(one: Alert, name: str, icon: str) -> None:
    st.button(text(name), key=f"{name}.{one.id}", icon=f":material/{icon}:", on_click=opened, args=(name, one))


def next_steps(*, refund: bool) -> None:
    """What to do after somebody else used the wallet."""
    st.markdown("\n".join(f"1. {md_escape(text(f'alerts.next.{step}'))}" for step in ("password", "sessions", "cards")))
    with st.container(horizontal=True):
        links.link("settings", text("nav.settings"))
        links.link("wallet", text("nav.wallet"))
        if refund:
            links.link("refunds", text("alerts.next.refund"))


def dialogs(user: User) -> None:
    """Both answers, while one of them is open."""
    dialog(MINE, text("alerts.mine.sure"), partial(_answer, user, MINE))
    dialog(NOT_MINE, text("alerts.not_mine.sure"), partial(_answer, user, NOT_MINE))


def _answer(user: User, name: str, form: Form) -> None:
    one: Alert = form.about
    st.markdown(f"**{md_escape(words.title(one))}** · {md_escape(words.amount(one))}")
    said = f"{name}.body.{one.verdict}" if name == MINE else f"{name}.body"
    st.markdown(md_escape(text(said)))
    command = partial(AnswerAlert, alert=one.id, mine=name == MINE)
    if buttons(name, text(name)) and send(
        form,
        lambda request: door.answer(user.database, command(**mine(user, request)), user.assurance),
        lambda receipt: Flash(text(f"{name}.done.frozen" if receipt["frozen"] else f"{name}.done")),
    ):
        st.rerun()
