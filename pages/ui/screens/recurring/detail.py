"""Everything about one series, in a dialog: its price history, what it does next, and the person's word on it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import streamlit as st

from analytics.recurring import Recurring
from analytics.recurring_calendar import yearly_cost
from analytics.recurring_series import Series, State
from analytics.scope import Scope
from data.money import Money
from data.recurring import NAME_LENGTH, Ended, SeriesKind, Verdict
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.recurring import saying, words
from pages.ui.screens.recurring.rows import DIALOG
from pages.ui.theme import palette

_BARS: Final = 24
_HIGH, _BAR, _NARROWEST = 44, 26, 200  # pixels
_STEPS: Final = 4


def draw(user: User, scope: Scope, known: Recurring) -> None:
    """The dialog while it is open; the page calls it on every run."""
    opened = session.dialog()
    wanted = opened[1] if opened is not None and opened[0] == DIALOG else None
    one = next((one for one in known.series if saying.key(one) == wanted), None)
    if one is not None:
        dialog(DIALOG, words.name(one), lambda _: _fill(user, scope, one, known.series), width="medium")


def _fill(user: User, scope: Scope, one: Series, others: Sequence[Series]) -> None:
    parts = [text(f"recurring.kind.{one.kind}"), words.cadence(one), words.confidence(one)]
    st.caption(md_escape(" · ".join(parts)))
    st.html(history_html(one))
    _facts(scope, one)
    links.link(
        "transactions",
        text("recurring.transactions"),
        icon=":material/receipt_long:",
        q=words.search(one, others),
    )
    if one.live:
        _form(user, scope, one)
    _verdicts(user, one)


def _facts(scope: Scope, one: Series) -> None:
    lines = [
        plural("recurring.fact.count", len(one.occurrences), since=format.iso(one.occurrences[0].on)),
        text("recurring.fact.last", day=format.iso(one.last.on), amount=words.money(one.last.amount, one)),
    ]
    if one.next is not None:
        lines.append(_between(one))
        year = words.money(yearly_cost(one, scope.today), one)
        lines.append(text("recurring.fact.year", amount=year))
    lines += [
        text(
            "recurring.fact.step",
            day=format.iso(change.on),
            before=words.money(change.before, one),
            after=words.money(change.after, one),
        )
        for change in reversed(one.changes[-_STEPS:])
    ]
    st.markdown("\n".join(f"- {md_escape(line)}" for line in lines))


def _between(one: Series) -> str:
    following = one.next
    if following is None:
        return text("recurring.none_expected")
    days = (format.day(following.earliest), format.day(following.latest))
    key = "recurring.fact.next" if days[0] != days[1] else "recurring.fact.next.day"
    said = text(key, day=format.day(following.on), first=days[0], last=days[1])
    if following.low != following.high:
        low, high = words.money(following.low, one), words.money(following.high, one)
        said = text("recurring.fact.range", next=said, low=low, high=high)
    return said


def _form(user: User, scope: Scope, one: Series) -> None:
    key = saying.key(one)
    st.text_input(text("recurring.form.name"), words.name(one), key=f"recurring.name.{key}", max_chars=NAME_LENGTH)
    kinds = {kind.value: text(f"recurring.kind.{kind}") for kind in SeriesKind}
    st.selectbox(
        text("recurring.form.kind"),
        list(kinds),
        index=list(kinds).index(one.kind.value),
        key=f"recurring.kind.{key}",
        format_func=kinds.__getitem__,
    )
    if one.next is not None:
        left, right = st.columns(2)
        with left:
            st.date_input(
                text("recurring.form.day"),
                one.next.on,
                min_value=min(one.next.on, scope.today + timedelta(days=1)),
                key=f"recurring.day.{key}",
                format="YYYY-MM-DD",
            )
        with right:
            unit = format.symbol(one.currency)
            plain = Money(one.next.amount, one.currency).plain()
            st.text_input(text("recurring.form.amount", unit=unit), plain, key=f"recurring.amount.{key}")
    with st.container(horizontal=True, horizontal_alignment="right"):
        _button(user, one, "save", "save", primary=True)


def _verdicts(user: User, one: Series) -> None:
    with st.container(horizontal=True):
        if one.said.verdict is not Verdict.CONFIRMED:
            _button(user, one, "confirmed", "check", Verdict.CONFIRMED)
        if one.said.verdict is not Verdict.IGNORED:
            _button(user, one, "ignored", "close", Verdict.IGNORED)
        if one.said.ended:
            _button(user, one, "goes_on", "play_arrow", Ended(ended=False))
        elif one.state is not State.ENDED and not one.ignored:
            _button(user, one, "ended", "event_available", Ended(ended=True))
        if one.said.words:
            _button(user, one, "back", "undo")


def _button(
    user: User, one: Series, name: str, icon: str, word: saying.Word | None = None, *, primary: bool = False
) -> None:
    does = {"save": saying.save, "back": saying.take_back}
    st.button(
        text(f"recurring.say.{name}"),
        key=f"recurring.say.{name}.{saying.key(one)}",
        icon=f":material/{icon}:",
        type="primary" if primary else "secondary",
        on_click=saying.say if word is not None else does[name],
        args=(user, one, word) if word is not None else (user, one),
    )


def history_html(one: Series) -> str:
    """The last amounts as bars of whole pixels, with the first and the last day below; read aloud as a sentence."""
    shown = one.occurrences[-_BARS:]
    most = max(each.amount for each in shown)
    colour = palette().accent
    bars = "".join(
        f'<span title="{format.iso(each.on)} · {html.escape(words.money(each.amount, one))}" '
        f'style="flex:1;height:{max(2, each.amount * _HIGH // most)}px;background:{colour};'
        f'border-radius:2px 2px 0 0"></span>'
        for each in shown
    )
    said = html.escape(
        text(
            "recurring.history",
            n=format.count(len(shown)),
            first=format.iso(shown[0].on),
            last=format.iso(shown[-1].on),
        )
    )
    below = "display:flex;justify-content:space-between;font-size:.78rem;opacity:.7"
    ends = f"<span>{format.iso(shown[0].on)}</span><span>{format.iso(shown[-1].on)}</span>"
    return (
        f'<div role="img" aria-label="{said}" style="max-width:{max(_NARROWEST, len(shown) * _BAR)}px">'
        f'<div style="display:flex;align-items:flex-end;gap:3px;height:{_HIGH}px">'
        f'{bars}</div><div style="{below}">{ends}</div></div>'
    )
