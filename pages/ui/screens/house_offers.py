"""What the house itself offers: how points are earned everywhere, its campaigns, its coupons. For the operator."""

from __future__ import annotations

from typing import Final

import streamlit as st

from analytics import offers
from data import rewards
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.offers.base_rule import base_rule
from pages.ui.screens.offers.campaigns import campaign_form, campaign_list
from pages.ui.screens.offers.coupon_form import coupon_form
from pages.ui.screens.offers.listing import listing
from pages.ui.screens.offers.publisher import house_as_publisher
from pages.ui.screens.points.window import days_of

_PARTS: Final = {"base": "stars", "campaigns": "bolt", "coupons": "confirmation_number"}


def draw(user: User) -> None:
    """The section, a part at a time; the doors refuse everybody but the operator."""
    _borne(offers.borne_by_house(user.database))
    publisher, days = house_as_publisher(user), days_of(user)
    match _part():
        case "campaigns":
            campaign_form(user, publisher, rewards.base_rule(user.database), days)
            campaign_list(user, publisher, offers.campaigns(user.database, rewards.ISSUER, user.now), days)
        case "coupons":
            coupon_form(user, publisher, days)
            listing(user, offers.coupons(user.database, rewards.ISSUER, user.now), publisher, days)
        case _:
            base_rule(user, rewards.base_rule(user.database), user.preferences.currency)


def _part() -> str:
    names = {part: f":material/{icon}: {text(f'offers.house.{part}')}" for part, icon in _PARTS.items()}
    chosen = st.pills(
        text("offers.house"),
        list(_PARTS),
        default="base",
        required=True,
        key="house_offers.part",
        format_func=lambda part: names.get(part, ""),
        label_visibility="collapsed",
    )
    return chosen or "base"


def _borne(amounts: dict[str, int]) -> None:
    said = " · ".join(
        format.money(Money(minor, currency), mixed=len(amounts) > 1) for currency, minor in sorted(amounts.items())
    )
    st.caption(format.md_escape(text("offers.house.borne", amount=said or format.NONE)))
