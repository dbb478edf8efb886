"""Whatever is imported, said, linked, undone and merged, in whatever order: the books say what a plain model says."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.__main__ import main
from data import identity, upkeep
from data.database import Database, open_database
from data.home import open_home
from data.period import Span, month_of, shift_months
from data.sign_in import Visit
from tests.bookkeeping import Bookkeeping
from tests.simulation.books import ACCOUNTS, FIRST, Both, Deed, Event, world_of
from tests.simulation.limits import month_start
from tests.simulation.questions import agree, cents

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
EXAMPLES = int(os.environ.get("LITTLE_GOLD_CARD_HISTORIES", "10"))
numbers = st.integers(0, 40)
events = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(
                ["expense", "expense", "expense", "refund", "refund", "refund", "income", "transfer"]
            ),
            "later": st.integers(0, 20),
            "minor": st.integers(1, 40_000),
            "currency": st.sampled_from(["CNY", "CNY", "CNY", "USD", "JPY"]),
            "payee": st.sampled_from(["luckin", "didi", "acme", ""]),
            "account": st.sampled_from(ACCOUNTS),
            "of": st.integers(0, 9),
            "twin": st.sampled_from([False, False, False, True]),
        }
    ),
    min_size=9,
    max_size=13,
)
said = [
    "categorise",
    "exclude",
    "exclude",
    "split",
    "split",
    "link",
    "unlink",
    "unlink",
    "merge",
    "merge",
    "months",
    "limit",
    "limit",
]
deeds = st.lists(
    st.tuples(st.sampled_from(["import"] * 4 + ["undo", "undo", "try", *said]), numbers, numbers, numbers),
    min_size=10,
    max_size=18,
)
spans = st.tuples(st.integers(0, 90), st.integers(1, 90)).map(
    lambda ends: Span(FIRST + timedelta(days=ends[0]), FIRST + timedelta(days=sum(ends)))
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One store for all histories, each of an owner of its own; at the end all its promises are kept."""
    database = open_database(tmp_path_factory.mktemp("histories") / "wallet.duckdb", lambda: NOW)
    yield database
    try:
        assert all(finding.kept for finding in upkeep.verify(database))
    finally:
        database.close()


@settings(max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
@given(events, deeds, spans)
def test_the_books_say_what_the_model_says(
    store: Database, happened: list[Event], done: list[Deed], span: Span
) -> None:
    both = Both(store, world_of(happened))
    for deed in (("import", 0, 4, 1), ("import", 4, 8, 1), *done[:5]):
        both.does(deed)
    agree(both, span)
    for deed in done[5:]:
        both.does(deed)
    agree(both, span)


@settings(max_examples=2, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
@given(events, deeds)
def test_the_command_line_writes_the_same_figures(
    tmp_path_factory: pytest.TempPathFactory, happened: list[Event], done: list[Deed]
) -> None:
    home = tmp_path_factory.mktemp("home")
    database = open_home(home)
    try:
        owner = identity.sign_up(database, "ann", "correct horse battery", Visit()).owner
        both = Both(database, world_of(happened), Bookkeeping(database, owner))
        for deed in (("import", 0, 7, 1), *done):
            both.does(deed)
    finally:
        database.close()
    facts = [fact for fact in both.model.facts() if not fact.excluded and fact.currency == "CNY"]
    for month in ("2026-01", "2026-02", "2026-03"):
        start = month_of(shift_months(date.fromisoformat(f"{month}-01"), 0, both.start_day), both.start_day).start
        total = sum(fact.spending for fact in facts if month_start(fact.on, both.start_day) == start)
        for asked in (["spending"], ["spending", "--by", "payee"], ["spending", "--by", "account"], ["transactions"]):
            target = home / "out.csv"
            told = ["--user", "ann", "--home", str(home), "--month", month, "--currency", "CNY", "--csv", str(target)]
            assert main([*asked, *told]) == 0
            rows = csv.DictReader(io.StringIO(target.read_bytes().decode("utf-8-sig")))
            kept = (row for row in rows if row.get("excluded", "0") == "0")
            assert sum(cents(row["spending"], "CNY") for row in kept) == total
