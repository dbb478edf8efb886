from __future__ import annotations

import threading
from pathlib import Path
from uuid import uuid4

import pytest

from analytics import budgets, spending, trends
from analytics.accounts import accounts
from analytics.held import Held
from analytics.overview import attention, overview
from data.database import Database, open_database
from data.errors import StoreClosed
from data.period import Span
from tests.ledger_rows import NOW, Book


def test_an_answer_is_made_once_per_version_of_the_owners_data(book: Book) -> None:
    held: Held[int] = Held(8)
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    assert [held.get(book.db, book.owner, "k", make) for _ in range(3)] == [0, 0, 0]
    book.spend("2026-10-01", 100)
    assert held.get(book.db, book.owner, "k", make) == 1
    Book(book.db).spend("2026-10-01", 100)
    assert held.get(book.db, book.owner, "k", make) == 1


def test_the_least_used_is_forgotten_first(store: Database) -> None:
    held: Held[str] = Held(2)
    a, b, c = uuid4(), uuid4(), uuid4()
    for owner in (a, b):
        held.get(store, owner, "k", lambda: "first")
    held.get(store, a, "k", lambda: "again")
    held.get(store, c, "k", lambda: "first")
    assert held.get(store, a, "k", lambda: "again") == "first"
    assert held.get(store, b, "k", lambda: "again") == "again"


def test_two_stores_do_not_share_answers(tmp_path: Path) -> None:
    held: Held[str] = Held(8)
    owner = uuid4()
    first = open_database(tmp_path / "a.duckdb", lambda: NOW)
    second = open_database(tmp_path / "b.duckdb", lambda: NOW)
    assert held.get(first, owner, "k", lambda: "first") == "first"
    assert held.get(second, owner, "k", lambda: "second") == "second"
    first.close()
    second.close()


def test_a_commit_while_an_answer_is_made_is_seen_by_the_next_question(book: Book) -> None:
    held: Held[int] = Held(8)

    def slow() -> int:
        found = book.db.version(book.owner)
        book.spend("2026-10-01", 100)
        return found

    before = held.get(book.db, book.owner, "k", slow)
    assert held.get(book.db, book.owner, "k", lambda: -1) == -1
    assert before == 0


def test_many_threads_ask_while_one_writes_and_never_see_less_than_was_acknowledged(book: Book) -> None:
    october = book.scope("2026-10-20").month
    wrong: list[tuple[int, int]] = []
    acknowledged = [0]
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            least = acknowledged[0]
            seen = spending.totals(book.scope("2026-10-20"), october, "CNY").spending
            if seen < least:
                wrong.append((seen, least))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        book.spend("2026-10-05", 100)
        acknowledged[0] += 100
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert spending.totals(book.scope("2026-10-20"), october, "CNY").spending == 2_000


def test_what_is_held_is_answered_even_when_the_store_is_closed(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.spend("2026-10-05", 100)
    scope = book.scope("2026-10-20")
    overview(scope)
    accounts(scope)
    book.db.close()
    later = book.scope("2026-10-20")
    assert spending.by_category(later, later.month, "CNY").total == 100
    assert budgets.budget(later, later.month, "CNY").overall is None
    assert trends.trend(later, later.month, "CNY").points[-1].spending == 100
    assert attention(later, "CNY") == ()
    assert overview(later).spending.amount == 100
    with pytest.raises(StoreClosed):
        spending.totals(later, Span(later.month.start, later.today), "CNY")
