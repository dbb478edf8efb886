"""Rows as bytes, one way only: the same whether they are about to be written or are read back years later.

A stretch of rows is taken column by column, in blocks, because that is how both Arrow and the store hold them: no cell
is touched by the interpreter. Ids count as their text, instants as microseconds, days as days.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

BLOCK: Final = 8192  # rows: a stretch of millions is summed up without being held
PAGE: Final = 8 * BLOCK  # rows read at once: a statement for each block would cost more than its rows
DIGEST_BYTES: Final = 16  # a row that gives the digest of another one is not found in 2**128 tries
_FIXED: Final[Mapping[str, int]] = {"BIGINT": 8, "INTEGER": 4, "TIMESTAMP": 8, "DATE": 4}  # bytes
_WHOLE: Final = {8: pa.int64(), 4: pa.int32()}
_NOTHING: Final[Mapping[str, Any]] = {"BLOB": b"", "BOOLEAN": False}


class Form:
    """How the rows of one table are written down. columns: their names and the store's types, in order."""

    __slots__ = ("_start", "columns", "head", "kinds", "selected", "table")

    def __init__(self, table: str, columns: tuple[tuple[str, str], ...]) -> None:
        self.table = table
        self.columns = columns
        self.kinds = tuple((kind, _FIXED.get(kind, 0)) for _, kind in columns)
        self.head = f"{table}({','.join(f'{name} {kind}' for name, kind in columns)})"
        # What a SELECT of these columns gives Arrow is what `Held` takes.
        self.selected = ", ".join(
            f'"{name}"' if _as_it_is(kind) else f'cast("{name}" AS varchar)' for name, kind in columns
        )
        self._start = hashlib.sha256(self.head.encode())

    def start(self) -> Any:  # noqa: ANN401 - hashlib's objects have no public type
        """A sum that has taken in nothing but the shape: another shape of the table gives other digests."""
        return self._start.copy()


def _as_it_is(kind: str) -> bool:
    return kind in _FIXED or kind in {"VARCHAR", "BLOB", "BOOLEAN"}


@dataclasses.dataclass(frozen=True, slots=True)
class _Column:
    """One column in memory. missing: which rows have nothing, None when all have something; width 0: text or bytes."""

    width: int
    data: Any
    offsets: npt.NDArray[np.int32] | None
    missing: npt.NDArray[np.uint8] | None

    def cells(self, start: int, count: int) -> list[Any]:
        """Which of these rows have nothing, and the values, as bytes in pieces."""
        missing = self.missing[start : start + count] if self.missing is not None else None
        pieces = [b"\0"] if missing is None or not missing.any() else [b"\1", missing]
        if self.offsets is None:
            return [*pieces, self.data[start * self.width : (start + count) * self.width]]
        ends = self.offsets[start : start + count + 1]
        return [*pieces, ends - ends[0], self.data[int(ends[0]) : int(ends[-1])]]


class Held:
    """Rows of one table in memory, of which any stretch can be summed up."""

    __slots__ = ("_columns", "count")

    def __init__(self, form: Form, columns: Sequence[pa.Array]) -> None:
        self.count = len(columns[0]) if columns else 0
        there = zip(form.kinds, columns, strict=True) if self.count else ()
        self._columns = [_column(kind, width, values) for (kind, width), values in there]

    def block(self, start: int, count: int) -> bytes:
        """What these rows are, as bytes."""
        pieces: list[Any] = [count.to_bytes(8, "little")]
        for column in self._columns:
            pieces += column.cells(start, count)
        return b"".join(pieces)


def made_here(form: Form, columns: Sequence[pa.Array]) -> bytes:
    """The same for rows that were just made from tuples, all of them and at most a block: several times faster."""
    count = len(columns[0])
    pieces: list[Any] = [count.to_bytes(8, "little")]
    for (kind, width), values in zip(form.kinds, columns, strict=True):
        there, *data = values.buffers()
        if values.offset or kind == "BOOLEAN":
            pieces += _column(kind, width, values).cells(0, count)
            continue
        pieces += _present(there, count) if values.null_count else (b"\0",)
        # Below a missing cell there are zeros, or no text: so Arrow makes arrays from tuples.
        pieces += (data[0].slice(0, count * width),) if width else (data[0].slice(0, 4 * count + 4), data[1] or b"")
    return b"".join(pieces)


def _present(bits: pa.Buffer, count: int) -> tuple[Any, ...]:
    there = np.unpackbits(np.frombuffer(bits, np.uint8), count=count, bitorder="little")
    return b"\1", there ^ 1


def _column(kind: str, width: int, values: pa.Array) -> _Column:
    missing = None
    if values.null_count:  # what lies below a missing cell is nobody's promise
        missing = np.asarray(values.is_null()).astype(np.uint8)
        plain = values.view(_WHOLE[width]) if width else values
        values = plain.fill_null(_NOTHING.get(kind, 0 if width else ""))
    count, start, data = len(values), values.offset, values.buffers()
    if width:
        return _Column(width, memoryview(data[1])[start * width : (start + count) * width], None, missing)
    if kind == "BOOLEAN":
        bits = np.unpackbits(np.frombuffer(data[1], np.uint8), bitorder="little")[start : start + count]
        return _Column(1, memoryview(bits.tobytes()), None, missing)
    return _Column(0, memoryview(data[2] or b""), np.frombuffer(data[1], np.int32, count + 1, start * 4), missing)


class Stretch:
    """The sum over consecutive rows of one table, taken in block by block."""

    __slots__ = ("_sum", "count")

    def __init__(self, form: Form) -> None:
        self._sum = form.start()
        self.count = 0

    def add(self, block: bytes, count: int) -> None:
        """The next `count` rows: `BLOCK` of them, fewer only when they are the last."""
        self._sum.update(block)
        self.count += count

    def add_all(self, held: Held) -> None:
        """All of these rows; a whole number of blocks, unless they are the last."""
        for start in range(0, held.count, BLOCK):
            count = min(BLOCK, held.count - start)
            self.add(held.block(start, count), count)

    def digest(self) -> str:
        """The sum over everything taken in, hexadecimal."""
        found: str = self._sum.hexdigest()
        return found[: 2 * DIGEST_BYTES]
