"""What was imported before: every file with its self-check and its rows, and the way to take it back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from analytics.export import Cell, Table
from analytics.export import Column as Out
from analytics.imports import Batch, batches
from analytics.scope import Scope
from data import statements
from data.errors import Rejection
from data.importers.statement import Total
from data.period import Span
from data.statements import UndoImport
from pages.ui import dialogs, format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import Drill
from pages.ui.context import User
from pages.ui.downloads import download
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.importing import checks
from pages.ui.screens.importing.paging import PAGE, pager
from pages.ui.screens.importing.words import encoding, place, said, source
from pages.ui.tables import Column, data_table
from pages.ui.widgets import card

_UNDO: Final = "import.undo"
_OUTCOMES: Final = ("booked", "duplicate", "left_out", "skipped", "problem")


def imports(user: User, scope: Scope) -> None:
    """The list, and below it the import that was chosen from it."""
    found = batches(scope)
    if not found:
        return
    body, _ = card(text("importing.past"), key="import.past.card")
    with body:
        st.caption(text("importing.past.note"))
        frame = _frame(user, found)
        chosen = data_table(frame, _columns(), key="import.past", select="one")
        download(scope, lambda: _table(user, found), "imports", key="import.past.csv")
    if chosen and chosen[0] < len(found):
        _one(user, scope, found[chosen[0]])
    dialogs.confirm(
        _UNDO,
        title=text("importing.undo.title"),
        body=text("importing.undo.body"),
        action=text("importing.undo"),
        on_confirm=lambda batch: _undo(user, batch),
    )


def _local(user: User, instant: datetime) -> str:
    return format.moment(instant.replace(tzinfo=UTC).astimezone(ZoneInfo(user.preferences.zone)))


def _agreement(one: Batch) -> str:
    if one.undone_at is not None:
        return text("importing.past.undone")
    if one.agrees is None:
        return text("importing.past.unstated")
    return f"✓ {text('importing.check.agrees')}" if one.agrees else f"≠ {text('importing.past.differs')}"


def _days(one: Batch) -> str:
    if one.first_on is None or one.last_on is None:
        return format.NONE
    return f"{format.iso(one.first_on)} – {format.iso(one.last_on)}"


def _frame(user: User, found: tuple[Batch, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": [one.file for one in found],
            "lines": [one.lines for one in found],
            "check": [_agreement(one) for one in found],
            "days": [_days(one) for one in found],
            "at": [_local(user, one.imported_at) for one in found],
            "format": [source(one.format) for one in found],
            "duplicates": [one.duplicates for one in found],
            "skipped": [one.skipped for one in found],
            "problems": [one.problems for one in found],
        }
    )


def _columns() -> list[Column]:
    return [
        Column("file", text("column.file"), width="medium"),
        Column("lines", text("importing.past.lines"), "count"),
        Column("check", text("importing.check")),
        Column("days", text("importing.past.days")),
        Column("at", text("importing.past.at")),
        Column("format", text("importing.past.format")),
        Column("duplicates", text("importing.tab.duplicates"), "count"),
        Column("skipped", text("importing.tab.skipped"), "count"),
        Column("problems", text("importing.tab.problems"), "count"),
    ]


def _table(user: User, found: tuple[Batch, ...]) -> Table:
    columns = (
        Out("file"), Out("source_format"), Out("imported_at"), Out("first_on", Cell.DATE), Out("last_on", Cell.DATE),
        Out("new_rows", Cell.NUMBER), Out("duplicates", Cell.NUMBER), Out("skipped_rows", Cell.NUMBER),
        Out("unreadable", Cell.NUMBER), Out("self_check"),
    )  # fmt: skip
    rows = [
        (
            one.file,
            source(one.format),
            _local(user, one.imported_at),
            one.first_on,
            one.last_on,
            one.lines,
            one.duplicates,
            one.skipped,
            one.problems,
            _agreement(one),
        )
        for one in found
    ]
    return Table("imports", columns, rows)


def _one(user: User, scope: Scope, one: Batch) -> None:
    body, _ = card(one.file, key="import.one.card")
    with body:
        facts = [source(one.format), encoding(one.encoding), _days(one), _local(user, one.imported_at)]
        st.caption(md_escape(" · ".join(fact for fact in facts if fact)))
        with st.container(horizontal=True, vertical_alignment="center"):
            if one.first_on and one.last_on and one.undone_at is None:
                span = Span(one.first_on, one.last_on + timedelta(days=1))
                links.link("transactions", text("importing.done.rows"), q=Drill(span).query())
            if one.undone_at is None:
                st.button(
                    text("importing.undo"),
                    key="import.undo.ask",
                    icon=":material/undo:",
                    on_click=dialogs.ask,
                    args=(_UNDO, str(one.id)),
                )
            else:
                st.caption(md_escape(text("importing.past.undone_at", at=_local(user, one.undone_at))))
        figures = [
            checks.Figure(
                one.file,
                check.what,
                check.currency,
                Total(check.stated_count, check.stated_minor),
                Total(check.computed_count, check.computed_minor),
            )
            for check in one.checks
        ]
        checks.table(scope, figures, 1, key="import.one.check")
        _rows(user, scope, one)


def _rows(user: User, scope: Scope, one: Batch) -> None:
    """Every row of the file with what became of it."""
    rows = _read(user, one)
    counts = {row["values"]: row["counts"] for row in pc.value_counts(rows["outcome"]).to_pylist()}
    names = {code: f"{said('outcome', code)} {format.count(counts[code])}" for code in _OUTCOMES if code in counts}
    if not names:
        return
    outcome = st.segmented_control(
        text("importing.past.rows"),
        list(names),
        default=next(iter(names)),
        required=True,
        format_func=names.__getitem__,
        key=f"import.one.outcome.{one.id}",
        label_visibility="collapsed",
    )
    kept = rows.filter(pc.equal(rows["outcome"], outcome or next(iter(names))))
    number = pager("import.one", kept.num_rows, (one.id, outcome))
    page = kept.slice((number - 1) * PAGE, PAGE)
    frame = pd.DataFrame([_row(each) for each in page.to_pylist()], columns=_KEYS)
    data_table(frame, _row_columns(reasons=bool(frame["reason"].any())), key="import.one")
    download(scope, lambda: _rows_table(rows), "import-rows", key="import.one.csv")


def _read(user: User, one: Batch) -> pa.Table:
    """The rows of one import, read once for as long as it is looked at."""
    kept: tuple[tuple[UUID, int], pa.Table] | None = session.recall("import.lines", None)
    asked = (one.id, user.database.version(user.owner))
    if kept is not None and kept[0] == asked:
        return kept[1]
    table = statements.batch_lines(user.database, user.owner, one.id)
    session.keep("import.lines", (asked, table))
    return table


_KEYS: Final = ["line", "outcome", "reason", "status", "order_id", "row_text"]


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    outcome, reason = str(row["outcome"]), str(row["reason"] or "")
    about = {"skipped": "skip", "problem": "problem"}.get(outcome, "duplicate")
    words = said(about, reason) if reason else ""
    cells = json.loads(row["cells"] or "{}")
    filled = " · ".join(" ".join(str(text).split()) for text in cells.values() if str(text).strip())
    where = place(row["line"], row["sheet"])
    return where, said("outcome", outcome), words, str(row["status"] or ""), str(row["order_id"] or ""), filled


def _row_columns(*, reasons: bool) -> list[Column]:
    return [
        Column("line", text("column.line"), width="small"),
        *([Column("reason", text("column.reason"), width="medium")] if reasons else []),
        Column("status", text("column.status")),
        Column("row_text", text("column.row_text"), width="large"),
        Column("order_id", text("column.order_id")),
    ]


def _rows_table(rows: pa.Table) -> Table:
    return Table("import_rows", tuple(Out(key) for key in _KEYS), [_row(row) for row in rows.to_pylist()])


def _undo(user: User, batch: str) -> None:
    form = f"import.undo.{batch}"
    try:
        command = UndoImport(user.owner, session.request_id(form), UUID(batch), user.owner)
        receipt = statements.undo(user.database, command)
    except Rejection as no:
        session.keep("import.failed", no)
        return
    session.renew(form)
    session.forget("import.done")
    session.flash(plural("importing.undone", receipt.entries))
