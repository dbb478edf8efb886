"""A wallet's server of a run's own: filled before it starts, on a free port, ended by its handle."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from data import identity, wallet
from data.database import Database
from data.home import open_running
from data.ids import OwnerId, new_request_id
from data.ledger.wallet.commands import OpenWallet
from data.sign_in import SignedIn, Visit
from tests.benchmarks.fill import fill

ROOT: Final = Path(__file__).resolve().parents[2]
PASSWORD: Final = "correct horse battery"
_START_SECONDS: Final = 120
_SPLIT: Final = "LITTLE_GOLD_CARD_SPLIT"


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Somebody with books in the store. tokens: of their open sessions."""

    owner: OwnerId
    name: str
    tokens: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Served:
    """A running server. split: where it writes down what each run spent its time on, if it does."""

    base: str
    process: subprocess.Popen[bytes]
    split: Path

    def memory(self) -> int:
        """KiB that the process has in memory now; 0 where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return 0
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def inhabit(home: Path, rows: int, people: int = 1, sessions: int = 1) -> list[Person]:
    """Sign people up in a new store, each with so many transactions and sessions."""
    running = open_running(home)
    found = []
    try:
        for number in range(people):
            name = f"person{number}"
            signed = [identity.sign_up(running.database, name, PASSWORD, Visit())]
            owner = OwnerId(signed[0].owner)
            opening = OpenWallet(owner=owner, request_id=new_request_id(), actor=owner, currency="CNY")
            wallet.open_wallet(running.database, opening)
            signed += [_sign_in(running.database, name) for _ in range(sessions - 1)]
            fill(running.database, rows, seed=7 + number, owner=owner)
            found.append(Person(owner, name, tuple(one.token for one in signed)))
    finally:
        running.close()
    return found


def _sign_in(database: Database, name: str) -> SignedIn:
    found = identity.sign_in(database, name, PASSWORD, Visit())
    assert isinstance(found, SignedIn)
    return found


@contextlib.contextmanager
def serving(home: Path, *, split: bool = False) -> Iterator[Served]:
    """The server of this folder. split: it times queries, charts and serialising, which costs a little itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    written = home / "split.jsonl"
    told = {**os.environ, "LITTLE_GOLD_CARD_HOME": str(home)} | ({_SPLIT: str(written)} if split else {})
    program = "tests.benchmarks.stopwatch" if split else "streamlit"
    options = ["--server.headless", "true", "--server.port", str(port)]
    with (home / "server.log").open("wb") as log:
        command = [sys.executable, "-m", program, "run", "app.py", *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=told)  # noqa: S603 - our own words
        try:
            base = f"http://localhost:{port}"
            _wait_until_up(base, process, home / "server.log")
            yield Served(base, process, written)
        finally:
            process.terminate()
            process.wait(60)


def _wait_until_up(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(base + "/healthz"):  # noqa: S310 - our own http address
            return
        time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text(encoding='utf-8')}")
