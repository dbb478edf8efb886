"""PostgreSQL on a socket of its own, with an index that covers each query, its tables vacuumed and analysed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from tests.benchmarks.dashboard import CURRENCY, MONTH, TREND_FROM, YEAR, Answers, answers
from tests.benchmarks.rivals.sqlite import ROW
from tests.benchmarks.server import PostgresServer, binaries

_TABLE: Final = """
CREATE TABLE fact (booked_on date NOT NULL, month text NOT NULL, category text NOT NULL, top text NOT NULL,
    payee text NOT NULL, currency text NOT NULL, spending bigint NOT NULL)"""
_INDEXES: Final = (
    "CREATE INDEX by_top ON fact (currency, month, top) INCLUDE (category, spending)",
    "CREATE INDEX by_payee ON fact (currency, month, payee) INCLUDE (spending)",
)
_QUERIES: Final = (
    ("SELECT month, top, sum(spending) FROM fact WHERE currency = %s GROUP BY month, top", (CURRENCY,)),
    (
        "SELECT category, sum(spending) FROM fact WHERE currency = %s AND month = %s GROUP BY category",
        (CURRENCY, MONTH.isoformat()[:7]),
    ),
    (
        "SELECT sum(spending) FROM fact WHERE currency = %s AND month >= %s GROUP BY month ORDER BY month",
        (CURRENCY, TREND_FROM.isoformat()[:7]),
    ),
    (
        """SELECT sum(spending) AS s FROM fact WHERE currency = %s AND month >= %s
        GROUP BY payee ORDER BY s DESC LIMIT 10""",
        (CURRENCY, YEAR.isoformat()[:7]),
    ),
)
_ADD: Final = "INSERT INTO fact VALUES (%s, %s, %s, %s, %s, %s, %s)"
_SETTINGS: Final = "-c shared_buffers=1GB -c work_mem=64MB -c maintenance_work_mem=1GB -c max_wal_size=8GB"
_CHUNK: Final = 200_000


class Postgres:
    """The server and one connection."""

    def __init__(self, rows: Path, folder: Path) -> None:
        found = binaries()
        if found is None:
            raise FileNotFoundError("the binaries of PostgreSQL")
        self._server = PostgresServer(folder / "postgres", found, _SETTINGS)
        self._con = self._server.connect()
        with self._con.cursor() as cursor:
            cursor.execute(_TABLE)
            with cursor.copy("COPY fact FROM STDIN (FORMAT csv)") as copy:
                for batch in pq.ParquetFile(rows).iter_batches(_CHUNK):
                    text = io.BytesIO()
                    pacsv.write_csv(batch, text, pacsv.WriteOptions(include_header=False))
                    copy.write(text.getvalue())
            for index in _INDEXES:
                cursor.execute(index)
        self._con.commit()
        self._con.autocommit = True
        self._con.execute("VACUUM ANALYZE fact")
        self._con.autocommit = False

    def answers(self) -> Answers:
        whole, month, trend, payees = (self._con.execute(sql, told).fetchall() for sql, told in _QUERIES)
        self._con.commit()
        return answers(whole, month, [s for (s,) in trend], [s for (s,) in payees])

    def change(self, _number: int) -> None:
        self._con.execute(_ADD, ROW)
        self._con.commit()

    def memory(self) -> int:
        """KiB that the server's processes have to themselves."""
        return self._server.memory()

    def close(self) -> None:
        self._con.close()
        self._server.stop()
