"""The new rows of a drop, page by page, with what a person may change about each."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from typing import Any, Final
from uuid import UUID

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.export import Cell, Table
from analytics.export import Column as Out
from analytics.scope import Scope
from data.errors import Rejection
from data.importers.statement import Kind
from data.matching.choices import Edit
from data.matching.linking import Target
from data.matching.preview import NEW
from data.money import Money
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_name
from pages.ui.downloads import download
from pages.ui.i18n import language, text
from pages.ui.screens.importing import opened
from pages.ui.screens.importing.editing import KINDS, changed, effective
from pages.ui.screens.importing.offered import suggested, why
from pages.ui.screens.importing.paging import pager, slice_of
from pages.ui.screens.importing.preview import Prepared, by_row, edits, keep_edits, place_of
from pages.ui.screens.importing.words import one_of, place
from pages.ui.widgets import rejection_panel

_ONLY: Final = ("all", "uncategorised", "refunds", "changed")
_ORDER: Final = ("payee", "amount", "category", "basis", "kind", "date", "account", "link", "out", "remark", "place")
_ROW = 35
_TALLEST: Final = 560


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class View:
    """The rows in the grid now and the changes they were drawn with.

    A grid reports edits by position: these stay as they are until the grid is drawn anew under another number.
    """

    made: Hashable
    asked: Hashable
    number: int
    rows: tuple[int, ...]
    drawn: Mapping[int, Edit]


def absorb(made: Prepared) -> None:
    """Take over what was typed into the grid since it was drawn. Before anything is counted, at every run."""
    view: View | None = session.recall("import.view", None)
    state: Any = session.widget(_key(view.number)) if view else None
    if view is None or not state or view.made != made.key:
        return
    all_edits = dict(edits())
    redraw = False
    for position, cells in state["edited_rows"].items():
        row = view.rows[int(position)]
        before = view.drawn.get(row, Edit())
        try:
            after = changed(made.preview, row, before, cells)
        except Rejection as no:
            session.keep("import.refused", no)
            after, redraw = before, True
        redraw = redraw or (after.kind is not before.kind and after != all_edits.get(place_of(made, row)))
        all_edits[place_of(made, row)] = after
    keep_edits(all_edits)
    if redraw:
        session.forget("import.view")


def draw(scope: Scope, made: Prepared) -> None:
    """The filters, the grid, the pages."""
    refused: Rejection | None = session.recall("import.refused", None)
    if refused is not None:
        rejection_panel(refused)
        session.forget("import.refused")
    find, kind, only = _filters()
    suggested(scope, made)
    found = _found(made, by_row(made, edits()), find, kind, only)
    number = pager("import.rows", len(found), (made.key, find, kind, only))
    view = _view(made, (made.key, find, kind, only, number, language(), opened.version()), slice_of(found, number))
    if not view.rows:
        st.caption(text("importing.rows.none"))
        return
    frame = _frame(scope, made, view)
    links = any(made.preview.suggestion[row] is not None for row in view.rows)
    st.data_editor(
        frame,
        key=_key(view.number),
        hide_index=True,
        num_rows="fixed",
        disabled=["date", "payee", "amount", "basis", "remark", "place"],
        column_order=[name for name in _ORDER if name != "link" or links],
        column_config=_columns(scope, made),
        height=min(_ROW * (len(frame) + 1) + 3, _TALLEST),
    )
    st.caption(text("importing.rows.note"))
    download(scope, lambda: _table(made, found), "import-preview", key="import.rows.csv")


def _key(number: int) -> str:
    return f"import.grid.{number}"


def _filters() -> tuple[str, str, str]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        find = st.text_input(
            text("action.search"),
            key="import.find",
            placeholder=text("importing.find"),
            label_visibility="collapsed",
            icon=":material/search:",
            width=220,
        )
        kinds = {"": text("importing.kind.all")} | {kind.value: text(f"kind.{kind.value}") for kind in KINDS}
        kind = st.selectbox(
            text("column.kind"),
            list(kinds),
            format_func=kinds.__getitem__,
            key="import.kind",
            label_visibility="collapsed",
            width=150,
        )
        names = {code: text(f"importing.only.{code}") for code in _ONLY}
        only = st.selectbox(
            text("importing.only"),
            list(names),
            format_func=names.__getitem__,
            key="import.only",
            label_visibility="collapsed",
            width=210,
        )
    return " ".join((find or "").split()).casefold(), kind or "", only or "all"


def _found(made: Prepared, changes: Mapping[int, Edit], find: str, kind: str, only: str) -> np.ndarray[Any, Any]:
    """The positions of the new rows that the filters let through."""
    frame = made.frame
    keep = (frame["duplicate"] == NEW).to_numpy(copy=True)
    if kind:
        kinds = frame["kind"].to_numpy(dtype=object).copy()
        for row, edit in changes.items():
            kinds[row] = edit.kind.value if edit.kind else kinds[row]
        keep &= kinds == kind
    if only == "uncategorised":
        keep &= frame["category"].isin(["uncategorised", "other_income"]).to_numpy()
    if only == "refunds":
        keep &= (frame["refund_note"] != "").to_numpy()
    if only == "changed":
        keep &= np.isin(np.arange(len(frame)), list(changes))
    if find:
        keep &= made.words.str.contains(find, regex=False).to_numpy(dtype=bool)
    return np.flatnonzero(keep)


def _view(made: Prepared, asked: Hashable, rows: np.ndarray[Any, Any]) -> View:
    kept: View | None = session.recall("import.view", None)
    if kept is not None and kept.asked == asked:
        return kept
    number = session.recall("import.view.number", 0) + 1
    session.keep("import.view.number", number)
    changes = by_row(made, edits())
    listed = tuple(rows.tolist())
    view = View(made.key, asked, number, listed, {row: changes[row] for row in listed if row in changes})
    session.keep("import.view", view)
    return view


def _frame(scope: Scope, made: Prepared, view: View) -> pd.DataFrame:
    preview = made.preview
    mixed = made.mixed
    rows = []
    for row in view.rows:
        now = effective(preview, row, view.drawn.get(row, Edit()))
        line = preview.lines[row]
        minor = preview.minor[row] if line.direction.value == "in" else -preview.minor[row]
        rows.append(
            (
                format.iso(line.booked_on),
                line.payee or line.description,
                format.money(Money(minor, line.amount.currency), signed=True, mixed=mixed),
                now.kind.value,
                now.category,
                why(scope, made, row, now.category),
                now.account,
                now.link,
                now.out,
                _remark(scope, made, row),
                place(line.line, line.sheet),
            )
        )
    names = ["date", "payee", "amount", "kind", "category", "basis", "account", "link", "out", "remark", "place"]
    return pd.DataFrame(rows, columns=names)


def _remark(scope: Scope, made: Prepared, row: int) -> str:
    """What a row's refund belongs to, or what it is suggested to belong to."""
    preview = made.preview
    note = preview.refund_note[row]
    target = preview.target[row] if preview.target[row] is not None else preview.suggestion[row]
    if not note:
        return text("importing.refund.open") if preview.kind[row] is Kind.REFUND else preview.lines[row].description
    named = _purchase(scope, made, target)
    return text(f"importing.refund.{note}", purchase=named) if named else text("importing.refund.open")


