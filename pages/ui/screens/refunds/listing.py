"""The payments as a list: how much is on its way back, which payments to show, a row for each, all as a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import streamlit as st

from analytics import payments as questions
from analytics.export import csv_bytes
from analytics.payments import Page, Payment, Show
from analytics.refund_list import Sums, sums
from analytics.scope import Scope
from data.money import Money
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_colour, category_icon, category_name
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.refunds import words
from pages.ui.screens.transactions.rowlist import plain_rows
from pages.ui.tables import csv_button
from pages.ui.theme import Palette, palette
from pages.ui.widgets import Action, Change, Kpi, empty_state, kpi_row

SIZE: Final = 25
_SHOW: Final = "refunds.show"
_TEXT: Final = "refunds.text"
_PAGE: Final = "refunds.page"
_LIST: Final = "refunds.list"


def listing(user: User, scope: Scope) -> None:
    """Everything on the page while no single payment is looked at."""
    show, said = _chosen()
    seen = questions.payments(scope, user.now, show=show, text=said, number=session.recall(_PAGE, 1), size=SIZE)
    if not seen.count and show is Show.ALL and not said:
        _nothing_paid()
        return
    _figures(scope)
    with st.container(border=True, key="refunds.card"):
        _controls(show)
        if not seen.count:
            empty_state(
                text(f"refunds.none.{show}"),
                text("refunds.none.body"),
                key="refunds.none",
                icon=":material/search_off:",
            )
            return
        _head(user, scope, seen, show, said)
        _rows(user, scope, seen)
        _pages(seen, show, said)


def open_payment(payment: str | None) -> None:
    """Look at one payment, or at the list again (None); for callbacks."""
    links.set_param("payment", payment)


def _nothing_paid() -> None:
    empty_state(
        text("refunds.empty.title"),
        text("refunds.empty.body"),
        key="refunds.empty",
        icon=":material/assignment_return:",
        actions=[Action(text("nav.pay"), page="pay", icon=":material/qr_code_scanner:", primary=True)],
    )


def _chosen() -> tuple[Show, str]:
    linked = links.param("show")
    if linked in set(Show):
        links.set_param("show", None)
        session.keep(_SHOW, linked)
    return Show(session.recall(_SHOW, Show.ALL.value)), session.recall(_TEXT, "")


def _figures(scope: Scope) -> None:
    found = sums(scope)
    for one in found:
        kpi_row(_kpis(scope, one, mixed=len(found) > 1))


def _kpis(scope: Scope, one: Sums, *, mixed: bool) -> list[Kpi]:
    def amount(minor: int) -> str:
        return format.money(Money(minor, one.currency), mixed=mixed)

    stuck = Change(plural("refunds.kpi.stuck", one.stuck), "same", good=False) if one.stuck else None
    opened = Change(plural("refunds.kpi.open", one.open), "same") if one.open else None
    late = one.next_due is not None and one.next_due < scope.today
    due = words.day(one.next_due, scope.today) if one.next_due else format.NONE
    return [
        Kpi(text("refunds.under_way"), amount(one.under_way), stuck or opened, help=text("refunds.under_way.help")),
        Kpi(
            text("refunds.kpi.due"),
            due,
            Change(text("refunds.overdue"), "same", good=False) if late else None,
            help=text("refunds.kpi.due.help"),
        ),
        Kpi(
            text("refunds.kpi.arrived"),
            amount(one.cash),
            Change(plural("refunds.kpi.count", one.arrived), "same") if one.arrived else None,
        ),
    ]


def _controls(show: Show) -> None:
    names = {one: text(f"refunds.show.{one}") for one in Show}

    def chosen() -> None:
        session.keep(_SHOW, session.widget("refunds.which") or Show.ALL.value)
        _first_page()

    def typed() -> None:
        session.keep(_TEXT, (session.widget("refunds.search") or "").strip())
        _first_page()

    with st.container(horizontal=True, vertical_alignment="bottom"):
        session.set_widget("refunds.which", show)
        st.segmented_control(
            text("refunds.show"),
            list(Show),
            key="refunds.which",
            required=True,
            format_func=names.__getitem__,
            label_visibility="collapsed",
            on_change=chosen,
        )
        session.set_widget("refunds.search", session.recall(_TEXT, ""))
        st.text_input(
            text("refunds.search"),
            key="refunds.search",
            placeholder=text("refunds.search"),
            icon=":material/search:",
            label_visibility="collapsed",
            on_change=typed,
            width=260,
        )


def _first_page() -> None:
    session.keep(_PAGE, 1)


def _head(user: User, scope: Scope, seen: Page, show: Show, said: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{format.md_escape(plural('refunds.payments', seen.count))}**", width="content")
        csv_button("payments.csv", lambda: csv_of(scope, user.now, show, said), key="refunds.csv")


def csv_of(scope: Scope, now: datetime, show: Show, said: str) -> bytes:
    """The payments that are shown, on all pages, as a file in the person's language."""
    table = questions.as_table(questions.every(scope, now, show=show, text=said))
    headers = {column.key: text(f"refunds.column.{column.key}") for column in table.columns}
    states = {state: text(f"refunds.payment.{state}") for state in ("captured", "processing", "declined", "manual")}
    return csv_bytes(table, headers, {"state": states})


