"""Where the person is signed in, and ending that."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from data import identity
from data.sign_in import Session, Visit
from pages.ui import dialogs, format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.widgets import card


def visit() -> Visit:
    """Where this tab is; nothing where Streamlit does not know (it hides the own machine's address)."""
    address, agent = st.context.ip_address, st.context.headers.get("User-Agent")
    return Visit(address if isinstance(address, str) else "", agent if isinstance(agent, str) else "")


def show(user: User) -> None:
    """Every open session of the person with the way to end it, and the way to end them all."""
    body, _ = card(text("settings.sessions.title"), key="settings.sessions.card", stretch=False)
    with body:
        for one in identity.open_sessions(user.database, user.owner):
            _session(user, one)
        st.caption(text("settings.sessions.note"))
        st.button(
            text("settings.sessions.everywhere"),
            key="settings.sessions.everywhere",
            icon=":material/logout:",
            on_click=dialogs.ask,
            args=("settings.sessions.all",),
        )
    dialogs.confirm(
        "settings.sessions.all",
        title=text("settings.sessions.everywhere"),
        body=text("settings.sessions.everywhere.body"),
        action=text("settings.sessions.everywhere"),
        on_confirm=lambda _subject: identity.sign_out_everywhere(user.database, user.owner, visit()),
    )


def _session(user: User, one: Session) -> None:
    zone = ZoneInfo(user.preferences.zone)
    since = format.moment(one.created_at.replace(tzinfo=UTC).astimezone(zone))
    with st.container(horizontal=True, vertical_alignment="center", key=f"settings.session.{one.id}"):
        with st.container(width="stretch", gap=None):
            st.markdown(f":material/devices: {format.md_escape(browser_of(one.agent) or text('common.unknown'))}")
            said = text("settings.sessions.since", since=since)
            st.caption(format.md_escape(" · ".join(part for part in (said, one.address) if part)))
        if one.id == user.session:
            st.badge(text("settings.sessions.this"), color="green", icon=":material/check:")
        else:
            st.button(
                text("settings.sessions.end"),
                key=f"settings.session.{one.id}.end",
                type="tertiary",
                on_click=partial(_end, user, one.id),
            )


def _end(user: User, one: str) -> None:
    send_from_callback(
        f"settings.session.{one}",
        lambda _request: identity.end_session(user.database, user.owner, one, visit()),
        lambda _none: text("settings.sessions.ended"),
    )


# The more particular first: Edge and Chrome both call themselves Chrome, and everything calls itself Safari.
_BROWSERS: Final = (
    ("MicroMessenger/", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """`Chrome · Windows`, as far as what the browser calls itself tells; else the first words of that, or nothing."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(part for part in found if part) or agent[:40]
