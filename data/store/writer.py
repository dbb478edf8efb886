"""The one writer: commands wait in a queue, are decided in order, written and committed together.

DuckDB's snapshot isolation lets two transactions overspend one balance and does not share a disk sync between
committing threads, so all writes pass through this one place (LEDGER §9). Each command gets its own outcome; an
acknowledged one is on disk. Commands of the wallet are decided in memory while those before them are on their way to
the disk (`committing`); a command that plans its writes on the store waits until everything before it is there. When
anything unexpected happens, nothing of it stays and its commands run one by one, so that one bad command cannot fail
its neighbours.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import duckdb
import pyarrow as pa
import structlog

from data.errors import Rejection, RequestIdReused, StoreClosed
from data.ledger.wallet.books import Books
from data.ledger.wallet.commands import MoneyCommand
from data.store.chain import Chain, Part, written_by
from data.store.columns import column_of
from data.store.command import Command, Decide, Plan, Reader, Receipt, Rows, Write, content_hash
from data.store.committing import Batch, BeforeCommit, Committer
from data.store.ticket import Ticket, Waiting
from data.store.touched import Touches
from data.store.vault import Answer, Key, Vault, key_of

_GROUP_LIMIT = 512
_LINGER_SECONDS = 0.0005  # with company expected, short naps for more save whole disk syncs (LEDGER §9.1)
_NAPS = 6
_ENOUGH = 100  # from here on a group is worth its commit, and what comes meanwhile is the next one
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
    UNION ALL SELECT max(seq) FROM coupon_ending
    UNION ALL SELECT max(seq) FROM coupon_event UNION ALL SELECT max(seq) FROM earn_rule
    UNION ALL SELECT max(seq) FROM pay_code UNION ALL SELECT max(seq) FROM risk_verdict
    UNION ALL SELECT max(seq) FROM risk_answer UNION ALL SELECT max(seq) FROM risk_setting
    UNION ALL SELECT max(seq) FROM security_event
    UNION ALL SELECT max(seq) FROM sign_up_choice
    UNION ALL SELECT max(seq) FROM backup_event
    UNION ALL SELECT max(seq) FROM assertion_event UNION ALL SELECT max(seq) FROM assertion_tick) s"""
_log = structlog.get_logger("writer")
_Key = tuple[UUID, str, str]
T = TypeVar("T")


@dataclasses.dataclass(slots=True)
class _Job:
    command: Command
    decide: Callable[[Reader, Any, datetime], Plan]
    future: Waiting[Any]
    hash: str

    @property
    def key(self) -> _Key:
        return (self.command.owner, type(self.command).__name__, self.command.request_id)


@dataclasses.dataclass(slots=True)
class _MoneyJob:
    """A command of the wallet: decided on the books in memory."""

    command: MoneyCommand
    future: Waiting[Any]
    hash: str
    key: Key


@dataclasses.dataclass(slots=True)
class _Question:
    """Something to be answered from the books in memory, in the writer's thread."""

    ask: Callable[[Vault, datetime], Any]
    future: Waiting[Any]
    of_store: bool = False  # it reads the store too, so everything decided has to be there


def _nothing_more() -> None:
    """Everything is written already."""


@dataclasses.dataclass(slots=True)
class Landing:
    """A command that is written already, in the open transaction of a connection of its own: it waits to be committed.

    parts: what the transaction wrote, summed up for the audit chain. touched: whose months it changed. holds: whether
    what it was decided on still does. finish: what must not be done before; when it fails, so does everything.
    The answer is whether it was committed; if not, its transaction is as it was.
    """

    con: duckdb.DuckDBPyConnection
    key: _Key
    parts: list[Part]
    touches: frozenset[UUID]
    touched: Touches
    holds: Callable[[], bool]
    finish: Callable[[], None] = _nothing_more
    future: Ticket[bool] = dataclasses.field(default_factory=Ticket)


_Task = _Job | _MoneyJob | _Question
_Outcome = Any


class _GroupLost(Exception):  # noqa: N818 - an event between two threads, no error of anybody
    """What was being written did not reach the disk, so memory says what never was."""


