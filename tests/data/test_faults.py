"""What goes wrong with disks, files, clocks and processes: said in both languages, nothing acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from data import upkeep
from data.cli import main
from data.database import open_database
from data.errors import StoreUnwritable
from data.home import KEY_NAME, STORE_NAME, open_running
from data.security.sealing import key_text, new_key
from data.store import migrate
from data.store.migrate import MigrationFailed, Step
from pages.ui.i18n import rejection_parts
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, spent
from tests.wallet_world import World

ROOT = Path(__file__).resolve().parents[2]
NOBODY_ON_THE_MACHINE = 65534


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A wallet with a person who has ¥1,000.00, and a cafe; closed."""
    folder = tmp_path / "home"
    running = open_running(folder)
    house.fill_wallet(running, house.person(running.database, "alice"))
    running.close()
    return folder


def ran(text: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A process of its own that runs this text."""
    return subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", text, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )


def payments(home: Path) -> int:
    running = open_running(home)
    try:
        assert [one.promise for one in upkeep.verify(running.database, running.key) if not one.kept] == []
        return int(running.database.read("SELECT count(*) FROM payment")[0][0])
    finally:
        running.close()


def said_in_both(told: str, chinese: str, english: str) -> bool:
    return chinese in told and english in told


_FULL = """
import resource, signal, sys
from pathlib import Path
from data.errors import StoreUnwritable
from data.home import open_running
from pages.ui.i18n import rejection_parts
from tests import wallet_house as house
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
running = open_running(folder)
alice = house.person(running.database, "alice")
cafe = house.shop(running, "another cafe", proprietor=house.person(running.database, "keeper"))
house.pay(running, alice, cafe, 1_00)
log = folder / "wallet.duckdb.wal"
room = log.stat().st_size + 30_000
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
acknowledged = 1
try:
    while acknowledged < 500:
        house.pay(running, alice, cafe, 1_00)
        acknowledged += 1
except StoreUnwritable as no:
    for spoken in ("zh", "en"):
        print(*rejection_parts(no, spoken))
assert running.database.read("SELECT count(*) FROM payment") == [(acknowledged,)], "reading goes on"
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
house.pay(running, alice, cafe, 1_00)
print("acknowledged", acknowledged + 1)
running.close()
"""


def test_a_full_disk_refuses_payments_in_words_keeps_what_was_acknowledged_and_goes_on_when_there_is_room(
    home: Path,
) -> None:
    done = ran(_FULL, str(home))
    assert done.returncode == 0, done.stderr[-2000:]
    assert said_in_both(done.stdout, "写不进磁盘", "The disk cannot be written to")
    assert said_in_both(done.stdout, "之前已确认的都在", "everything confirmed before is there")
    assert payments(home) == int(done.stdout.split()[-1])


_READ_ONLY = """
import os, sys
from data.cli import main
import data.commands.verify
os.chdir(sys.argv[1])
if os.getuid() == 0:
    os.setgid({nobody})
    os.setuid({nobody})
sys.exit(main(["verify", "--home", "."]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter there")
def test_a_file_that_may_not_be_written_is_said_and_left_as_it_is(home: Path) -> None:
    store = home / STORE_NAME
    before = store.read_bytes()
    for one in home.iterdir():
        one.chmod(0o555 if one.is_dir() else 0o444)
    home.chmod(0o555)
    parents = [one for one in home.parents if one.stat().st_uid == os.getuid() and one != Path("/")]
    try:
        done = ran(_READ_ONLY.replace("{nobody}", str(NOBODY_ON_THE_MACHINE)), str(home))
    finally:
        home.chmod(0o700)
    assert parents
    assert done.returncode == 2, done.stderr[-2000:]
    assert said_in_both(done.stderr, "写不进磁盘", "The disk cannot be written to")
    assert store.read_bytes() == before


def test_a_corrupt_file_is_said_and_left_as_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = home / STORE_NAME
    content = bytearray(store.read_bytes())
    content[4096:8192] = bytes(4096)
    content[: 4096 - 100] = bytes(4096 - 100)
    store.write_bytes(content)
    assert main(["verify", "--home", str(home)]) == 2
    assert said_in_both(capsys.readouterr().err, "数据文件打不开", "The data file cannot be opened")
    assert store.read_bytes() == bytes(content)


def test_a_cut_log_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    earlier = home.with_name("earlier.duckdb")
    shutil.copy(home / STORE_NAME, earlier)
    running = open_running(home)
    house.person(running.database, "later")
    running.close()
    shutil.copy(earlier, home / STORE_NAME)
    assert main(["verify", "--home", str(home)]) == 2
    told = capsys.readouterr().err
    assert said_in_both(told, "已确认的最后 1 次写入不在里面", "the last 1 acknowledged writes are not in it")
    assert (home / STORE_NAME).read_bytes() == earlier.read_bytes()


def test_a_wrong_key_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / KEY_NAME).write_text(key_text(new_key()), encoding="ascii")
    assert main(["apply", os.devnull, "--home", str(home)]) == 2
    assert said_in_both(capsys.readouterr().err, "密钥不对", "The key is wrong")


_IMPORTING = """
import os, sys, threading, time
from pathlib import Path
from data.database import Database
from data.home import open_running
from data.store import facts, writer
from tests.bookkeeping import Bookkeeping, spent
from tests import wallet_house as house
running = open_running(Path(sys.argv[1]))
book = Bookkeeping(running.database, house.person(running.database, "alice"))
if sys.argv[2] == "after":
    book.imports(*[spent("2026-03-01", "1.00", f"shop {n}", order=f"A{n}") for n in range(200)])
    os._exit(9)
from data.store.chain import Chain
Chain.kept = Chain.lost = lambda *_: os._exit(9)
Chain.write = lambda *_: os._exit(9)
Chain.join = lambda *_: os._exit(9)
book.imports(*[spent("2026-03-01", "1.00", f"shop {n}", order=f"A{n}") for n in range(200)])
"""


@pytest.mark.parametrize(("when", "there"), [("before its end", 0), ("after", 200)])
def test_killed_within_an_import_it_is_there_whole_or_not_at_all_and_can_be_done_again(
    home: Path, when: str, there: int
) -> None:
    done = ran(_IMPORTING, str(home), when)
    assert done.returncode == 9, done.stderr[-2000:]
    running = open_running(home)
    alice = house.person(running.database, "alice")
    count = "SELECT count(*) FROM statement_line WHERE owner = $owner AND outcome = 'booked'"
    assert running.database.read(count, {"owner": alice}) == [(there,)]
    if not there:
        Bookkeeping(running.database, alice).imports(
            *[spent("2026-03-01", "1.00", f"shop {n}", order=f"A{n}") for n in range(200)]
        )
    assert [one.promise for one in upkeep.verify(running.database, running.key) if not one.kept] == []
    running.close()


def test_a_migration_that_fails_half_way_leaves_everything_and_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = migrate.shipped()
    failing = Step(len(steps) + 1, "half", "CREATE TABLE half (id integer); INSERT INTO nothing_there VALUES (1);")
    monkeypatch.setattr(migrate, "shipped", lambda: [*steps, failing])
    assert main(["verify", "--home", str(home)]) == 2
    assert said_in_both(capsys.readouterr().err, "没有成功", "failed")
    with pytest.raises(MigrationFailed) as no:
        open_database(home / STORE_NAME)
    assert [bool(rejection_parts(no.value, spoken)) for spoken in ("zh", "en")] == [True, True]
    monkeypatch.setattr(migrate, "shipped", lambda: steps)
    assert payments(home) == 0
    running = open_running(home)
    assert running.database.read("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'") == [(0,)]
    running.close()
    assert list((home / "backups").glob("before-*.duckdb")), "a copy from before lies aside"


def test_a_clock_that_jumps_back_changes_no_order_and_loses_nothing(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(100_00), world.shop()
    world.pay(anna, cafe, 10_00)
    world.clock.now -= timedelta(days=40)
    world.pay(anna, cafe, 5_00)
    world.reopen()
    world.pay(anna, cafe, 1_00)
    assert world.available(anna) == 84_00
    found = world.db.read("SELECT gross FROM published_payment WHERE owner = $owner ORDER BY seq", {"owner": anna})
    assert found == [(10_00,), (5_00,), (1_00,)]
    assert [one.promise for one in upkeep.verify(world.db, world.running.key) if not one.kept] == []


def test_a_full_disk_is_an_expected_no_to_whoever_waits(home: Path) -> None:
    parts = [rejection_parts(StoreUnwritable("wallet.duckdb", "No space left on device"), one) for one in ("zh", "en")]
    assert all(len(one) == 3 for one in parts), "what happened, what was kept, what to do"
    assert home.exists()
