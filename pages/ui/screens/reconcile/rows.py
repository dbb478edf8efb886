"""The rows of a statement's period with their ticks; what is ticked is kept at once."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import streamlit as st

from analytics import reconcile_tables as csv
from analytics.scope import Scope
from analytics.statement_period import Line, Period
from data import reconciling as door
from data.ids import EntryId
from data.money import Money
from data.reconciling import TickRows
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_colour, category_icon
from pages.ui.context import User
from pages.ui.dialogs import ask
from pages.ui.downloads import download
from pages.ui.i18n import plural, text
from pages.ui.screens.reconcile.words import payee_words
from pages.ui.screens.rows import category_label
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.screens.transactions.listing import DETAIL
from pages.ui.screens.transactions.rowlist import row_list
from pages.ui.theme import Palette, palette

SIZE: Final = 50
_LIST: Final = "reconcile.rows"
_OWN_ICONS: Final = {"transfer": "swap_horiz", "adjustment": "tune", "opening": "flag"}


def rows(user: User, scope: Scope, seen: Period) -> None:
    """The list, a page at a time, with what ticks many rows at once."""
    listed = seen.on_paper
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(width="content", gap=None):
            st.markdown(f"**{format.md_escape(_ticked_words(seen))}**")
            st.caption(format.md_escape(_span_words(scope, seen)))
        with st.container(horizontal=True, width="content", gap="small"):
            _many(user, seen)
            download(scope, lambda: csv.rows(seen), "statement-rows", key="reconcile.rows.csv", compact=True)
    if not listed:
        st.caption(text("reconcile.rows.none"))
        return
    pages = -(-len(listed) // SIZE)
    paging = f"reconcile.page.{seen.statement.id}"
    number = min(session.widget(paging) or 1, pages)
    _list(user, scope, seen, listed[(number - 1) * SIZE : number * SIZE])
    if pages > 1:
        with st.container(horizontal_alignment="center"):
            st.pagination(pages, key=paging, max_visible_pages=5)


def _ticked_words(seen: Period) -> str:
    """How far the ticks have come: how many, from what balance, to which."""
    currency = seen.statement.balance.currency
    return text(
        "reconcile.ticked_so_far",
        done=len(seen.on_paper) - seen.waiting,
        rows=len(seen.on_paper),
        before=format.money(Money(seen.before + seen.own, currency)),
        reached=format.money(Money(seen.before + seen.own + seen.ticked, currency)),
    )


def _span_words(scope: Scope, seen: Period) -> str:
    day, since = format.day(seen.statement.on, today=scope.today), seen.statement.standing.since
    count = len(seen.on_paper)
    if since is None:
        return plural("reconcile.rows.all", count, day=day)
    return plural("reconcile.rows.between", count, since=format.day(since, today=scope.today), day=day)


def _many(user: User, seen: Period) -> None:
    waiting = [line.entry for line in seen.on_paper if not line.ticked]
    in_file = [line.entry for line in seen.on_paper if not line.ticked and line.in_file]
    done = [line.entry for line in seen.on_paper if line.ticked]
    for name, icon, entries, ticked in (
        ("in_file", "task", in_file, True),
        ("all", "done_all", waiting, True),
        ("none", "remove_done", done, False),
    ):
        if entries:
            st.button(
                text(f"reconcile.tick.{name}"),
                key=f"reconcile.tick.{name}",
                icon=f":material/{icon}:",
                type="tertiary",
                on_click=_tick_many,
                args=(user, seen, tuple(entries)),
                kwargs={"ticked": ticked},
            )


def _tick_many(user: User, seen: Period, entries: tuple[EntryId, ...], *, ticked: bool) -> None:
    _send(user, seen, entries, ticked=ticked)
    session.keep("reconcile.turn", session.recall("reconcile.turn", 0) + 1)


def _list(user: User, scope: Scope, seen: Period, listed: tuple[Line, ...]) -> None:
    colours = palette()
    turn = f"{seen.statement.id}.{session.recall('reconcile.turn', 0)}"
    data = {
        "rows": [_row(scope, line, colours, seen.statement.balance.currency) for line in listed],
        "columns": [
            {"key": key, "label": text(f"column.{key if key != 'account' else 'in_file'}"), "sorted": ""}
            for key in ("date", "payee", "category", "account", "amount")
        ],
        "ticked": [str(line.entry) for line in seen.on_paper if line.ticked],
        "turn": turn,
        "income": colours.income,
        "words": {"all": text("transactions.tick_all"), "tick": text("transactions.tick", payee="{payee}")},
    }

    def ticked() -> None:
        told = session.widget(_LIST).ticked
        if told["turn"] == turn:
            _follow(user, seen, {UUID(entry) for entry in told["entries"]})

    def opened() -> None:
        ask(DETAIL, str(session.widget(_LIST).opened))

    row_list(data, key=_LIST, on_ticked=ticked, on_opened=opened)


def _follow(user: User, seen: Period, now: set[UUID]) -> None:
    """Keep what changed between the ticks in the store and those in the browser."""
    before = {UUID(str(line.entry)) for line in seen.on_paper if line.ticked}
    known = {UUID(str(line.entry)) for line in seen.on_paper}
    for entries, ticked in zip(changes(now, before, known), (True, False), strict=True):
        if entries:
            _send(user, seen, tuple(map(EntryId, entries)), ticked=ticked)


def changes(now: set[UUID], before: set[UUID], known: set[UUID]) -> tuple[list[UUID], list[UUID]]:
    """Which of the known rows were ticked since, and which are not any more."""
    return sorted(now & known - before), sorted(before - now)


def _send(user: User, seen: Period, entries: tuple[EntryId, ...], *, ticked: bool) -> None:
    asserted = seen.statement.standing.stated.asserted
    send_from_callback(
        f"reconcile.tick.{asserted.id}",
        lambda request: door.tick(user.database, TickRows(user.owner, request, user.owner, asserted, entries, ticked)),
        lambda changed: plural("reconcile.ticked" if ticked else "reconcile.unticked", changed),
    )


def _row(scope: Scope, line: Line, colours: Palette, currency: str) -> dict[str, Any]:
    own = line.category is None and line.kind in _OWN_ICONS
    called = payee_words(line)
    said = [line.description if line.description != called else "", line.note]
    missing = line.in_file is False
    file = format.NONE if line.in_file is None else text("common.no" if missing else "common.yes")
    icon = _OWN_ICONS[line.kind] if own else category_icon(scope, line.category)
    return {
        "entry": str(line.entry),
        "date": format.iso(line.on),
        "day": format.day(line.on, today=scope.today),
        "payee": called,
        "more": " · ".join(part for part in said if part),
        "note": line.note,
        "tags": [],
        "category": category_label(scope, line.category, line.kind),
        "icon": icon.removeprefix(":material/").removesuffix(":"),
        "colour": colours.muted if own else category_colour(scope, line.category or "", colours),
        "account": file,
        "amount": format.money(Money(line.minor, currency), signed=True),
        "tone": "in" if line.minor > 0 else "out",
        "off": False,
        "marks": [{"icon": "search_off", "title": text("reconcile.not_in_file")}] if missing else [],
    }
