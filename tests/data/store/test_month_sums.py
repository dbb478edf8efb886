"""Are sums kept by month true, or said not to be: after every commit, after a start, when facts change meanwhile?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pytest

from analytics import months
from analytics.held import forget_everything
from data.database import Database, open_database
from data.ids import new_request_id
from data.store import month_sums
from data.store.command import Plan, Reader, Write
from data.store.month_sums import Spoiled
from data.store.touched import Touches
from data.tidying import LOOK_EVERY, Tidying
from data.upkeep import rebuild, verify
from tests.bookkeeping import Bookkeeping, spent
from tests.ledger_rows import NOW, Book, WriteRows

MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))
LISTED = "SELECT month FROM spoiled_month WHERE owner = $owner"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield db
    db.close()


@pytest.fixture
def book(store: Database) -> Book:
    found = Book(store)
    for day in ("2026-03-05", "2026-04-05", "2026-05-05"):
        found.spend(day, 100, "coffee", "Luckin")
        found.earn(day, 900)
    return found


def says(book: Book, sql: str, params: Mapping[str, Any] | None = None) -> None:
    """A command whose one write changes facts without saying which months."""

    def decide(_reader: Reader, command: WriteRows, _now: object) -> Plan:
        bound = {"owner": command.owner, **(params or {})}
        return Plan({}, [Write(sql, bound)], frozenset({command.owner}))

    book.db.submit(WriteRows(book.owner, new_request_id(), "fact"), decide)


def listed(book: Book) -> list[date]:
    return sorted(month for (month,) in book.db.read(LISTED, {"owner": book.owner}))


def wrong(book: Book) -> int:
    return month_sums.drift(book.db.read, book.db.spoiled, book.owner)


def test_who_has_no_sums_has_no_list(store: Database, book: Book) -> None:
    book.spend("2026-05-06", 100)
    assert store.spoiled.of(book.owner) is None
    assert listed(book) == []


def test_a_month_is_put_on_the_list_by_the_commit_that_changes_it_and_once(store: Database, book: Book) -> None:
    assert store.sum_months(book.owner)
    assert store.spoiled.of(book.owner) == frozenset()
    for day in ("2026-05-06", "2026-05-07", "2026-03-09"):
        book.spend(day, 100)
    assert store.spoiled.of(book.owner) == frozenset({MARCH, MAY})
    assert listed(book) == [MARCH, MAY]
    assert wrong(book) == 0
    assert store.sum_months(book.owner)
    assert (store.spoiled.of(book.owner), listed(book), wrong(book)) == (frozenset(), [], 0)


def test_a_change_of_unknown_months_takes_the_sums_away_and_nobody_elses(store: Database, book: Book) -> None:
    other = Book(store)
    other.spend("2026-05-06", 100)
    assert store.sum_months(book.owner)
    assert store.sum_months(other.owner)
    says(book, "UPDATE fact SET spending = spending + 1 WHERE owner = $owner AND spending > 0")
    assert store.spoiled.of(book.owner) is None
    assert store.spoiled.of(other.owner) == frozenset()
    assert store.read("SELECT owner FROM month_sums") == [(other.owner,)]
    assert months.outline(book.scope("2026-05-20")).spending.sum() == 303


def test_the_list_is_the_same_after_a_start(tmp_path: Path) -> None:
    book = Book(tmp_path)
    other = Book(book.db)
    for one in (book, other):
        one.spend("2026-05-05", 100)
        assert book.db.sum_months(one.owner)
    book.spend("2026-05-06", 100)
    says(other, "UPDATE fact SET note = 'x' WHERE owner = $owner")
    book.db.close()
    again = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    assert again.spoiled.of(book.owner) == frozenset({MAY})
    assert again.spoiled.of(other.owner) is None
    again.close()


def test_sums_of_facts_that_changed_meanwhile_are_thrown_away(store: Database, book: Book) -> None:
    before = store.version(book.owner)
    book.spend("2026-05-06", 100)
    with store._cursor() as cursor:
        assert not month_sums.make(cursor, store._writer, store.touched_since, book.owner, before, NOW)
    assert store.spoiled.of(book.owner) is None
    assert store.read("SELECT * FROM month_sums") == []


def test_a_commit_of_something_else_meanwhile_does_no_harm(store: Database, book: Book) -> None:
    before = store.version(book.owner)
    book.account(UUID(int=9), "cash")
    assert store.version(book.owner) > before
    with store._cursor() as cursor:
        assert month_sums.make(cursor, store._writer, store.touched_since, book.owner, before, NOW)


def test_a_commit_that_fails_leaves_the_list_as_it_was(store: Database, book: Book) -> None:
    assert store.sum_months(book.owner)
    with pytest.raises(duckdb.Error):
        says(book, "UPDATE fact SET note = NULL WHERE owner = $owner")
    assert store.spoiled.of(book.owner) == frozenset()
    assert listed(book) == []


def test_verify_finds_a_sum_that_is_not_what_the_facts_give(store: Database, book: Book) -> None:
    assert store.sum_months(book.owner)
    book.spend("2026-03-09", 100, "coffee", "Luckin")
    assert wrong(book) == 0
    store.spoiled._months[book.owner] = frozenset({APRIL})  # as if nobody had noticed
    assert wrong(book) == 4, "the row of March kept and the one there is: by category, and by payee"


def test_verify_looks_at_the_sums_and_rebuild_makes_them_anew(store: Database) -> None:
    books = Bookkeeping(store)
    books.imports(spent("2026-05-05", "1.00", "Luckin"), spent("2026-04-05", "2.00", "Didi"))
    assert store.sum_months(books.owner)
    ((before,),) = store.read("SELECT summed_at FROM month_sums")
    promise = next(one for one in verify(store) if "sums" in one.promise)
    assert promise.kept
    assert promise.owner == books.owner
    rebuild(store)
    assert store.spoiled.of(books.owner) == frozenset(), "not only put on the list"
    assert store.read("SELECT count(*), min(summed_at) FROM month_sums") == [(1, before)]


def test_only_who_has_many_facts_is_summed_up_and_again_only_after_many_new_ones(store: Database, book: Book) -> None:
    few = Book(store)
    few.spend("2026-05-05", 100)
    tidying = Tidying(store, worth=6)

    def round_(number: int) -> bool:
        now = NOW + number * LOOK_EVERY
        tidying.step(now)
        return tidying.step(now)

    assert round_(0)
    assert store.spoiled.of(book.owner) == frozenset()
    assert store.spoiled.of(few.owner) is None
    for _ in range(3):
        book.spend("2026-05-06", 100)
    assert not round_(1), "five facts of May are read as fast"
    book.spend("2026-05-07", 100)
    assert round_(2)
    assert store.spoiled.of(book.owner) == frozenset()


def test_a_question_reads_only_the_months_on_the_list_and_the_days_that_no_whole_month_covers(
    store: Database, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.sum_months(book.owner)
    asked: list[Mapping[str, Any]] = []
    arrow = Database.arrow

    def noted(db: Database, sql: str, params: Mapping[str, Any] | None = None) -> Any:
        asked.append(dict(params or {}))
        return arrow(db, sql, params)

    monkeypatch.setattr(Database, "arrow", noted)
    scope = book.scope("2026-05-20")
    assert months.coverage(scope) is not None
    assert asked == [], "all of it was kept"
    book.spend("2026-05-06", 100)
    forget_everything()
    assert months.outline(scope).count.sum() == 7
    assert [one["months"] for one in asked] == [[MAY]]


def test_what_a_commit_changes_is_told_of_those_alone_who_have_sums() -> None:
    owner, other = UUID(int=1), UUID(int=2)
    spoiled = Spoiled(lambda sql, _: [(owner,)] if "month_sums" in sql else [])
    touches = Touches()
    for one in (owner, other):
        touches.months[one].add((MAY, APRIL))
    spoiled.committed([owner, other], touches)
    assert spoiled.of(owner) == frozenset({MAY}), "sums are by the month of arrival"
    assert spoiled.of(other) is None
