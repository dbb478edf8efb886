"""The door to the owner's money accounts: names, closing, merging, opening balances, adjustments, what each holds.

Amounts are signed minor units as the ledger has them: what an asset holds is positive, what a liability owes negative.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date
from typing import Any, Final

from data.database import Database
from data.ids import AccountId, OwnerId
from data.importers.statement import AccountKind
from data.ledger.account_changes import (
    AdjustBalance,
    CloseAccount,
    Held,
    MergeAccounts,
    RenameAccount,
    ReopenAccount,
    SetAccountKind,
    SetOpening,
    UnmergeAccount,
)
from data.money import Money
from data.store import account_rules
from data.store import accounts as kept

__all__ = [
    "Account",
    "AdjustBalance",
    "CloseAccount",
    "MergeAccounts",
    "RenameAccount",
    "ReopenAccount",
    "SetAccountKind",
    "SetOpening",
    "UnmergeAccount",
    "accounts",
    "adjust",
    "close",
    "merge",
    "rename",
    "reopen",
    "set_opening",
    "unmerge",
]


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """A money account and what it holds, one amount for each currency it ever held, none converted.

    parts: accounts merged into it, directly or through others; their money is counted here, and theirs is empty.
    last_on: the latest booking date on it or its parts, None when nothing was booked.
    """

    id: AccountId
    key: str
    kind: AccountKind
    name: str
    institution: str
    last4: str
    closed: bool
    merged_into: AccountId | None
    parts: tuple[AccountId, ...]
    balances: tuple[Money, ...]
    entries: int
    last_on: date | None


def rename(database: Database, command: RenameAccount) -> None:
    """Rename an account.

    Raises:
        NotFound, NameMissing, TextTooLong: nothing was changed.
    """
    database.submit(command, account_rules.decide_rename)


def set_kind(database: Database, command: SetAccountKind) -> None:
    """Say whether an account is had or owed; saying what it is already changes nothing.

    Raises:
        NotFound, AlreadyMerged: nothing was changed.
    """
    database.submit(command, account_rules.decide_kind)


def close(database: Database, command: CloseAccount) -> None:
    """Close an account; closing a closed one changes nothing.

    Raises:
        NotFound: none of the owner's.
    """
    database.submit(command, account_rules.decide_close)


def reopen(database: Database, command: ReopenAccount) -> None:
    """Reopen an account; reopening an open one changes nothing.

    Raises:
        NotFound: none of the owner's.
    """
    database.submit(command, account_rules.decide_reopen)


def merge(database: Database, command: MergeAccounts) -> None:
    """Show one account as part of another of the same kind.

    Raises:
        NotFound, SameAccount, AccountKindsDiffer, AlreadyMerged: nothing was changed.
    """
    database.submit(command, account_rules.decide_merge)


def unmerge(database: Database, command: UnmergeAccount) -> None:
    """Undo a merge.

    Raises:
        NotFound, NotMerged: nothing was changed.
    """
    database.submit(command, account_rules.decide_unmerge)


def set_opening(database: Database, command: SetOpening) -> None:
    """Say what an account held at the start.

    Raises:
        NotFound, NothingToAdjust: nothing was changed.
    """
    database.submit(command, account_rules.decide_opening)


def adjust(database: Database, command: AdjustBalance) -> Money:
    """Bring an account to the balance it really has; the difference that was booked.

    Raises:
        NotFound, NothingToAdjust, TextTooLong: nothing was changed.
    """
    return Money(database.submit(command, account_rules.decide_adjust)["minor"], command.balance.currency)


_ACCOUNTS: Final = """
SELECT id, hint_key, kind, name, institution, last4, closed, merged_into FROM published_account
WHERE owner = $owner AND kind IN ('asset', 'liability') AND hint_key <> 'book:clearing'
ORDER BY closed, kind, opened_at, name"""
_BALANCES: Final = """
SELECT p.account, p.currency, cast(sum(p.amount) AS bigint) FROM posting p
WHERE p.owner = $owner GROUP BY p.account, p.currency ORDER BY p.currency"""
_USED: Final = """
SELECT account, count(DISTINCT entry), max(booked_on) FROM (
    SELECT account, entry, booked_on FROM fact WHERE owner = $owner
    UNION ALL
    SELECT counter, entry, booked_on FROM fact WHERE owner = $owner AND counter IS NOT NULL
) u GROUP BY account"""


def accounts(database: Database, owner: OwnerId, *, unused: bool = False) -> tuple[Account, ...]:
    """Every money account of the owner, merged ones too: open before closed, what is had before what is owed.

    unused: also those on which nothing stands, as an undone import leaves them.
    """
    rows = database.read(_ACCOUNTS, {"owner": owner})
    held = {row[0]: Held(row[0], AccountKind(row[2]), row[3], row[6], row[7]) for row in rows}
    parts: defaultdict[AccountId, list[AccountId]] = defaultdict(list)
    for account in held:
        parts[kept.root_of(held, account)].append(account)
    sums = _balances(database, owner, held)
    used = {account: (count, last) for account, count, last in database.read(_USED, {"owner": owner})}
    found = (_account(row, parts, sums, used) for row in rows)
    return tuple(one for one in found if unused or one.entries or one.merged_into)


def _account(
    row: tuple[Any, ...],
    parts: dict[AccountId, list[AccountId]],
    sums: dict[AccountId, dict[str, int]],
    used: dict[AccountId, tuple[int, date]],
) -> Account:
    id_, key, kind, name, institution, last4, closed, into = row
    count, last = used.get(id_, (0, None))
    return Account(
        id=id_,
        key=key,
        kind=AccountKind(kind),
        name=name,
        institution=institution,
        last4=last4,
        closed=closed,
        merged_into=into,
        parts=tuple(part for part in parts.get(id_, []) if part != id_),
        balances=tuple(Money(minor, currency) for currency, minor in sums.get(id_, {}).items()),
        entries=count,
        last_on=last,
    )


def _balances(database: Database, owner: OwnerId, held: dict[AccountId, Held]) -> dict[AccountId, dict[str, int]]:
    sums: defaultdict[AccountId, dict[str, int]] = defaultdict(dict)
    for account, currency, minor in database.read(_BALANCES, {"owner": owner}):
        if account in held:
            root = kept.root_of(held, account)
            sums[root][currency] = sums[root].get(currency, 0) + minor
    return sums
