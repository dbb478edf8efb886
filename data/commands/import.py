"""`import FILE… --user NAME`: book statements as previewed, without the screens. The app must not be running."""  # noqa: N999 - named like its command

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from data import statements
from data.commands.store import add_home, opened, person_or_new
from data.database import Database
from data.errors import Rejection
from data.identity import person_named
from data.ids import OwnerId, new_request_id
from data.importers.archive import is_archive
from data.importers.mapping import DateOrder
from data.importers.recognise import MAX_BYTES, Parsed, recognise
from data.importers.statement import FileRefused
from data.preferences import preferences_of
from data.statements import ImportReceipt, ImportStatements, NothingNew


def configure(parser: argparse.ArgumentParser) -> None:
    """What `import` takes."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="statement, workbook or zip")
    parser.add_argument("--user", required=True, metavar="NAME", help="whose books; a new name is admitted")
    parser.add_argument("--password", help="of a protected zip")
    parser.add_argument(
        "--dates", choices=("mdy", "dmy", "ymd"), help="the order of dates in a QIF file whose dates leave it open"
    )
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Import all files together, or none.

    Raises:
        ExceptionGroup: of the files' refusals. StoreBusy: nothing was written.
    """
    with opened(arguments.home) as database:
        known = person_named(database, arguments.user)
        owner = known.owner if known else None
        results = [result for path in arguments.files for result in _results(database, owner, path, arguments)]
        refused: list[Rejection] = [refusal for result in results if (refusal := _refusal(result))]
        if refused:
            raise ExceptionGroup("files refused", refused)
        return _book(database, owner or person_or_new(database, arguments.user), results)


def _results(database: Database, owner: OwnerId | None, path: Path, arguments: argparse.Namespace) -> list[Parsed]:
    try:
        if path.stat().st_size > MAX_BYTES:
            return [Parsed(path.name, refusal=FileRefused(path.name, "too_large", detail=str(path.stat().st_size)))]
        data = path.read_bytes()
    except OSError as error:
        return [Parsed(path.name, refusal=FileRefused(path.name, "unreadable", detail=error.strerror or ""))]
    if owner is None:
        return [_dated(one, data, arguments.dates) for one in recognise(data, path.name, arguments.password)]
    saved = statements.mappings(database, owner)
    currency = preferences_of(database, owner).currency
    results = recognise(data, path.name, arguments.password, saved, currency=currency)
    return [_dated(result, data, arguments.dates) for result in results]


def _dated(result: Parsed, data: bytes, order: str | None) -> Parsed:
    """A document whose dates can be read in more than one way, read in the order that was asked for."""
    mapping = result.mapping
    if order is None or mapping is None or result.needs is not None or not mapping.ambiguous or is_archive(data):
        return result
    settled = dataclasses.replace(mapping, date_order=DateOrder(order), doubts=())
    return recognise(data, result.file, mapping=settled)[0]


def _refusal(result: Parsed) -> Rejection | None:
    """A file's own refusal, or that its columns can be read in more than one way and nobody has said which."""
    if result.refusal:
        return result.refusal
    if result.mapping and result.mapping.ambiguous and not result.saved:
        return FileRefused(
            result.file, "mapping_needed", detail=", ".join(doubt.value for doubt in result.mapping.doubts)
        )
    return None


def _book(database: Database, owner: OwnerId, results: list[Parsed]) -> int:
    preview = statements.prepare(database, owner, [result.statement for result in results if result.statement])
    command = ImportStatements(owner, new_request_id(), owner, preview.token)
    agrees = {True: ", totals agree", False: ", totals differ from the file's own", None: ""}
    reports = {at: agrees[report.agrees] for at, report in enumerate(preview.reports())}
    try:
        receipt = statements.commit(database, command, preview)
    except NothingNew as nothing:
        sys.stdout.write(f"nothing new: {nothing.duplicates} rows are booked already\n")
        return 0
    _tell(receipt, reports)
    return 0


def _tell(receipt: ImportReceipt, reports: dict[int, str]) -> None:
    for at, one in enumerate(receipt.files):
        counts = f"{one.booked} booked, {one.duplicates} duplicates, {one.skipped} skipped, {one.problems} problems"
        sys.stdout.write(f"{one.file}: {counts}{reports[at]}\n")
