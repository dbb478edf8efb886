"""The sandbox bank's own book: which cards it knows, which orders it received, what they moved.

It stands in a SQLite file beside the wallet's store, not in it, as a real bank's would stand elsewhere: what the bank
took is still known when the wallet was killed before it wrote anything down. A change is on disk before it is answered
(write-ahead log, synchronous FULL). No card number is in it: a card is a random token, its last four digits, and how it
behaves; ids are kept as bytes, so that not even by chance do the digits of one look like a number.
"""

from __future__ import annotations

import dataclasses
import secrets
import sqlite3
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from data.errors import StoreDamaged
from data.gateways.protocol import AnswerState, Order
from data.gateways.sandbox_numbers import Behaviour

_PRIVATE_FILE: Final = 0o600
_WAIT_SECONDS: Final = 10.0
_TOKEN_LETTERS: Final = 32  # 182 bits; letters only, so that nothing in a token looks like a card number


class Purpose(StrEnum):
    """Which way an order moves money."""

    CHARGE = "charge"
    REFUND = "refund"
    PAYOUT = "payout"


@dataclasses.dataclass(frozen=True, slots=True)
class BankCard:
    """A card as the bank knows it."""

    token: str
    last4: str
    brand: str
    kind: str
    expires_on: date
    behaviour: Behaviour


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One order.

    state: what whoever asks is told; final_state: what is true, and told once it was queried often enough. asked_times:
    how often it was queried while unknown. captured_minor: what was taken of a charge.
    """

    id: UUID
    purpose: Purpose
    token: str
    amount_minor: int
    currency: str
    about: UUID | None
    attempt: int
    state: AnswerState
    final_state: AnswerState
    reason: str = ""
    asked_times: int = 0
    captured_minor: int = 0

    @property
    def held_minor(self) -> int:
        """What is set aside on the card, neither taken nor let go."""
        held = self.purpose is Purpose.CHARGE and self.final_state is AnswerState.APPROVED and not self.captured_minor
        return self.amount_minor if held else 0

    @property
    def moved_minor(self) -> int:
        """What really left the card; negative: what came to it."""
        if self.purpose is Purpose.CHARGE:
            return self.captured_minor
        return -self.amount_minor if self.final_state is AnswerState.APPROVED else 0

    def is_for(self, order: Order, purpose: Purpose) -> bool:
        """Whether it is this very order, however often it was sent."""
        mine = (self.purpose, self.token, self.amount_minor, self.currency, self.about)
        return mine == (purpose, order.token, order.amount_minor, order.currency, order.about)


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS bank_card (
    token TEXT PRIMARY KEY,
    last4 TEXT NOT NULL,
    brand TEXT NOT NULL,
    kind TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    behaviour TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bank_order (
    id BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('charge', 'refund', 'payout')),
    token TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    about BLOB,
    attempt INTEGER NOT NULL,
    state TEXT NOT NULL,
    final_state TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_times INTEGER NOT NULL,
    captured_minor INTEGER NOT NULL CHECK (captured_minor BETWEEN 0 AND amount_minor)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bank_order_about ON bank_order (about);
"""


class Book:
    """The book, open. path None: in memory, gone with the process. Safe for several threads and processes.

    Raises:
        StoreDamaged: the file cannot be opened as a book.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        try:
            if path is not None:
                path.touch(mode=_PRIVATE_FILE, exist_ok=True)
            self._db = sqlite3.connect(
                path or ":memory:", timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as problem:
            raise StoreDamaged(str(path), str(problem)) from problem

    @contextmanager
    def change(self) -> Iterator[None]:
        """What is read and kept within happens at once, and is on disk afterwards; or not at all.

        Raises:
            sqlite3.Error: it could not be done.
        """
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def close(self) -> None:
        """Close the file; the book cannot be used any more."""
        with self._lock:
            self._db.close()

    def find(self, order: UUID) -> Line | None:
        """The order of this id, if it was ever received."""
        found = self._db.execute(_FIND, (order.bytes,)).fetchone()
        return None if found is None else _line(found)

    def keep(self, line: Line) -> None:
        """Write an order down, over what was known of it."""
        row = dataclasses.asdict(line) | {"id": line.id.bytes, "about": line.about and line.about.bytes}
        self._db.execute(_KEEP, row)

    def refunded_minor(self, charge: UUID) -> int:
        """What was given back of a charge."""
        found = self._db.execute(_REFUNDED, (charge.bytes,)).fetchone()
        return int(found[0])

    def lines(self) -> tuple[Line, ...]:
        """All orders, as their ids sort."""
        with self._lock:
            return tuple(_line(row) for row in self._db.execute(_LINES).fetchall())

    def add_card(self, card: BankCard) -> None:
        """Know a card from now on."""
        row = dataclasses.asdict(card) | {"expires_on": card.expires_on.isoformat()}
        self._db.execute(_ADD_CARD, row)

    def card(self, token: str) -> BankCard | None:
        """The card that a token stands for."""
        found = self._db.execute(_CARD, (token,)).fetchone()
        if found is None:
            return None
        known = dict(found)
        typed = {"expires_on": date.fromisoformat(known["expires_on"]), "behaviour": Behaviour(known["behaviour"])}
        return BankCard(**known | typed)


_FIND: Final = "SELECT * FROM bank_order WHERE id = ?"
_LINES: Final = "SELECT * FROM bank_order ORDER BY id"
_KEEP: Final = """
INSERT OR REPLACE INTO bank_order
VALUES (:id, :purpose, :token, :amount_minor, :currency, :about, :attempt, :state, :final_state, :reason, :asked_times,
    :captured_minor)
"""
_REFUNDED: Final = """
SELECT coalesce(sum(amount_minor), 0) FROM bank_order
WHERE about = ? AND purpose = 'refund' AND final_state = 'approved'
"""
_CARD: Final = "SELECT * FROM bank_card WHERE token = ?"
_ADD_CARD: Final = "INSERT INTO bank_card VALUES (:token, :last4, :brand, :kind, :expires_on, :behaviour)"


def _line(row: sqlite3.Row) -> Line:
    known = dict(row)
    typed: dict[str, Any] = {
        "id": UUID(bytes=known["id"]),
        "purpose": Purpose(known["purpose"]),
        "about": UUID(bytes=known["about"]) if known["about"] else None,
        "state": AnswerState(known["state"]),
        "final_state": AnswerState(known["final_state"]),
    }
    return Line(**known | typed)


def new_token() -> str:
    """A fresh random token of a card."""
    return "".join(secrets.choice(string.ascii_letters) for _ in range(_TOKEN_LETTERS))
