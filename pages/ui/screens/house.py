"""The operator's page: refunds that should be there by now, banks that keep silent, whether the books hold together.

It says no more of a member than helping them takes: a name, an amount, a day, a state.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, Literal

import streamlit as st

from analytics import house as questions
from analytics.export import csv_bytes
from analytics.house import Silent, Wait, Waiting
from data import operating
from data.database import Database
from data.ids import OwnerId
from data.operating import Done, Integrity
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.catalogue import translator
from pages.ui.context import User
from pages.ui.i18n import language, plural, text
from pages.ui.screens import house_charges as charges
from pages.ui.screens import house_safety
from pages.ui.screens.refunds import words
from pages.ui.screens.settings.sending import send
from pages.ui.tables import csv_button
from pages.ui.widgets import Action, Change, Kpi, card, empty_state, kpi_row

Colour = Literal["green", "orange", "red", "blue", "gray"]
_MOST_SHOWN: Final = 50
_CHECKED: Final = "house.checked"
_SECTION: Final = "house.section"
_SECTIONS_SHOWN: Final[Mapping[str, str]] = {"waiting": "pending_actions", "offers": "local_offer"}
_SECTIONS: Final = tuple(_SECTIONS_SHOWN)
_WAITS: Final[Mapping[Wait, tuple[str, Colour]]] = {
    Wait.FAILED: ("error", "red"),
    Wait.OVERDUE: ("running_with_errors", "red"),
    Wait.TODAY: ("today", "orange"),
    Wait.SHORT: ("hourglass_bottom", "orange"),
    Wait.LATER: ("event", "gray"),
}


def not_yours() -> None:
    """For everybody else: whose page this is, and the way on."""
    empty_state(
        text("house.not_yours"),
        text("house.not_yours.body"),
        key="house.not_yours",
        icon=":material/lock:",
        actions=[Action(text("nav.overview"), page="overview", icon=":material/space_dashboard:", primary=True)],
    )


def switch() -> str:
    """Draw the choice between what waits and what the house offers; the one to show. It stands in the address."""
    asked = links.param("section")
    chosen = asked if asked in _SECTIONS else _SECTIONS[0]
    names = {code: f":material/{icon}: {text(f'house.section.{code}')}" for code, icon in _SECTIONS_SHOWN.items()}
    session.set_widget(_SECTION, chosen)
    st.pills(
        text("house.section"),
        _SECTIONS,
        key=_SECTION,
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: links.set_param("section", session.widget(_SECTION) or _SECTIONS[0]),
    )
    return chosen


def settle_now(user: User) -> None:
    """Do at once what the app does by itself every few minutes."""
    pressed = st.button(
        text("house.settle"), key="house.settle", icon=":material/bolt:", help=text("house.settle.help")
    )
    if not pressed:
        return
    with st.spinner(text("house.settling")):
        done = send("house.settle", lambda _request: operating.settle(user.running, user.owner), said_of)
    if done:
        st.rerun()


def said_of(done: Done) -> str:
    """What a settling brought."""
    parts = [
        plural(f"house.settled.{name}", count)
        for name, count in (("credited", done.credited), ("expired", done.expired), ("answered", done.answered))
        if count
    ]
    return " · ".join(parts) if parts else text("house.settled.nothing")


def waiting(user: User) -> None:
    """What waits, and whether the books hold together."""
    found = questions.refunds(user.database, user.owner, user.today)
    silent = questions.silent(user.database, user.owner)
    _figures(found, silent)
    charges.silent_banks(user, silent)
    left, right = st.columns([3, 2])
    with left:
        _refunds(user, found)
    with right:
        _integrity(user)
        house_safety.draw(user)


def _figures(found: Sequence[Waiting], silent: Sequence[Silent]) -> None:
    counted = {wait: sum(one.wait is wait for one in found) for wait in Wait}
    asked = sum(not one.manual for one in silent)
    explained = text("house.kpi.silent.help")
    asking = Change(plural("house.kpi.asking", asked), "same") if asked else None
    kpi_row(
        [
            _kpi("today", counted[Wait.TODAY], bad=False),
            _kpi("overdue", counted[Wait.OVERDUE]),
            _kpi("failed", counted[Wait.FAILED]),
            Kpi(text("house.kpi.silent"), format.count(len(silent) - asked), asking, help=explained),
        ]
    )


def _kpi(name: str, count: int, *, bad: bool = True) -> Kpi:
    look = Change(text("house.kpi.look"), "same", good=False if bad else None) if count else None
    return Kpi(text(f"house.kpi.{name}"), format.count(count), look, help=text(f"house.kpi.{name}.help"))


def _refunds(user: User, found: Sequence[Waiting]) -> None:
    body, corner = card(text("house.refunds"), key="house.refunds", stretch=False)
    if found:
        with corner:
            csv_button(
                "waiting-refunds.csv",
                lambda: csv_of(user.database, user.owner, user.today),
                key="house.refunds.csv",
                compact=True,
            )
    with body:
        if not found:
            st.caption(text("house.refunds.none"))
        for one in found[:_MOST_SHOWN]:
            _refund(user, one)
        if len(found) > _MOST_SHOWN:
            st.caption(text("house.refunds.more", n=format.count(len(found) - _MOST_SHOWN)))


def _refund(user: User, one: Waiting) -> None:
    icon, colour = _WAITS[one.wait]
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key=f"house.refund.{one.refund}",
    ):
        with st.container(width="content", gap=None):
            amount = format.md_escape(words.money(one.amount, one.currency))
            st.markdown(f"**{amount}** · {format.md_escape(one.payer)}", width="content")
            st.caption(format.md_escape(_facts(user, one)), width="content")
        st.badge(text(f"house.wait.{one.wait}"), icon=f":material/{icon}:", color=colour)


def _facts(user: User, one: Waiting) -> str:
    way = text("house.way", merchant=one.merchant, target=text(f"house.target.{one.card or 'wallet'}"))
    said = [way]
    if one.due_on:
        due = words.day(one.due_on, user.today)
        said.append(text("house.due.estimated" if one.estimated else "house.due", day=due))
    if one.wait is Wait.FAILED:
        said.append(plural("house.tries", one.attempt))
        said.append(words.bank_reason(one.reason))
    return " · ".join(part for part in said if part)


def csv_of(database: Database, operator: OwnerId, today: date) -> bytes:
    """Every refund that waits, as a file in the person's language."""
    table = questions.as_table(questions.refunds(database, operator, today))
    headers = {column.key: text(f"house.column.{column.key}") for column in table.columns}
    targets = {name: text(f"house.target.{name}") for name in ("wallet", "debit", "credit")}
    waits = {wait.value: text(f"house.wait.{wait}") for wait in Wait}
    return csv_bytes(table, headers, {"target": targets, "wait": waits})


