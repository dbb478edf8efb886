"""Who may sign up, invitations, and links for forgotten passwords: the operator's part of getting in.

A link is shown once, here and now; neither it nor anything behind it can be looked up later.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from functools import partial
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.members import everybody
from analytics.scope import Scope
from data import invitations, recovering
from data.invitations import NOTE_LENGTH, Invitation
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.people import called
from pages.ui.screens.settings.sending import send, send_from_callback
from pages.ui.screens.settings.sessions import visit
from pages.ui.widgets import card

_MODES: Final = ("open", "invitation", "closed")
_MODE: Final = "members.joining.mode"
_LINK: Final = "members.joining.link"
_RESET: Final = "members.joining.reset"
_MEMBER: Final = "members.joining.member"
_SHOWN: Final = 6


@dataclasses.dataclass(frozen=True, slots=True)
class _Link:
    """A link that was just made: its address and what it is good for, in words."""

    address: str
    said: str


def joining(user: User) -> None:
    """Who may sign up, and the invitations."""
    body, _ = card(text("joining.title"), key="members.joining.card", stretch=False)
    with body:
        mode = invitations.mode(user.database)
        names = {one: text(f"joining.mode.{one}") for one in _MODES}
        session.set_widget(_MODE, mode)
        st.segmented_control(
            text("joining.title"),
            _MODES,
            key=_MODE,
            required=True,
            format_func=names.__getitem__,
            label_visibility="collapsed",
            on_change=_choose,
            args=(user,),
        )
        st.caption(text(f"joining.mode.{mode}.note"))
        if mode != "closed":
            _invite(user)
        for one in invitations.invitations(user.database, user.owner)[:_SHOWN]:
            _row(user, one)


def _choose(user: User) -> None:
    wanted = session.widget(_MODE)
    send_from_callback(
        _MODE,
        lambda _request: invitations.choose(user.database, user.owner, wanted, visit()),
        lambda _none: text("joining.mode.done"),
    )


def _invite(user: User) -> None:
    made: _Link | None = session.recall(_LINK, None)
    if made is not None:
        _show(_LINK, text("joining.invite.once"), made)
        return
    with st.form("members.invite", border=False, clear_on_submit=True):
        note = st.text_input(text("joining.invite.for"), max_chars=NOTE_LENGTH, key="members.invite.note")
        pressed = st.form_submit_button(text("joining.invite.do"), key="members.invite.do", icon=":material/link:")

    def invite(_request: str) -> None:
        token = invitations.invite(user.database, user.owner, note or "", visit())
        until = _at(user, user.now + invitations.LIFE)
        session.keep(_LINK, _Link(_address("/invited", token), text("joining.invite.note", until=until)))

    if pressed and send("members.invite", invite, lambda _none: text("joining.made")):
        st.rerun()


def _row(user: User, one: Invitation) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"members.invitation.{one.id}"):
        with st.container(width="stretch", gap=None):
            st.markdown(format.md_escape(one.note or text("joining.nobody")))
            st.caption(format.md_escape(_state(user, one)))
        if one.open_at(user.now):
            st.button(
                text("joining.revoke"),
                key=f"members.invitation.{one.id}.revoke",
                type="tertiary",
                on_click=partial(_revoke, user, one.id),
            )


def _state(user: User, one: Invitation) -> str:
    if one.used_at is not None:
        return text("joining.state.used", name=called(one.used_by or ""), at=_at(user, one.used_at))
    if one.revoked_at is not None:
        return text("joining.state.revoked")
    if not one.open_at(user.now):
        return text("joining.state.expired")
    return text("joining.state.open", until=_at(user, one.expires_at))


def _revoke(user: User, one: UUID) -> None:
    send_from_callback(
        f"members.invitation.{one}",
        lambda _request: invitations.revoke(user.database, user.owner, one, visit()),
        lambda _none: text("joining.revoked"),
    )


def resetting(user: User, scope: Scope) -> None:
    """A link for a member who forgot the password."""
    names = {one.owner: one.name for one in everybody(scope, "") if one.owner != user.owner}
    if not names:
        return
    body, _ = card(text("joining.reset.title"), key="members.reset.card", stretch=False)
    with body:
        st.caption(text("joining.reset.note"))
        made: _Link | None = session.recall(_RESET, None)
        if made is not None:
            _show(_RESET, text("joining.invite.once"), made)
            return
        member = st.selectbox(
            text("joining.reset.member"), list(names), key=_MEMBER, format_func=lambda owner: names.get(owner, "")
        )
        until = recovering.waiting_until(user.database, member)
        if until is not None:
            st.caption(text("joining.reset.waiting", until=_at(user, until)))
        with st.container(horizontal=True):
            pressed = st.button(text("joining.reset.do"), key="members.reset.do", icon=":material/lock_reset:")
            if until is not None:
                st.button(
                    text("joining.reset.take_back"),
                    key="members.reset.take_back",
                    type="tertiary",
                    on_click=partial(_take_back, user, member),
                )
        if pressed and send("members.reset", partial(_issue, user, member, names[member]), _made):
            st.rerun()


def _made(_none: None) -> str:
    return text("joining.made")


def _issue(user: User, member: UUID, name: str, _request: str) -> None:
    token = recovering.issue(user.database, user.owner, member, visit())
    until = _at(user, user.now + recovering.LIFE)
    session.keep(_RESET, _Link(_address("/reset", token), text("joining.reset.link", name=name, until=until)))


def _take_back(user: User, member: UUID) -> None:
    send_from_callback(
        "members.reset.take_back",
        lambda _request: recovering.take_back(user.database, user.owner, member, visit()),
        lambda _none: text("joining.reset.taken_back"),
    )


def _show(key: str, title: str, made: _Link) -> None:
    st.warning(format.md_escape(made.said), title=title, icon=":material/link:")
    st.code(made.address, language=None, wrap_lines=True)
    st.button(text("joining.kept"), key=f"{key}.kept", type="primary", on_click=session.forget, args=(key,))


def _address(path: str, token: str) -> str:
    """The whole address of a link, at the name by which the operator has this wallet open."""
    address = st.context.url
    here = urlsplit(address if isinstance(address, str) else "")
    origin = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    return f"{origin}{path}?t={token}"


def _at(user: User, instant: datetime) -> str:
    return format.moment(instant.replace(tzinfo=UTC).astimezone(ZoneInfo(user.preferences.zone)))
