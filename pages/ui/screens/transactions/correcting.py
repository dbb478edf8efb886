"""Saying what a transaction really was: spending that was a transfer, income that was a refund."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from analytics.scope import Scope
from data import bookkeeping
from data.bookkeeping import Reclassified, Reclassify
from data.ids import AccountId
from data.ledger.entry import EntryKind
from data.transaction import Detail
from pages.ui import session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.transactions import state
from pages.ui.screens.transactions.edits import attempt
from pages.ui.screens.transactions.fields import account_choices, category_choices, sides
from pages.ui.screens.transactions.listing import DETAIL

_OUT = (EntryKind.EXPENSE, EntryKind.FEE, EntryKind.TRANSFER)
_IN = (EntryKind.INCOME, EntryKind.REFUND, EntryKind.TRANSFER)


def kinds_offered(one: Detail) -> list[str]:
    """What the transaction could have been instead: the money went the same way."""
    if one.kind not in {*_OUT, *_IN} or not one.parts:
        return []
    outward = one.postings[0].amount.minor < 0
    return [kind.value for kind in (_OUT if outward else _IN) if kind is not one.kind or kind is EntryKind.TRANSFER]


def correcting(user: User, scope: Scope, one: Detail) -> None:
    """The form that books the transaction anew as another kind."""
    kinds = kinds_offered(one)
    if not kinds:
        return
    key = f"correct.{one.entry}"
    with st.expander(text("transactions.correct.title"), icon=":material/published_with_changes:"):
        st.caption(text("transactions.correct.body"))
        names = {kind: text(f"kind.{kind}") for kind in kinds}
        kind = st.segmented_control(
            text("column.kind"), kinds, key=f"{key}.kind", format_func=lambda code: names.get(code, code)
        )
        if kind is None:
            return
        transfer = kind == EntryKind.TRANSFER
        counter = _counter(scope, one, key) if transfer else None
        category = None if transfer else _category(scope, kind, key)
        if st.button(text("transactions.correct.do"), key=f"{key}.do", type="primary"):
            _correct(user, one, EntryKind(kind), counter, category)


def _counter(scope: Scope, one: Detail, key: str) -> AccountId | None:
    own = str(one.postings[0].account)
    options = {account: name for account, name in account_choices(scope).items() if account != own}
    chosen = st.selectbox(
        text("transactions.correct.counter"),
        list(options),
        index=None,
        key=f"{key}.counter",
        format_func=lambda code: options.get(code, code),
        placeholder=text("transactions.correct.counter.unknown"),
    )
    return AccountId(UUID(chosen)) if chosen else None


def _category(scope: Scope, kind: str, key: str) -> str | None:
    options = category_choices(scope, sides([kind]))
    return st.selectbox(
        text("column.category"),
        list(options),
        index=None,
        key=f"{key}.category.{kind}",
        format_func=lambda code: options.get(code, code),
        placeholder=text("transactions.correct.category.same"),
    )


def _correct(user: User, one: Detail, kind: EntryKind, counter: AccountId | None, category: str | None) -> None:
    def reclassify(request: str) -> Reclassified:
        command = Reclassify(user.owner, request, user.owner, one.entry, kind, counter, category)
        return bookkeeping.reclassify(user.database, command)

    done = attempt(f"transactions.correct.{one.entry}", reclassify)
    if done is not None:
        session.flash(text("transactions.correct.done", kind=text(f"kind.{kind}")))
        state.remember(None)
        state.untick()
        session.open_dialog(DETAIL, str(done.entry))  # the entry that stands in its place
        st.rerun()