def _integrity(user: User) -> None:
    """Whether every promise of the books is kept: checked when the page is first opened, and when asked to."""
    body, corner = card(text("house.books"), key="house.books", stretch=False)
    with corner:
        again = st.button(text("house.check"), key="house.check", icon=":material/fact_check:", type="tertiary")
    with body:
        checked: tuple[Integrity, datetime] | None = session.recall(_CHECKED, None)
        if checked is None or again:
            with st.spinner(text("house.checking")):
                checked = (operating.integrity(user.database, user.owner), user.now)
            session.keep(_CHECKED, checked)
        _promises(user, *checked)


def _promises(user: User, found: Integrity, at: datetime) -> None:
    broken = [(promise, count) for promise, count in found.promises if count]
    icon, colour = (":material/verified:", "green") if found.kept else (":material/gpp_bad:", "red")
    title = text("house.books.kept") if found.kept else plural("house.books.broken", len(broken) + bool(found.memory))
    st.markdown(f":{colour}[{icon}] **{format.md_escape(title)}**")
    when = words.when(at, user.preferences.zone, user.today)
    st.caption(format.md_escape(plural("house.books.checked", len(found.promises) + 1, at=when)))
    for promise, count in broken:
        st.markdown(f":red[:material/close:] {format.md_escape(promise_said(promise))} · {format.count(count)}")
    for drift in found.memory:
        st.markdown(f":red[:material/close:] {format.md_escape(drift)}")
    if not found.kept:
        st.error(text("house.books.todo"), icon=":material/backup:")
    with st.expander(text("house.books.all"), key="house.books.all"):
        for promise, count in found.promises:
            _promise(promise_said(promise), kept=not count)
        _promise(text("house.promise.memory"), kept=not found.memory)


def _promise(said: str, *, kept: bool) -> None:
    mark = ":green[:material/check:]" if kept else ":red[:material/close:]"
    st.markdown(f"{mark} {format.md_escape(said)}")


def promise_key(promise: str) -> str:
    """The text's key of a promise of the books: `house.promise.no_request_pays_twice`."""
    return "house.promise." + re.sub(r"[^a-z0-9]+", "_", promise.lower()).strip("_")


def promise_said(promise: str) -> str:
    """A promise in the person's language; one that has no text yet as the books call it."""
    key = promise_key(promise)
    return text(key) if translator(language()).has(key) else promise
