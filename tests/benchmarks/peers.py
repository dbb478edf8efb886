"""The dashboard's four answers beside what one would use instead: `python -m tests.benchmarks.peers [--rows 100000]`.

Answers: spending by category and month over all months, this month's by category, the twelve months' totals, the ten
payees of the year. Rivals: SQLite with a covering index, pandas over a frame in memory. All in one run, interleaved,
answers compared before a time counts. `held`: asked again. `change`: one more transaction made durable (pandas: none),
then all four. Medians in milliseconds, and how many times longer than ours.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from analytics.spending import by_category, by_payee
from analytics.trends import stack, trend
from data.database import open_database
from data.period import year_of
from tests.benchmarks.fill import LAST_DAY, YEARS, fill
from tests.ledger_rows import Book

_MONTHS = YEARS * 12 + 1  # the first one begins in the middle
_TOP = 10
Answers = Mapping[str, Any]


class Rival(Protocol):
    """One way to answer."""

    def answers(self) -> Answers:
        """The four answers as plain values."""

    def change(self) -> None:
        """One more purchase of 1.00 on the last day."""


class Ours:
    """The wallet itself."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def answers(self) -> Answers:
        scope = self._book.scope(LAST_DAY)
        whole, year = stack(scope, scope.month, "CNY", _MONTHS), year_of(LAST_DAY)
        pairs = {
            (point.month.start.isoformat(), layer.category): layer.amounts[n]
            for layer in whole.layers
            for n, point in enumerate(whole.points)
        }
        return {
            "all": _tops({key: amount for key, amount in pairs.items() if amount}),
            "month": {p.key: p.amount for p in by_category(scope, scope.month, "CNY").slices if p.amount},
            "trend": [p.spending for p in trend(scope, scope.month, "CNY").points],
            "payees": [p.amount for p in by_payee(scope, year, "CNY").slices[:_TOP]],
        }

    def change(self) -> None:
        self._book.spend(LAST_DAY, 100, "coffee", "Payee 商户 1")


def _tops(amounts: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    return dict(sorted(amounts.items()))


class Sqlite:
    """SQLite in a file with synchronous commits and an index that covers the queries."""

    def __init__(self, frame: pd.DataFrame, tops: Mapping[str, str], folder: Path) -> None:
        self._con = sqlite3.connect(folder / "rival.sqlite")
        self._con.execute("PRAGMA journal_mode = WAL")
        self._con.execute("PRAGMA synchronous = FULL")
        frame.assign(top=frame["category"].map(tops)).to_sql("fact", self._con, index=False)
        self._con.execute("CREATE INDEX covering ON fact (currency, month, top, payee_key, spending)")
        self._con.execute("ANALYZE")
        self._con.commit()

    def answers(self) -> Answers:
        ask = self._con.execute
        month, year = LAST_DAY.replace(day=1).isoformat(), f"{LAST_DAY.year}-01-01"
        all_ = ask(
            "SELECT month, top, sum(spending) FROM fact WHERE currency = 'CNY' GROUP BY 1, 2 HAVING sum(spending)"
        )
        this = ask("SELECT top, sum(spending) FROM fact WHERE currency = 'CNY' AND month = ? GROUP BY 1", [month])
        line = ask("SELECT month, sum(spending) FROM fact WHERE currency = 'CNY' GROUP BY 1 ORDER BY 1").fetchall()
        top = ask(
            "SELECT sum(spending) AS s FROM fact WHERE currency = 'CNY' AND month >= ? GROUP BY payee_key"
            " ORDER BY s DESC LIMIT 10",
            [year],
        )
        return {
            "all": _tops({(m, c): s for m, c, s in all_}),
            "month": {c: s for c, s in this if s},
            "trend": [s for _, s in line][-12:],
            "payees": [s for (s,) in top],
        }

    def change(self) -> None:
        row = ("CNY", LAST_DAY.replace(day=1).isoformat(), "dining", "payee商户1", 100)
        self._con.execute("INSERT INTO fact (currency, month, top, payee_key, spending) VALUES (?, ?, ?, ?, ?)", row)
        self._con.commit()


class Pandas:
    """A frame in memory; a change is a row more, kept nowhere."""

    def __init__(self, frame: pd.DataFrame, tops: Mapping[str, str]) -> None:
        chosen = frame[frame["currency"] == "CNY"]
        self._frame = chosen.assign(top=chosen["category"].map(tops))[["month", "top", "payee_key", "spending"]]

    def answers(self) -> Answers:
        frame, month = self._frame, LAST_DAY.replace(day=1).isoformat()
        whole = frame.groupby(["month", "top"])["spending"].sum()
        this = frame[frame["month"] == month].groupby("top")["spending"].sum()
        year = frame[frame["month"] >= f"{LAST_DAY.year}-01-01"]
        return {
            "all": _tops({(m, c): int(s) for m, c, s in whole.reset_index().itertuples(index=False) if s}),
            "month": {key: int(amount) for key, amount in this.items() if amount},
            "trend": [int(s) for s in frame.groupby("month")["spending"].sum().sort_index()][-12:],
            "payees": [int(s) for s in year.groupby("payee_key")["spending"].sum().nlargest(_TOP)],
        }

    def change(self) -> None:
        row = {
            "month": LAST_DAY.replace(day=1).isoformat(),
            "top": "dining",
            "payee_key": "payee商户1",
            "spending": 100,
        }
        self._frame = pd.concat([self._frame, pd.DataFrame([row])], ignore_index=True)


def measure(rivals: Mapping[str, Rival], rounds: int) -> dict[str, tuple[float, float]]:
    """Medians (held, change) of each, one after the other in every round."""
    held: dict[str, list[float]] = {name: [] for name in rivals}
    changed: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, rival in rivals.items():
            changed[name].append(_timed(rival.change, rival.answers))
            held[name].append(_timed(rival.answers))
    return {name: (statistics.median(held[name]), statistics.median(changed[name])) for name in rivals}


def _timed(*works: Callable[[], object]) -> float:
    started = time.perf_counter()
    for work in works:
        work()
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Fill the same facts everywhere, compare the answers, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder) / "wallet.duckdb")
        rivals = _rivals(fill(database, asked.rows), Path(folder))
        first = next(iter(rivals.values())).answers()
        wrong = [name for name, rival in rivals.items() if rival.answers() != first]
        if wrong:
            raise SystemExit(f"answers differ: {wrong}")
        sys.stdout.write(f"{asked.rows:,} transactions\n{'':28}{'held':>10}{'change':>10}   times ours\n")
        times = measure(rivals, asked.rounds)
        ours = next(iter(times.values()))
        for name, (held, change) in times.items():
            ratios = f"{held / ours[0]:.0f} / {change / ours[1]:.1f}"
            sys.stdout.write(f"{name:28}{held:10.1f}{change:10.1f}   {ratios}\n")
        database.close()


def _rivals(book: Book, folder: Path) -> dict[str, Rival]:
    sql = (
        "SELECT cast(month AS varchar) AS month, category, payee_key, currency, spending FROM fact WHERE owner = $owner"
    )
    frame = book.db.arrow(sql, {"owner": book.owner}).to_pandas()
    scope = book.scope(LAST_DAY)
    tops = {key: scope.top(key) for key in frame["category"].unique()}
    return {
        "ours": Ours(book),
        "SQLite, covering index": Sqlite(frame, tops, folder),
        "pandas, in memory": Pandas(frame, tops),
    }


if __name__ == "__main__":
    main()
