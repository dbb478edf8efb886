"""Amounts below each other as on a till slip: what at the left, how much at the right, the total set apart."""

from __future__ import annotations

import base64
import dataclasses
import html
from collections.abc import Iterable
from typing import Literal

import streamlit as st

Look = Literal["plain", "saved", "total", "quiet"]
Mark = Literal["done", "refused", "waiting"]
_MARKS: dict[Mark, tuple[str, str]] = {
    "done": ("#1F9D6B", "M7 12.4l3.4 3.4L17 9.2"),
    "refused": ("#D64545", "M8.4 8.4l7.2 7.2M15.6 8.4l-7.2 7.2"),
    "waiting": ("#D9822B", "M12 7.2V12l3.2 2"),
}
_STYLES: dict[Look, str] = {
    "plain": "",
    "saved": "color:color-mix(in srgb,#1F9D6B 75%,currentColor);",
    "total": "font-weight:600;border-top:1px solid color-mix(in srgb,currentColor 18%,transparent);"
    "margin-top:6px;padding-top:9px;font-size:1.05rem;",
    "quiet": "opacity:.72;font-size:.88rem;",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line in plain words. look: `saved` what is taken off, `total` what is paid, `quiet` what matters less."""

    label: str
    value: str
    look: Look = "plain"


def slip(lines: Iterable[Line]) -> None:
    """Draw the lines; every text is escaped."""
    st.html(f'<div role="list" style="font-size:.95rem;line-height:1.35">{"".join(map(_line, lines))}</div>')


def _line(one: Line) -> str:
    return (
        '<div role="listitem" style="display:flex;justify-content:space-between;gap:4px 16px;padding:4px 0;'
        f'{_STYLES[one.look]}"><span style="flex:none;max-width:60%">{html.escape(one.label)}</span>'
        '<span style="text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums">'
        f"{html.escape(one.value)}</span></div>"
    )


def headline(said: str, amount: str, below: str = "", *, mark: Mark | None = None) -> None:
    """One amount that matters, large, with words above and below it; mark: how it went, drawn above."""
    st.html(
        '<div style="text-align:center;padding:4px 0 2px;line-height:1.3">'
        + (_mark(mark) if mark else "")
        + f'<div style="opacity:.72;font-size:.9rem">{html.escape(said)}</div>'
        '<div style="font-size:2.1rem;font-weight:650;font-variant-numeric:tabular-nums;overflow-wrap:anywhere">'
        f"{html.escape(amount)}</div>"
        + (f'<div style="font-size:.95rem">{html.escape(below)}</div>' if below else "")
        + "</div>"
    )


def _mark(mark: Mark) -> str:
    # An image, because drawings within the page are not let through.
    return f'<img alt="" src="{_drawn(mark)}" width="56" height="56" style="display:block;margin:4px auto 10px">'


def _drawn(mark: Mark) -> str:
    colour, path = _MARKS[mark]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<circle cx="12" cy="12" r="12" fill="{colour}" opacity=".16"/>'
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-linecap="round" '
        'stroke-linejoin="round"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
