"""The door to imports: preview a drop of files, commit it, undo it, list what was imported, keep column mappings.

Nothing is written before `commit`; that is one transaction, and so is `undo`.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWriting
from datetime import date, datetime
from typing import Final
from uuid import UUID

import pyarrow as pa

from data.collecting import no_collection
from data.database import Database
from data.errors import Rejection, require
from data.ids import OwnerId
from data.importers.mapping import Mapping, from_json, to_json
from data.importers.statement import Statement
from data.matching.assemble import assemble
from data.matching.choices import AS_PREVIEWED, Choices, settle
from data.matching.known import drop_of
from data.matching.preview import FileReport, Preview
from data.store import facts, imports, learnt, new_facts, settling, taught, ties, undoing
from data.store.booking import Booking
from data.store.command import Plan, Reader, Receipt, Rows, Write
from data.store.owner_settings import month_start_day
from data.store.progress import Progress, Report, Watched
from data.store.undoing import AlreadyUndone, UndoImport

__all__ = [
    "AlreadyUndone",
    "Batch",
    "FileReport",
    "ImportReceipt",
    "ImportStatements",
    "ImportedFile",
    "NothingNew",
    "Progress",
    "SaveMapping",
    "UndoImport",
    "UndoReceipt",
    "batch_lines",
    "batches",
    "commit",
    "mappings",
    "prepare",
    "save_mapping",
    "undo",
]

_LOOK_EVERY: Final = 0.05  # seconds between two looks at how far the writing is
_PLACES_A_LINE, _PLACES_A_DROP = 1, 1_000  # of the store's order: an entry each, batches, what rules say
_PLACES_AN_UNDO: Final = 100_000  # one for all entries, some for each pair that comes apart; unused ones are gaps


@dataclasses.dataclass(unsafe_hash=True)
class NothingNew(Rejection):
    """Every line of the drop is booked already, or left out; nothing was written."""

    duplicates: int
    left_out: int


def prepare(db: Database, owner: OwnerId, parsed: Sequence[Statement]) -> Preview:
    """What importing these files would do now. Reads only."""
    with no_collection():
        drop = drop_of(parsed)
        known = imports.known(db.read, owner, drop.asked)
        return assemble(drop, known, taught.book_of(db.read, owner), learnt.learner(db, owner))


@dataclasses.dataclass(frozen=True, slots=True)
class ImportStatements:
    """Book a prepared drop. token: the preview's."""

    owner: OwnerId
    request_id: str
    actor: UUID
    token: str
    choices: Choices = AS_PREVIEWED


@dataclasses.dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of one file's lines. batch: what `undo` takes; None when nothing of it was new."""

    file: str
    batch: UUID | None
    booked: int
    duplicates: int
    left_out: int
    skipped: int
    problems: int


@dataclasses.dataclass(frozen=True, slots=True)
class ImportReceipt:
    """What an import did. opened: keys of new accounts; linked: earlier refunds that now have their purchase."""

    files: tuple[ImportedFile, ...]
    opened: tuple[str, ...]
    linked: int

    @property
    def booked(self) -> int:
        """Lines that are new in the ledger."""
        return sum(one.booked for one in self.files)


def commit(
    db: Database, command: ImportStatements, preview: Preview, progress: Progress | None = None
) -> ImportReceipt:
    """Book the drop as previewed, with the person's choices; the same request again gives the first receipt.

    Then rows that are one event with others booked earlier, or in the same drop, are found and counted once.

    `progress` is called from this thread with rising values, 1.0 last. When somebody imported since the preview,
    duplicates and refunds are decided again on what is known now.

    Raises:
        NotFound, CategoryDoesNotFit: a choice that cannot stand. NothingNew: there is nothing to book.
        RequestIdReused: the request id was used for other files or choices.
    """
    require(command.token == preview.token, "a command commits the preview it was made from")
    report = Report(progress)
    with no_collection():
        settled = settle(preview, command.choices)
        booking = Booking(preview, settled, imports.account_ids(db.read, command.owner), report.built)
    decide = functools.partial(_decide_import, preview=preview, booking=booking, report=report)
    with ThreadPoolExecutor(1) as writing:
        places = len(preview.lines) * _PLACES_A_LINE + _PLACES_A_DROP
        future = writing.submit(db.submit_long, command, decide, places)
        while True:
            try:
                receipt = future.result(timeout=_LOOK_EVERY)
                break
            except StillWriting:
                report.show()
    settling.settle(db, command.owner, command.actor)
    report(1.0)
    report.show()
    return _import_receipt(receipt)


