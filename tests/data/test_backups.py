"""Backups that the wallet makes by itself, and bringing one back."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from data import backups, operating, upkeep
from data.cli import main
from data.database import open_database
from data.home import KEY_NAME, STORE_NAME, known_keys, open_home, open_running
from data.ledger.wallet.refusals import OperatorOnly
from data.rounds import Rounds
from data.security.sealed_files import SealedFileDamaged, SealedForOtherKey
from data.security.sealing import key_text, new_key
from data.store import heads
from tests import wallet_house as house
from tests.wallet_world import NOON, Clock, World


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A wallet with something in it, closed."""
    folder = tmp_path / "home"
    running = open_running(folder)
    alice = house.person(running.database, "alice")
    house.fill_wallet(running, alice)
    running.close()
    return folder


def balances(home: Path) -> list[tuple[object, ...]]:
    store = open_home(home)
    try:
        return store.read("SELECT owner, account, sum(amount) FROM posting GROUP BY ALL ORDER BY ALL")
    finally:
        store.close()


def test_the_days_backup_is_made_once_checked_sealed_noted_and_let_go_of_in_time(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(100_00), world.shop()
    world.pay(anna, cafe, 35_00)
    folder = world.db.path.parent / "backups"
    rounds = Rounds(world.running)
    for _ in range(3):
        rounds.keep()
        world.clock.turn(hours=1)
    first = backups.last_backup(world.db)
    assert first is not None
    assert (first.sound, first.at) == (True, NOON)
    assert [one.name for one in folder.glob("daily-*")] == [first.file]
    assert (folder / first.file).stat().st_mode & 0o077 == 0
    assert b"DUCK" not in (folder / first.file).read_bytes()
    assert {one.name for one in folder.iterdir()} == {first.file, heads.LOG_NAME}, "nothing is left lying about"
    for _ in range(9):
        world.clock.turn(days=1)
        rounds.keep()
    assert len(list(folder.glob("daily-*"))) == 7, "a week of days"
    assert len(world.db.read("SELECT 1 FROM published_backup WHERE event = 'made'")) == 10
    safety = operating.safety(world.db, world.operator)
    assert safety.last is not None
    assert (safety.last.sound, safety.behind) == (True, None)
    assert [one for one in upkeep.verify(world.db, world.running.key) if not one.kept] == []


def test_only_what_we_made_ourselves_is_let_go_of(tmp_path: Path) -> None:
    for name in ("daily-20200101T000000.sealed", "daily-holiday.sealed", "kept-20200101T000000.duckdb"):
        (tmp_path / name).touch()
    for day in range(1, 29):
        (tmp_path / f"daily-202611{day:02}T030000.sealed").touch()
    gone = backups.let_go(tmp_path)
    assert "daily-20261101T030000.sealed" in gone
    left = {one.name for one in tmp_path.iterdir()}
    assert {"daily-20200101T000000.sealed", "daily-holiday.sealed", "kept-20200101T000000.duckdb"} <= left


def test_a_backup_of_a_store_that_does_not_hold_says_so(own_world: World) -> None:
    world = own_world
    world.pay(world.member(100_00), world.shop(), 35_00)
    con = world.db._con.cursor()
    con.execute("UPDATE posting SET amount = amount + 1 WHERE line = 0")
    con.close()
    made = operating.back_up(world.running, world.operator)
    assert not made.sound
    assert made.broken


def test_only_the_operator_backs_up_and_sees_how_safe_it_is(own_world: World) -> None:
    anna = own_world.member()
    with pytest.raises(OperatorOnly):
        operating.back_up(own_world.running, anna)
    with pytest.raises(OperatorOnly):
        operating.safety(own_world.db, anna)


def test_what_cannot_be_written_is_told_and_noted(own_world: World) -> None:
    folder = own_world.db.path.parent / "backups"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / (NOON.strftime(backups._NAMED) + ".unfinished")).mkdir()
    with pytest.raises((backups.BackupFailed, OSError)):
        backups.make(own_world.running, NOON)
    last = backups.last_backup(own_world.db)
    assert last is not None
    assert (last.event, last.sound, bool(last.reason)) == ("failed", False, True)


def test_a_sealed_backup_comes_back_whole_from_the_command_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, copy = ["--home", str(home)], tmp_path / "wallet.sealed"
    assert main(["backup", str(copy), "--seal", *place]) == 0
    assert b"DUCK" not in copy.read_bytes()
    before = balances(home)
    (home / STORE_NAME).unlink()
    heads.last_of(home / STORE_NAME).unlink()
    assert main(["restore", str(copy), *place]) == 0
    assert balances(home) == before
    assert main(["verify", *place]) == 0
    assert "BROKEN" not in capsys.readouterr().out


def test_a_damaged_or_foreign_sealed_backup_leaves_the_store_as_it_is(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "wallet.sealed"
    assert main(["backup", str(copy), "--seal", "--home", str(home)]) == 0
    before = (home / STORE_NAME).read_bytes()
    with pytest.raises(SealedForOtherKey):
        upkeep.restore(copy, home, NOON, [new_key()])
    with pytest.raises(upkeep.KeyMissing):
        upkeep.restore(copy, home, NOON)
    copy.write_bytes(copy.read_bytes()[:-1])
    with pytest.raises(SealedFileDamaged):
        upkeep.restore(copy, home, NOON, known_keys(home))
    assert (home / STORE_NAME).read_bytes() == before
    assert list((home / "backups").glob("restoring-*")) == []


def test_an_older_backup_may_be_brought_back_although_later_heads_were_seen(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "older.sealed"
    assert main(["backup", str(copy), "--seal", "--home", str(home)]) == 0
    running = open_running(home)
    house.person(running.database, "later")
    Rounds(running).keep()
    running.close()
    assert main(["restore", str(copy), "--home", str(home)]) == 0
    running = open_running(home)
    assert [one for one in upkeep.verify(running.database, running.key) if not one.kept] == []
    running.close()
    assert len(list((home / "backups").glob("replaced-*.heads.log"))) == 1


def test_a_clock_that_went_back_is_seen(tmp_path: Path) -> None:
    clock = Clock()
    store = open_database(tmp_path / "wallet.duckdb", clock)
    operator = house.person(store, "operator")
    assert operating.safety(store, operator).behind is None
    clock.turn(days=-3)
    assert operating.safety(store, operator).behind == timedelta(days=3)
    store.close()


def test_a_backup_made_under_an_earlier_key_comes_back_with_it(home: Path, tmp_path: Path) -> None:
    copy, old_key = tmp_path / "old.sealed", tmp_path / "old.key"
    assert main(["backup", str(copy), "--seal", "--home", str(home)]) == 0
    shutil.copy(home / KEY_NAME, old_key)
    assert main(["rotate-key", "--home", str(home)]) == 0
    assert main(["restore", str(copy), "--home", str(home)]) == 0, "earlier keys stay in the key file"
    open_running(home).close()
    (home / KEY_NAME).write_text(key_text(new_key()), encoding="ascii")
    assert main(["restore", str(copy), "--home", str(home)]) == 2
    assert main(["restore", str(copy), "--key", str(old_key), "--home", str(home)]) == 0


def test_the_copy_holds_what_the_store_held(home: Path, tmp_path: Path) -> None:
    store = open_home(home)
    store.backup(tmp_path / "copy.duckdb")
    store.close()
    con = duckdb.connect(str(tmp_path / "copy.duckdb"))
    assert con.execute("SELECT count(*) > 5 FROM audit_link").fetchall() == [(True,)]
    con.close()
