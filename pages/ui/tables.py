"""Rows on the page: a table in the person's language and its CSV beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import text

ColumnKind = Literal["text", "money", "count", "percent", "date", "link"]
_ROW = 35
_MOST_ROWS_SHOWN = 12
_STYLED_CELLS = 60_000  # beyond, styling costs more than it gives; such tables are paged by their screen


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column: `name` in the frame, `header` on the screen (plain words).

    money: the frame holds minor units (int), written with `currency` or, if that is None, the row's `currency` column.
    percent: whole per cent (int). date: `date` values. Numbers stay numbers, so sorting works; only their look is text.
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
    shown = frame[[column.name for column in columns]]
    event = st.dataframe(
        _written(frame, shown, columns),
        hide_index=True,
        height="content" if len(frame) <= rows_shown else _ROW * (rows_shown + 1) + 3,
        placeholder=format.NONE,
        column_config={column.name: _config(column) for column in columns},
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
        data=make,
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


def _written(frame: pd.DataFrame, shown: pd.DataFrame, columns: Sequence[Column]) -> Any:  # noqa: ANN401 - a Styler, or the frame when too large
    if shown.size > _STYLED_CELLS:
        return shown
    style = shown.style
    for column in columns:
        if column.kind in ("money", "count", "percent", "date"):
            words = [_word(column, value, frame, n) for n, value in enumerate(shown[column.name])]
            style = _with_words(style, column.name, words)
    return style


def _with_words(style: Any, name: str, words: list[str]) -> Any:  # noqa: ANN401 - pandas' Styler
    """Give the column its words row by row: a formatter sees only values, not the row's currency."""
    waiting = iter(words)
    return style.format(lambda _value: next(waiting), subset=[name])


def _word(column: Column, value: Any, frame: pd.DataFrame, row: int) -> str:  # noqa: ANN401 - any cell
    if pd.isna(value):
        return format.NONE
    if column.kind == "money":
        currency = column.currency or str(frame["currency"].iloc[row])
        return format.money(Money(int(value), currency), signed=column.signed, mixed=column.mixed)
    if column.kind == "percent":
        return format.percent(int(value))
    return format.count(int(value)) if column.kind == "count" else format.iso(value)


def _config(column: Column) -> Any:  # noqa: ANN401 - Streamlit's column config
    kinds: dict[ColumnKind, Any] = {
        "money": st.column_config.NumberColumn,
        "count": st.column_config.NumberColumn,
        "percent": st.column_config.NumberColumn,
        "date": st.column_config.DateColumn,
        "link": st.column_config.LinkColumn,
    }
    return kinds.get(column.kind, st.column_config.TextColumn)(column.header, width=column.width, help=column.help)
