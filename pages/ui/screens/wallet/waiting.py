"""Money whose bank is silent: what is known of it, when the bank is asked next, and that nothing goes twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from analytics.wallet_activity import OpenCharge
from pages.ui import format, i18n  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.wallet.words import local, money, sentences, source
from pages.ui.widgets import card

_LOOK_EVERY: Final = "5s"


def section(user: User, found: Sequence[OpenCharge]) -> None:
    """The list, which looks by itself whether an answer has come; nothing when nothing waits."""
    if not found:
        return
    body, _ = card(text("wallet.waiting"), key="wallet.waiting.card", stretch=False)
    with body:
        st.caption(text("wallet.waiting.note"))
        for one in found:
            _row(user, one)
    _look(user, user.database.version(user.owner))


@st.fragment(run_every=_LOOK_EVERY)
def _look(user: User, seen: int) -> None:
    """Draw the page anew once something of the person's has changed."""
    if user.database.version(user.owner) != seen:
        st.rerun()


def _row(user: User, one: OpenCharge) -> None:
    with st.container(border=True, key=f"wallet.waiting.{one.id}", gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            title = i18n.markdown(f"wallet.waiting.{one.purpose}", card=source(one.via), party=one.party)
            st.markdown(f"{_icon(one)} **{title}**", width="content")
            st.markdown(f"**{md_escape(money(one.amount, one.currency))}**", width="content")
        st.caption(md_escape(_known(user, one)))


def _icon(one: OpenCharge) -> str:
    return ":orange[:material/support_agent:]" if one.state == "manual" else ":orange[:material/hourglass_top:]"


def _known(user: User, one: OpenCharge) -> str:
    """What happened, what is to come, what it means for the money."""
    since = text("wallet.waiting.since", when=format.clock(local(user.preferences.zone, one.at)))
    held = text(f"wallet.waiting.{one.purpose}.held")
    if one.state == "manual":
        return sentences(since, text("wallet.waiting.manual"), held)
    asked = plural("wallet.waiting.asked", one.attempt) if one.attempt else ""
    if one.next_at is None or one.next_at <= user.now:
        following = text("wallet.waiting.now")
    else:
        following = text("wallet.waiting.next", when=f"{local(user.preferences.zone, one.next_at):%H:%M:%S}")
    return sentences(since, asked, following, held)
