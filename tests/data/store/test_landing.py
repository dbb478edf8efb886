"""Long work beside the writer: nobody waits for it, nobody sees it before its end, it holds or it is done anew."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from data.database import Database, open_database
from data.errors import NotFound, RequestIdReused, StoreClosed
from data.store.command import Plan, Reader, Receipt, Rows

NOW = datetime(2026, 11, 22, 4, 0, 0)  # noqa: DTZ001 - the store keeps UTC without zone
SOON = 20  # seconds


@dataclasses.dataclass(frozen=True)
class Say:
    owner: UUID
    request_id: str
    words: tuple[str, ...]


def say(reader: Reader, command: Say, now: datetime) -> Plan:
    if "nonsense" in command.words:
        raise NotFound("word", "nonsense")
    there = reader.all("SELECT count(*) FROM annotation WHERE owner = $owner", {"owner": command.owner})[0][0]
    count = len(command.words)
    seqs = [reader.next_seq() for _ in command.words]
    columns = {
        "owner": [command.owner] * count,
        "entry": [uuid4() for _ in command.words],
        "seq": seqs,
        "field": list(command.words),
        "value": ["true"] * count,
        "recorded_at": [now] * count,
        "actor": [command.owner] * count,
    }
    return Plan({"before": there, "seqs": seqs}, [Rows("annotation", columns)], frozenset({command.owner}))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield database
    database.close()
    again = open_database(database.path, lambda: NOW)
    chained = again.check_chain()
    assert chained is not None
    assert chained.broken is None
    again.close()


def said(db: Database, owner: UUID) -> list[str]:
    rows = db.read("SELECT field FROM annotation WHERE owner = $owner ORDER BY seq", {"owner": owner})
    return [row[0] for row in rows]


class Held:
    """A rule that waits when it has decided, until it is let go on; it counts how often it was asked."""

    def __init__(self) -> None:
        self.asked, self.decided, self.go_on = 0, threading.Event(), threading.Event()

    def __call__(self, reader: Reader, command: Say, now: datetime) -> Plan:
        self.asked += 1
        plan = say(reader, command, now)
        self.decided.set()
        assert self.go_on.wait(SOON)
        return plan


def meanwhile(db: Database, command: Say, act: Callable[[], object]) -> tuple[Receipt, int]:
    """What long work gave while which something else happened, and how often its rule was asked."""
    held = Held()
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(db.submit_long, command, held, 10)
        try:
            assert held.decided.wait(SOON)
            act()
        finally:
            held.go_on.set()
        return long.result(SOON), held.asked


def test_others_are_answered_while_it_is_under_way_and_nobody_sees_it_before_its_end(db: Database) -> None:
    mine, hers = uuid4(), uuid4()

    def act() -> None:
        for number in range(3):
            db.submit(Say(hers, f"r{number}", (f"w{number}",)), say)
        assert said(db, hers) == ["w0", "w1", "w2"]
        assert said(db, mine) == []
        assert db.version(mine) == 0

    _, asked = meanwhile(db, Say(mine, "long", ("a", "b")), act)
    assert asked == 1
    assert said(db, mine) == ["a", "b"]
    assert db.version(mine) == 1
    db.close()
    again = open_database(db.path, lambda: NOW)
    assert (said(again, mine), said(again, hers)) == (["a", "b"], ["w0", "w1", "w2"])
    highest = again.read("SELECT max(seq) FROM annotation")[0][0]
    assert again.submit(Say(mine, "later", ("c",)), say)["seqs"][0] > highest
    again.close()


def test_when_its_owners_data_changed_it_is_decided_anew_on_what_is_there_now(db: Database) -> None:
    mine = uuid4()
    receipt, asked = meanwhile(db, Say(mine, "long", ("a",)), lambda: db.submit(Say(mine, "quick", ("first",)), say))
    assert (asked, receipt["before"]) == (2, 1)
    assert said(db, mine) == ["first", "a"]


def test_asked_again_it_gives_the_first_receipt_and_other_content_is_refused(db: Database) -> None:
    mine = uuid4()
    first = db.submit_long(Say(mine, "long", ("a",)), say, 10)
    assert db.submit_long(Say(mine, "long", ("a",)), say, 10) == first
    assert db.submit(Say(mine, "long", ("a",)), say) == first
    with pytest.raises(RequestIdReused):
        db.submit_long(Say(mine, "long", ("b",)), say, 10)
    assert said(db, mine) == ["a"]


def test_the_same_request_twice_at_once_is_done_once(db: Database) -> None:
    mine = uuid4()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(db.submit_long, Say(mine, "long", ("a", "b")), say, 10) for _ in range(8)]
    assert len({str(one.result()) for one in asked}) == 1
    assert said(db, mine) == ["a", "b"]


def test_a_refusal_leaves_nothing(db: Database) -> None:
    mine = uuid4()
    with pytest.raises(NotFound):
        db.submit_long(Say(mine, "long", ("a", "nonsense")), say, 10)
    assert said(db, mine) == []
    assert db.submit_long(Say(mine, "long", ("a",)), say, 10)["before"] == 0


def test_work_that_takes_more_places_than_it_said_is_done_in_the_writer(db: Database) -> None:
    mine = uuid4()
    words = tuple(f"w{number}" for number in range(20))
    assert len(set(db.submit_long(Say(mine, "long", words), say, 3)["seqs"])) == len(words)
    assert said(db, mine) == list(words)


def test_long_and_short_work_of_many_at_once_keeps_one_order_and_one_chain(db: Database) -> None:
    owners = [uuid4() for _ in range(6)]

    def work(number: int) -> None:
        owner = owners[number % len(owners)]
        command = Say(owner, f"r{number}", tuple(f"{number}.{part}" for part in range(1 + number % 4)))
        if number % 3:
            db.submit(command, say)
        else:
            db.submit_long(command, say, 10)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(60)))
    seqs = [row[0] for row in db.read("SELECT seq FROM annotation")]
    assert len(seqs) == len(set(seqs)) == sum(1 + number % 4 for number in range(60))


def test_a_closed_store_takes_no_long_work(tmp_path: Path) -> None:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    db.close()
    with pytest.raises(StoreClosed):
        db.submit_long(Say(uuid4(), "long", ("a",)), say, 10)
