"""Editing the ticked transactions at once, from a bar that stays in reach at the foot of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import streamlit as st

from analytics.scope import Scope
from analytics.selection import Criteria
from analytics.transactions import Page, rows
from data.ids import EntryId
from data.ledger.changes import MOST_TAGS, NOTE_LENGTH, PAYEE_LENGTH
from pages.ui.context import User
from pages.ui.dialogs import ask
from pages.ui.i18n import plural, text
from pages.ui.screens.transactions import state
from pages.ui.screens.transactions.edits import after_edit, say
from pages.ui.screens.transactions.fields import category_choices
from pages.ui.screens.transactions.listing import DETAIL, category_names

_MOST = 5_000  # transactions edited at once; a rule is the better tool for more


def foot(user: User, scope: Scope, criteria: Criteria, seen: Page) -> None:
    """What can be done with the ticked rows; with none ticked, what can be done after the last edit."""
    chosen = state.ticked()
    if not chosen:
        if state.done() is not None:
            with st.bottom:
                after_edit(user, scope, key="transactions.done")
        return
    with st.bottom, st.container(border=True, key="transactions.bulk"):
        entries = _which(scope, criteria, seen, chosen)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _category(user, scope, entries)
            _more(user, entries, tags_among(seen))


def _which(
    scope: Scope, criteria: Criteria, seen: Page, chosen: tuple[EntryId, ...]
) -> Callable[[], tuple[EntryId, ...]]:
    """How many are meant, with the way to mean all that were found; answers what to edit when it is asked."""
    everything = False
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plural('transactions.ticked', len(chosen))}**", width="content")
        if len(seen.rows) < seen.count <= _MOST:
            everything = st.checkbox(
                plural("transactions.all_found", seen.count), key=f"transactions.everything.{state.turn()}"
            )
        if len(chosen) == 1:
            st.button(
                text("action.details"),
                key="transactions.details",
                icon=":material/open_in_full:",
                type="tertiary",
                on_click=ask,
                args=(DETAIL, str(chosen[0])),
            )
        st.button(
            "",
            key="transactions.untick",
            icon=":material/close:",
            type="tertiary",
            help=text("transactions.untick"),
            on_click=state.untick,
        )
    if not everything:
        return lambda: chosen
    return lambda: _every(scope, criteria)


def _every(scope: Scope, criteria: Criteria) -> tuple[EntryId, ...]:
    listed = rows(scope, criteria, names=category_names(scope))["entry"].to_pylist()
    return tuple(EntryId(UUID(entry)) for entry in dict.fromkeys(listed))


def _category(user: User, scope: Scope, entries: Callable[[], tuple[EntryId, ...]]) -> None:
    with st.popover(text("action.change_category"), icon=":material/category:", type="primary", key="bulk.category"):
        options = category_choices(scope)
        chosen = st.selectbox(
            text("column.category"),
            list(options),
            index=None,
            key=f"bulk.category.key.{state.turn()}",
            format_func=lambda key: options.get(key, key),
            placeholder=text("common.choose"),
        )
        _apply(user, "category", entries, {"category": chosen} if chosen else {})


def tags_among(seen: Page) -> list[str]:
    """The tags on the rows of this page, to choose from."""
    return sorted({tag for tags in seen.rows["tags"].to_pylist() if tags for tag in tags.split("\n")})


def _more(user: User, entries: Callable[[], tuple[EntryId, ...]], known: list[str]) -> None:
    turn = state.turn()
    reports = {code: text(f"transactions.{code}") for code in ("leave_out", "put_back")}
    with st.popover(text("transactions.more"), icon=":material/edit:", key="bulk.more"):
        added, removed = (_tag_box(which, known) for which in ("add", "remove"))
        payee, note = (
            st.text_input(
                text(f"transactions.new.{field}"),
                key=f"bulk.{field}.{turn}",
                max_chars=most,
                placeholder=text("transactions.unchanged"),
            )
            for field, most in (("payee", PAYEE_LENGTH), ("note", NOTE_LENGTH))
        )
        counted = st.segmented_control(
            text("transactions.reports"),
            list(reports),
            key=f"bulk.reports.{turn}",
            format_func=lambda code: reports.get(code, code),
        )
        words = {
            "add_tags": tuple(added),
            "remove_tags": tuple(removed),
            "payee": (payee or "").strip(),
            "note": (note or "").strip(),
        }
        said: dict[str, Any] = {field: value for field, value in words.items() if value}
        _apply(user, "more", entries, said | ({"excluded": counted == "leave_out"} if counted else {}))


def _tag_box(which: str, known: list[str]) -> list[str]:
    return st.multiselect(
        text(f"transactions.tags.{which}"),
        known,
        key=f"bulk.tags.{which}.{state.turn()}",
        accept_new_options=True,
        max_selections=MOST_TAGS,
        placeholder=text("transactions.tags.placeholder"),
    )


def _apply(user: User, name: str, entries: Callable[[], tuple[EntryId, ...]], words: dict[str, Any]) -> None:
    if st.button(text("action.apply"), key=f"bulk.{name}.apply", type="primary", disabled=not words):
        _edit(user, name, entries, words)


def _edit(user: User, name: str, entries: Callable[[], tuple[EntryId, ...]], words: dict[str, Any]) -> None:
    if say(user, f"transactions.bulk.{name}.{state.turn()}", entries(), **words):
        state.untick()
        st.rerun()
