"""Long work beside the writer: written in a transaction of its own, which the writer's thread only commits.

An import of a hundred thousand rows takes seconds to decide, append and derive. In the writer everybody's payments
would wait for all of it; here they wait for its commit. It is still decided on one state of the owner's data: when
that changed before the commit, the work is thrown away and done in the writer. Until the commit nobody sees any of it,
and a process that dies leaves none.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import duckdb
import structlog

from data.errors import Rejection
from data.store.chain import Chain
from data.store.command import C, Decide, Plan, Reader, Receipt, content_hash
from data.store.writer import Landing, Writer, put, remember

_log = structlog.get_logger("writer")


class _NoPlaceLeft(Exception):  # noqa: N818 - an event within this module
    """The command takes more places in the store's order than it said."""


class Beside:
    """One command's work on one connection. version: of its owner's data."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        writer: Writer,
        clock: Callable[[], datetime],
        version: Callable[[], int],
    ) -> None:
        self._con = con
        self._writer = writer
        self._clock = clock
        self._version = version

    def carry_out(self, command: C, decide: Decide[C], places: int) -> Receipt | None:
        """The receipt, on disk; None: nothing was done, because it is refused, asked again or overtaken.

        places: how many places in the store's order `decide` may take.

        Raises:
            StoreClosed: when the app is shutting down.
        """
        first = self._writer.reserve(places).result()
        before = self._version()  # read before the transaction begins: a commit in between makes it look older
        self._con.execute("BEGIN")
        try:
            return self._landed(command, decide, _Places(first, places).take, before)
        except Rejection:  # the writer says it, and remembers that it did
            return None
        except (duckdb.Error, _NoPlaceLeft) as why:
            _log.info("done_in_the_writer", command=type(command).__name__, reason=type(why).__name__)
            return None
        finally:
            self._close()

    def _landed(self, command: C, decide: Decide[C], place: Callable[[], int], before: int) -> Receipt | None:
        now = self._clock()
        chain = Chain(self._con)
        plan: Plan = decide(Reader(self._con, place), command, now)
        if plan.renews_chain:
            return None  # what links are over already is changed by the writer alone
        for write in plan.writes:
            put(self._con, chain, write)
        key = (command.owner, type(command).__name__, command.request_id)
        remember(self._con, chain, (key, content_hash(command)), json.dumps(plan.receipt, ensure_ascii=False), now)
        landing = Landing(
            self._con, key, chain.parts(), plan.touches, chain.touched.taken(), lambda: self._version() == before
        )
        return plan.receipt if self._writer.land(landing).result() else None

    def _close(self) -> None:
        try:
            self._con.execute("ROLLBACK")
        except duckdb.Error:  # it was committed, or the store has ended it
            return


class _Places:
    """Consecutive places in the store's order, taken one by one."""

    def __init__(self, first: int, count: int) -> None:
        self._next, self._end = first, first + count

    def take(self) -> int:
        if self._next == self._end:
            raise _NoPlaceLeft
        self._next += 1
        return self._next - 1
