"""Does our reading of a file add up to what the file itself states? Said in words, figure by figure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from analytics.export import Cell, Table
from analytics.export import Column as Out
from analytics.scope import Scope
from data.importers.statement import Total
from data.matching.preview import FileReport
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.downloads import download
from pages.ui.i18n import plural, text
from pages.ui.tables import Column, data_table
from pages.ui.widgets import card


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one file: what the file states and what we read. what: `count`, `spent`, `received`, `neutral`."""

    file: str
    what: str
    currency: str
    stated: Total
    ours: Total

    @property
    def agrees(self) -> bool:
        """Whether number and sum are both the same."""
        return self.stated == self.ours


def figures_of(reports: Iterable[FileReport], currencies: Sequence[str]) -> list[Figure]:
    """The figures that the files of a preview state; currencies: what each file's totals are in."""
    return [
        Figure(report.file, check.direction, currency, check.stated, check.computed or Total(0, 0))
        for report, currency in zip(reports, currencies, strict=True)
        for check in report.checks
    ]


def verdict(figure: Figure) -> str:
    """`agrees`, or by how much ours is above or below the file's, in money and in rows."""
    if figure.agrees:
        return text("importing.check.agrees")
    parts = []
    difference = figure.ours.minor - figure.stated.minor
    if difference:
        parts.append(format.money(Money(difference, figure.currency), signed=True))
    rows = figure.ours.count - figure.stated.count
    if rows:
        parts.append(plural("importing.check.rows", abs(rows), sign="+" if rows > 0 else format.MINUS))
    return text("importing.check.differs", by=", ".join(parts))


def draw(scope: Scope, found: Sequence[Figure], files: int, *, key: str) -> None:
    """The card with the verdict on top and every figure below it."""
    body, _ = card(text("importing.check"), key=f"{key}.card")
    with body:
        table(scope, found, files, key=key)


def table(scope: Scope, found: Sequence[Figure], files: int, *, key: str) -> None:
    """The verdict and the figures, without a card around them."""
    wrong = [one for one in found if not one.agrees]
    if not found:
        st.markdown(f":material/info: {text('importing.check.none')}")
        return
    if wrong:
        st.markdown(f":orange[:material/error:] **{text('importing.check.wrong')}**")
        st.caption(text("importing.check.wrong.note"))
    else:
        st.markdown(f":green[:material/check_circle:] **{text('importing.check.all')}**")
    data_table(_frame(found), _columns(several=files > 1), key=f"{key}.table")
    download(scope, lambda: _table(found), "import-check", key=f"{key}.csv")


def _frame(found: Sequence[Figure]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "what": [text(f"importing.check.{one.what}") for one in found],
            "stated_rows": [one.stated.count for one in found],
            "rows": [one.ours.count for one in found],
            "stated": [None if one.what == "count" else one.stated.minor for one in found],
            "ours": [None if one.what == "count" else one.ours.minor for one in found],
            "verdict": [("✓ " if one.agrees else "≠ ") + verdict(one) for one in found],
            "file": [one.file for one in found],
            "currency": [one.currency for one in found],
        }
    )
    return frame.astype({"stated": "Int64", "ours": "Int64"})


def _columns(*, several: bool) -> list[Column]:
    return [
        Column("what", text("importing.check.figure")),
        Column("verdict", text("importing.check.verdict"), width="medium"),
        Column("stated", text("importing.check.stated"), "money"),
        Column("ours", text("importing.check.ours"), "money"),
        Column("stated_rows", text("importing.check.stated_rows"), "count"),
        Column("rows", text("importing.check.our_rows"), "count"),
        *([Column("file", text("column.file"))] if several else []),
    ]


def _table(found: Sequence[Figure]) -> Table:
    columns = (
        Out("file"), Out("figure"), Out("currency"), Out("stated", Cell.MONEY), Out("computed", Cell.MONEY),
        Out("stated_rows", Cell.NUMBER), Out("computed_rows", Cell.NUMBER), Out("difference"),
    )  # fmt: skip
    rows = [
        (
            one.file,
            text(f"importing.check.{one.what}"),
            one.currency,
            one.stated.minor,
            one.ours.minor,
            one.stated.count,
            one.ours.count,
            verdict(one),
        )
        for one in found
    ]
    return Table("import_check", columns, rows)
