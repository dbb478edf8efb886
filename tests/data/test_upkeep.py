"""Verify, rebuild, backup, restore and import from the command line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import upkeep
from data.cli import main
from data.database import open_database
from data.errors import StoreBusy, StoreDamaged
from data.home import STORE_NAME
from data.identity import person_named, sign_up
from data.sign_in import Visit
from data.store import heads
from data.store.command import Write
from tests.bookkeeping import Bookkeeping, moved, refunded, spent
from tests.samples import sample

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
ROOT = Path(__file__).resolve().parents[2]
MEITUAN = "double-entry-generator/mt/example-mt-records.csv"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A wallet with one person, no app running."""
    folder = tmp_path / "home"
    folder.mkdir()
    db = open_database(folder / STORE_NAME)
    sign_up(db, "alice", "correct horse battery", Visit("127.0.0.1", "test"))
    db.close()
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield Bookkeeping(db)
    db.close()


def broken(book: Bookkeeping) -> list[str]:
    return [finding.promise for finding in upkeep.verify(book.db) if not finding.kept]


def books_of(home: Path, name: str = "alice") -> tuple[int, int]:
    """How many entries the person has, and their spending."""
    db = open_database(home / STORE_NAME)
    who = person_named(db, name)
    assert who
    book = Bookkeeping(db, who.owner)
    ((count,),) = book.asks("SELECT count(*) FROM entry WHERE owner = $owner")
    total = book.total()
    db.close()
    return count, total


def test_a_ledger_made_by_imports_and_undone_keeps_every_promise(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "10.00", order="A1"), refunded("2026-03-02", "4.00", of="A1"))
    book.undoes(book.imports(moved("2026-03-03", "5.00", to=None)))
    assert broken(book) == []


@pytest.mark.parametrize(
    ("damage", "promise"),
    [
        ("UPDATE posting SET amount = amount + 1 WHERE owner = $owner AND line = 0", "every entry balances"),
        ("DELETE FROM posting WHERE owner = $owner", "every entry has two postings or more"),
        ("DELETE FROM account WHERE owner = $owner", "every posting has its entry and its account"),
        ("UPDATE fact SET spending = spending + 1 WHERE owner = $owner", "facts are what the ledger gives"),
        ("UPDATE statement_line SET entry = NULL WHERE owner = $owner", "every booked line has its entry"),
        (
            "UPDATE fact SET spending = spending - 1000 WHERE owner = $owner AND kind = 'refund'",
            "no purchase is refunded beyond what was paid",
        ),
        (
            "INSERT INTO statement_line SELECT * FROM statement_line WHERE owner = $owner",
            "no line is booked twice",
        ),
    ],
)
def test_verify_finds_each_kind_of_damage(book: Bookkeeping, damage: str, promise: str) -> None:
    book.imports(spent("2026-03-01", "10.00", order="A1"), refunded("2026-03-02", "4.00", of="A1"))
    book.writes(Write(damage, {"owner": book.owner}))
    assert promise in broken(book)


def test_rebuilding_repairs_the_facts(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "10.00"))
    book.writes(Write("DELETE FROM fact WHERE owner = $owner", {"owner": book.owner}))
    assert broken(book)
    assert upkeep.rebuild(book.db) == 1
    assert broken(book) == []
    assert book.total() == 1000


def test_import_verify_backup_restore_from_the_command_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--home", str(home)]
    file = str(sample(MEITUAN))
    assert main(["import", file, "--user", "Alice", *place]) == 0
    assert "29 booked, 0 duplicates" in capsys.readouterr().out
    assert main(["import", file, "--user", "alice", *place]) == 0
    assert "nothing new: 29 rows" in capsys.readouterr().out
    assert main(["verify", *place]) == 0
    assert "BROKEN" not in capsys.readouterr().out
    assert main(["rebuild", *place]) == 0

    copy = tmp_path / "copy.duckdb"
    assert main(["backup", str(copy), *place]) == 0
    assert main(["backup", str(copy), *place]) == 2, "nothing is overwritten"
    before = books_of(home)
    assert before == (29, 96595)
    (home / STORE_NAME).unlink()
    heads.last_of(home / STORE_NAME).unlink()  # else the empty store would be taken for one that was cut
    open_database(home / STORE_NAME).close()
    assert main(["restore", str(copy), *place]) == 0
    assert books_of(home) == before
    assert len(list((home / "backups").glob("replaced-*.duckdb"))) == 1


def test_an_import_for_a_new_name_admits_a_person_who_cannot_sign_in_yet(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(sample(MEITUAN)), "--user", "bob", "--home", str(home)]) == 0
    assert "python -m data password" in capsys.readouterr().err
    assert main(["import", str(sample(MEITUAN)), "--user", "bob", "--home", str(home)]) == 0
    told = capsys.readouterr()
    assert (told.err, told.out.split(":")[0]) == ("", "nothing new")


def test_a_refused_file_admits_nobody(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert main(["import", str(empty), "--user", "bob", "--home", str(home)]) == 2
    assert "bob" not in capsys.readouterr().err


def test_one_refused_file_keeps_the_others_out(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert main(["import", str(sample(MEITUAN)), str(empty), "--user", "alice", "--home", str(home)]) == 2
    assert "empty.csv: the file is empty" in capsys.readouterr().err
    assert books_of(home) == (0, 0)


def test_what_is_no_store_or_is_damaged_inside_is_not_put_in_place(home: Path, tmp_path: Path) -> None:
    before = (home / STORE_NAME).read_bytes()
    nonsense = tmp_path / "nonsense.duckdb"
    nonsense.write_bytes(b"not a database at all" * 1000)
    for wrong in (nonsense, tmp_path / "absent.duckdb"):
        with pytest.raises(StoreDamaged):
            upkeep.restore(wrong, home, NOW)
    unwhole = tmp_path / "unwhole.duckdb"
    db = open_database(unwhole)
    book = Bookkeeping(db)
    book.imports(spent("2026-03-01", "10.00"))
    book.writes(Write("DELETE FROM fact WHERE owner = $owner", {"owner": book.owner}))
    db.close()
    with pytest.raises(upkeep.PromisesBroken):
        upkeep.restore(unwhole, home, NOW)
    assert (home / STORE_NAME).read_bytes() == before
    assert list((home / "backups").glob("restoring-*")) == []


_HOLDER = """
import sys, time
from pathlib import Path
from data.database import open_database
db = open_database(Path(sys.argv[1]))
print("open", flush=True)
time.sleep(60)
"""


def test_a_running_app_is_never_restored_over(home: Path, tmp_path: Path) -> None:
    db = open_database(home / STORE_NAME)
    copy = tmp_path / "copy.duckdb"
    db.backup(copy)
    db.close()
    holder = subprocess.Popen(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", _HOLDER, str(home / STORE_NAME)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy):
            upkeep.restore(copy, home, NOW)
        assert main(["verify", "--home", str(home)]) == 2
    finally:
        holder.kill()
        holder.wait()
    assert books_of(home) == (0, 0)


def test_a_copy_kept_while_the_app_runs_is_whole_private_and_never_overwritten(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "35", "瑞幸咖啡"))
    kept = upkeep.keep_copy(book.db, NOW)
    assert kept.parent == book.db.path.parent / "backups"
    assert kept.stat().st_mode & 0o077 == 0
    with pytest.raises(upkeep.FileThere):
        upkeep.keep_copy(book.db, NOW)
    copy = open_database(kept)
    assert Bookkeeping(copy, book.owner).total() == 3500
    copy.close()
