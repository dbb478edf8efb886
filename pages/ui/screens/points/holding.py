"""The coupons a member has: those to use and until when, those that come later, those that are gone and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import streamlit as st

from analytics.coupon_book import Offer, Standing, Taken, taken_table
from data.money import Money
from pages.ui import format, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import plural, text
from pages.ui.screens.points import coupon_words as words
from pages.ui.screens.points.files import csv_file
from pages.ui.screens.points.taking import pay_link
from pages.ui.screens.points.ticket import Ticket, draw
from pages.ui.screens.points.window import Days
from pages.ui.widgets import Kpi, card, kpi_row

_WIDTH = 330
_SHOWN = 60
_SOON = 7  # days
_SHELVES: Final[Mapping[str, tuple[Standing, ...]]] = MappingProxyType(
    {
        "usable": (Standing.USABLE, Standing.IN_USE),
        "not_yet": (Standing.NOT_YET,),
        "used": (Standing.USED,),
        "expired": (Standing.EXPIRED,),
        "lost": (Standing.LOST,),
    }
)


def figures(offers: Sequence[Offer], taken: Sequence[Taken]) -> None:
    """How many can be used, how many could be taken, and what they took off so far."""
    usable = sum(one.standing is Standing.USABLE for one in taken)
    saved: dict[str, int] = {}
    for one in taken:
        if one.saved:
            saved[one.coupon.currency] = saved.get(one.coupon.currency, 0) + one.saved
    amounts = [format.money(Money(minor, code), mixed=len(saved) > 1) for code, minor in sorted(saved.items())]
    kpi_row(
        [
            Kpi(text("points.mine.usable"), format.count(usable)),
            Kpi(text("points.take.open"), format.count(sum(one.obstacle is None for one in offers))),
            Kpi(text("points.mine.saved"), " · ".join(amounts) or format.NONE, help=text("points.mine.saved.help")),
        ]
    )


def mine(taken: Sequence[Taken], days: Days) -> None:
    """The card of the member's coupons, a shelf at a time."""
    body, corner = card(text("points.mine.title"), key="points.mine")
    if taken:
        with corner:
            csv_file("coupons", lambda: taken_table(taken), key="points.mine.csv", words=standings, compact=True)
    with body:
        if not taken:
            st.caption(text("points.mine.none"))
            return
        kinds = _SHELVES[_shelf(taken)]
        shelf = [one for one in _first_to_end(taken) if one.standing in kinds]
        if not shelf:
            st.caption(text("points.mine.empty"))
        grid = st.grid(2, min_column_width=_WIDTH, row_height="content")
        for one in shelf[:_SHOWN]:
            with grid, st.container(border=True, key=f"points.claim.{one.claim}"):
                _coupon(one, days)


def standings() -> dict[str, dict[str, str]]:
    """The words for the states of a coupon, as the file needs them."""
    return {"standing": {one.value: text(f"points.standing.{one}") for one in Standing}}


def _first_to_end(taken: Sequence[Taken]) -> list[Taken]:
    """Of those that can be used the first to end first; what is past as it came, the latest first."""
    usable = [one for one in taken if one.standing is Standing.USABLE]
    usable.sort(key=lambda one: (one.ends is None, one.ends or one.taken_at, one.claim))
    return [*usable, *(one for one in taken if one.standing is not Standing.USABLE)]


def _shelf(taken: Sequence[Taken]) -> str:
    counts = {name: sum(one.standing in kinds for one in taken) for name, kinds in _SHELVES.items()}
    offered = [name for name in _SHELVES if counts[name] or name == "usable"]
    names = {name: text(f"points.shelf.{name}", count=counts[name]) for name in offered}
    chosen = st.pills(
        text("points.mine.title"),
        offered,
        default=offered[0],
        key="points.mine.shelf",
        required=True,
        format_func=lambda name: names.get(name, ""),
        label_visibility="collapsed",
    )
    return chosen if chosen in offered else offered[0]


def _coupon(one: Taken, days: Days) -> None:
    usable = one.standing is Standing.USABLE
    draw(ticket_of(one, days))
    if one.place.closed and usable:
        st.caption(text("points.mine.closed"))
    elif usable:
        pay_link(text("points.mine.pay"), one.place.merchant)
    elif one.payment is not None and one.standing in {Standing.USED, Standing.IN_USE, Standing.LOST}:
        links.link("refunds", text("points.mine.payment"), payment=str(one.payment))


def ticket_of(one: Taken, days: Days) -> Ticket:
    """A coupon the member has, with its state and until when."""
    large, small = words.face(one.coupon)
    lines = [*words.details(one.coupon), words.scope(one.coupon, one.place.name), _when(one, days)]
    if one.saved:
        lines.append(text("points.mine.took_off", amount=format.money(Money(one.saved, one.coupon.currency))))
    badge = _soon(one, days) if one.standing is Standing.USABLE else text(f"points.standing.{one.standing}")
    return Ticket(large, small, one.coupon.name, lines, badge, spent=one.standing not in _WITH_VALUE)


_WITH_VALUE: Final = (Standing.USABLE, Standing.NOT_YET, Standing.IN_USE)


def _soon(one: Taken, days: Days) -> str:
    """That it ends within a few days."""
    if one.ends is None:
        return ""
    left = (days.last_day(one.ends) - days.today).days
    if left > _SOON:
        return ""
    return plural("points.mine.soon", left) if left > 0 else text("points.mine.last_day")


def _when(one: Taken, days: Days) -> str:
    if one.standing is Standing.NOT_YET:
        return days.window(one.coupon.valid_from, one.ends)
    if one.standing in {Standing.USED, Standing.LOST}:
        return text(f"points.mine.{one.standing}_on", day=days.first(one.changed_at))
    return days.window(None, one.ends)
