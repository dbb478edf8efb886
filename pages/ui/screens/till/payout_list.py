"""What a merchant paid out: the rows of a span with their sum and their file, and the receipt of one of them."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID

import streamlit as st

from analytics import payouts
from analytics.export import csv_bytes
from analytics.payouts import Payout
from analytics.takings import Counter
from data.merchants import Merchant
from data.money import Money
from data.period import Span
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.dialogs import ask, close, dialog
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.till.movements import facts_html
from pages.ui.screens.transactions.rowlist import plain_rows
from pages.ui.tables import csv_button
from pages.ui.theme import palette
from pages.ui.widgets import card

RECEIPT: Final = "till.payout.receipt"
PAID: Final = "till.payout.paid"  # the payout that was just made
_LIST: Final = "takings.payouts"
_SIZE: Final = 20


def section(counter: Counter, merchant: Merchant, span: Span, code: str) -> None:
    """The span's payouts, in pages, and all of them as a file. code: the span's, for the file's name."""
    found = payouts.paid_out(counter, span)
    body, corner = card(text("payout.list"), key=f"{_LIST}.card", stretch=False)
    if not found.count:
        with body:
            st.caption(text("payout.list.none"))
        return
    with corner:
        st.caption(plural("takings.rows", found.count))
        csv_button(f"payouts-{code}.csv", partial(_csv, counter, merchant, span), key=f"{_LIST}.csv")
    with body:
        total = format.money(Money(found.total, counter.currency))
        st.caption(md_escape(text("payout.list.total", amount=total)))
        _rows(counter, span, found.count, code)


def _rows(counter: Counter, span: Span, count: int, code: str) -> None:
    pages, key = -(-count // _SIZE), f"{_LIST}.page.{code}"
    number = min(session.widget(key) or 1, pages)
    found, colour = payouts.payouts(counter, span, _SIZE, (number - 1) * _SIZE), palette().muted
    rows = [_row(one, counter.currency, span, colour) for one in found]

    def opened() -> None:
        ask(RECEIPT, UUID(str(session.widget(_LIST).opened)))

    plain_rows(rows, key=_LIST, on_opened=opened)
    if pages > 1:
        with st.container(horizontal_alignment="center"):
            st.pagination(pages, key=key, max_visible_pages=5)


def _row(one: Payout, currency: str, span: Span, colour: str) -> dict[str, Any]:
    stamp = f"{one.at:%m-%d %H:%M}" if span.start.year == span.last.year else f"{one.at:%Y-%m-%d %H:%M}"
    return {
        "entry": str(one.id),
        "date": stamp,
        "day": stamp,
        "payee": text("payout.row"),
        "more": "",
        "note": "",
        "tags": [],
        "category": text("payout.state"),
        "icon": "account_balance_wallet",
        "colour": colour,
        "account": "",
        "amount": format.money(Money(-one.amount, currency), signed=True),
        "tone": "",
        "off": False,
        "marks": [],
    }


def _csv(counter: Counter, merchant: Merchant, span: Span) -> bytes:
    made = payouts.table(payouts.payouts(counter, span), merchant.name, counter.currency)
    return csv_bytes(made, {column.key: text(f"payout.column.{column.key}") for column in made.columns})


def receipt_dialog(counter: Counter, merchant: Merchant) -> None:
    """The receipt of a payout: of the one just made, or of the row that was opened."""
    paid: UUID | None = session.recall(PAID, None)
    if paid is not None and session.dialog() is None:
        session.forget(PAID)
        ask(RECEIPT, paid)
    dialog(RECEIPT, text("payout.receipt"), partial(_receipt, counter, merchant))


def _receipt(counter: Counter, merchant: Merchant, key: UUID) -> None:
    one = payouts.payout(counter, key)
    if one is None:
        session.close_dialog()
        st.rerun()
    with st.container(horizontal_alignment="center", gap="xsmall"):
        st.title(md_escape(format.money(Money(one.amount, counter.currency))), anchor=False, text_alignment="center")
        st.badge(text("payout.state"), icon=":material/check_circle:", color="green")
    st.html(
        facts_html(
            [
                (text("column.time"), f"{one.at:%Y-%m-%d %H:%M:%S}"),
                (text("payout.from"), merchant.name),
                (text("payout.to"), text("payout.to.mine")),
                (text("payout.number"), str(one.id)),
            ]
        )
    )
    if st.button(
        text("payout.in_wallet"),
        key=f"{RECEIPT}.wallet",
        type="tertiary",
        icon=":material/arrow_forward:",
        icon_position="right",
        on_click=close,
    ):
        links.go("wallet")
