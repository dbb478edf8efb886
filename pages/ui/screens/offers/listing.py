"""The publisher's coupons: how many were taken and used, what they cost so far; all of it as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import streamlit as st

from analytics.offers import Course, Published, coupon_table
from data.merchants import Coupon
from data.money import Money
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import ask, confirm
from pages.ui.i18n import text
from pages.ui.screens.offers.publisher import Publisher
from pages.ui.screens.points import coupon_words as words
from pages.ui.screens.points.files import csv_file
from pages.ui.screens.points.ticket import Ticket, draw
from pages.ui.screens.points.window import Days
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.widgets import Kpi, card, kpi_row

_WIDTH = 330
_SHOWN = 60
_SHELVES: Final[Mapping[str, tuple[Course, ...]]] = MappingProxyType(
    {"running": (Course.RUNNING, Course.UPCOMING), "past": (Course.SOLD_OUT, Course.OFF, Course.OVER)}
)


def figures(published: Sequence[Published], currency: str) -> None:
    """How many coupons are out, how many were used, and what they cost."""
    running = sum(one.course is Course.RUNNING for one in published)
    cost = sum(one.cost or 0 for one in published)
    kpi_row(
        [
            Kpi(text("offers.running"), format.count(running)),
            Kpi(text("offers.taken"), format.count(sum(one.taken for one in published))),
            Kpi(text("offers.used"), format.count(sum(one.used for one in published))),
            Kpi(text("offers.cost"), format.money(Money(cost, currency)), help=text("offers.cost.help")),
        ]
    )


def listing(user: User, published: Sequence[Published], publisher: Publisher, days: Days) -> None:
    """The card of coupons, those that count first; an offer that is out can be taken back."""
    _ending(user, published, publisher)
    body, corner = card(text("offers.list"), key=f"{publisher.key}.list")
    if published:
        with corner:
            csv_file(
                "coupons", lambda: coupon_table(published), key=f"{publisher.key}.list.csv", words=courses, compact=True
            )
    with body:
        if not published:
            st.caption(text("offers.list.none"))
            return
        kinds = _SHELVES[_shelf(published, publisher.key)]
        shelf = [one for one in published if one.course in kinds]
        if not shelf:
            st.caption(text("offers.list.empty"))
        grid = st.grid(2, min_column_width=_WIDTH, row_height="content")
        for one in shelf[:_SHOWN]:
            with grid, st.container(border=True, key=f"{publisher.key}.published.{one.coupon.id}"):
                _coupon(one, publisher, days)


def courses() -> dict[str, dict[str, str]]:
    """The words for where a coupon stands, as the file needs them."""
    return {"course": {one.value: text(f"offers.course.{one}") for one in Course}}


def _shelf(published: Sequence[Published], key: str) -> str:
    names = {
        name: text(f"offers.shelf.{name}", count=sum(one.course in kinds for one in published))
        for name, kinds in _SHELVES.items()
    }
    chosen = st.pills(
        text("offers.list"),
        list(names),
        default="running",
        required=True,
        key=f"{key}.shelf",
        format_func=lambda name: names.get(name, ""),
        label_visibility="collapsed",
    )
    return chosen or "running"


def _coupon(one: Published, publisher: Publisher, days: Days) -> None:
    coupon = one.coupon
    large, small = words.face(coupon)
    shop = publisher.shops.get(coupon.merchant, "") if coupon.merchant and publisher.merchant is None else ""
    place = [words.scope(coupon, shop)] if shop or coupon.category or publisher.merchant is None else []
    window = days.window(coupon.valid_from, coupon.valid_to)
    lines = [*words.details(coupon), *place, window, text("offers.code", code=coupon.code)]
    badge = text(f"offers.course.{one.course}")
    draw(Ticket(large, small, coupon.name, lines, badge, spent=one.course in _SHELVES["past"]))
    counts, end = st.columns([3, 1], vertical_alignment="center")
    counts.caption(format.md_escape(" · ".join(_counts(one))))
    if one.course in {*_SHELVES["running"], Course.SOLD_OUT}:
        end.button(
            text("offers.end"),
            key=f"{publisher.key}.end.{coupon.id}",
            type="tertiary",
            icon=":material/event_busy:",
            on_click=ask,
            args=(f"{publisher.key}.end", coupon.id),
        )


def _ending(user: User, published: Sequence[Published], publisher: Publisher) -> None:
    """The question before an offer is taken back."""
    name = f"{publisher.key}.end"
    opened = session.dialog()
    one = next((one for one in published if opened == (name, one.coupon.id)), None)
    if one is not None:
        confirm(
            name,
            title=text("offers.end.title", name=one.coupon.name),
            body=text("offers.end.body", count=format.count(one.taken)),
            action=text("offers.end.do"),
            on_confirm=lambda _: _end(user, publisher, one.coupon),
        )


def _end(user: User, publisher: Publisher, coupon: Coupon) -> None:
    send_from_callback(
        f"{publisher.key}.end.{coupon.id}",
        lambda request: publisher.end(user, request, coupon),
        lambda _none: text("offers.end.done", name=coupon.name),
    )


def _counts(one: Published) -> list[str]:
    said = [
        text("offers.counts.taken", count=format.count(one.taken)),
        text("offers.counts.used", count=format.count(one.used)),
    ]
    if one.left is not None:
        said.append(text("offers.counts.left", count=format.count(one.left)))
    if one.cost is not None:
        said.append(text("offers.counts.cost", amount=format.money(Money(one.cost, one.coupon.currency))))
    if one.sales:
        said.append(text("offers.counts.sales", amount=format.money(Money(one.sales, one.coupon.currency))))
    return said
