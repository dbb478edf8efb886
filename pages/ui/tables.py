"""Rows on the page: a table in the person's language and its CSV beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from data.money import Money
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import text
from pages.ui.worded import worded

ColumnKind = Literal["text", "money", "count", "percent", "date", "link"]
_ROW = 35
_MOST_ROWS_SHOWN = 12
_STYLED_CELLS = 12_000  # beyond, the words alone are sent, sorted as words
_WRITTEN = ("money", "count", "percent", "date")


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column: `name` in the frame, `header` on the screen (plain words).

    money: the frame holds minor units (int), written with `currency` or, if that is None, the row's `currency` column.
    percent: whole per cent (int). date: `date` values. Numbers stay numbers, so sorting works; only their look is text
    (in tables of thousands of rows they become text: let the query sort, and page such tables).
    """

    name: str
    header: str
    kind: ColumnKind = "text"
    currency: str | None = None
    signed: bool = False
    mixed: bool = False
    width: Literal["small", "medium", "large"] | int | None = None
    help: str | None = None


def data_table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    select: Literal["none", "one", "many"] = "none",
    csv: tuple[str, Callable[[], bytes]] | None = None,
    rows_shown: int = _MOST_ROWS_SHOWN,
) -> list[int]:
    """Draw `columns` of `frame` in the frame's order; answer the selected row positions (empty when none).

    csv: file name and what makes its bytes, offered below the table; called only when pressed.
    """
    styled = len(frame) * len(columns) <= _STYLED_CELLS
    event = st.dataframe(
        _styled(frame, columns) if styled else _plain(frame, columns),
        hide_index=True,
        height="content" if len(frame) <= rows_shown else _ROW * (rows_shown + 1) + 3,
        placeholder=format.NONE,
        column_config={column.name: _config(column, styled=styled) for column in columns},
        key=key,
        **_selection(select),
    )
    if csv is not None:
        csv_button(csv[0], csv[1], key=f"{key}.csv")
    return list(event.selection.rows) if select != "none" else []


def csv_button(name: str, make: Callable[[], bytes], *, key: str, compact: bool = False) -> None:
    """A button that downloads `name`; `make` builds the bytes only when it is pressed, without a rerun.

    compact: the icon alone, for the title row of a chart's card.
    """
    st.download_button(
        "" if compact else text("action.download_csv"),
        help=text("action.download_csv") if compact else None,
        data=session.bound(make),
        file_name=name,
        mime="text/csv",
        key=key,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def _selection(select: Literal["none", "one", "many"]) -> dict[str, Any]:
    if select == "none":
        return {}
    return {"on_select": "rerun", "selection_mode": "single-row" if select == "one" else "multi-row"}


def _styled(frame: pd.DataFrame, columns: Sequence[Column]) -> Any:  # noqa: ANN401 - pandas' Styler
    written = {column.name: _words(column, frame) for column in columns if column.kind in _WRITTEN}
    return worded(frame[[column.name for column in columns]], written)


def _plain(frame: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    return pd.DataFrame({c.name: _words(c, frame) if c.kind in _WRITTEN else frame[c.name].tolist() for c in columns})


def _words(column: Column, frame: pd.DataFrame) -> list[str]:
    spoken = session.language()
    cells = frame[column.name].tolist()
    units = frame["currency"].tolist() if column.currency is None and column.kind == "money" else []

    def word(row: int, value: Any) -> str:  # noqa: ANN401 - any cell
        if column.kind == "money":
            amount = Money(int(value), column.currency or units[row])
            return format.money(amount, signed=column.signed, mixed=column.mixed, language=spoken)
        if column.kind == "percent":
            return format.percent(int(value))
        return format.count(int(value)) if column.kind == "count" else format.iso(value)

    return [format.NONE if pd.isna(value) else word(row, value) for row, value in enumerate(cells)]


def _config(column: Column, *, styled: bool) -> Any:  # noqa: ANN401 - Streamlit's column config
    if column.kind == "link":
        return st.column_config.LinkColumn(column.header, width=column.width, help=column.help)
    if column.kind == "text" or not styled:
        side: Literal["left", "right"] = "right" if column.kind in ("money", "count", "percent") else "left"
        return st.column_config.TextColumn(column.header, width=column.width, help=column.help, alignment=side)
    make = st.column_config.DateColumn if column.kind == "date" else st.column_config.NumberColumn
    return make(column.header, width=column.width, help=column.help)
