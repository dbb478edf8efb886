"""The pieces a screen is put together from: header, figures, cards, badges, empty states, messages."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.errors import Rejection
from pages.ui import i18n, links, session
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.own_words import own_words
from pages.ui.theme import Status

Direction = Literal["up", "down", "same"]

_BADGES: dict[Status, tuple[str, Literal["green", "yellow", "orange", "red", "gray"]]] = {
    "on_track": (":material/check_circle:", "green"),
    "fast": (":material/speed:", "yellow"),
    "near": (":material/warning:", "orange"),
    "reached": (":material/block:", "orange"),
    "over": (":material/error:", "red"),
    "none": (":material/remove:", "gray"),
}


# The little that the theme cannot say: a card's change wraps instead of being cut, figures shrink on a phone, a button
# in a card's title row does not push the title down.
_STYLE = """
[data-testid="stMetric"] { display: flex; flex-direction: column; justify-content: space-between; }
div:has(> [data-testid="stMetricDelta"]) { flex-wrap: wrap; }
[data-testid="stMetricDeltaDescription"] * { white-space: normal !important; }
.stHorizontalBlock:has(> .stElementContainer h3) [data-testid="stBaseButton-tertiary"] { margin-block: -.5rem; }
@media (max-width: 640px) { [data-testid="stMetricValue"] { font-size: 1.12rem; } }
"""


def page_header(title: str, subtitle: str = "") -> DeltaGenerator:
    """The page's title and subtitle (plain words) at the left; answers the container at the right for its controls.

    The two wrap below each other on a phone.
    """
    st.html(f"<style>{_STYLE}{own_words()}</style>")
    show_flashes()
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom")
    with row, st.container(width="content", gap=None):
        st.title(md_escape(title), anchor=False)
        if subtitle:
            st.caption(md_escape(subtitle))
    return row.container(horizontal=True, width="content", vertical_alignment="bottom")


def card(title: str = "", *, key: str | None = None, stretch: bool = True) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A bordered card with `title` (plain words): its body, and the right end of its title row for links.

    stretch: as high as its neighbour; False where cards stand below each other in a column.
    """
    box = st.container(border=True, key=key, height="stretch" if stretch else "content")
    head = box.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    if title:
        head.subheader(md_escape(title), anchor=False)
    return box, head.container(horizontal=True, width="content", vertical_alignment="center")


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """How a figure moved: `said` in words (`up ¥120.00`), against what, and whether that is good (None: neither)."""

    said: str
    direction: Direction
    against: str = ""
    good: bool | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Kpi:
    """One figure of the top row. `value` is written already; `trend` are minor units, oldest first."""

    label: str
    value: str
    change: Change | None = None
    trend: Sequence[int] = ()
    help: str | None = None
    icon: str | None = None


def kpi_row(cards: Sequence[Kpi]) -> None:
    """The figures that matter, side by side on a desk and two by two on a phone."""
    grid = st.grid(len(cards), min_column_width=150, row_height="content")
    for one in cards:
        with grid:
            _metric(one)


def _metric(one: Kpi) -> None:
    change = one.change
    st.metric(
        md_escape(one.label),
        md_escape(one.value),
        delta=md_escape(change.said) if change else None,
        delta_color=_tone(change),
        delta_arrow="off" if change is None or change.direction == "same" else change.direction,
        delta_description=md_escape(change.against) or None if change else None,
        help=one.help,
        icon=one.icon,
        border=True,
        height="stretch",
        chart_data=list(one.trend) or None,
        chart_type="bar",
    )


def _tone(change: Change | None) -> Literal["green", "red", "gray"]:
    if change is None or change.good is None:
        return "gray"
    return "green" if change.good else "red"


def status_badge(status: Status, said: str | None = None) -> None:
    """A pill with icon and words, e.g. `Over budget`; colour only repeats what they say."""
    icon, colour = _BADGES[status]
    st.badge(md_escape(said or text(f"budget.status.{status}")), icon=icon, color=colour)


@dataclasses.dataclass(frozen=True, slots=True)
class Action:
    """What to do next: go to the screen `page`, or call `on_click` (a callback)."""

    label: str
    page: str | None = None
    on_click: Callable[[], None] | None = None
    icon: str | None = None
    primary: bool = False


def empty_state(
    title: str, body: str, *, key: str, icon: str = ":material/inbox:", actions: Sequence[Action] = ()
) -> None:
    """What is shown where there is nothing: why, and what to do next. `title` and `body` are plain words."""
    with st.container(border=True, horizontal_alignment="center", key=key):
        st.space("small")
        st.markdown(f"## :gray[{icon}]", width="content", text_alignment="center")
        st.subheader(md_escape(title), anchor=False, text_alignment="center")
        st.caption(md_escape(body), text_alignment="center")
        with st.container(horizontal=True, horizontal_alignment="center"):
            for number, action in enumerate(actions):
                _act(action, f"{key}.{number}")
        st.space("small")


def _act(action: Action, key: str) -> None:
    kind: Literal["primary", "secondary"] = "primary" if action.primary else "secondary"
    pressed = st.button(md_escape(action.label), key=key, icon=action.icon, type=kind, on_click=action.on_click)
    if pressed and action.page:
        links.go(action.page)


def rejection_panel(rejection: Rejection) -> None:
    """An expected no: what happened, what was kept, what to do."""
    lines = i18n.rejection_parts(rejection)
    st.error("\n\n".join(map(md_escape, lines)), title=text("rejection.title"), icon=":material/error:")


def show_flashes() -> None:
    """Show what was said before this run: good news as a toast, the rest as a box that stays."""
    boxes = {"info": st.info, "warning": st.warning, "error": st.error}
    for message in session.take_flashes():
        if message.tone == "success":
            st.toast(md_escape(message.text), icon=":material/check_circle:")
        else:
            boxes[message.tone](md_escape(message.text))


def notice(title: str, body: str = "", *, tone: Literal["info", "warning", "error"] = "info") -> None:
    """A box that says something about the page as a whole, in plain words."""
    icons = {"info": ":material/info:", "warning": ":material/warning:", "error": ":material/error:"}
    boxes = {"info": st.info, "warning": st.warning, "error": st.error}
    boxes[tone](md_escape(body) or " ", title=md_escape(title), icon=icons[tone])
