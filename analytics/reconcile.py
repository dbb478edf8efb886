"""How accounts stand beside their statements: which agree, by how much others differ, which are reconciled."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from analytics.accounts import Account, accounts, balances
from analytics.held import Held
from analytics.scope import Scope
from data import reconciling as door
from data.ids import AccountId, OwnerId
from data.ledger.accounts import CLEARING_KEY, is_wallet
from data.ledger.assertions import Standing, State
from data.money import Money

_OWNERS: Final = 64
_Standings = Mapping[tuple[AccountId, str], list[Standing]]


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """One assertion beside ours, and whether the person marked it as reconciled. All amounts in minor units."""

    standing: Standing
    reconciled: bool

    @property
    def id(self) -> UUID:
        """The assertion's name."""
        return self.standing.stated.asserted.id

    @property
    def on(self) -> date:
        """The day at whose end the balance was held."""
        return self.standing.stated.asserted.on

    @property
    def balance(self) -> Money:
        """What the statement says."""
        return self.standing.stated.asserted.balance

    @property
    def agrees(self) -> bool:
        """Whether ours is the same."""
        return self.standing.state is State.AGREES

    @property
    def broken(self) -> bool:
        """Whether it was reconciled and does not agree any more: rows of its period changed since."""
        return self.reconciled and not self.agrees

    @property
    def typed(self) -> bool:
        """Whether the person typed it in, besides whatever files state it."""
        return any(source.batch is None for source in self.standing.stated.sources)


@dataclasses.dataclass(frozen=True, slots=True)
class Book:
    """An account and its statements, newest first; of every currency."""

    account: Account
    currencies: tuple[str, ...]
    statements: tuple[Statement, ...]

    @property
    def differing(self) -> int:
        """How many statements do not agree, though there is a starting point."""
        return sum(not one.agrees and one.standing.state is not State.NO_OPENING for one in self.statements)

    @property
    def startless(self) -> bool:
        """Whether there is a statement that cannot be compared yet, as nobody said what was there at first."""
        return any(one.standing.state is State.NO_OPENING for one in self.statements)

    @property
    def of_wallet(self) -> bool:
        """Whether only payments and their like move it."""
        return is_wallet(self.account.hint_key)


_held_books: Held[tuple[Book, ...]] = Held(_OWNERS)
_RECONCILED: Final = """
SELECT assertion FROM published_assertion
WHERE owner = $owner AND matter = 'reconciled' AND event = 'reconciled'"""


def books(scope: Scope) -> tuple[Book, ...]:
    """Every open account that is shown by itself: those with statements first, then by kind and name."""
    return _held_books.get(scope.db, scope.owner, "books", lambda: _books(scope))


def _books(scope: Scope) -> tuple[Book, ...]:
    standings: _Standings = door.standings(scope.db, OwnerId(scope.owner))
    marked = {row[0] for row in scope.db.read(_RECONCILED, {"owner": scope.owner})}
    held: dict[UUID, list[str]] = {}
    for one in balances(scope):
        held.setdefault(one.account.id, []).append(one.currency)
    found = []
    for account in accounts(scope):
        listed = [one for place, several in standings.items() if place[0] == account.id for one in several]
        shown = account.merged_into is None and account.hint_key != CLEARING_KEY
        if shown and (listed or (account.id in held and not account.closed)):
            found.append(_book(account, held.get(account.id, []), listed, marked))
    return tuple(sorted(found, key=lambda one: not one.statements))


def _book(account: Account, currencies: list[str], listed: list[Standing], marked: set[UUID]) -> Book:
    statements = [Statement(one, one.stated.asserted.id in marked) for one in listed]
    statements.sort(key=lambda one: (one.on, one.balance.currency), reverse=True)
    named = dict.fromkeys([*currencies, *(one.balance.currency for one in statements)])
    return Book(account, tuple(named), tuple(statements))
