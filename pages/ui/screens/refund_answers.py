"""The merchant's answer to a refund: yes, after seeing what will happen; no, with a reason that the payer reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from analytics.refund_requests import Request
from data import refunds
from data.ledger.working_days import DAYS_TO_CREDIT
from data.merchants import Merchant
from data.refunds import NOTE_LENGTH, ConfirmRefund, RejectRefund
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import ask, close, dialog
from pages.ui.i18n import plural, text
from pages.ui.screens.refunds import words
from pages.ui.screens.refunds.once import once
from pages.ui.screens.settings.sending import send

_AGREE: Final = "requests.agree"
_REFUSE: Final = "requests.refuse"


def buttons(one: Request) -> None:
    """Yes and no; each opens its dialog."""
    named = str(one.refund.id)
    st.button(
        text(_AGREE),
        key=f"{_AGREE}.{named}",
        type="primary",
        icon=":material/check:",
        on_click=ask,
        args=(_AGREE, named),
    )
    st.button(text(_REFUSE), key=f"{_REFUSE}.{named}", icon=":material/close:", on_click=ask, args=(_REFUSE, named))


def dialogs(user: User, merchant: Merchant, asked: Sequence[Request], held: int) -> None:
    """The dialogs; the page calls it on every run. held: what the merchant's wallet holds."""
    opened = session.dialog()
    one = next((one for one in asked if opened is not None and opened[1] == str(one.refund.id)), None)
    if one is None:
        return
    amount = words.money(one.refund.amount, one.refund.currency)
    title = text("requests.agree.title", payer=one.payer, amount=amount)
    dialog(_AGREE, title, lambda _: _agree(user, merchant, one, held), width="medium")
    title = text("requests.refuse.title", payer=one.payer, amount=amount)
    dialog(_REFUSE, title, lambda _: _refuse(user, merchant, one))


def _agree(user: User, merchant: Merchant, one: Request, held: int) -> None:
    st.markdown("\n".join(f"- {format.md_escape(said)}" for said in will_happen(one)))
    if held < one.gives:
        missing = words.money(one.gives - held, one.refund.currency)
        said = text("requests.agree.short", held=words.money(held, one.refund.currency), missing=missing)
        st.warning(format.md_escape(said), icon=":material/warning:")
    with st.container(horizontal=True, horizontal_alignment="right"):
        cancelled = st.button(text("action.cancel"), key="requests.agree.cancel", on_click=close)
        agreed = st.button(
            text("requests.agree.yes"),
            key="requests.agree.yes",
            type="primary",
            on_click=_agreed,
            args=(user, merchant, one),
        )
    if cancelled or agreed:
        st.rerun()


def will_happen(one: Request) -> list[str]:
    """What a yes brings about, a sentence each."""
    amount = words.money(one.gives, one.refund.currency)
    said = [text("requests.agree.gives", amount=amount)] if one.gives else []
    if one.gives != one.refund.amount:
        borne = words.money(one.refund.amount - one.gives, one.refund.currency)
        said.append(text("requests.agree.borne", amount=borne))
    if one.card:
        said.append(plural(f"requests.agree.{one.card}", DAYS_TO_CREDIT[one.card]))
    else:
        said.append(text("requests.agree.wallet", payer=one.payer))
    return [*said, text("requests.agree.final")]


def _agreed(user: User, merchant: Merchant, one: Request) -> None:
    close()
    once(
        f"requests.agree.{one.refund.id}",
        lambda request: refunds.confirm(
            user.running, ConfirmRefund(**_by(user, merchant, request), refund=str(one.refund.id))
        ),
        lambda receipt: _said(one, receipt),
    )


def _said(one: Request, receipt: dict[str, Any]) -> str:
    amount = words.money(receipt["amount_minor"], receipt["currency"])
    if receipt["state"] == "credited":
        return text("requests.agree.done", payer=one.payer, amount=amount)
    return text(
        "requests.agree.owed" if receipt.get("reason") else "requests.agree.sent", payer=one.payer, amount=amount
    )


def _refuse(user: User, merchant: Merchant, one: Request) -> None:
    reason = st.text_area(
        text("requests.refuse.reason"),
        key=f"requests.refuse.reason.{one.refund.id}",
        max_chars=NOTE_LENGTH,
        height=100,
        placeholder=text("requests.refuse.hint"),
    )
    st.caption(text("requests.refuse.body", payer=format.md_escape(one.payer)))
    with st.container(horizontal=True, horizontal_alignment="right"):
        cancelled = st.button(text("action.cancel"), key="requests.refuse.cancel", on_click=close)
        pressed = st.button(text("requests.refuse.yes"), key="requests.refuse.yes", type="primary")
    if pressed and _refused(user, merchant, one, (reason or "").strip()):
        close()
        st.rerun()
    if cancelled:
        st.rerun()


def _refused(user: User, merchant: Merchant, one: Request, reason: str) -> bool:
    return send(
        f"requests.refuse.{one.refund.id}",
        lambda request: refunds.reject(
            user.database, RejectRefund(**_by(user, merchant, request), refund=str(one.refund.id), reason=reason)
        ),
        lambda _: text("requests.refuse.done", payer=one.payer),
    )


def _by(user: User, merchant: Merchant, request: str) -> dict[str, Any]:
    return {"owner": merchant.id, "request_id": request, "actor": user.owner}
