"""The operator's list of people: who is here since when, what their wallets hold, who is frozen. Never purchases."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Final

import streamlit as st

from analytics.export import csv_bytes
from analytics.members import Member, Page, everybody, members, table
from analytics.scope import Scope
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.transactions.rowlist import plain_rows
from pages.ui.screens.wallet.words import local, money
from pages.ui.tables import csv_button
from pages.ui.theme import Palette, palette
from pages.ui.widgets import Action, card, empty_state

SIZE: Final = 20
CHOSEN: Final = "members.desk.member"
_LIST: Final = "members.list"
_PAGE: Final = "members.page"
_SEARCH: Final = "members.search"
_STATES: Final = {"open": "account_balance_wallet", "frozen": "ac_unit", "none": "person"}


def refused() -> None:
    """What somebody sees who does not run this wallet."""
    empty_state(
        text("members.refused"),
        text("members.refused.body"),
        key="members.refused",
        icon=":material/lock:",
        actions=[Action(text("nav.overview"), page="overview", icon=":material/arrow_back:")],
    )


def listing(user: User, scope: Scope) -> None:
    """A page of the people, found by name; a click chooses one for the desk."""
    body, corner = card(text("members.people"), key="members.card", stretch=False)
    with body:
        said = st.text_input(
            text("members.search"),
            key=_SEARCH,
            icon=":material/search:",
            placeholder=text("members.search"),
            label_visibility="collapsed",
            on_change=_first_page,
        )
        number = session.widget(_PAGE) or 1
        seen = members(scope, said or "", number, SIZE)
        if not seen.count:
            st.caption(text("members.none"))
            return
        st.caption(plural("members.count", seen.count))
        _rows(user, scope, seen)
        _pages(seen, number)
    with corner:
        csv_button(
            "members.csv", partial(csv_of, scope, user.preferences.zone, said or ""), key="members.csv", compact=True
        )


def _first_page() -> None:
    session.set_widget(_PAGE, 1)


def _pages(seen: Page, number: int) -> None:
    if seen.pages > 1:
        if number != seen.number:
            session.set_widget(_PAGE, seen.number)
        with st.container(horizontal_alignment="center"):
            st.pagination(seen.pages, key=_PAGE, max_visible_pages=5)


def _rows(user: User, scope: Scope, seen: Page) -> None:
    colours = palette()
    rows = [row_of(user, scope, one, colours) for one in seen.members]
    shown = {str(one.owner): one for one in seen.members}

    def opened() -> None:
        one = shown.get(str(session.widget(_LIST).opened))
        if one is not None and one.wallets:
            session.set_widget(CHOSEN, one.owner)
        elif one is not None:
            session.flash(text("members.no_wallet", name=one.name), "info")

    plain_rows(rows, key=_LIST, on_opened=opened)


def row_of(user: User, scope: Scope, one: Member, colours: Palette) -> dict[str, Any]:
    """A person as the list shows them: everything is words already."""
    joined, state = joined_on(user.preferences.zone, one), state_of(one)
    points = plural("members.points", one.points) if one.wallets else ""
    since = text("members.joined", day=format.day(joined, today=scope.today))
    frozen = text("members.state.frozen") if state == "frozen" else ""
    return {
        "entry": str(one.owner),
        "date": format.iso(joined),
        "day": since,
        "payee": one.name,
        "more": " · ".join(part for part in (text("members.operator") if one.operator else "", since) if part),
        "note": points if one.points else "",
        "tags": [frozen] if frozen else [],
        "category": text(f"members.state.{state}"),
        "icon": _STATES[state],
        "colour": colours.accent if state == "open" else colours.muted,
        "account": points,
        "amount": amounts(one),
        "tone": "out" if any(wallet.available for wallet in one.wallets) else "quiet",
        "off": False,
        "marks": [],
    }


def joined_on(zone: str, one: Member) -> date:
    """The day a person came, in the operator's zone."""
    return local(zone, one.joined_at).date()


def state_of(one: Member) -> str:
    """`frozen`, `open`, or `none` before there is a wallet."""
    return "frozen" if one.frozen_since else "open" if one.wallets else "none"


def amounts(one: Member) -> str:
    """What is available: an amount a wallet, with its code where there are several."""
    mixed = len(one.wallets) > 1
    return " · ".join(money(each.available, each.currency, mixed=mixed) for each in one.wallets)


def csv_of(scope: Scope, zone: str, said: str) -> bytes:
    """Everybody who was looked for, a row a wallet, in the person's language."""
    shown = table((one, joined_on(zone, one)) for one in everybody(scope, said))
    words = {"status": {state: text(f"members.state.{state}") for state in _STATES}}
    return csv_bytes(shown, {column.key: text(f"members.column.{column.key}") for column in shown.columns}, words)
