"""A month of regular payments: a calendar on a desk, a list by day on a phone, both plain HTML to be read aloud."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final

import streamlit as st

from analytics.recurring import Recurring
from analytics.recurring_calendar import Item, Mark, calendar
from analytics.scope import Scope
from data.money import Money, exponent
from data.period import Span, month_of, shift_months, week_of
from data.recurring import Side
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import plural, text
from pages.ui.screens.recurring import words
from pages.ui.theme import palette
from pages.ui.widgets import card

_KEPT: Final = "recurring.month"
_BACK, _AHEAD = -120, 12
_MOST_A_DAY: Final = 3
_LONG: Final = 10_000  # major units
_SIGNS: Final = {Mark.CAME: "✓", Mark.EXPECTED: "○", Mark.MISSED: "!"}
_STYLE: Final = """<style>
.rc-table{width:100%%;border-collapse:collapse;table-layout:fixed;font-size:.8rem;line-height:1.3}
.rc-table th{font-weight:500;color:%(muted)s;text-align:left;padding:.2rem .4rem;font-size:.75rem}
.rc-table td{vertical-align:top;height:5.2rem;padding:.3rem .35rem;border:1px solid %(grid)s}
.rc-table td.rc-out{background:%(surface)s;border-color:%(grid)s}
.rc-day{display:inline-block;font-variant-numeric:tabular-nums;color:%(muted)s;margin-bottom:.15rem}
.rc-today .rc-day{background:%(accent)s;color:%(background)s;border-radius:1rem;padding:0 .45rem;font-weight:600}
.rc-item{display:flex;gap:.3rem;align-items:baseline;margin:.1rem 0}
.rc-item .rc-sign{flex:none;width:.9em;text-align:center;font-weight:600}
.rc-item .rc-name{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.rc-item .rc-sum{flex:none;font-variant-numeric:tabular-nums}
.rc-came{opacity:.75}.rc-came .rc-sign{color:%(income)s}
.rc-expected .rc-sign{color:%(accent)s}
.rc-missed,.rc-missed .rc-sign{color:%(over)s;font-weight:600}
.rc-in .rc-sum{color:%(income)s}
.rc-moved{font-style:italic}
.rc-more{color:%(muted)s}
.rc-list{display:none;list-style:none;margin:0!important;padding:0!important;font-size:.95rem;line-height:1.5}
.rc-list>li{display:flex;gap:.75rem;padding:.45rem 0;border-top:1px solid %(grid)s;margin:0!important}
.rc-list .rc-when{flex:none;width:4.4rem;white-space:nowrap;color:%(muted)s}
.rc-list .rc-when b{display:block;color:%(text)s;font-weight:600}
.rc-list .rc-all{flex:1;min-width:0}
.rc-key{display:flex;flex-wrap:wrap;gap:.2rem 1rem;color:%(muted)s;font-size:.8rem;margin-top:.5rem}
.rc-sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%%);white-space:nowrap}
@media (max-width:640px){.rc-table{display:none}.rc-list{display:block}}
</style>"""


def month(scope: Scope, known: Recurring) -> None:
    """The calendar of the month that is looked at, with the way to others."""
    body, corner = card(text("recurring.calendar"), key="recurring.calendar.card", stretch=False)
    span = _looked_at(scope)
    with corner:
        _steps(scope, span)
    with body:
        items = calendar(known, span, scope.today)
        st.html(calendar_html(span, items, scope.today, sunday_first=session.sunday_first()))
        if not items:
            st.caption(text("recurring.calendar.empty"))


def _looked_at(scope: Scope) -> Span:
    kept = session.recall(_KEPT, 0)
    return month_of(shift_months(scope.month.start, kept, scope.start_day), scope.start_day)


def _steps(scope: Scope, span: Span) -> None:
    kept = session.recall(_KEPT, 0)
    for by, icon in ((-1, "chevron_left"), (1, "chevron_right")):
        if by > 0:
            st.markdown(f"**{format.md_escape(format.month(span.start))}**", width="content")
        st.button(
            "",
            icon=f":material/{icon}:",
            key=f"recurring.month.{'later' if by > 0 else 'earlier'}",
            help=text("period.later" if by > 0 else "period.earlier"),
            type="tertiary",
            disabled=not _BACK <= kept + by <= _AHEAD,
            on_click=session.keep,
            args=(_KEPT, kept + by),
        )
    st.button(
        text("recurring.calendar.now"),
        key="recurring.month.now",
        type="tertiary",
        disabled=scope.today in span,
        on_click=session.keep,
        args=(_KEPT, 0),
    )


def calendar_html(span: Span, items: Sequence[Item], today: date, *, sunday_first: bool = False) -> str:
    """Both forms of the month and what the signs mean; every text of a file or person is escaped."""
    colours = palette()
    shades = {name: getattr(colours, name) for name in ("muted", "grid", "surface", "accent", "background", "text")}
    style = _STYLE % {**shades, "income": colours.income, "over": colours.status["over"]}
    by_day = {day: list(group) for day, group in groupby(items, key=lambda item: item.on)}
    return style + _table(span, by_day, today, sunday_first=sunday_first) + _list(by_day, today) + _key(items)


def _table(span: Span, by_day: dict[date, list[Item]], today: date, *, sunday_first: bool) -> str:
    first = week_of(span.start, sunday_first=sunday_first).start
    days = [first + timedelta(days=n) for n in range(((span.last - first).days // 7 + 1) * 7)]
    head = "".join(f'<th scope="col">{html.escape(format.weekday(day))}</th>' for day in days[:7])
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    rows = "".join(
        f"<tr>{''.join(_cell(day, span, by_day.get(day, []), today) for day in week)}</tr>" for week in weeks
    )
    caption = html.escape(format.month(span.start))
    return (
        f'<table class="rc-table"><caption class="rc-sr">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cell(day: date, span: Span, items: Sequence[Item], today: date) -> str:
    if day not in span:
        return '<td class="rc-out"></td>'
    label = format.day(day) if day.day == 1 or day == span.start else str(day.day)
    shown = "".join(_item(item, compact=True) for item in items[:_MOST_A_DAY])
    more = len(items) - _MOST_A_DAY
    if more > 0:
        hidden = " · ".join(words.name(item.series) for item in items[_MOST_A_DAY:])
        said = html.escape(plural("recurring.calendar.more", more))
        shown += f'<div class="rc-more" title="{html.escape(hidden)}">{said}</div>'
    current = ' class="rc-today" aria-current="date"' if day == today else ""
    return f'<td{current}><span class="rc-day">{html.escape(label)}</span>{shown}</td>'


def _list(by_day: dict[date, list[Item]], today: date) -> str:
    rows = []
    for day, items in by_day.items():
        current = ' aria-current="date"' if day == today else ""
        when = f"<b>{html.escape(format.day(day))}</b>{html.escape(format.weekday(day))}"
        each = "".join(_item(item, compact=False) for item in items)
        rows.append(f'<li{current}><div class="rc-when">{when}</div><div class="rc-all">{each}</div></li>')
    return f'<ol class="rc-list">{"".join(rows)}</ol>'


def _item(item: Item, *, compact: bool) -> str:
    amount = Money(item.amount, item.series.currency)
    sum_ = _short(amount) if compact else format.money(amount)
    if item.series.side is Side.IN:
        sum_ = f"+{sum_}"
    name, mark = words.name(item.series), text(f"recurring.mark.{item.mark}")
    full = f"{name} · {format.money(amount)} · {mark}"
    return (
        f'<div class="rc-item rc-{item.mark} rc-{item.series.side}" title="{html.escape(full)}">'
        f'<span class="rc-sign" aria-hidden="true">{_SIGNS[item.mark]}</span>'
        f'<span class="rc-sr">{html.escape(mark)} </span>'
        f'<span class="rc-name">{html.escape(name)}</span><span class="rc-sum">{html.escape(sum_)}</span></div>'
    )


def _short(amount: Money) -> str:
    """The amount where there is little room: without decimals that are nothing, in thousands from ten thousand on."""
    if amount.decimal() >= _LONG:
        return format.compact_money(amount)
    said = format.money(amount)
    return said.removesuffix(f".{'0' * exponent(amount.currency)}")


def _key(items: Sequence[Item]) -> str:
    shown = [mark for mark in Mark if any(item.mark is mark for item in items)]
    parts = [f"<span>{_SIGNS[mark]} {html.escape(text(f'recurring.mark.{mark}'))}</span>" for mark in shown]
    return f'<div class="rc-key" aria-hidden="true">{"".join(parts)}</div>' if parts else ""
