"""Which shape the store has, and how it gets from one to the next.

Migrations are numbered SQL files, each applied whole in one transaction and recorded with its checksum. A file whose
text changed after it was applied, or a store from a newer version, stops the start: guessing would cost data.
"""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import datetime
from importlib import resources

import duckdb

from data.errors import Rejection

_LEDGER_OF_STEPS = """
CREATE TABLE IF NOT EXISTS migration (
    number integer NOT NULL, name varchar NOT NULL, checksum varchar NOT NULL, applied_at timestamp NOT NULL,
    PRIMARY KEY (number)
)"""
_APPLIED = "SELECT number, name, checksum FROM migration ORDER BY number"
_RECORD = "INSERT INTO migration VALUES ($number, $name, $checksum, $applied_at)"


@dataclasses.dataclass(unsafe_hash=True)
class MigrationChanged(Rejection):
    """An applied migration's text differs from the one shipped; nothing was changed."""

    number: int
    name: str


@dataclasses.dataclass(unsafe_hash=True)
class StoreTooNew(Rejection):
    """The store was written by a newer version of the program; nothing was changed."""

    number: int
    known: int


@dataclasses.dataclass(unsafe_hash=True)
class MigrationFailed(Rejection):
    """A migration could not be applied; the store is as it was before it. detail: what the engine said."""

    number: int
    name: str
    detail: str


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One migration as shipped."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """sha-256 of its text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped() -> list[Step]:
    """Every migration of this version, in order."""
    folder = resources.files("data.store").joinpath("migrations")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [Step(int(f.name[:4]), f.name[5:-4], f.read_text(encoding="utf-8")) for f in files]


def pending(con: duckdb.DuckDBPyConnection, steps: list[Step]) -> list[Step]:
    """The steps not yet applied.

    Raises:
        MigrationChanged: when an applied step's text is not the shipped one.
        StoreTooNew: when the store knows a step that this version does not.
    """
    con.execute(_LEDGER_OF_STEPS)
    applied = {number: (name, checksum) for number, name, checksum in con.execute(_APPLIED).fetchall()}
    by_number = {step.number: step for step in steps}
    for number, (name, checksum) in applied.items():
        if number not in by_number:
            raise StoreTooNew(number, max(by_number))
        if by_number[number].checksum != checksum:
            raise MigrationChanged(number, name)
    return [step for step in steps if step.number not in applied]


def apply(con: duckdb.DuckDBPyConnection, steps: list[Step], now: datetime) -> None:
    """Apply each step in a transaction of its own.

    Raises:
        MigrationFailed: the store is as it was before that step.
    """
    for step in steps:
        con.execute("BEGIN")
        try:
            con.execute(step.sql)
            con.execute(
                _RECORD,
                {"number": step.number, "name": step.name, "checksum": step.checksum, "applied_at": now},
            )
        except duckdb.Error as failure:
            con.execute("ROLLBACK")
            raise MigrationFailed(step.number, step.name, str(failure).splitlines()[0]) from failure
        except BaseException:
            con.execute("ROLLBACK")
            raise
        con.execute("COMMIT")
