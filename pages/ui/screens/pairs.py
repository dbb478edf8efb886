"""Matched rows: both sides of each pair, what spoke for it in words, and accept, reject, undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from analytics.pairs import Match, Told, count, matches
from analytics.scope import Scope
from data import pairs as door
from data.money import Money
from data.pairs import DecidePair, Verdict
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.importing.words import source
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.widgets import Action, empty_state

# Section → the states in it, and what may be said of a pair there, the likeliest first.
_SECTIONS: Final = (
    ("suggested", ("proposed",), (Verdict.ACCEPTED, Verdict.REJECTED)),
    ("counted", ("applied", "accepted"), (Verdict.UNDONE,)),
    ("apart", ("rejected", "undone"), (Verdict.ACCEPTED,)),
)
_LESS: Final = frozenset({"amount_less", "amount_rest", "amount_short"})
_BOTH_FILES: Final = frozenset({"expected", "awaited"})
_ICONS: Final = {Verdict.ACCEPTED: "check", Verdict.REJECTED: "close", Verdict.UNDONE: "undo"}


def pairs(user: User, scope: Scope) -> None:
    """The suggestions, what counts once, and what the person took apart."""
    found = [(name, matches(scope, *states), states, verdicts) for name, states, verdicts in _SECTIONS]
    if not any(listed for _, listed, _, _ in found):
        empty_state(
            text("pairs.empty"), text("pairs.empty.body"), key="pairs.empty", icon=":material/join_inner:",
            actions=[Action(text("nav.import"), page="import", primary=True)],
        )  # fmt: skip
        return
    for name, listed, states, verdicts in found:
        if listed:
            st.subheader(md_escape(text(f"pairs.{name}")), anchor=False)
            there = count(scope, *states)
            latest = [plural("pairs.latest", len(listed))] if len(listed) < there else []
            st.caption(md_escape(" · ".join([plural(f"pairs.{name}.count", there), *latest])))
            for one in listed:
                _pair(user, one, verdicts)


def _pair(user: User, one: Match, verdicts: Sequence[Verdict]) -> None:
    with st.container(border=True, key=f"pairs.{one.pair}"):
        columns = st.columns(2, gap="medium")
        for column, role, told in zip(columns, ("described", "moved"), (one.described, one.moved), strict=True):
            with column, st.container(gap=None):
                _side(role, told)
        with st.container(horizontal=True, vertical_alignment="center"):
            _evidence(one, beside=len(verdicts) == 1)
            for verdict in verdicts:
                st.button(
                    text(f"pairs.{verdict.value}"),
                    key=f"pairs.{verdict.value}.{one.pair}",
                    icon=f":material/{_ICONS[verdict]}:",
                    type="primary" if len(verdicts) > 1 and verdict is verdicts[0] else "secondary",
                    on_click=_decide,
                    args=(user, one, verdict),
                )


def _evidence(one: Match, *, beside: bool) -> None:
    """What spoke for it, beside a single button; above two of them where the screen is narrow."""
    words = md_escape(" · ".join(said(one)))
    if beside:
        with st.container(width="stretch"):
            st.caption(words)
    else:
        st.caption(words, width="stretch")


def _side(role: str, told: Told) -> None:
    st.caption(md_escape(f"{text(f'pairs.{role}')} · {source(told.format) if told.format else format.NONE}"))
    amount = format.money(Money(told.amount, told.currency), signed=True)
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="xsmall"):
        st.markdown(f"**{md_escape(told.payee or told.description or format.NONE)}**", width="content")
        st.markdown(md_escape(amount), width="content")
    st.caption(md_escape(" · ".join(part for part in (format.iso(told.on), told.account) if part)))


def said(one: Match) -> list[str]:
    """What spoke for the pair and against it, a few words each."""
    codes = {code for code, _ in one.evidence}
    if not codes >= _BOTH_FILES:
        return [_words(code, value, one) for code, value in one.evidence]
    words = [_words(code, value, one) for code, value in one.evidence if code not in _BOTH_FILES]
    return [*words, text("pairs.evidence.both_files")]


def _words(code: str, value: str, one: Match) -> str:
    if code == "days" and not int(value):
        return text("pairs.evidence.same_day")
    if code == "quick_pay" and not value:
        return text("pairs.evidence.says_nothing")
    if code in {"days", "minutes"}:
        return plural(f"pairs.evidence.{code}", abs(int(value)))
    if code in _LESS:
        value = format.money(Money(int(value), one.moved.currency))
    return text(f"pairs.evidence.{code}", value=value or format.NONE)


def _decide(user: User, one: Match, verdict: Verdict) -> None:
    send_from_callback(
        f"pairs.{one.pair}",
        lambda request: door.decide(user.database, DecidePair(user.owner, request, user.owner, one.pair, verdict)),
        lambda _: text(f"pairs.{verdict.value}.done"),
    )
