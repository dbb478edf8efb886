"""Making and changing a rule, with what it would hold for shown while it is typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

import streamlit as st

from analytics.scope import Scope
from analytics.selection import Criteria
from analytics.transactions import rows
from data import sorting
from data.categories import CategoryKind, Match, Rule, RuleInvalid, children_of, tops
from data.categories.rules import LONGEST_TEXT
from data.errors import Rejection
from data.ids import EntryId, OwnerId, new_id
from data.sorting import SaveRule
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_name
from pages.ui.context import User
from pages.ui.i18n import plural, rejection_text, text
from pages.ui.screens.rows import frame_of
from pages.ui.screens.settings.rule_fields import choice, details, select
from pages.ui.screens.settings.rule_form import SUBJECTS, Draft, Row, draft_of, probe_of, rule_of
from pages.ui.screens.settings.rule_words import term_said
from pages.ui.screens.settings.sending import send
from pages.ui.tables import Column, data_table
from pages.ui.widgets import card

_STATE: Final = "settings.rule.editing"
_EXAMPLES: Final = 10
_NAME_LENGTH: Final = 60


@dataclasses.dataclass(frozen=True, slots=True)
class _Editing:
    """The rule on the bench. start: what its fields begin with; shown: numbers of the rows on screen; turn: key part.

    A row's number is its place in `start.rows`; rows added later count on from there and begin empty.
    """

    start: Draft
    shown: tuple[int, ...]
    turn: int
    new: bool

    def seed(self, number: int) -> Row:
        """What a row begins with."""
        return self.start.rows[number] if number < len(self.start.rows) else Row()

    def key(self, field: str) -> str:
        """The widget key of a field, another one each time the editor is opened."""
        return f"settings.rule.edit.{self.turn}.{field}"


def editing() -> bool:
    """Whether a rule is on the bench."""
    return session.recall(_STATE, None) is not None


def begin(rule: Rule | None = None) -> None:
    """Put a rule on the bench, a new one without `rule`."""
    start = draft_of(rule) if rule else Draft(str(new_id()))
    turn = session.recall("settings.rule.turn", 0) + 1
    session.keep("settings.rule.turn", turn)
    session.keep(_STATE, _Editing(start, tuple(range(len(start.rows))), turn, rule is None))


def _end() -> None:
    session.forget(_STATE)


def _show_rows(one: _Editing, shown: tuple[int, ...]) -> None:
    session.keep(_STATE, dataclasses.replace(one, shown=shown))


def show(user: User, scope: Scope, accounts: Mapping[str, str]) -> None:
    """The rule on the bench. accounts: key → name."""
    one: _Editing = session.recall(_STATE, _Editing(Draft(str(new_id())), (0,), 0, new=True))
    title = text("settings.rules.new") if one.new else text("settings.rules.change")
    body, _ = card(title, key="settings.rule.editor", stretch=False)
    with body:
        draft = _fields(one, scope, accounts)
        with st.container(horizontal=True):
            pressed = st.button(text("action.save"), key="settings.rule.save", type="primary")
            st.button(text("action.cancel"), key="settings.rule.cancel", on_click=_end)
        if pressed:
            _save(user, one, draft)
    _preview(user, scope, draft)


def _fields(one: _Editing, scope: Scope, accounts: Mapping[str, str]) -> Draft:
    name = st.text_input(
        text("settings.rule.name"), one.start.name, max_chars=_NAME_LENGTH, key=one.key("name"), width=420
    )
    st.markdown(f"**{text('settings.rule.when')}**")
    match = choice(
        text("settings.rule.when"),
        {m.value: text(f"settings.rule.match.{m}") for m in Match},
        one.start.match,
        one.key("match"),
    )
    typed = tuple(_row(one, number, scope, accounts) for number in one.shown)
    for term in one.start.kept:
        st.caption(format.md_escape(term_said(term, accounts)))
    following = max((*one.shown, len(one.start.rows) - 1)) + 1
    st.button(
        text("settings.rule.add"),
        key=one.key("add"),
        icon=":material/add:",
        type="tertiary",
        on_click=_show_rows,
        args=(one, (*one.shown, following)),
    )
    return dataclasses.replace(_actions(one, scope), name=name, match=match, rows=typed)


def _row(one: _Editing, number: int, scope: Scope, accounts: Mapping[str, str]) -> Row:
    seed = one.seed(number)
    with st.container(horizontal=True, vertical_alignment="center", key=one.key(f"row{number}")):
        about = select(
            text("settings.rule.about"),
            {code: text(f"settings.rule.field.{code}") for code in SUBJECTS},
            seed.about,
            one.key(f"{number}.about"),
            150,
        )
        row = details(one.key(f"{number}.{about}"), dataclasses.replace(seed, about=about), scope, accounts)
        st.button(
            "",
            key=one.key(f"{number}.remove"),
            icon=":material/close:",
            help=text("action.remove"),
            type="tertiary",
            on_click=_show_rows,
            args=(one, tuple(n for n in one.shown if n != number)),
        )
    return row


def _actions(one: _Editing, scope: Scope) -> Draft:
    st.markdown(f"**{text('settings.rule.then')}**")
    names = {"": text("settings.rule.category.none")} | _category_names(scope)
    left, right = st.columns(2)
    with left:
        category = st.selectbox(
            text("column.category"),
            list(names),
            index=list(names).index(one.start.category) if one.start.category in names else 0,
            key=one.key("category"),
            format_func=names.__getitem__,
        )
        tags = st.text_input(
            text("column.tags"), one.start.tags, key=one.key("tags"), placeholder=text("settings.rule.tags.placeholder")
        )
    with right:
        payee = st.text_input(
            text("settings.rule.payee"),
            one.start.payee,
            key=one.key("payee"),
            max_chars=LONGEST_TEXT,
            placeholder=text("settings.rule.payee.placeholder"),
        )
        exclude = st.toggle(text("settings.rule.exclude"), one.start.exclude, key=one.key("exclude"))
    return dataclasses.replace(one.start, category=category, payee=payee, tags=tags, exclude=exclude)


def _category_names(scope: Scope) -> dict[str, str]:
    """Category key → `Dining › Coffee`, spending before income, each below its top one."""
    put_away = sorting.archived(scope.db, OwnerId(scope.owner))
    names = {}
    for side in CategoryKind:
        for top in tops(side, scope.categories):
            names[top.key] = category_name(scope, top.key)
            for one in children_of(top.key, scope.categories):
                names[one.key] = f"{names[top.key]} › {category_name(scope, one.key)}"
    return {key: name for key, name in names.items() if key not in put_away}


def _preview(user: User, scope: Scope, draft: Draft) -> None:
    body, _ = card(text("settings.rule.preview"), key="settings.rule.preview.card", stretch=False)
    with body:
        try:
            count, found = _held_for(user, probe_of(draft))
        except Rejection as no:
            waiting = isinstance(no, RuleInvalid) and no.reason in {"text_empty", "no_terms", "kinds_empty"}
            said = text("settings.rule.preview.waiting") if waiting else rejection_text(no)
            st.caption(format.md_escape(said))
            return
        st.markdown(f"**{format.md_escape(plural('settings.rule.preview.count', count))}**")
        if found:
            _examples(scope, found)


def _held_for(user: User, probe: Rule) -> tuple[int, tuple[EntryId, ...]]:
    """What the conditions hold for; asked again only when they, or the books, have changed."""
    asked = (user.database.version(user.owner), probe.conditions, probe.match)
    known: tuple[object, tuple[int, tuple[EntryId, ...]]] | None = session.recall("settings.rule.preview", None)
    if known is not None and known[0] == asked:
        return known[1]
    found = sorting.examples(user.database, user.owner, probe, _EXAMPLES)
    session.keep("settings.rule.preview", (asked, found))
    return found


def _examples(scope: Scope, found: tuple[EntryId, ...]) -> None:
    frame = frame_of(scope, rows(scope, Criteria(entries=found)))
    columns = [
        Column("payee", text("column.payee")),
        Column("amount", text("column.amount"), "money", signed=True),
        Column("description", text("column.description")),
        Column("category", text("column.category")),
        Column("account", text("column.account")),
        Column("date", text("column.date"), "date"),
    ]
    data_table(frame, columns, key="settings.rule.examples")


def _save(user: User, one: _Editing, draft: Draft) -> None:
    form = f"settings.rule.save.{one.start.id}"

    def save(request: str) -> str:
        rule = rule_of(draft)
        sorting.save_rule(user.database, SaveRule(user.owner, request, user.owner, rule))
        return rule.name

    if send(form, save, lambda name: text("settings.rules.saved", name=name)):
        _end()
        st.rerun()
