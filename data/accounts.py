"""The door to the owner's money accounts: names, closing, merging, opening balances, adjustments, what each holds.

Amounts are signed minor units as the ledger has them: what an asset holds is positive, what a liability owes negative.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from data.database import Database
from data.ids import AccountId, EntryId, OwnerId, new_id
from data.importers.statement import AccountKind
from data.ledger import account_changes
from data.ledger.account_changes import (
    AdjustBalance,
    CloseAccount,
    Held,
    MergeAccounts,
    NothingToAdjust,
    NotMerged,
    RenameAccount,
    ReopenAccount,
    SetOpening,
    UnmergeAccount,
)
from data.ledger.accounts import EQUITY_KEY
from data.ledger.entry import Entry, EntryKind, Posting, reversal
from data.money import Money
from data.store import accounts as kept
from data.store import correcting, facts
from data.store.accounts import happened
from data.store.command import Plan, Reader, Rows, Write
from data.store.journal import Journal
from data.store.owner_settings import month_start_day, zone_name

__all__ = [
    "Account",
    "AdjustBalance",
    "CloseAccount",
    "MergeAccounts",
    "RenameAccount",
    "ReopenAccount",
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
    database.submit(command, _rename)


def close(database: Database, command: CloseAccount) -> None:
    """Close an account; closing a closed one changes nothing.

    Raises:
        NotFound: none of the owner's.
    """
    database.submit(command, _close)


def reopen(database: Database, command: ReopenAccount) -> None:
    """Reopen an account; reopening an open one changes nothing.

    Raises:
        NotFound: none of the owner's.
    """
    database.submit(command, _reopen)


def merge(database: Database, command: MergeAccounts) -> None:
    """Show one account as part of another of the same kind.

    Raises:
        NotFound, SameAccount, AccountKindsDiffer, AlreadyMerged: nothing was changed.
    """
    database.submit(command, _merge)


def unmerge(database: Database, command: UnmergeAccount) -> None:
    """Undo a merge.

    Raises:
        NotFound, NotMerged: nothing was changed.
    """
    database.submit(command, _unmerge)


def set_opening(database: Database, command: SetOpening) -> None:
    """Say what an account held at the start.

    Raises:
        NotFound, NothingToAdjust: nothing was changed.
    """
    database.submit(command, _opening)


def adjust(database: Database, command: AdjustBalance) -> Money:
    """Bring an account to the balance it really has; the difference that was booked.

    Raises:
        NotFound, NothingToAdjust, TextTooLong: nothing was changed.
    """
    return Money(database.submit(command, _adjust)["minor"], command.balance.currency)


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


def _rename(reader: Reader, command: RenameAccount, now: datetime) -> Plan:
    kept.money_account(reader, command.owner, command.account)
    name = account_changes.name_of(command.name)
    return _event(reader, command, "renamed", name, now)


def _close(reader: Reader, command: CloseAccount, now: datetime) -> Plan:
    closed = kept.money_account(reader, command.owner, command.account).closed
    return Plan({}) if closed else _event(reader, command, "closed", "", now)


def _reopen(reader: Reader, command: ReopenAccount, now: datetime) -> Plan:
    closed = kept.money_account(reader, command.owner, command.account).closed
    return _event(reader, command, "reopened", "", now) if closed else Plan({})


def _merge(reader: Reader, command: MergeAccounts, now: datetime) -> Plan:
    account = kept.money_account(reader, command.owner, command.account)
    into = kept.money_account(reader, command.owner, command.into)
    held = kept.money_accounts(reader, command.owner)
    roots = [held[kept.root_of(held, one.id)] for one in (account, into)]
    account_changes.check_merge(account, into, roots[0], roots[1])
    return _regrouped(reader, command, "merged", str(into.id), now, kept.family_of(held, account.id))


def _unmerge(reader: Reader, command: UnmergeAccount, now: datetime) -> Plan:
    account = kept.money_account(reader, command.owner, command.account)
    if account.merged_into is None:
        raise NotMerged(account.name)
    held = kept.money_accounts(reader, command.owner)
    return _regrouped(reader, command, "unmerged", "", now, kept.family_of(held, account.id))


def _regrouped(  # an account event, and whose facts it moves
    reader: Reader,
    command: MergeAccounts | UnmergeAccount,
    event: str,
    value: str,
    now: datetime,
    moved: list[AccountId],
) -> Plan:
    owner = command.owner
    write = happened(reader, owner, command.account, event, value, (command.actor, now))
    refreshed = facts.refresh_accounts(owner, moved, month_start_day(reader, owner))
    return Plan({}, [write, *refreshed], frozenset({owner}))


def _event(
    reader: Reader, command: RenameAccount | CloseAccount | ReopenAccount, event: str, value: str, now: datetime
) -> Plan:
    write = happened(reader, command.owner, command.account, event, value, (command.actor, now))
    return Plan({}, [write], frozenset({command.owner}))


_OPENINGS: Final = """
SELECT DISTINCT e.id FROM entry e JOIN posting p ON p.owner = e.owner AND p.entry = e.id
WHERE e.owner = $owner AND e.kind = 'opening' AND p.account = $account AND p.currency = $currency
    AND NOT EXISTS (SELECT 1 FROM entry r WHERE r.owner = $owner AND r.reverses = e.id)"""


def _opening(reader: Reader, command: SetOpening, now: datetime) -> Plan:
    owner, amount = command.owner, command.amount
    kept.money_account(reader, owner, command.account)
    former = reader.all(_OPENINGS, {"owner": owner, "account": command.account, "currency": amount.currency})
    if not former and not amount:
        raise NothingToAdjust(0, amount.currency)
    books, opened = kept.books(reader, owner, now)
    entries = []
    for (old,) in former:
        original, _, _ = correcting.load(reader, owner, old)
        entries.append(reversal(original, EntryId(new_id()), original.occurred_at, original.booked_on))
    if amount:
        entries.append(_against_equity(reader, command, EntryKind.OPENING, amount, books[EQUITY_KEY]))
    return _booked(reader, command, entries, opened, [old for (old,) in former], now)


def _adjust(reader: Reader, command: AdjustBalance, now: datetime) -> Plan:
    owner, wanted = command.owner, command.balance
    kept.money_account(reader, owner, command.account)
    account_changes.check_reason(command.reason)
    held = kept.money_accounts(reader, owner)
    family = kept.family_of(held, command.account)
    difference = wanted - Money(kept.stands(reader, owner, family, wanted.currency, command.on), wanted.currency)
    if not difference:
        raise NothingToAdjust(wanted.minor, wanted.currency)
    books, opened = kept.books(reader, owner, now)
    entry = _against_equity(reader, command, EntryKind.ADJUSTMENT, difference, books[EQUITY_KEY])
    plan = _booked(reader, command, [entry], opened, [], now)
    return dataclasses.replace(plan, receipt={"minor": difference.minor})


def _against_equity(
    reader: Reader, command: SetOpening | AdjustBalance, kind: EntryKind, amount: Money, equity: AccountId
) -> Entry:
    # An opening stands before everything of its day, an adjustment after it: the day's first and last second.
    zone = ZoneInfo(zone_name(reader, command.owner))
    moment = time.min if kind is EntryKind.OPENING else time(23, 59, 59)
    local = datetime.combine(command.on, moment, zone)
    return Entry(
        id=EntryId(new_id()),
        kind=kind,
        occurred_at=local.astimezone(UTC).replace(tzinfo=None),
        booked_on=command.on,
        postings=(
            Posting(command.owner, command.account, amount),
            Posting(command.owner, equity, -amount),
        ),
        description=command.reason.strip() if isinstance(command, AdjustBalance) else "",
    )


def _booked(
    reader: Reader,
    command: SetOpening | AdjustBalance,
    entries: list[Entry],
    opened: list[Rows],
    undone: list[EntryId],
    now: datetime,
) -> Plan:
    journal = Journal()
    for entry in entries:
        journal.add_entry(entry, "")
    seqs = [reader.next_seq() for _ in entries]
    changed = [*undone, *(entry.id for entry in entries)]
    writes: list[Write | Rows] = [*opened, *journal.rows(command.owner, command.actor, now, seqs)]
    writes += facts.refresh_entries(command.owner, changed, month_start_day(reader, command.owner))
    return Plan({}, writes, frozenset({command.owner}))
