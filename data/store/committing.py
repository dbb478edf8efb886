"""The second half of a money command: what was decided in memory goes to disk while the next ones are decided.

Writing and syncing a group leaves the interpreter free, deciding does not, so both at once is worth a thread. One group
is under way at a time; nobody is answered before it is on disk; when it is not, the writer throws the memory away and
decides everything since anew.
"""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import duckdb

from data.store.touched import Touches
from data.store.vault import Parcel, Vault

BeforeCommit = Callable[[duckdb.DuckDBPyConnection, frozenset[UUID], Touches], None]


@dataclasses.dataclass(slots=True)
class Batch:
    """Tasks with their outcomes, in order, and what they leave. now: the clock for all of them."""

    now: datetime
    tasks: list[Any] = dataclasses.field(default_factory=list)
    outcomes: list[Any] = dataclasses.field(default_factory=list)
    touched: set[str] = dataclasses.field(default_factory=set)
    parcel: Parcel = dataclasses.field(default_factory=Parcel)
    failure: BaseException | None = None
    done: threading.Event = dataclasses.field(default_factory=threading.Event)

    def answer(self) -> None:
        """Tell everybody."""
        for task, outcome in zip(self.tasks, self.outcomes, strict=True):
            if isinstance(outcome, Exception):
                task.future.set_exception(outcome)
            else:
                task.future.set_result(outcome)


class Committer:
    """A thread that commits one batch after the other, each told to `landed` when it is done or has failed."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        vault: Vault,
        before_commit: BeforeCommit,
        on_commit: Callable[[frozenset[UUID], Touches], None],
        landed: Callable[[Batch], None],
    ) -> None:
        self._con = con
        self._vault = vault
        self._before_commit = before_commit
        self._on_commit = on_commit
        self._landed = landed
        self._ready: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def take(self, batch: Batch) -> None:
        """Begin to commit it. The connection is the committer's until `batch.done`."""
        self._ready.put(batch)

    def close(self) -> None:
        """Stop; nothing may be under way."""
        self._ready.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (batch := self._ready.get()) is not None:
            self.carry_out(batch)
            self._landed(batch)

    def carry_out(self, batch: Batch) -> None:
        """Commit and answer it, in the thread that calls; `batch.failure` says if it could not be."""
        try:
            self.commit(batch)
        except BaseException as failure:  # noqa: BLE001 - whatever it is, the writer decides it all anew
            batch.failure = failure
        else:
            batch.answer()
        batch.done.set()

    def commit(self, batch: Batch) -> None:
        """Bring what it leaves to disk, whole or not at all.

        Raises:
            duckdb.Error, InvariantBroken: nothing of it is there.
        """
        if batch.parcel.empty():
            return
        owners = frozenset(map(_id, batch.touched))
        con = _Begun(self._con)
        try:
            last = self._vault.staged(batch.parcel, batch.now)
            if last is None:
                con.begin()
                self._vault.write(batch.parcel, batch.now)
            self._before_commit(cast("duckdb.DuckDBPyConnection", con), owners, self._vault.chain.touched.noted)
            if last is not None:
                last()
        except BaseException:
            con.roll_back()
            raise
        con.commit()
        months = self._vault.chain.touched.taken()
        self._vault.chain.kept()
        self._on_commit(owners, months)


class _Begun:
    """A connection whose transaction begins with the first statement there is before the last one.

    Without any, that last one is a transaction of its own: beginning and committing are statements too, and with few
    rows they cost as much as those.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._begun = False

    def begin(self) -> None:
        """From here on, until the end."""
        if not self._begun:
            self._con.execute("BEGIN")
            self._begun = True

    def execute(self, sql: str, params: object = None) -> duckdb.DuckDBPyConnection:
        """As the connection's."""
        self.begin()
        return self._con.execute(sql, params)

    def commit(self) -> None:
        """All of it is on disk when this returns; a failed one has ended the transaction already."""
        if self._begun:
            self._con.execute("COMMIT")

    def roll_back(self) -> None:
        """Nothing of it is there."""
        if self._begun:
            self._con.execute("ROLLBACK")


@lru_cache(maxsize=4096)
def _id(owner: str) -> UUID:
    return UUID(owner)
