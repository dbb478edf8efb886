"""The merchant's side of refunds: what has to be answered, what waits for money, what is on its way, what is over."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Final

import pandas as pd
import streamlit as st

from analytics.export import csv_bytes
from analytics.refund_requests import Request, as_table, available, history
from analytics.refund_requests import requests as asked_of
from data.database import Database
from data.ledger.refund_states import RefundState
from data.merchants import Merchant
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.people import called
from pages.ui.screens import refund_answers as answers
from pages.ui.screens.refunds import evidence, words
from pages.ui.tables import Column, csv_button, data_table
from pages.ui.widgets import Action, Change, Kpi, card, empty_state, kpi_row, notice

_MOST_SHOWN: Final = 500


def no_merchant() -> None:
    """For who runs no merchant: where one is opened."""
    empty_state(
        text("requests.no_merchant"),
        text("requests.no_merchant.body"),
        key="requests.no_merchant",
        icon=":material/storefront:",
        actions=[Action(text("nav.till"), page="till", icon=":material/point_of_sale:", primary=True)],
    )


def named(found: Sequence[Request]) -> list[Request]:
    """With a word for payers who are here no more."""
    return [dataclasses.replace(one, payer=called(one.payer)) for one in found]


def requests(user: User, merchant: Merchant) -> None:
    """The whole page of one merchant."""
    found, over = named(asked_of(user.database, merchant.id)), named(history(user.database, merchant.id, _MOST_SHOWN))
    if not found and not over:
        empty_state(
            text("requests.empty"), text("requests.empty.body"), key="requests.empty", icon=":material/sentiment_calm:"
        )
        return
    held = available(user.database, merchant.id, merchant.currency)
    asked = [one for one in found if one.refund.state is RefundState.REQUESTED]
    short = [one for one in found if lacking(one, held, user.today)]
    coming = [one for one in found if one not in asked and one not in short]
    _figures(merchant, asked, short, coming, held)
    _to_answer(user, asked)
    _waiting(user, merchant, short, held)
    _on_the_way(user, coming)
    _over(user, merchant, over)
    answers.dialogs(user, merchant, asked, held)
    evidence.dialog_of(user)


def _figures(
    merchant: Merchant, asked: Sequence[Request], short: Sequence[Request], coming: Sequence[Request], held: int
) -> None:
    def total(found: Sequence[Request]) -> str:
        return format.money(Money(sum(one.gives for one in found), merchant.currency))

    def count(found: Sequence[Request]) -> Change | None:
        return Change(plural("requests.count", len(found)), "same") if found else None

    missing = missing_of(short, held)
    lacking = Change(text("requests.missing", amount=words.money(missing, merchant.currency)), "same", good=False)
    kpi_row(
        [
            Kpi(text("requests.kpi.asked"), total(asked), count(asked)),
            Kpi(text("requests.kpi.coming"), total(coming), count(coming)),
            Kpi(text("requests.kpi.short"), total(short), lacking if missing else count(short)),
            Kpi(text("requests.kpi.held"), words.money(held, merchant.currency), help=text("requests.kpi.held.help")),
        ]
    )


def lacking(one: Request, held: int, today: date) -> bool:
    """Whether a refund waits for the merchant's money: one to a wallet says so, one to a card once it is due."""
    due = one.refund.due_on is not None and one.refund.due_on <= today
    return one.refund.short or (one.refund.state is RefundState.PROCESSING and due and one.gives > held)


def missing_of(short: Sequence[Request], held: int) -> int:
    """How much more the merchant's wallet has to hold for all of these, minor units."""
    return max(0, sum(one.gives for one in short) - held)


def _to_answer(user: User, asked: Sequence[Request]) -> None:
    body, _ = card(text("requests.asked"), key="requests.asked", stretch=False)
    with body:
        if not asked:
            st.caption(text("requests.asked.none"))
        for one in asked:
            _request(user, one)


def _request(user: User, one: Request) -> None:
    refund = one.refund
    with st.container(border=True, key=f"requests.one.{refund.id}"):
        _head(user, one)
        with st.container(gap=None):
            st.markdown(f"**{format.md_escape(words.reason_name(refund.reason))}**")
            if refund.note:
                st.markdown(format.md_escape(refund.note))
            st.caption(format.md_escape(gives_said(one)))
        with st.container(horizontal=True, vertical_alignment="center"):
            answers.buttons(one)
            if refund.attachment:
                evidence.button(refund.id)


def gives_said(one: Request) -> str:
    """What leaves the merchant's wallet, and why it may be less than what was asked for."""
    amount = words.money(one.gives, one.refund.currency)
    if one.gives == one.refund.amount:
        return text("requests.gives", amount=amount)
    borne = words.money(one.refund.amount - one.gives, one.refund.currency)
    return text("requests.gives.part", amount=amount, borne=borne)


