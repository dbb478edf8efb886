from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from data.database import Database, open_database
from data.errors import NotFound, RequestIdReused, StoreClosed
from data.store.command import Plan, Reader, Rows

NOW = datetime(2026, 11, 22, 4, 0, 0)  # noqa: DTZ001 - the store keeps UTC without zone


@dataclasses.dataclass(frozen=True)
class Learn:
    owner: UUID
    request_id: str
    payee: str
    category: str


def learn(reader: Reader, command: Learn, now: datetime) -> Plan:
    if command.category == "nonsense":
        raise NotFound("category", command.category)
    row = {
        "owner": [command.owner],
        "payee_key": [command.payee],
        "category": [command.category],
        "changed_at": [now],
    }
    receipt = {"seq": reader.next_seq()}
    return Plan(receipt, [Rows("learned_payee", row)], frozenset({command.owner}))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield database
    database.close()


def learned(db: Database, owner: UUID) -> list[tuple[str, str]]:
    return db.read("SELECT payee_key, category FROM learned_payee WHERE owner = $owner ORDER BY 1", {"owner": owner})


def test_a_command_is_on_disk_once_it_is_acknowledged(db: Database) -> None:
    owner = uuid4()
    db.submit(Learn(owner, "r1", "luckin", "coffee"), learn)
    db.close()
    again = open_database(db.path, lambda: NOW)
    assert learned(again, owner) == [("luckin", "coffee")]
    again.close()


def test_the_same_request_with_the_same_content_gives_the_first_receipt_and_writes_once(db: Database) -> None:
    owner = uuid4()
    first = db.submit(Learn(owner, "r1", "luckin", "coffee"), learn)
    second = db.submit(Learn(owner, "r1", "luckin", "coffee"), learn)
    assert first == second
    assert len(learned(db, owner)) == 1


def test_the_same_request_with_other_content_is_refused(db: Database) -> None:
    owner = uuid4()
    db.submit(Learn(owner, "r1", "luckin", "coffee"), learn)
    with pytest.raises(RequestIdReused):
        db.submit(Learn(owner, "r1", "luckin", "dining"), learn)
    assert learned(db, owner) == [("luckin", "coffee")]


def test_a_refused_command_leaves_nothing_and_may_be_tried_again(db: Database) -> None:
    owner = uuid4()
    with pytest.raises(NotFound):
        db.submit(Learn(owner, "r1", "luckin", "nonsense"), learn)
    assert learned(db, owner) == []
    db.submit(Learn(owner, "r1", "luckin", "coffee"), learn)
    assert learned(db, owner) == [("luckin", "coffee")]


def test_one_failing_command_does_not_fail_its_neighbours(db: Database) -> None:
    owner = uuid4()
    db.submit(Learn(owner, "r0", "taken", "coffee"), learn)
    outcomes: dict[str, object] = {}
    gate = threading.Barrier(8)

    def one(n: int) -> None:
        payee = "taken" if n == 3 else f"payee {n}"
        gate.wait()
        try:
            outcomes[payee] = db.submit(Learn(owner, f"r{n + 1}", payee, "coffee"), learn)
        except Exception as failure:  # noqa: BLE001 - the outcome is looked at below
            outcomes[payee] = failure

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert isinstance(outcomes.pop("taken"), Exception)
    assert all(isinstance(outcome, dict) for outcome in outcomes.values())
    assert len(learned(db, owner)) == 8


def test_a_commit_moves_the_version_of_the_owners_it_touched_only(db: Database) -> None:
    mine, other = uuid4(), uuid4()
    before = db.version(mine), db.version(other)
    db.submit(Learn(mine, "r1", "luckin", "coffee"), learn)
    assert (db.version(mine), db.version(other)) == (before[0] + 1, before[1])


def test_a_closed_store_refuses_with_a_reason(db: Database) -> None:
    db.close()
    with pytest.raises(StoreClosed):
        db.submit(Learn(uuid4(), "r1", "a", "b"), learn)
    with pytest.raises(StoreClosed):
        db.read("SELECT 1")


def test_a_second_process_gets_a_rejection_that_names_the_first(db: Database) -> None:
    code = (
        "import sys; from pathlib import Path; from data.database import open_database\n"
        "from data.errors import StoreBusy\n"
        "try: open_database(Path(sys.argv[1]))\n"
        "except StoreBusy as busy: print('busy', busy.process)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code, str(db.path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("busy")
    assert "PID" in done.stdout


def test_a_backup_holds_what_the_store_held_and_never_overwrites(db: Database, tmp_path: Path) -> None:
    owner = uuid4()
    db.submit(Learn(owner, "r1", "luckin", "coffee"), learn)
    target = tmp_path / "out" / "copy.duckdb"
    db.backup(target)
    with pytest.raises(FileExistsError):
        db.backup(target)
    copy = open_database(target, lambda: NOW)
    assert learned(copy, owner) == [("luckin", "coffee")]
    copy.close()
