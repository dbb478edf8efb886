"""Every movement of the points with the balance after it; a click leads to the payment it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import streamlit as st

from analytics.points import Move, Points, What, statement_table
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import text
from pages.ui.screens.points.files import csv_file
from pages.ui.screens.transactions.rowlist import plain_rows
from pages.ui.theme import Palette, palette
from pages.ui.widgets import Action, card, empty_state

SIZE: Final = 30
_LIST: Final = "points.statement.list"
_PAGE: Final = "points.statement.page"
_WHICH: Final = "points.statement.which"
_WAYS: Final = ("all", "in", "out")
_ICONS: Final[dict[What, str]] = {
    What.EARNED: "add_circle",
    What.REDEEMED: "redeem",
    What.RELEASED: "lock_open",
    What.RETURNED: "undo",
    What.CLAWED: "do_not_disturb_on",
    What.OWED: "report",
    What.REPAID: "task_alt",
    What.EXPIRED: "hourglass_bottom",
}


def statement(now: Points, today: date) -> None:
    """The card with the list, its pages and its file; without any movement, where points come from."""
    if not now.moves:
        empty_state(
            text("points.empty.title"),
            text("points.empty.body"),
            key="points.empty",
            icon=":material/stars:",
            actions=[Action(text("points.empty.pay"), page="pay", icon=":material/qr_code_scanner:", primary=True)],
        )
        return
    body, corner = card(text("points.statement"), key="points.statement")
    newest = now.moves[::-1]
    with corner:
        csv_file("points", lambda: statement_table(newest), key="points.csv", words=movements)
    with body:
        _draw(_chosen(newest), today)


def movements() -> dict[str, dict[str, str]]:
    """The words for the kinds of movement, as the file needs them."""
    return {"movement": {what.value: text(f"points.what.{what}") for what in What}}


def _chosen(moves: Sequence[Move]) -> Sequence[Move]:
    names = {way: text(f"points.statement.{way}") for way in _WAYS}
    which = st.segmented_control(
        text("points.statement"),
        _WAYS,
        default=_WAYS[0],
        key=_WHICH,
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    if which == "all":
        return moves
    return [one for one in moves if (one.points > 0) == (which == "in")]


def _draw(moves: Sequence[Move], today: date) -> None:
    if not moves:
        st.caption(text("points.statement.none"))
        return
    pages = -(-len(moves) // SIZE)
    number = min(session.widget(_PAGE) or 1, pages)
    shown = moves[(number - 1) * SIZE : number * SIZE]
    colours = palette()
    rows = [_row(place, one, today, colours) for place, one in enumerate(shown)]
    plain_rows(rows, key=_LIST, on_opened=_opened)
    if pages > 1:
        if (session.widget(_PAGE) or 1) != number:
            session.set_widget(_PAGE, number)
        with st.container(horizontal_alignment="center"):
            st.pagination(pages, key=_PAGE, max_visible_pages=5)
    _go(shown)


def _opened() -> None:
    session.keep(_LIST, str(session.widget(_LIST).opened))


def _go(shown: Sequence[Move]) -> None:
    place = session.recall(_LIST, "")
    session.forget(_LIST)
    if place.isdecimal() and int(place) < len(shown):
        payment = shown[int(place)].payment
        if payment is not None:
            links.go("refunds", payment=str(payment))


def _row(place: int, one: Move, today: date, colours: Palette) -> dict[str, Any]:
    """A movement as the list of transactions shows its rows; what is longer than a line stands in the second one."""
    said = text(f"points.what.{one.what}")
    balance = text("points.balance", points=format.count(one.balance))
    return {
        "entry": str(place),
        "date": format.iso(one.on),
        "day": format.day(one.on, today=today),
        "payee": one.payee or said,
        "more": "",
        "note": balance,
        "tags": [],
        "category": said,
        "icon": _ICONS[one.what],
        "colour": _tone(one, colours),
        "account": balance,
        "amount": _amount(one.points),
        "tone": "in" if one.points > 0 else "out",
        "off": False,
        "marks": [],
    }


def _amount(points: int) -> str:
    return ("+" if points > 0 else "") + format.count(points)


def _tone(one: Move, colours: Palette) -> str:
    if one.what in {What.OWED, What.EXPIRED}:
        return colours.status["near"]
    return colours.income if one.points > 0 else colours.accent
