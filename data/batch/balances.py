"""What everybody has, from the postings and from nothing else.

As JSON (amounts are minor units, names sorted, keys always in this order):

    {"members": {NAME: {"member", "currency", "wallet", "held", "available", "points", "points_held", "points_debt",
                        "frozen", "wallets": {CURRENCY: {"wallet", "held", "available"}}}},
     "merchants": {CODE: {"merchant", "currency", "takings", "wallet"}},
     "issuer": {ACCOUNT: {CURRENCY: AMOUNT}}}

`wallet` is what belongs to the member: `available` and what is `held` for a withdrawal under way. A member's own
`currency` and the three figures beside it are of the wallet in CNY, or of the first by its code. `points` are in lots,
also those that are over and not yet taken; `points_held` wait for a bank; `points_debt` is owed. `takings` are what a
merchant sold less what came back; its `wallet` is that less what it paid out to its proprietor. A merchant without a
code goes by its id. The issuer's accounts are clearing (through the cards, debit is positive), outstanding (what all
wallets hold, negative), rewards, points and points_cost.
Of one member asked for, there are no merchants and no issuer.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from data.batch.lines import CURRENCY
from data.errors import NotFound
from data.ledger.wallet.books import HELD, POINTS_KEY, WALLET
from data.ledger.wallet.commands import ISSUER
from data.ledger.wallet.deed import POINTS_HELD
from data.money import POINTS, Money
from data.store.users import name_key, user_named

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
_ISSUER_KEY: Final = "issuer:"

_EVERYBODY: Final = """
SELECT u.owner, u.name FROM app_user u
WHERE EXISTS (SELECT 1 FROM account a WHERE a.owner = u.owner AND a.hint_key LIKE 'wallet:%')"""
_OF_PEOPLE: Final = """
SELECT a.owner, a.hint_key, p.lot IS NULL, cast(coalesce(sum(p.amount), 0) AS bigint)
FROM account a LEFT JOIN posting p ON p.owner = a.owner AND p.account = a.id
WHERE a.owner IN (SELECT unnest(cast($owners AS uuid[])))
    AND (a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%' OR a.hint_key IN ('points', 'points:held'))
GROUP BY a.owner, a.hint_key, p.lot IS NULL"""
_FROZEN: Final = """
SELECT owner FROM (
    SELECT owner, event, row_number() OVER (PARTITION BY owner ORDER BY seq DESC) AS newest FROM published_wallet_status
    WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))
) s WHERE newest = 1 AND event = 'frozen'"""
_MERCHANTS: Final = "SELECT owner, code, currency FROM published_merchant"
_OF_MERCHANTS: Final = """
SELECT a.owner, a.hint_key, p.currency, cast(sum(p.amount) AS bigint)
FROM merchant m JOIN account a ON a.owner = m.owner JOIN posting p ON p.owner = a.owner AND p.account = a.id
WHERE a.hint_key LIKE 'wallet:%' OR a.hint_key = 'book:takings'
GROUP BY a.owner, a.hint_key, p.currency"""
_OF_ISSUER: Final = """
SELECT a.hint_key, p.currency, cast(sum(p.amount) AS bigint)
FROM account a JOIN posting p ON p.owner = a.owner AND p.account = a.id
WHERE a.owner = $issuer GROUP BY a.hint_key, p.currency ORDER BY a.hint_key, p.currency"""


@dataclasses.dataclass(frozen=True, slots=True)
class Purse:
    """One wallet of a member. available: what can be paid with; held: set aside."""

    available: int = 0
    held: int = 0

    def json(self) -> dict[str, Any]:
        """As above."""
        return {"wallet": self.available + self.held, "held": self.held, "available": self.available}


@dataclasses.dataclass(frozen=True, slots=True)
class Holding:
    """What a member has. purses: by currency."""

    name: str
    purses: Mapping[str, Purse]
    points: int
    points_held: int
    debt: int
    frozen: bool

    @property
    def currency(self) -> str:
        """Of the wallet that is told first."""
        return CURRENCY if CURRENCY in self.purses or not self.purses else min(self.purses)

    def json(self) -> dict[str, Any]:
        """As above."""
        points = {"points": self.points, "points_held": self.points_held, "points_debt": self.debt}
        wallets = {currency: purse.json() for currency, purse in sorted(self.purses.items())}
        first = self.purses.get(self.currency, Purse()).json()
        named = {"member": self.name, "currency": self.currency}
        return {**named, **first, **points, "frozen": self.frozen, "wallets": wallets}


@dataclasses.dataclass(frozen=True, slots=True)
class Till:
    """What a merchant took and has."""

    code: str
    currency: str
    takings: int
    wallet: int

    def json(self) -> dict[str, Any]:
        """As above."""
        return {"merchant": self.code, "currency": self.currency, "takings": self.takings, "wallet": self.wallet}


@dataclasses.dataclass(frozen=True, slots=True)
class Balances:
    """Everybody's. tills, issuer: None where one member was asked for."""

    holdings: tuple[Holding, ...]
    tills: tuple[Till, ...] | None
    issuer: Mapping[str, Mapping[str, int]] | None

    def json(self) -> dict[str, Any]:
        """As above."""
        told: dict[str, Any] = {"members": {one.name: one.json() for one in self.holdings}}
        if self.tills is not None:
            told["merchants"] = {one.code: one.json() for one in self.tills}
        if self.issuer is not None:
            told["issuer"] = {account: dict(amounts) for account, amounts in self.issuer.items()}
        return told


