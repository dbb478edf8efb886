"""One statement opened: the figures, what is wrong, the rows to tick, and what can be done."""

from __future__ import annotations

import streamlit as st

from analytics.reconcile import Book, Statement
from analytics.scope import Scope
from analytics.statement_period import Period, period
from data.ledger.assertions import State
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.reconcile import actions, rows
from pages.ui.screens.reconcile.explaining import explaining
from pages.ui.screens.reconcile.words import badge, sources
from pages.ui.widgets import Kpi, card, kpi_row, notice


def opened(user: User, scope: Scope, book: Book, one: Statement) -> None:
    """Everything about the statement that is open."""
    seen = period(scope, one)
    mixed = len(book.currencies) > 1
    title = text("reconcile.opened", day=format.day(one.on, today=scope.today))
    body, corner = card(title, key="reconcile.opened.card", stretch=False)
    with corner:
        badge(one)
    with body:
        st.caption(format.md_escape(sources(one)))
        _figures(seen, mixed=mixed)
        _wrong(scope, seen)
        if one.standing.state is State.NO_OPENING:
            actions.starting(user, seen)
        elif not one.agrees and one.standing.carried is None:
            st.markdown(f"**{text('reconcile.explain')}**")
            explaining(scope, seen)
        actions.booked(user, seen)
        rows.rows(user, scope, seen)
        actions.actions(user, scope, seen)


def _figures(seen: Period, *, mixed: bool) -> None:
    one, currency = seen.statement, seen.statement.balance.currency

    def money(minor: int, *, signed: bool = False) -> str:
        return format.money(Money(minor, currency), signed=signed, mixed=mixed)

    kpi_row(
        [
            Kpi(text("column.stated_balance"), money(one.balance.minor)),
            Kpi(text("column.ours"), money(one.standing.ours)),
            Kpi(
                text("column.balance_difference"),
                money(one.standing.difference, signed=True),
                help=text("reconcile.by"),
            ),
            Kpi(text("reconcile.remaining"), money(seen.remaining, signed=True), help=text("reconcile.remaining.help")),
        ]
    )


def _wrong(scope: Scope, seen: Period) -> None:
    """What is to be said before anything else."""
    one = seen.statement
    standing = one.standing
    if one.broken:
        notice(text("reconcile.broken"), text("reconcile.broken.body"), tone="warning")
    elif one.reconciled and seen.waiting:
        notice(plural("reconcile.new_rows", seen.waiting), text("reconcile.new_rows.body"), tone="warning")
    if standing.missing is not None:
        span = format.span(standing.missing, today=scope.today)
        notice(text("reconcile.rows_missing", span=span), text("reconcile.rows_missing.body"))
    if standing.carried is not None:
        notice(text("reconcile.carried", day=format.day(standing.carried, today=scope.today)))
    left = sum(source.left_out for source in standing.stated.sources)
    if left and not one.agrees:
        st.caption(f":material/info: {format.md_escape(plural('reconcile.left_out', left))}")
