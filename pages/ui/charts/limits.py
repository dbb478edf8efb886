"""How far each limit is used: bars on one scale, 100 % marked, the excess beyond it drawn apart and said in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.catalogue import translator
from pages.ui.charts.frame import EDGE, VEIL, Figure, Look, caption_rows, frame, hover, rows_axis
from pages.ui.theme import Status

_ROW = 46
_WHOLE = 100
_SCALE = 125  # per cent shown beyond the bar's end while nothing goes farther
_FARTHEST = 250  # per cent; a bar beyond is cut here, its text still says how far it went


@dataclasses.dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit: `spent` of `limit` minor units (carry-over included) and the status the analysis gave it."""

    id: str
    name: str
    spent: int
    limit: int
    status: Status

    @property
    def used(self) -> int:
        """Whole per cent of the limit that is used, rounded down; 100 and more only when it really is."""
        return 0 if self.spent <= 0 else self.spent * _WHOLE // self.limit if self.limit > 0 else _FARTHEST


def budget_bars(look: Look, rows: Sequence[LimitRow]) -> Figure:
    """One horizontal bar a limit, the first on top; a click selects the limit's id."""
    reach = min(_FARTHEST, max([_SCALE, *(row.used for row in rows)]))
    traces = [_track(look, rows), _within(look, rows), _beyond(look, rows)]
    edges = [_edge(place) for place in range(len(rows))]
    return frame(
        traces,
        height=_ROW * max(len(rows), 1) + 40,
        margin={"l": 0, "r": 0, "t": 24, "b": 0},
        barmode="overlay",
        shapes=edges,
        annotations=caption_rows([(row.id, row.name, _said(look, row)) for row in rows]),
        xaxis={
            "range": [0, reach],
            "tickmode": "array",
            "tickvals": [_WHOLE],
            "ticktext": ["100%"],
            "side": "top",
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis=rows_axis([row.id for row in rows]),
    )


def _edge(place: int) -> dict[str, Any]:
    """The mark at 100 % across one bar."""
    return {
        "type": "line",
        "x0": _WHOLE,
        "x1": _WHOLE,
        "y0": place - 0.14,
        "y1": place + 0.14,
        "layer": "above",
        "line": {"color": EDGE, "width": 2},
    }


def _bar(look: Look, rows: Sequence[LimitRow], lengths: list[int], **more: object) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "y": [row.id for row in rows],
        "x": lengths,
        "width": 0.24,
        "customdata": [[row.id, _told(look, row)] for row in rows],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        **more,
    }


def _track(look: Look, rows: Sequence[LimitRow]) -> dict[str, Any]:
    return _bar(look, rows, [_WHOLE] * len(rows), marker={"color": VEIL})


def _within(look: Look, rows: Sequence[LimitRow]) -> dict[str, Any]:
    colours = [look.palette.status[row.status] for row in rows]
    return _bar(look, rows, [min(row.used, _WHOLE) for row in rows], marker={"color": colours})


def _beyond(look: Look, rows: Sequence[LimitRow]) -> dict[str, Any]:
    """What lies beyond the limit, hatched."""
    over = look.palette.status["over"]
    return _bar(
        look,
        rows,
        [max(0, min(row.used, _FARTHEST) - _WHOLE) for row in rows],
        base=_WHOLE,
        marker={"color": over, "pattern": {"shape": "/", "size": 5, "solidity": 0.45, "fillmode": "replace"}},
    )


def _said(look: Look, row: LimitRow) -> str:
    told = translator(look.language)
    rest = row.limit - row.spent
    key = "budget.over_by" if rest < 0 else "budget.left"
    mark = "» " if row.used > _FARTHEST else ""
    return f"{mark}{format.percent(row.used)} · {told.text(key, amount=look.money(abs(rest)))}"


def _told(look: Look, row: LimitRow) -> str:
    told = translator(look.language)
    share = told.text("budget.of", spent=look.money(row.spent), limit=look.money(row.limit))
    return hover(row.name, share, told.text(f"budget.status.{row.status}"), _said(look, row))
