"""Points campaigns: more points for a while; starting one, stopping one, and the list of all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal
from uuid import UUID

import streamlit as st

from analytics.offers import Campaign, Course
from data.ids import new_id
from data.merchants import EarnRule
from data.money import Money, exponent
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.offers.coupon_form import scope_fields, window_fields
from pages.ui.screens.offers.preview import fault_said
from pages.ui.screens.offers.publisher import Publisher
from pages.ui.screens.offers.typed import Fault, number, window_faults
from pages.ui.screens.points.earning_words import campaign_title, campaign_where, times
from pages.ui.screens.points.window import Days
from pages.ui.screens.settings.sending import send, send_from_callback
from pages.ui.widgets import card

_OFFERED: Final = ("1.5×", "2×", "3×", "5×", "10×")
_ONE: Final = 10_000  # basis points: once
_MOST: Final = 100
_NAME: Final = 40
_BADGES: Final[Mapping[Course, tuple[str, Literal["green", "blue", "gray"]]]] = {
    Course.RUNNING: (":material/bolt:", "green"),
    Course.UPCOMING: (":material/schedule:", "blue"),
    Course.OFF: (":material/pause:", "gray"),
    Course.OVER: (":material/event_busy:", "gray"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class TypedCampaign:
    """The fields as they stand. ends: the last day, None without end. merchant, category: what it is narrowed to."""

    name: str
    times: str
    begins: date | None
    ends: date | None
    merchant: UUID | None = None
    category: str = ""


def campaign_of(typed: TypedCampaign, code: str, days: Days) -> tuple[EarnRule | None, list[Fault]]:
    """The rule that the form means, or what is wrong with it."""
    multiplier = multiplier_of(typed.times)
    faults = [
        *([] if multiplier else [Fault("times", "unreadable")]),
        *window_faults(typed.begins, typed.ends, days.today),
    ]
    if faults or not multiplier or typed.begins is None:
        return None, faults
    rule = EarnRule(
        code=code,
        multiplier_bp=multiplier,
        merchant=str(typed.merchant) if typed.merchant else "",
        category=typed.category,
        valid_from=days.begin(typed.begins),
        valid_to=days.end(typed.ends) if typed.ends else None,
        name=typed.name.strip(),
    )
    return rule, []


def campaign_form(user: User, publisher: Publisher, base: EarnRule, days: Days) -> None:
    """The card in which a campaign is started; then the form is empty again."""
    turn = f"{publisher.key}.campaign.turn"
    key = f"{publisher.key}.campaign.{session.recall(turn, 0)}"
    body, _ = card(text("offers.campaign.new"), key=f"{publisher.key}.campaign.card")
    with body:
        typed = _fields(publisher, key, days)
        rule, faults = campaign_of(typed, f"c-{session.once(f'{key}.id', lambda: new_id().hex)}", days)
        if rule:
            st.caption(format.md_escape(_example(base, rule.multiplier_bp, publisher.currencies[0])))
        icon = ":material/rocket_launch:"
        if not st.button(text("offers.campaign.start"), key=f"{key}.do", type="primary", icon=icon):
            return
        for fault in faults:
            st.error(format.md_escape(fault_said(fault)), icon=":material/error:")
        if rule and _start(user, publisher, rule, key):
            session.keep(turn, session.recall(turn, 0) + 1)
            st.rerun()


def _fields(publisher: Publisher, key: str, days: Days) -> TypedCampaign:
    left, right = st.columns(2)
    with left:
        name = st.text_input(text("offers.campaign.name"), key=f"{key}.name", max_chars=_NAME)
    with right:
        chosen = st.selectbox(
            text("offers.campaign.times"), _OFFERED, index=1, key=f"{key}.times", accept_new_options=True
        )
    begins, ends = window_fields(key, days)
    scoped = {} if publisher.merchant else scope_fields(publisher, key)
    return TypedCampaign(name, chosen or "", begins, ends, **scoped)


def _start(user: User, publisher: Publisher, rule: EarnRule, key: str) -> bool:
    return send(
        key,
        lambda request: publisher.campaign(user, request, rule, active=True),
        lambda _none: text("offers.campaign.started"),
    )


def multiplier_of(typed: str) -> int | None:
    """`2×` in basis points; None for what is no multiplier above one."""
    value = number(typed)
    if value is None or not 1 < value <= _MOST:
        return None
    found = value * _ONE
    return int(found) if found == found.to_integral_value() else None


def _example(base: EarnRule, multiplier: int, currency: str) -> str:
    """What a purchase of a hundred earns, with and without; by the rule that floors once (LEDGER §5)."""
    gross = 100 * 10 ** exponent(currency)
    usual = gross * base.points_per_unit * base.multiplier_bp // (100 * _ONE)
    more = gross * base.points_per_unit * (base.multiplier_bp * multiplier // _ONE) // (100 * _ONE)
    amount = format.money(Money(gross, currency))
    return text("offers.campaign.example", amount=amount, more=format.count(more), usual=format.count(usual))


def campaign_list(user: User, publisher: Publisher, campaigns: Sequence[Campaign], days: Days) -> None:
    """The card of campaigns; each that is not over can be stopped and taken up again."""
    body, _ = card(text("offers.campaigns"), key=f"{publisher.key}.campaigns")
    with body:
        if not campaigns:
            st.caption(text("offers.campaigns.none"))
        for one in campaigns:
            _campaign(user, publisher, one, days)


def _campaign(user: User, publisher: Publisher, one: Campaign, days: Days) -> None:
    form = f"{publisher.key}.campaign.{one.rule.code}.{one.change}"
    icon, colour = _BADGES[one.course]
    row = st.container(horizontal=True, vertical_alignment="center", border=True, key=f"{form}.row")
    with row:
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{format.md_escape(campaign_title(one))}**")
            st.caption(format.md_escape(campaign_where(one, days)))
        st.badge(text(f"offers.course.{one.course}"), icon=icon, color=colour)
        if one.course is not Course.OVER:
            session.set_widget(form, one.active)
            st.toggle(
                text("offers.campaign.on", times=times(one.rule.multiplier_bp)),
                key=form,
                label_visibility="collapsed",
                on_change=_turn,
                args=(user, publisher, one, form),
            )


def _turn(user: User, publisher: Publisher, one: Campaign, form: str) -> None:
    wanted = not one.active
    send_from_callback(
        form,
        lambda request: publisher.campaign(user, request, one.rule, active=wanted),
        lambda _none: text("offers.campaign.started" if wanted else "offers.campaign.stopped"),
    )
