"""What can be done about a statement: mark it, take it as the start, correct, take back, withdraw."""

from __future__ import annotations

import streamlit as st

from analytics.scope import Scope
from analytics.statement_period import Booked, Period
from data import reconciling as door
from data.categories.taxonomy import CategoryKind
from data.ledger.account_changes import REASON_LENGTH
from data.ledger.assertions import State
from data.money import Money
from data.reconciling import (
    AdjustToStatement,
    Correction,
    MarkReconciled,
    ReopenReconciled,
    StartFromStatement,
    UndoBooking,
    WithdrawBalance,
)
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.reconcile.words import whole
from pages.ui.screens.settings.sending import send, send_from_callback
from pages.ui.screens.transactions.fields import category_choices


def starting(user: User, seen: Period) -> None:
    """The offer to take a statement's balance as what is known of the account."""
    one = seen.statement
    asserted = one.standing.stated.asserted
    said = text(
        "reconcile.start.note", amount=whole(format.money(one.balance)), day=format.day(one.on, today=user.today)
    )
    with st.container(border=True, key="reconcile.start.card"):
        st.markdown(f"**{format.md_escape(said)}**")
        st.caption(text("reconcile.start.body"))
        st.button(
            text("reconcile.start"),
            key="reconcile.start",
            type="primary",
            icon=":material/flag:",
            on_click=send_from_callback,
            args=(
                f"reconcile.start.{asserted.id}",
                lambda request: door.start(
                    user.database, StartFromStatement(user.owner, request, user.owner, asserted)
                ),
                _started,
            ),
        )


def _started(done: Correction) -> str:
    return text("reconcile.start.done", amount=format.money(done.by, signed=True))


def booked(user: User, seen: Period) -> None:
    """What was booked for this statement, each with the way back."""
    for one in seen.booked:
        amount = format.money(Money(one.line.minor, seen.statement.balance.currency), signed=True)
        kind = text(f"kind.{one.line.kind}")
        said = text(f"reconcile.booked.{one.event}", amount=amount, kind=kind, reason=one.line.note)
        with st.container(horizontal=True, vertical_alignment="center", key=f"reconcile.booked.{one.line.entry}"):
            st.markdown(f":material/tune: {format.md_escape(said)}", width="stretch")
            st.button(
                text("action.undo"),
                key=f"reconcile.undo.{one.line.entry}",
                icon=":material/undo:",
                type="tertiary",
                on_click=_undo,
                args=(user, seen, one),
            )


def _undo(user: User, seen: Period, one: Booked) -> None:
    asserted = seen.statement.standing.stated.asserted
    send_from_callback(
        f"reconcile.undo.{one.line.entry}",
        lambda request: door.undo(
            user.database, UndoBooking(user.owner, request, user.owner, asserted, one.line.entry)
        ),
        lambda _done: text("reconcile.undone"),
    )


def actions(user: User, scope: Scope, seen: Period) -> None:
    """Below the rows: the mark, the correction, the way to forget what was typed in."""
    one = seen.statement
    if not one.agrees and one.standing.state is not State.NO_OPENING:
        _adjusting(user, scope, seen)
    with st.container(horizontal=True, vertical_alignment="center"):
        if one.reconciled:
            _button(user, seen, "reopen", icon="lock_open")
        else:
            ready = one.agrees and not seen.waiting
            _button(user, seen, "reconcile", icon="verified", primary=True, disabled=not ready)
            if not ready:
                st.caption(format.md_escape(_what_is_left(seen)), width="content")
        if one.typed:
            _button(user, seen, "withdraw", icon="delete")


def _what_is_left(seen: Period) -> str:
    if not seen.statement.agrees:
        return text("reconcile.left.differs")
    return plural("reconcile.left.ticks", seen.waiting)


def _button(user: User, seen: Period, deed: str, *, icon: str, primary: bool = False, disabled: bool = False) -> None:
    asserted = seen.statement.standing.stated.asserted

    def do(request: str) -> None:
        head = (user.owner, request, user.owner, asserted)
        if deed == "reopen":
            door.reopen(user.database, ReopenReconciled(*head))
        elif deed == "withdraw":
            door.withdraw(user.database, WithdrawBalance(*head))
        else:
            door.reconcile(user.database, MarkReconciled(*head))

    st.button(
        text(f"reconcile.do.{deed}"),
        key=f"reconcile.do.{deed}",
        icon=f":material/{icon}:",
        type="primary" if primary else "secondary",
        disabled=disabled,
        on_click=send_from_callback,
        args=(f"reconcile.{deed}.{asserted.id}", do, lambda _none: text(f"reconcile.do.{deed}.done")),
    )


def _adjusting(user: User, scope: Scope, seen: Period) -> None:
    asserted = seen.statement.standing.stated.asserted
    by = Money(seen.statement.standing.difference, asserted.balance.currency)
    amount, day = format.money(by, signed=True), format.day(asserted.on, today=user.today)
    side = CategoryKind.EXPENSE if by.minor < 0 else CategoryKind.INCOME
    names = {"": text("reconcile.adjust.none"), **category_choices(scope, [side])}
    name = f"reconcile.adjust.{asserted.id}"
    with st.expander(text("reconcile.adjust"), icon=":material/tune:"), st.form(name, border=False):
        st.caption(format.md_escape(text("reconcile.adjust.note", amount=amount, day=day)))
        reason = st.text_input(
            text("column.reason"),
            max_chars=REASON_LENGTH,
            placeholder=text("reconcile.adjust.reason"),
            key=f"{name}.reason",
        )
        category = st.selectbox(
            text("column.category"),
            list(names),
            key=f"{name}.category",
            format_func=lambda key: names.get(key, key),
            help=text("reconcile.adjust.category"),
        )
        pressed = st.form_submit_button(
            format.md_escape(text("reconcile.adjust.do", amount=amount)), key="reconcile.adjust.do"
        )
    if pressed:
        done = send(
            name,
            lambda request: door.adjust(
                user.database,
                AdjustToStatement(user.owner, request, user.owner, asserted, reason, category or None),
            ),
            lambda _done: text("reconcile.adjust.done", amount=amount),
        )
        if done:
            st.rerun()
