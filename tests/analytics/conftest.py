from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.database import Database, open_database
from tests.ledger_rows import NOW, Book


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One store for all tests here; each test is another owner in it, so that owners are kept apart all along."""
    folder: Path = tmp_path_factory.mktemp("questions")
    database = open_database(folder / "wallet.duckdb", lambda: NOW)
    yield database
    database.close()


@pytest.fixture
def book(store: Database) -> Book:
    return Book(store)
