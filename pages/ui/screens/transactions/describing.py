"""What a person says about one transaction: category, payee, tags, note, and whether reports count it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.scope import Scope
from data.ledger.changes import MOST_TAGS, NOTE_LENGTH, PAYEE_LENGTH
from data.transaction import Detail
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.transactions import state
from pages.ui.screens.transactions.edits import say
from pages.ui.screens.transactions.fields import category_choices, sides


def describing(user: User, scope: Scope, one: Detail) -> None:
    """The form; it sends only what was changed."""
    key = f"detail.{one.entry}.{len(one.history)}"  # after an edit the fields show what is kept now
    with st.form(f"{key}.form", border=False):
        left, right = st.columns(2)
        with left:
            category = _category(scope, one, key)
            payee = st.text_input(
                text("column.payee"), one.called, key=f"{key}.payee", max_chars=PAYEE_LENGTH, placeholder=one.payee
            )
            if one.called != one.payee:
                st.caption(format.md_escape(text("transactions.statement_payee", payee=one.payee)))
        with right:
            tags = st.multiselect(
                text("column.tags"),
                list(one.tags),
                default=list(one.tags),
                key=f"{key}.tags",
                accept_new_options=True,
                max_selections=max(MOST_TAGS, len(one.tags)),
                placeholder=text("transactions.tags.placeholder"),
            )
            note = st.text_input(text("column.note"), one.note, key=f"{key}.note", max_chars=NOTE_LENGTH)
        excluded = st.toggle(
            text("transactions.leave_out"),
            one.excluded,
            key=f"{key}.excluded",
            help=text("transactions.leave_out.help"),
        )
        pressed = st.form_submit_button(text("action.save"), type="primary", key=f"{key}.save")
    if pressed:
        said = changed(one, category, payee or "", note or "", tags, excluded=excluded)
        if say(user, f"transactions.detail.{one.entry}", [one.entry], **said):
            state.untick()
            st.rerun()


def _category(scope: Scope, one: Detail, key: str) -> str | None:
    wanted = sides([one.kind])
    if not wanted:
        st.caption(text("transactions.no_category"))
        return None
    options = category_choices(scope, wanted)
    now = one.parts[0].category if len(one.parts) == 1 else None
    listed = list(options)
    return st.selectbox(
        text("column.category"),
        listed,
        index=listed.index(now) if now in options else None,
        key=f"{key}.category",
        format_func=lambda code: options.get(code, code),
        placeholder=text("transactions.split") if len(one.parts) > 1 else text("common.choose"),
    )


def changed(
    one: Detail, category: str | None, payee: str, note: str, tags: list[str], *, excluded: bool
) -> dict[str, Any]:
    """The words of `Annotate` for what differs from what is kept; an emptied field takes the person's word back."""
    now = one.parts[0].category if len(one.parts) == 1 else None
    added, removed = [t for t in tags if t not in one.tags], [t for t in one.tags if t not in tags]
    wanted = {
        "category": category if category != now else None,
        "payee": _name(payee.strip(), one.payee) if payee.strip() != one.called else None,
        "note": note.strip() if note.strip() != one.note else None,
        "excluded": excluded if excluded != one.excluded else None,
        "add_tags": tuple(added) or None,
        "remove_tags": tuple(removed) or None,
    }
    return {field: value for field, value in wanted.items() if value is not None}


def _name(said: str, stated: str) -> str:
    return "" if said == stated else said
