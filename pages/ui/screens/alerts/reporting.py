"""A debit that passed and was not theirs: the person picks it, and the wallet is frozen."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from analytics.risk_alerts import Made, made, watched
from analytics.scope import Scope
from data import alerts as door
from data.alerts import ReportDebit
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.alerts import words
from pages.ui.screens.wallet.forms import Form, buttons, mine, opened, send
from pages.ui.screens.wallet.words import sentences
from pages.ui.session import Flash
from pages.ui.widgets import card

REPORT: Final = "alerts.report"


def section(user: User, scope: Scope) -> None:
    """What the monitor looked at, and the picker of what passed; nothing for whoever paid nothing lately."""
    listed = made(scope)
    if not listed:
        return
    body, _ = card(text("alerts.report.title"), key="alerts.report.card", stretch=False)
    with body:
        counted = watched(scope)
        parts = (
            plural("alerts.counted.made", counted.made),
            plural("alerts.counted.asked", counted.asked),
            plural("alerts.counted.refused", counted.refused),
        )
        since = text("alerts.counted", since=format.day(counted.since, today=user.today))
        st.caption(md_escape(sentences(since, " · ".join(parts))))
        by_id = {one.id: one for one in listed}
        chosen = st.selectbox(
            text("alerts.report.which"),
            list(by_id),
            index=None,
            key="alerts.report.which",
            format_func={one.id: _called(user, one) for one in listed}.__getitem__,
            placeholder=text("alerts.report.choose"),
        )
        st.button(
            text(REPORT),
            key=REPORT,
            icon=":material/gpp_maybe:",
            disabled=chosen is None,
            on_click=opened,
            args=(REPORT, by_id[chosen] if chosen else None),
        )


def _called(user: User, one: Made) -> str:
    return f"{words.when(user, one)} · {words.title(one)} · {words.amount(one)}"


def dialogs(user: User) -> None:
    """The second look, while it is open."""
    dialog(REPORT, text("alerts.report.sure"), partial(_report, user))


def _report(user: User, form: Form) -> None:
    one: Made = form.about
    st.markdown(f"**{md_escape(words.title(one))}** · {md_escape(words.amount(one))}")
    st.caption(md_escape(words.when(user, one)))
    st.markdown(md_escape(text("alerts.not_mine.body")))
    if buttons(REPORT, text(REPORT)) and send(
        form,
        lambda request: door.report(user.database, ReportDebit(**mine(user, request), debit=one.id)),
        lambda _receipt: Flash(text("alerts.not_mine.done.frozen")),
    ):
        st.rerun()
