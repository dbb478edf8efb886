"""Durable payments a second at 1, 16, 64 and 256 clients, beside SQLite and PostgreSQL doing one transaction each.

    python -m tests.benchmarks.payments [--seconds 4] [--rounds 3] [--clients 1,16,64,256] [--as threads,tasks]

Every engine keeps the same promise: a payment that was answered is on disk, a repeated request pays once, no purse goes
below nothing. The rivals do what a hand-written wallet would do for that (look the request up, guarded debit, payment,
three postings, request; one commit each). Ours does that and books the points, the issuer's side and what the
screens read. Rounds are interleaved; afterwards each engine's books are checked, and a run that fails is no run.

Clients cost processor time too, in this very process. So each engine is measured with clients of both kinds and counts
with the better one: a thread each that waits for its answer, as pages do, or tasks of one event loop. As a task SQLite,
which knows no waiting, pays without ever meeting another client; PostgreSQL has psycopg's own connections for that; we
have `Database.enqueue`, whose answers wake the loop once a group.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from data.database import Database
from data.home import open_running
from data.ids import OwnerId, new_id, new_request_id
from data.ledger.wallet.commands import ISSUER, DeskTopUp, OpenMember, OpenMerchant, Pay
from data.running import Running, calm_collector
from data.store import conservation
from tests.benchmarks.server import PostgresServer, binaries

MEMBERS, MERCHANTS, FUNDS, PRICE = 200, 50, 10**9, 12_34


class Engine(Protocol):
    """Something that can be paid with from many threads."""

    name: str

    def client(self) -> Callable[[int], None]:
        """What one client calls with a running number to pay once; made in the client's own thread."""

    async def task(self, leaving: contextlib.AsyncExitStack, /) -> Callable[[int], Awaitable[None]]:
        """The same for a client that is a task of the running event loop, until it is left."""

    def check(self) -> None:
        """Raise if the books do not hold together."""

    def close(self) -> None:
        """Let go of files and servers."""


class Ours:
    """The wallet itself."""

    name = "Little Gold Card"

    def __init__(self, folder: Path) -> None:
        self._running: Running = open_running(folder)
        self._post: _Post | None = None
        database = self._running.database
        self._members = [OwnerId(new_id()) for _ in range(MEMBERS)]
        self._merchants = [OwnerId(new_id()) for _ in range(MERCHANTS)]
        waiting = [database.enqueue(self._open(n, one)) for n, one in enumerate(self._members)]
        waiting += [database.enqueue(self._shop(n, one)) for n, one in enumerate(self._merchants)]
        waiting += [
            database.enqueue(DeskTopUp(owner=one, request_id="start", actor=ISSUER, amount=FUNDS, currency="CNY"))
            for one in self._members
        ]
        for one in waiting:
            one.result().or_raise()
        calm_collector()  # as the app does when it has started

    @property
    def database(self) -> Database:
        """The store, for who does something else beside the payments."""
        return self._running.database

    @staticmethod
    def _open(number: int, owner: OwnerId) -> OpenMember:
        name = f"member {number}"
        return OpenMember(owner=owner, request_id="open", actor=ISSUER, name=name, name_key=name, currency="CNY")

    @staticmethod
    def _shop(number: int, owner: OwnerId) -> OpenMerchant:
        named: dict[str, Any] = {"code": f"s{number}", "name": f"shop {number}", "mcc": "5814", "category": "coffee"}
        return OpenMerchant(owner=owner, request_id="open", actor=ISSUER, proprietor=None, **named)

    def _command(self, number: int) -> Pay:
        payer, merchant = self._members[number % MEMBERS], self._merchants[number % MERCHANTS]
        named: dict[str, Any] = {"merchant": merchant, "amount": PRICE, "currency": "CNY"}
        return Pay(owner=payer, request_id=new_request_id(), actor=payer, **named)

    def client(self) -> Callable[[int], None]:
        def pay(number: int) -> None:
            self._running.database.transact(self._command(number)).or_raise()

        return pay

    async def task(self, _leaving: contextlib.AsyncExitStack, /) -> Callable[[int], Awaitable[None]]:
        loop = asyncio.get_running_loop()
        if self._post is None or self._post.loop is not loop:
            self._post = _Post(loop)
        post = self._post

        async def pay(number: int) -> None:
            answered = loop.create_future()
            future = self._running.database.enqueue(self._command(number))
            future.add_done_callback(lambda done: post.put(answered, done))
            (await answered).result().or_raise()

        return pay

    def check(self) -> None:
        broken = {name: count for name, count in conservation.offenders(self._running.database.read).items() if count}
        drift = self._running.database.memory_drift()
        if broken or drift:
            raise SystemExit(f"{self.name}: {broken} {drift}")

    def close(self) -> None:
        self._running.close()


