"""Which order of dates a document means, where it can be read in more than one: asked with its own days."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final

import streamlit as st

from data.importers.mapping import DateOrder, Mapping
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import text
from pages.ui.screens.importing import drop
from pages.ui.screens.importing.drop import Waiting

_ORDERS: Final = (DateOrder.MDY, DateOrder.DMY)


def ask(one: Waiting) -> None:
    """Both readings with the days the file would then begin and end on; the one pressed is how it is read."""
    mapping = one.parsed.mapping
    if mapping is None:
        return
    st.warning(text("importing.dates.ask"), icon=":material/help:")
    with st.container(horizontal=True, vertical_alignment="center"):
        for order in _ORDERS:
            st.button(
                text(f"importing.dates.{order.value}", days=_days(one, mapping, order)),
                key=f"import.dates.{one.key}.{order.value}",
                type="primary" if order is mapping.date_order else "secondary",
                on_click=_settle,
                args=(one, order),
            )


def _settle(one: Waiting, order: DateOrder) -> None:
    if one.parsed.mapping is not None:
        drop.replace(one.key, (drop.reread(one, _in(one.parsed.mapping, order)),))


def _in(mapping: Mapping, order: DateOrder) -> Mapping:
    return dataclasses.replace(mapping, date_order=order, doubts=())


def _days(one: Waiting, mapping: Mapping, order: DateOrder) -> str:
    """The first and last day of the file in this order."""
    place = f"import.dates.{one.stamp}.{order.value}"
    known: tuple[date, date] | None = session.recall(place, None)
    days = known or drop.reread(one, _in(mapping, order)).days
    session.keep(place, days)
    return format.NONE if days is None else f"{format.iso(days[0])} – {format.iso(days[1])}"
