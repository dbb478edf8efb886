"""Which days of a month cost much: a calendar whose days can be tapped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from data.period import Span, week_of
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.charts.frame import EDGE, VEIL, Figure, Look, frame, hover
from pages.ui.theme import ink_on

_ROW = 52


def calendar_heat(
    look: Look,
    month: Span,
    spent: Mapping[date, int],
    *,
    today: date | None = None,
    sunday_first: bool = False,
) -> Figure:
    """A grid of weeks; the darker a day, the more was spent. A tap selects the day's ISO date.

    spent: minor units per day; days without an entry cost nothing. Days after `today` are drawn empty.
    """
    first = week_of(month.start, sunday_first=sunday_first).start
    days = list(month.dates())
    weeks = (month.last - first).days // 7 + 1
    traces = [_cells(look, days, first, spent, today)]
    columns = [first + timedelta(days=n) for n in range(7)]
    across = {
        "tickmode": "array",
        "tickvals": list(range(7)),
        "ticktext": [format.weekday(day, language=look.language) for day in columns],
        "side": "top",
        "range": [-0.5, 6.5],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }
    down = {"visible": False, "range": [-weeks, 0], "fixedrange": True}
    margin = {"l": 0, "r": 0, "t": 26, "b": 0}
    return frame(traces, height=_ROW * weeks + 30, barmode="overlay", xaxis=across, yaxis=down, margin=margin)


def _cells(look: Look, days: list[date], first: date, spent: Mapping[date, int], today: date | None) -> dict[str, Any]:
    """Days as bars that float on their week: unlike a heatmap's cells, bars can be selected."""
    top = max((spent.get(day, 0) for day in days), default=0)
    ahead = [today is not None and day > today for day in days]
    colours = [
        look.palette.heat(spent[day], top) if spent.get(day) else "rgba(0,0,0,0)" if late else VEIL
        for day, late in zip(days, ahead, strict=True)
    ]
    return {
        "type": "bar",
        "x": [(day - first).days % 7 for day in days],
        "base": [-((day - first).days // 7) - 0.96 for day in days],
        "y": [0.92] * len(days),
        "width": 0.94,
        "text": [_label(look, day, spent.get(day, 0)) for day in days],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "insidetextfont": {
            "size": 12,
            "color": [ink_on(colour) if spent.get(day) else EDGE for day, colour in zip(days, colours, strict=True)],
        },
        "customdata": [[day.isoformat(), _told(look, day, spent.get(day, 0))] for day in days],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "marker": {
            "color": colours,
            "line": {
                "color": [EDGE if day == today else "rgba(0,0,0,0)" for day in days],
                "width": [3 if day == today else 0 for day in days],
            },
        },
    }


def _label(look: Look, day: date, minor: int) -> str:
    return f"{day.day}<br><span style='font-size:10px'>{look.short(minor)}</span>" if minor else str(day.day)


def _told(look: Look, day: date, minor: int) -> str:
    title = f"{format.day(day, language=look.language)} {format.weekday(day, language=look.language)}"
    return hover(title, look.money(minor))
