"""A log whose end is torn: zeros are cut and the rest is there; other damage stops the start and changes nothing."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data import upkeep
from data.database import open_database
from data.errors import StoreCut, StoreDamaged
from data.store import heads

_KILLED = """
import os, sys
from pathlib import Path
from data.database import open_database
from data.home import open_running
from tests import wallet_house as house
running = open_running(Path(sys.argv[1]))
keeper = house.person(running.database, "keeper")
cafe = house.shop(running, "cafe", proprietor=keeper)
alice = house.person(running.database, "alice")
house.open_for(running, alice)
house.top_up(running, alice, house.card(running, alice), 100_000)
for _ in range(20):
    house.pay(running, alice, cafe, 1_000)
os._exit(9)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], cwd=root, check=False)  # noqa: S603 - our own
    assert done.returncode == 9
    return folder


def copied(killed: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The store with its log, and without the head that lies beside them."""
    shutil.copytree(killed, tmp_path, dirs_exist_ok=True)
    heads.last_of(tmp_path / "wallet.duckdb").unlink()
    return tmp_path / "wallet.duckdb", tmp_path / "wallet.duckdb.wal"


def payments(store: Path) -> int:
    database = open_database(store)
    try:
        return int(database.read("SELECT count(*) FROM payment")[0][0])
    finally:
        database.close()


def test_an_untouched_log_gives_everything_back(killed: Path, tmp_path: Path) -> None:
    store, _ = copied(killed, tmp_path)
    assert payments(store) == 20


@pytest.mark.parametrize("zeros", [20, 700, 5_000, 20_000, 60_000])
def test_an_end_of_zeros_is_cut_a_copy_is_kept_and_the_rest_is_there(killed: Path, tmp_path: Path, zeros: int) -> None:
    store, log = copied(killed, tmp_path)
    size = log.stat().st_size
    with log.open("r+b") as file:
        file.seek(size - zeros)
        file.write(b"\0" * zeros)
    before = log.read_bytes()
    kept = payments(store)
    assert 0 < kept < 20
    assert [one.read_bytes() for one in (tmp_path / "backups").glob("torn-*")] == [before]


@pytest.mark.parametrize("seed", range(5))
def test_a_flipped_bit_stops_the_start_or_leaves_whole_payments(killed: Path, tmp_path: Path, seed: int) -> None:
    store, log = copied(killed, tmp_path)
    damaged = bytearray(log.read_bytes())
    damaged[random.Random(seed).randrange(len(damaged) // 4, len(damaged) * 3 // 4)] ^= 0x40  # noqa: S311 - repeatable
    log.write_bytes(damaged)
    held = store.read_bytes()
    try:
        database = open_database(store)
    except StoreDamaged:
        assert log.read_bytes() == bytes(damaged)
        assert store.read_bytes() == held
    else:  # a bit in an entry's size makes the engine take it for the torn end: whole payments up to there
        assert database.read("SELECT count(*) <= 20 FROM payment") == [(True,)]
        assert [one for one in upkeep.verify(database) if not one.kept] == []
        database.close()


@pytest.mark.parametrize("seed", range(8))
def test_beside_the_last_head_no_flipped_bit_passes_for_a_torn_end(killed: Path, tmp_path: Path, seed: int) -> None:
    store, log = copied(killed, tmp_path)
    shutil.copy(heads.last_of(killed / store.name), heads.last_of(store))
    damaged = bytearray(log.read_bytes())
    damaged[_a_size_within(bytes(damaged)) + (seed % 4)] ^= 1 << seed
    log.write_bytes(damaged)
    held = store.read_bytes()
    with pytest.raises((StoreDamaged, StoreCut)):
        open_database(store)
    assert (log.read_bytes(), store.read_bytes()) == (bytes(damaged), held), "nothing was changed"


def _a_size_within(log: bytes) -> int:
    """Where the size of an entry in the middle of the log stands: each is its size and its checksum, then the data."""
    starts = next(found for first in range(16, 80) if (found := _entries(log, first)))
    return starts[len(starts) // 2]


def _entries(log: bytes, at: int) -> list[int]:
    """Where every entry starts if the first one starts here; none when they do not end with the log."""
    starts = []
    while at < len(log):
        starts.append(at)
        at += 16 + int.from_bytes(log[at : at + 8], "little")
    return starts if at == len(log) else []


def test_a_few_zeros_at_the_end_of_an_entry_are_no_proof_of_anything(killed: Path, tmp_path: Path) -> None:
    store, log = copied(killed, tmp_path)
    damaged = bytearray(log.read_bytes())
    damaged[-90:] = b"\0" * 90
    log.write_bytes(damaged)
    with pytest.raises(StoreDamaged):
        open_database(store)
    assert log.read_bytes() == bytes(damaged)
