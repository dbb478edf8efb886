from __future__ import annotations

import itertools
import typing
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import duckdb
import pyarrow as pa
import pytest

from data.errors import InvariantBroken
from data.ledger.wallet.rows import TABLES, EntryRow, LotRow, MerchantRow, PostingRow
from data.store import migrate
from data.store.appending import MOST_PREPARED, RowWriter
from data.store.chain import Chain

NOW = datetime(2026, 11, 22, 4, 0, 0, 123456)  # noqa: DTZ001 - the store keeps UTC without zone
TEXTS = ("瑞幸咖啡（陆家嘴店）", 'O\'Brien; -- "x"', "", "🧧 红包\n第二行")
CHECKED = {
    ("account", "kind"): "asset",
    ("card", "kind"): "credit",
    ("card_event", "event"): "unbound",
    ("charge", "purpose"): "top_up",
    ("charge_event", "state"): "unknown",
    ("coupon_event", "event"): "reserved",
    ("entry", "kind"): "hold",
    ("merchant_event", "event"): "changed",
    ("payment", "state"): "processing",
    ("payment_event", "state"): "captured",
    ("refund_event", "state"): "manual",
    ("risk_answer", "answer"): "not_mine",
    ("risk_setting", "sensitivity"): "high",
    ("risk_verdict", "action"): "withdrawal",
    ("risk_verdict", "sensitivity"): "low",
    ("risk_verdict", "verdict"): "refused",
    ("wallet_status", "event"): "frozen",
}
UNIQUE = {("account", "hint_key"), ("app_user", "name_key"), ("request", "request_id")}
EVERY_ROW = pytest.mark.parametrize("kind", list(TABLES), ids=lambda kind: kind.__name__)


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(tmp_path / "wallet.duckdb"))
    migrate.apply(connection, migrate.pending(connection, migrate.shipped()), NOW)
    yield connection
    connection.close()


@pytest.fixture
def writer(con: duckdb.DuckDBPyConnection) -> RowWriter:
    return RowWriter(con, Chain(con))


def columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str, bool]]:
    found = con.execute(
        "SELECT column_name, data_type, is_nullable = 'YES' FROM information_schema.columns "
        "WHERE table_name = $table ORDER BY ordinal_position",
        {"table": table},
    )
    return found.fetchall()


def value(table: str, column: str, kind: str, at: int) -> Any:
    if (table, column) in CHECKED:
        return CHECKED[table, column]
    if (table, column) in UNIQUE:
        return f"{TEXTS[0]} {at}"
    return {
        "UUID": str(uuid4()),
        "VARCHAR": TEXTS[at % len(TEXTS)],
        "BIGINT": (-1) ** at * (2**62 + at),
        "INTEGER": 2**31 - 1 - at,
        "BOOLEAN": at % 2 == 0,
        "DATE": date(2026, 2, 28) + timedelta(days=at),
        "TIMESTAMP": NOW + timedelta(microseconds=at),
    }[kind]


def made(con: duckdb.DuckDBPyConnection, kind: type[Any], count: int) -> list[Any]:
    """Rows all different; in every second one all that may be None is None."""
    table = TABLES[kind]
    shape = columns(con, table)
    return [
        kind(*(None if null and at % 2 else value(table, name, sort, at) for name, sort, null in shape))
        for at in range(count)
    ]


def stored(con: duckdb.DuckDBPyConnection, kind: type[Any]) -> list[Any]:
    found = con.table(TABLES[kind]).fetchall()
    return [kind(*(str(cell) if isinstance(cell, UUID) else cell for cell in row)) for row in found]


def posting(line: int, entry: str | None = None) -> PostingRow:
    return PostingRow(str(uuid4()), entry or str(uuid4()), line, str(uuid4()), -350, "CNY", None, None)


