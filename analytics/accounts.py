"""What is where: the owner's accounts, their balances, and net worth month by month. From the postings themselves."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final
from uuid import UUID

import numpy as np

from analytics.cube import Coded, Ints, add_up, coded, days, ints, number_of
from analytics.held import Held
from analytics.scope import Scope
from data.period import Span

_OWNERS: Final = 64
_ANY_DAY: Final = date.max.toordinal()


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """One account that holds value. kind: `asset` or `liability`. merged_into: where it went, followed to the end."""

    id: UUID
    kind: str
    name: str
    institution: str
    last4: str
    hint_key: str
    closed: bool
    merged_into: UUID | None


@dataclasses.dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds in one currency, minor units; negative is owed."""

    account: Account
    currency: str
    amount: int


@dataclasses.dataclass(frozen=True, slots=True)
class Worth:
    """Net worth at the end of a month (or today) in one currency; liabilities are negative."""

    month: Span
    currency: str
    assets: int
    liabilities: int

    @property
    def net(self) -> int:
        """Assets less what is owed."""
        return self.assets + self.liabilities


_held_accounts: Held[tuple[Account, ...]] = Held(_OWNERS)
_ACCOUNTS: Final = """
SELECT a.id, a.kind, a.name, a.institution, a.last4, a.hint_key, a.closed, a.merged_into
FROM published_account a
WHERE a.owner = $owner AND a.kind IN ('asset', 'liability')
ORDER BY a.kind, a.name, a.id"""


def accounts(scope: Scope) -> tuple[Account, ...]:
    """Every account of the owner, closed and merged ones too; assets first, by name."""
    return _held_accounts.get(scope.db, scope.owner, "accounts", lambda: _accounts(scope))


def names(scope: Scope) -> dict[str, str]:
    """Account names by id text, as breakdowns and rows refer to them."""
    return {str(account.id): account.name for account in accounts(scope)}


def _accounts(scope: Scope) -> tuple[Account, ...]:
    found = [Account(*row) for row in scope.db.read(_ACCOUNTS, {"owner": scope.owner})]
    into = {account.id: account.merged_into for account in found}
    return tuple(dataclasses.replace(account, merged_into=_end(account.id, into)) for account in found)


def _end(account: UUID, into: dict[UUID, UUID | None]) -> UUID | None:
    seen, here = {account}, account
    while (following := into.get(here)) is not None and following not in seen:
        here = following
        seen.add(here)
    return None if here == account else here


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Movements:
    """Postings on own accounts by account, currency and day; those of entries that were undone cancel each other."""

    day: Ints
    account: Coded
    currency: Coded
    amount: Ints


_held_movements: Held[_Movements] = Held(_OWNERS)
# An undone entry and its reversal are both left out, so that no month in between shows what never was.
_MOVEMENTS: Final = """
WITH undone AS (
    SELECT r.reverses AS entry FROM published_entry r WHERE r.owner = $owner AND r.reverses IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM published_entry x WHERE x.owner = $owner AND x.reverses = r.id)
)
SELECT e.booked_on AS on_day, cast(p.account AS varchar) AS account, p.currency,
    cast(sum(p.amount) AS bigint) AS amount
FROM published_posting p
JOIN published_entry e ON e.owner = p.owner AND e.id = p.entry
JOIN published_account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner AND e.owner = $owner AND a.kind IN ('asset', 'liability') AND e.reverses IS NULL
    AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.entry = e.id)
GROUP BY e.booked_on, p.account, p.currency"""


def balances(scope: Scope, on: date | None = None) -> tuple[Balance, ...]:
    """What each account holds at the end of a day (None: everything booked), merged accounts in where they went."""
    moved = _movements(scope)
    booked = moved.day <= (number_of(on) if on else _ANY_DAY)
    width = len(moved.currency.values)
    cell = moved.account.codes[booked].astype(np.int64) * width + moved.currency.codes[booked]
    amounts = add_up(cell, moved.amount[booked], width * len(moved.account.values)).tolist()
    known = {str(account.id): account for account in accounts(scope)}
    sums: dict[tuple[UUID, str], int] = {}
    for place in sorted(set(cell.tolist())):
        account = known[moved.account.values[place // width]]
        key = (account.merged_into or account.id, moved.currency.values[place % width])
        sums[key] = sums.get(key, 0) + amounts[place]
    found = [Balance(known[str(id_)], currency, amount) for (id_, currency), amount in sums.items()]
    return tuple(sorted(found, key=lambda one: (one.account.kind, one.account.name, one.currency)))


def net_worth(scope: Scope, last: Span, currency: str, count: int = 12) -> tuple[Worth, ...]:
    """Assets and liabilities at the end of each of `count` months up to `last`, oldest first."""
    moved = _movements(scope)
    liable = {str(account.id) for account in accounts(scope) if account.kind == "liability"}
    mine, owed = moved.currency.is_(currency), moved.account.among(liable)
    answer = []
    for month in scope.months(last, count):
        kept = mine & (moved.day < number_of(month.end))
        assets, liabilities = int(moved.amount[kept & ~owed].sum()), int(moved.amount[kept & owed].sum())
        answer.append(Worth(month, currency, assets, liabilities))
    return tuple(answer)


def _movements(scope: Scope) -> _Movements:
    return _held_movements.get(scope.db, scope.owner, "movements", lambda: _read(scope))


def _read(scope: Scope) -> _Movements:
    table = scope.db.arrow(_MOVEMENTS, {"owner": scope.owner})
    return _Movements(days(table["on_day"]), coded(table["account"]), coded(table["currency"]), ints(table["amount"]))
