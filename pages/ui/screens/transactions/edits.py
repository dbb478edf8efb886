"""Edits sent to the doors: a request id for each form, a refusal in words, and what can be done after one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from analytics.scope import Scope
from data import bookkeeping, sorting
from data.bookkeeping import Annotate, TakeBack
from data.errors import Rejection
from data.ids import EntryId
from data.sorting import AlwaysForPayee
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_name
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.transactions import state
from pages.ui.screens.transactions.state import Done
from pages.ui.widgets import rejection_panel

T = TypeVar("T")


def attempt(form: str, do: Callable[[str], T]) -> T | None:
    """What `do(request_id)` answers; when it is refused the refusal is shown here, and None comes back."""
    try:
        answer = do(session.request_id(form))
    except Rejection as refusal:
        session.renew(form)
        rejection_panel(refusal)
        return None
    session.renew(form)
    return answer


def carried_out(form: str, do: Callable[[str], None]) -> bool:
    """Whether `do(request_id)` was done; when it is refused the refusal is shown here."""

    def done(request: str) -> bool:
        do(request)
        return True

    return attempt(form, done) is not None


def say(user: User, form: str, entries: Sequence[EntryId], **words: Any) -> bool:  # noqa: ANN401 - fields of Annotate
    """Say these words about the transactions; whether that was done. The page then offers to take it back."""

    def annotate(request: str) -> Done:
        command = Annotate(user.owner, request, user.owner, tuple(entries), **words)
        told = bookkeeping.annotate(user.database, command)
        category = words.get("category") or ""
        return Done(told.seq, told.changed, told.payee, told.payee_key, category, told.differing)

    edit = attempt(form, annotate)
    if edit is None:
        return False
    if edit.changed:
        state.remember(edit)
    else:
        session.flash(text("transactions.nothing_changed"))
    return True


def after_edit(user: User, scope: Scope, *, key: str) -> None:
    """What was just changed, with the ways on: take it back, or sort this payee like that for ever."""
    edit = state.done()
    if edit is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=key, gap="small"):
        st.markdown(f":material/check_circle: {plural('transactions.changed', edit.changed)}", width="content")
        if st.button(text("action.undo"), key=f"{key}.undo", icon=":material/undo:"):
            _take_back(user, edit)
        if edit.category and edit.payee_key and _fresh(user, edit):
            label = plural("transactions.always", edit.differing) if edit.differing else text("transactions.always.new")
            said = _always_said(scope, edit)
            if st.button(label, key=f"{key}.always", icon=":material/auto_awesome:", type="primary", help=said):
                _always(user, edit)
        if st.button("", key=f"{key}.close", icon=":material/close:", type="tertiary", help=text("action.close")):
            state.remember(None)
            st.rerun()


def _fresh(user: User, edit: Done) -> bool:
    """Whether the payee is not sorted like that already; asked once for each edit."""
    known = session.once(
        f"transactions.learned.{edit.seq}",
        lambda: any(
            one.payee_key == edit.payee_key and one.category == edit.category
            for one in sorting.learned(user.database, user.owner)
        ),
    )
    return bool(edit.differing) or not known


def _always_said(scope: Scope, edit: Done) -> str:
    category = category_name(scope, edit.category)
    return format.md_escape(text("transactions.always.help", payee=edit.payee, category=category))


def _take_back(user: User, edit: Done) -> None:
    form = f"transactions.undo.{edit.seq}"
    back = attempt(
        form,
        lambda request: bookkeeping.take_back(user.database, TakeBack(user.owner, request, user.owner, edit.seq)),
    )
    if back is not None:
        state.remember(None)
        session.flash(plural("transactions.taken_back", back))
        st.rerun()


def _always(user: User, edit: Done) -> None:
    def learn(request: str) -> int:
        command = AlwaysForPayee(user.owner, request, user.owner, edit.payee_key, edit.category)
        return sorting.always_for_payee(user.database, command)

    changed = attempt(f"transactions.always.{edit.seq}", learn)
    if changed is not None:
        state.remember(None)
        session.flash(plural("transactions.always.done", changed, payee=edit.payee))
        st.rerun()
