"""Which stretch of time and which currency is looked at: the same on every screen, and in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from data.period import Span
from pages.ui import format, links, periods, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import text
from pages.ui.periods import Period, PeriodKind

_RANGE = 2  # a range has two ends; the first click gives one


def period_picker(today: date, *, key: str = "period", kinds: Sequence[PeriodKind] = periods.KINDS) -> Period:
    """Draw the controls and answer the chosen period (`?period=2026-10`); the person's month on the first visit.

    Looks at the address first (a link may say which period), then at what was chosen on any screen before.
    """
    chosen = _current(today, kinds)
    session.choose_period(chosen)
    links.set_param("period", chosen.code)
    with st.container(horizontal=True, width="content", vertical_alignment="bottom", gap="small", key=f"{key}.row"):
        if len(kinds) > 1:
            _kind_control(chosen, today, kinds, key)
        _step_controls(chosen, today, key)
        if chosen.kind == "custom":
            _days_control(chosen, key)
    return chosen


def _current(today: date, kinds: Sequence[PeriodKind]) -> Period:
    start = session.month_start()
    linked = periods.decoded(links.param("period") or "", start)
    for candidate in (linked, session.period()):
        if candidate is not None and candidate.kind in kinds:
            return candidate
    return periods.around(kinds[0], today, start)


def _look_at(period: Period) -> None:
    session.choose_period(period)
    links.set_param("period", period.code)


def _kind_control(chosen: Period, today: date, kinds: Sequence[PeriodKind], key: str) -> None:
    name = f"{key}.kind"

    def change() -> None:
        kind = session.widget(name) or chosen.kind
        day = today if today in chosen.span else chosen.span.start
        _look_at(periods.around(kind, day, session.month_start()))

    names = {kind: text(f"period.{kind}") for kind in kinds}  # said now: tests call format_func outside the run
    session.set_widget(name, chosen.kind)
    st.segmented_control(
        text("period.label"),
        kinds,
        key=name,
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=change,
    )


def _step_controls(chosen: Period, today: date, key: str) -> None:
    start = session.month_start()
    earlier, later = periods.shifted(chosen, -1, start), periods.shifted(chosen, 1, start)
    with st.container(horizontal=True, width="content", vertical_alignment="center", gap="xsmall"):
        st.button(
            "",
            icon=":material/chevron_left:",
            key=f"{key}.earlier",
            help=text("period.earlier"),
            type="tertiary",
            on_click=_look_at,
            args=(earlier,),
        )
        st.markdown(f"**{format.md_escape(format.period(chosen))}**", width="content")
        st.button(
            "",
            icon=":material/chevron_right:",
            key=f"{key}.later",
            help=text("period.later"),
            type="tertiary",
            disabled=later.span.start > today,
            on_click=_look_at,
            args=(later,),
        )


def _days_control(chosen: Period, key: str) -> None:
    name = f"{key}.days"

    def change() -> None:
        days = list(session.widget(name) or ())
        if len(days) == _RANGE:
            _look_at(Period("custom", Span(days[0], days[1] + timedelta(days=1))))

    days = st.date_input(
        text("period.days"),
        (chosen.span.start, chosen.span.last),
        key=name,
        format="YYYY-MM-DD",
        label_visibility="collapsed",
        on_change=change,
        width=240,
    )
    if isinstance(days, tuple) and len(days) < _RANGE:
        st.caption(text("period.choose_both"))


def currency_switch(currencies: Sequence[str], *, key: str = "currency") -> str:
    """The currency to look at: the chosen one, else the first given. Drawn only when there are several."""
    kept = session.currency()
    current = kept if kept is not None and kept in currencies else currencies[0]
    if len(currencies) <= 1:
        return current

    def change() -> None:
        session.choose_currency(session.widget(key) or current)

    session.set_widget(key, current)
    st.segmented_control(
        text("common.currency"),
        currencies,
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=change,
    )
    return current
