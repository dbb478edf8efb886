"""Where the person is signed in, ending that, and after what time it ends by itself."""

from __future__ import annotations

import dataclasses
import ipaddress
from datetime import UTC
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from data import identity, own_security
from data.own_security import DAYS_CHOICES, IDLE_CHOICES
from data.security import tokens
from data.sign_in import Session, Visit
from pages.ui import dialogs, format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.widgets import card

_DEVICE_COOKIES: Final = ("__Host-wallet-device", "wallet-device")  # as `pages.web.cookies` names it
_AT_HOME: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)
_IDLE: Final = "settings.sessions.idle"
_DAYS: Final = "settings.sessions.days"


def visit() -> Visit:
    """Where this tab is; nothing where Streamlit does not know (it hides the own machine's address)."""
    address, sent = st.context.ip_address, st.context.headers
    device = next(filter(None, (_text(st.context.cookies.get(name)) for name in _DEVICE_COOKIES)), "")
    return Visit(
        address if isinstance(address, str) else "",
        _text(sent.get("User-Agent")),
        tokens.token_hash(device) if device else "",
        _text(sent.get("Host")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


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
        _lives(user)
    dialogs.confirm(
        "settings.sessions.all",
        title=text("settings.sessions.everywhere"),
        body=text("settings.sessions.everywhere.body"),
        action=text("settings.sessions.everywhere"),
        on_confirm=lambda _subject: identity.sign_out_everywhere(user.database, user.owner, visit()),
    )


def _session(user: User, one: Session) -> None:
    zone = ZoneInfo(user.preferences.zone)
    since, used = (format.moment(at.replace(tzinfo=UTC).astimezone(zone)) for at in (one.created_at, one.seen_at))
    with st.container(horizontal=True, vertical_alignment="center", key=f"settings.session.{one.id}"):
        with st.container(width="stretch", gap=None):
            st.markdown(f":material/devices: {format.md_escape(browser_of(one.agent) or text('common.unknown'))}")
            said = text("settings.sessions.since", since=since)
            last = text("settings.sessions.used", used=used) if used != since else ""
            st.caption(format.md_escape(" · ".join(part for part in (place_of(one.address), said, last) if part)))
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


def _lives(user: User) -> None:
    chosen = own_security.choices_of(user.database, user.owner)
    idle = {minutes: text(f"settings.sessions.idle.{minutes}") for minutes in IDLE_CHOICES}
    days = {count: text(f"settings.sessions.days.{count}") for count in DAYS_CHOICES}
    left, right = st.columns(2)
    with left:
        st.selectbox(
            text("settings.sessions.idle"),
            IDLE_CHOICES,
            index=IDLE_CHOICES.index(chosen.idle_minutes),
            key=_IDLE,
            format_func=idle.__getitem__,
            on_change=_choose,
            args=(user,),
        )
    with right:
        st.selectbox(
            text("settings.sessions.days"),
            DAYS_CHOICES,
            index=DAYS_CHOICES.index(chosen.session_days),
            key=_DAYS,
            format_func=days.__getitem__,
            on_change=_choose,
            args=(user,),
        )


def _choose(user: User) -> None:
    idle, days = int(session.widget(_IDLE)), int(session.widget(_DAYS))

    def do(_request: str) -> None:
        now = own_security.choices_of(user.database, user.owner)
        wanted = dataclasses.replace(now, idle_minutes=idle, session_days=days)
        own_security.choose(user.database, user.owner, wanted, visit())

    send_from_callback("settings.sessions.lives", do, lambda _none: text("message.saved"))


def place_of(address: str) -> str:
    """Where an address is, as far as it tells by itself: nobody else is asked about it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.is_loopback:
        return text("settings.sessions.place.here")
    at_home = any(found in network for network in _AT_HOME if network.version == found.version)
    return text("settings.sessions.place.home", address=address) if at_home else address


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
