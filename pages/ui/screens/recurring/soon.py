"""On the overview: what comes within a week, and what should have come and did not."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.recurring import everything
from analytics.recurring_calendar import Item, coming_up, missed
from analytics.scope import Scope
from data.money import Money
from data.recurring import Side
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import plural, text
from pages.ui.screens.recurring import words

_NAMED = 3


def soon(scope: Scope) -> None:
    """A line for each currency of the payments within seven days, and one for those that did not come."""
    known = everything(scope)
    items = [item for item in coming_up(known, scope.today) if item.series.side is Side.OUT]
    for currency in dict.fromkeys(item.series.currency for item in items):
        mine = [item for item in items if item.series.currency == currency]
        amount = format.money(Money(sum(item.amount for item in mine), currency))
        _line("event_upcoming", plural("recurring.soon", len(mine), amount=amount, names=_days(mine)), currency)
    gone = [words.name(one) for one in missed(known)]
    if gone:
        _line("event_busy", text("recurring.soon.missed", names=_listed(gone)), "missed")


def _line(icon: str, said: str, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"overview.recurring.{key}"):
        st.markdown(f":material/{icon}: {format.md_escape(said)}", width="stretch")
        links.link("recurring", text("overview.look"))


def _days(items: Sequence[Item]) -> str:
    return _listed([f"{words.name(item.series)} {format.day(item.on)}" for item in items])


def _listed(names: Sequence[str]) -> str:
    comma = "、" if session.language() == "zh" else ", "
    return comma.join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")
