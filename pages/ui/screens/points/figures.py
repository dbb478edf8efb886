"""The points in figures: what may be spent and what it is worth, what is owed, what expires soon, what came in."""

from __future__ import annotations

import streamlit as st

from analytics.offers import Earning
from analytics.points import LATER, SOON, Points
from data.money import Money
from pages.ui import format, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import plural, text
from pages.ui.screens.points.earning_words import base_sentences, campaign_title, campaign_where, is_running
from pages.ui.screens.points.window import Days
from pages.ui.widgets import Change, Kpi, card, kpi_row, notice


def figures(now: Points, earning: Earning, currency: str, days: Days) -> None:
    """The figure cards; what is owed stands beside what may be spent."""
    rule = earning.base

    def worth(points: int) -> Change | None:
        amount = points * rule.redeem_minor_per_point
        said = text("points.worth", amount=format.money(Money(amount, currency)))
        return Change(said, "same") if amount else None

    soon, later = (now.expiring(days.today, count) for count in (SOON, LATER))
    owed = [Kpi(text("points.owed"), format.count(now.debt), help=text("points.owed.help"))] if now.debt else []
    kpi_row(
        [
            Kpi(text("points.spendable"), format.count(now.spendable), worth(now.spendable)),
            *owed,
            Kpi(plural("points.expiring", SOON), format.count(soon), worth(soon)),
            Kpi(plural("points.expiring", LATER), format.count(later), worth(later)),
            Kpi(text("points.earned"), format.count(now.earned), help=text("points.earned.help")),
        ]
    )


def debt_notice(now: Points) -> None:
    """What a debt is, and what happens with it."""
    if now.debt:
        notice(plural("points.debt.title", now.debt), text("points.debt.body"), tone="warning")


def how_earned(earning: Earning, currency: str, days: Days) -> None:
    """The base rule and the campaigns in words."""
    body, corner = card(text("points.how"), key="points.how")
    with corner:
        links.link("pay", text("points.how.pay"))
    with body:
        st.markdown("\n".join(f"- {format.md_escape(said)}" for said in base_sentences(earning.base, currency)))
        if not earning.campaigns:
            st.caption(text("points.how.no_campaigns"))
        for one in earning.campaigns:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                with st.container(gap=None, width="stretch"):
                    st.markdown(f"**{format.md_escape(campaign_title(one))}**")
                    st.caption(format.md_escape(campaign_where(one, days)))
                if is_running(one):
                    st.badge(text("points.campaign.running"), icon=":material/bolt:", color="green")
                else:
                    st.badge(text("points.campaign.upcoming"), icon=":material/schedule:", color="gray")
