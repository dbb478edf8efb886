"""What all charts have in common: quiet axes, money on ticks and in hovers, and the shape of their data.

A figure is a plain dict for `show`: building `plotly.express` figures costs three times the script run. Amounts are
drawn in minor units, so nothing is ever a float; ticks and hovers carry text written by `format`. Every mark carries
`customdata = [id, hover text]`: the id is what a click selects.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Sequence
from typing import Any

from data.money import Money, exponent
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.catalogue import Language
from pages.ui.theme import Palette, palette

Figure = dict[str, Any]
FONT = "Inter, 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
TICK_SIZE = 12
_TICKS = 4
HAIR = "rgba(124,137,157,0.22)"
VEIL = "rgba(124,137,157,0.14)"
EDGE = "#7C899D"
_APART = "\u200b"


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """How a chart is drawn: palette, language, the currency of its amounts, several currencies in view or not."""

    palette: Palette
    language: Language
    currency: str
    mixed: bool = False

    def money(self, minor: int) -> str:
        """An amount in a hover or label."""
        return format.money(Money(minor, self.currency), mixed=self.mixed, language=self.language)

    def short(self, minor: int) -> str:
        """An amount on an axis."""
        return format.compact_money(Money(minor, self.currency), mixed=self.mixed, language=self.language)


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One place on the time axis: `id` is what a click selects (a month code), `label` the tick, `title` the hover."""

    id: str
    label: str
    title: str


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """One amount per step, in minor units; None leaves a gap. `colour` `#RRGGBB`, else the palette's next."""

    name: str
    values: Sequence[int | None]
    colour: str | None = None
    id: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Slice:
    """One part of a whole: `id` is what a click selects, `minor` its amount, `parent` the id it lies in, if any."""

    id: str
    name: str
    minor: int
    colour: str
    parent: str = ""
    note: str = ""


def look(currency: str, *, mixed: bool = False) -> Look:
    """The look of this session: theme on screen, the person's language."""
    return Look(palette(), session.language(), currency, mixed)


def words(text: str) -> str:
    """`text` as plain words where Plotly would read tags."""
    return html.escape(text, quote=False)


def hover(title: str, *lines: str) -> str:
    """A hover of a bold title and lines below it, all plain words."""
    return "<br>".join([f"<b>{words(title)}</b>", *map(words, lines)])


def caption_rows(rows: Sequence[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """What stands above each horizontal bar: a name at the left, words at the right. Rows are (id, name, words).

    Above and not beside the bar, so that bars keep the full width on a phone.
    """
    return [
        {
            "text": words(said),
            "x": place,
            "xref": "paper",
            "xanchor": anchor,
            "y": row_id,
            "yshift": 16,
            "showarrow": False,
            "font": {"size": 13, "weight": weight},
        }
        for row_id, name, end in rows
        for said, place, anchor, weight in (
            (name, 0, "left", 600),
            (end, 1, "right", 400),
        )
    ]


def rows_axis(ids: Sequence[str]) -> dict[str, Any]:
    """The axis of horizontal bars, the first on top, with room above each for its caption."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(ids),
        "range": [len(ids) - 0.5, -0.8],
        "visible": False,
        "fixedrange": True,
    }


def frame(traces: list[dict[str, Any]], *, height: int, **layout: object) -> Figure:
    """A figure with the house's layout: transparent, no modebar, no titles, room only where text needs it.

    Text has no colour here: the browser gives it the theme's, at once also when the person switches the theme, which
    does not run the script again. Lines and empty ground are see-through greys that suit both themes, likewise.
    """
    base = {
        "height": height,
        "margin": {"l": 4, "r": 4, "t": 8, "b": 4},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": TICK_SIZE},
        "hoverlabel": {
            "align": "left",
            "font": {"family": FONT, "size": 13},
        },
        "separators": ".,",
        "dragmode": False,
        "showlegend": False,
        "barcornerradius": 4,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": TICK_SIZE},
            "itemclick": False,
            "itemdoubleclick": False,
        },
    }
    return {"data": traces, "layout": base | layout}


def places(steps: Sequence[Step]) -> list[str]:
    """Where the steps stand on the axis: their labels, told apart by invisible marks so that two Octobers stay two.

    Labels and not ids, because only then the browser thins them out by itself on a narrow screen.
    """
    seen: dict[str, int] = {}
    found = []
    for step in steps:
        seen[step.label] = seen.get(step.label, 0) + 1
        found.append(words(step.label) + _APART * (seen[step.label] - 1))
    return found


def steps_axis(steps: Sequence[Step]) -> dict[str, Any]:
    """The time axis: one category a step, in order."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": places(steps),
        "autotickangles": [0, 45],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }


def money_axis(look: Look, values: Sequence[int], *, headroom: int = 6) -> dict[str, Any]:
    """An amount axis from zero (or below, if needed) with a few round ticks; `headroom` per cent of air above."""
    top, bottom = max(0, *values, 0), min(0, *values, 0)
    air = (top - bottom) * headroom // 100
    ticks = round_ticks(bottom, top, exponent(look.currency))
    return {
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [look.short(tick) for tick in ticks],
        "range": [min(bottom - air if bottom else 0, ticks[0]), max(top + air, ticks[-1])],
        "gridcolor": HAIR,
        "zeroline": bottom < 0,
        "zerolinecolor": EDGE,
        "zerolinewidth": 1,
        "fixedrange": True,
        "automargin": True,
    }


def round_ticks(bottom: int, top: int, decimals: int) -> list[int]:
    """About four round amounts from `bottom` to `top` with zero among them; whole units of the currency if possible."""
    unit = 10**decimals if top - bottom >= _TICKS * 10**decimals else 1
    rough = max(1, (top - bottom) // (_TICKS * unit))
    size = 10 ** (len(str(rough)) - 1)
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough) * unit
    return [step * n for n in range(-(-bottom // step), top // step + 1)] or [0]
