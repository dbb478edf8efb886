"""Are facts that lie scattered moved together, and does nothing of them change whatever happens meanwhile?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest

from data.database import Database, open_database
from data.store import clustering
from data.store.clustering import GROUP, Place, Slice
from data.tidying import LOOK_EVERY, Tidying
from tests.ledger_rows import NOW, Book

A, B, C = (UUID(int=n) for n in (1, 2, 3))
FIRST = date(2020, 1, 1)
EVER = (date(1, 1, 1), date(9999, 12, 31))
ROWS = "SELECT owner, count(*), bit_xor(hash(f)), sum(hash(f) % 1000003) FROM fact f GROUP BY owner ORDER BY owner"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield db
    db.close()


def place(owner: UUID, group: int, rows: int = 100, first: int = 0, last: int = 1000) -> Place:
    return Place(owner, group, rows, FIRST + timedelta(first), FIRST + timedelta(last))


def test_whoever_lies_in_a_few_groups_more_than_needed_stays() -> None:
    lying = [place(A, group) for group in range(5)]
    assert clustering.scattered(lying, {}) == {}
    assert clustering.scattered([*lying, place(A, 5)], {}) == {A: 600}


def test_many_rows_in_date_order_stay_and_those_whose_days_overlap_are_moved() -> None:
    ordered = [place(A, group, GROUP, group * 100, group * 100 + 99) for group in range(9)]
    assert clustering.scattered(ordered, {}) == {}
    overlapping = [place(B, group, GROUP) for group in range(9)]
    assert clustering.scattered([*ordered, *overlapping], {}) == {B: 9 * GROUP}


def test_whoever_was_moved_is_moved_again_only_after_new_rows() -> None:
    lying = [place(A, group, 10_000) for group in range(9)]
    assert clustering.scattered(lying, {A: 90_000}) == {}
    assert clustering.scattered(lying, {A: 90_000 - GROUP // 20}) == {A: 90_000}


def test_small_owners_are_moved_together_and_a_large_ones_days_one_stretch_after_the_other() -> None:
    days = [(FIRST + timedelta(n), 40) for n in range(6)]
    found = clustering.slices(lambda _sql, _bound: days, {C: 60, A: 30, B: 240}, most=100)
    assert found == [
        Slice((A,), *EVER),
        Slice((B,), EVER[0], FIRST + timedelta(2)),
        Slice((B,), FIRST + timedelta(2), FIRST + timedelta(4)),
        Slice((B,), FIRST + timedelta(4), EVER[1]),
        Slice((C,), *EVER),
    ]
    assert clustering.slices(lambda _sql, _bound: days, {A: 30, C: 60}, most=100) == [Slice((A, C), *EVER)]


def filled(store: Database, owners: int, count: int) -> list[Book]:
    """Owners whose facts came in turn: every group has some of everybody's."""
    books = [Book(store) for _ in range(owners)]
    template = books[0].row("2026-01-01", 100, "coffee", "Luckin")
    rows = owners * count
    columns: dict[str, Any] = {name: pa.array([_plain(value)] * rows) for name, value in template.items()}
    at = np.arange(rows)
    day = np.datetime64("2024-01-01") + at // owners % 700
    columns["owner"] = pa.array([str(book.owner) for book in books] * count)
    columns["entry"] = pa.array([str(UUID(int=int(n) + 1)) for n in at])
    columns["seq"] = pa.array(at)
    columns["booked_on"] = columns["purchase_on"] = pa.array(day)
    columns["month"] = columns["purchase_month"] = pa.array(day.astype("datetime64[M]").astype("datetime64[D]"))
    columns["spending"] = pa.array(at % 5_000)
    books[0].write_columns("fact", columns)
    return books


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


def test_scattered_facts_are_moved_together_without_anybody_noticing(store: Database) -> None:
    books = filled(store, 40, 16_000)
    before, versions = store.read(ROWS), [store.version(book.owner) for book in books]
    tidying = Tidying(store)
    assert not tidying.step(NOW)
    steps = 0
    while tidying.step(NOW):
        steps += 1
    assert steps >= 2
    assert store.read(ROWS) == before
    assert [store.version(book.owner) for book in books] == versions, "nothing has to be read again"
    lying = clustering.places(store.read)
    assert clustering.scattered(lying, {}) == {}
    assert max(sum(one.owner == book.owner for one in lying) for book in books) <= 2
    assert not tidying.step(NOW + LOOK_EVERY)
    assert not tidying.step(NOW + LOOK_EVERY), "who lies together is not moved again"


def test_a_change_while_facts_are_moved_leaves_them_where_they_were(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book(store)
    book.spend("2026-10-01", 100)
    before = store.read(ROWS)
    version, asked = store.version, []

    def changed_meanwhile(owner: UUID) -> int:
        asked.append(owner)
        if len(asked) == 2:  # what the writer asks just before the commit
            return version(owner) + 1
        return version(owner)

    monkeypatch.setattr(store, "version", changed_meanwhile)
    assert not store.move(Slice((book.owner,), *EVER))
    assert store.read(ROWS) == before
    monkeypatch.undo()
    assert store.move(Slice((book.owner,), *EVER))
    assert store.read(ROWS) == before
