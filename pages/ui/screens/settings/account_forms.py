"""The forms that change one account.

What is owed is typed as people say it, as a positive amount; the ledger keeps it negative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from data import accounts as door
from data.accounts import (
    Account,
    AdjustBalance,
    CloseAccount,
    MergeAccounts,
    RenameAccount,
    ReopenAccount,
    SetAccountKind,
    SetOpening,
    UnmergeAccount,
)
from data.importers.statement import AccountKind
from data.ledger.account_changes import NAME_LENGTH, REASON_LENGTH
from data.money import Money, parse_amount
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send

T = TypeVar("T")


def rename(user: User, one: Account) -> None:
    """Another name."""
    with st.form(f"settings.accounts.rename.{one.id}", border=False):
        name = st.text_input(
            text("settings.accounts.name"), one.name, max_chars=NAME_LENGTH, key=f"settings.accounts.name.{one.id}"
        )
        pressed = st.form_submit_button(text("action.save"), key="settings.accounts.rename", type="primary")
    if pressed:
        _do(
            f"settings.accounts.rename.{one.id}",
            lambda request: door.rename(user.database, RenameAccount(user.owner, request, user.owner, one.id, name)),
            lambda _none: text("message.saved"),
        )


def kind(user: User, one: Account) -> None:
    """Had or owed: a bill that names only the bank cannot tell a credit card."""
    names = {known: text(f"account.kind.{known}") for known in AccountKind}
    form = f"settings.accounts.kind.{one.id}"
    with st.form(form, border=False):
        st.caption(text("settings.accounts.kind.note"))
        chosen = st.segmented_control(
            text("column.kind"),
            list(names),
            default=one.kind,
            required=True,
            key=f"settings.accounts.kind.which.{one.id}",
            format_func=names.__getitem__,
            label_visibility="collapsed",
        )
        pressed = st.form_submit_button(text("action.save"), key="settings.accounts.kind", type="primary")
    if pressed and chosen:
        _do(
            form,
            lambda request: door.set_kind(
                user.database, SetAccountKind(user.owner, request, user.owner, one.id, AccountKind(chosen))
            ),
            lambda _none: text("message.saved"),
        )


def close(user: User, one: Account) -> None:
    """Put away, or take into use again."""
    word = "reopen" if one.closed else "close"
    st.caption(text(f"settings.accounts.{word}.note"))
    if st.button(text(f"settings.accounts.do.{word}"), key="settings.accounts.close", type="primary"):
        _do(
            f"settings.accounts.{word}.{one.id}",
            lambda request: _close_or_reopen(user, one, request),
            lambda _none: text(f"settings.accounts.{word}.done", name=one.name),
        )


def _close_or_reopen(user: User, one: Account, request: str) -> None:
    if one.closed:
        door.reopen(user.database, ReopenAccount(user.owner, request, user.owner, one.id))
    else:
        door.close(user.database, CloseAccount(user.owner, request, user.owner, one.id))


def opening(user: User, one: Account, currencies: Sequence[str]) -> None:
    """What it held before the first statement."""
    form = f"settings.accounts.opening.{one.id}"
    with st.form(form, border=False):
        st.caption(text("settings.accounts.opening.note"))
        typed, currency = _amount(one, currencies, "opening")
        on = st.date_input(
            text("settings.accounts.opening.on"),
            user.today,
            max_value=user.today,
            format="YYYY-MM-DD",
            key=f"settings.accounts.opening.on.{one.id}",
        )
        pressed = st.form_submit_button(text("action.save"), key="settings.accounts.opening", type="primary")
    if pressed:
        _do(
            form,
            lambda request: door.set_opening(
                user.database,
                SetOpening(user.owner, request, user.owner, one.id, _signed(one, typed, currency), on),
            ),
            lambda _none: text("message.saved"),
        )


def adjust(user: User, one: Account, currencies: Sequence[str]) -> None:
    """What it really holds; the difference is booked with its reason."""
    form = f"settings.accounts.adjust.{one.id}"
    with st.form(form, border=False):
        st.caption(text("settings.accounts.adjust.note"))
        typed, currency = _amount(one, currencies, "adjust")
        on = st.date_input(
            text("settings.accounts.adjust.on"),
            user.today,
            max_value=user.today,
            format="YYYY-MM-DD",
            key=f"settings.accounts.adjust.on.{one.id}",
        )
        reason = st.text_input(
            text("column.reason"),
            max_chars=REASON_LENGTH,
            placeholder=text("settings.accounts.adjust.reason"),
            key=f"settings.accounts.adjust.reason.{one.id}",
        )
        pressed = st.form_submit_button(text("action.save"), key="settings.accounts.adjust", type="primary")
    if pressed:
        _do(
            form,
            lambda request: door.adjust(
                user.database,
                AdjustBalance(user.owner, request, user.owner, one.id, _signed(one, typed, currency), on, reason),
            ),
            lambda by: text("settings.accounts.adjust.done", amount=format.money(by, signed=True)),
        )


def _amount(one: Account, currencies: Sequence[str], deed: str) -> tuple[str, str]:
    owed = one.kind is AccountKind.LIABILITY
    left, right = st.columns([3, 2])
    with left:
        typed = st.text_input(
            text(f"settings.accounts.{deed}.{'owed' if owed else 'held'}"),
            placeholder="1,234.50",
            key=f"settings.accounts.{deed}.amount.{one.id}",
        )
    with right:
        currency = st.selectbox(text("common.currency"), currencies, key=f"settings.accounts.{deed}.currency.{one.id}")
    return typed, currency


def _signed(one: Account, typed: str, currency: str) -> Money:
    """What was typed, with the ledger's sign.

    Raises:
        AmountUnreadable: it is no amount of this currency.
    """
    amount = parse_amount(typed, currency)
    return -amount if one.kind is AccountKind.LIABILITY else amount


def merge(user: User, one: Account, found: Sequence[Account]) -> None:
    """Show it as part of another of the same kind."""
    names = {
        other.id: other.name
        for other in found
        if other.kind is one.kind and other.id != one.id and other.merged_into is None
    }
    if not names:
        st.caption(text("settings.accounts.merge.none"))
        return
    st.caption(format.md_escape(text("settings.accounts.merge.note", name=one.name)))
    into = st.selectbox(
        text("settings.accounts.merge.into"),
        list(names),
        key=f"settings.accounts.merge.into.{one.id}",
        format_func=names.__getitem__,
    )
    if st.button(text("settings.accounts.do.merge"), key="settings.accounts.merge", type="primary"):
        _do(
            f"settings.accounts.merge.{one.id}",
            lambda request: door.merge(user.database, MergeAccounts(user.owner, request, user.owner, one.id, into)),
            lambda _none: text("settings.accounts.merge.done", name=one.name, into=names[into]),
        )


def merged_parts(user: User, one: Account, found: Sequence[Account]) -> None:
    """The accounts that are shown as part of this one, each with the way back."""
    parts = set(one.parts)
    for part in (other for other in found if other.id in parts):
        with st.container(horizontal=True, vertical_alignment="center", key=f"settings.accounts.part.{part.id}"):
            said = text("settings.accounts.part", name=part.name)
            st.markdown(f":material/merge: {format.md_escape(said)}", width="stretch")
            pressed = st.button(
                text("action.undo"), key=f"settings.accounts.unmerge.{part.id}", icon=":material/undo:", type="tertiary"
            )
        if pressed:
            _unmerge(user, part)


def _unmerge(user: User, part: Account) -> None:
    _do(
        f"settings.accounts.unmerge.{part.id}",
        lambda request: door.unmerge(user.database, UnmergeAccount(user.owner, request, user.owner, part.id)),
        lambda _none: text("settings.accounts.unmerge.done", name=part.name),
    )


def _do(form: str, do: Callable[[str], T], said: Callable[[T], str]) -> None:
    if send(form, do, said):
        st.rerun()
