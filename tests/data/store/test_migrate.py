from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from data.database import open_database
from data.errors import StoreDamaged
from data.store import migrate
from data.store.migrate import MigrationChanged, MigrationFailed, Step, StoreTooNew, apply, pending, shipped

NOW = datetime(2026, 11, 22, 4, 0)  # noqa: DTZ001 - the store keeps UTC without zone
FIRST = Step(1, "first", "CREATE TABLE one (a bigint); INSERT INTO one VALUES (1);")
SECOND = Step(2, "second", "ALTER TABLE one ADD COLUMN b bigint; UPDATE one SET b = a + 1;")
BROKEN = Step(2, "broken", "CREATE TABLE two (a bigint); INSERT INTO nowhere VALUES (1);")


@pytest.fixture
def con(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(tmp_path / "store.duckdb"))


def test_steps_are_applied_once_and_in_order(con: duckdb.DuckDBPyConnection) -> None:
    apply(con, pending(con, [FIRST]), NOW)
    assert [step.number for step in pending(con, [FIRST, SECOND])] == [2]
    apply(con, pending(con, [FIRST, SECOND]), NOW)
    assert con.execute("SELECT a, b FROM one").fetchall() == [(1, 2)]
    assert pending(con, [FIRST, SECOND]) == []


def test_a_step_that_fails_leaves_the_store_as_it_was(con: duckdb.DuckDBPyConnection) -> None:
    apply(con, pending(con, [FIRST]), NOW)
    with pytest.raises(MigrationFailed) as failed:
        apply(con, pending(con, [FIRST, BROKEN]), NOW)
    assert (failed.value.number, bool(failed.value.detail)) == (2, True)
    tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert tables == {"migration", "one"}
    assert [step.number for step in pending(con, [FIRST, BROKEN])] == [2]


def test_a_step_whose_text_changed_after_it_was_applied_stops_the_start(con: duckdb.DuckDBPyConnection) -> None:
    apply(con, pending(con, [FIRST]), NOW)
    with pytest.raises(MigrationChanged) as stopped:
        pending(con, [dataclasses.replace(FIRST, sql=FIRST.sql + " ")])
    assert stopped.value.facts == {"number": 1, "name": "first"}


def test_a_store_of_a_newer_version_is_not_touched(con: duckdb.DuckDBPyConnection) -> None:
    apply(con, pending(con, [FIRST, SECOND]), NOW)
    with pytest.raises(StoreTooNew) as stopped:
        pending(con, [FIRST])
    assert stopped.value.facts == {"number": 2, "known": 1}


def test_the_shipped_steps_are_numbered_without_a_gap() -> None:
    assert [step.number for step in shipped()] == list(range(1, len(shipped()) + 1))


def test_an_existing_store_is_copied_aside_before_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "wallet.duckdb"
    ours = shipped()
    open_database(path, lambda: NOW).close()
    assert not (tmp_path / "backups").exists()
    coming = Step(len(ours) + 1, "coming", "CREATE TABLE coming (a bigint);")
    monkeypatch.setattr(migrate, "shipped", lambda: [*ours, coming])
    database = open_database(path, lambda: NOW)
    assert database.read("SELECT count(*) FROM coming") == [(0,)]
    database.close()
    (copy,) = (tmp_path / "backups").glob("*.duckdb")
    kept = duckdb.connect(str(copy), read_only=True)
    assert kept.execute("SELECT max(number) FROM migration").fetchall() == [(len(ours),)]
    kept.close()


def test_what_is_no_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "wallet.duckdb"
    path.write_bytes(b"not a database" * 500)
    with pytest.raises(StoreDamaged):
        open_database(path, lambda: NOW)
    assert path.read_bytes() == b"not a database" * 500
