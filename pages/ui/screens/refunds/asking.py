"""Asking for money back: how much, why, with what evidence; and beforehand where it will go and when."""

from __future__ import annotations

from typing import Any, Final, Literal

import streamlit as st

from analytics.payments import Payment
from data import refunds
from data.errors import Rejection
from data.ledger.wallet.refusals import TextMissing
from data.money import Money, parse_amount
from data.refunds import MOST_BYTES, NOTE_LENGTH, REASONS, RequestRefund
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.refunds import words
from pages.ui.screens.settings.sending import send
from pages.ui.screens.settings.stored import size_said
from pages.ui.widgets import card, rejection_panel

Part = Literal["whole", "part"]
_PARTS: Final[tuple[Part, ...]] = ("whole", "part")
# The field for files names the server's own limit, in English; ours stands below it.
_OWN_WORDS: Final = """<style>
[data-testid="stFileUploaderDropzone"] [data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
</style>"""


def form(user: User, payment: Payment) -> None:
    """The form, while there is something to ask for; else why there is not."""
    rest = payment.refundable(user.now)
    if not payment.paid:
        return
    body, _ = card(text("refunds.ask"), key="refunds.ask", stretch=False)
    with body:
        if rest:
            _fields(user, payment, rest)
        else:
            st.caption(text(_why_not(payment)))


def _why_not(payment: Payment) -> str:
    if payment.rest:
        return "refunds.ask.too_late"
    return "refunds.ask.all_back" if payment.returned == payment.gross else "refunds.ask.all_asked"


def _fields(user: User, payment: Payment, rest: int) -> None:
    form = _form(payment)
    turn = session.recall(f"{form}.turn", 0)
    amount = _amount(payment, rest, f"{form}.{turn}")
    names = {code: text(f"refunds.reason.{code}") for code in REASONS}
    reason = st.selectbox(
        text("refunds.ask.reason"),
        list(names),
        index=None,
        key=f"{form}.{turn}.reason",
        format_func=names.__getitem__,
        placeholder=text("common.choose"),
    )
    note = st.text_area(
        text("refunds.ask.note"),
        key=f"{form}.{turn}.note",
        max_chars=NOTE_LENGTH,
        height=90,
        placeholder=text("refunds.ask.note.hint"),
    )
    st.html(_OWN_WORDS)
    file = st.file_uploader(text("refunds.ask.file"), key=f"{form}.{turn}.file")
    st.caption(text("refunds.ask.kinds", most=size_said(MOST_BYTES)))
    if amount is not None:
        _foreseen(payment, amount)
    if st.button(text("refunds.ask.send"), key=f"{form}.{turn}.send", type="primary", icon=":material/send:"):
        evidence = (file.name, file.getvalue()) if file is not None else None
        _send(user, payment, amount, reason or "", note or "", evidence)


def _form(payment: Payment) -> str:
    return f"refunds.ask.{payment.id}"


def _amount(payment: Payment, rest: int, key: str) -> int | None:
    """What is asked for, in minor units; None while what is typed is no amount, which is then said."""
    whole = words.money(rest, payment.currency)
    names = {"whole": text("refunds.ask.whole", amount=whole), "part": text("refunds.ask.part")}
    chosen = st.segmented_control(
        text("refunds.ask.how_much"),
        list(_PARTS),
        key=f"{key}.which",
        default="whole",
        required=True,
        format_func=names.__getitem__,
    )
    if chosen != "part":
        return rest
    typed = st.text_input(
        text("refunds.ask.amount", unit=format.symbol(payment.currency)),
        Money(rest, payment.currency).plain(),
        key=f"{key}.amount",
        help=text("refunds.ask.amount.help", amount=whole),
    )
    try:
        return parse_amount(typed, payment.currency).minor
    except Rejection as no:
        rejection_panel(no)
        return None


def _foreseen(payment: Payment, amount: int) -> None:
    """Where the money goes and when, if the merchant agrees to it next."""
    said = [words.arrives(payment.source)]
    if 0 < amount <= payment.gross - payment.returned - payment.pending:
        share = payment.share(amount)
        parts = words.falls(payment, amount, cash=share.cash, points_back=share.points, coupon=share.coupon)
        said = [*parts, *said]
    if payment.coupon:
        said.append(text("refunds.ask.coupon"))
    if payment.earned:
        said.append(text("refunds.ask.earned"))
    lines = "\n".join(f"- {format.md_escape(line)}" for line in said)
    st.info(lines, title=text("refunds.ask.foreseen"), icon=":material/info:")


def _send(
    user: User, payment: Payment, amount: int | None, reason: str, note: str, evidence: tuple[str, bytes] | None
) -> None:
    if amount is None:
        return
    if not reason:
        rejection_panel(TextMissing("reason"))
        return
    form = _form(payment)

    def asked(request: str) -> dict[str, Any]:
        command = RequestRefund(
            owner=user.owner,
            request_id=request,
            actor=user.owner,
            payment=str(payment.id),
            amount=amount,
            reason=reason,
            note=note.strip(),
        )
        return refunds.request(user.database, command, evidence)

    if send(form, asked, lambda receipt: _said(payment, receipt)):
        session.keep(f"{form}.turn", session.recall(f"{form}.turn", 0) + 1)  # an empty form, another button
        st.rerun()


def _said(payment: Payment, receipt: dict[str, Any]) -> str:
    amount = words.money(receipt["amount_minor"], receipt["currency"])
    return text("refunds.ask.done", amount=amount, merchant=payment.shop.name)
