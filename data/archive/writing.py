"""The archive itself: a zip with each file as CSV and as JSON, the attachments, and the guide to all of it.

It is written from one snapshot of the store, batch by batch, so that its files agree with each other and a long history
does not have to fit in memory. CSV cells are safe to open in a spreadsheet (`data.cells`); JSON has the same values
without that guard: amounts are texts with the currency's decimals, since JSON has no exact numbers for money.
"""

from __future__ import annotations

import codecs
import csv
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any, Final
from uuid import UUID

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from data.archive.part import Part
from data.archive.parts import PARTS
from data.cells import guarded
from data.money import exponent
from data.store.snapshot import Snapshot

_IN_MEMORY: Final = 8 * 1024 * 1024  # bytes of a file; a larger one waits on the disk
GUIDE: Final = "README.txt"
_ATTACHED: Final = "SELECT id FROM attachment WHERE owner = $owner ORDER BY id"
_ATTACHMENT: Final = "SELECT media_type, content FROM attachment WHERE owner = $owner AND id = $id"
_ENDINGS: Final[Mapping[str, str]] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "application/pdf": "pdf",
}
Columns = dict[str, tuple[str, ...]]  # file → its columns


def write(into: IO[bytes], snapshot: Snapshot, owner: UUID, guide: Callable[[Columns], str]) -> None:
    """Write the archive into an open binary file. guide: the text of its README, from the columns of each file."""
    asked, columns = {"owner": owner}, Columns()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part in PARTS:
            columns[part.name] = _write_part(archive, part, snapshot.batches(part.query, asked))
        for (id_,) in snapshot.read(_ATTACHED, asked):
            ((media_type, content),) = snapshot.read(_ATTACHMENT, {"owner": owner, "id": id_})
            archive.writestr(f"attachments/{id_}.{_ENDINGS.get(media_type, 'bin')}", content)
        archive.writestr(GUIDE, guide(columns).replace("\n", "\r\n").encode("utf-8-sig"))


def _write_part(archive: zipfile.ZipFile, part: Part, batches: Iterator[pa.RecordBatch]) -> tuple[str, ...]:
    """Both files of a part, read once: a zip takes one file at a time, so the second one waits beside it."""
    names: tuple[str, ...] = ()
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as json:
        with archive.open(f"csv/{part.name}.csv", "w", force_zip64=True) as out:
            between = b"[\n"
            for batch in batches:
                if not names:
                    names = tuple(batch.schema.names)
                    out.write(codecs.BOM_UTF8 + _lines([names]))
                plain = _plain(part, batch)
                out.write(_lines(zip(*_cells(batch.schema, plain), strict=True)))
                if batch.num_rows:
                    json.write(between + _objects(plain))
                    between = b",\n"
        json.write(b"[]\n" if between == b"[\n" else b"\n]\n")
        json.seek(0)
        with archive.open(f"json/{part.name}.json", "w", force_zip64=True) as whole:
            shutil.copyfileobj(json, whole)
    return names


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(errors="replace")


def _objects(plain: Mapping[str, Sequence[Any]]) -> bytes:
    """The rows as JSON objects, without the brackets of their list."""
    names = tuple(plain)
    return orjson.dumps([dict(zip(names, row, strict=True)) for row in zip(*plain.values(), strict=True)])[1:-1]


def _plain(part: Part, batch: pa.RecordBatch) -> dict[str, Sequence[Any]]:
    """The batch's values by column: texts, whole numbers, flags and nothing; amounts and instants as texts."""
    found = {field.name: _values(batch.column(at)) for at, field in enumerate(batch.schema)}
    return {
        name: _amounts(values, found["currency"]) if name in part.money else values for name, values in found.items()
    }


def _values(column: pa.Array) -> list[Any]:
    """A column's values; `2026-03-02`, and `2026-03-02 04:00:00` in UTC."""
    if pa.types.is_temporal(column.type):
        column = pc.utf8_slice_codeunits(column.cast(pa.string()), 0, 19)
    if column.null_count and not pa.types.is_string(column.type):
        return list(column.to_pylist())
    return list(column.to_numpy(zero_copy_only=False).tolist())  # several times faster


def _amounts(minors: Sequence[int | None], currencies: Sequence[str]) -> list[str | None]:
    written: dict[tuple[int | None, str], str | None] = {}  # amounts repeat
    for minor, currency in zip(minors, currencies, strict=True):
        if (minor, currency) not in written:
            decimals = None if minor is None else Decimal(minor).scaleb(-exponent(currency))
            written[minor, currency] = None if decimals is None else f"{decimals:f}"
    return [written[one] for one in zip(minors, currencies, strict=True)]


def _cells(schema: pa.Schema, plain: Mapping[str, Sequence[Any]]) -> list[list[str]]:
    """The columns as cells. What people or files wrote may look like a formula."""
    return [_texts(plain[field.name], written=pa.types.is_string(field.type)) for field in schema]


def _texts(values: Sequence[Any], *, written: bool) -> list[str]:
    known: dict[Any, str] = {None: ""}  # values repeat, so each is put down once
    for value in values:
        if value not in known:
            known[value] = guarded(value) if written else value if isinstance(value, str) else str(int(value))
    return [known[value] for value in values]
