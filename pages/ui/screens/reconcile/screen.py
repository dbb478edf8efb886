"""Which account is looked at, the list of its statements, and the one that is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import pandas as pd
import streamlit as st

from analytics import reconcile_tables as csv
from analytics.reconcile import Book, Statement, books
from analytics.scope import Scope
from pages.ui import links, session
from pages.ui.context import User
from pages.ui.downloads import download
from pages.ui.i18n import text
from pages.ui.screens.reconcile import opened, typing_in
from pages.ui.screens.reconcile.words import account_words, sources, state_of, state_words
from pages.ui.tables import Column, data_table
from pages.ui.widgets import Action, card, empty_state, notice

_WHICH: Final = "reconcile.account"


def screen(user: User, scope: Scope) -> None:
    """Everything below the header."""
    found = books(scope)
    if not found:
        empty_state(
            text("reconcile.empty"),
            text("reconcile.empty.body"),
            key="reconcile.empty",
            icon=":material/balance:",
            actions=[Action(text("nav.import"), page="import", icon=":material/upload_file:", primary=True)],
        )
        return
    book = _chosen(found)
    if book.of_wallet:
        notice(text("reconcile.wallet"), text("reconcile.wallet.body"))
        return
    chosen = _statements(user, scope, book)
    if chosen is not None:
        opened.opened(user, scope, book, chosen)


def _chosen(found: Sequence[Book]) -> Book:
    by_id = {str(book.account.id): book for book in found}
    names = {name: account_words(book) for name, book in by_id.items()}
    linked = links.param("account")
    if linked in by_id and session.widget(_WHICH) is None:
        session.set_widget(_WHICH, linked)
    if session.widget(_WHICH) not in by_id:
        session.set_widget(_WHICH, next(iter(by_id)))
    picked = st.selectbox(
        text("column.account"),
        list(by_id),
        key=_WHICH,
        format_func=lambda name: names.get(name, name),
        label_visibility="collapsed",
    )
    links.set_param("account", picked)
    return by_id[picked]


def _statements(user: User, scope: Scope, book: Book) -> Statement | None:
    """The list; answers the statement that is open, None where there is none."""
    body, corner = card(text("reconcile.statements"), key="reconcile.statements.card", stretch=False)
    chosen = None
    with body:
        if book.statements:
            owed = " " + text("reconcile.owed") if book.account.kind == "liability" else ""
            st.caption(text("reconcile.statements.note") + owed)
            chosen = _table(book)
        else:
            st.caption(text("reconcile.none"))
        typing_in.form(user, book)
    if book.statements:
        with corner:
            words = state_words()
            download(
                scope,
                lambda: csv.statements(book, words, sources),
                "statements",
                key="reconcile.statements.csv",
                compact=True,
            )
    return chosen


def _table(book: Book) -> Statement:
    mixed = len({one.balance.currency for one in book.statements}) > 1
    words = state_words()
    frame = pd.DataFrame(
        [
            (
                one.on,
                words[state_of(one)],
                one.standing.difference,
                one.balance.minor,
                one.standing.ours,
                one.standing.since,
                sources(one),
                one.balance.currency,
            )
            for one in book.statements
        ],
        columns=["date", "status", "difference", "stated", "ours", "since", "source", "currency"],
    )
    columns = [
        Column("date", text("column.date"), "date", width=100),
        Column("status", text("column.status"), width=120),
        Column("difference", text("column.balance_difference"), "money", signed=True, mixed=mixed),
        Column("stated", text("column.stated_balance"), "money", mixed=mixed),
        Column("ours", text("column.ours"), "money", mixed=mixed),
        Column("since", text("column.since"), "date", width=110, help=text("reconcile.since.help")),
        Column("source", text("column.source"), width="large"),
    ]
    listed = hash(tuple(one.id for one in book.statements))
    picked = data_table(frame, columns, key=f"reconcile.statements.{book.account.id}.{listed}", select="one")
    return _open(book, picked)


def _open(book: Book, picked: Sequence[int]) -> Statement:
    """What was picked, else what was open, else the oldest that does not agree, where the work begins."""
    kept = f"reconcile.open.{book.account.id}"
    by_id: dict[UUID | None, Statement] = {one.id: one for one in book.statements}
    before: UUID | None = session.recall(kept, None)
    if picked and picked[0] < len(book.statements):
        chosen = book.statements[picked[0]]
    elif before in by_id:
        chosen = by_id[before]
    else:
        differing = [one for one in book.statements if not one.agrees]
        chosen = differing[-1] if differing else book.statements[0]
    session.keep(kept, chosen.id)
    return chosen
