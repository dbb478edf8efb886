"""What a whole is made of: treemap, donut, ranked bars. Give them slices in the order to draw."""

from __future__ import annotations

from collections.abc import Sequence

from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.charts.frame import Figure, Look, Slice, caption_rows, frame, hover, rows_axis, words
from pages.ui.theme import ink_on

_ROW = 44


def treemap(look: Look, slices: Sequence[Slice], *, height: int = 360) -> Figure:
    """Parts as areas; a click selects one. Slices whose amount is not above zero cannot be drawn and are left out."""
    drawn = [part for part in slices if part.minor > 0]
    total = sum(part.minor for part in drawn if not part.parent)
    trace = {
        "type": "treemap",
        "ids": [part.id for part in drawn],
        "labels": [words(part.name) for part in drawn],
        "parents": [part.parent for part in drawn],
        "values": [part.minor for part in drawn],
        "branchvalues": "total",
        "customdata": [[part.id, _told(look, part, total), look.money(part.minor)] for part in drawn],
        "texttemplate": "<b>%{label}</b><br>%{customdata[2]}",
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "textfont": {"color": [ink_on(part.colour) for part in drawn], "size": 13},
        "textposition": "top left",
        "marker": {
            "colors": [part.colour for part in drawn],
            "cornerradius": 6,
            "line": {"width": 0},
            "pad": {"t": 8, "l": 8, "r": 8, "b": 8},
        },
        "tiling": {"pad": 3, "packing": "squarify"},
        "pathbar": {"visible": False},
        "sort": False,
    }
    return frame([trace], height=height, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def donut(look: Look, slices: Sequence[Slice], *, centre: str = "", height: int = 300) -> Figure:
    """Parts as a ring with their names and shares beside it, `centre` in the middle. A ring never selects."""
    drawn = [part for part in slices if part.minor > 0]
    total = sum(part.minor for part in drawn)
    trace = {
        "type": "pie",
        "hole": 0.7,
        "sort": False,
        "direction": "clockwise",
        "labels": [f"{words(part.name)}  {format.percent(part.minor, total)}" for part in drawn],
        "values": [part.minor for part in drawn],
        "customdata": [[part.id, _told(look, part, total)] for part in drawn],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "textinfo": "none",
        "domain": {"x": [0, 0.62]},
        "marker": {
            "colors": [part.colour for part in drawn],
        },
    }
    middle = {
        "text": words(centre),
        "showarrow": False,
        "x": 0.31,
        "y": 0.5,
        "xanchor": "center",
        "font": {"size": 17, "weight": 600},
    }
    legend = {
        "orientation": "v",
        "x": 0.68,
        "xanchor": "left",
        "y": 0.5,
        "yanchor": "middle",
        "font": {"size": 12.5},
        "itemclick": False,
        "itemdoubleclick": False,
    }
    return frame([trace], height=height, showlegend=True, legend=legend, annotations=[middle])


def ranked_bars(look: Look, slices: Sequence[Slice], *, total: int | None = None) -> Figure:
    """Parts as horizontal bars, the first on top, each with its amount and share; a click selects one.

    total: what shares are of; else the sum of the parts.
    """
    whole = sum(part.minor for part in slices) if total is None else total
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": [part.id for part in slices],
        "x": [part.minor for part in slices],
        "customdata": [[part.id, _told(look, part, whole)] for part in slices],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "marker": {"color": [part.colour for part in slices]},
        "width": 0.24,
    }
    captions = [
        (part.id, part.name, f"{look.money(part.minor)} · {format.percent(part.minor, whole)}") for part in slices
    ]
    amounts = [part.minor for part in slices]
    return frame(
        [trace],
        height=_ROW * max(len(slices), 1) + 16,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        annotations=caption_rows(captions),
        xaxis={"visible": False, "fixedrange": True, "range": [min(0, *amounts, 0), max(1, *amounts, 1)]},
        yaxis=rows_axis([part.id for part in slices]),
    )


def _told(look: Look, part: Slice, total: int) -> str:
    lines = [look.money(part.minor), *([format.percent(part.minor, total, digits=1)] if total else [])]
    return hover(part.name, "  ".join(lines), *([part.note] if part.note else []))
