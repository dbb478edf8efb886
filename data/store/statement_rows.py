"""Every physical row of an imported file as the store keeps it: its fate, its identity, its cells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
import pyarrow as pa

from data.importers.statement import Problem, Skipped
from data.matching.assemble import INLINE, is_inline
from data.matching.choices import BOOKED, Settled
from data.matching.preview import Preview

_CHUNK: Final = 20_000  # rows in one statement: what a progress bar can see
_LINE_COLUMNS: Final = (
    "batch",
    "line",
    "part",
    "sheet",
    "outcome",
    "reason",
    "fingerprint",
    "ordinal",
    "entry",
    "order_id",
    "merchant_order_id",
    "refund_keys",
    "source_category",
    "mcc",
    "status",
    "cells",
)


def chunks(
    preview: Preview, settled: Settled, batches: Sequence[UUID | None], entries: Sequence[str | None]
) -> Iterator[dict[str, Any]]:
    """Columns of `statement_line`, some rows at a time, of the files that have a batch. entries: of each line."""
    names = [None if batch is None else str(batch) for batch in batches]
    rows = [row for row, at in enumerate(preview.file) if names[at] is not None]
    for start in range(0, len(rows), _CHUNK):
        yield _booked(preview, settled, names, entries, rows[start : start + _CHUNK])
    apart: list[tuple[Any, ...]] = []
    for batch, statement in zip(names, preview.statements, strict=True):
        if batch:
            apart += (_unbooked(batch, row) for row in statement.skipped)
            apart += (_unbooked(batch, row) for row in statement.problems)
    for start in range(0, len(apart), _CHUNK):
        columns = zip(*apart[start : start + _CHUNK], strict=True)
        yield {name: pa.array(column) for name, column in zip(_LINE_COLUMNS, columns, strict=True)}


def _booked(
    preview: Preview,
    settled: Settled,
    names: Sequence[str | None],
    entries: Sequence[str | None],
    rows: Sequence[int],
) -> dict[str, Any]:
    """The columns for some of the lines, in their order."""
    lines, file, marks = preview.lines, preview.file, preview.marks
    columns: dict[str, Sequence[Any]] = {
        "batch": [names[file[row]] for row in rows],
        "outcome": [settled.outcome[row] for row in rows],
        "reason": _reasons(preview, settled, rows),
        "fingerprint": [marks[row][0] for row in rows],
        "ordinal": [marks[row][1] for row in rows],
        "entry": [entries[row] for row in rows],
        "refund_keys": [json.dumps(keys) if keys else "[]" for keys in (lines.refund_keys[row] for row in rows)],
        # A row's cells stand with the first of the lines that it became.
        "cells": [_json(lines.cells[row]) if lines.part[row] == 0 else "{}" for row in rows],
    }
    for name in ("line", "part", "sheet", "order_id", "merchant_order_id", "source_category", "mcc", "status"):
        column = getattr(lines, name)
        columns[name] = [column[row] for row in rows]
    return {name: pa.array(columns[name]) for name in _LINE_COLUMNS}


def _reasons(preview: Preview, settled: Settled, rows: Sequence[int]) -> list[str]:
    outcome, fate, identity = settled.outcome, preview.duplicate, preview.lines.identity
    return [(INLINE if is_inline(identity[row]) else "") if outcome[row] == BOOKED else fate[row] for row in rows]


def _unbooked(batch: str, row: Skipped | Problem) -> tuple[Any, ...]:
    outcome = "skipped" if isinstance(row, Skipped) else "problem"
    where = row.cell if isinstance(row, Problem) else ""
    kept = (batch, row.line, 0, row.sheet, outcome, row.reason, None, 0, None)
    return (*kept, "", "", "[]", "", "", where, _json(row.cells))


def _json(cells: Mapping[str, str]) -> str:
    try:
        return orjson.dumps(cells if type(cells) is dict else dict(cells)).decode()
    except orjson.JSONEncodeError:  # half a character, as broken encodings leave it
        return json.dumps(dict(cells))
