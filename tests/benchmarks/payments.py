"""Durable payments a second at 1, 16, 64 and 256 clients, beside SQLite and PostgreSQL doing one transaction each.

    python -m tests.benchmarks.payments [--seconds 4] [--rounds 3] [--clients 1,16,64,256]

Every engine keeps the same promise: a payment that was answered is on disk, a repeated request pays once, no purse goes
below nothing. The rivals do what a hand-written wallet would do for that (look the request up, guarded debit, payment,
three postings, request; one commit each). Ours does that and books the points, the issuer's side and what the
screens read. Rounds are interleaved; afterwards each engine's books are checked, and a run that fails is no run.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
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

    def check(self) -> None:
        """Raise if the books do not hold together."""

    def close(self) -> None:
        """Let go of files and servers."""


class Ours:
    """The wallet itself."""

    name = "Little Gold Card"

    def __init__(self, folder: Path) -> None:
        self._running: Running = open_running(folder)
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

    def client(self) -> Callable[[int], None]:
        def pay(number: int) -> None:
            payer = self._members[number % MEMBERS]
            merchant = self._merchants[number % MERCHANTS]
            command = Pay(
                owner=payer,
                request_id=new_request_id(),
                actor=payer,
                merchant=merchant,
                amount=PRICE,
                currency="CNY",
            )
            self._running.database.transact(command).or_raise()

        return pay

    def check(self) -> None:
        broken = {name: count for name, count in conservation.offenders(self._running.database.read).items() if count}
        drift = self._running.database.memory_drift()
        if broken or drift:
            raise SystemExit(f"{self.name}: {broken} {drift}")

    def close(self) -> None:
        self._running.close()


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


def _pay_by_sql(run: Callable[[str, tuple[Any, ...]], Any], marker: str, number: int) -> None:
    look, debit, payment, postings, request = (step.format(p=marker) for step in _STEPS)
    payer, merchant, key, request_id = number % MEMBERS, MEMBERS + number % MERCHANTS, str(new_id()), new_request_id()
    run(look, (request_id,)).fetchall()
    if run(debit, (PRICE, payer, PRICE)).rowcount != 1:
        raise SystemExit("a purse was empty")
    run(payment, (key, payer, merchant, PRICE))
    run(postings, (key, payer, -PRICE, key, merchant, PRICE, key))
    run(request, (request_id, key))


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
    """Payments a second, and how long each took."""
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
    asked = parser.parse_args()
    counts = [int(one) for one in asked.clients.split(",")]
    with tempfile.TemporaryDirectory() as folder, engines(Path(folder)) as found:
        rates: dict[tuple[str, int], list[float]] = {}
        waits: dict[tuple[str, int], list[float]] = {}
        for _ in range(asked.rounds):
            for clients in counts:
                for engine in found:
                    rate, each = measure(engine, clients, asked.seconds)
                    rates.setdefault((engine.name, clients), []).append(rate)
                    waits.setdefault((engine.name, clients), []).extend(each)
        for engine in found:
            engine.check()
        _print(found, counts, rates, waits)


def _print(
    found: list[Engine],
    counts: list[int],
    rates: dict[tuple[str, int], list[float]],
    waits: dict[tuple[str, int], list[float]],
) -> None:
    out = sys.stdout.write
    out(f"payments a second, median of the rounds (p50 / p99 ms), {os.cpu_count()} cores, all books checked\n")
    out("| clients | " + " | ".join(engine.name for engine in found) + " | ours : each |\n")
    out("|---" * (len(found) + 2) + "|\n")
    for clients in counts:
        cells, medians = [], []
        for engine in found:
            each = sorted(waits[engine.name, clients])
            medians.append(statistics.median(rates[engine.name, clients]))
            half, late = each[len(each) // 2] * 1e3, each[int(len(each) * 0.99)] * 1e3
            cells.append(f"{medians[-1]:,.0f} ({half:.1f} / {late:.0f})")
        ratios = ", ".join(f"{medians[0] / one:.2f}" for one in medians[1:])
        out(f"| {clients} | " + " | ".join(cells) + f" | {ratios} |\n")


if __name__ == "__main__":
    main()
