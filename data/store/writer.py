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
from typing import Any, TypeVar
from uuid import UUID

import duckdb
import pyarrow as pa
import structlog

from data.errors import Rejection, RequestIdReused, StoreClosed
from data.ledger.wallet.books import Books
from data.ledger.wallet.commands import MoneyCommand
from data.store.command import Command, Decide, Plan, Reader, Receipt, Rows, Write, content_hash
from data.store.vault import Answer, Vault

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
    UNION ALL SELECT max(seq) FROM budget_limit UNION ALL SELECT max(seq) FROM account_event
    UNION ALL SELECT max(seq) FROM merchant UNION ALL SELECT max(seq) FROM merchant_event
    UNION ALL SELECT max(seq) FROM card UNION ALL SELECT max(seq) FROM card_event
    UNION ALL SELECT max(seq) FROM wallet_status UNION ALL SELECT max(seq) FROM wallet_limit
    UNION ALL SELECT max(seq) FROM payment UNION ALL SELECT max(seq) FROM payment_event
    UNION ALL SELECT max(seq) FROM money_transfer UNION ALL SELECT max(seq) FROM charge
    UNION ALL SELECT max(seq) FROM charge_event UNION ALL SELECT max(seq) FROM refund
    UNION ALL SELECT max(seq) FROM refund_event UNION ALL SELECT max(seq) FROM points_lot
    UNION ALL SELECT max(seq) FROM coupon UNION ALL SELECT max(seq) FROM coupon_claim
    UNION ALL SELECT max(seq) FROM coupon_event UNION ALL SELECT max(seq) FROM earn_rule
    UNION ALL SELECT max(seq) FROM pay_code UNION ALL SELECT max(seq) FROM security_event
    UNION ALL SELECT max(seq) FROM sign_up_choice) s"""
_log = structlog.get_logger("writer")
_Key = tuple[UUID, str, str]
T = TypeVar("T")


@dataclasses.dataclass(slots=True)
class _Job:
    command: Command
    decide: Callable[[Reader, Any, datetime], Plan]
    future: Future[Any]
    hash: str

    @property
    def key(self) -> _Key:
        return (self.command.owner, type(self.command).__name__, self.command.request_id)


@dataclasses.dataclass(slots=True)
class _MoneyJob:
    """A command of the wallet: decided on the books in memory."""

    command: MoneyCommand
    future: Future[Any]
    hash: str


@dataclasses.dataclass(slots=True)
class _Question:
    """Something to be answered from the books in memory, in the writer's thread."""

    ask: Callable[[Vault, datetime], Any]
    future: Future[Any]


_Task = _Job | _MoneyJob | _Question
_Outcome = Any


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
        self._jobs: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._company = 1  # how many came together the last time
        self._seq = int(con.execute(_HIGHEST_SEQ).fetchall()[0][0])
        self._vault = Vault(con, self._next_seq, clock())
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, command: Command, decide: Decide[Any]) -> Future[Receipt]:
        """Queue a command; the future gives its receipt or raises its rejection."""
        future: Future[Receipt] = Future()
        return self._queued(_Job(command, decide, future, content_hash(command)), future)

    def transact(self, command: MoneyCommand) -> Future[Answer]:
        """Queue a command of the wallet; the future gives its answer, yes or no."""
        future: Future[Answer] = Future()
        return self._queued(_MoneyJob(command, future, content_hash(command)), future)

    def ask(
        self, question: Callable[[Books, datetime], T], owners: tuple[UUID, ...], about: MoneyCommand | None = None
    ) -> Future[T]:
        """Queue a question to the books in memory, as `Database.ask` says it."""
        future: Future[T] = Future()

        def asked(vault: Vault, now: datetime) -> T:
            if about is not None:
                vault.fetch(about, now)
            return question(vault.with_members(owners, now), now)

        return self._queued(_Question(asked, future), future)

    def drift(self) -> Future[list[str]]:
        """Queue the comparison of the books in memory with the postings; what differs."""
        future: Future[list[str]] = Future()
        return self._queued(_Question(lambda vault, now: vault.drift(now), future), future)

    def _queued(self, task: _Task, future: Future[T]) -> Future[T]:
        if self._closed.is_set():
            future.set_exception(StoreClosed())
        else:
            self._jobs.put(task)
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

    def _gather(self, first: _Task) -> tuple[list[_Task], bool]:
        group, ended = [first], False
        while len(group) < _GROUP_LIMIT:
            # Whoever was answered with the last group is likely to come again: as many are worth a short wait.
            late = len(group) < self._company
            try:
                job = self._jobs.get(timeout=_LINGER_SECONDS) if late else self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                ended = True
                break
            group.append(job)
        self._company = len(group)
        return group, ended

    def _refuse_rest(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                if job is not None:
                    job.future.set_exception(StoreClosed())

    def _answer(self, group: list[_Task]) -> None:
        try:
            outcomes = self._commit(group)
        except Exception as failure:  # noqa: BLE001 - whatever it is, its neighbours must not fail with it
            if len(group) == 1:
                _log.error("command_failed", command=_name(group[0]), error=type(failure).__name__)
                group[0].future.set_exception(failure)
                return
            for job in group:
                self._answer([job])
            return
        for task, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Exception):
                task.future.set_exception(outcome)
            else:
                task.future.set_result(outcome)

    def _commit(self, group: list[_Task]) -> list[_Outcome]:
        now = self._clock()
        if all(isinstance(task, _Question) for task in group):
            return [self._asked(task, now) for task in group if isinstance(task, _Question)]
        self._con.execute("BEGIN")
        try:
            touched: set[str] = set()
            outcomes = self._outcomes(group, now, touched)
            self._vault.flush()
        except BaseException:
            self._vault.lost()
            self._con.execute("ROLLBACK")
            raise
        try:
            self._con.execute("COMMIT")
        except BaseException:
            self._vault.lost()  # a failed COMMIT has ended the transaction already
            raise
        self._vault.kept()
        self._on_commit(frozenset(map(UUID, touched)))
        return outcomes

    def _outcomes(self, group: list[_Task], now: datetime, touched: set[str]) -> list[_Outcome]:
        """Every task on top of those before it, in the order of arrival."""
        known = self._known([task for task in group if isinstance(task, _Job)])
        self._vault.recall([task.command for task in group if isinstance(task, _MoneyJob)])
        outcomes: list[_Outcome] = []
        for task in group:
            if isinstance(task, _MoneyJob):
                outcomes.append(self._vault.take(task.command, task.hash, now, touched))
            elif isinstance(task, _Question):
                outcomes.append(self._asked(task, now))
            else:
                self._vault.flush()
                changed: set[UUID] = set()
                outcomes.append(self._one(task, known, now, changed))
                self._vault.forget(tuple(changed))
                touched |= {str(owner) for owner in changed}
        return outcomes

    def _asked(self, task: _Question, now: datetime) -> _Outcome:
        try:
            return task.ask(self._vault, now)
        except Rejection as no:
            return no

    def _known(self, group: list[_Job]) -> dict[_Key, tuple[str, str]]:
        if not group:
            return {}
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


def _name(task: _Task) -> str:
    return "question" if isinstance(task, _Question) else type(task.command).__name__


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
