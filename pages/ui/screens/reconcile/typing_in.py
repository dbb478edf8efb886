"""The form for a balance that came on paper. What is owed is typed as people say it, as a positive amount."""

from __future__ import annotations

from typing import Final

import streamlit as st

from analytics.reconcile import Book
from data import reconciling as door
from data.ids import AccountId
from data.money import Money, parse_amount
from data.reconciling import Asserted, StateBalance
from pages.ui import session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send

_FORM: Final = "reconcile.type"


def form(user: User, book: Book) -> None:
    """Closed until wanted, open where the account has no statement yet."""
    with st.expander(text("reconcile.type"), icon=":material/edit_note:", expanded=not book.statements):
        owed = book.account.kind == "liability"
        account = book.account.id
        with st.form(f"{_FORM}.{account}", border=False):
            st.caption(text("reconcile.type.note"))
            first, second, third = st.columns([3, 3, 2])
            on = first.date_input(
                text("reconcile.type.on"),
                user.today,
                max_value=user.today,
                format="YYYY-MM-DD",
                key=f"{_FORM}.on.{account}",
            )
            typed = second.text_input(
                text(f"reconcile.type.{'owed' if owed else 'held'}"),
                placeholder="1,234.50",
                key=f"{_FORM}.amount.{account}",
            )
            currencies = book.currencies or (user.preferences.currency,)
            currency = third.selectbox(text("common.currency"), currencies, key=f"{_FORM}.currency.{account}")
            pressed = st.form_submit_button(text("action.save"), key=f"{_FORM}.save", type="primary")
    if pressed:

        def state(request: str) -> None:
            amount = parse_amount(typed, currency)
            asserted = Asserted(AccountId(account), on, Money(-amount.minor if owed else amount.minor, currency))
            door.state(user.database, StateBalance(user.owner, request, user.owner, asserted))
            session.keep(f"reconcile.open.{account}", asserted.id)

        if send(f"{_FORM}.{account}", state, lambda _none: text("message.saved")):
            st.rerun()
