"""Every physical row of an imported file as the store keeps it: its fate, its identity, its cells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import pyarrow as pa

from data.importers.statement import Line, Problem, Skipped
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
    preview: Preview, settled: Settled, batches: Sequence[UUID | None], entries: Sequence[UUID | None]
) -> Iterator[dict[str, Any]]:
    """Columns of `statement_line`, some rows at a time, of the files that have a batch. entries: of each line."""
    rows = list(_rows(preview, settled, batches, entries))
    for start in range(0, len(rows), _CHUNK):
        columns = zip(*rows[start : start + _CHUNK], strict=True)
        yield {name: pa.array(column) for name, column in zip(_LINE_COLUMNS, columns, strict=True)}


def _rows(
    preview: Preview, settled: Settled, batches: Sequence[UUID | None], entries: Sequence[UUID | None]
) -> Iterator[tuple[Any, ...]]:
    names = [None if batch is None else str(batch) for batch in batches]
    before = None
    for index, (line, at) in enumerate(zip(preview.lines, preview.file, strict=True)):
        batch = names[at]
        if batch is None:
            continue
        place = (at, line.sheet, line.line)
        outcome = settled.outcome[index]
        print_, ordinal = preview.marks[index]
        entry = entries[index]
        yield (
            batch,
            line.line,
            line.part,
            line.sheet,
            outcome,
            _reason(line, outcome, preview.duplicate[index]),
            str(print_),
            ordinal,
            None if entry is None else str(entry),
            line.order_id,
            line.merchant_order_id,
            json.dumps(line.refund_keys) if line.refund_keys else "[]",
            line.source_category,
            line.mcc,
            line.status,
            _json(line.cells) if place != before else "{}",
        )
        before = place
    for batch, statement in zip(names, preview.statements, strict=True):
        if batch:
            yield from (_unbooked(batch, row) for row in statement.skipped)
            yield from (_unbooked(batch, row) for row in statement.problems)


def _reason(line: Line, outcome: str, fate: str) -> str:
    if outcome == BOOKED:
        return INLINE if is_inline(line) else ""
    return fate


def _unbooked(batch: str, row: Skipped | Problem) -> tuple[Any, ...]:
    outcome = "skipped" if isinstance(row, Skipped) else "problem"
    where = row.cell if isinstance(row, Problem) else ""
    kept = (batch, row.line, 0, row.sheet, outcome, row.reason, None, 0, None)
    return (*kept, "", "", "[]", "", "", where, _json(row.cells))


_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would build an encoder for each row


def _json(cells: Mapping[str, str]) -> str:
    return _ENCODE(dict(cells))
