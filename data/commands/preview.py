"""`preview FILE…`: what an import of these files would do. Opens no database, writes nothing."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from data.errors import Rejection
from data.importers.preview import Json, preview
from data.importers.recognise import MAX_BYTES, Parsed, recognise
from data.importers.statement import FileRefused, Statement, Total


def configure(parser: argparse.ArgumentParser) -> None:
    """What `preview` takes."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="statement, workbook or zip")
    parser.add_argument("--json", action="store_true", help="print JSON: an object, or a list for several files")
    parser.add_argument("--password", help="of a protected zip")
    parser.add_argument("--currency", default="CNY", help="of tables that name none (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Print the previews of all files.

    Raises:
        ExceptionGroup: of the refusals, after the readable files have been printed.
    """
    results = [result for path in arguments.files for result in _results(path, arguments)]
    statements = [(result.file, result.statement) for result in results if result.statement]
    if arguments.json:
        _print_json([preview(statement) for _, statement in statements], several=len(results) > 1)
    else:
        for file, statement in statements:
            sys.stdout.write(_summary(file, statement))
    refusals: list[Rejection] = [result.refusal for result in results if result.refusal]
    if refusals:
        raise ExceptionGroup("files refused", refusals)
    return 0


def _results(path: Path, arguments: argparse.Namespace) -> list[Parsed]:
    try:
        if path.stat().st_size > MAX_BYTES:
            return [Parsed(path.name, refusal=FileRefused(path.name, "too_large", detail=str(path.stat().st_size)))]
        data = path.read_bytes()
    except OSError as error:
        return [Parsed(path.name, refusal=FileRefused(path.name, "unreadable", detail=error.strerror or ""))]
    return recognise(data, path.name, arguments.password, currency=arguments.currency)


def _print_json(previews: list[Json], *, several: bool) -> None:
    if not several and not previews:
        return
    value = previews if several else previews[0]
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _summary(file: str, statement: Statement) -> str:
    """One line a file for people: how many rows of which fate, and whether the file's totals agree."""
    agrees = {True: "totals agree", False: "totals differ", None: "no totals stated"}[statement.agrees]
    counts = f"{len(statement.lines)} rows, {len(statement.skipped)} skipped, {len(statement.problems)} problems"
    return f"{file}: {statement.format} ({statement.encoding}), {counts}, {agrees}{_sums(statement)}\n"


def _sums(statement: Statement) -> str:
    computed = statement.computed
    if computed is None:
        return ""
    sides = {"spent": computed.spent, "received": computed.received, "neutral": computed.neutral}
    return "".join(f"; {name} {_side(total)} {computed.currency}" for name, total in sides.items() if total)


def _side(total: Total) -> str:
    return f"{total.count}/{total.minor} minor"
