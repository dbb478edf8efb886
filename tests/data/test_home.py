"""Where the wallet lives."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from data.errors import StoreClosed
from data.home import home_folder, load_key, open_home, open_running
from data.running import current, set_current
from data.security.sealing import KeyMalformed, key_text, new_key


def test_the_folder_is_the_named_one_else_the_persons_data_folder(tmp_path: Path) -> None:
    assert home_folder({"LITTLE_GOLD_CARD_HOME": str(tmp_path)}) == tmp_path
    assert home_folder({"LITTLE_GOLD_CARD_HOME": "  "}).name == "little-gold-card"
    assert home_folder({}) == home_folder({"LITTLE_GOLD_CARD_HOME": ""})


def test_store_and_key_are_made_at_the_first_start_for_this_account_only(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    database = open_home(home)
    key = load_key(home, {})
    database.close()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "wallet.key").stat().st_mode) == 0o600
    assert load_key(home, {}) == key


def test_a_key_in_the_environment_comes_first_and_leaves_no_file(tmp_path: Path) -> None:
    key = new_key()
    assert load_key(tmp_path, {"LITTLE_GOLD_CARD_KEY": key_text(key)}) == key
    assert not (tmp_path / "wallet.key").exists()


def test_a_damaged_key_file_is_refused_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "wallet.key").write_text("half a k", encoding="ascii")
    with pytest.raises(KeyMalformed):
        load_key(tmp_path, {})
    assert (tmp_path / "wallet.key").read_text(encoding="ascii") == "half a k"


def test_what_is_running_is_what_was_set(tmp_path: Path) -> None:
    set_current(None)
    with pytest.raises(StoreClosed):
        current()
    running = open_running(tmp_path)
    set_current(running)
    assert current() is running
    set_current(None)
    running.close()
