"""Two shapes that refunds are told in: what happened after what, and which amounts make up a whole."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Sequence
from typing import Final, Literal

import streamlit as st

from pages.ui.theme import Palette, palette

Tone = Literal["done", "now", "late", "bad", "off", "next"]

_ICON: Final = (
    "font-family:'Material Symbols Rounded';font-size:1.05rem;line-height:1;width:1.05rem;overflow:hidden;"
    "white-space:nowrap;direction:ltr;font-feature-settings:'liga';text-transform:none"
)
_WHEN: Final = "font-size:.8125rem;opacity:.65;font-variant-numeric:tabular-nums"
_WORDS: Final = "overflow-wrap:anywhere;min-width:0"


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """One thing that happened, is happening or is to come; plain words throughout. icon: a Material name."""

    icon: str
    tone: Tone
    title: str
    when: str = ""
    lines: Sequence[str] = ()


def timeline(marks: Sequence[Mark]) -> None:
    """Draw marks below each other, the first on top."""
    st.html(timeline_html(marks, palette()))


def timeline_html(marks: Sequence[Mark], colours: Palette) -> str:
    """The same as HTML; every text is escaped."""
    last = len(marks) - 1
    items = "".join(_item(mark, colours, last=number == last) for number, mark in enumerate(marks))
    return f'<ol style="list-style:none;margin:0;padding:.25rem 0 0">{items}</ol>'


def _item(mark: Mark, colours: Palette, *, last: bool) -> str:
    tint = _tint(mark.tone, colours)
    ring = f"box-shadow:inset 0 0 0 1.5px {tint};background:transparent" if mark.tone == "next" else ""
    dot = (
        "display:grid;place-items:center;width:1.75rem;height:1.75rem;border-radius:50%;flex:none;"
        f"color:{tint};background:color-mix(in srgb,{tint} 15%,transparent);{ring}"
    )
    line = (
        ""
        if last
        else (
            '<span style="flex:1;width:2px;min-height:.5rem;margin:.25rem 0;border-radius:1px;'
            'background:color-mix(in srgb,currentColor 16%,transparent)"></span>'
        )
    )
    faded = "opacity:.72;" if mark.tone in {"next", "off"} else ""
    return (
        '<li style="display:grid;grid-template-columns:1.75rem minmax(0,1fr);column-gap:.75rem;margin:0">'
        '<div style="display:flex;flex-direction:column;align-items:center">'
        f'<span style="{dot}"><span aria-hidden="true" translate="no" style="{_ICON}">{html.escape(mark.icon)}</span>'
        f"</span>{line}</div>"
        f'<div style="padding:.1875rem 0 {"0" if last else "1rem"};{_WORDS}">'
        '<div style="display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:0 .75rem">'
        f'<span style="font-weight:600;{faded}{_WORDS}">{html.escape(mark.title)}</span>'
        f'<span style="{_WHEN}">{html.escape(mark.when)}</span>'
        f"</div>{''.join(_line(said) for said in mark.lines)}</div></li>"
    )


def _line(said: str) -> str:
    return f'<div style="font-size:.875rem;opacity:.8;line-height:1.45;{_WORDS}">{html.escape(said)}</div>'


def _tint(tone: Tone, colours: Palette) -> str:
    named = {"done": "on_track", "late": "over", "bad": "over"}
    if tone in named:
        return colours.status["over" if named[tone] == "over" else "on_track"]
    return colours.accent if tone == "now" else colours.muted


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A label with its value, written already. strong: a sum, with a line above it."""

    label: str
    value: str
    strong: bool = False


def rows(pairs: Sequence[Row]) -> None:
    """Draw labels at the left and values at the right."""
    st.html(rows_html(pairs))


def rows_html(pairs: Sequence[Row]) -> str:
    """The same as HTML; every text is escaped."""
    return f'<div style="font-size:.9375rem;line-height:1.4">{"".join(map(_row, pairs))}</div>'


def _row(one: Row) -> str:
    above = "border-top:1px solid color-mix(in srgb,currentColor 14%,transparent);" if one.strong else ""
    weight = "650" if one.strong else "500"
    return (
        f'<div style="display:flex;justify-content:space-between;gap:1rem;padding:.3125rem 0;{above}">'
        f'<span style="opacity:.68;flex:none;max-width:60%">{html.escape(one.label)}</span>'
        f'<span style="text-align:right;font-weight:{weight};font-variant-numeric:tabular-nums;{_WORDS}">'
        f"{html.escape(one.value)}</span></div>"
    )
