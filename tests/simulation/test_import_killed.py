"""A process that dies while it writes an import beside the writer: the whole import is there or nothing of it."""

from __future__ import annotations

import dataclasses
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from data import settlement, statements
from data.audit import audit
from data.database import Database
from data.errors import Rejection
from data.home import open_running
from data.ids import OwnerId, new_request_id
from data.statements import ImportStatements
from data.upkeep import verify
from tests import wallet_house as house
from tests.simulation.importing_once import ROWS, statement

CHILD = Path(__file__).with_name("importing_once.py")
ROOT = CHILD.parents[2]
BEFORE = ("reserved", "put 1", "put 2", "put 4", "put 6", "remembered", "linked")
IN_COMMIT = 6  # kills at moments that nobody chose, within the commit or around it
_TABLES = ("entry", "posting", "statement_line", "import_batch", "fact")


@dataclasses.dataclass(frozen=True)
class Folder:
    """A store with somebody who imports and somebody who pays."""

    path: Path
    owner: OwnerId
    payer: OwnerId

    def dies(self, request: str, point: str, after: float = 0.0) -> tuple[list[str], int | None]:
        """Import in a process of its own and kill it at this point; what was paid in, and how many rows it told of."""
        people = (str(self.owner), str(self.payer))
        process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, str(CHILD), str(self.path), *people, request, point],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        watchdog = threading.Timer(240, process.kill)
        watchdog.start()
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.split())
            if line == "here\n":
                break
        time.sleep(after)
        process.kill()
        said += [line.split() for line in process.stdout if line.endswith("\n")]
        process.wait()
        watchdog.cancel()
        assert ["here"] in said, f"it never came to {point}"
        told = [int(words[1]) for words in said if words[0] == "have"]
        return [words[1] for words in said if words[0] == "paid"], told[0] if told else None


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    running = open_running(tmp_path)
    owner, payer = (house.person(running.database, name) for name in ("importer", "payer"))
    house.open_for(running, payer)
    running.close()
    return Folder(tmp_path, owner, payer)


def rows(db: Database, owner: OwnerId) -> list[int]:
    return [
        int(db.read("SELECT count(*) FROM " + table + " WHERE owner = $owner", {"owner": owner})[0][0])
        for table in _TABLES
    ]


def again(db: Database, owner: OwnerId, request: str) -> int:
    """The same request once more, from the same files; how many rows it told of."""
    preview = statements.prepare(db, owner, [statement()])
    return statements.commit(db, ImportStatements(owner, request, owner, preview.token), preview).booked


def whole(db: Database, owner: OwnerId) -> bool:
    """Whether the import is there, all of it; nothing between all and nothing may be."""
    found = rows(db, owner)
    entries, postings, lines, batches, facts = found
    assert found == [0] * len(found) or (entries, lines, batches) == (ROWS + 1, ROWS + 1, 1)
    assert postings >= 2 * entries
    assert facts >= entries
    return entries > 0


def check(folder: Folder, request: str, paid: list[str], told: int | None) -> bool:
    """Open the store as the next start does; whether the import is there. Then the request is sent again."""
    running = open_running(folder.path)
    db = running.database
    try:
        there = whole(db, folder.owner)
        assert told is None or there, "what was told is gone"
        for one in paid:
            answer = settlement.outcome(db, folder.payer, one)
            assert answer is not None, "money that was told of is gone"
        assert audit(db).broken is None
        assert again(db, folder.owner, request) == ROWS + 1
        assert whole(db, folder.owner)
        with pytest.raises(Rejection, match="nothing_new"):
            again(db, folder.owner, new_request_id())
        assert again(db, folder.owner, request) == ROWS + 1
        assert [one for one in verify(db) if not one.kept] == []
    finally:
        running.close()
    return there


@pytest.mark.parametrize("point", BEFORE)
def test_killed_before_its_commit_nothing_of_it_is_there_and_money_of_others_is(folder: Folder, point: str) -> None:
    request = new_request_id()
    paid, told = folder.dies(request, point)
    assert told is None
    assert len(paid) == (0 if point == "linked" else 3)
    assert not check(folder, request, paid, told)


def test_killed_when_it_is_on_disk_and_nobody_was_told_yet_it_is_there(folder: Folder) -> None:
    request = new_request_id()
    _, told = folder.dies(request, "committed")
    assert told is None
    assert check(folder, request, [], told)


@pytest.mark.parametrize("number", range(IN_COMMIT))
def test_killed_within_its_commit_it_is_there_or_not_and_never_by_halves(folder: Folder, number: int) -> None:
    request, dice = new_request_id(), random.Random(number)  # noqa: S311 - a repeatable choice
    _, told = folder.dies(request, "committing", after=dice.uniform(0, 0.03))
    check(folder, request, [], told)
