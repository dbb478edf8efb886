"""What happens to accounts: names, closing, merging, opening balances and adjustments, decided in the writer."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from data.ids import AccountId, EntryId, new_id
from data.ledger import account_changes
from data.ledger.account_changes import (
    AdjustBalance,
    AlreadyMerged,
    CloseAccount,
    MergeAccounts,
    NothingToAdjust,
    NotMerged,
    RenameAccount,
    ReopenAccount,
    SetAccountKind,
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


def decide_rename(reader: Reader, command: RenameAccount, now: datetime) -> Plan:
    """The plan of a `RenameAccount`."""
    kept.money_account(reader, command.owner, command.account)
    name = account_changes.name_of(command.name)
    return _event(reader, command, "renamed", name, now)


def decide_kind(reader: Reader, command: SetAccountKind, now: datetime) -> Plan:
    """The plan of a `SetAccountKind`: one event for the account and for each that is shown as part of it."""
    account = kept.money_account(reader, command.owner, command.account)
    kept.require_outside_wallet(reader, command.owner, account.id)
    held = kept.money_accounts(reader, command.owner)
    if account.merged_into is not None:
        raise AlreadyMerged(account.name, held[account.merged_into].name)
    if account.kind is command.kind:
        return Plan({})
    by = (command.actor, now)
    family = kept.family_of(held, account.id)
    writes = [happened(reader, command.owner, one, "kind_set", command.kind.value, by) for one in family]
    return Plan({}, writes, frozenset({command.owner}))


def decide_close(reader: Reader, command: CloseAccount, now: datetime) -> Plan:
    """The plan of a `CloseAccount`."""
    closed = kept.money_account(reader, command.owner, command.account).closed
    return Plan({}) if closed else _event(reader, command, "closed", "", now)


def decide_reopen(reader: Reader, command: ReopenAccount, now: datetime) -> Plan:
    """The plan of a `ReopenAccount`."""
    closed = kept.money_account(reader, command.owner, command.account).closed
    return _event(reader, command, "reopened", "", now) if closed else Plan({})


def decide_merge(reader: Reader, command: MergeAccounts, now: datetime) -> Plan:
    """The plan of a `MergeAccounts`: the event, and the facts of everything it moves."""
    account = kept.money_account(reader, command.owner, command.account)
    into = kept.money_account(reader, command.owner, command.into)
    kept.require_outside_wallet(reader, command.owner, account.id, into.id)
    held = kept.money_accounts(reader, command.owner)
    roots = [held[kept.root_of(held, one.id)] for one in (account, into)]
    account_changes.check_merge(account, into, roots[0], roots[1])
    return _regrouped(reader, command, "merged", str(into.id), now, kept.family_of(held, account.id))


def decide_unmerge(reader: Reader, command: UnmergeAccount, now: datetime) -> Plan:
    """The plan of an `UnmergeAccount`."""
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


def decide_opening(reader: Reader, command: SetOpening, now: datetime) -> Plan:
    """The plan of a `SetOpening`: the former opening reversed, the new one booked against equity."""
    owner, amount = command.owner, command.amount
    kept.money_account(reader, owner, command.account)
    kept.require_outside_wallet(reader, owner, command.account)
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


def decide_adjust(reader: Reader, command: AdjustBalance, now: datetime) -> Plan:
    """The plan of an `AdjustBalance`; its receipt tells the difference."""
    owner, wanted = command.owner, command.balance
    kept.money_account(reader, owner, command.account)
    kept.require_outside_wallet(reader, owner, command.account)
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
