"""Today at the counter: the takings so far and what comes in, refreshed by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import streamlit as st

from analytics.movements import Movement
from analytics.takings import NOTHING, Counter
from analytics.till import Today, feed, today
from data.merchants import Merchant
from data.money import Money
from pages.ui import format, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.till.counting import counter_of
from pages.ui.screens.till.movements import movement_list
from pages.ui.widgets import Change, Kpi, card, kpi_row

_EVERY: Final = "3s"
_SHOWN: Final = 50


def today_now(user: User, merchant: Merchant) -> None:
    """The figures and the feed; only they are drawn again every few seconds."""

    @st.fragment(run_every=_EVERY)
    def live() -> None:
        now = user.database.clock()
        counter = counter_of(user, merchant, now)
        _figures(counter, today(counter, now))
        _feed(counter, merchant, feed(counter, now, _SHOWN))

    live()


def shown_today(user: User, merchant: Merchant) -> tuple[Movement, ...]:
    """The rows of the feed, for the dialog that opens one."""
    return feed(counter_of(user, merchant), user.database.clock(), _SHOWN)


def _figures(counter: Counter, now: Today) -> None:
    def amount(minor: int) -> str:
        return format.money(Money(minor, counter.currency))

    one, before = now.so_far, now.week_ago
    against = text("till.today.against", weekday=format.weekday(counter.today, short=False))
    net = _change(one.net, before.net, against, amount(abs(one.net - before.net)))
    more = _change(one.payments, before.payments, against, format.count(abs(one.payments - before.payments)))
    # Two by two everywhere: four beside each other are too narrow beside the code.
    kpi_row(
        [
            Kpi(text("takings.net"), amount(one.net), net, help=text("takings.net.help")),
            Kpi(text("takings.payments"), format.count(one.payments), more),
        ]
    )
    kpi_row(
        [
            Kpi(text("takings.gross"), amount(one.gross), help=text("takings.gross.help")),
            Kpi(text("takings.refunds"), amount(one.refunds), help=text("takings.refunds.help")),
        ]
    )
    _beside(counter, now)


def _beside(counter: Counter, now: Today) -> None:
    """What the figures are to be seen beside, where there is anything."""

    def amount(minor: int) -> str:
        return format.money(Money(minor, counter.currency))

    said = []
    if now.yesterday != NOTHING or now.week_ago != NOTHING:
        before = text(
            "till.today.by_now",
            yesterday=amount(now.yesterday.net),
            weekday=format.weekday(counter.today, short=False),
            week_ago=amount(now.week_ago.net),
            day=format.day(counter.today - timedelta(days=7)),
        )
        said.append(before)
    if now.so_far.own_coupons:
        said.append(text("till.today.own_coupons", amount=amount(now.so_far.own_coupons)))
    if said:
        st.caption(format.md_escape(" · ".join(said)))


def _change(now: int, before: int, against: str, said: str) -> Change | None:
    if not (now or before):
        return None
    by = now - before
    return Change(said, "up" if by > 0 else "down" if by < 0 else "same", against, by > 0 if by else None)


def _feed(counter: Counter, merchant: Merchant, found: tuple[Movement, ...]) -> None:
    body, corner = card(text("till.feed"), key="till.feed.card")
    with corner:
        links.link("takings", text("action.see_all"), period=f"{counter.today}..{counter.today}")
    with body:
        asked = sum(one.asked for one in found)
        if asked:
            links.link("refund_requests", plural("till.feed.asked", asked), icon=":material/assignment_return:")
        if not found:
            st.caption(text("till.feed.none"))
            return
        movement_list(found, merchant, key="till.feed", when="%H:%M")
        if len(found) == _SHOWN:
            st.caption(plural("till.feed.latest", _SHOWN))
