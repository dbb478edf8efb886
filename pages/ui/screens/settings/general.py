"""How the screens speak and count: language, months, weeks, currency, time zone, refunds."""

from __future__ import annotations

import dataclasses
import zoneinfo
from functools import cache, partial
from typing import Literal, cast

import streamlit as st
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies

from data.period import LAST_DAY
from data.preferences import Preferences, choose_preferences
from pages.ui import session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send
from pages.ui.widgets import card

_FORM = "settings.general"
_DAYS = (*range(1, 29), LAST_DAY)
# Offered first; below them whatever is money somewhere today.
_COMMON = ("CNY", "HKD", "TWD", "USD", "EUR", "JPY", "GBP", "SGD", "KRW", "AUD", "CAD")


def show(user: User) -> None:
    """The form with what is in force, saved as one."""
    body, _ = card(text("settings.general.title"), key="settings.general.card", stretch=False)
    with body, st.form(_FORM, border=False, width=720):
        wanted = _fields(user.preferences)
        pressed = st.form_submit_button(text("action.save"), key="settings.general.save", type="primary")
    if pressed and send(_FORM, partial(_choose, user, wanted), lambda _none: text("message.saved")):
        st.rerun()
    body, _ = card(text("settings.theme"), key="settings.theme.card", stretch=False)
    body.caption(text("settings.theme.where"))


def _choose(user: User, wanted: Preferences, request: str) -> None:
    choose_preferences(user.database, user.owner, wanted, request, user.assurance)
    session.remember_preferences(wanted)  # so that the answer is said in the language just chosen


def _fields(now: Preferences) -> Preferences:
    language = _language(now)
    left, right = st.columns(2)
    with left:
        start = _month_start(now)
        currency = _currency(now)
    with right:
        sunday = _week_start(now)
        zone = _zone(now)
    purchase = _refunds(now)
    return dataclasses.replace(
        now,
        language=language,
        month_start_day=start,
        week_starts_sunday=sunday,
        currency=currency,
        zone=zone,
        refunds_in_purchase_month=purchase,
    )


def _language(now: Preferences) -> Literal["zh", "en"] | None:
    names = {"": text("settings.language.browser"), "zh": "中文", "en": "English"}
    chosen = st.segmented_control(
        text("settings.language"),
        list(names),
        default=now.language or "",
        key=f"{_FORM}.language",
        required=True,
        format_func=names.__getitem__,
    )
    return cast('Literal["zh", "en"]', chosen) if chosen else None


def _month_start(now: Preferences) -> int:
    names = {day: text("settings.month_start.day", day=day) for day in _DAYS}
    names[LAST_DAY] = text("settings.month_start.last")
    chosen: int = st.selectbox(
        text("settings.month_start"),
        _DAYS,
        index=_DAYS.index(now.month_start_day),
        key=f"{_FORM}.month_start",
        format_func=names.__getitem__,
        help=text("settings.month_start.help"),
    )
    return chosen


def _week_start(now: Preferences) -> bool:
    names = {False: text("settings.week_start.monday"), True: text("settings.week_start.sunday")}
    return st.selectbox(
        text("settings.week_start"),
        list(names),
        index=int(now.week_starts_sunday),
        key=f"{_FORM}.week_start",
        format_func=names.__getitem__,
    )


def _currency(now: Preferences) -> str:
    spoken = session.language()
    names = {
        code: f"{code} · {get_currency_name(code, locale=spoken)}"
        for code in dict.fromkeys((now.currency, *_COMMON, *_currencies()))
    }
    return st.selectbox(
        text("settings.currency"),
        list(names),
        key=f"{_FORM}.currency",
        format_func=names.__getitem__,
        help=text("settings.currency.help"),
    )


def _zone(now: Preferences) -> str:
    zones = list(dict.fromkeys((now.zone, *_zones())))
    return st.selectbox(text("settings.zone"), zones, key=f"{_FORM}.zone", help=text("settings.zone.help"))


def _refunds(now: Preferences) -> bool:
    names = {False: text("settings.refunds.arrival"), True: text("settings.refunds.purchase")}
    return st.radio(
        text("settings.refunds"),
        list(names),
        index=int(now.refunds_in_purchase_month),
        key=f"{_FORM}.refunds",
        format_func=names.__getitem__,
        captions=[text("settings.refunds.arrival.help"), text("settings.refunds.purchase.help")],
    )


@cache
def _currencies() -> tuple[str, ...]:
    return tuple(
        sorted({code for place in get_global("territory_currencies") for code in get_territory_currencies(place)})
    )


@cache
def _zones() -> tuple[str, ...]:
    """Places (`Asia/Shanghai`); not the abbreviations and offsets that the tables carry for old programs."""
    known = zoneinfo.available_timezones()
    return ("UTC", *sorted(one for one in known if "/" in one and not one.startswith(("Etc/", "SystemV/"))))
