"""The audit chain: whatever is changed, dropped, swapped, cut or slipped in is found, and where."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from data.audit import audit, export_head
from data.database import Database, open_database
from data.errors import StoreCut, StoreSwapped
from data.ids import new_id, new_request_id
from data.security.sealing import new_key
from data.store import chain, chain_check, heads
from data.store.chain_check import Break
from data.store.chain_form import BLOCK, Form, Held, Stretch, made_here
from data.store.chained import CHAINED, NOT_CHAINED
from data.store.command import Plan, Rows, Write
from tests.bookkeeping import Bookkeeping, refunded, spent
from tests.test_architecture import APPEND_ONLY
from tests.wallet_world import World

KEY = new_key()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which much happened, closed; in the folder of its own."""
    world = World(tmp_path_factory.mktemp("kept"))
    keeper = world.person()
    cafe = world.shop(proprietor=keeper)
    anna = world.member(500_00)
    card = world.card(anna)
    coupon, claim = world.coupon(anna, cafe)
    world.pay(anna, cafe, 60_00, claims=(claim,))
    world.pay(anna, cafe, 20_00, card=card)
    paid = world.pay(anna, cafe, 35_00)
    world.refund(anna, cafe, paid, 10_00)
    book = Bookkeeping(world.db, anna)
    book.imports(spent("2026-03-01", "10.00", "瑞幸咖啡", order="A1"), refunded("2026-03-02", "4.00", of="A1"))
    book.undoes(book.imports(spent("2026-03-03", "5.00", note="x")))
    assert coupon
    world.running.close()
    return world.db.path


