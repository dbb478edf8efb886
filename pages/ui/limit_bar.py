"""One limit as a bar: 100 % is marked, the excess beyond stands out, and words say how much."""

from __future__ import annotations

import html

import streamlit as st

from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.charts.frame import Look
from pages.ui.charts.limits import LimitRow
from pages.ui.i18n import text

_WHOLE = 100
_SCALE = 140  # per cent that the bar's full width stands for while nothing goes farther


def limit_bar(look: Look, row: LimitRow, *, name: bool = True) -> None:
    """Draw `row`: its name and amounts above the bar, share and what is left (or over) below it."""
    st.html(limit_bar_html(look, row, name=name))


def limit_bar_html(look: Look, row: LimitRow, *, name: bool = True) -> str:
    """The bar as HTML; every text is escaped, every number is an integer of ours."""
    scale = max(_SCALE, row.used)
    colour = look.palette.status[row.status]
    head = _line(row.name if name else "", _amounts(look, row), strong=True)
    within = min(row.used, _WHOLE) * 1000 // scale
    edge = _WHOLE * 1000 // scale
    beyond = max(0, row.used - _WHOLE) * 1000 // scale
    bar = (
        '<div style="position:relative;height:10px;margin:5px 0 5px" role="img" '
        f'aria-label="{html.escape(_aria(look, row))}">'
        f"{_piece(0, edge, 'color-mix(in srgb, currentColor 10%, transparent)', '5px 0 0 5px')}"
        f"{_piece(0, within, colour, '5px 0 0 5px')}"
        f"{_piece(edge, beyond, _hatched(look), '0 5px 5px 0') if beyond else ''}"
        f'<div style="position:absolute;left:{_cent(edge)};top:-3px;bottom:-3px;width:2px;margin-left:-1px;'
        'background:currentColor;border-radius:1px"></div></div>'
    )
    foot = _line(f"{text(f'budget.status.{row.status}')} · {format.percent(row.used)}", _rest(look, row), tone=colour)
    return f'<div style="font-size:0.9rem;line-height:1.35;padding:2px 0">{head}{bar}{foot}</div>'


def _amounts(look: Look, row: LimitRow) -> str:
    return text("budget.of", spent=look.money(row.spent), limit=look.money(row.limit))


def _rest(look: Look, row: LimitRow) -> str:
    rest = row.limit - row.spent
    return text("budget.over_by" if rest < 0 else "budget.left", amount=look.money(abs(rest)))


def _aria(look: Look, row: LimitRow) -> str:
    return f"{row.name}: {_amounts(look, row)}, {format.percent(row.used)}, {_rest(look, row)}"


def _hatched(look: Look) -> str:
    over = look.palette.status["over"]
    return f"repeating-linear-gradient(-45deg,{over} 0 4px,color-mix(in srgb,{over} 45%,transparent) 4px 7px)"


def _piece(left: int, width: int, background: str, radius: str) -> str:
    return (
        f'<div style="position:absolute;left:{_cent(left)};width:{_cent(width)};top:0;bottom:0;'
        f'background:{background};border-radius:{radius}"></div>'
    )


def _cent(per_mille: int) -> str:
    return f"{per_mille // 10}.{per_mille % 10}%"


def _line(left: str, right: str, *, strong: bool = False, tone: str = "") -> str:
    weight = "600" if strong else "400"
    faded = "" if strong else "opacity:.8;"
    dot = (
        f'<span style="display:inline-block;width:8px;height:8px;border-radius:4px;margin-right:6px;background:{tone}">'
        "</span>"
        if tone
        else ""
    )
    return (
        '<div style="display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px">'
        f'<span style="font-weight:{weight}">{dot}{html.escape(left)}</span>'
        f'<span style="{faded}font-variant-numeric:tabular-nums">{html.escape(right)}</span></div>'
    )
