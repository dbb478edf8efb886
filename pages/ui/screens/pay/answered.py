"""What became of a request: the receipt, the no, or that the bank is silent and what that means."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.cards import named
from analytics.paying import told
from analytics.scope import Scope
from data import wallet
from data.errors import Rejection
from data.merchants import Target
from data.money import Money
from data.wallet import Answer
from pages.ui import format, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_name
from pages.ui.card_names import card_name
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import plural, rejection_parts, text
from pages.ui.screens.pay import asked
from pages.ui.screens.pay.slip import Line, headline, slip

_PROCESSING = "processing"


def found(user: User) -> tuple[str, Answer] | None:
    """The request that the address names, with what the wallet answered; None: there is none, or it never arrived.

    An address that names a request which was no payment is mended: the form would be refused under that id.
    """
    request = asked.request_in_address()
    answer = wallet.outcome(user.database, user.owner, request) if request else None
    if request is None or answer is None:
        return None
    if answer.refusal is None and "payment" not in answer.receipt:
        asked.disown()
        return None
    return request, answer


def draw(user: User, scope: Scope, request: str, answer: Answer) -> None:
    """Tell it. The address keeps naming the request, so a reload tells the same again."""
    with st.container(key="pay-answer", width=560):
        if answer.refusal is not None:
            _refused(user, answer.refusal)
        elif answer.receipt["state"] == _PROCESSING:
            _waiting(user, scope, request, answer)
        else:
            _receipt(user, scope, answer)


def _receipt(user: User, scope: Scope, answer: Answer) -> None:
    paid = answer.receipt
    with st.container(border=True, key="pay-receipt"):
        headline(text("pay.done"), _money(paid, "cash_minor"), str(paid["merchant_name"]), mark="done")
        slip(_lines(user, scope, answer))
    links_to = st.container(horizontal=True, horizontal_alignment="center")
    with links_to:
        links.link("refunds", text("pay.refund"), icon=":material/assignment_return:", payment=str(paid["payment"]))
        links.link("transactions", text("pay.transaction"), icon=":material/receipt_long:", entry=str(paid["payment"]))
    _next(user)


def _lines(user: User, scope: Scope, answer: Answer) -> list[Line]:
    paid = answer.receipt
    payment = UUID(str(paid["payment"]))
    more = told(scope, payment)
    off = [Line(one.name, _minus(paid, one.off), "saved") for one in more.coupons]
    if paid["points"]:
        off.append(Line(plural("pay.line.points", paid["points"]), _minus(paid, paid["points_minor"]), "saved"))
    whole = [Line(text("pay.line.gross"), _money(paid, "gross_minor"))] if off else []
    points = paid["points_earned"]
    earned = [Line(text("pay.line.earned"), plural("pay.points.count", points))] if points else []
    left = [Line(text("pay.line.balance"), _money(paid, "balance_minor"))] if more.card is None else []
    noted = [Line(text("pay.note"), more.note)] if more.note else []
    return [
        *whole,
        *off,
        Line(text("pay.total"), _money(paid, "cash_minor"), "total"),
        Line(text("pay.source"), _source(scope, more.card)),
        *earned,
        *left,
        Line(text("column.category"), category_name(scope, str(paid["category"]))),
        *noted,
        Line(text("column.time"), _local(user, str(paid["occurred_at"]))),
        Line(text("pay.line.number"), str(payment), "quiet"),
    ]


def _source(scope: Scope, card: UUID | None) -> str:
    bound = named(scope, card) if card else None
    return card_name(bound.brand, bound.bank, bound.last4, bound.kind) if bound else text("pay.source.wallet")


def _waiting(user: User, scope: Scope, request: str, answer: Answer) -> None:
    by_hand = told(scope, UUID(str(answer.receipt["payment"]))).state == "manual"
    with st.container(border=True, key="pay-waiting"):
        headline(
            text("pay.waiting"),
            _money(answer.receipt, "cash_minor"),
            str(answer.receipt["merchant_name"]),
            mark="waiting",
        )
        st.info(md_escape(text("pay.waiting.manual" if by_hand else "pay.waiting.body")), icon=":material/info:")
        slip(_lines(user, scope, answer))
    _watch(user, request)
    _another(primary=False)


@st.fragment(run_every="3s")
def _watch(user: User, request: str) -> None:
    """See by itself when the bank has answered."""
    answer = wallet.outcome(user.database, user.owner, request)
    if answer is not None and (answer.refusal is not None or answer.receipt["state"] != _PROCESSING):
        st.rerun()
    st.caption(f":material/sync: {md_escape(text('pay.waiting.watch'))}", text_alignment="center")


def _refused(user: User, no: Rejection) -> None:
    said, _kept, *todo = rejection_parts(no)
    with st.container(border=True, key="pay-refused"):
        target, amount = _target(user), asked.amount()
        about = format.money(Money(amount, target.currency)) if target and amount else ""
        headline(text("pay.refused"), about, target.merchant.name if target else "", mark="refused")
        st.error("\n\n".join(map(md_escape, [said, *todo])), icon=":material/block:")
        st.caption(md_escape(text("pay.refused.kept")), text_alignment="center")
        if target is not None:
            st.button(
                text("pay.try_again"),
                key="pay.try_again",
                type="primary",
                icon=":material/refresh:",
                width="stretch",
                on_click=asked.start_over,
                args=(target, amount),
            )
    _another(primary=False)


def _next(user: User) -> None:
    """What may follow a receipt: another payment, or another one here."""
    _another(primary=True)
    target = _target(user)
    if target is not None:
        st.button(
            text("pay.again"),
            key="pay.again",
            icon=":material/storefront:",
            width="stretch",
            on_click=asked.start_over,
            args=(asked.anyhow_much(target.merchant),),
        )


def _another(*, primary: bool) -> None:
    st.button(
        text("pay.next"),
        key="pay.next",
        type="primary" if primary else "secondary",
        icon=":material/qr_code_scanner:",
        width="stretch",
        on_click=asked.start_over,
    )


def _target(user: User) -> Target | None:
    with contextlib.suppress(Rejection):
        return asked.target(user)
    return None


def _money(receipt: dict[str, object], name: str) -> str:
    return format.money(Money(int(str(receipt[name])), str(receipt["currency"])))


def _minus(receipt: dict[str, object], minor: int) -> str:
    return format.money(Money(-minor, str(receipt["currency"])))


def _local(user: User, instant: str) -> str:
    return format.moment(
        datetime.fromisoformat(instant).replace(tzinfo=UTC).astimezone(ZoneInfo(user.preferences.zone))
    )