def balances(query: Query, member: str | None = None) -> Balances:
    """Everybody's balances, or one member's. query: `Database.read`.

    Raises:
        NotFound: nobody has this name.
    """
    if member is None:
        return Balances(_holdings(query, query(_EVERYBODY, {})), _tills(query), _issuer(query))
    found = user_named(query, name_key(member))
    if found is None:
        raise NotFound("member", member)
    return Balances(_holdings(query, [(found.owner, found.name)]), None, None)


def _holdings(query: Query, people: Iterable[tuple[Any, ...]]) -> tuple[Holding, ...]:
    named = dict(people)
    asked = {"owners": [str(owner) for owner in named]}
    sums: dict[UUID, dict[tuple[str, bool], int]] = {owner: {} for owner in named}
    for owner, key, no_lot, amount in query(_OF_PEOPLE, asked):
        sums[owner][key, no_lot] = amount
    frozen = {owner for (owner,) in query(_FROZEN, asked)}
    everybody = [_holding(name, sums[owner], frozen=owner in frozen) for owner, name in named.items()]
    return tuple(sorted(everybody, key=lambda one: one.name))


def _holding(name: str, sums: Mapping[tuple[str, bool], int], *, frozen: bool) -> Holding:
    purses = {
        key.removeprefix(WALLET): Purse(amount, sums.get((HELD + key.removeprefix(WALLET), True), 0))
        for (key, _), amount in sums.items()
        if key.startswith(WALLET)
    }
    lots, owed, held = ((POINTS_KEY, False), (POINTS_KEY, True), (POINTS_HELD, True))
    return Holding(name, purses, sums.get(lots, 0), sums.get(held, 0), -sums.get(owed, 0), frozen)


def _tills(query: Query) -> tuple[Till, ...]:
    sums = {(owner, key, currency): amount for owner, key, currency, amount in query(_OF_MERCHANTS, {})}
    found = []
    for owner, code, currency in query(_MERCHANTS, {}):
        takings = -sums.get((owner, "book:takings", currency), 0)
        found.append(Till(code or str(owner), currency, takings, sums.get((owner, WALLET + currency, currency), 0)))
    return tuple(sorted(found, key=lambda one: one.code))


def _issuer(query: Query) -> Mapping[str, Mapping[str, int]]:
    books: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for key, currency, amount in query(_OF_ISSUER, {"issuer": ISSUER}):
        books[key.removeprefix(_ISSUER_KEY)][currency] = amount
    return books


def table(found: Balances) -> str:
    """The same for people: amounts with their currency's decimals."""
    rows = [("member", "currency", "available", "held", "points", "debt", "")]
    for one in found.holdings:
        for currency, purse in sorted(one.purses.items()):
            amounts = (_plain(purse.available, currency), _plain(purse.held, currency))
            status = "frozen" if one.frozen else ""
            rows.append((one.name, currency, *amounts, str(one.points), str(one.debt), status))
    parts = [_columns(rows, words=2)]
    if found.tills is not None:
        tills = [(t.code, t.currency, _plain(t.takings, t.currency), _plain(t.wallet, t.currency)) for t in found.tills]
        parts.append(_columns([("merchant", "currency", "takings", "wallet"), *tills], words=2))
    if found.issuer is not None:
        books = [
            (account, currency, _plain(amount, currency))
            for account, amounts in found.issuer.items()
            for currency, amount in amounts.items()
        ]
        parts.append(_columns([("issuer", "currency", "balance"), *books], words=2))
    return "\n".join(parts)


def _plain(minor: int, currency: str) -> str:
    return str(minor) if currency == POINTS else Money(minor, currency).plain()


def _columns(rows: Sequence[Sequence[str]], *, words: int) -> str:
    """Aligned: the first columns are words, the others figures."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) if at < words else cell.rjust(width) for at, (cell, width) in _placed(row, widths)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _placed(row: Sequence[str], widths: Sequence[int]) -> Iterable[tuple[int, tuple[str, int]]]:
    return enumerate(zip(row, widths, strict=True))
