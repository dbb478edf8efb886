"""The door to the store's own health: are the ledger's promises kept, are the facts right, bring a copy back."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from data.audit import audit
from data.database import Database, open_database
from data.errors import Rejection, StoreCut, StoreDamaged, StoreSwapped
from data.home import STORE_NAME
from data.ids import new_request_id
from data.ledger.wallet.commands import ISSUER
from data.security.sealed_files import CHUNK, HEAD, is_sealed, opened, sealed_with
from data.security.sealing import SealingKey
from data.store import checking, conservation, facts, heads, month_sums
from data.store.command import Plan, Reader
from data.store.owner_settings import month_start_day


@dataclasses.dataclass(unsafe_hash=True)
class FileThere(Rejection):
    """Something of that name exists; nothing is overwritten."""

    path: str


CHAIN: Final = "the audit chain holds and ends where it was last seen"


@dataclasses.dataclass(unsafe_hash=True)
class KeyMissing(Rejection):
    """The backup is sealed, and there is no key to open it with; nothing was changed."""

    path: str


_FACTS: Final = "facts are what the ledger gives"
_SUMS: Final = "kept sums by month are what the facts give"
_START_DAY: Final = "SELECT month_start_day FROM preference WHERE owner = $owner"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One promise checked for one owner. offenders: how many rows break it; detail: where, as far as that is known."""

    owner: UUID
    promise: str
    offenders: int
    detail: str = ""

    @property
    def kept(self) -> bool:
        """Whether nothing breaks it."""
        return self.offenders == 0


def verify(db: Database, *keys: SealingKey) -> list[Finding]:
    """Every promise of the ledger, checked for everybody in the store, and the audit chain.

    keys: the house's key and earlier ones, to prove the exported heads with.
    """
    people = frozenset(checking.people(db.read))
    found = [finding for owner in checking.owners(db.read) for finding in _verify_owner(db, owner, people)]
    shared = [Finding(ISSUER, promise, count) for promise, count in conservation.offenders(db.read).items()]
    return [*found, *shared, _chain(db, keys)]


def _chain(db: Database, keys: Sequence[SealingKey]) -> Finding:
    broken = audit(db, *keys).broken
    if broken is None:
        return Finding(ISSUER, CHAIN, 0)
    where = f" {broken.table} rows {broken.first}-{broken.last}" if broken.table else ""
    return Finding(ISSUER, CHAIN, 1, f"link {broken.link} {broken.why}{where}")


def _verify_owner(db: Database, owner: UUID, people: frozenset[UUID]) -> list[Finding]:
    found = [Finding(owner, promise, count) for promise, count in checking.offenders(db.read, owner).items()]
    if owner not in people:
        return found  # merchants and the house have books, and no screens of spending
    chosen = db.read(_START_DAY, {"owner": owner})
    drift = facts.drift(db.read, owner, chosen[0][0] if chosen else 1)
    facts_kept = Finding(owner, _FACTS, drift.missing + drift.stale)
    return [*found, facts_kept, Finding(owner, _SUMS, month_sums.drift(db.read, db.spoiled, owner))]


@dataclasses.dataclass(frozen=True, slots=True)
class Rebuild:
    """Derive all facts of one owner anew."""

    owner: UUID
    request_id: str


def rebuild(db: Database) -> int:
    """Derive everybody's facts anew, in the order of owners and dates, in which they are read fast; how many owners."""
    everybody = sorted(checking.people(db.read))
    for owner in everybody:
        summed = db.spoiled.of(owner) is not None
        db.submit(Rebuild(owner, new_request_id()), _rebuild)
        if summed:
            db.sum_months(owner)
    return len(everybody)


def _rebuild(reader: Reader, command: Rebuild, _now: datetime) -> Plan:
    writes = facts.rebuild(command.owner, month_start_day(reader, command.owner))
    return Plan({}, writes, frozenset({command.owner}))


def keep_copy(db: Database, now: datetime) -> Path:
    """Write a consistent copy of the store into `backups/` beside it while the app goes on; where it lies.

    The file is readable by this account of the machine only. What is sealed in it opens with the store's key alone.

    Raises:
        FileThere: one was made this very second.
    """
    target = db.path.parent / "backups" / f"kept-{now:%Y%m%dT%H%M%S}{db.path.suffix}"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        db.backup(target)
    except FileExistsError:
        raise FileThere(str(target)) from None
    target.chmod(0o600)
    return target


@dataclasses.dataclass(unsafe_hash=True)
class PromisesBroken(Rejection):
    """The copy opens, but its ledger breaks promises; it was not put in place."""

    promise: str
    offenders: int


def restore(copy: Path, home: Path, now: datetime, keys: Sequence[SealingKey] = ()) -> Path | None:
    """Put a backup in the place of the store in `home`; where the store that was there is kept aside now, if any.

    The copy is checked first: it must open, be brought to this version's shape, and keep the ledger's promises. A
    sealed one opens with one of `keys`.

    Raises:
        SealedForOtherKey, SealedFileDamaged: a sealed copy does not open. KeyMissing: there is no key to open it with.
        StoreDamaged: the copy does not open. PromisesBroken: its ledger is not whole. StoreBusy: the app is running.
        MigrationChanged, StoreTooNew: it is of a version that this one may not touch.
    """
    if not copy.is_file():
        raise StoreDamaged(str(copy), "no such file")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    trial = home / "backups" / f"restoring-{uuid4().hex}.duckdb"
    trial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _unsealed(copy, trial, keys)
        log = copy.with_name(copy.name + ".wal")
        if log.exists():
            shutil.copy2(log, _log_of(trial))
        _check(trial)
        aside = _set_aside(home / STORE_NAME, now)
        trial.replace(home / STORE_NAME)
        heads.last_of(trial).replace(heads.last_of(home / STORE_NAME))
    finally:
        trial.unlink(missing_ok=True)
        heads.last_of(trial).unlink(missing_ok=True)
        _log_of(trial).unlink(missing_ok=True)
    return aside


def _unsealed(copy: Path, trial: Path, keys: Sequence[SealingKey]) -> None:
    with copy.open("rb") as file:
        start = file.read(HEAD)
    if not is_sealed(start):
        shutil.copy2(copy, trial)
        return
    if not keys:
        raise KeyMissing(str(copy))
    key = next((one for one in keys if sealed_with(start, one)), keys[0])
    with copy.open("rb") as file, trial.open("wb") as plain:
        plain.writelines(opened(key, iter(lambda: file.read(CHUNK), b"")))
    trial.chmod(0o600)


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _check(trial: Path) -> None:
    db = open_database(trial)
    try:
        broken = [finding for finding in verify(db) if not finding.kept]
    finally:
        db.close()
    if broken:
        raise PromisesBroken(broken[0].promise, broken[0].offenders)


def _set_aside(store: Path, now: datetime) -> Path | None:
    """Move the store away, with its log. Opening it first proves that no process uses it and writes the log into it."""
    if not store.exists():
        return None
    with contextlib.suppress(StoreDamaged, StoreCut, StoreSwapped):  # why one restores: it is kept as it is
        open_database(store).close()
    heads.set_aside(store, now)  # what comes now ends elsewhere
    aside = store.parent / "backups" / f"replaced-{now:%Y%m%dT%H%M%S}.duckdb"
    store.replace(aside)
    if _log_of(store).exists():
        _log_of(store).replace(_log_of(aside))
    return aside
