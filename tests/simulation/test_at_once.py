"""Eight threads on one store: nothing is lost, versions only rise, nobody sees another's, a read is before or after."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics import budgets, spending
from analytics.overview import overview
from analytics.scope import look
from analytics.selection import Criteria
from analytics.transactions import rows
from data import bookkeeping, upkeep
from data.bookkeeping import Annotate
from data.database import Database, open_database
from data.ids import EntryId, new_request_id
from data.period import Span
from data.planning import LimitItem, set_limits
from tests.bookkeeping import Bookkeeping, refunded, spent

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
MARCH = Span(date(2026, 3, 1), date(2026, 4, 1))
TODAY = date(2026, 3, 20)
ROUNDS = 3


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield database
    database.close()


def at_once(
    writers: Sequence[Callable[[], None]], watchers: Sequence[Callable[[], None]], stop: threading.Event
) -> None:
    """Run all of them together, the watchers until the last writer is done; the first failure of any is raised."""
    start = threading.Barrier(len(writers) + len(watchers))

    def run(task: Callable[[], None]) -> None:
        start.wait()
        task()

    with ThreadPoolExecutor(len(writers) + len(watchers)) as pool:
        watching = [pool.submit(run, task) for task in watchers]
        writing = [pool.submit(run, task) for task in writers]
        wait(writing)
        stop.set()
        for done in (*writing, *watching):
            done.result()


def imports(book: Bookkeeping, name: str, minor: int) -> Callable[[], None]:
    """Every round adds a purchase and takes half of it back: each import is worth `minor`."""

    def run() -> None:
        for at in range(ROUNDS):
            order = f"{name}{at}"
            major = f"{2 * minor // 100}.{2 * minor % 100:02}", f"{minor // 100}.{minor % 100:02}"
            book.imports(
                spent("2026-03-02", major[0], name, order=order, category="dining"),
                refunded("2026-03-03", major[1], name, of=order, order=f"R{order}", category="dining"),
                file=f"{order}.csv",
            )

    return run


def says(book: Bookkeeping, entry: EntryId) -> Callable[[], None]:
    def run() -> None:
        for at in range(ROUNDS):
            said = Annotate(book.owner, new_request_id(), book.owner, (entry,), add_tags=(f"t{at}",))
            bookkeeping.annotate(book.db, said)
            set_limits(book.db, book.owner, MARCH.start, [LimitItem("dining", "CNY", 1000 + at)])

    return run


def reads(book: Bookkeeping, worth: int, stop: threading.Event, seen: list[int]) -> Callable[[], None]:
    """Whatever is read is a whole number of imports, the owner's own, and the same on every way to it."""

    def run() -> None:
        version, last = 0, 0
        while not stop.is_set():
            before = book.db.version(book.owner)
            scope = look(book.db, book.owner, TODAY)
            total = spending.by_category(scope, MARCH, "CNY").total
            payees = spending.by_payee(scope, MARCH, "CNY")
            page = overview(scope, "CNY")
            listed = rows(scope, Criteria(span=MARCH, counted=True))
            budgets.budget(scope, MARCH, "CNY")
            for amount in (total, payees.total, page.totals.spending, sum(listed["spending"].to_pylist())):
                assert amount % worth == 0, "half an import was seen"
            assert total <= payees.total, "what was seen once is not taken back"
            assert {name for name in listed["payee"].to_pylist() if name} <= {f"{worth}a", f"{worth}b"}
            if book.db.version(book.owner) == before:
                assert total == payees.total == page.totals.spending == page.categories.total
            assert before >= version
            assert total >= last
            version, last = before, total
            seen.append(total)

    return run


def test_imports_words_limits_and_reads_of_several_owners_at_once(store: Database) -> None:
    books = {worth: Bookkeeping(store) for worth in (701, 907)}
    for worth, book in books.items():
        first = f"{2 * worth // 100}.{2 * worth % 100:02}"
        half = f"{worth // 100}.{worth % 100:02}"
        book.imports(
            spent("2026-03-01", first, f"{worth}a", order="first", category="dining"),
            refunded("2026-03-01", half, f"{worth}a", of="first", order="back", category="dining"),
        )
    versions = {worth: store.version(book.owner) for worth, book in books.items()}
    stop, seen = threading.Event(), {worth: list[int]() for worth in books}
    writers = [imports(book, f"{worth}{name}", worth) for worth, book in books.items() for name in "ab"]
    writers += [says(book, EntryId(book.entry("first"))) for book in books.values()]
    watchers = [reads(book, worth, stop, seen[worth]) for worth, book in books.items()]
    at_once(writers, watchers, stop)
    for worth, book in books.items():
        scope = look(store, book.owner, TODAY)
        assert spending.totals(scope, MARCH, "CNY").spending == (1 + 2 * ROUNDS) * worth == book.total()
        assert store.version(book.owner) > versions[worth]
        tags = book.asks("SELECT tags FROM fact WHERE owner = $owner AND tags <> ''")
        assert tags == [("\n".join(f"t{at}" for at in range(ROUNDS)),)]
        (envelope,) = budgets.envelopes(scope, MARCH)
        assert envelope.limit == 1000 + ROUNDS - 1
        assert len(seen[worth]) > 1
    assert all(finding.kept for finding in upkeep.verify(store))
