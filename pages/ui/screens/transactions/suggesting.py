"""Uncategorised transactions that could be sorted: what is suggested, by payee or for one, taken with one press."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.scope import Scope
from data import sorting
from data.categories import OTHER_INCOME, UNCATEGORISED, Reason
from data.categories.learning import Sorted
from data.ids import EntryId
from data.sorting import Suggestion
from data.transaction import Detail
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_icon, category_name
from pages.ui.context import User
from pages.ui.dialogs import ask, dialog
from pages.ui.i18n import plural, text
from pages.ui.screens.guesses import Offer, basis, because, offers, origin
from pages.ui.screens.transactions import state
from pages.ui.screens.transactions.edits import say

DIALOG = "transactions.guesses"


def waiting(user: User) -> None:
    """How many transactions have a suggestion, with the way to see them; nothing when none has."""
    count = sum(len(one.entries) for one in _known(user))
    if not count:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="transactions.guesses.bar", gap="small"):
        st.caption(f":material/auto_awesome: {plural('guesses.waiting', count)}", width="content")
        st.button(text("guesses.see"), key="transactions.guesses.see", type="tertiary", on_click=ask, args=(DIALOG,))


def draw(user: User, scope: Scope) -> None:
    """The dialog with every suggestion, while it is open."""
    dialog(DIALOG, text("guesses.title"), lambda _: _list(user, scope), width="medium")


def _list(user: User, scope: Scope) -> None:
    found = _known(user)
    if not found:
        st.caption(text("guesses.none"))
        return
    st.caption(text("guesses.note"))
    mixed = len({money.currency for one in found for money in one.total}) > 1
    listed = [
        Offer(
            one.entries,
            one.payee,
            one.category,
            one.guess,
            len(one.entries),
            " ".join(format.money(money, signed=True, mixed=mixed) for money in one.total),
        )
        for one in found
    ]
    offers(scope, listed, "transactions.guesses.offer", lambda taken: _take(user, taken))


def _take(user: User, taken: Sequence[Offer]) -> None:
    done = 0
    for one in taken:
        entries = [each.entries for each in _known(user) if (each.payee, each.category) == (one.payee, one.category)]
        if entries and say(user, f"{DIALOG}.{one.payee}.{one.category}", entries[0], category=one.category):
            done += len(entries[0])
    if len(taken) > 1:
        state.remember(None)  # several payees at once: there is no one edit to take back or to keep for ever
    if done:
        state.untick()
        session.flash(plural("guesses.taken", done))


def _known(user: User) -> list[Suggestion]:
    """The suggestions, asked again only after something of the person's changed."""
    version = user.database.version(user.owner)
    kept: tuple[int, list[Suggestion]] | None = session.recall(DIALOG, None)
    if kept is None or kept[0] != version:
        kept = (version, sorting.suggestions(user.database, user.owner))
        session.keep(DIALOG, kept)
    return kept[1]


def of_one(user: User, scope: Scope, one: Detail) -> None:
    """Why the transaction has its category; where it is uncategorised, what is suggested for it and for its payee."""
    said = any(change.field in {"category", "split"} and change.value is not None for change in one.history)
    if said or len(one.parts) != 1 or not one.parts[0].category:
        return
    found = sorting.thought(user.database, user.owner, one.entry)
    if found is None:
        return
    if one.parts[0].category in {UNCATEGORISED, OTHER_INCOME}:
        _suggested(user, scope, one, found)
    elif found.verdict.category == one.parts[0].category:
        why = basis(scope, found.verdict.reason, found.verdict.evidence, found.guess)
        if why:
            st.caption(format.md_escape(f"{text('guesses.basis')} · {why}"))


def _suggested(user: User, scope: Scope, one: Detail, found: Sorted) -> None:
    category = _offered(found)
    if category is None:
        return
    group = next((each for each in _known(user) if one.entry in each.entries and each.category == category), None)
    with st.container(border=True, key="transactions.guess", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{text('guesses.suggested')}**", width="content")
            st.badge(
                format.md_escape(category_name(scope, category)), icon=category_icon(scope, category), color="gray"
            )
        st.caption(format.md_escape(_why(scope, one, found)))
        with st.container(horizontal=True, gap="small"):
            label = text("guesses.take_one", category=category_name(scope, category))
            if st.button(format.md_escape(label), key="transactions.guess.take", type="primary"):
                _one(user, [one.entry], category)
            if group is not None and len(group.entries) > 1:
                label = plural("guesses.take_payee", len(group.entries))
                if st.button(label, key="transactions.guess.payee"):
                    _one(user, group.entries, category)


def _offered(found: Sorted) -> str | None:
    if found.verdict.reason in {Reason.CORRECTED, Reason.GUESS}:
        return found.verdict.category
    return found.guess.category if found.guess and found.verdict.reason is Reason.DEFAULT else None


def _why(scope: Scope, one: Detail, found: Sorted) -> str:
    if found.guess is None:
        return text("guesses.by.corrected", evidence=one.payee)
    sure = text("guesses.sure", percent=format.percent(found.guess.percent))
    return f"{sure} · {because(scope, found.guess)} · {origin(found.guess)}"


def _one(user: User, entries: Sequence[EntryId], category: str) -> None:
    if say(user, f"{DIALOG}.detail", entries, category=category):
        state.untick()
        st.rerun()
