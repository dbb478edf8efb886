"""The house's key: which one opens the store, and changing it, killed at any moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from data import upkeep
from data.database import Database
from data.home import KEY_NAME, NextKeyMissing, load_key, load_keys, open_running, rotate_key
from data.house_key import ChainBroken, WrongKey
from data.ledger.wallet.refusals import CardAlreadyBound
from data.rounds import Rounds
from data.running import Running
from data.security.sealing import key_text, new_key
from tests import wallet_house as house

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A wallet with a bound card, closed."""
    folder = tmp_path / "home"
    running = open_running(folder)
    alice = house.person(running.database, "alice")
    house.open_for(running, alice)
    house.card(running, alice)
    running.close()
    return folder


def keys_in(home: Path) -> list[str]:
    return (home / KEY_NAME).read_text(encoding="ascii").split()


def pays_by_card(running: Running) -> None:
    """What is sealed still opens: the card's bank is asked with the token."""
    alice = house.person(running.database, "alice")
    ((card,),) = running.database.read("SELECT id FROM published_card WHERE owner = $owner", {"owner": alice})
    assert house.top_up(running, alice, card, 10_00)["state"] == "completed"


def promises_broken(running: Running) -> list[str]:
    keys = load_keys(running.database.path.parent)
    return [one.promise for one in upkeep.verify(running.database, *keys) if not one.kept]


def test_a_new_key_opens_everything_and_the_old_one_nothing(home: Path) -> None:
    before = keys_in(home)
    running = open_running(home)
    Rounds(running).keep()
    running.close()
    assert rotate_key(home) == 1
    after = keys_in(home)
    assert after[1:] == before
    running = open_running(home)
    pays_by_card(running)
    assert promises_broken(running) == []
    running.close()
    (home / KEY_NAME).write_text(before[0], encoding="ascii")
    with pytest.raises(WrongKey):
        open_running(home)
    (home / KEY_NAME).write_text(after[0], encoding="ascii")
    open_running(home).close()


def test_the_same_card_is_known_again_after_the_key_was_changed_twice(home: Path) -> None:
    rotate_key(home)
    rotate_key(home)
    running = open_running(home)
    alice = house.person(running.database, "alice")
    with pytest.raises(CardAlreadyBound):
        house.card(running, alice)
    running.close()
    assert len(keys_in(home)) == 3


_KILLED = """
import os, sys
from pathlib import Path
from data import home, house_key
from data.database import Database
when = sys.argv[2]
def die(*_): os._exit(9)
if when == "before the store":
    home.change_key = die
elif when == "within the commit":
    from data.store.chain import Chain
    Chain.write_base = die
elif when == "after the commit":
    done = home.change_key
    home.change_key = lambda *asked: (done(*asked), die())
elif when == "within the file":
    Path.replace = die
home.rotate_key(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("when", ["before the store", "within the commit", "after the commit", "within the file"])
def test_killed_in_the_middle_the_store_opens_and_the_key_can_be_changed_again(home: Path, when: str) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, str(home), when], cwd=ROOT, check=False)  # noqa: S603 - ours
    assert done.returncode == 9
    running = open_running(home)
    pays_by_card(running)
    assert promises_broken(running) == []
    running.close()
    rotate_key(home)
    running = open_running(home)
    pays_by_card(running)
    assert promises_broken(running) == []
    running.close()


def test_a_foreign_key_is_refused_and_nothing_is_changed(home: Path) -> None:
    (home / KEY_NAME).write_text(key_text(new_key()), encoding="ascii")
    with pytest.raises(WrongKey):
        open_running(home)
    with pytest.raises(WrongKey):
        rotate_key(home)
    assert len(keys_in(home)) == 1


def test_a_store_from_before_there_was_a_check_is_looked_into(home: Path) -> None:
    running = open_running(home)
    forget(running.database)
    running.close()
    right = keys_in(home)
    (home / KEY_NAME).write_text(key_text(new_key()), encoding="ascii")
    with pytest.raises(WrongKey):
        open_running(home)
    (home / KEY_NAME).write_text(right[0], encoding="ascii")
    open_running(home).close()


def forget(database: Database) -> None:
    cursor = database._con.cursor()
    cursor.execute("DELETE FROM sealing")
    cursor.close()


def test_a_key_in_the_environment_is_changed_for_the_one_that_is_named_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITTLE_GOLD_CARD_KEY", key_text(load_key(home)))
    with pytest.raises(NextKeyMissing):
        rotate_key(home)
    following = key_text(new_key())
    monkeypatch.setenv("LITTLE_GOLD_CARD_NEXT_KEY", following)
    rotate_key(home)
    with pytest.raises(WrongKey):
        open_running(home)
    monkeypatch.setenv("LITTLE_GOLD_CARD_KEY", following)
    running = open_running(home)
    pays_by_card(running)
    running.close()


def test_over_a_broken_chain_nothing_is_sealed_anew(home: Path) -> None:
    running = open_running(home)
    cursor = running.database._con.cursor()
    cursor.execute("UPDATE card SET last4 = '0000'")
    cursor.close()
    running.close()
    with pytest.raises(ChainBroken):
        rotate_key(home)
    open_running(home).close()
