"""What will not be booked and why: duplicates, skipped rows, and the tray of rows that could not be read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.export import Cell, Table
from analytics.export import Column as Out
from analytics.scope import Scope
from data.importers.statement import Problem, Skipped
from data.matching.preview import NEW
from pages.ui.downloads import download
from pages.ui.i18n import text
from pages.ui.screens.importing.paging import pager, slice_of
from pages.ui.screens.importing.preview import Prepared
from pages.ui.screens.importing.words import place, said
from pages.ui.tables import Column, data_table
from pages.ui.widgets import notice

_CELLS_SHOWN = 6


def duplicates(scope: Scope, made: Prepared) -> None:
    """The rows that are known already, each with how."""
    frame = made.frame
    found = np.flatnonzero((frame["duplicate"] != NEW).to_numpy())
    if not len(found):
        notice(text("importing.duplicates.none"))
        return
    number = pager("import.duplicates", len(found), made.key)
    rows = frame.iloc[slice_of(found, number)]
    shown = pd.DataFrame(
        {
            "payee": [payee or said for payee, said in zip(rows["payee"], rows["description"], strict=True)],
            "amount": rows["amount"].to_numpy(),
            "currency": rows["currency"].to_numpy(),
            "date": rows["booked_on"].to_numpy(),
            "reason": [said("duplicate", fate) for fate in rows["duplicate"]],
            "file": [made.preview.statements[at].file for at in rows["file"]],
            "line": [place(*pair) for pair in zip(rows["line"], rows["sheet"], strict=True)],
        }
    )
    columns = [
        Column("payee", text("column.payee"), width="medium"),
        Column("amount", text("column.amount"), "money", signed=True, mixed=made.mixed),
        Column("date", text("column.date"), "date"),
        Column("reason", text("column.reason"), width="large"),
        Column("file", text("column.file")),
        Column("line", text("column.line")),
    ]
    data_table(shown, columns, key="import.duplicates.table", rows_shown=14)
    download(scope, lambda: _duplicates(made, found.tolist()), "import-duplicates", key="import.duplicates.csv")


def _duplicates(made: Prepared, found: list[int]) -> Table:
    preview = made.preview
    columns = (
        Out("file"), Out("line"), Out("date", Cell.DATE), Out("payee"), Out("description"), Out("currency"),
        Out("amount", Cell.MONEY), Out("reason"),
    )  # fmt: skip
    amounts = made.frame["amount"].tolist()
    rows = []
    for row in found:
        line = preview.lines[row]
        where = preview.statements[preview.file[row]].file, place(line.line, line.sheet)
        words = line.booked_on, line.payee, line.description, line.amount.currency
        rows.append((*where, *words, amounts[row], said("duplicate", preview.duplicate[row])))
    return Table("import_duplicates", columns, rows)


def skipped(scope: Scope, made: Prepared) -> None:
    """The rows that move no money, each with the reason."""
    found = [(said_.file, row) for said_ in made.preview.statements for row in said_.skipped]
    if not found:
        notice(text("importing.skipped.none"))
        return
    _listed(scope, made, found, "skipped")


def problems(scope: Scope, made: Prepared) -> None:
    """The tray: every row that could not be read, with its place, the cell and what stands there."""
    found = [(said_.file, row) for said_ in made.preview.statements for row in said_.problems]
    if not found:
        notice(text("importing.problems.none"))
        return
    notice(text("importing.problems.note"), tone="warning")
    _listed(scope, made, found, "problems")


def _listed(scope: Scope, made: Prepared, found: Sequence[tuple[str, Skipped | Problem]], name: str) -> None:
    number = pager(f"import.{name}", len(found), made.key)
    rows = [_row(file, row) for file, row in slice_of(found, number)]
    keys = ["file", "line", "reason", "cell", "row_text"]
    columns = [
        Column("line", text("column.line"), width="small"),
        Column("reason", text("column.reason"), width="medium"),
        *([Column("cell", text("column.cell"))] if name == "problems" else []),
        Column("row_text", text("column.row_text"), width="large"),
        Column("file", text("column.file")),
    ]
    data_table(pd.DataFrame(rows, columns=keys), columns, key=f"import.{name}.table", rows_shown=14)
    download(scope, lambda: _table(name, keys, found), f"import-{name}", key=f"import.{name}.csv")


def _table(name: str, keys: list[str], found: Sequence[tuple[str, Skipped | Problem]]) -> Table:
    return Table(f"import_{name}", tuple(Out(key) for key in keys), [_row(file, row) for file, row in found])


def _row(file: str, row: Skipped | Problem) -> tuple[str, str, str, str, str]:
    about, cell = ("problem", row.cell) if isinstance(row, Problem) else ("skip", "")
    words = row.text if isinstance(row, Problem) and row.text else ""
    return file, place(row.line, row.sheet), said(about, row.reason), cell, words or _cells(row)


def _cells(row: Skipped | Problem) -> str:
    """The row as the file has it, the filled cells only, as much as a glance takes."""
    filled = [" ".join(text.split()) for text in row.cells.values() if text.strip()]
    return " · ".join(filled[:_CELLS_SHOWN])
