"""A wallet whose process is killed under load, again and again: what was acknowledged is there, nothing by halves."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

from data import settlement, upkeep
from data.home import open_running
from data.ids import OwnerId
from data.running import Running
from tests import wallet_house as house

KILLS = 50
WORKERS = 6
CHILD = Path(__file__).with_name("paying_forever.py")
ROOT = CHILD.parents[2]


class Life:
    """One life of the paying process: what it wanted, what it was told, whether it died within a checkpoint."""

    def __init__(self, folder: Path, seed: int, people: list[OwnerId], shops: list[OwnerId]) -> None:
        self.wanted: list[tuple[OwnerId, str]] = []
        self.told: dict[tuple[OwnerId, str], str] = {}
        self.checkpoints, self.checking, self.opened = 0, False, threading.Event()
        names = [",".join(map(str, group)) for group in (people, shops)]
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, str(CHILD), str(folder), str(seed), *names],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.endswith("\n"):
                break  # cut off in the middle of a word
            word, *rest = line.split()
            if word == "want":
                self.wanted.append((_owner(rest[0]), rest[1]))
            elif word == "have":
                self.told[_owner(rest[0]), rest[1]] = rest[2]
            elif word == "open":
                self.opened.set()
            else:
                self.checking = word == "checkpoint"
                self.checkpoints += self.checking

    def die(self, *, within_checkpoint: bool, after: float) -> None:
        """Kill it after a while, in a checkpoint if one can be had."""
        assert self.opened.wait(30), "the process did not open the store"
        time.sleep(after)
        deadline = time.monotonic() + (2 if within_checkpoint else 0)
        while not self.checking and time.monotonic() < deadline and within_checkpoint:
            time.sleep(0.0005)
        self._process.kill()
        self._process.wait()
        self._reader.join()


def _owner(text: str) -> OwnerId:
    return OwnerId(UUID(text))


def furnished(folder: Path) -> tuple[list[OwnerId], list[OwnerId]]:
    running = open_running(folder)
    keeper = house.person(running.database, "keeper")
    shops = [house.shop(running, f"shop {number}", proprietor=keeper).id for number in range(3)]
    people = [house.person(running.database, f"member {number}") for number in range(WORKERS)]
    for one in people:
        house.open_for(running, one)
    running.close()
    return people, shops


def test_fifty_kills_lose_nothing_that_was_acknowledged_and_leave_nothing_by_halves(tmp_path: Path) -> None:
    people, shops = furnished(tmp_path)
    dice = random.Random(20261126)  # noqa: S311 - a repeatable choice
    in_checkpoints = acknowledged = 0
    for number in range(KILLS):
        life = Life(tmp_path, number, people, shops)
        life.die(within_checkpoint=number % 3 == 0, after=dice.uniform(0.02, 0.25))
        in_checkpoints += life.checking
        running = open_running(tmp_path)
        try:
            acknowledged += len(life.told)
            check(running, life)
            if number % 10 == 9:
                assert [one for one in upkeep.verify(running.database) if not one.kept] == []
                assert running.database.memory_drift() == []
        finally:
            running.close()
    assert acknowledged > KILLS * WORKERS
    assert in_checkpoints > 0, "no kill fell into a checkpoint: make the log smaller"


def check(running: Running, life: Life) -> None:
    """Every acknowledged request is there as it was told; every other one is whole or was never there."""
    for owner, request in life.wanted:
        answer = settlement.outcome(running.database, owner, request)
        told = life.told.get((owner, request))
        if told is not None:
            assert answer is not None, "an acknowledged request is gone"
            assert told == ("yes" if answer.refusal is None else "no")
        elif answer is not None and answer.refusal is None:
            assert answer.receipt, "a request was kept without its receipt"
