"""A coupon as it looks: its figure at the left of the perforation, name and terms at the right."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Sequence

import streamlit as st

from pages.ui.theme import Palette, palette


@dataclasses.dataclass(frozen=True, slots=True)
class Ticket:
    """What stands on it, plain words. badge: a state. spent: it cannot be used any more and is drawn quiet."""

    large: str
    small: str
    name: str
    lines: Sequence[str]
    badge: str = ""
    spent: bool = False


def draw(ticket: Ticket) -> None:
    """Put the coupon on the page."""
    st.html(ticket_html(ticket, palette()))


def ticket_html(ticket: Ticket, colours: Palette) -> str:
    """The coupon as HTML; every text is escaped."""
    tone = colours.muted if ticket.spent else colours.accent
    size = "1.5rem" if _width(ticket.large) <= _ROOMY else "1.15rem"
    face = (
        f'<div style="flex:0 0 104px;display:flex;flex-direction:column;justify-content:center;gap:2px;'
        f"padding:12px 6px;text-align:center;border-radius:10px 0 0 10px;color:{tone};"
        f"background:color-mix(in srgb,{tone} 12%,transparent);"
        f'border-right:2px dashed color-mix(in srgb,{tone} 45%,transparent)">'
        f'<span style="font-size:{size};line-height:1.15;font-weight:650;font-variant-numeric:tabular-nums">'
        f"{html.escape(ticket.large)}</span>"
        f'<span style="font-size:.78rem;line-height:1.25">{html.escape(ticket.small)}</span></div>'
    )
    badge = (
        f'<span style="flex:none;font-size:.75rem;padding:1px 8px;border-radius:999px;color:{tone};'
        f'background:color-mix(in srgb,{tone} 14%,transparent)">{html.escape(ticket.badge)}</span>'
        if ticket.badge
        else ""
    )
    name = (
        '<div style="display:flex;gap:8px;align-items:baseline;justify-content:space-between">'
        f'<span style="font-weight:600;overflow-wrap:anywhere">{html.escape(ticket.name)}</span>{badge}</div>'
    )
    lines = "".join(f'<div style="font-size:.84rem;opacity:.78">{html.escape(line)}</div>' for line in ticket.lines)
    quiet = "opacity:.72;" if ticket.spent else ""
    return (
        f'<div style="display:flex;align-items:stretch;line-height:1.45;{quiet}">{face}'
        f'<div style="flex:1;min-width:0;padding:8px 4px 8px 14px">{name}{lines}</div></div>'
    )


_ROOMY = 8


def _width(said: str) -> int:
    """How wide the words are, in half characters."""
    return sum(1 if letter.isascii() else 2 for letter in said)
