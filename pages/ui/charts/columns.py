"""How an amount moves over time: bars, stacked bars, lines, a forecast with its range, a sparkline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pages.ui.catalogue import translator
from pages.ui.charts.frame import EDGE, Figure, Look, Series, Step, frame, hover, money_axis, places, steps_axis, words
from pages.ui.theme import mix

_HATCH = {"fillmode": "replace", "size": 6, "solidity": 0.35}


def bars(
    look: Look,
    steps: Sequence[Step],
    series: Sequence[Series],
    *,
    line: Series | None = None,
    partial_last: bool = False,
    highlight: str | None = None,
    height: int = 300,
) -> Figure:
    """Amounts per step as bars, side by side when there are several series.

    line: drawn over the bars as a dotted line (a limit, an average). partial_last: the last step is not over yet and
    is hatched. highlight: the id of the one step in full colour, the others quiet.
    """
    return _columns(look, steps, series, "group", line, partial_last, highlight, height)


def stacked_bars(
    look: Look,
    steps: Sequence[Step],
    series: Sequence[Series],
    *,
    line: Series | None = None,
    partial_last: bool = False,
    height: int = 300,
) -> Figure:
    """Amounts per step, the series on top of each other (negative ones below zero)."""
    return _columns(look, steps, series, "relative", line, partial_last, None, height)


def _columns(
    look: Look,
    steps: Sequence[Step],
    series: Sequence[Series],
    mode: Literal["group", "relative"],
    line: Series | None,
    partial_last: bool,  # noqa: FBT001 - a private helper with one call per public builder
    highlight: str | None,
    height: int,
) -> Figure:
    traces = [
        _column(look, steps, one, _colour(look, one, n), partial_last=partial_last, highlight=highlight)
        for n, one in enumerate(series)
    ]
    if line is not None:
        traces.append(_line(look, steps, line, line.colour or EDGE, dash="dot"))
    extremes = _extremes(series, len(steps), stacked=mode == "relative") + _values(line)
    return frame(
        traces,
        height=height,
        barmode=mode,
        bargap=0.32,
        bargroupgap=0.08,
        showlegend=len(traces) > 1,
        xaxis=steps_axis(steps),
        yaxis=money_axis(look, extremes),
    )


def _column(
    look: Look, steps: Sequence[Step], series: Series, colour: str, *, partial_last: bool, highlight: str | None
) -> dict[str, Any]:
    last = len(steps) - 1
    quiet = mix(colour, look.palette.background, 38)
    return {
        "type": "bar",
        "name": words(series.name),
        "x": places(steps),
        "y": list(series.values),
        "customdata": _marks(look, steps, series, partial_last=partial_last),
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "marker": {
            "color": [colour if highlight in (None, step.id) else quiet for step in steps],
            "pattern": {
                **_HATCH,
                "shape": ["/" if partial_last and n == last else "" for n in range(len(steps))],
            },
        },
    }


def lines(
    look: Look,
    steps: Sequence[Step],
    series: Sequence[Series],
    *,
    partial_last: bool = False,
    fill: bool = False,
    height: int = 300,
) -> Figure:
    """Amounts per step as lines, the first one emphasised; `fill` shades the area under a single line.

    With `partial_last` the way to the last step, which is not over yet, is dotted.
    """
    traces = [
        trace
        for n, one in enumerate(series)
        for trace in _line_pair(look, steps, one, _colour(look, one, n), partial_last=partial_last)
    ]
    if fill and len(series) == 1:
        traces[0] |= {"fill": "tozeroy", "fillcolor": _glass(_colour(look, series[0], 0))}
    return frame(
        traces,
        height=height,
        showlegend=len(series) > 1,
        xaxis=steps_axis(steps),
        yaxis=money_axis(look, _extremes(series, len(steps), stacked=False)),
    )


def _line_pair(
    look: Look, steps: Sequence[Step], series: Series, colour: str, *, partial_last: bool
) -> list[dict[str, Any]]:
    if not partial_last or len(steps) <= 1:
        return [_line(look, steps, series, colour)]
    whole = Series(series.name, [*series.values[:-1], None], colour, series.id)
    tail = Series(series.name, [None] * (len(steps) - 2) + list(series.values[-2:]), colour, series.id)
    return [_line(look, steps, whole, colour), _line(look, steps, tail, colour, dash="dot") | {"showlegend": False}]


def _line(look: Look, steps: Sequence[Step], series: Series, colour: str, *, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines" if dash == "dot" and len(set(series.values)) == 1 else "lines+markers",
        "name": words(series.name),
        "x": places(steps),
        "y": list(series.values),
        "customdata": _marks(look, steps, series, partial_last=False),
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"size": 5, "color": colour},
    }


def forecast_band(
    look: Look,
    steps: Sequence[Step],
    actual: Series,
    *,
    low: Sequence[int | None],
    middle: Sequence[int | None],
    high: Sequence[int | None],
    limit: int | None = None,
    height: int = 300,
) -> Figure:
    """A running total as a line, then the forecast as a dotted line within its range; `limit` as a line across.

    `low`, `middle`, `high` have one value per step, None where the actual figure is known.
    """
    told = translator(look.language)
    colour = actual.colour or look.palette.accent
    forecast = Series(told.text("common.estimate"), middle, colour)
    traces = [
        _edge(steps, low, fill=None),
        _edge(steps, high, fill=_glass(colour)),
        _line(look, steps, actual, colour) | {"mode": "lines"},
        _line(look, steps, forecast, colour, dash="dot") | {"mode": "lines"},
    ]
    for n, (bottom, top) in enumerate(zip(low, high, strict=True)):
        if bottom is not None and top is not None:
            span = told.text("chart.range", low=look.money(bottom), high=look.money(top))
            marks = traces[3]["customdata"]
            marks[n] = [steps[n].id, f"{marks[n][1]}<br>{words(span)}"]
    if limit is not None:
        across = Series(told.text("budget.limit"), [limit] * len(steps), look.palette.status["near"])
        traces.append(_line(look, steps, across, look.palette.status["near"], dash="dash") | {"mode": "lines"})
    known = [value for values in (actual.values, middle, high, [limit]) for value in values if value is not None]
    return frame(traces, height=height, showlegend=True, xaxis=steps_axis(steps), yaxis=money_axis(look, known))


def _edge(steps: Sequence[Step], values: Sequence[int | None], *, fill: str | None) -> dict[str, Any]:
    shade = {"fill": "tonexty", "fillcolor": fill} if fill else {}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": places(steps),
        "y": list(values),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        **shade,
    }


def sparkline(look: Look, values: Sequence[int], *, colour: str | None = None, height: int = 44) -> Figure:
    """The bare shape of a series from zero, no axes, no hover: for a card or a table cell."""
    tone = colour or look.palette.accent
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": list(range(len(values))),
        "y": list(values),
        "line": {"color": tone, "width": 1.75},
        "fill": "tozeroy",
        "fillcolor": _glass(tone),
        "hoverinfo": "skip",
    }
    top = max(1, *values, 1)
    hidden = {"visible": False, "fixedrange": True}
    return frame(
        [trace],
        height=height,
        margin={"l": 0, "r": 0, "t": 2, "b": 0},
        xaxis=hidden,
        yaxis={**hidden, "range": [min(0, *values, 0), top + top // 20]},
    )


def _marks(look: Look, steps: Sequence[Step], series: Series, *, partial_last: bool) -> list[list[str]]:
    open_month = translator(look.language).text("common.partial_month")
    last = len(steps) - 1
    return [
        [
            step.id,
            hover(
                step.title,
                f"{series.name}  {format_or_none(look, value)}",
                *([open_month] if partial_last and n == last else []),
            ),
            series.id,
        ]
        for n, (step, value) in enumerate(zip(steps, series.values, strict=True))
    ]


def format_or_none(look: Look, minor: int | None) -> str:
    """An amount, or a dash where there is none."""
    return "–" if minor is None else look.money(minor)


def _colour(look: Look, series: Series, place: int) -> str:
    return series.colour or look.palette.slot(place)


def _values(series: Series | None) -> list[int]:
    return [value for value in (series.values if series else ()) if value is not None]


def _extremes(series: Sequence[Series], count: int, *, stacked: bool) -> list[int]:
    if not stacked:
        return [value for one in series for value in _values(one)]
    columns = [[one.values[n] or 0 for one in series] for n in range(count)]
    return [sum(v for v in column if v > 0) for column in columns] + [
        sum(v for v in column if v < 0) for column in columns
    ]


def _glass(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"
