"""Frames in memory, texts as categories: pandas and polars. A change is a row more; nothing of it is kept on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from tests.benchmarks.dashboard import CURRENCY, MONTH, TOP, TREND_FROM, YEAR, Answers, answers
from tests.benchmarks.rivals.extract import COLUMNS
from tests.benchmarks.rivals.sqlite import ROW

_MONTH, _YEAR, _SINCE = (day.isoformat()[:7] for day in (MONTH, YEAR, TREND_FROM))
_TEXTS = ("month", "category", "top", "payee", "currency")


class Pandas:
    """A pandas frame."""

    def __init__(self, rows: Path, _folder: Path) -> None:
        frame = pd.read_parquet(rows, columns=[name for name in COLUMNS if name != "booked_on"])
        self._frame = frame.astype(
            {name: pd.CategoricalDtype(sorted({*frame[name].unique(), _row(name)}), ordered=True) for name in _TEXTS}
        )

    def answers(self) -> Answers:
        frame = self._frame[self._frame["currency"] == CURRENCY]
        whole = frame.groupby(["month", "top"], observed=True)["spending"].sum()
        month = frame[frame["month"] == _MONTH].groupby("category", observed=True)["spending"].sum()
        trend = frame[frame["month"] >= _SINCE].groupby("month", observed=True)["spending"].sum()
        payees = frame[frame["month"] >= _YEAR].groupby("payee", observed=True)["spending"].sum().nlargest(TOP)
        rows = whole.reset_index().itertuples(index=False, name=None)
        return answers(rows, month.items(), trend.sort_index(), payees)  # type: ignore[arg-type]

    def change(self, _number: int) -> None:
        one = pd.DataFrame({name: [_row(name)] for name in self._frame.columns})
        self._frame = pd.concat([self._frame, one.astype(self._frame.dtypes.to_dict())], ignore_index=True)

    def close(self) -> None:
        """Nothing is open."""


def _row(name: str) -> Any:
    return dict(zip(COLUMNS, ROW, strict=True))[name]


class Polars:
    """A polars frame, asked lazily, all four at once."""

    def __init__(self, rows: Path, _folder: Path) -> None:
        import polars  # noqa: ICN001, PLC0415 - only where it is installed

        self._pl = polars
        frame = polars.read_parquet(rows, columns=[name for name in COLUMNS if name != "booked_on"])
        kinds = {name: polars.Enum(sorted({*frame[name].unique(), _row(name)})) for name in _TEXTS}
        self._frame = frame.with_columns(polars.col(name).cast(kind) for name, kind in kinds.items()).rechunk()

    def answers(self) -> Answers:
        c, total = self._pl.col, self._pl.col("spending").sum()
        frame = self._frame.lazy().filter(c("currency") == CURRENCY)
        payees = frame.filter(c("month") >= _YEAR).group_by("payee").agg(total)
        found = self._pl.collect_all(
            [
                frame.group_by("month", "top").agg(total),
                frame.filter(c("month") == _MONTH).group_by("category").agg(total),
                frame.filter(c("month") >= _SINCE).group_by("month").agg(total).sort("month"),
                payees.top_k(TOP, by="spending").sort("spending", descending=True),
            ]
        )
        whole, month, trend, best = found
        return answers(whole.rows(), month.rows(), trend["spending"], best["spending"])

    def change(self, _number: int) -> None:
        one = self._pl.DataFrame({name: [_row(name)] for name in self._frame.columns}, schema=self._frame.schema)
        self._frame = self._frame.vstack(one)

    def close(self) -> None:
        """Nothing is open."""
