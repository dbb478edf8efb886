"""What happened in the wallet: the newest first, each to be seen whole, all of it as a file."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any, Final

import streamlit as st

from analytics.export import csv_bytes
from analytics.scope import Scope
from analytics.wallet_activity import Activity, Page, activity, everything, table
from data.money import Money
from pages.ui import format, i18n, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import ask, close, dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.people import called
from pages.ui.screens.transactions.rowlist import plain_rows
from pages.ui.screens.wallet.words import local, source
from pages.ui.tables import csv_button
from pages.ui.theme import Palette, palette
from pages.ui.widgets import card

DETAIL: Final = "wallet.activity.detail"
_LIST: Final = "wallet.activity"
_PAGE: Final = "wallet.activity.page"
SIZE: Final = 12
_ICONS: Final = {
    "payment": "storefront",
    "refund": "assignment_return",
    "transfer_out": "north_east",
    "transfer_in": "south_west",
    "top_up": "add_circle",
    "withdrawal": "account_balance",
    "payout": "point_of_sale",
    "desk": "payments",
}
STATES: Final = (
    "completed", "processing", "manual", "declined", "requested", "confirmed", "rejected", "cancelled", "failed",
)  # fmt: skip


def section(user: User, scope: Scope, *, mixed: bool) -> None:
    """A page of it; `mixed`: there are wallets in several currencies."""
    number = session.widget(_PAGE) or 1
    seen = activity(scope, number, SIZE)
    body, corner = card(text("wallet.activity"), key="wallet.activity.card", stretch=False)
    if not seen.count:
        with body:
            st.caption(text("wallet.activity.none"))
        return
    with corner:
        csv_button("wallet.csv", partial(csv_of, scope, user.preferences.zone), key="wallet.activity.csv", compact=True)
    with body:
        _rows(user, scope, seen, mixed=mixed)
        if seen.pages > 1:
            if number != seen.number:
                session.set_widget(_PAGE, seen.number)
            with st.container(horizontal_alignment="center"):
                st.pagination(seen.pages, key=_PAGE, max_visible_pages=5)


def _rows(user: User, scope: Scope, seen: Page, *, mixed: bool) -> None:
    colours = palette()
    rows = [row_of(user, scope, one, colours, mixed=mixed) for one in seen.rows]

    def opened() -> None:
        ask(DETAIL, str(session.widget(_LIST).opened))

    plain_rows(rows, key=_LIST, on_opened=opened)


def row_of(user: User, scope: Scope, one: Activity, colours: Palette, *, mixed: bool) -> dict[str, Any]:
    """One of them as the list shows it: everything is words already; a state is told unless all is done."""
    at, kind = local(user.preferences.zone, one.at), text(f"wallet.kind.{one.kind}")
    state = text(f"wallet.state.{one.state}") if one.state != "completed" else ""
    return {
        "entry": one.key,
        "date": format.iso(at.date()),
        "day": format.day(at.date(), today=scope.today),
        "payee": _with_whom(one),
        "more": one.note,
        "note": state or one.note,
        "tags": [state] if state else [],
        "category": kind,
        "icon": _ICONS[one.kind],
        "colour": colours.accent if one.kind == "payment" else colours.muted,
        "account": source(one.via),
        "amount": format.money(Money(one.amount, one.currency), signed=True, mixed=mixed),
        "tone": tone(one),
        "off": not one.standing,
        "marks": [],
    }


def _with_whom(one: Activity) -> str:
    if one.kind == "desk":
        return text("wallet.activity.desk")
    return party(one) or source(one.via)


def party(one: Activity) -> str:
    """The merchant or the member at the other end; nobody, of own money."""
    return called(one.party) if one.kind.startswith("transfer") else one.party


def tone(one: Activity) -> str:
    """Whether it came in, went out, or has not moved (yet)."""
    if one.state != "completed":
        return "quiet"
    return "in" if one.amount > 0 else "out"


def dialogs(user: User, scope: Scope, *, mixed: bool) -> None:
    """One of them seen whole, while it is open."""
    dialog(DETAIL, text("wallet.activity.one"), lambda key: _whole(user, scope, str(key), mixed=mixed))


def _whole(user: User, scope: Scope, key: str, *, mixed: bool) -> None:
    one = next((each for each in everything(scope) if each.key == key), None)
    if one is None:
        st.caption(text("wallet.activity.gone"))
        return
    with st.container(horizontal_alignment="center", gap="xsmall"):
        st.caption(text(f"wallet.kind.{one.kind}"), text_alignment="center")
        if party(one):
            st.subheader(md_escape(party(one)), anchor=False, text_alignment="center")
        amount = format.money(Money(one.amount, one.currency), signed=True, mixed=mixed)
        st.title(md_escape(amount), anchor=False, text_alignment="center")
        st.badge(text(f"wallet.state.{one.state}"), icon=_state_icon(one), color=_state_colour(one))
    for name, value in _facts(user, one):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            st.caption(md_escape(name), width="content")
            st.markdown(md_escape(value), width="content")
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.caption(text("wallet.activity.id"), width="content")
        st.caption(str(one.id), width="content")
    if why := _why(one):
        st.caption(md_escape(why))
    _ways(one)


def _state_icon(one: Activity) -> str:
    icons = {"completed": "check_circle", "manual": "support_agent"}
    return f":material/{icons.get(one.state, 'cancel' if not one.standing else 'hourglass_top')}:"


def _state_colour(one: Activity) -> Any:  # noqa: ANN401 - one of Streamlit's colour names
    return "green" if one.state == "completed" else "orange" if one.standing else "gray"


def _facts(user: User, one: Activity) -> list[tuple[str, str]]:
    facts = [(text("column.time"), format.moment(local(user.preferences.zone, one.at)))]
    if one.via is not None or one.kind in {"payment", "refund"}:
        facts.append((text(f"wallet.activity.via.{one.kind}"), source(one.via)))
    if one.kind == "payment" and one.gross != -one.amount:
        facts.append((text("wallet.activity.gross"), format.money(Money(one.gross, one.currency))))
        facts.append((text("wallet.activity.saved"), format.money(Money(one.gross + one.amount, one.currency))))
        if one.points:
            facts.append((text("wallet.activity.points"), format.count(one.points)))
    if one.note:
        facts.append((text("column.note"), one.note))
    return facts


def _why(one: Activity) -> str:
    """What a bank or a merchant said about it, and what is known of what waits."""
    if one.state in {"processing", "manual"} and one.kind != "refund":
        return text("wallet.waiting.said") if one.state == "processing" else text("wallet.waiting.manual")
    if not one.reason:
        return ""
    words, key = i18n.translator(i18n.language()), f"reason.{one.reason}"
    said = words.text(key) if words.has(key) else one.reason
    return text("wallet.activity.why", reason=said)


def _ways(one: Activity) -> None:
    """Where more is told."""
    pressed = None
    with st.container(horizontal=True, horizontal_alignment="right"):
        if one.payment is not None and links.known("refunds"):
            pressed = _way("refunds", "payment", str(one.payment)) or pressed
        if one.entry is not None and links.known("transactions"):
            pressed = _way("transactions", "entry", str(one.entry)) or pressed
    if pressed:
        screen, name, value = pressed
        links.go(screen, **{name: value})


def _way(screen: str, name: str, value: str) -> tuple[str, str, str] | None:
    pressed = st.button(
        text(f"wallet.activity.to.{screen}"),
        key=f"wallet.activity.to.{screen}",
        icon=":material/arrow_forward:",
        icon_position="right",
        type="tertiary",
        on_click=close,
    )
    return (screen, name, value) if pressed else None


def csv_of(scope: Scope, zone: str) -> bytes:
    """All of it as a file in the person's language."""
    found = [dataclasses.replace(one, party=party(one)) for one in everything(scope)]
    shown = table((one, format.moment(local(zone, one.at)), source(one.via)) for one in found)
    words = {
        "kind": {kind: text(f"wallet.kind.{kind}") for kind in _ICONS},
        "status": {state: text(f"wallet.state.{state}") for state in STATES},
    }
    return csv_bytes(shown, {column.key: text(f"wallet.column.{column.key}") for column in shown.columns}, words)
