"""Copies of the store that the wallet makes by itself: sealed, checked before they count, kept as long as worth it.

A copy is made while the app goes on, opened, verified like a store (promises, facts, audit chain), sealed, and opened
once more to be compared. Only then has it a name. What came of it is written into the store, and the chain's head into
the log beside the backups.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import structlog

from data.audit import audit, export_head
from data.database import Database, open_database
from data.errors import Rejection
from data.ids import new_request_id
from data.ledger.wallet.commands import ISSUER
from data.retention import worth_keeping
from data.running import Running
from data.security.sealed_files import CHUNK, SealedFileDamaged, opened, sealed
from data.security.sealing import SealingKey
from data.store import heads
from data.store.command import Plan, Reader, Write
from data.store.torn_log import log_of
from data.upkeep import verify

EVERY: Final = timedelta(days=1)
_NAMED: Final = "daily-%Y%m%dT%H%M%S.sealed"
_NOTE: Final = """
INSERT INTO backup_event VALUES (
    $owner, $seq, $event, $file, $bytes, $link, $head, $broken, $reason, $recorded_at)"""
_LAST: Final = """
SELECT event, file, bytes, link, head, broken, reason, recorded_at FROM published_backup ORDER BY seq DESC LIMIT 1"""
LAST_MADE: Final = "SELECT max(recorded_at) FROM published_backup WHERE event = 'made'"
_log = structlog.get_logger("backups")


@dataclasses.dataclass(unsafe_hash=True)
class BackupFailed(Rejection):
    """No copy was made; the store is as it was. reason: what the machine said."""

    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Backup:
    """What came of making a copy. broken: the first promise that does not hold in it, '' when all do."""

    event: str
    file: str
    bytes: int
    link: int
    head: str
    broken: str
    reason: str
    at: datetime

    @property
    def sound(self) -> bool:
        """Whether it was made and all of it holds."""
        return self.event == "made" and not self.broken


@dataclasses.dataclass(frozen=True, slots=True)
class NoteBackup:
    """Write down what came of making a copy."""

    owner: UUID
    request_id: str
    backup: Backup


def last_backup(database: Database) -> Backup | None:
    """What came of the last one, None while there is none."""
    found = database.read(_LAST)
    return Backup(*found[0]) if found else None


def is_due(database: Database, now: datetime) -> bool:
    """Whether it is time for the next copy."""
    ((at,),) = database.read(LAST_MADE)
    return at is None or abs(now - at) >= EVERY  # a clock that went back far must not put it off


def make(running: Running, now: datetime) -> Backup:
    """Make a copy now, and let go of those that are not worth keeping any more.

    Raises:
        BackupFailed: it is written down, as far as that is possible.
    """
    database = running.database
    folder = database.path.parent / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    trial, target = folder / f"making-{uuid4().hex}.duckdb", folder / now.strftime(_NAMED)
    try:
        made = _made(database, running.key, trial, target, now)
        export_head(database, running.key, now)
    except (Rejection, OSError) as failure:
        _note(database, Backup("failed", target.name, 0, 0, "", "", _reason(failure), now))
        raise BackupFailed(_reason(failure)) from failure
    finally:
        for left in (trial, log_of(trial), heads.last_of(trial), _unfinished(target)):
            left.unlink(missing_ok=True)
    _note(database, made)
    let_go(folder)
    return made


def _made(database: Database, key: SealingKey, trial: Path, target: Path, now: datetime) -> Backup:
    database.backup(trial)
    trial.chmod(0o600)
    copy = open_database(trial, database.clock)
    try:
        broken = next((found.promise for found in verify(copy) if not found.kept), "")
        chain = audit(copy)
    finally:
        copy.close()
    seal_file(key, trial, target)
    return Backup("made", target.name, target.stat().st_size, chain.number, chain.head, broken, "", now)


def seal_file(key: SealingKey, plain: Path, target: Path) -> None:
    """Seal a file into a new one, which has its name only when it was opened again and compared.

    Raises:
        SealedFileDamaged: the disk gave back something else. OSError.
    """
    unfinished = _unfinished(target)
    with unfinished.open("wb") as file:
        os.chmod(unfinished, 0o600)  # noqa: PTH101 - before there is anything in it
        file.writelines(sealed(key, pieces_of(plain)))
        file.flush()
        os.fsync(file.fileno())
    if _sum(opened(key, pieces_of(unfinished))) != _sum(pieces_of(plain)):
        raise SealedFileDamaged(0)
    unfinished.replace(target)


def pieces_of(path: Path) -> Iterator[bytes]:
    """What is in a file, a piece at a time."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def let_go(folder: Path) -> list[str]:
    """Delete the copies made by ourselves that are not worth keeping; their names. No other file is touched."""
    made = {at: path for path in folder.glob("daily-*.sealed") if (at := _made_at(path)) is not None}
    kept = worth_keeping(made)
    gone = [path for at, path in made.items() if at not in kept]
    for path in gone:
        path.unlink()
    return sorted(path.name for path in gone)


def _made_at(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name, _NAMED)  # noqa: DTZ007 - UTC without zone, as everywhere in the store
    except ValueError:
        return None


def _unfinished(target: Path) -> Path:
    return target.with_name(target.name + ".unfinished")


def _sum(pieces: Iterable[bytes]) -> bytes:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.digest()


def _reason(failure: BaseException) -> str:
    if isinstance(failure, OSError):
        return failure.strerror or type(failure).__name__
    return getattr(failure, "detail", "") or getattr(failure, "code", type(failure).__name__)


def _note(database: Database, backup: Backup) -> None:
    try:
        database.submit(NoteBackup(ISSUER, new_request_id(), backup), _decide)
    except Rejection as no:
        _log.error("backup_not_noted", event=backup.event, error=no.code)


def _decide(reader: Reader, command: NoteBackup, now: datetime) -> Plan:
    one = command.backup
    row = {name: getattr(one, name) for name in ("event", "file", "bytes", "link", "head", "broken", "reason")}
    return Plan({}, [Write(_NOTE, {"owner": command.owner, "seq": reader.next_seq(), "recorded_at": now, **row})])
