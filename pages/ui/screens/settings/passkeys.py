"""The person's passkeys: where each works, when it was used; adding is a page of our own, the rest is done here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import streamlit as st

from data import passkeys
from data.passkeys import Passkey
from pages.ui import dialogs, format, i18n, links, session  # noqa: A004 - our word, always used with its dot
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.settings import sessions
from pages.ui.screens.settings.sending import send
from pages.ui.widgets import card

_REMOVE: Final = "settings.passkeys.remove"
_RENAME: Final = "settings.passkeys.rename"
_ADDED: Final = "passkey"


def show(user: User) -> None:
    """The list with the way to one more."""
    if links.param(_ADDED) is not None:
        links.set_param(_ADDED, None)
        st.toast(text("settings.passkeys.added"), icon=":material/check_circle:")
    found = passkeys.passkeys_of(user.database, user.owner)
    body, _ = card(text("settings.passkeys.title"), key="settings.passkeys.card", stretch=False)
    with body:
        st.caption(text("settings.passkeys.why"))
        for one in found:
            _row(user, one)
        st.html(_add_link(text("settings.passkeys.add")))
    dialogs.dialog(_RENAME, text("settings.passkeys.rename.title"), lambda one: _rename(user, one))
    dialogs.dialog(_REMOVE, text("settings.passkeys.remove.sure"), lambda one: _remove(user, one))


def _add_link(label: str) -> str:
    """A plain link in this tab: to a page that is none of Streamlit's, which would open it in another one."""
    look = (
        "display:inline-flex;align-items:center;min-height:2.5rem;padding:.25rem .75rem;border-radius:.5rem;"
        "border:1px solid rgba(128,128,128,.35);text-decoration:none;color:inherit;font-weight:500"
    )
    return f'<a class="lgc-add-passkey" href="/passkeys/new" target="_self" style="{look}">+&nbsp; {label}</a>'


def _row(user: User, one: Passkey) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"settings.passkey.{one.id}"):
        with st.container(width="stretch", gap=None):
            st.markdown(f":material/passkey: **{md_escape(one.name)}**")
            st.caption(md_escape(" · ".join(_facts(user, one))))
        if one.rp != _here():
            st.badge(md_escape(one.rp), icon=":material/public:", color="orange", help=text("settings.passkeys.other"))
        for name, asks in (("rename", _RENAME), ("remove", _REMOVE)):
            st.button(
                text(f"settings.passkeys.{name}"),
                key=f"settings.passkey.{one.id}.{name}",
                type="tertiary",
                on_click=dialogs.ask,
                args=(asks, one),
            )


def _facts(user: User, one: Passkey) -> list[str]:
    made = text("settings.passkeys.made", when=_local(user, one.created_at))
    used = one.last_used_at
    seen = text("settings.passkeys.used", when=_local(user, used)) if used else text("settings.passkeys.unused")
    return [made, seen, *([text("settings.passkeys.synced")] if one.synced else [])]


def _rename(user: User, one: Passkey) -> None:
    with st.form(_RENAME, border=False):
        typed = st.text_input(
            text("settings.passkeys.rename.name"), one.name, max_chars=passkeys.NAME_LENGTH, key=f"{_RENAME}.name"
        )
        pressed = st.form_submit_button(text("action.save"), type="primary", key=f"{_RENAME}.save")
    if pressed and send(
        _RENAME,
        lambda request: passkeys.rename(
            user.database, user.owner, one.id, typed or "", visit=sessions.visit(), request_id=request
        ),
        lambda _none: text("settings.passkeys.renamed"),
    ):
        session.close_dialog()
        st.rerun()


def _remove(user: User, one: Passkey) -> None:
    st.markdown(i18n.markdown("settings.passkeys.remove.body", name=one.name))
    password = ""
    if passkeys.needs_password(user.database, user.owner):
        st.caption(text("settings.passkeys.remove.alone"))
        typed = st.text_input(
            text("settings.password.old"), type="password", autocomplete="current-password", key=f"{_REMOVE}.password"
        )
        password = typed or ""
    with st.container(horizontal=True, horizontal_alignment="right"):
        cancelled = st.button(text("action.cancel"), key=f"{_REMOVE}.cancel", on_click=dialogs.close)
        pressed = st.button(text("settings.passkeys.remove"), key=f"{_REMOVE}.confirm", type="primary")
    if cancelled:
        st.rerun()
    if pressed and send(
        _REMOVE,
        lambda _request: passkeys.remove(
            user.database, user.owner, one.id, password=password, visit=sessions.visit(), assurance=user.assurance
        ),
        lambda _none: text("settings.passkeys.removed", name=one.name),
    ):
        session.close_dialog()
        st.rerun()


def _here() -> str:
    """The name under which the browser knows this wallet."""
    return urlsplit(st.context.url or "").hostname or ""


def _local(user: User, at: datetime) -> str:
    return format.moment(at.replace(tzinfo=UTC).astimezone(ZoneInfo(user.preferences.zone)))
