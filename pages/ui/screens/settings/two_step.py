"""The card of the second factor: the authenticator app's QR code and key, its recovery codes, taking it away."""

from __future__ import annotations

from typing import Final

import segno
import streamlit as st

from data import passkeys, recovering, second_factor
from data.assurance import StepUpRequired
from data.second_factor import Enrolment
from data.security.passwords import ALONE
from pages.ui import session, step_up
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.settings import sessions
from pages.ui.screens.settings.sending import send
from pages.ui.widgets import card

_ENROLMENT: Final = "settings.security.enrolment"
_CODES: Final = "settings.security.codes"
_KEY_GROUP: Final = 4


def leave() -> None:
    """Forget what is shown only once: the key of an enrolment that was not finished, fresh recovery codes."""
    session.forget(_ENROLMENT)
    session.forget(_CODES)


def show(user: User) -> None:
    """Whether there is one, and the way to it or away from it."""
    body, _ = card(text("settings.totp.title"), key="settings.totp.card", stretch=False)
    with body:
        codes: tuple[str, ...] = session.recall(_CODES, ())
        enrolment: Enrolment | None = session.recall(_ENROLMENT, None)
        if codes:
            _recovery_codes(codes, alone=not second_factor.has_totp(user.database, user.owner))
        elif second_factor.has_totp(user.database, user.owner):
            _enrolled(user)
        elif enrolment is not None:
            _enrol(user, enrolment)
        else:
            st.markdown(f":material/shield: {text('settings.totp.off')}")
            st.caption(text("settings.totp.why"))
            wanted = StepUpRequired("factors", "changes_factors")
            if step_up.ask_first(user.owner, user.session, wanted, key="settings.totp"):
                st.button(
                    text("settings.totp.begin"),
                    key="settings.totp.begin",
                    type="primary",
                    on_click=_begin,
                    args=(user.name,),
                )
                _codes_alone(user)


def _codes_alone(user: User) -> None:
    """Recovery codes for a forgotten password, for whoever has no second factor that brings its own."""
    if passkeys.passkeys_of(user.database, user.owner):
        return
    st.caption(text("settings.codes.alone.note"))
    left = second_factor.recovery_codes_left(user.database, user.owner)
    if left:
        st.caption(plural("settings.codes.left", left))

    def make(_request: str) -> None:
        made = recovering.make_codes(user.database, user.owner, sessions.visit(), user.assurance)
        session.keep(_CODES, made)

    if st.button(text("settings.codes.alone"), key="settings.codes.alone", icon=":material/key:") and send(
        "settings.codes.alone", make, lambda _none: text("settings.codes.renewed")
    ):
        st.rerun()


def _begin(name: str) -> None:
    session.keep(_ENROLMENT, second_factor.begin_totp(name))


def _enrol(user: User, enrolment: Enrolment) -> None:
    st.markdown(text("settings.totp.scan"))
    drawn = segno.make(enrolment.uri, error="m").svg_data_uri(scale=5, border=3, light="white")
    with st.container(horizontal_alignment="center"):
        st.html(f'<img src="{drawn}" alt="QR" style="border-radius:.5rem;max-width:100%">')
    st.caption(text("settings.totp.key"))
    st.code(grouped(enrolment.secret), language=None)
    form = "settings.totp.confirm"
    with st.form(form, border=False, clear_on_submit=True):
        code = st.text_input(
            text("settings.totp.code"), max_chars=10, autocomplete="one-time-code", key=f"{form}.code", width=240
        )
        with st.container(horizontal=True):
            pressed = st.form_submit_button(text("settings.totp.confirm"), key=f"{form}.send", type="primary")
            cancelled = st.form_submit_button(text("action.cancel"), key=f"{form}.cancel", on_click=leave)
    if pressed and not cancelled:
        _confirm(user, enrolment, code)


def _confirm(user: User, enrolment: Enrolment, code: str) -> None:
    def confirm(_request: str) -> None:
        asked = (enrolment.secret, code, sessions.visit(), user.assurance)
        made = second_factor.confirm_totp(user.database, user.key, user.owner, *asked)
        session.forget(_ENROLMENT)
        session.keep(_CODES, made)

    if send("settings.totp.confirm", confirm, lambda _none: text("settings.totp.on.done")):
        st.rerun()


def grouped(secret: str) -> str:
    """A key in groups of four, for typing it."""
    return " ".join(secret[at : at + _KEY_GROUP] for at in range(0, len(secret), _KEY_GROUP))


def _recovery_codes(codes: tuple[str, ...], *, alone: bool) -> None:
    st.warning(
        text("settings.codes.alone.once" if alone else "settings.codes.once"),
        title=text("settings.codes.title"),
        icon=":material/key:",
    )
    st.code("\n".join(codes), language=None)
    with st.container(horizontal=True):
        st.download_button(
            text("settings.codes.download"),
            data="\n".join((text("settings.codes.file"), "", *codes, "")).encode(),
            file_name="little-gold-card-recovery-codes.txt",
            mime="text/plain",
            key="settings.codes.download",
            icon=":material/download:",
            on_click="ignore",
        )
        st.button(text("settings.codes.kept"), key="settings.codes.kept", type="primary", on_click=leave)


def _enrolled(user: User) -> None:
    st.markdown(f":green[:material/verified_user:] {text('settings.totp.on')}")
    left = second_factor.recovery_codes_left(user.database, user.owner)
    st.caption(plural("settings.codes.left", left))
    with st.expander(text("settings.codes.renew"), key="settings.codes.renew.box"):
        _renew(user)
    with st.expander(text("settings.totp.disable"), key="settings.totp.disable.box"):
        _disable(user)


def _renew(user: User) -> None:
    form = "settings.codes.renew"
    st.caption(text("settings.codes.renew.note"))
    with st.form(form, border=False, clear_on_submit=True):
        code = st.text_input(
            text("settings.totp.code"), autocomplete="one-time-code", key=f"{form}.code", max_chars=40, width=240
        )
        pressed = st.form_submit_button(text("settings.codes.renew"), key=f"{form}.send", type="primary")

    def renew(_request: str) -> None:
        made = second_factor.renew_recovery_codes(user.database, user.key, user.owner, code, sessions.visit())
        session.keep(_CODES, made)

    if pressed and send(form, renew, lambda _none: text("settings.codes.renewed")):
        st.rerun()


def _disable(user: User) -> None:
    form = "settings.totp.disable"
    st.caption(text("settings.totp.disable.note", minimum=ALONE))
    with st.form(form, border=False, clear_on_submit=True):
        password = st.text_input(
            text("settings.password.old"), type="password", autocomplete="current-password", key=f"{form}.password"
        )
        code = st.text_input(
            text("settings.totp.code_or_recovery"), autocomplete="one-time-code", key=f"{form}.code", max_chars=40
        )
        pressed = st.form_submit_button(text("settings.totp.disable"), key=f"{form}.send", type="primary")
    if pressed and send(
        form,
        lambda _request: second_factor.disable_totp(
            user.database, user.key, user.owner, password, code, sessions.visit()
        ),
        lambda _none: text("settings.totp.off.done"),
    ):
        st.rerun()