class Writer:
    """Owns the only connection that writes."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        clock: Callable[[], datetime],
        on_commit: Callable[[frozenset[UUID], Touches], None],
        on_pause: Callable[[bool], None],
        before_commit: BeforeCommit,
    ) -> None:
        """on_commit: told whose data a commit changed, which months. on_pause: told between commits if nobody waits.

        before_commit: told the same before, in the open transaction of that connection.
        """
        self._con = con
        self._clock = clock
        self._on_commit = on_commit
        self._on_pause = on_pause
        self._before_commit = before_commit
        self._jobs: queue.SimpleQueue[_Task | Landing | Batch | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._company = 1  # how many came together the last time
        self._ended = False
        self._batch: Batch | None = None  # decided, on its way to nowhere yet
        self._under_way: Batch | None = None
        self._seq = int(con.execute(_HIGHEST_SEQ).fetchall()[0][0])
        self._vault = Vault(con, self._next_seq, clock())
        self._vault.before_reading = self._wait_for_disk
        self._committer = Committer(con, self._vault, before_commit, on_commit, self._jobs.put)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, command: Command, decide: Decide[Any]) -> Ticket[Receipt]:
        """Queue a command; the ticket gives its receipt or raises its rejection."""
        ticket: Ticket[Receipt] = Ticket()
        self._queue(_Job(command, decide, ticket, content_hash(command)), ticket)
        return ticket

    def transact(self, command: MoneyCommand) -> Ticket[Answer]:
        """Queue a command of the wallet; the ticket gives its answer, yes or no."""
        ticket: Ticket[Answer] = Ticket()
        self._queue(_MoneyJob(command, ticket, content_hash(command), key_of(command)), ticket)
        return ticket

    def reserve(self, count: int) -> Ticket[int]:
        """Queue the wish for so many consecutive places in the store's order; the ticket gives the first."""
        ticket: Ticket[int] = Ticket()

        def reserved(_vault: Vault, _now: datetime) -> int:
            self._seq += count
            return self._seq - count + 1

        self._queue(_Question(reserved, ticket), ticket)
        return ticket

    def land(self, landing: Landing) -> Ticket[bool]:
        """Queue what only has to be committed."""
        self._queue(landing, landing.future)
        return landing.future

    def enqueue(self, command: MoneyCommand) -> Future[Answer]:
        """The same for who wants to be called back."""
        future: Future[Answer] = Future()
        self._queue(_MoneyJob(command, future, content_hash(command), key_of(command)), future)
        return future

    def ask(
        self, question: Callable[[Books, datetime], T], owners: tuple[UUID, ...], about: MoneyCommand | None = None
    ) -> Ticket[T]:
        """Queue a question to the books in memory, as `Database.ask` says it."""
        ticket: Ticket[T] = Ticket()

        def asked(vault: Vault, now: datetime) -> T:
            if about is not None:
                vault.fetch(about, now)
            return question(vault.with_members(owners, now), now)

        self._queue(_Question(asked, ticket), ticket)
        return ticket

    def is_alive(self) -> bool:
        """Whether commands are still taken."""
        return self._thread.is_alive() and not self._closed.is_set()

    def watch_links(self, told: Callable[[int, str], None]) -> None:
        """Be told, after each commit, the number and the head of its link."""
        self._vault.chain.watch(told)

    def drift(self) -> Ticket[list[str]]:
        """Queue the comparison of the books in memory with the postings; what differs."""
        ticket: Ticket[list[str]] = Ticket()
        self._queue(_Question(lambda vault, now: vault.drift(now), ticket, of_store=True), ticket)
        return ticket

    def _queue(self, task: _Task | Landing, waiting: Waiting[Any]) -> None:
        if self._closed.is_set():
            waiting.set_exception(StoreClosed())
        else:
            self._jobs.put(task)

    def close(self) -> None:
        """Answer everything already accepted, then stop."""
        if not self._closed.is_set():
            self._closed.set()
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        while not self._ended:
            self._take(self._drained(self._jobs.get()))
            if self._under_way is None and self._batch is not None:
                self._linger()
                self._hand_over()
            elif self._under_way is None:
                self._on_pause(self._jobs.empty())
        self._settle()
        self._committer.close()
        self._refuse_rest()

    def _drained(self, first: _Task | Landing | Batch | None) -> list[_Task | Landing | Batch | None]:
        """What is there, at most a group."""
        found = [first]
        with contextlib.suppress(queue.Empty):
            while len(found) < _GROUP_LIMIT:
                found.append(self._jobs.get_nowait())
        return found

    def _linger(self) -> None:
        """Wait shortly for more: whoever was answered with the last group is likely to come again.

        A nap leaves the interpreter to them; waiting at the queue would wake for each one and take it from the others.
        """
        for _ in range(_NAPS):
            if self._batch is None or len(self._batch.tasks) >= min(self._company, _ENOUGH):
                break
            time.sleep(_LINGER_SECONDS)
            with contextlib.suppress(queue.Empty):
                self._take(self._drained(self._jobs.get_nowait()))

    def _take(self, found: list[_Task | Landing | Batch | None]) -> None:
        """Every task on top of those before it, in the order of arrival."""
        keys = [task.key for task in found if isinstance(task, _MoneyJob)]
        if keys:
            self._safely(partial(self._vault.recall, keys), [])
            watched = [task.command for task in found if isinstance(task, _MoneyJob)]
            self._safely(partial(self._vault.watch, watched, self._clock()), [])
        planned: list[_Task] = []
        for task in found:
            if task is None:
                self._ended = True
            elif isinstance(task, Batch):
                self._land(task)
            elif isinstance(task, Landing):
                self._settle()
                if planned:
                    self._answer(planned)
                    planned = []
                self._join(task)
            elif planned or isinstance(task, _Job) or self._of_store(task):
                planned.append(task)  # and everything after it, so that the order holds
            else:
                self._safely(partial(self._decide, task), [task])
                self._make_room()
        if planned:
            self._settle()
            self._answer(planned)

    def _join(self, task: Landing) -> None:
        try:
            task.future.set_result(self._joined(task))
        except Exception as failure:  # noqa: BLE001 - whoever wrote it decides what to do
            self._vault.chain.lost()
            task.future.set_exception(failure)

    def _joined(self, task: Landing) -> bool:
        if not task.holds() or self._known([task.key]):
            return False
        task.finish()
        self._vault.chain.join(task.con, task.parts, self._clock())
        self._before_commit(task.con, task.touches, task.touched)
        task.con.execute("COMMIT")
        self._vault.chain.kept()
        self._vault.forget(tuple(task.touches))
        self._on_commit(task.touches, task.touched)
        return True

    @staticmethod
    def _of_store(task: _Task) -> bool:
        return isinstance(task, _Question) and task.of_store

    def _safely(self, act: Callable[[], None], tasks: list[_Task]) -> None:
        """When anything unexpected happens, memory is not to be trusted: these tasks and all since are done anew."""
        try:
            act()
        except Exception as failure:  # noqa: BLE001 - whatever it is, its neighbours must not fail with it
            _log.warning("group_redone", error=type(failure).__name__)
            self._redo(tasks)

    def _decide(self, task: _MoneyJob | _Question) -> None:
        batch = self._batch or Batch(self._clock())
        if isinstance(task, _Question):
            outcome = self._asked(task, batch.now)
        else:
            outcome = self._vault.take(task.command, task.key, task.hash, batch.now, batch.touched)
        batch.tasks.append(task)
        batch.outcomes.append(outcome)
        self._batch = batch

    def _make_room(self) -> None:
        """No group grows without end, however fast commands come."""
        if self._batch is not None and len(self._batch.tasks) >= _GROUP_LIMIT:
            if self._under_way is not None:
                self._under_way.done.wait()
                self._land(self._under_way)
            self._hand_over()

    def _hand_over(self) -> None:
        """What is decided goes on its way to the disk."""
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.parcel = self._vault.parcel()
            alone, self._company = self._company == 1, len(batch.tasks)
            if batch.parcel.empty() and self._under_way is None:
                batch.answer()
                return
            self._under_way = batch
            if alone and self._company == 1:  # nobody else to be decided meanwhile: no thread has to be woken
                self._committer.carry_out(batch)
                self._land(batch)
            else:
                self._committer.take(batch)

    def _wait_for_disk(self) -> None:
        """Nothing is being written on the connection when this returns.

        Raises:
            _GroupLost: what was under way did not get there.
        """
        if self._under_way is not None:
            self._under_way.done.wait()
            if self._under_way.failure is not None:
                raise _GroupLost

    def _land(self, batch: Batch) -> None:
        """A batch is done, or has failed; one that was seen to already is none any more."""
        if batch is not self._under_way:
            return
        if batch.failure is not None:
            _log.warning("group_redone", error=type(batch.failure).__name__)
            self._redo([])
            return
        self._under_way = None
        self._vault.kept(batch.parcel.keys)
        self._on_pause(self._batch is None and self._jobs.empty())

    def _settle(self) -> None:
        """Everything decided is on disk, or was done anew."""
        while self._under_way is not None or self._batch is not None:
            if self._under_way is None:
                self._hand_over()
            if self._under_way is not None:
                self._under_way.done.wait()
                self._land(self._under_way)

    def _redo(self, last: list[_Task]) -> None:
        """Start from what the disk says, and do everything since one by one, so that one cannot fail the others."""
        flying, batch = self._under_way, self._batch
        if flying is not None:
            flying.done.wait()
        self._under_way = self._batch = None
        lost = [*flying.tasks] if flying is not None and flying.failure is not None else []
        self._vault.lost()
        for task in [*lost, *(batch.tasks if batch is not None else []), *last]:
            self._answer([task])

    def _refuse_rest(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                if job is not None and not isinstance(job, Batch):
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
            self._vault.flush(now)
            self._before_commit(self._con, frozenset(map(UUID, touched)), self._vault.chain.touched.noted)
        except BaseException:
            self._vault.lost()
            self._con.execute("ROLLBACK")
            raise
        try:
            self._con.execute("COMMIT")
        except BaseException:
            self._vault.lost()  # a failed COMMIT has ended the transaction already
            raise
        months = self._vault.chain.touched.taken()
        self._vault.kept()
        self._on_commit(frozenset(map(UUID, touched)), months)
        return outcomes

    def _outcomes(self, group: list[_Task], now: datetime, touched: set[str]) -> list[_Outcome]:
        """Every task on top of those before it, in the order of arrival."""
        known = self._known([task.key for task in group if isinstance(task, _Job)])
        self._vault.recall([task.key for task in group if isinstance(task, _MoneyJob)])
        outcomes: list[_Outcome] = []
        for task in group:
            if isinstance(task, _MoneyJob):
                outcomes.append(self._vault.take(task.command, task.key, task.hash, now, touched))
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

    def _known(self, keys: list[_Key]) -> dict[_Key, tuple[str, str]]:
        if not keys:
            return {}
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
        if plan.renews_chain:
            self._vault.begin_anew()
        text = json.dumps(plan.receipt, ensure_ascii=False)
        self._remember(job, text, now)
        known[job.key] = (job.hash, text)
        touched |= plan.touches
        return plan.receipt

    def _remember(self, job: _Job, receipt: str, now: datetime) -> None:
        remember(self._con, self._vault.chain, (job.key, job.hash), receipt, now)

    def _write(self, write: Write | Rows) -> None:
        put(self._con, self._vault.chain, write)

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq


def _name(task: _Task) -> str:
    return "question" if isinstance(task, _Question) else type(task.command).__name__


def remember(
    con: duckdb.DuckDBPyConnection, chain: Chain, asked: tuple[_Key, str], receipt: str, now: datetime
) -> None:
    """Keep a command's receipt. asked: its key and the hash of its content."""
    (owner, scope, request_id), content_hash = asked
    chain.planned(("request",))
    con.execute(
        "INSERT INTO request VALUES ($owner, $scope, $request_id, $content_hash, $receipt, $recorded_at)",
        {
            "owner": owner,
            "scope": scope,
            "request_id": request_id,
            "content_hash": content_hash,
            "receipt": receipt,
            "recorded_at": now,
        },
    )


def put(con: duckdb.DuckDBPyConnection, chain: Chain, write: Write | Rows) -> None:
    """Carry out one write, and note for the audit chain where it went."""
    if isinstance(write, Write):
        chain.planned(written_by(write.sql))
        write.carry_out(con, chain.touched)
    else:
        chain.planned((write.table,))
        chain.touched.appending(write.table, write.columns)
        append(con, write)


def append(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """All rows in one statement, through Arrow; an empty set writes nothing."""
    names = list(rows.columns)
    arrays = [column_of(rows.columns[name]) for name in names]
    if not arrays or len(arrays[0]) == 0:
        return
    con.register("appended", pa.table(arrays, names=names))
    try:
        listed = ", ".join(names)
        con.execute(f"INSERT INTO {rows.table} ({listed}) SELECT {listed} FROM appended")  # names of our own code
    finally:
        con.unregister("appended")
