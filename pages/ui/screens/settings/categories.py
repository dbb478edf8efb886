"""The two-level tree of categories, and the person's own ones in it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from analytics.scope import Scope
from data import sorting
from data.categories import BUILT_IN, Category, CategoryKind, children_of, tops
from data.categories.teaching import NAME_LENGTH
from data.sorting import ArchiveCategory, ChangeCategory, CreateCategory
from pages.ui.books import category_name, scope_of
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.settings.sending import send
from pages.ui.widgets import card

_TOP: Final = ""  # the choice that stands for no parent
_AS_PARENT: Final = ""  # the choice that stands for the parent's icon
# Enough to tell own categories apart; all of them are in the font that Streamlit serves.
_ICONS: Final = (
    "restaurant", "local_cafe", "shopping_bag", "home", "directions_car", "flight", "train", "local_gas_station",
    "school", "menu_book", "work", "computer", "smartphone", "sports_esports", "movie", "music_note", "fitness_center",
    "spa", "medical_services", "child_care", "pets", "redeem", "volunteer_activism", "savings", "payments",
    "receipt_long", "construction", "park", "camera_alt", "star",
)  # fmt: skip


def show(user: User) -> None:
    """The tree of one side of the books, and the forms for own categories."""
    scope = scope_of(user)
    put_away = sorting.archived(user.database, user.owner)
    names = {
        kind.value: text(f"categories.side.{'spending' if kind is CategoryKind.EXPENSE else 'income'}")
        for kind in CategoryKind
    }
    chosen = st.segmented_control(
        text("categories.side"),
        list(names),
        default=CategoryKind.EXPENSE.value,
        key="settings.categories.side",
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    side = CategoryKind(chosen)
    _tree(scope, side, put_away)
    left, right = st.columns(2)
    with left:
        _create(user, scope, side, put_away)
    with right:
        _change(user, scope, side, put_away)


def _tree(scope: Scope, side: CategoryKind, put_away: frozenset[str]) -> None:
    body, _ = card(text("settings.categories.title"), key="settings.categories.card", stretch=False)
    with body:
        st.caption(text("settings.categories.note"))
        grid = st.grid(3, min_column_width=250, row_height="content")
        for top in tops(side, scope.categories):
            if top.key not in put_away:
                below = [one for one in children_of(top.key, scope.categories) if one.key not in put_away]
                grid.markdown("\n\n".join([f"**{_said(scope, top)}**", " ".join(_chip(scope, one) for one in below)]))


def _said(scope: Scope, one: Category) -> str:
    mine = "" if one.key in BUILT_IN else f" · {text('settings.categories.own')}"
    return f"{one.icon} {md_escape(category_name(scope, one.key) + mine)}"


def _chip(scope: Scope, one: Category) -> str:
    """A child, which no line break parts; the person's own ones also say so."""
    return f":{'gray' if one.key in BUILT_IN else 'blue'}-badge[{_said(scope, one)}]"


def _create(user: User, scope: Scope, side: CategoryKind, put_away: frozenset[str]) -> None:
    form = f"settings.categories.create.{side}"
    body, _ = card(text("settings.categories.create"), key="settings.categories.create.card")
    with body, st.form(form, border=False, clear_on_submit=False):
        name, parent, icon = _fields(scope, side, put_away, "create", None)
        pressed = st.form_submit_button(text("action.add"), key="settings.categories.add", type="primary")
    if pressed and send(
        form,
        lambda request: sorting.create_category(
            user.database, CreateCategory(user.owner, request, user.owner, name, side, parent, icon)
        ),
        lambda _key: text("settings.categories.created", name=name.strip()),
    ):
        st.rerun()


def _fields(
    scope: Scope, side: CategoryKind, put_away: frozenset[str], form: str, former: Category | None
) -> tuple[str, str | None, str]:
    """The fields of a category: its name, its parent's key, its icon (empty: the parent's)."""
    key = f"settings.categories.{form}.{former.key if former else side}"
    name = st.text_input(
        text("settings.categories.name"), (former and former.name) or "", max_chars=NAME_LENGTH, key=f"{key}.name"
    )
    parents = {_TOP: text("settings.categories.top")} | {
        one.key: category_name(scope, one.key)
        for one in tops(side, scope.categories)
        if one.key not in put_away and (former is None or one.key != former.key)
    }
    parent = st.selectbox(
        text("settings.categories.parent"),
        list(parents),
        index=list(parents).index((former and former.parent) or _TOP),
        key=f"{key}.parent",
        format_func=parents.__getitem__,
    )
    icon = _icon(former, key)
    return name, parent or None, icon


def _icon(former: Category | None, key: str) -> str:
    now = former.icon.removeprefix(":material/").removesuffix(":") if former else _AS_PARENT
    icons = {_AS_PARENT: text("settings.categories.as_parent")} | {
        one: f":material/{one}:" for one in dict.fromkeys((*((now,) if now else ()), *_ICONS))
    }
    chosen = st.pills(
        text("settings.categories.icon"),
        list(icons),
        default=now,
        key=f"{key}.icon",
        required=True,
        format_func=icons.__getitem__,
    )
    return f":material/{chosen}:" if chosen else ""


def _change(user: User, scope: Scope, side: CategoryKind, put_away: frozenset[str]) -> None:
    body, _ = card(text("settings.categories.change"), key="settings.categories.change.card")
    mine = {one.key: one for one in scope.categories.values() if one.key not in BUILT_IN and one.kind is side}
    with body:
        if not mine:
            st.caption(text("settings.categories.none"))
            return
        names = {key: _listed(scope, one, put_away) for key, one in mine.items()}
        chosen = st.selectbox(
            text("column.category"),
            list(mine),
            key=f"settings.categories.which.{side}",
            format_func=names.__getitem__,
            label_visibility="collapsed",
        )
        _form(user, scope, mine[chosen], put_away)
        _archive(user, mine[chosen], archived=chosen in put_away)


def _listed(scope: Scope, one: Category, put_away: frozenset[str]) -> str:
    path = f"{category_name(scope, one.parent)} › " if one.parent else ""
    return f"{path}{one.name}" + (f" · {text('settings.categories.archived')}" if one.key in put_away else "")


def _form(user: User, scope: Scope, one: Category, put_away: frozenset[str]) -> None:
    form = f"settings.categories.change.{one.key}"
    with st.form(form, border=False):
        name, parent, icon = _fields(scope, one.kind, put_away - {one.parent or ""}, "change", one)
        pressed = st.form_submit_button(text("action.save"), key="settings.categories.save", type="primary")
    if pressed and send(
        form,
        lambda request: sorting.change_category(
            user.database, ChangeCategory(user.owner, request, user.owner, one.key, name, parent, icon)
        ),
        lambda _none: text("message.saved"),
    ):
        st.rerun()


def _archive(user: User, one: Category, *, archived: bool) -> None:
    word = "restore" if archived else "archive"
    st.caption(text(f"settings.categories.{word}.note"))
    icon = ":material/unarchive:" if archived else ":material/archive:"
    if st.button(text(f"settings.categories.{word}"), key="settings.categories.archive", icon=icon) and send(
        f"settings.categories.archive.{one.key}",
        lambda request: sorting.archive_category(
            user.database, ArchiveCategory(user.owner, request, user.owner, one.key, archived=not archived)
        ),
        lambda _none: text(f"settings.categories.{word}.done", name=one.name or ""),
    ):
        st.rerun()
