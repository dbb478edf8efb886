"""A store from before sessions had tokens of their own: everybody stays signed in, and what happened stays in order."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from data import identity, own_security
from data.database import open_database
from data.security import passwords, tokens
from data.sign_in import SignedIn, Visit
from data.store import migrate
from tests.sign_in_house import GOOD, Clock, House

BEFORE = 6  # the last step without what is tested here
NOON = datetime(2026, 10, 5, 11)  # noqa: DTZ001 - the store's instants are UTC without zone
OWNER = "01a21d59-647a-779b-a4ed-071dec53fb00"


@pytest.fixture
def old_store(tmp_path: Path) -> tuple[Path, str]:
    """A store of an earlier version with one person, signed in; and the token of the session."""
    path, token = tmp_path / "wallet.duckdb", f"{OWNER.replace('-', '')}.{'A' * 43}"
    con = duckdb.connect(str(path))
    con.execute("SET TimeZone = 'UTC'")
    steps = [step for step in migrate.shipped() if step.number <= BEFORE]
    migrate.apply(con, migrate.pending(con, steps), NOON)
    con.execute(
        "INSERT INTO app_user VALUES ($o, 'Alice', 'alice', $h, true, $at, NULL, NULL)",
        {"o": OWNER, "h": passwords.hash_password(GOOD), "at": NOON},
    )
    con.execute(
        "INSERT INTO user_session VALUES ($o, $id, $at, $at + INTERVAL 30 DAY, NULL, '192.0.2.7', 'Firefox')",
        {"o": OWNER, "id": tokens.token_hash(token), "at": NOON},
    )
    for minute, name in enumerate(("signed_up", "signed_in", "signed_out")):
        con.execute(
            "INSERT INTO security_event VALUES ($o, uuid(), $at, $name, '192.0.2.7', 'Firefox')",
            {"o": OWNER, "at": NOON.replace(minute=minute), "name": name},
        )
    con.close()
    return path, token


def test_whoever_was_signed_in_stays_so_and_nothing_that_happened_is_lost(old_store: tuple[Path, str]) -> None:
    path, token = old_store
    database = open_database(path, Clock())
    found = identity.find_session(database, token)
    assert found is not None
    assert found.open_at(database.clock())
    assert found.id == tokens.token_hash(token)
    events = own_security.activity(database, found.owner)
    assert [one.name for one in events] == ["signed_out", "signed_in", "signed_up"]
    assert len({one.seq for one in events}) == 3
    outcome = identity.sign_in(database, "alice", GOOD, Visit())
    assert isinstance(outcome, SignedIn)
    assert House(database, Clock(), path).events(outcome)[-1] == "signed_in"
    database.close()


def test_a_process_that_dies_right_after_the_change_leaves_a_store_that_opens(old_store: tuple[Path, str]) -> None:
    path, token = old_store
    dying = (
        "import os, sys; from pathlib import Path; from data.database import open_database; "
        "open_database(Path(sys.argv[1])); os._exit(9)"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", dying, str(path)], cwd=root, check=False)  # noqa: S603 - our own words
    assert done.returncode == 9
    database = open_database(path, Clock())
    assert identity.find_session(database, token) is not None
    database.close()