def _decide_import(
    reader: Reader, command: ImportStatements, now: datetime, *, preview: Preview, booking: Booking, report: Report
) -> Plan:
    owner = command.owner
    ties.require_here(reader.all, owner)
    known = imports.known(reader.all, owner, preview.drop.asked)
    account_ids = imports.account_ids(reader.all, owner)
    if known != preview.known or account_ids != booking.accounts_before:
        preview = assemble(preview.drop, known, preview.book, preview.learner)
        booking = Booking(preview, settle(preview, command.choices), account_ids)
    if not booking.batches:
        raise NothingNew(sum(f.duplicates for f in booking.files), sum(f.left_out for f in booking.files))
    start_day = month_start_day(reader, owner)
    writes: list[Write | Rows] = list(booking.rows(owner, command.actor, now, iter(reader.next_seq, None)))
    for batch in booking.batches:
        writes += new_facts.derive_batch(owner, batch, start_day)
    writes += facts.refresh_entries(owner, booking.backlinked, start_day)
    return Plan(_told(booking), Watched(writes, report), frozenset({owner}))


def _told(booking: Booking) -> Receipt:
    files = [
        {**dataclasses.asdict(one), "batch": None if one.batch is None else str(one.batch)} for one in booking.files
    ]
    return {"files": files, "opened": booking.opened, "linked": len(booking.backlinked)}


def _import_receipt(receipt: Receipt) -> ImportReceipt:
    files = (
        ImportedFile(**{**one, "batch": None if one["batch"] is None else UUID(one["batch"])})
        for one in receipt["files"]
    )
    return ImportReceipt(tuple(files), tuple(receipt["opened"]), receipt["linked"])


@dataclasses.dataclass(frozen=True, slots=True)
class UndoReceipt:
    """How many entries were reversed."""

    batch: UUID
    entries: int


def undo(db: Database, command: UndoImport) -> UndoReceipt:
    """Take an import back: every entry of it that still stands is reversed, its facts go. It may be imported again.

    Raises:
        NotFound: no such import of this owner. AlreadyUndone: it was undone before.
    """
    receipt = db.submit_long(command, undoing.decide, _PLACES_AN_UNDO)
    settling.settle(db, command.owner, command.actor)
    return UndoReceipt(UUID(receipt["batch"]), receipt["entries"])


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """One imported file. `lines`: how many of it were new; instants in UTC; undone_at None: it stands."""

    id: UUID
    file: str
    format: str
    imported_at: datetime
    lines: int
    duplicates: int
    skipped: int
    problems: int
    first_on: date | None
    last_on: date | None
    undone_at: datetime | None


_BATCHES: Final = """
SELECT id, file, format, imported_at, lines, duplicates, skipped, problems, first_on, last_on, undone_at
FROM published_batch WHERE owner = $owner ORDER BY seq DESC"""
_BATCH_LINES: Final = """
SELECT line, part, sheet, outcome, reason, entry, order_id, merchant_order_id, status, cells
FROM published_statement_line WHERE owner = $owner AND batch = $batch ORDER BY sheet, line, part"""


def batches(db: Database, owner: OwnerId) -> list[Batch]:
    """The owner's imports, latest first, undone ones too."""
    return [Batch(*row) for row in db.read(_BATCHES, {"owner": owner})]


def batch_lines(db: Database, owner: OwnerId, batch: UUID) -> pa.Table:
    """Every physical row of an imported file with its outcome; empty for a batch that is not the owner's.

    Columns: line, part, sheet, outcome, reason, entry, order_id, merchant_order_id, status, cells (JSON, in part 0).
    """
    return db.arrow(_BATCH_LINES, {"owner": owner, "batch": batch})


@dataclasses.dataclass(frozen=True, slots=True)
class SaveMapping:
    """Keep how a kind of table is read. signature: of its header (`mapping.signature_of`); body: the mapping's JSON."""

    owner: OwnerId
    request_id: str
    signature: str
    account_key: str
    body: str


_FORGET_MAPPING: Final = "DELETE FROM column_mapping WHERE owner = $owner AND signature = $signature"
_KEEP_MAPPING: Final = "INSERT INTO column_mapping VALUES ($owner, $signature, $account_key, $body, $changed_at)"
_MAPPINGS: Final = "SELECT signature, body FROM published_mapping WHERE owner = $owner ORDER BY signature"


def save_mapping(
    db: Database, owner: OwnerId, signature: str, mapping: Mapping, account_key: str, request_id: str
) -> None:
    """Read tables with this header this way from now on."""
    db.submit(SaveMapping(owner, request_id, signature, account_key, to_json(mapping)), _decide_mapping)


def _decide_mapping(_reader: Reader, command: SaveMapping, now: datetime) -> Plan:
    row = {"owner": command.owner, "signature": command.signature}
    kept = {**row, "account_key": command.account_key, "body": command.body, "changed_at": now}
    return Plan({}, [Write(_FORGET_MAPPING, row), Write(_KEEP_MAPPING, kept)], frozenset({command.owner}))


def mappings(db: Database, owner: OwnerId) -> dict[str, Mapping]:
    """The owner's saved mappings by the signature of the header they read."""
    return {signature: from_json(body) for signature, body in db.read(_MAPPINGS, {"owner": owner})}