def _purchase(scope: Scope, made: Prepared, target: Target | None) -> str:
    preview = made.preview
    if isinstance(target, UUID):
        known = preview.known.purchases.get(target)
        if known is None:
            return ""
        amount = format.money(Money(known.paid, known.currency))
        return f"{format.iso(known.booked_on)} {category_name(scope, known.category)} {amount}"
    if target is None:
        return ""
    line = preview.lines[target]
    return f"{format.iso(line.booked_on)} {line.payee} {format.money(line.amount)}"


def _columns(scope: Scope, made: Prepared) -> dict[str, ColumnConfig | None]:
    accounts = opened.names(made)
    categories = _category_names(scope)
    kinds = {kind.value: text(f"kind.{kind.value}") for kind in Kind}
    config = st.column_config
    return {
        "date": config.TextColumn(text("column.date"), width=100),
        "payee": config.TextColumn(text("column.payee"), width=150),
        "amount": config.TextColumn(text("column.amount"), alignment="right", width=110),
        "kind": config.SelectboxColumn(
            text("column.kind"),
            options=[kind.value for kind in KINDS],
            format_func=one_of(kinds),
            required=True,
            width=90,
        ),
        "category": config.SelectboxColumn(
            text("column.category"), options=list(categories), format_func=one_of(categories), width=190
        ),
        "basis": config.TextColumn(text("guesses.basis"), width=210),
        "account": config.SelectboxColumn(
            text("column.account"), options=list(accounts), format_func=one_of(accounts), required=True, width=160
        ),
        "link": config.CheckboxColumn(text("importing.link"), help=text("importing.link.help"), width="small"),
        "out": config.CheckboxColumn(text("importing.out"), help=text("importing.out.help"), width=100),
        "remark": config.TextColumn(text("importing.remark"), width="large"),
        "place": config.TextColumn(text("column.line"), width="small"),
    }


def _category_names(scope: Scope) -> dict[str, str]:
    """Every category under its top one, in the taxonomy's order."""
    tops = [one for one in scope.categories.values() if one.parent is None]
    names: dict[str, str] = {}
    for top in tops:
        names[top.key] = category_name(scope, top.key)
        for one in scope.categories.values():
            if one.parent == top.key:
                names[one.key] = f"{names[top.key]} · {category_name(scope, one.key)}"
    return names


def _table(made: Prepared, found: np.ndarray[Any, Any]) -> Table:
    """Everything the filters let through as it would be booked, not only the page on screen."""
    preview, changes, names = made.preview, by_row(made, edits()), opened.names(made)
    columns = (
        Out("file"), Out("line"), Out("date", Cell.DATE), Out("payee"), Out("description"), Out("kind", Cell.WORD),
        Out("category", Cell.WORD), Out("account"), Out("currency"), Out("amount", Cell.MONEY), Out("order_id"),
        Out("left_out", Cell.FLAG),
    )  # fmt: skip
    rows = []
    for row in found.tolist():
        line, now = preview.lines[row], effective(preview, row, changes.get(row, Edit()))
        minor = preview.minor[row] if line.direction.value == "in" else -preview.minor[row]
        rows.append(
            (
                preview.statements[preview.file[row]].file,
                place(line.line, line.sheet),
                line.booked_on,
                line.payee,
                line.description,
                now.kind.value,
                now.category,
                names.get(now.account, now.account),
                line.amount.currency,
                minor,
                line.order_id,
                now.out,
            )
        )
    return Table("import_preview", columns, rows)
