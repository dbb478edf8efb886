"""Dropping files in, and the list of what each of them is: recognised, waiting for a word, or refused."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from data.importers.generic import FORMAT as MAPPED
from data.importers.statement import Statement
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import plural, rejection_parts, text
from pages.ui.screens.importing import columns, dates, drop
from pages.ui.screens.importing.drop import Waiting
from pages.ui.screens.importing.words import encoding, size, source
from pages.ui.widgets import card

Colour = Literal["green", "orange", "red"]


def uploader(user: User) -> None:
    """Where files are dropped; what was dropped is read at once and the field is empty again."""
    number = session.recall("import.uploads", 0)
    files = st.file_uploader(
        text("importing.drop"), accept_multiple_files=True, key=f"import.files.{number}", help=text("importing.help")
    )
    st.caption(md_escape(text("importing.kinds")))
    if not files:
        return
    with st.status(plural("importing.reading", len(files)), expanded=True) as status:
        again = drop.add(user, ((one.name, one.getvalue()) for one in files), _reading)
        status.update(label=text("importing.read"), state="complete")
    for name in again:
        session.flash(text("importing.again", file=name), "info")
    session.keep("import.uploads", number + 1)
    session.forget("import.done")
    st.rerun()


def _reading(name: str, length: int) -> None:
    st.markdown(md_escape(text("importing.reading.one", file=name, size=size(length))))


def cards(user: User) -> None:
    """Every waiting file with what it is and what can be done about it."""
    body, _ = card(text("importing.files"), key="import.waiting")
    with body:
        for one in drop.waiting():
            _file(user, one)
        with st.expander(text("importing.more"), icon=":material/add:", key="import.more"):
            uploader(user)


def _file(user: User, one: Waiting) -> None:
    with st.container(key=f"import.file.{one.key}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            icon, colour, said = _standing(one)
            with st.container(width="content", gap=None):
                st.markdown(f"**{md_escape(one.parsed.file)}**", width="content")
                st.caption(md_escape(_facts(one)), width="content")
            with st.container(horizontal=True, width="content", vertical_alignment="center"):
                st.badge(md_escape(said), icon=icon, color=colour)
                if one.parsed.needs is not None:
                    st.button(
                        text("importing.columns"),
                        key=f"import.columns.{one.key}",
                        icon=":material/view_column:",
                        type="primary" if one.undecided or one.statement is None else "tertiary",
                        on_click=columns.open_for,
                        args=(one.key,),
                    )
                st.button(
                    text("action.remove"),
                    key=f"import.remove.{one.key}",
                    icon=":material/close:",
                    type="tertiary",
                    on_click=drop.remove,
                    args=(one.key,),
                )
        if one.locked:
            _password(user, one)
        elif one.parsed.refusal is not None:
            st.error("\n\n".join(md_escape(part) for part in rejection_parts(one.parsed.refusal)))
        elif one.undecided and one.parsed.needs is None:
            dates.ask(one)
        elif one.undecided:
            st.warning(text("importing.undecided"), icon=":material/help:")


def _standing(one: Waiting) -> tuple[str, Colour, str]:
    if one.locked:
        return ":material/lock:", "orange", text("importing.standing.locked")
    if one.parsed.refusal is not None:
        return ":material/error:", "red", text("importing.standing.refused")
    if one.undecided:
        return ":material/help:", "orange", text("importing.standing.undecided")
    return ":material/check_circle:", "green", text("importing.standing.ready")


def _facts(one: Waiting) -> str:
    parts = [one.origin] if one.origin != one.parsed.file else []
    if one.parsed.statement is not None:
        parts += _read(one, one.parsed.statement)
        if one.parsed.saved and one.parsed.statement.format == MAPPED:
            parts.append(text("importing.mapping.saved"))
    return " · ".join([*parts, size(one.size)])


def _read(one: Waiting, said: Statement) -> list[str]:
    parts = [source(said.format)]
    if said.encoding:
        parts.append(encoding(said.encoding))
    if one.days:
        first, last = one.days
        parts.append(format.iso(first) if first == last else f"{format.iso(first)} – {format.iso(last)}")
    doubts = sum(1 for row in said.problems if row.reason.endswith("_ambiguous"))  # about columns, not rows
    return [*parts, plural("common.rows", len(said.lines) + len(said.skipped) + len(said.problems) - doubts)]


def _password(user: User, one: Waiting) -> None:
    if one.parsed.refusal is not None:
        st.caption(md_escape(" ".join(rejection_parts(one.parsed.refusal))))
    form = st.form(f"import.password.{one.key}", border=False)
    with form.container(horizontal=True, vertical_alignment="bottom"):
        given = st.text_input(
            text("importing.password"),
            type="password",
            key=f"import.given.{one.key}",
            autocomplete="off",
            width=260,
        )
        sent = st.form_submit_button(text("importing.unlock"), icon=":material/lock_open:")
    if sent and given:
        drop.unlock(user, one, given)
        st.rerun()
