"""A process that imports one statement and is killed while it does. Run by `test_import_killed`, not by hand.

    python importing_once.py FOLDER OWNER PAYER REQUEST POINT

POINT says how far it goes before it stands still and waits for its end: `reserved`, `put 1` (after the first statement
of the import), `put 4` …, `remembered`, `linked` (all but the commit), `committing` (it goes on into the commit),
`committed` (on disk, nobody told). Until the import is about to be committed, cash is paid in for PAYER meanwhile.
It prints `paid REQUEST` for each of these, `here` when it stands still, and `have BOOKED` when the import was told.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from data import statements
from data.database import Database
from data.home import open_running
from data.ids import OwnerId, new_request_id
from data.importers.statement import Statement
from data.ledger.wallet.commands import ISSUER, DeskTopUp
from data.statements import ImportStatements
from data.store import landing
from data.store.chain import Chain
from data.store.writer import Writer
from tests.bookkeeping import bill, refunded, spent

ROWS = 400
_paying = threading.Event()  # the import stands still where payments of others must not wait for it


def statement() -> Statement:
    """The same rows in every process."""
    rows = [
        spent(f"2026-03-{1 + at % 28:02d}", f"{1 + at % 90}.10", f"shop {at % 40}", order=f"A{at}")
        for at in range(ROWS)
    ]
    return bill(*rows, refunded("2026-04-01", "0.50", "shop 1", of="A1", order="R1"))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def stand_still() -> None:
    _paying.set()
    threading.Event().wait()


def after(owner: Any, name: str, then: Callable[[], None]) -> None:
    """Call `then` each time the function has done its work."""
    real = getattr(owner, name)

    def wrapped(*given: Any, **named: Any) -> Any:
        done = real(*given, **named)
        then()
        return done

    setattr(owner, name, wrapped)


def stop_at(point: str) -> None:
    """Stand still where the test says; within a commit one cannot, so there it only says that it begins."""
    kind, _, count = point.partition(" ")
    left = [int(count or 1)]
    landed = [False]

    def counted() -> None:
        left[0] -= 1
        if left[0] == 0:
            stand_still()

    def at_link() -> None:
        landed[0] = True
        if kind == "linked":
            say("here")
            threading.Event().wait()
        elif kind == "committing":
            say("here")

    def kept() -> None:
        if landed[0]:
            say("here")
            threading.Event().wait()

    after(Chain, "join", at_link)
    if kind == "committed":
        after(Chain, "kept", kept)
    elif kind in {"put", "remembered", "reserved"}:
        places = {"put": (landing, "put"), "remembered": (landing, "remember"), "reserved": (Writer, "reserve")}
        after(*places[kind], counted)


def main(folder: Path, owner: OwnerId, payer: OwnerId, request: str, point: str) -> None:
    database = open_running(folder).database
    preview = statements.prepare(database, owner, [statement()])
    command = ImportStatements(owner, request, owner, preview.token)
    stop_at(point)
    importing = threading.Thread(target=lambda: say(f"have {statements.commit(database, command, preview).booked}"))
    importing.start()
    if point.split(maxsplit=1)[0] in {"put", "remembered", "reserved"}:
        _paying.wait()
        pay_in(database, payer)
        say("here")
    importing.join()


def pay_in(database: Database, payer: OwnerId) -> None:
    """Somebody else's money, which must not wait, and not be lost either."""
    for _ in range(3):
        asked = new_request_id()
        command = DeskTopUp(owner=payer, request_id=asked, actor=ISSUER, amount=1_00, currency="CNY")
        database.transact(command).or_raise()
        say(f"paid {asked}")


if __name__ == "__main__":
    where, importer, payer_id, request_id, stop = sys.argv[1:]
    main(Path(where), OwnerId(UUID(importer)), OwnerId(UUID(payer_id)), request_id, stop)
