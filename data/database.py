"""The one store of this process: opening, reading beside the writer, versions per owner, backup, closing.

DuckDB lets a single process own the file, so a second start gets `StoreBusy`. Reads take a cursor of their own,
autocommit, and are fetched to the end: an open result would block every checkpoint.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
import structlog

from data.errors import StoreBusy, StoreClosed, StoreCut, StoreDamaged, StoreSwapped
from data.ledger.wallet.books import Books
from data.ledger.wallet.commands import MoneyCommand
from data.period import Touched
from data.store import chain, chain_check, clustering, heads, migrate, month_sums, torn_log
from data.store.chain_check import Chained
from data.store.clustering import Slice
from data.store.command import C, Decide, Params, Receipt
from data.store.faults import unwritable
from data.store.landing import Beside
from data.store.snapshot import Snapshot
from data.store.touched import Touches, Versions
from data.store.vault import Answer
from data.store.writer import T, Writer

_MOST_MEMORY = "2GB"
_LEAST_MEMORY = "16MB"
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": _MOST_MEMORY,
}
CHECKPOINT_AT = 8 * 1024 * 1024  # bytes of log (LEDGER §9.6): larger ones make starting slow, smaller ones cost pauses
_BUSY_FACTOR = 4  # how much larger it may grow while somebody is waiting
LEAST_ROOM = 64 * 1024 * 1024  # bytes: what a large log and its checkpoint may need at once
_HOLDER = re.compile(r"held in (?P<process>.*)")
_log = structlog.get_logger("store")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The instant now, UTC without zone: how the store keeps instants."""
    return datetime.now(UTC).replace(tzinfo=None)


