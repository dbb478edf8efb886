"""Does a page read only its owner's rows, with few statements? Counted, not timed: a slow machine says the same."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from analytics.held import forget_everything
from data.database import Database
from tests.benchmarks.fill import fill
from tests.ledger_rows import Book
from tests.pages.signed_in import Wallet, open_wallet

MINE, THEIRS = 400, 3_000
# How many statements a page may ask: with nothing held, after one change of the running month, and asked again.
MOST = {
    "overview": (22, 11, 0),
    "categories": (6, 2, 0),
    "trends": (3, 0, 0),
    "budgets": (6, 1, 0),
    "recurring": (6, 5, 0),
    "transactions": (7, 4, 0),
    "import": (2, 1, 0),
    "reports": (11, 3, 0),
    "settings": (0, 0, 0),
}
SIGNED_IN = ("FROM user_session", "FROM app_user", "FROM preference")  # looked at anew every few seconds on any page
SHARED = frozenset({"working_day"})  # the house's calendar, the same for everybody
Asked = list[tuple[str, Mapping[str, Any]]]


class Listening:
    """Notes every statement that is asked of a store from now on."""

    def __init__(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: Asked = []
        read, arrow = db.read, db.arrow

        def reading(sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
            self.asked.append((sql, params or {}))
            return read(sql, params)

        def reading_many(sql: str, params: Mapping[str, Any] | None = None) -> pa.Table:
            self.asked.append((sql, params or {}))
            return arrow(sql, params)

        monkeypatch.setattr(db, "read", reading)
        monkeypatch.setattr(db, "arrow", reading_many)

    def taken(self) -> Asked:
        """What was asked since the last time."""
        found, self.asked = self.asked, []
        return found


@pytest.fixture(scope="module")
def wallet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wallet]:
    with open_wallet(tmp_path_factory.mktemp("wallet")) as opened:
        fill(opened.database, MINE, owner=opened.owner)
        fill(opened.database, THEIRS)
        yield opened


def run(app: AppTest) -> None:
    app.run()
    assert not app.exception


@pytest.mark.parametrize("page", MOST)
def test_a_page_asks_few_statements_and_only_of_its_owners_rows(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    db, book = wallet.database, Book(wallet.database)
    book.owner = wallet.owner
    listening = Listening(db, monkeypatch)
    app = wallet.screen(f"pages/{page}.py", timeout=120)
    counts: list[int] = []
    asked: Asked = []
    for before in (forget_everything, functools.partial(book.spend, "2026-11-20", 100), list):
        before()
        listening.taken()
        run(app)
        found = listening.taken()
        asked += found
        counts.append(sum(not any(table in sql for table in SIGNED_IN) for sql, _ in found))
    monkeypatch.undo()
    assert all(count <= most for count, most in zip(counts, MOST[page], strict=True)), (counts, asked)
    assert strangers(db, wallet.owner, asked) == []


def strangers(db: Database, owner: object, asked: Asked) -> list[tuple[str, str, int, int]]:
    """Scans that gave more rows of a table than its owner has there: statement, table, rows, the owner's."""
    own = {}
    for (table,) in db.read("SELECT table_name FROM duckdb_columns() WHERE column_name = 'owner' AND NOT internal"):
        ((own[table],),) = db.read(f'SELECT count(*) FROM "{table}" WHERE owner = $owner', {"owner": owner})
    found = []
    for sql, params in dict(asked).items():
        told = db.read("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, params)[0][1]
        for table, rows in scans(json.loads(told)["operator"]):
            if table not in SHARED and rows > own.get(table, rows):
                found.append((sql, table, rows, own[table]))
    return found


def scans(operators: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """The tables that a plan reads, each with how many rows its scan gave to the rest of the plan."""
    for one in operators:
        table = one["extra_info"].get("Table", "")
        if table:
            yield table.rsplit(".", 1)[-1], one["intermediate_rows"]
        yield from scans(one.get("children", []))


def test_a_question_that_forgets_its_owner_would_be_found(wallet: Wallet) -> None:
    asked: Asked = [("SELECT category, sum(spending) FROM published_fact GROUP BY category", {})]
    ((_, table, rows, own),) = strangers(wallet.database, wallet.owner, asked)
    assert (table, own) == ("fact", rows - THEIRS)
