"""A store in which people sign in: a clock to turn, fresh names, and the hashes that were worked out."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pyotp

from data import identity, second_factor
from data.assurance import AT_THE_MACHINE
from data.database import Database, open_database
from data.security import passwords
from data.security.sealing import new_key
from data.sign_in import SignedIn, Visit

GOOD = "correct horse battery"
OTHER = "a whole new sentence"
KEY = new_key()
_numbers = itertools.count(1)


@dataclasses.dataclass
class Clock:
    """What the store takes for now."""

    now: datetime = datetime(2026, 10, 5, 12, 0, 0)  # noqa: DTZ001 - the store's instants are UTC without zone

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@dataclasses.dataclass
class House:
    """An open store and its clock."""

    db: Database
    clock: Clock
    path: Path

    def person(self, visit: Visit | None = None) -> tuple[str, SignedIn]:
        """Somebody new, with a name of their own."""
        name = f"person{next(_numbers)}"
        return name, identity.sign_up(self.db, name, GOOD, visit or Visit())

    def enrol(self, name: str, who: SignedIn) -> tuple[pyotp.TOTP, tuple[str, ...]]:
        """Give this person an authenticator app and recovery codes."""
        enrolment = second_factor.begin_totp(name)
        app = pyotp.TOTP(enrolment.secret)
        asked = (who.owner, enrolment.secret, self.shown(app), Visit(), AT_THE_MACHINE)
        codes = second_factor.confirm_totp(self.db, KEY, *asked)
        self.clock.pass_by(minutes=1)
        return app, codes

    def shown(self, app: pyotp.TOTP) -> str:
        """The code on the app's screen now."""
        return app.at(int((self.clock.now - datetime(1970, 1, 1)).total_seconds()))  # noqa: DTZ001 - as above

    def events(self, who: SignedIn) -> list[str]:
        """What is on record for this person, in order."""
        rows = self.db.read("SELECT event FROM security_event WHERE owner = $o ORDER BY seq", {"o": who.owner})
        return [name for (name,) in rows]


@contextlib.contextmanager
def open_for_tests(folder: Path) -> Iterator[House]:
    """A store in this folder; its first person, the operator, has the name `operator`."""
    clock = Clock()
    database = open_database(folder / "wallet.duckdb", clock)
    try:
        yield House(database, clock, folder)
    finally:
        database.close()


class CountingHasher:
    """Argon2 as it is used, counting how often it works: what an answer costs, without a stop-watch."""

    def __init__(self) -> None:
        self._real = passwords._HASHER
        self.verified = 0

    def verify(self, kept: str, password: str) -> bool:
        self.verified += 1
        return self._real.verify(kept, password)

    def hash(self, password: str) -> str:
        return self._real.hash(password)

    def check_needs_rehash(self, kept: str) -> bool:
        return self._real.check_needs_rehash(kept)
