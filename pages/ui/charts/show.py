"""Putting a figure on the page and learning what was clicked."""

from __future__ import annotations

import functools
from typing import Any

import plotly.io
import streamlit as st
from babel.dates import get_day_names, get_month_names
from plotly.basedatatypes import BaseFigure

from pages.ui import session
from pages.ui.catalogue import Language
from pages.ui.charts.frame import Figure


def show(figure: Figure, key: str, *, alt: str | None = None) -> None:
    """Draw `figure`. `alt` says in words what it shows, for those who cannot see it."""
    st.plotly_chart(_Drawn(figure), key=key, config=_config(session.language()), alt=alt)


def show_selectable(figure: Figure, key: str, *, alt: str | None = None) -> str | None:
    """Draw `figure` so that a click on a mark selects it; the id of the selected mark, else None.

    The answer stays at every rerun while the mark is selected; another click on it takes it back.
    """
    state = st.plotly_chart(
        _Drawn(figure),
        key=key,
        config=_config(session.language()),
        alt=alt,
        on_select="rerun",
        selection_mode="points",
    )
    return selected_id(state)


class _Drawn(BaseFigure):  # type: ignore[misc] # plotly ships no types
    """A figure that is right already: tests check every kind, so not every drawing needs to check and copy it again."""

    def __init__(self, figure: Figure) -> None:
        # Not plotly's own making, which is what costs: it goes through every property of figure and template.
        self._figure = figure

    def to_dict(self) -> dict[str, Any]:
        """The figure with Streamlit's template, which its scripts look for when they apply the theme."""
        return {**self._figure, "layout": {"template": _template(), **self._figure.get("layout", {})}}

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


@functools.cache
def _template() -> dict[str, Any]:
    found: dict[str, Any] = plotly.io.templates["streamlit"].to_plotly_json()
    return found


def selected_id(state: Any) -> str | None:  # noqa: ANN401 - Streamlit's own state object, or None before the first click
    """The id of the first selected mark in a chart's selection state."""
    points = state.selection.points if state else []
    if not points:
        return None
    mark = points[0].get("customdata") or [points[0].get("id")]
    return str(mark[0]) if mark[0] is not None else None


@functools.cache
def _config(spoken: Language) -> dict[str, Any]:
    settings: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
    return settings if spoken == "en" else settings | {"locale": "zh-CN", "locales": {"zh-CN": _chinese()}}


def _chinese() -> dict[str, Any]:
    """Names for the few texts that Plotly writes itself."""
    return {
        "dictionary": {},
        "format": {
            "days": _names(get_day_names("wide", locale="zh_Hans_CN"), sunday_first=True),
            "shortDays": _names(get_day_names("abbreviated", locale="zh_Hans_CN"), sunday_first=True),
            "months": list(get_month_names("wide", locale="zh_Hans_CN").values()),
            "shortMonths": list(get_month_names("abbreviated", locale="zh_Hans_CN").values()),
            "date": "%Y-%m-%d",
            "decimal": ".",
            "thousands": ",",
        },
    }


def _names(by_day: Any, *, sunday_first: bool) -> list[str]:  # noqa: ANN401 - babel's lazy mapping
    order = [6, 0, 1, 2, 3, 4, 5] if sunday_first else range(7)
    return [by_day[day] for day in order]
