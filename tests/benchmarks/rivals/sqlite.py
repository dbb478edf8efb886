"""SQLite in a file with synchronous commits, asked in three ways.

`Covering`: what one writes first: a date, an index that covers the queries. `Streamed`: its best: the month stored,
indexes in the order of the groups, so that nothing is sorted. `Rollup`: sums by month kept by hand in the transaction
that adds a row.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from tests.benchmarks.dashboard import (
    CHANGE_CATEGORY,
    CHANGE_MINOR,
    CHANGE_PAYEE,
    CURRENCY,
    MONTH,
    TREND_FROM,
    YEAR,
    Answers,
    answers,
    tops,
)
from tests.benchmarks.habits import LAST_DAY

_TABLE: Final = """
CREATE TABLE fact (booked_on TEXT NOT NULL, month TEXT NOT NULL, category TEXT NOT NULL, top TEXT NOT NULL,
    payee TEXT NOT NULL, currency TEXT NOT NULL, spending INTEGER NOT NULL)"""
_ADD: Final = "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?)"
_CHUNK: Final = 100_000
ROW: Final = (
    LAST_DAY.isoformat(),
    MONTH.isoformat()[:7],
    CHANGE_CATEGORY,
    tops()[CHANGE_CATEGORY],
    CHANGE_PAYEE,
    CURRENCY,
    CHANGE_MINOR,
)
_ASKED: Final = {
    "currency": CURRENCY,
    "month": MONTH.isoformat()[:7],
    "first": MONTH.isoformat(),
    "year": YEAR.isoformat(),
    "year_month": YEAR.isoformat()[:7],
    "since": TREND_FROM.isoformat(),
    "since_month": TREND_FROM.isoformat()[:7],
}


class _Sqlite:
    """What the three have in common. Their queries: all, month, trend, payees."""

    indexes: tuple[str, ...] = ()
    queries: tuple[str, str, str, str]

    def __init__(self, rows: Path, folder: Path) -> None:
        file = folder / f"{type(self).__name__}.sqlite"
        shutil.copyfile(_loaded(rows, folder), file)
        self._con = sqlite3.connect(file, isolation_level=None)
        self._con.execute("PRAGMA journal_mode = WAL")
        self._con.execute("PRAGMA synchronous = OFF")  # while loading only
        self._con.execute("BEGIN")
        for index in self.indexes:
            self._con.execute(index)
        self._con.execute("COMMIT")
        self._con.execute("ANALYZE")
        self._con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._con.execute("PRAGMA synchronous = FULL")

    def answers(self) -> Answers:
        whole, month, trend, payees = (self._con.execute(sql, _only(sql)).fetchall() for sql in self.queries)
        return answers(whole, month, [s for (s,) in trend], [s for (s,) in payees])

    def change(self, _number: int) -> None:
        self._con.execute("BEGIN IMMEDIATE")
        self._con.execute(_ADD, ROW)
        self._roll()
        self._con.execute("COMMIT")

    def close(self) -> None:
        self._con.close()

    def _roll(self) -> None:
        """Nothing else is kept."""


def _loaded(rows: Path, folder: Path) -> Path:
    """The file with the rows and nothing else, made once for all three."""
    file = folder / "loaded.sqlite"
    if not file.exists():
        with contextlib.closing(sqlite3.connect(folder / "loading.sqlite", isolation_level=None)) as con:
            con.execute("PRAGMA journal_mode = OFF")
            con.execute("PRAGMA synchronous = OFF")
            con.execute("BEGIN")
            con.execute(_TABLE)
            for chunk in _chunks(rows):
                con.executemany(_ADD, chunk)
            con.execute("COMMIT")
        (folder / "loading.sqlite").rename(file)
    return file


def _only(sql: str) -> dict[str, Any]:
    return {name: value for name, value in _ASKED.items() if f":{name}" in sql}


def _chunks(rows: Path) -> Iterator[list[tuple[Any, ...]]]:
    for batch in pq.ParquetFile(rows).iter_batches(_CHUNK):
        yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


class Covering(_Sqlite):
    """One index over everything that is asked for."""

    indexes = ("CREATE INDEX covering ON fact (currency, booked_on, top, category, payee, spending)",)
    queries = (
        """SELECT substr(booked_on, 1, 7) AS m, top, sum(spending) FROM fact WHERE currency = :currency
        GROUP BY m, top""",
        "SELECT category, sum(spending) FROM fact WHERE currency = :currency AND booked_on >= :first GROUP BY category",
        """SELECT sum(spending) FROM fact WHERE currency = :currency AND booked_on >= :since
        GROUP BY substr(booked_on, 1, 7) ORDER BY substr(booked_on, 1, 7)""",
        """SELECT sum(spending) AS s FROM fact WHERE currency = :currency AND booked_on >= :year
        GROUP BY payee ORDER BY s DESC LIMIT 10""",
    )


class Streamed(_Sqlite):
    """Indexes in the order of the groups; each query reads one from end to end and sorts nothing large."""

    indexes = (
        "CREATE INDEX by_top ON fact (currency, month, top, category, spending)",
        "CREATE INDEX by_payee ON fact (currency, month, payee, spending)",
    )
    queries = (
        """SELECT month, top, sum(spending) FROM fact INDEXED BY by_top WHERE currency = :currency
        GROUP BY month, top""",
        """SELECT category, sum(spending) FROM fact INDEXED BY by_top WHERE currency = :currency AND month = :month
        GROUP BY top, category""",
        """SELECT sum(spending) FROM fact INDEXED BY by_top WHERE currency = :currency AND month >= :since_month
        GROUP BY month ORDER BY month""",
        """SELECT sum(s) AS t FROM (
            SELECT payee, sum(spending) AS s FROM fact INDEXED BY by_payee
            WHERE currency = :currency AND month >= :year_month GROUP BY month, payee
        ) GROUP BY payee ORDER BY t DESC LIMIT 10""",
    )


class Rollup(_Sqlite):
    """Two tables of sums, kept with every row that is added."""

    queries = (
        "SELECT month, top, sum(spending) FROM by_category WHERE currency = :currency GROUP BY month, top",
        "SELECT category, spending FROM by_category WHERE currency = :currency AND month = :month",
        """SELECT sum(spending) FROM by_category WHERE currency = :currency AND month >= :since_month
        GROUP BY month ORDER BY month""",
        """SELECT sum(spending) AS t FROM by_payee WHERE currency = :currency AND month >= :year_month
        GROUP BY payee ORDER BY t DESC LIMIT 10""",
    )
    _tables = (
        """CREATE TABLE by_category (currency TEXT, month TEXT, top TEXT, category TEXT, spending INTEGER,
        PRIMARY KEY (currency, month, top, category)) WITHOUT ROWID""",
        """CREATE TABLE by_payee (currency TEXT, month TEXT, payee TEXT, spending INTEGER,
        PRIMARY KEY (currency, month, payee)) WITHOUT ROWID""",
        """INSERT INTO by_category SELECT currency, month, top, category, sum(spending) FROM fact
        GROUP BY currency, month, top, category""",
        "INSERT INTO by_payee SELECT currency, month, payee, sum(spending) FROM fact GROUP BY currency, month, payee",
    )
    indexes = _tables
    _rolls = (
        """INSERT INTO by_category VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET spending = spending
        + excluded.spending""",
        "INSERT INTO by_payee VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET spending = spending + excluded.spending",
    )

    def _roll(self) -> None:
        _, month, category, top, payee, currency, spending = ROW
        self._con.execute(self._rolls[0], (currency, month, top, category, spending))
        self._con.execute(self._rolls[1], (currency, month, payee, spending))