def _rows(user: User, scope: Scope, seen: Page) -> None:
    colours = palette()
    mixed = len({one.currency for one in seen.rows}) > 1
    rows = [row_of(user, scope, one, colours, mixed=mixed) for one in seen.rows]
    plain_rows(rows, key=_LIST, on_opened=lambda: open_payment(str(session.widget(_LIST).opened)))


def row_of(user: User, scope: Scope, one: Payment, colours: Palette, *, mixed: bool) -> dict[str, Any]:
    """A payment as the list shows it: everything is words already."""
    standing = _standing(user, one)
    return {
        "entry": str(one.id),
        "date": format.iso(one.booked_on),
        "day": format.day(one.booked_on, today=scope.today),
        "payee": one.shop.name,
        "more": " · ".join([*standing, *([one.note] if one.note else [])]),
        "note": standing[0] if standing else "",
        "tags": [],
        "category": category_name(scope, one.category),
        "icon": category_icon(scope, one.category).removeprefix(":material/").removesuffix(":"),
        "colour": category_colour(scope, one.category, colours),
        "account": words.source_name(one.source),
        "amount": format.money(Money(one.gross, one.currency), mixed=mixed),
        "tone": "out",
        "off": one.state == "declined",
        "marks": _marks(one),
    }


def _standing(user: User, one: Payment) -> list[str]:
    """What of it came back, is on its way, or could; of what was not paid, why."""
    if not one.paid:
        return [text(f"refunds.payment.{one.state}")]
    parts = []
    if one.pending:
        parts.append(text("refunds.row.pending", amount=words.money(one.pending, one.currency)))
    if one.returned:
        whole = one.returned == one.gross
        returned = words.money(one.returned, one.currency)
        parts.append(text("refunds.row.whole" if whole else "refunds.row.returned", amount=returned))
    rest = one.refundable(user.now)
    if rest and parts:
        parts.append(text("refunds.row.rest", amount=words.money(rest, one.currency)))
    return parts


def _marks(one: Payment) -> list[dict[str, str]]:
    told = {
        "hourglass_top": (one.open > 0 or one.state in {"processing", "manual"}, "refunds.under_way"),
        "assignment_return": (one.returned > 0, "kind.refund"),
    }
    if not one.paid:
        told["hourglass_top"] = (one.state != "declined", f"refunds.payment.{one.state}")
    return [{"icon": icon, "title": text(key)} for icon, (holds, key) in told.items() if holds]


def _pages(seen: Page, show: Show, said: str) -> None:
    """Turning pages; another filter is another widget, so that it begins at its own first page."""
    if seen.pages <= 1:
        return
    key = f"{_PAGE}.{show}.{said}.{seen.pages}"
    with st.container(horizontal_alignment="center"):
        st.pagination(
            seen.pages,
            default=seen.number,
            key=key,
            max_visible_pages=5,
            on_change=lambda: session.keep(_PAGE, session.widget(key) or 1),
        )