@EVERY_ROW
def test_a_row_comes_back_as_it_went_in(con: duckdb.DuckDBPyConnection, writer: RowWriter, kind: type[Any]) -> None:
    (row,) = made(con, kind, 1)
    writer.append([row])
    assert stored(con, kind) == [row]


@EVERY_ROW
def test_a_thousand_rows_come_back_in_their_order_some_with_nothing_in_them(
    con: duckdb.DuckDBPyConnection, writer: RowWriter, kind: type[Any]
) -> None:
    rows = made(con, kind, 1_000)
    writer.append(rows)
    assert stored(con, kind) == rows


@EVERY_ROW
def test_what_may_be_none_in_a_row_and_nothing_else_may_be_null_in_its_table(
    con: duckdb.DuckDBPyConnection, kind: type[Any]
) -> None:
    optional = {name for name, hint in typing.get_type_hints(kind).items() if type(None) in typing.get_args(hint)}
    assert optional == {name for name, _, null in columns(con, TABLES[kind]) if null}


def test_nothing_to_write_writes_nothing(con: duckdb.DuckDBPyConnection, writer: RowWriter) -> None:
    writer.append(iter(()))
    assert not any(stored(con, kind) for kind in TABLES)


@pytest.mark.parametrize("count", [1, 1_000])
def test_rows_of_all_tables_in_any_order_are_one_group(
    con: duckdb.DuckDBPyConnection, writer: RowWriter, count: int
) -> None:
    by_kind = {kind: made(con, kind, count) for kind in TABLES}
    writer.append(row for group in zip(*by_kind.values(), strict=True) for row in group)
    assert {kind: stored(con, kind) for kind in TABLES} == by_kind


def test_a_group_is_not_written_again_with_the_next(con: duckdb.DuckDBPyConnection, writer: RowWriter) -> None:
    first, second = [posting(0), posting(1)], [posting(2)]
    lot = made(con, LotRow, 1)
    writer.append([*first, *lot])
    writer.append(second)
    assert stored(con, PostingRow) == first + second
    assert stored(con, LotRow) == lot


