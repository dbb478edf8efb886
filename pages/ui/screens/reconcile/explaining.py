"""What may explain a difference, each in words with its rows; a click opens the row."""

from __future__ import annotations

import streamlit as st

from analytics.scope import Scope
from analytics.statement_period import Explained, Period
from data.ledger.explaining import Cause
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.account_names import account_names
from pages.ui.dialogs import ask
from pages.ui.i18n import plural, text
from pages.ui.screens.reconcile.words import row_words
from pages.ui.screens.transactions.listing import DETAIL

_ICONS = {
    Cause.OPPOSITE_SIGN: "swap_vert",
    Cause.NOT_IN_FILE: "search_off",
    Cause.TWICE: "content_copy",
    Cause.EARLIER: "event_upcoming",
    Cause.LATER: "event_repeat",
    Cause.WRONG_WAY: "swap_horiz",
    Cause.ELSEWHERE: "move_location",
    Cause.SWAPPED_DIGITS: "pin",
    Cause.TOO_MANY: "playlist_remove",
    Cause.MISSING: "playlist_add",
    Cause.PAIR: "join_inner",
}


def explaining(scope: Scope, seen: Period) -> None:
    """The candidates, the most telling first; says so when there is none."""
    if not seen.explained:
        st.caption(text("reconcile.explain.none"))
        return
    st.caption(text("reconcile.explain.note"))
    for number, one in enumerate(seen.explained):
        with st.container(horizontal=True, vertical_alignment="center", key=f"reconcile.explain.{number}"):
            icon = f":material/{_ICONS[one.candidate.cause]}:"
            st.markdown(f"{icon} {format.md_escape(said(scope, seen, one))}", width="stretch")
            if len(one.lines) == 1:
                st.button(
                    text("action.details"),
                    key=f"reconcile.explain.{number}.open",
                    type="tertiary",
                    on_click=ask,
                    args=(DETAIL, str(one.lines[0].entry)),
                )


def said(scope: Scope, seen: Period, one: Explained) -> str:
    """One candidate as a sentence."""
    cause, currency = one.candidate.cause, seen.statement.balance.currency
    day = format.day(seen.statement.on, today=scope.today)
    rows = [row_words(line, currency, scope.today) for line in one.lines]
    if cause is Cause.NOT_IN_FILE:
        return plural("reconcile.explain.not_in_file", len(rows), rows=" · ".join(rows[:3]))
    facts = {"day": day, "row": rows[0] if rows else "", "other": rows[-1] if rows else ""}
    if cause is Cause.SWAPPED_DIGITS:
        facts["amount"] = format.money(Money(one.lines[0].minor + one.candidate.change, currency), signed=True)
    if cause is Cause.ELSEWHERE:
        facts["account"] = account_names(scope).get(str(one.lines[0].account), format.NONE)
    return text(f"reconcile.explain.{cause}", **facts)