@pytest.fixture(scope="module")
def held(kept: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(str(kept))
    yield con
    con.close()


@pytest.fixture
def con(held: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store as somebody with the file can change it; as it was afterwards."""
    held.execute("BEGIN")
    yield held
    held.execute("ROLLBACK")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "wallet.duckdb")
    yield opened
    opened.close()


def broken(con: duckdb.DuckDBPyConnection) -> Break | None:
    found = chain_check.check(con)
    assert found is not None
    return found.broken


def filled(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for name in chain.forms(con) if con.execute(f"SELECT count(*) > 0 FROM {name}").fetchall()[0][0]]


def test_every_table_is_in_the_chain_or_has_a_reason_not_to_be(store: Database) -> None:
    there = {name for (name,) in store.read("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")}
    assert there - {"fact_scope"} == {*CHAINED, *NOT_CHAINED}
    assert not set(CHAINED) & set(NOT_CHAINED)


def test_what_is_in_the_chain_is_only_appended_to() -> None:
    assert set(CHAINED) - set(APPEND_ONLY) == set()


def test_everything_that_happened_holds_together_and_is_in_the_chain(con: duckdb.DuckDBPyConnection) -> None:
    found = chain_check.check(con)
    assert found is not None
    assert found.broken is None
    assert found.rows == sum(con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in filled(con))
    assert len(filled(con)) > 18, "the journey left too little to try on"


_OTHER = {
    "VARCHAR": "concat({0}, '~')",
    "BIGINT": "{0} + 1",
    "INTEGER": "{0} + 1",
    "TIMESTAMP": "{0} + INTERVAL 1 microsecond",
    "DATE": "{0} + 1",
    "BOOLEAN": "NOT {0}",
    "UUID": "cast('00000000-0000-0000-0000-00000000abcd' AS uuid)",
    "BLOB": "{0} || 'x'",
}


@given(some.lists(some.booleans(), min_size=1, max_size=40), some.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_rows_are_read_in_order_and_in_full_pages_whatever_was_removed_between_them(
    stays: list[bool], page: int
) -> None:
    with duckdb.connect() as own:
        own.execute("CREATE TABLE thing AS SELECT i FROM range($n) t(i)", {"n": len(stays)})
        own.execute("DELETE FROM thing WHERE NOT list_extract($stays, cast(i AS integer) + 1)", {"stays": stays})
        form, first, pages = Form("thing", (("i", "BIGINT"),)), 0, []
        while (found := chain.read(own, form, first, page)).held.count:
            pages.append(found.numbers.tolist())
            first = found.following
    assert [number for one in pages for number in one] == [at for at, kept_one in enumerate(stays) if kept_one]
    assert all(len(one) == page for one in pages[:-1])


@pytest.mark.parametrize("table", CHAINED)
def test_a_changed_cell_is_found_in_whatever_column(held: duckdb.DuckDBPyConnection, table: str) -> None:
    if table not in filled(held):
        pytest.skip("the journey leaves none")
    form = chain.forms(held)[table]
    last = held.execute(f"SELECT max(rowid) FROM {table}").fetchall()[0][0]
    tried = {}
    for name, kind in form.columns:
        held.execute("BEGIN")
        before = chain.read(held, form, last, 1, last + 1).held.block(0, 1)
        instead = f"CASE WHEN {name} IS NULL THEN {_something(kind)} ELSE {_OTHER[kind].format(name)} END"
        try:
            held.execute(f"UPDATE {table} SET {name} = {instead} WHERE rowid = {last}")
            if chain.read(held, form, last, 1, last + 1).held.count:  # where a key was changed the row went elsewhere
                tried[name] = chain.read(held, form, last, 1, last + 1).held.block(0, 1) != before
            found = broken(held) if len(tried) == 1 else Break(0, "rows", table)
        except duckdb.ConstraintException:
            continue  # the store itself refuses any other word there
        finally:
            held.execute("ROLLBACK")
        assert found is not None
        assert (found.why, found.table) == ("rows", table)
    assert tried
    assert [name for name, seen in tried.items() if not seen] == []


def _something(kind: str) -> str:
    return {
        "VARCHAR": "''",
        "UUID": "uuid()",
        "DATE": "DATE '1970-01-01'",
        "TIMESTAMP": "TIMESTAMP '1970-01-01'",
        "BOOLEAN": "false",
    }.get(kind, "0")


@pytest.mark.parametrize("table", ["posting", "entry", "payment", "request", "security_event", "statement_line"])
def test_a_dropped_row_is_found_at_its_link(con: duckdb.DuckDBPyConnection, table: str) -> None:
    (number,) = con.execute(f"SELECT count(*) // 2 FROM {table}").fetchall()[0]
    con.execute(f"DELETE FROM {table} WHERE rowid = {number}")
    found = broken(con)
    assert found is not None
    assert found.table == table
    assert found.first <= number + 1 <= found.last


def test_two_rows_whose_values_were_swapped_are_found(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        UPDATE posting SET amount = o.amount FROM posting o
        WHERE posting.rowid IN (2, 3) AND o.rowid = 5 - posting.rowid""")
    found = broken(con)
    assert found is not None
    assert (found.table, found.first <= 3 <= found.last) == ("posting", True)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM audit_link WHERE number = 4",
        "UPDATE audit_link SET head = repeat('0', 64) WHERE number = 4",
        "UPDATE audit_link SET recorded_at = recorded_at + INTERVAL 1 second WHERE number = 4",
        "UPDATE audit_link SET parts = replace(parts, 'request 1', 'request 2') WHERE number = 4",
        "INSERT INTO audit_link SELECT * FROM audit_link WHERE number = 4",
    ],
)
def test_a_link_that_was_tampered_with_is_found(con: duckdb.DuckDBPyConnection, change: str) -> None:
    con.execute(change)
    found = broken(con)
    assert found is not None
    assert found.why == "link"


