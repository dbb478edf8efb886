"""The series as rows: what each is, when it comes next, what it costs a year; a button opens everything about it."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from analytics.recurring import Recurring
from analytics.recurring_calendar import yearly_cost
from analytics.recurring_series import Flag, Series, State
from analytics.scope import Scope
from data.recurring import Side, Verdict
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import ask
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.recurring import saying, words
from pages.ui.theme import palette
from pages.ui.widgets import card

DIALOG: Final = "recurring.one"
_SECTIONS: Final[dict[str, Callable[[Series], bool]]] = {
    "out": lambda one: one.live and one.side is Side.OUT,
    "in": lambda one: one.live and one.side is Side.IN,
    "moved": lambda one: one.live and one.side is Side.MOVED,
    "ended": lambda one: one.state is State.ENDED and not one.ignored,
    "ignored": lambda one: one.ignored,
}
_WORTH_A_LOOK: Final = (Flag.MISSED, Flag.DUPLICATE, Flag.CHANGED, Flag.LATE)
_STYLE: Final = """<style>
.rr{display:grid;grid-template-columns:minmax(0,2.2fr) minmax(0,1.7fr) minmax(0,1.3fr);gap:.15rem 1rem}
.rr{align-items:center}
.rr b{font-weight:600;overflow-wrap:anywhere}.rr small{color:%(muted)s;font-size:.82rem;display:block}
.rr .rr-num{font-variant-numeric:tabular-nums}.rr .rr-end{text-align:right;white-space:nowrap}
@media (max-width:640px){.rr{grid-template-columns:minmax(0,1fr) auto}.rr .rr-mid{grid-column:1;grid-row:2}
.rr .rr-end{grid-row:1/span 2;grid-column:2}}
</style>"""


_ONE_LINE: Final = """<style>
[class*="st-key-recurring-line"],[class*="st-key-recurring-look-"]:not([class*="-card"]){flex-wrap:nowrap}
</style>"""


def worth_a_look(known: Recurring) -> None:
    """What did not come, came twice, or costs otherwise: a line each, with the way to its series."""
    st.html(_ONE_LINE)
    flagged = [(flag, one) for flag in _WORTH_A_LOOK for one in known.series if flag in one.flags and not one.ignored]
    if not flagged:
        return
    body, _ = card(text("recurring.look"), key="recurring.look.card", stretch=False)
    with body:
        for flag, one in flagged:
            key = f"recurring.look.{flag}.{saying.key(one)}"
            with st.container(horizontal=True, vertical_alignment="center", key=key):
                st.markdown(f"{words.ICONS[flag]} {md_escape(words.told(one, flag))}", width="stretch")
                st.button(
                    text("recurring.open"),
                    key=f"{key}.open",
                    type="tertiary",
                    on_click=ask,
                    args=(DIALOG, saying.key(one)),
                )


def series(user: User, scope: Scope, known: Recurring) -> None:
    """The list, by what the series are; those that are new can be confirmed or refused at once."""
    counts = {name: sum(map(fits, known.series)) for name, fits in _SECTIONS.items()}
    names = {name: text(f"recurring.section.{name}", n=format.count(n)) for name, n in counts.items() if n}
    chosen = session.widget("recurring.section")
    if chosen not in names:
        session.set_widget("recurring.section", next(iter(names)))
    section = st.segmented_control(
        text("recurring.section"),
        list(names),
        key="recurring.section",
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    st.html(_STYLE % {"muted": palette().muted})
    for one in _ordered(known.series, section or "out"):
        _row(user, scope, one)


def _ordered(listed: Sequence[Series], section: str) -> list[Series]:
    mine = [one for one in listed if _SECTIONS[section](one)]
    return sorted(mine, key=lambda one: (one.next is None, one.next.on if one.next else one.last.on, -one.amount))


def _row(user: User, scope: Scope, one: Series) -> None:
    key = saying.key(one)
    with st.container(border=True, key=f"recurring.row.{key}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"recurring.line.{key}"):
            st.html(row_html(one, yearly_cost(one, scope.today)), width="stretch")
            st.button(
                "",
                icon=":material/tune:",
                key=f"recurring.open.{key}",
                help=text("recurring.open.help", name=words.name(one)),
                type="tertiary",
                on_click=ask,
                args=(DIALOG, key),
            )
        _flags(user, one)


def _flags(user: User, one: Series) -> None:
    """What is odd, as badges; a new one asks to be confirmed."""
    asked = Flag.NEW in one.flags
    shown = [flag for flag in one.flags if flag is not Flag.ENDED]
    if not shown:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for flag in shown:
            st.badge(md_escape(words.flag(one, flag)), icon=words.ICONS[flag], color=words.COLOURS[flag])
        if asked:
            for verdict, icon in ((Verdict.CONFIRMED, "check"), (Verdict.IGNORED, "close")):
                st.button(
                    text(f"recurring.say.{verdict}"),
                    key=f"recurring.quick.{verdict}.{saying.key(one)}",
                    icon=f":material/{icon}:",
                    type="tertiary",
                    on_click=saying.say,
                    args=(user, one, verdict),
                )


def row_html(one: Series, year: int) -> str:
    """One series as a row; every text of a file or person is escaped."""
    below = [text(f"recurring.kind.{one.kind}"), words.cadence(one)]
    if one.said.name and one.payee:
        below.append(one.payee)
    last = text("recurring.last", day=format.iso(one.last.on), amount=words.money(one.last.amount, one))
    total = (
        text("recurring.a_year", amount=words.money(year, one))
        if year
        else plural("recurring.times", len(one.occurrences))
    )
    return (
        f'<div class="rr"><div><b>{html.escape(words.name(one))}</b>'
        f"<small>{html.escape(' · '.join(below))}</small></div>"
        f'<div class="rr-mid rr-num">{html.escape(words.expected(one))}<small>{html.escape(last)}</small></div>'
        f'<div class="rr-end rr-num"><b>{html.escape(words.money(one.amount, one))}</b>'
        f"<small>{html.escape(total)}</small></div></div>"
    )
