"""Where this wallet's files live, and opening them: the store and the key that seals its secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from data.database import Database, open_database
from data.gateways.sandbox import SandboxGateway
from data.running import Running
from data.security.sealing import SealingKey, key_text, new_key, parse_key

HOME_VARIABLE = "LITTLE_GOLD_CARD_HOME"
KEY_VARIABLE = "LITTLE_GOLD_CARD_KEY"
STORE_NAME = "wallet.duckdb"
KEY_NAME = "wallet.key"
BANK_NAME = "sandbox-bank.sqlite"
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600


def home_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The wallet's folder: what `LITTLE_GOLD_CARD_HOME` names, or the person's data folder. Not created here."""
    named = (os.environ if environment is None else environment).get(HOME_VARIABLE, "").strip()
    if named:
        return Path(named).expanduser().resolve()
    return Path(platformdirs.user_data_dir("little-gold-card", appauthor=False))


def open_home(folder: Path | None = None) -> Database:
    """The store in its folder, made on the first start, readable by this account of the machine only.

    Raises:
        StoreBusy, StoreDamaged, MigrationChanged, StoreTooNew: as `open_database`.
    """
    home = folder or home_folder()
    home.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    return open_database(home / STORE_NAME)


def open_running(folder: Path | None = None) -> Running:
    """Everything that a running wallet has: its store, its key, and the built-in bank for its cards.

    Raises:
        As `open_home` and `load_key`; StoreDamaged: also of the bank's own book.
    """
    database = open_home(folder)
    try:
        return Running(database, load_key(folder), SandboxGateway((folder or home_folder()) / BANK_NAME))
    except BaseException:
        database.close()
        raise


def load_key(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> SealingKey:
    """The key from `LITTLE_GOLD_CARD_KEY`, or from the key file beside the store, made with mode 0600 when missing.

    Raises:
        KeyMalformed: when the text there is no key; nothing is overwritten.
    """
    given = (os.environ if environment is None else environment).get(KEY_VARIABLE, "").strip()
    if given:
        return parse_key(given, KEY_VARIABLE)
    path = (folder or home_folder(environment)) / KEY_NAME
    if not path.exists():
        _write_private(path, key_text(new_key()) + "\n")
    return parse_key(path.read_text(encoding="ascii"), str(path))


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