class Database:
    """An open store. Thread-safe: any thread may read and submit."""

    def __init__(
        self, path: Path, con: duckdb.DuckDBPyConnection, clock: Clock, checkpoint_at: int = CHECKPOINT_AT
    ) -> None:
        self.path = path
        self._log_path = str(torn_log.log_of(path))
        self.clock = clock
        self._checkpoint_at = checkpoint_at
        self._before_checkpoint: Callable[[], None] = _nothing
        self._after_checkpoint: Callable[[], None] = _nothing
        self._con = con
        self._versions = Versions()
        self._lock = threading.Lock()
        self._open = True
        self._writer_con = con.cursor()
        self._last_head = heads.LastHead(path)
        self.spoiled = month_sums.Spoiled(self.read)
        self._writer = Writer(self._writer_con, clock, self._committed, self._checkpoint_when_large, self._committing)
        self._writer.watch_links(self._last_head.keep)
        _let_go(con)

    def read(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Every row of a query, on a cursor of its own.

        Raises:
            StoreClosed: when the app is shutting down.
        """
        with self._cursor() as cursor:
            return cursor.execute(sql, dict(params or {})).fetchall()

    def arrow(self, sql: str, params: Params | None = None) -> pa.Table:
        """The same as an Arrow table, for answers of many rows."""
        with self._cursor() as cursor:
            return cursor.sql(sql, params=dict(params or {})).to_arrow_table()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Reads that all see the store as it is now, however long they take; a checkpoint waits for their end."""
        with self._cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield Snapshot(cursor)
            finally:
                cursor.execute("ROLLBACK")

    def submit(self, command: C, decide: Decide[C]) -> Receipt:
        """Hand a command to the writer and wait until its outcome is on disk.

        The same request id with the same content gives the first receipt again.

        Raises:
            Rejection: whatever `decide` refuses with; `RequestIdReused`; `StoreClosed`; `StoreUnwritable`.
        """
        with self._told():
            return self._writer.submit(command, decide).result()

    def submit_long(self, command: C, decide: Decide[C], places: int) -> Receipt:
        """`submit` for work that takes long: it is done beside the writer, who only commits it, so that nobody waits.

        When this owner's data was changed meanwhile, it is done in the writer after all. places: how many places in
        the store's order `decide` may take.

        Raises:
            Rejection, StoreClosed: as `submit`.
        """
        with self._cursor() as cursor:
            beside = Beside(cursor, self._writer, self.clock, lambda: self.version(command.owner))
            receipt = beside.carry_out(command, decide, places)
        return self.submit(command, decide) if receipt is None else receipt

    def move(self, part: Slice) -> bool:
        """Move a slice of the facts to where it is read fast; false when its owners' data changed meanwhile.

        Raises:
            StoreClosed: when the app is shutting down.
        """
        with self._cursor() as cursor:
            return clustering.move(cursor, self._writer, self.version, part)

    def sum_months(self, owner: UUID) -> bool:
        """Keep the sums of the owner's facts by month; false when these changed meanwhile.

        Raises:
            StoreClosed: when the app is shutting down.
        """
        version = self.version(owner)
        with self._cursor() as cursor:
            return month_sums.make(cursor, self._writer, self.touched_since, owner, version, self.clock())

    def transact(self, command: MoneyCommand) -> Answer:
        """Hand a command of the wallet to the writer and wait until its answer, yes or no, is on disk.

        Raises:
            StoreClosed: it was not accepted. StoreUnwritable: it was not done.
        """
        with self._told():
            return self._writer.transact(command).result()

    def enqueue(self, command: MoneyCommand) -> Future[Answer]:
        """The same without waiting: commands are decided in the order in which they were handed in."""
        return self._writer.enqueue(command)

    def ask(self, question: Callable[[Books, datetime], T], *owners: UUID, about: MoneyCommand | None = None) -> T:
        """An answer from the books in memory; the question must change nothing.

        owners: the members who will be in them; none named: everybody who has a wallet. about: what this command names
        will be in them too.

        Raises:
            Rejection: whatever the question refuses with. StoreClosed.
        """
        return self._writer.ask(question, owners, about).result()

    def memory_drift(self) -> list[str]:
        """What the books in memory have otherwise than the postings say; nothing when all is well."""
        return self._writer.drift().result()

    def watch_checkpoints(self, before: Callable[[], None], after: Callable[[], None]) -> None:
        """Be told, in the writer's thread, when the log is about to be written into the file, and when it was."""
        self._before_checkpoint, self._after_checkpoint = before, after

    def version(self, owner: UUID) -> int:
        """Grows whenever a commit changed something of this owner: the key of everything held in memory."""
        return self._versions.now(owner)

    def state(self, owner: UUID) -> tuple[int, bool]:
        """The version, and whether no commit is under way: what is read between two equal, settled states is of it."""
        return self._versions.state(owner)

    def touched_since(self, owner: UUID, version: int) -> Touched | None:
        """The months whose facts commits changed after that version; None when it may be all of them.

        What comes from the facts of other months alone stays good.
        """
        return self._versions.since(owner, version)

    def wrote_since(self, owner: UUID, version: int, tables: Iterable[str]) -> bool:
        """Whether the owner's data changed in one of these tables after that version.

        What comes from other tables alone stays good.
        """
        return self._versions.wrote(owner, version, tables)

    def backup(self, target: Path) -> None:
        """A consistent copy of the whole store into a new file, while the app goes on.

        Raises:
            FileExistsError: when `target` exists; nothing is overwritten.
        """
        if target.exists():
            raise FileExistsError(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._cursor() as cursor:
            name = cursor.execute("SELECT current_database()").fetchall()[0][0]
            cursor.execute(f"ATTACH '{_quoted(target)}' AS backup_copy")
            try:
                cursor.execute(f'COPY FROM DATABASE "{name}" TO backup_copy').fetchall()
            finally:
                cursor.execute("DETACH backup_copy")

    def check_chain(self) -> Chained | None:
        """The audit chain summed up again from the tables, beside whatever goes on; None when there is none."""
        with self._cursor() as cursor:
            # One transaction: while it lasts no checkpoint closes the gaps of removed rows, which moves the others.
            cursor.execute("BEGIN")
            try:
                return chain_check.check(cursor)
            finally:
                cursor.execute("ROLLBACK")

    def unready(self) -> str:
        """Why nothing could be written now: `writer` (it is no more), `disk` (too little room); '' when all is well."""
        if not self._writer.is_alive():
            return "writer"
        return "disk" if shutil.disk_usage(self.path.parent).free < LEAST_ROOM else ""

    def close(self) -> None:
        """Answer what was accepted, write the log into the file, let go of the file."""
        with self._lock:
            if not self._open:
                return
            self._open = False
        self._writer.close()
        self._last_head.close()
        self._writer_con.close()
        with contextlib.suppress(duckdb.Error):
            self._con.execute("CHECKPOINT").fetchall()
        self._con.close()

    def _committing(self, con: duckdb.DuckDBPyConnection, owners: frozenset[UUID], touches: Touches) -> None:
        self._versions.begin(owners, touches)
        self.spoiled.before_commit(con, owners, touches)

    def _committed(self, owners: frozenset[UUID], touches: Touches) -> None:
        self.spoiled.committed(owners, touches)
        self._versions.bump(owners, touches)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What the disk refuses is an expected no."""
        try:
            yield
        except duckdb.Error as failure:
            no = unwritable(self.path, failure)
            if no is None:
                raise
            _log.error("store_unwritable", detail=no.detail)
            raise no from failure

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self._open:
            raise StoreClosed
        try:
            cursor = self._con.cursor()
        except duckdb.ConnectionException:
            raise StoreClosed from None
        try:
            yield cursor
        finally:
            cursor.close()

    def _checkpoint_when_large(self, idle: bool) -> None:  # noqa: FBT001 - what the writer knows
        most = self._checkpoint_at if idle else _BUSY_FACTOR * self._checkpoint_at
        if _size(self._log_path) < most:
            return
        self._before_checkpoint()
        try:
            self._writer_con.execute("CHECKPOINT").fetchall()
        except duckdb.Error as busy:  # a reader is in the middle of something: the next idle moment will do
            _log.info("checkpoint_postponed", reason=type(busy).__name__)
        self._after_checkpoint()


def _size(path: str) -> int:
    """Bytes of a file, 0 of none; asked after every commit."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a Path is built and asked twice in the same time
    except FileNotFoundError:
        return 0


def _let_go(con: duckdb.DuckDBPyConnection) -> None:
    """Give back the memory of what starting read through and nobody needs again. Only while nothing else is running."""
    for limit in (_LEAST_MEMORY, _MOST_MEMORY):
        with contextlib.suppress(duckdb.OutOfMemoryException):  # some of it is in use: as much as can be was given back
            con.execute("SET memory_limit = $limit", {"limit": limit})


def _nothing() -> None:
    """Nobody is watching."""


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def open_database(path: Path, clock: Clock = utc_now, checkpoint_at: int = CHECKPOINT_AT) -> Database:
    """Open or create the store, bringing it to this version's shape; the file is copied aside before a change.

    Raises:
        StoreBusy: another process has it open. StoreDamaged: it cannot be opened.
        MigrationChanged, StoreTooNew: its shape is not one this version may touch.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    steps = migrate.shipped()
    existed = path.exists()
    con = _connect(path, clock)
    try:
        _require_whole(path, con)
        todo = migrate.pending(con, steps)
        if todo and existed:
            con.close()
            _copy_aside(path, todo[0].number, clock())
            con = _connect(path, clock)
        chained = chain_check.check(con) if todo and existed else None
        migrate.apply(con, todo, clock())
        chain.begin(con, clock(), chained.broken.link if chained and chained.broken else 0)
    except BaseException:
        con.close()
        raise
    return Database(path, con, clock, checkpoint_at)


def _require_whole(path: Path, con: duckdb.DuckDBPyConnection) -> None:
    """Refuse a store that ends earlier than what was acknowledged here; its file and its log stay as they are."""
    known = heads.last_head(path)
    if known is None:
        return
    missing = chain_check.missing(con, *known)
    if missing is not None:
        con.execute(
            "PRAGMA disable_checkpoint_on_shutdown"
        )  # closing would write what is left of the log into the file
        raise StoreCut(str(path), missing) if missing else StoreSwapped(str(path))


def _connect(path: Path, clock: Clock) -> duckdb.DuckDBPyConnection:
    try:
        con = duckdb.connect(str(path), config=_CONFIG)
    except duckdb.Error as failure:
        held = _HOLDER.search(str(failure))
        if "lock" in str(failure).lower() and held:
            raise StoreBusy(str(path), held["process"].split(". ")[0]) from None
        if (no := unwritable(path, failure)) is not None:
            raise no from None
        con = _mended(path, failure, clock())
    con.execute("SET TimeZone = 'UTC'")
    return con


def _mended(path: Path, failure: duckdb.Error, now: datetime) -> duckdb.DuckDBPyConnection:
    """The store after the torn end of its log was cut, if that is all that is wrong."""
    copy = torn_log.mended(path, str(failure), now)
    if copy is None:
        raise StoreDamaged(str(path), str(failure)) from failure
    _log.warning("torn_log_cut", copy=copy.name)
    try:
        return duckdb.connect(str(path), config=_CONFIG)
    except duckdb.Error as again:
        raise StoreDamaged(str(path), str(again)) from again


def _copy_aside(path: Path, number: int, now: datetime) -> None:
    # Copied while closed: DuckDB's lock is dropped when any handle on the file closes in this process.
    stamp = now.strftime("%Y%m%dT%H%M%S")
    target = path.parent / "backups" / f"before-{number:04d}-{stamp}{path.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)
    log = torn_log.log_of(path)
    if log.exists():
        shutil.copy2(log, target.with_name(target.name + ".wal"))
