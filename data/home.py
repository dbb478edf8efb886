"""Where this wallet's files live, and opening them: the store and the key that seals its secrets."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import platformdirs

from data.database import Database, open_database
from data.errors import Rejection
from data.gateways.sandbox import SandboxGateway
from data.house_key import change_key, key_of_store
from data.running import Running
from data.security.sealing import SealingKey, key_text, new_key, parse_key
from data.store import heads

HOME_VARIABLE = "LITTLE_GOLD_CARD_HOME"
KEY_VARIABLE = "LITTLE_GOLD_CARD_KEY"
NEXT_KEY_VARIABLE = "LITTLE_GOLD_CARD_NEXT_KEY"
STORE_NAME = "wallet.duckdb"
KEY_NAME = "wallet.key"
BANK_NAME = "sandbox-bank.sqlite"
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600


@dataclasses.dataclass(unsafe_hash=True)
class NextKeyMissing(Rejection):
    """The key comes from the environment, so the next one has to as well; nothing was changed."""

    variable: str


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
        As `open_home` and `load_keys`; WrongKey: the store is sealed under another key.
        StoreDamaged: also of the bank's own book.
    """
    database = open_home(folder)
    try:
        key = key_of_store(database, load_keys(folder))
        return Running(database, key, SandboxGateway((folder or home_folder()) / BANK_NAME))
    except BaseException:
        database.close()
        raise


def load_key(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> SealingKey:
    """The key in use: the first of `load_keys`."""
    return load_keys(folder, environment)[0]


def load_keys(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> list[SealingKey]:
    """The key from `LITTLE_GOLD_CARD_KEY`, or those in the key file beside the store, made with mode 0600 when missing.

    The first one is in use; earlier ones open earlier backups.

    Raises:
        KeyMalformed: when the text there is no key; nothing is overwritten.
    """
    given = (os.environ if environment is None else environment).get(KEY_VARIABLE, "").strip()
    if given:
        return [parse_key(given, KEY_VARIABLE)]
    path = (folder or home_folder(environment)) / KEY_NAME
    if not path.exists():
        _write_private(path, key_text(new_key()) + "\n")
    return [parse_key(line, str(path)) for line in path.read_text(encoding="ascii", errors="replace").split() or [""]]


def known_keys(folder: Path) -> list[SealingKey]:
    """The same where there are any; none is made.

    Raises:
        KeyMalformed.
    """
    given = os.environ.get(KEY_VARIABLE, "").strip()
    return load_keys(folder) if given or (folder / KEY_NAME).exists() else []


def rotate_key(folder: Path) -> int:
    """Seal everything that is sealed in the store of this folder under a new key; how many fields there were.

    The new key comes first in the key file; or it is what `LITTLE_GOLD_CARD_NEXT_KEY` names, where the key in use comes
    from the environment.

    Raises:
        NextKeyMissing: the key comes from the environment, and the next one does not. As `open_running`; ChainBroken.
    """
    keys = load_keys(folder)
    in_environment = bool(os.environ.get(KEY_VARIABLE, "").strip())
    after = _next_key() if in_environment else new_key()
    database = open_home(folder)
    try:
        before = key_of_store(database, keys)
        earlier = [key for key in keys if key.secret != before.secret]
        if not in_environment:  # whatever happens from here on, the key that the store says is in the file
            _replace_private(folder / KEY_NAME, [before, after, *earlier])
        fields = change_key(database, before, after)
        if not in_environment:
            _replace_private(folder / KEY_NAME, [after, before, *earlier])
        else:  # nobody will have the key that its lines are proved with
            heads.set_aside(folder / STORE_NAME, database.clock())
    finally:
        database.close()
    return fields


def _next_key() -> SealingKey:
    given = os.environ.get(NEXT_KEY_VARIABLE, "").strip()
    if not given:
        raise NextKeyMissing(NEXT_KEY_VARIABLE)
    return parse_key(given, NEXT_KEY_VARIABLE)


def _replace_private(path: Path, keys: Sequence[SealingKey]) -> None:
    """Write these keys in the place of the file, which is the old or the new one whenever the power goes."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    _write_private(unfinished, "".join(key_text(key) + "\n" for key in keys))
    unfinished.replace(path)


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
