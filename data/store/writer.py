"""The one writer: commands wait in a queue, are decided in order, written and committed together.

DuckDB's snapshot isolation lets two transactions overspend one balance and does not share a disk sync between
committing threads, so all writes pass through this single thread (LEDGER §9). Each command gets its own outcome; an
acknowledged one is on disk. When anything unexpected happens in a group, the group is rolled back and its commands
run one by one, so that one bad command cannot fail its neighbours.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
import structlog

from data.errors import Rejection, RequestIdReused, StoreClosed
from data.store.command import Command, Decide, Plan, Reader, Receipt, Rows, Write, content_hash

_GROUP_LIMIT = 512
_LINGER_SECONDS = 0.003  # with company already waiting, a short wait for more saves whole disk syncs (LEDGER §9.1)
_KNOWN = """
SELECT r.owner, r.scope, r.request_id, r.content_hash, r.receipt FROM request r
JOIN (SELECT unnest(cast($owners AS uuid[])) AS owner, unnest(cast($scopes AS varchar[])) AS scope,
             unnest(cast($ids AS varchar[])) AS request_id) k
ON r.owner = k.owner AND r.scope = k.scope AND r.request_id = k.request_id"""
_HIGHEST_SEQ = """
SELECT coalesce(max(seq), 0) FROM (
    SELECT max(seq) AS seq FROM entry UNION ALL SELECT max(seq) FROM annotation
    UNION ALL SELECT max(seq) FROM import_batch UNION ALL SELECT max(seq) FROM import_undo
    UNION ALL SELECT max(seq) FROM budget_limit UNION ALL SELECT max(seq) FROM account_event) s"""
_log = structlog.get_logger("writer")
_Key = tuple[UUID, str, str]


@dataclasses.dataclass(slots=True)
class _Job:
    command: Command
    decide: Callable[[Reader, Any, datetime], Plan]
    future: Future[Receipt]
    hash: str

    @property
    def key(self) -> _Key:
        return (self.command.owner, type(self.command).__name__, self.command.request_id)


_Outcome = Receipt | Exception


class Writer:
    """Owns the only connection that writes."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        clock: Callable[[], datetime],
        on_commit: Callable[[frozenset[UUID]], None],
        on_idle: Callable[[], None],
    ) -> None:
        self._con = con
        self._clock = clock
        self._on_commit = on_commit
        self._on_idle = on_idle
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._seq = int(con.execute(_HIGHEST_SEQ).fetchall()[0][0])
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, command: Command, decide: Decide[Any]) -> Future[Receipt]:
        """Queue a command; the future gives its receipt or raises its rejection."""
        future: Future[Receipt] = Future()
        if self._closed.is_set():
            future.set_exception(StoreClosed())
        else:
            self._jobs.put(_Job(command, decide, future, content_hash(command)))
        return future

    def close(self) -> None:
        """Answer everything already accepted, then stop."""
        if not self._closed.is_set():
            self._closed.set()
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        while True:
            first = self._jobs.get()
            if first is None:
                break
            group, last = self._gather(first)
            self._answer(group)
            if self._jobs.empty():
                self._on_idle()
            if last:
                break
        self._refuse_rest()

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        group, wait = [first], 0.0
        while len(group) < _GROUP_LIMIT:
            try:
                job = self._jobs.get(timeout=wait) if wait else self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
            wait = _LINGER_SECONDS
        return group, False

    def _refuse_rest(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                if job is not None:
                    job.future.set_exception(StoreClosed())

    def _answer(self, group: list[_Job]) -> None:
        try:
            outcomes = self._commit(group)
        except Exception as failure:  # noqa: BLE001 - whatever it is, its neighbours must not fail with it
            if len(group) == 1:
                _log.error("command_failed", command=type(group[0].command).__name__, error=type(failure).__name__)
                group[0].future.set_exception(failure)
                return
            for job in group:
                self._answer([job])
            return
        for job, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Exception):
                job.future.set_exception(outcome)
            else:
                job.future.set_result(outcome)

    def _commit(self, group: list[_Job]) -> list[_Outcome]:
        now = self._clock()
        self._con.execute("BEGIN")
        try:
            known = self._known(group)
            touched: set[UUID] = set()
            outcomes = [self._one(job, known, now, touched) for job in group]
        except BaseException:
            self._con.execute("ROLLBACK")
            raise
        self._con.execute("COMMIT")
        self._on_commit(frozenset(touched))
        return outcomes

    def _known(self, group: list[_Job]) -> dict[_Key, tuple[str, str]]:
        keys = [job.key for job in group]
        rows = self._con.execute(
            _KNOWN,
            {"owners": [k[0] for k in keys], "scopes": [k[1] for k in keys], "ids": [k[2] for k in keys]},
        ).fetchall()
        return {(owner, scope, rid): (digest, receipt) for owner, scope, rid, digest, receipt in rows}

    def _one(self, job: _Job, known: dict[_Key, tuple[str, str]], now: datetime, touched: set[UUID]) -> _Outcome:
        if job.key in known:
            digest, receipt = known[job.key]
            return json.loads(receipt) if digest == job.hash else RequestIdReused(job.command.request_id)
        try:
            plan = job.decide(Reader(self._con, self._next_seq), job.command, now)
        except Rejection as no:
            return no
        for write in plan.writes:
            self._write(write)
        text = json.dumps(plan.receipt, ensure_ascii=False)
        self._remember(job, text, now)
        known[job.key] = (job.hash, text)
        touched |= plan.touches
        return plan.receipt

    def _remember(self, job: _Job, receipt: str, now: datetime) -> None:
        owner, scope, request_id = job.key
        self._con.execute(
            "INSERT INTO request VALUES ($owner, $scope, $request_id, $content_hash, $receipt, $recorded_at)",
            {
                "owner": owner,
                "scope": scope,
                "request_id": request_id,
                "content_hash": job.hash,
                "receipt": receipt,
                "recorded_at": now,
            },
        )

    def _write(self, write: Write | Rows) -> None:
        if isinstance(write, Write):
            self._con.execute(write.sql, dict(write.params)).fetchall()
        else:
            append(self._con, write)

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq


def append(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """All rows in one statement, through Arrow; an empty set writes nothing."""
    names = list(rows.columns)
    arrays = [_array(rows.columns[name]) for name in names]
    if not arrays or len(arrays[0]) == 0:
        return
    con.register("appended", pa.table(arrays, names=names))
    try:
        listed = ", ".join(names)
        con.execute(f"INSERT INTO {rows.table} ({listed}) SELECT {listed} FROM appended")  # names of our own code
    finally:
        con.unregister("appended")


def _array(values: Any) -> pa.Array:  # noqa: ANN401 - any column
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if any(isinstance(value, UUID) for value in values):
        return pa.array([None if v is None else str(v) for v in values], pa.string())
    return pa.array(values)
