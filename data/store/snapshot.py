"""The store as it is at one instant, for answers that take long and have to agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import duckdb
import pyarrow as pa

from data.store.command import Params

_BATCH: Final = 20_000  # rows in memory at once


class Snapshot:
    """One reading transaction: whatever is written meanwhile does not show in it."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def batches(self, sql: str, params: Params) -> Iterator[pa.RecordBatch]:
        """The rows of a query, a batch at a time; at least one batch, which may be empty. Read it to the end."""
        reader = self._cursor.sql(sql, params=dict(params)).to_arrow_reader(_BATCH)
        batch = pa.RecordBatch.from_pylist([], schema=reader.schema)
        yield batch
        yield from reader

    def read(self, sql: str, params: Params) -> list[tuple[Any, ...]]:
        """Every row of a query."""
        return self._cursor.execute(sql, dict(params)).fetchall()