class _Post:
    """Answers on their way from the writer's threads to an event loop, which is woken once for all that wait."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: list[tuple[asyncio.Future[Any], Future[Any]]] = []

    def put(self, answered: asyncio.Future[Any], done: Future[Any]) -> None:
        """From any thread."""
        self._waiting.append((answered, done))
        if len(self._waiting) == 1:
            self.loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        waiting, self._waiting = self._waiting, []
        for answered, done in waiting:
            answered.set_result(done)


_TABLES = """
CREATE TABLE purse (id bigint PRIMARY KEY, amount bigint NOT NULL CHECK (amount >= 0));
CREATE TABLE request (id varchar(40) PRIMARY KEY, payment varchar(40) NOT NULL);
CREATE TABLE payment (
    id varchar(40) PRIMARY KEY, payer bigint NOT NULL, merchant bigint NOT NULL, amount bigint NOT NULL);
CREATE TABLE posting (
    payment varchar(40) NOT NULL, line bigint NOT NULL, account bigint NOT NULL, amount bigint NOT NULL)
"""
_STEPS = (
    "SELECT payment FROM request WHERE id = {p}",
    "UPDATE purse SET amount = amount - {p} WHERE id = {p} AND amount >= {p}",
    "INSERT INTO payment VALUES ({p}, {p}, {p}, {p})",
    "INSERT INTO posting VALUES ({p}, 0, {p}, {p}), ({p}, 1, {p}, {p}), ({p}, 2, 0, 0)",
    "INSERT INTO request VALUES ({p}, {p})",
)
_UNBALANCED = "SELECT count(*) FROM (SELECT payment FROM posting GROUP BY payment HAVING sum(amount) <> 0) u"
_UNPAID = "SELECT (SELECT count(*) FROM payment) - (SELECT count(*) FROM request)"


_BY_MARKER = {marker: [step.format(p=marker) for step in _STEPS] for marker in ("?", "%s")}


def _values(number: int) -> list[tuple[Any, ...]]:
    """What each of the steps is given."""
    payer, merchant, key, request_id = number % MEMBERS, MEMBERS + number % MERCHANTS, str(new_id()), new_request_id()
    return [
        (request_id,),
        (PRICE, payer, PRICE),
        (key, payer, merchant, PRICE),
        (key, payer, -PRICE, key, merchant, PRICE, key),
        (request_id, key),
    ]


def _pay_by_sql(run: Callable[[str, tuple[Any, ...]], Any], marker: str, number: int) -> None:
    (look, debit, *rest), (asked, taken, *values) = _BY_MARKER[marker], _values(number)
    run(look, asked).fetchall()
    if run(debit, taken).rowcount != 1:
        raise SystemExit("a purse was empty")
    for statement, given in zip(rest, values, strict=True):
        run(statement, given)


async def _pay_waiting(con: Any, number: int) -> None:
    (look, debit, *rest), (asked, taken, *values) = _BY_MARKER["%s"], _values(number)
    await (await con.execute(look, asked)).fetchall()
    if (await con.execute(debit, taken)).rowcount != 1:
        raise SystemExit("a purse was empty")
    for statement, given in zip(rest, values, strict=True):
        await con.execute(statement, given)


class Sqlite:
    """SQLite with a log ahead and a full sync each commit, a connection a client."""

    name = "SQLite (WAL, FULL)"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "rival.sqlite"
        with contextlib.closing(self._connect()) as con:
            for statement in _TABLES.split(";"):
                con.execute(statement)
            con.executemany("INSERT INTO purse VALUES (?, ?)", [(n, FUNDS) for n in range(MEMBERS)])

    def _connect(self) -> sqlite3.Connection:
        con = sqlite3.connect(self._path, timeout=60, isolation_level=None, check_same_thread=False)
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("PRAGMA synchronous = FULL")
        return con

    def client(self) -> Callable[[int], None]:
        con = self._connect()

        def pay(number: int) -> None:
            con.execute("BEGIN IMMEDIATE")
            _pay_by_sql(con.execute, "?", number)
            con.execute("COMMIT")

        return pay

    async def task(self, _leaving: contextlib.AsyncExitStack, /) -> Callable[[int], Awaitable[None]]:
        at_once = self.client()

        async def pay(number: int) -> None:
            at_once(number)
            await asyncio.sleep(0)

        return pay

    def check(self) -> None:
        with contextlib.closing(self._connect()) as con:
            if con.execute(_UNBALANCED).fetchone() != (0,) or con.execute(_UNPAID).fetchone() != (0,):
                raise SystemExit(f"{self.name}: the books do not hold together")

    def close(self) -> None:
        """Nothing stays open."""


class Postgres:
    """A PostgreSQL server of our own, read committed, a connection a client."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, binaries: Path) -> None:
        self._server = PostgresServer(folder, binaries)
        with self._server.connect() as con:
            con.execute(_TABLES)
            con.cursor().executemany("INSERT INTO purse VALUES (%s, %s)", [(n, FUNDS) for n in range(MEMBERS)])

    def client(self) -> Callable[[int], None]:
        con = self._server.connect()

        def pay(number: int) -> None:
            _pay_by_sql(con.execute, "%s", number)
            con.commit()

        return pay

    async def task(self, leaving: contextlib.AsyncExitStack, /) -> Callable[[int], Awaitable[None]]:
        con = await leaving.enter_async_context(await self._server.connect_async())

        async def pay(number: int) -> None:
            await _pay_waiting(con, number)
            await con.commit()

        return pay

    def check(self) -> None:
        with self._server.connect() as con:
            if con.execute(_UNBALANCED).fetchone() != (0,) or con.execute(_UNPAID).fetchone() != (0,):
                raise SystemExit(f"{self.name}: the books do not hold together")

    def close(self) -> None:
        self._server.stop()


