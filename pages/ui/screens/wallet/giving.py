"""Money for another member: whom and how much, then who that is, and only then it goes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from data import identity, wallet
from data.errors import Rejection
from data.ids import OwnerId
from data.ledger.wallet.refusals import MemberUnknown, SameMember
from data.money import Money, parse_amount
from data.wallet import Standing, Transfer
from pages.ui import format, i18n, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.wallet.forms import Form, mine, send
from pages.ui.screens.wallet.moving import amount_fields
from pages.ui.screens.wallet.words import available, money
from pages.ui.session import Flash
from pages.ui.widgets import rejection_panel

TRANSFER: Final = "wallet.transfer"
_DRAFT: Final = "wallet.transfer.draft"
_NAME_LENGTH: Final = 64
_NOTE_LENGTH: Final = 100


@dataclasses.dataclass(frozen=True, slots=True)
class _Draft:
    """What was typed in the dialog `request`, and who that is; found False: it is being changed again."""

    request: str
    typed: str
    amount: Money
    note: str
    recipient: OwnerId
    name: str
    found: bool = True


def dialogs(user: User, standings: Sequence[Standing]) -> None:
    """The transfer, while its dialog is open."""
    dialog(TRANSFER, text(TRANSFER), partial(_transfer, user, standings))


def _transfer(user: User, standings: Sequence[Standing], form: Form) -> None:
    kept: _Draft | None = session.recall(_DRAFT, None)
    draft = kept if kept is not None and kept.request == form.request else None
    if draft is not None and draft.found:
        _confirm(user, standings, form, draft)
    else:
        _fill_in(user, standings, form, draft)


def _fill_in(user: User, standings: Sequence[Standing], form: Form, draft: _Draft | None) -> None:
    st.caption(md_escape(text("wallet.available_is", amounts=available(standings))))
    with st.form(f"{TRANSFER}.form", border=False):
        name = st.text_input(
            text("wallet.transfer.to"),
            draft.name if draft else "",
            max_chars=_NAME_LENGTH,
            key=f"{TRANSFER}.to",
            help=text("wallet.transfer.to.help"),
            autocomplete="off",
        )
        currency = draft.amount.currency if draft else ""
        typed, currency = amount_fields(TRANSFER, standings, draft.typed if draft else "", currency)
        note = st.text_input(
            text("wallet.note"), draft.note if draft else "", max_chars=_NOTE_LENGTH, key=f"{TRANSFER}.note"
        )
        pressed = st.form_submit_button(
            text("action.next"),
            key=f"{TRANSFER}.next",
            type="primary",
            width="stretch",
            icon=":material/person_search:",
        )
    if not pressed:
        return
    try:
        draft = _looked_up(user, form, name or "", typed, currency, note or "")
    except Rejection as no:
        rejection_panel(no)
        return
    session.keep(_DRAFT, draft)
    st.rerun()


def _looked_up(user: User, form: Form, name: str, typed: str, currency: str, note: str) -> _Draft:
    """Who is meant.

    Raises:
        MemberUnknown, SameMember, AmountUnreadable.
    """
    recipient = wallet.member_named(user.database, name)
    who = identity.person(user.database, recipient)
    if who is None:
        raise MemberUnknown(name)
    if recipient == user.owner:
        raise SameMember(who.name)
    return _Draft(form.request, typed, parse_amount(typed, currency), note, recipient, who.name)


def _confirm(user: User, standings: Sequence[Standing], form: Form, draft: _Draft) -> None:
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        st.caption(text("wallet.transfer.found"), text_alignment="center")
        st.subheader(f":material/person: {md_escape(draft.name)}", anchor=False, text_alignment="center")
        st.title(md_escape(format.money(draft.amount)), anchor=False, text_alignment="center")
        if draft.note:
            st.caption(md_escape(draft.note), text_alignment="center")
    left = next(one.available for one in standings if one.currency == draft.amount.currency) - draft.amount.minor
    if left >= 0:
        said = money(left, draft.amount.currency)
        st.caption(i18n.markdown("wallet.transfer.left", amount=said))
    with st.container(horizontal=True, horizontal_alignment="right"):
        back = st.button(text("action.back"), key=f"{TRANSFER}.back", icon=":material/arrow_back:")
        pressed = st.button(text("wallet.transfer.do"), key=f"{TRANSFER}.send", type="primary")
    if back:
        session.keep(_DRAFT, dataclasses.replace(draft, found=False))
        st.rerun()
    if pressed and send(form, partial(_give, user, draft), lambda _receipt: _said(draft), kept=(_DRAFT,)):
        session.forget(_DRAFT)
        st.rerun()


def _give(user: User, draft: _Draft, request: str) -> None:
    command = Transfer(
        **mine(user, request),
        recipient=draft.recipient,
        amount=draft.amount.minor,
        currency=draft.amount.currency,
        note=draft.note,
    )
    wallet.transfer(user.database, command, user.assurance)


def _said(draft: _Draft) -> Flash:
    return Flash(text("wallet.transfer.done", amount=format.money(draft.amount), name=draft.name))