def test_what_was_committed_is_there_after_reopening(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = made(con, EntryRow, 3)
    cursor = con.cursor()
    writer = RowWriter(cursor, Chain(cursor))
    cursor.execute("BEGIN")
    writer.append(rows)
    cursor.execute("COMMIT")
    cursor.close()
    con.close()
    with duckdb.connect(str(tmp_path / "wallet.duckdb")) as again:
        assert stored(again, EntryRow) == rows


def test_two_connections_of_one_store_do_not_see_each_others_rows_before_they_are_written(
    con: duckdb.DuckDBPyConnection,
) -> None:
    here, there = (RowWriter(cursor, Chain(cursor)) for cursor in (con.cursor(), con.cursor()))
    mine, yours = posting(0), posting(1)
    here.append([mine])
    there.append([yours])
    assert stored(con, PostingRow) == [mine, yours]


def test_after_a_group_that_the_store_refuses_and_a_rollback_the_next_is_written_as_if_nothing_had_been(
    con: duckdb.DuckDBPyConnection, writer: RowWriter
) -> None:
    wrong = made(con, EntryRow, 1)[0]._replace(kind="wish")
    con.execute("BEGIN")
    writer.append([posting(0)])
    with pytest.raises(duckdb.ConstraintException):
        writer.append([posting(1), wrong])
    con.execute("ROLLBACK")
    row = posting(2)
    con.execute("BEGIN")
    writer.append([row])
    con.execute("COMMIT")
    assert stored(con, PostingRow) == [row]
    assert stored(con, EntryRow) == []


@pytest.mark.parametrize(
    ("field", "nonsense", "refusal"),
    [
        ("entry", "not-a-uuid", duckdb.ConversionException),
        ("owner", None, duckdb.ConstraintException),
        ("line", 2**31, pa.ArrowException),
        ("amount", 2**63, OverflowError),
        ("amount", 3.5, InvariantBroken),
        ("amount", 350.0, InvariantBroken),
        ("amount", Decimal("3.50"), InvariantBroken),
        ("amount", "350", InvariantBroken),
        ("amount", True, InvariantBroken),
        ("currency", 156, pa.ArrowException),
    ],
)
def test_a_value_that_is_none_of_its_column_is_refused_and_never_bent(
    con: duckdb.DuckDBPyConnection, writer: RowWriter, field: str, nonsense: Any, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        writer.append([posting(0), posting(1)._replace(**{field: nonsense})])
    assert stored(con, PostingRow) == []


def test_a_table_that_is_not_as_its_rows_stops_the_start(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"ALTER TABLE {TABLES[MerchantRow]} RENAME COLUMN city TO town")
    with pytest.raises(InvariantBroken, match="MerchantRow"):
        RowWriter(con, Chain(con))


def planned(con: duckdb.DuckDBPyConnection) -> int:
    ((count,),) = con.execute("SELECT count(*) FROM duckdb_prepared_statements()").fetchall()
    return int(count)


def test_a_set_of_tables_is_planned_once_for_all_groups_that_leave_it(
    con: duckdb.DuckDBPyConnection, writer: RowWriter
) -> None:
    lots, rows = made(con, LotRow, 40), [posting(line) for line in range(40)]
    before = planned(con)
    for lot, row in zip(lots, rows, strict=True):
        writer.append([row, lot])
    assert planned(con) == before + 1
    assert stored(con, PostingRow) == rows
    assert stored(con, LotRow) == lots


def test_planning_leaves_the_store_its_threads(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("SET threads = 3")
    RowWriter(con.cursor(), Chain(con))
    assert con.execute("SELECT current_setting('threads')").fetchall() == [(3,)]


def test_a_plan_made_in_a_transaction_that_was_rolled_back_writes_the_next_group(
    con: duckdb.DuckDBPyConnection, writer: RowWriter
) -> None:
    con.execute("BEGIN")
    writer.append([posting(0)])
    con.execute("ROLLBACK")
    row = posting(1)
    writer.append([row])
    assert stored(con, PostingRow) == [row]


def test_a_plan_from_before_a_change_of_the_catalog_still_writes_what_is_held_now(
    con: duckdb.DuckDBPyConnection, writer: RowWriter
) -> None:
    rows = [posting(line) for line in range(3)]
    writer.append(rows[:1])
    con.cursor().execute("CREATE TABLE another (number integer)")
    writer.append(rows[1:2])
    con.cursor().execute("DROP TABLE another")
    writer.append(rows[2:])
    assert stored(con, PostingRow) == rows


def test_plans_of_more_sets_than_are_kept_give_way_to_each_other(
    con: duckdb.DuckDBPyConnection, writer: RowWriter
) -> None:
    kinds = [kind for kind in TABLES if TABLES[kind] not in {table for table, _ in UNIQUE}][:13]
    pairs = [*itertools.combinations(kinds, 2)]
    written: dict[type[Any], list[Any]] = {kind: [] for kind in kinds}
    for pair in [*pairs, *pairs[:5]]:
        group = [made(con, kind, 1)[0] for kind in pair]
        writer.append(group)
        for row in group:
            written[type(row)].append(row)
    assert planned(con) == MOST_PREPARED < len(pairs)
    assert {kind: stored(con, kind) for kind in kinds} == written


def test_a_group_that_a_plan_does_not_read_is_an_error_and_no_silence(
    con: duckdb.DuckDBPyConnection, writer: RowWriter
) -> None:
    writer.append([posting(0)])
    ((name,),) = con.execute("SELECT name FROM duckdb_prepared_statements() ORDER BY name DESC LIMIT 1").fetchall()
    con.execute(f"DEALLOCATE {name}")
    con.execute(f"PREPARE {name} AS SELECT 1")
    with pytest.raises(InvariantBroken, match="read"):
        writer.append([posting(1)])
