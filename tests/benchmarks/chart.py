"""Time over size on logarithmic scales: as a Plotly chart for the report, as a small SVG for README."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from tests.benchmarks.figures import Found
from tests.benchmarks.worker import COVERING, OURS, PANDAS, POLARS, POSTGRES, ROLLUP, STREAMED

_COLOURS: Final = {
    OURS: "#2F5BEA",
    ROLLUP: "#12A89B",
    STREAMED: "#7DB84F",
    COVERING: "#F2A33A",
    PANDAS: "#E4576B",
    POLARS: "#8B5CF6",
    POSTGRES: "#4FA3E0",
}
_GREY: Final = "#94A3B8"
_SIZES: Final = {10_000: "10 k", 100_000: "100 k", 1_000_000: "1 M", 10_000_000: "10 M"}
_STEPS: Final = ((1, "1 ms"), (10, "10 ms"), (100, "0.1 s"), (1_000, "1 s"), (10_000, "10 s"), (100_000, "100 s"))
Line = tuple[str, str, bool, list[tuple[int, float]]]  # name, colour, dashed, points


def lines(found: Found) -> list[Line]:
    """What is drawn: ours held, uncached and after a change; the rivals as they answer."""
    ours = [
        (f"{OURS}, held", "#2F5BEA", False, found.series(OURS, "held")),
        (f"{OURS}, after a change", "#2F5BEA", True, found.series(OURS, "change")),
        (f"{OURS}, nothing held", "#96B3FF", False, found.series(OURS, "uncached")),
    ]
    return ours + [
        (name, _COLOURS.get(name, _GREY), False, found.series(name, "held")) for name in found.names() if name != OURS
    ]


def div(found: Found) -> str:
    """The chart with the library it needs, as a piece of HTML."""
    from plotly.io import to_html  # noqa: PLC0415 - only a report needs it

    drawn: str = to_html(_figure(found), include_plotlyjs=True, full_html=False, config={"displayModeBar": False})
    return drawn


def _figure(found: Found) -> dict[str, Any]:
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": [rows for rows, _ in points],
            "y": [round(ms, 3) for _, ms in points],
            "line": {
                "color": colour,
                "width": 3 if name.startswith(OURS) else 2,
                "dash": "dash" if dashed else "solid",
            },
            "hovertemplate": "%{y:,.3~g} ms<extra>%{fullData.name}</extra>",
        }
        for name, colour, dashed, points in lines(found)
    ]
    sizes = [size.rows for size in found.sizes]
    ticks = {"tickvals": sizes, "ticktext": [_SIZES.get(rows, f"{rows:,}") for rows in sizes]}
    layout = {
        "height": 520,
        "margin": {"l": 60, "r": 20, "t": 20, "b": 50},
        "template": "plotly_white",
        "hovermode": "x unified",
        "legend": {"orientation": "h", "y": -0.15},
        "xaxis": {"type": "log", "title": {"text": "transactions of one owner"}, **ticks},
        "yaxis": {
            "type": "log",
            "title": {"text": "all four answers"},
            "tickvals": [ms for ms, _ in _STEPS],
            "ticktext": [text for _, text in _STEPS],
        },
    }
    return {"data": traces, "layout": layout}


_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 400, 60, 235, 44, 44
_LEAST_GAP: Final = 15  # between two names


def svg(found: Found) -> str:
    """The same as a picture: names at the ends of their lines, readable on light and on dark."""
    drawn = [line for line in lines(found) if line[3]]
    rows = [size.rows for size in found.sizes]
    every = [ms for *_, points in drawn for _, ms in points]
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))

    def x(size: int) -> float:
        span = math.log10(rows[-1] / rows[0]) or 1
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log10(size / rows[0]) / span

    def y(ms: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - math.log10(ms)) / (high - low)

    parts = [_frame("Four dashboard answers: time by number of transactions (both scales logarithmic)")]
    parts += [_step(y(ms), text) for ms, text in _STEPS if low <= math.log10(ms) <= high]
    parts += [_text(x(size), _HEIGHT - _BOTTOM + 22, _SIZES.get(size, f"{size:,}"), "middle") for size in rows]
    for _, colour, dashed, points in drawn:
        parts.append(_path([(x(size), y(ms)) for size, ms in points], colour, thick=colour == "#2F5BEA", dashed=dashed))
    ends = _spread([(y(points[-1][1]), name, colour) for name, colour, _, points in drawn])
    last = x(rows[-1]) + 10
    parts += [
        _text(last, at + 4, name.replace("Little Gold Card", "小金卡"), "start", colour) for at, name, colour in ends
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _frame(title: str) -> str:
    font = "font-family='system-ui, -apple-system, Segoe UI, sans-serif' font-size='12.5'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {_HEIGHT}' {font}>\n"
        f"<rect width='{_WIDTH}' height='{_HEIGHT}' rx='10' fill='#FFFFFF'/>\n"
        f"<text x='{_LEFT}' y='24' fill='#16202E' font-size='14' font-weight='600'>{title}</text>"
    )


def _step(at: float, text: str) -> str:
    line = f"<path d='M{_LEFT} {at:.1f}H{_WIDTH - _RIGHT}' stroke='#E9EDF3'/>"
    return line + _text(_LEFT - 8, at + 4, text, "end")


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#5B6B80") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{colour}'>{text}</text>"


def _path(points: Sequence[tuple[float, float]], colour: str, *, thick: bool, dashed: bool) -> str:
    way = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
    dash = " stroke-dasharray='6 4'" if dashed else ""
    dots = "".join(f"<circle cx='{px:.1f}' cy='{py:.1f}' r='3' fill='{colour}'/>" for px, py in points)
    return f"<path d='{way}' fill='none' stroke='{colour}' stroke-width='{3 if thick else 2}'{dash}/>{dots}"


def _spread(ends: list[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """The names' heights, moved apart where they would cover each other."""
    ordered = sorted(ends)
    heights = [at for at, *_ in ordered]
    for _ in range(200):
        for n in range(len(heights) - 1):
            short = _LEAST_GAP - (heights[n + 1] - heights[n])
            if short > 0:
                heights[n] -= short / 2
                heights[n + 1] += short / 2
    lowest = _HEIGHT - 12
    over = max(0.0, heights[-1] - lowest) if heights else 0.0
    return [(at - over, name, colour) for at, (_, name, colour) in zip(heights, ordered, strict=True)]
