"""A merchant's offers: coupons, and points campaigns; which is shown stands in the address: `?show=campaigns`."""

from __future__ import annotations

from typing import Final

import streamlit as st

from analytics import offers
from data.merchants import Merchant
from pages.ui import links, session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.offers.campaigns import campaign_form, campaign_list
from pages.ui.screens.offers.coupon_form import coupon_form
from pages.ui.screens.offers.listing import figures, listing
from pages.ui.screens.offers.publisher import merchant_as_publisher
from pages.ui.screens.points.window import days_of
from pages.ui.widgets import Action, empty_state

_WIDGET: Final = "offers.section"
_ICONS: Final = {"coupons": "confirmation_number", "campaigns": "bolt"}


def no_merchant() -> None:
    """For who runs no merchant: where one is opened."""
    empty_state(
        text("offers.no_merchant.title"),
        text("offers.no_merchant.body"),
        key="offers.no_merchant",
        icon=":material/storefront:",
        actions=[Action(text("offers.no_merchant.open"), page="till", icon=":material/add_business:", primary=True)],
    )


def show(user: User, merchant: Merchant) -> None:
    """The chosen half of a merchant's offers."""
    publisher, days = merchant_as_publisher(merchant), days_of(user)
    if _switch() == "campaigns":
        base = offers.earning(user.database, user.now).base
        campaign_form(user, publisher, base, days)
        campaign_list(user, publisher, offers.campaigns(user.database, merchant.id, user.now), days)
        return
    published = offers.coupons(user.database, merchant.id, user.now)
    figures(published, merchant.currency)
    coupon_form(user, publisher, days)
    listing(user, published, publisher, days)


def _switch() -> str:
    asked = links.param("show")
    chosen = asked if asked in _ICONS else "coupons"
    names = {code: f":material/{icon}: {text(f'offers.section.{code}')}" for code, icon in _ICONS.items()}
    session.set_widget(_WIDGET, chosen)
    st.pills(
        text("offers.section"),
        list(_ICONS),
        key=_WIDGET,
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: links.set_param("show", session.widget(_WIDGET)),
    )
    return chosen
