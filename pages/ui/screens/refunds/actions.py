"""What a person can do with a refund: take the request back, send it to the card again, take it into the wallet."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from analytics.payments import Payment
from analytics.refund_list import Refund
from data import refunds
from data.ledger.refund_states import RefundState
from data.refunds import CancelRefund, CreditRefund, RetryRefund
from pages.ui import session
from pages.ui.context import User
from pages.ui.dialogs import ask, confirm
from pages.ui.i18n import text
from pages.ui.screens.refunds import evidence, words
from pages.ui.screens.refunds.once import once

_CANCEL: Final = "refunds.cancel"
_REDIRECT: Final = "refunds.redirect"


def buttons(user: User, one: Refund) -> None:
    """The buttons below a refund: those that its state allows."""
    cancellable = one.state is RefundState.REQUESTED
    if not (cancellable or one.stuck or one.attachment):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if one.stuck:
            _again_button(user, one)
            _open(_REDIRECT, one, ":material/account_balance_wallet:")
        if cancellable:
            _open(_CANCEL, one, ":material/undo:")
        if one.attachment:
            evidence.button(one.id)


def _again_button(user: User, one: Refund) -> None:
    st.button(
        text("refunds.again"),
        key=f"refunds.again.{one.id}",
        icon=":material/replay:",
        type="primary",
        on_click=_again,
        args=(user, one),
    )


def _open(name: str, one: Refund, icon: str) -> None:
    st.button(text(name), key=f"{name}.{one.id}", icon=icon, on_click=ask, args=(name, str(one.id)))


def _again(user: User, one: Refund) -> None:
    """Send it again as the same refund; what the bank says this time stands in the timeline."""
    once(
        f"refunds.again.{one.id}.{one.attempt}",
        lambda request: refunds.retry(
            user.running, RetryRefund(**_by(user, request), refund=str(one.id), attempt=one.attempt + 1)
        ),
        lambda _: text("refunds.again.done"),
    )


def dialogs(user: User, payment: Payment, found: tuple[Refund, ...]) -> None:
    """The questions asked before something is done; the page calls it on every run."""
    opened = session.dialog()
    one = next((one for one in found if opened is not None and opened[1] == str(one.id)), None)
    if one is None:
        return
    amount = words.money(one.amount, one.currency)
    confirm(
        _CANCEL,
        title=text("refunds.cancel.title"),
        body=text("refunds.cancel.body", amount=amount),
        action=text("refunds.cancel"),
        on_confirm=lambda refund: _cancel(user, str(refund)),
    )
    cash = words.money(one.cash_due, one.currency)
    confirm(
        _REDIRECT,
        title=text("refunds.redirect.title"),
        body=text("refunds.redirect.body", amount=cash, card=words.source_name(payment.source)),
        action=text("refunds.redirect.yes"),
        on_confirm=lambda refund: _redirect(user, str(refund)),
    )


def _cancel(user: User, refund: str) -> None:
    once(
        f"refunds.cancel.{refund}",
        lambda request: refunds.cancel(user.database, CancelRefund(**_by(user, request), refund=refund)),
        lambda _: text("refunds.cancel.done"),
    )


def _redirect(user: User, refund: str) -> None:
    once(
        f"refunds.redirect.{refund}",
        lambda request: refunds.redirect(user.database, CreditRefund(**_by(user, request), refund=refund)),
        lambda receipt: text("refunds.redirect.done", amount=words.money(receipt["cash_minor"], receipt["currency"])),
    )


def _by(user: User, request: str) -> dict[str, Any]:
    return {"owner": user.owner, "request_id": request, "actor": user.owner}
