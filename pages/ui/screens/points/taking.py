"""Coupons to take: what each gives, where, until when, how many are left; and why one cannot be taken."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from analytics.coupon_book import Offer
from data import rewards
from data.merchants import Coupon
from data.rewards import ClaimCoupon
from pages.ui import links
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.points import coupon_words as words
from pages.ui.screens.points.ticket import Ticket, draw
from pages.ui.screens.points.window import Days
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.widgets import card

_WIDTH = 330
_SHOWN = 24


def to_take(user: User, offers: Sequence[Offer], days: Days) -> None:
    """The card of offers; those that cannot be taken are put aside, each with the reason."""
    body, _ = card(text("points.take.title"), key="points.take")
    open_ones = [one for one in offers if one.obstacle is None]
    others = [one for one in offers if one.obstacle is not None]
    with body:
        if not open_ones:
            st.caption(text("points.take.none_left" if others else "points.take.none"))
        _grid(user, open_ones, days)
        if others:
            with st.expander(plural("points.take.others", len(others)), key="points.take.others"):
                _grid(user, others, days)


def _grid(user: User, offers: Sequence[Offer], days: Days) -> None:
    grid = st.grid(2, min_column_width=_WIDTH, row_height="content")
    for one in offers[:_SHOWN]:
        with grid, st.container(border=True, key=f"points.offer.{one.coupon.id}"):
            _offer(user, one, days)
    if len(offers) > _SHOWN:
        st.caption(plural("points.take.more", len(offers) - _SHOWN))


def _offer(user: User, one: Offer, days: Days) -> None:
    draw(ticket_of(one.coupon, one.place.name, days, spent=one.obstacle is not None))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(_stock(one), width="content")
        # The number taken so far is in the key: a second press of a double click finds this button gone.
        form = f"points.take.{one.coupon.id}.{one.mine}"
        if one.obstacle is None:
            st.button(
                text("points.take.do"),
                key=form,
                type="primary",
                icon=":material/add:",
                on_click=_take,
                args=(user, one, form),
            )
        else:
            st.caption(f":material/block: {text(f'points.take.not.{one.obstacle}')}", width="content")


def _take(user: User, one: Offer, form: str) -> None:
    def do(request: str) -> object:
        command = ClaimCoupon(owner=user.owner, request_id=request, actor=user.owner, coupon=str(one.coupon.id))
        return rewards.claim(user.database, command)

    send_from_callback(form, do, lambda _receipt: text("points.take.done", name=one.coupon.name))


def ticket_of(coupon: Coupon, place: str, days: Days, *, spent: bool = False) -> Ticket:
    """A coupon on offer, as everybody sees it. place: the merchant's name, "" everywhere."""
    large, small = words.face(coupon)
    lines = (
        *words.details(coupon),
        words.scope(coupon, place),
        days.window(coupon.valid_from, coupon.valid_to),
        words.terms(coupon),
    )
    return Ticket(large, small, coupon.name, lines, spent=spent)


def _stock(one: Offer) -> str:
    return text("points.take.plenty") if one.left is None else plural("points.take.left", one.left)


def pay_link(label: str, merchant: object | None) -> None:
    """A way to where the coupon can be used."""
    go = partial(links.link, "pay", label, icon=":material/qr_code_scanner:")
    if merchant is None:
        go()
    else:
        go(m=str(merchant))