def _postgres(folder: Path) -> Postgres | str:
    """The server, or why there is none."""
    found = binaries()
    if found is None:
        return "PostgreSQL: its binaries are not here"
    try:
        import psycopg  # noqa: F401, PLC0415 - only looked for
    except ImportError:
        return "PostgreSQL: the module psycopg is not installed"
    return Postgres(folder, found)


def measure(engine: Engine, clients: int, seconds: float) -> tuple[float, list[float]]:
    """Payments a second of so many threads, and how long each took."""
    taken: list[list[float]] = [[] for _ in range(clients)]
    start, stop = threading.Barrier(clients + 1), threading.Event()

    def run(me: int) -> None:
        pay, mine = engine.client(), taken[me]
        start.wait()
        number = me
        while not stop.is_set():
            begun = time.perf_counter()
            pay(number)
            mine.append(time.perf_counter() - begun)
            number += clients

    threads = [threading.Thread(target=run, args=(me,)) for me in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    elapsed, each = time.perf_counter() - begun, [one for mine in taken for one in mine]
    return len(each) / elapsed, each


def measure_tasks(engine: Engine, clients: int, seconds: float) -> tuple[float, list[float]]:
    """Payments a second of so many tasks of one event loop, and how long each took."""
    each: list[float] = []

    async def run(me: int, pay: Callable[[int], Awaitable[None]], end: float) -> None:
        number, begun = me, time.perf_counter()
        while begun < end:
            await pay(number)
            done = time.perf_counter()
            each.append(done - begun)
            number, begun = number + clients, done

    async def all_of_them() -> float:
        async with contextlib.AsyncExitStack() as leaving:
            pays = [await engine.task(leaving) for _ in range(clients)]
            begun = time.perf_counter()
            await asyncio.gather(*(run(me, pay, begun + seconds) for me, pay in enumerate(pays)))
            return time.perf_counter() - begun

    elapsed = asyncio.run(all_of_them())
    return len(each) / elapsed, each


_KINDS = {"threads": measure, "tasks": measure_tasks}


@contextlib.contextmanager
def engines(folder: Path) -> Iterator[list[Engine]]:
    """Whoever can take part."""
    found: list[Engine] = []
    for name, make in (("ours", Ours), ("sqlite", Sqlite)):
        (folder / name).mkdir()
        found.append(make(folder / name))
    (folder / "postgres").mkdir()
    server = _postgres(folder / "postgres")
    if isinstance(server, str):
        sys.stdout.write(f"{server}\n")
    else:
        found.append(server)
    try:
        yield found
    finally:
        for one in found:
            one.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", default="1,16,64,256")
    parser.add_argument("--as", dest="kinds", default="threads,tasks", help="kinds of clients: threads, tasks")
    asked = parser.parse_args()
    counts = [int(one) for one in asked.clients.split(",")]
    kinds: list[str] = asked.kinds.split(",")
    with tempfile.TemporaryDirectory() as folder, engines(Path(folder)) as found:
        runs: dict[tuple[str, int, str], list[tuple[float, list[float]]]] = {}
        for _ in range(asked.rounds):
            for clients, kind, engine in itertools.product(counts, kinds, found):
                run = _KINDS[kind](engine, clients, asked.seconds)
                runs.setdefault((engine.name, clients, kind), []).append(run)
        for engine in found:
            engine.check()
        _print(found, counts, kinds, runs)


def _best(
    engine: Engine, clients: int, kinds: list[str], runs: dict[tuple[str, int, str], list[tuple[float, list[float]]]]
) -> tuple[float, str]:
    """Its median rate with the kind of clients that it is faster with, and how the table says it."""
    rates = {kind: statistics.median(rate for rate, _ in runs[engine.name, clients, kind]) for kind in kinds}
    kind = max(rates, key=rates.__getitem__)
    each = sorted(one for _, taken in runs[engine.name, clients, kind] for one in taken)
    half, late = each[len(each) // 2] * 1e3, each[int(len(each) * 0.99)] * 1e3
    return rates[kind], f"{rates[kind]:,.0f} ({half:.1f} / {late:.0f}, {kind})"


def _print(
    found: list[Engine],
    counts: list[int],
    kinds: list[str],
    runs: dict[tuple[str, int, str], list[tuple[float, list[float]]]],
) -> None:
    out = sys.stdout.write
    out(f"payments a second, median of the rounds (p50 / p99 ms), {os.cpu_count()} cores, all books checked\n")
    out("| clients | " + " | ".join(engine.name for engine in found) + " | ours : each |\n")
    out("|---" * (len(found) + 2) + "|\n")
    for clients in counts:
        best = [_best(engine, clients, kinds, runs) for engine in found]
        ratios = ", ".join(f"{best[0][0] / rate:.2f}" for rate, _ in best[1:])
        out(f"| {clients} | " + " | ".join(cell for _, cell in best) + f" | {ratios} |\n")


if __name__ == "__main__":
    main()
