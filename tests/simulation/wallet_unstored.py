"""A wallet with no store at all: 22, another engine gives the same outcomes for the same commands.

There is one engine so far, so this is the least that any other must hold: whatever a history asked is decided once more
on books that are read once, at its beginning, and changed by rows alone. Nothing is written, let go of or read again.
"""

from __future__ import annotations

import dataclasses
import itertools
from datetime import datetime
from typing import Any
from uuid import UUID

from data.database import Database
from data.errors import Rejection
from data.ledger.wallet.books import ISSUER_TEXT, Books
from data.ledger.wallet.commands import MoneyCommand
from data.ledger.wallet.deciding import decide
from data.ledger.wallet.deed import Stamp
from data.store import vault_loading
from data.store.command import Receipt
from data.store.vault import Answer

Told = tuple[str | None, Receipt]
Asked = tuple[datetime, MoneyCommand, Answer]


def differences(beginning: Database, asked: list[Asked]) -> list[str]:
    """Where the answers are other ones. Ids that are made on the way differ and are followed."""
    books, ids, places = _books(beginning), dict[str, str](), itertools.count(1_000_000)
    wrong = []
    for now, command, answer in asked:
        mine = _meant(command, ids)
        try:
            deed = decide(books, mine, Stamp(now, now, str(mine.actor), mine.request_id, places.__next__))
        except Rejection as no:
            told: Told = (type(no).__name__, {})
        else:
            books.absorb(deed.rows)
            told = (type(deed.refusal).__name__ if deed.refusal else None, deed.receipt)
        stored = (type(answer.refusal).__name__ if answer.refusal else None, answer.receipt)
        _follow(ids, stored[1], told[1])
        if (told[0], _kept(told[1])) != (stored[0], _kept(_renamed(stored[1], ids))):
            wrong.append(f"22 {command} was answered {stored}, with no store {told}")
    return wrong


class Kept(dict[str, Any]):
    """Charges that are not let go of when they are settled: nobody could read them again."""

    def pop(self, key: str, default: Any = None) -> Any:
        return self.get(key, default)


def _books(beginning: Database) -> Books:
    books = Books()
    books.charges = Kept()
    vault_loading.load_shared(beginning.read, books, ISSUER_TEXT)
    everybody = vault_loading.with_wallets(beginning.read)
    vault_loading.load_members(beginning.read, books, everybody, beginning.clock().date())
    return books


def _kept(receipt: Receipt) -> Receipt:
    """Without the category: what was taught meanwhile is in the store alone."""
    return {key: told for key, told in receipt.items() if key != "category"}


def _meant(command: MoneyCommand, ids: dict[str, str]) -> MoneyCommand:
    """The command with the ids that stand here for those of the store."""
    fields = {one.name: getattr(command, one.name) for one in dataclasses.fields(command)}
    known = {name: told for name, told in fields.items() if isinstance(told, str | UUID) and str(told) in ids}
    meant: dict[str, Any] = {name: type(told)(ids[str(told)]) for name, told in known.items()}
    return dataclasses.replace(command, **meant)


def _follow(ids: dict[str, str], stored: Receipt, mine: Receipt) -> None:
    """Learn which id here stands for which there."""
    for key in stored.keys() & mine.keys():
        if stored[key] != mine[key] and _is_made(stored[key]) and _is_made(mine[key]):
            ids[stored[key]] = mine[key]


def _is_made(told: Any) -> bool:
    try:
        return isinstance(told, str) and UUID(told).version is not None
    except ValueError:
        return False


def _renamed(receipt: Receipt, ids: dict[str, str]) -> Receipt:
    return {key: ids.get(told, told) if isinstance(told, str) else told for key, told in receipt.items()}
