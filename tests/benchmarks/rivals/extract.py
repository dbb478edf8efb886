"""What the rivals are given: the same transactions as one flat file, written once from the store."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from data.database import Database
from tests.benchmarks.dashboard import tops

COLUMNS: Final = ("booked_on", "month", "category", "top", "payee", "currency", "spending")
_ROWS: Final = """
SELECT cast(booked_on AS varchar) AS booked_on, substr(cast(month AS varchar), 1, 7) AS month,
    coalesce(category, 'uncategorised') AS category, payee_key AS payee, currency, spending
FROM published_fact WHERE owner = $owner AND booked_on >= $first AND booked_on < $until"""
_YEARS: Final = "SELECT min(year(booked_on)), max(year(booked_on)) FROM published_fact WHERE owner = $owner"


def extract(db: Database, owner: UUID, file: Path) -> int:
    """Write the owner's transactions in date order, a year at a time; how many there are."""
    ((first, last),) = db.read(_YEARS, {"owner": owner})
    written, writer = 0, None
    for year in range(first, last + 1):
        span = {"owner": owner, "first": f"{year}-01-01", "until": f"{year + 1}-01-01"}
        table = _with_tops(db.arrow(_ROWS, span))
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
        written += len(table)
    if writer is not None:
        writer.close()
    return written


def _with_tops(table: pa.Table) -> pa.Table:
    categories = table["category"].combine_chunks().dictionary_encode()
    above = tops()
    named = pa.array([above[key] for key in categories.dictionary.to_pylist()])
    top = pa.DictionaryArray.from_arrays(categories.indices, named).cast(pa.string())
    return table.append_column("top", top).select(COLUMNS)