def _head(user: User, one: Request) -> None:
    refund = one.refund
    asked = text("requests.asked_at", at=words.when(refund.asked_at, user.preferences.zone, user.today))
    with st.container(gap=None):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
            amount = format.md_escape(words.money(refund.amount, refund.currency))
            st.markdown(f"#### {amount} · {format.md_escape(one.payer)}", width="content")
            st.caption(format.md_escape(asked), width="content")
        st.caption(format.md_escape(_facts(user, one)))


def _facts(user: User, one: Request) -> str:
    paid = text(
        "requests.paid",
        amount=words.money(one.gross, one.refund.currency),
        at=words.when(one.paid_at, user.preferences.zone, user.today),
    )
    return " · ".join([paid, text(f"requests.by.{one.card or 'wallet'}")])


def _waiting(user: User, merchant: Merchant, short: Sequence[Request], held: int) -> None:
    """Agreed to, but the merchant's wallet does not hold enough."""
    if not short:
        return
    body, _ = card(text("requests.short"), key="requests.short", stretch=False)
    with body:
        missing = missing_of(short, held)
        amount = words.money(missing, merchant.currency)
        title = text("requests.short.title", amount=amount) if missing else text("requests.short.enough")
        notice(title, text("requests.short.body"), tone="warning" if missing else "info")
        for one in short:
            _line(user, one, words.SHORT)


def _on_the_way(user: User, coming: Sequence[Request]) -> None:
    if not coming:
        return
    body, _ = card(text("requests.coming"), key="requests.coming", stretch=False)
    with body:
        for one in coming:
            _line(user, one)


def _line(user: User, one: Request, name: str = "") -> None:
    """A refund that was answered and has not arrived, in two lines. name: the state's key, where it is not its own."""
    refund = one.refund
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key=f"requests.line.{refund.id}",
    ):
        with st.container(width="content", gap=None):
            said = (
                f"**{format.md_escape(words.money(refund.amount, refund.currency))}** · {format.md_escape(one.payer)}"
            )
            st.markdown(said, width="content")
            st.caption(format.md_escape(_how_it_goes(user, one)), width="content")
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            words.badge(refund, user.today, asked="requests", name=name)
            if refund.attachment:
                evidence.button(refund.id)


def _how_it_goes(user: User, one: Request) -> str:
    refund = one.refund
    if refund.stuck:
        return text("requests.stuck", reason=words.bank_reason(refund.state_reason))
    said = [gives_said(one)]
    if not refund.short:
        said.append(words.due(refund, user.today))
    return " · ".join(part for part in said if part)


def _over(user: User, merchant: Merchant, over: Sequence[Request]) -> None:
    body, corner = card(text("requests.over"), key="requests.over", stretch=False)
    with corner:
        csv_button("refund-requests.csv", lambda: csv_of(user.database, merchant), key="requests.csv")
    with body:
        if not over:
            st.caption(text("requests.over.none"))
            return
        data_table(_frame(user, over), _columns(merchant), key="requests.table")
        if len(over) == _MOST_SHOWN:
            st.caption(text("requests.over.more", n=format.count(_MOST_SHOWN)))


def _frame(user: User, over: Sequence[Request]) -> pd.DataFrame:
    zone = user.preferences.zone
    rows = [
        (
            format.moment(words.local(one.refund.state_at, zone)),
            one.payer,
            one.refund.amount,
            one.gives,
            text(f"requests.state.{one.refund.state.value}"),
            words.reason_name(one.refund.reason),
            one.refund.state_reason if one.refund.state is RefundState.REJECTED else "",
        )
        for one in over
    ]
    return pd.DataFrame(rows, columns=["at", "payer", "amount", "gives", "state", "reason", "answer"])


def _columns(merchant: Merchant) -> list[Column]:
    return [
        Column("at", text("requests.column.at")),
        Column("payer", text("requests.column.payer")),
        Column("amount", text("requests.column.amount"), "money", currency=merchant.currency),
        Column("gives", text("requests.column.gives"), "money", currency=merchant.currency),
        Column("state", text("requests.column.state")),
        Column("reason", text("requests.column.reason")),
        Column("answer", text("requests.column.answer")),
    ]


def csv_of(database: Database, merchant: Merchant) -> bytes:
    """Every refund of the merchant, open ones first, as a file in the person's language."""
    found = named([*asked_of(database, merchant.id), *history(database, merchant.id)])
    table = as_table(found)
    headers = {column.key: text(f"requests.column.{column.key}") for column in table.columns}
    reasons = {one.refund.reason: words.reason_name(one.refund.reason) for one in found}
    states = {state.value: text(f"requests.state.{state.value}") for state in RefundState}
    return csv_bytes(table, headers, {"reason": reasons, "state": states})
