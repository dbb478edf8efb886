"""The two halves of the screen, points and coupons; which one is shown stands in the address: `?show=coupons`."""

from __future__ import annotations

from typing import Final

import streamlit as st

from analytics import coupon_book
from analytics.offers import earning
from analytics.points import points
from data import wallet
from pages.ui import links, session
from pages.ui.books import scope_of
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.points import figures, holding
from pages.ui.screens.points.expiring import expiring
from pages.ui.screens.points.statement import statement
from pages.ui.screens.points.taking import to_take
from pages.ui.screens.points.window import days_of

_WIDGET: Final = "points.section"
_ICONS: Final = {"points": "stars", "coupons": "confirmation_number"}


def switch() -> str:
    """Draw the choice; the code of the half to show."""
    asked = links.param("show")
    chosen = asked if asked in _ICONS else "points"
    names = {code: f":material/{icon}: {text(f'points.section.{code}')}" for code, icon in _ICONS.items()}
    session.set_widget(_WIDGET, chosen)
    st.pills(
        text("points.section"),
        list(_ICONS),
        key=_WIDGET,
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: links.set_param("show", session.widget(_WIDGET)),
    )
    return chosen


def show(user: User, section: str) -> None:
    """Draw one half."""
    if section == "coupons":
        _coupons(user)
    else:
        _points(user)


def _points(user: User) -> None:
    scope, days = scope_of(user), days_of(user)
    now, rules = points(scope), earning(user.database, user.now)
    currency = currency_of(user)
    figures.figures(now, rules, currency, days)
    figures.debt_notice(now)
    left, right = st.columns(2)
    with left:
        expiring(now, rules.base.redeem_minor_per_point, currency, user.today)
    with right:
        figures.how_earned(rules, currency, days)
    statement(now, user.today)


def currency_of(user: User) -> str:
    """The currency in which points are valued: that of the person's wallet."""
    wallets = wallet.standing(user.database, user.owner)
    return wallets[0].currency if wallets else user.preferences.currency


def _coupons(user: User) -> None:
    scope, days = scope_of(user), days_of(user)
    offers, taken = coupon_book.offers(scope, user.now), coupon_book.mine(scope, user.now)
    holding.figures(offers, taken)
    to_take(user, offers, days)
    holding.mine(taken, days)
