"""The archive itself: a zip with each file as CSV and as JSON, the attachments, and the guide to all of it.

It is written from one snapshot of the store, batch by batch, so that its files agree with each other and a long history
does not have to fit in memory. CSV cells are safe to open in a spreadsheet (`data.cells`); JSON has the same values
without that guard: amounts are texts with the currency's decimals, since JSON has no exact numbers for money.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final
from uuid import UUID

import orjson
import pyarrow as pa

from data.archive.part import Part
from data.archive.parts import PARTS
from data.cells import guarded
from data.money import exponent
from data.store.snapshot import Snapshot

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
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for part in PARTS:
            columns[part.name] = _write_csv(archive, part, snapshot.batches(part.query, asked))
            _write_json(archive, part, snapshot.batches(part.query, asked))
        for (id_,) in snapshot.read(_ATTACHED, asked):
            ((media_type, content),) = snapshot.read(_ATTACHMENT, {"owner": owner, "id": id_})
            archive.writestr(f"attachments/{id_}.{_ENDINGS.get(media_type, 'bin')}", content)
        archive.writestr(GUIDE, guide(columns).replace("\n", "\r\n").encode("utf-8-sig"))


def _write_csv(archive: zipfile.ZipFile, part: Part, batches: Iterator[pa.RecordBatch]) -> tuple[str, ...]:
    names: tuple[str, ...] = ()
    with (
        archive.open(f"csv/{part.name}.csv", "w", force_zip64=True) as raw,
        io.TextIOWrapper(raw, "utf-8-sig", errors="replace", newline="") as out,
    ):
        writer = csv.writer(out, lineterminator="\r\n")
        for batch in batches:
            if not names:
                names = tuple(batch.schema.names)
                writer.writerow(names)
            texts = {field.name for field in batch.schema if pa.types.is_string(field.type)}
            cells = [_cells(values, written=name in texts) for name, values in _plain(part, batch).items()]
            writer.writerows(zip(*cells, strict=True))
    return names


def _write_json(archive: zipfile.ZipFile, part: Part, batches: Iterator[pa.RecordBatch]) -> None:
    with archive.open(f"json/{part.name}.json", "w", force_zip64=True) as out:
        between = b"[\n"
        for batch in batches:
            plain = _plain(part, batch)
            rows = [orjson.dumps(dict(zip(plain, row, strict=True))) for row in zip(*plain.values(), strict=True)]
            if rows:
                out.write(between + b",\n".join(rows))
                between = b",\n"
        out.write(b"[]\n" if between == b"[\n" else b"\n]\n")


def _plain(part: Part, batch: pa.RecordBatch) -> dict[str, Sequence[Any]]:
    """The batch's values by column: texts, whole numbers, flags and nothing; amounts and instants as texts."""
    found: dict[str, Sequence[Any]] = {name: batch.column(name).to_pylist() for name in batch.schema.names}
    for name, values in found.items():
        if name in part.money:
            found[name] = _amounts(values, found["currency"])
        elif pa.types.is_temporal(batch.schema.field(name).type):
            found[name] = _instants(values)
    return found


def _amounts(minors: Sequence[int | None], currencies: Sequence[str]) -> list[str | None]:
    return [
        None if minor is None else f"{Decimal(minor).scaleb(-exponent(currency)):f}"
        for minor, currency in zip(minors, currencies, strict=True)
    ]


def _instants(values: Sequence[date | datetime | None]) -> list[str | None]:
    """`2026-03-02`, or `2026-03-02 04:00:00` (UTC)."""
    return [None if value is None else str(value)[:19] for value in values]


def _cells(values: Sequence[Any], *, written: bool) -> list[str]:
    """A column's cells; its values repeat, so each is put down once. written: by people, perhaps as a formula."""
    known: dict[Any, str] = {None: ""}
    for value in values:
        if value not in known:
            known[value] = guarded(value) if written else value if isinstance(value, str) else str(int(value))
    return [known[value] for value in values]
