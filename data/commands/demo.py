"""`demo --user NAME`: fill a person's books with sample data and its limits, or take both away again.

`load` and `remove` are also what the screens' one click does.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from data import demo, planning, statements
from data.commands.store import add_home, opened, person_or_new
from data.database import Database
from data.errors import NotFound, Rejection
from data.identity import person_named
from data.ids import OwnerId, new_request_id
from data.planning import Carry, LimitItem
from data.preferences import preferences_of
from data.statements import Batch, ImportReceipt, ImportStatements, UndoImport


@dataclasses.dataclass(unsafe_hash=True)
class SampleThere(Rejection):
    """The sample data is loaded already; remove it before loading it anew."""


@dataclasses.dataclass(unsafe_hash=True)
class SampleNotThere(Rejection):
    """There is no sample data to remove."""


def configure(parser: argparse.ArgumentParser) -> None:
    """What `demo` takes."""
    add_home(parser)
    parser.add_argument("--user", required=True, metavar="NAME", help="whose books")
    parser.add_argument("--remove", action="store_true", help="take the sample data and its limits away")
    parser.add_argument("--language", choices=("zh", "en"), help="of the payees (default: the person's)")


def run(arguments: argparse.Namespace) -> int:
    """Load or remove the sample data.

    Raises:
        NotFound: nobody to remove it from. SampleThere, SampleNotThere, StoreBusy: nothing was changed.
    """
    with opened(arguments.home) as database:
        if arguments.remove:
            known = person_named(database, arguments.user)
            if known is None:
                raise NotFound("user", arguments.user)
            sys.stdout.write(f"{remove(database, known.owner)} transactions removed\n")
        else:
            receipt = load(database, person_or_new(database, arguments.user), arguments.language)
            sys.stdout.write(f"{receipt.booked} transactions loaded\n")
    return 0


def batch_of(database: Database, owner: OwnerId) -> Batch | None:
    """The sample data that is loaded now, None when there is none."""
    standing = (one for one in statements.batches(database, owner) if one.undone_at is None)
    return next((one for one in standing if one.format == demo.FORMAT), None)


def load(
    database: Database,
    owner: OwnerId,
    language: demo.Language | None = None,
    progress: Callable[[float], None] | None = None,
) -> ImportReceipt:
    """Import two years of sample data up to the person's today, and set its limits.

    language: of payees and accounts; None takes the person's, Chinese when they have not chosen. progress: called
    with rising values, 1.0 last.

    Raises:
        SampleThere: nothing was changed.
    """
    if batch_of(database, owner):
        raise SampleThere
    chosen = preferences_of(database, owner)
    today = _today(database, chosen.zone)
    spoken = language or chosen.language or "zh"
    parsed = demo.statement(today, spoken, month_start_day=chosen.month_start_day)
    preview = statements.prepare(database, owner, [parsed])
    command = ImportStatements(owner, new_request_id(), owner, preview.token)
    receipt = statements.commit(database, command, preview, progress)
    limits = demo.limits(today)
    items = (LimitItem(one.category, one.amount.currency, one.amount.minor, Carry(one.carry)) for one in limits.items)
    planning.set_limits(database, owner, limits.from_month, items)
    return receipt


def remove(database: Database, owner: OwnerId) -> int:
    """Undo the import of the sample data and end those of its limits that the person has not changed; the entries.

    Raises:
        SampleNotThere: nothing was changed.
    """
    batch = batch_of(database, owner)
    if batch is None or batch.last_on is None:
        raise SampleNotThere
    _end_limits(database, owner, demo.limits(batch.last_on).from_month)
    return statements.undo(database, UndoImport(owner, new_request_id(), batch.id, owner)).entries


def _end_limits(database: Database, owner: UUID, month: date) -> None:
    latest = {
        (one.category, one.currency): one.amount
        for one in planning.limit_history(database, owner)
        if one.from_month == month
    }
    sample = {(one.category, one.amount.currency): one.amount.minor for one in demo.LIMITS}
    unchanged = [key for key, minor in sample.items() if latest.get(key) == minor]
    items = [LimitItem(category, currency, None) for category, currency in unchanged]
    planning.set_limits(database, owner, month, items)


def _today(database: Database, zone: str) -> date:
    now = database.clock().replace(tzinfo=ZoneInfo("UTC"))
    local: datetime = now.astimezone(ZoneInfo(zone))
    return local.date()