def test_a_row_slipped_in_is_found(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("INSERT INTO posting SELECT * FROM posting WHERE rowid = 1")
    found = broken(con)
    assert found is not None
    assert (found.why, found.table) == ("more", "posting")


def cut_off(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the last link with everything that it is over, as whoever knows the chain would do it."""
    last = chain.last_link(con)
    assert last is not None
    for part in chain.parts_of(last.parts):
        con.execute(f"DELETE FROM {part.table} WHERE rowid > (SELECT max(rowid) - {part.rows} FROM {part.table})")
    con.execute("DELETE FROM audit_link WHERE number = (SELECT max(number) FROM audit_link)")


def test_a_cut_end_is_missed_beside_a_head_kept_elsewhere(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    shutil.copytree(kept.parent, folder)
    path = folder / kept.name
    opened = open_database(path)
    assert export_head(opened, KEY, datetime(2026, 3, 2, 4)) is not None  # noqa: DTZ001 - UTC without zone
    assert export_head(opened, KEY, datetime(2026, 3, 2, 5)) is None, "it says so already"  # noqa: DTZ001
    assert audit(opened, KEY).broken is None
    number = audit(opened).number
    opened.close()
    con = duckdb.connect(str(path))
    cut_off(con)
    assert broken(con) is None, "within the store nothing tells"
    con.close()
    with pytest.raises(StoreCut) as no:
        open_database(path)
    assert no.value.links == 1
    heads.last_of(path).unlink()
    opened = open_database(path)
    found = audit(opened, KEY).broken
    opened.close()
    assert found == Break(number, "cut")


def test_another_store_in_its_place_is_refused(kept: Path, tmp_path: Path) -> None:
    path = tmp_path / "wallet.duckdb"
    for _ in range(3):
        open_database(path).close()
    book = open_database(path)
    noted = Write("INSERT INTO import_undo VALUES (uuid(), uuid(), 1, TIMESTAMP '2026-01-01', uuid())")
    for _ in range(2):
        Bookkeeping(book).writes(noted)
    book.close()
    shutil.copy(heads.last_of(path), tmp_path / "its.head")
    shutil.copy(kept, path)
    with pytest.raises(StoreSwapped):
        open_database(path)


def test_an_exported_head_that_somebody_without_the_key_wrote_is_found(store: Database) -> None:
    now = datetime(2026, 3, 2, 4)  # noqa: DTZ001 - UTC without zone
    export_head(store, new_key(), now)
    found = audit(store, KEY).broken
    assert found is not None
    assert found.why == "export"
    assert audit(store).broken is None


def test_what_came_before_a_rolled_back_group_and_after_it_is_one_chain(store: Database) -> None:
    book = Bookkeeping(store)
    book.imports(spent("2026-03-01", "10.00"))
    with pytest.raises(duckdb.Error):
        book.writes(Write("INSERT INTO import_undo VALUES (uuid(), uuid(), 1, TIMESTAMP '2026-01-01', NULL)"))
    book.imports(spent("2026-03-02", "10.00"))
    assert audit(store).broken is None


def test_a_large_commit_is_summed_up_in_blocks_and_holds_after_reopening(tmp_path: Path) -> None:
    opened = open_database(tmp_path / "wallet.duckdb")
    book = Bookkeeping(opened)
    count = 2 * BLOCK + 17
    columns = {
        "owner": [str(book.owner)] * count,
        "batch": [str(new_id()) for _ in range(count)],
        "seq": list(range(count)),
        "recorded_at": [datetime(2026, 1, 1) + timedelta(seconds=at) for at in range(count)],  # noqa: DTZ001
        "actor": [str(book.owner)] * count,
    }
    command = Noted(book.owner, new_request_id())
    opened.submit(command, lambda *_: Plan({}, [Rows("import_undo", columns)]))
    assert audit(opened).broken is None
    opened.close()
    opened = open_database(tmp_path / "wallet.duckdb")
    assert audit(opened).broken is None
    opened.backup(tmp_path / "copy.duckdb")
    opened.close()
    copy = open_database(tmp_path / "copy.duckdb")
    found = audit(copy)
    copy.close()
    assert (found.broken, found.rows > count) == (None, True)


@dataclasses.dataclass(frozen=True)
class Noted:
    owner: Any
    request_id: str


def test_a_store_whose_shape_changed_begins_anew_and_keeps_in_sight_what_was_broken_before(tmp_path: Path) -> None:
    path = tmp_path / "wallet.duckdb"
    opened = open_database(path)
    Bookkeeping(opened).imports(spent("2026-03-01", "10.00"))
    opened.close()
    con = duckdb.connect(str(path))
    con.execute("UPDATE posting SET amount = amount + 1 WHERE rowid = 0")
    found = broken(con)
    assert found is not None
    con.execute("ALTER TABLE posting ADD COLUMN of_late varchar")
    chain.begin(con, datetime(2026, 3, 3), found.link)  # noqa: DTZ001 - UTC without zone
    chain.begin(con, datetime(2026, 3, 3))  # noqa: DTZ001 - not twice
    again = chain_check.check(con)
    con.close()
    assert again is not None
    assert again.broken == Break(found.link, "before")


_TEXT = some.text(max_size=6)
_ROW = some.tuples(  # as `_FORM` has its columns
    some.uuids().map(str),
    some.none() | _TEXT,
    some.none() | some.integers(-(2**63), 2**63 - 1),
    some.integers(-(2**31), 2**31 - 1),
    some.none() | some.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001
    some.none() | some.dates(date(1900, 1, 1), date(2200, 1, 1)),
    some.none() | some.booleans(),
    some.none() | some.uuids().map(str),
)
_FORM = Form(
    "tried",
    (
        ("id", "UUID"),
        ("word", "VARCHAR"),
        ("amount", "BIGINT"),
        ("line", "INTEGER"),
        ("at", "TIMESTAMP"),
        ("day", "DATE"),
        ("yes", "BOOLEAN"),
        ("other", "UUID"),
    ),
)
_ARROW = pa.struct(
    [
        ("id", pa.string()),
        ("word", pa.string()),
        ("amount", pa.int64()),
        ("line", pa.int32()),
        ("at", pa.timestamp("us")),
        ("day", pa.date32()),
        ("yes", pa.bool_()),
        ("other", pa.string()),
    ]
)


@settings(max_examples=60, deadline=None)
@given(some.lists(_ROW, min_size=1, max_size=12), some.data())
def test_rows_have_the_same_sum_as_made_as_read_back_and_as_a_slice(rows: list[tuple[Any, ...]], data: Any) -> None:
    made = pa.array(rows, _ARROW)
    con = duckdb.connect()
    columns = ", ".join(f'"{name}" {kind}' for name, kind in _FORM.columns)
    con.execute(f"CREATE TABLE tried ({columns})")
    con.register("rows", pa.Table.from_struct_array(made))
    con.execute("INSERT INTO tried SELECT * FROM rows")
    assert chain.read(con, _FORM, 0, BLOCK).held.block(0, len(rows)) == made_here(_FORM, made.flatten())
    first = data.draw(some.integers(0, len(rows) - 1))
    count = data.draw(some.integers(1, len(rows) - first))
    there = chain.read(con, _FORM, 0, BLOCK).held.block(first, count)
    assert there == made_here(_FORM, pa.array(rows[first : first + count], _ARROW).flatten())
    assert there == Held(_FORM, made.slice(first, count).flatten()).block(0, count)
    con.close()


@settings(max_examples=40, deadline=None)
@given(some.lists(_ROW, min_size=1, max_size=6), some.data())
def test_rows_that_differ_anywhere_have_another_sum(rows: list[tuple[Any, ...]], data: Any) -> None:
    at = data.draw(some.integers(0, len(rows) - 1))
    other = [*rows[:at], data.draw(_ROW), *rows[at + 1 :]]
    same = other == rows
    sums = []
    for some_rows in (rows, other):
        stretch = Stretch(_FORM)
        made = pa.array(some_rows, _ARROW)
        stretch.add(made_here(_FORM, made.flatten()), len(some_rows))
        sums.append(stretch.digest())
    assert (sums[0] == sums[1]) is same
