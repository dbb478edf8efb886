"""Whatever is imported, said, linked, undone and merged, in whatever order: the books say what a plain model says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import upkeep
from data.database import Database, open_database
from data.period import Span
from tests.simulation.books import ACCOUNTS, FIRST, Both, Deed, Event, world_of
from tests.simulation.questions import agree

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
EXAMPLES = int(os.environ.get("LITTLE_GOLD_CARD_HISTORIES", "12"))
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
    min_size=5,
    max_size=12,
)
said = ["categorise", "exclude", "exclude", "split", "split", "link", "unlink", "merge", "months", "limit", "limit"]
deeds = st.lists(
    st.tuples(st.sampled_from(["import"] * 4 + ["undo", "undo", "try", *said]), numbers, numbers, numbers),
    min_size=4,
    max_size=14,
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
    both.does(("import", 0, 7, 1))
    for deed in done:
        both.does(deed)
    agree(both, span)
