"""What is booked so that an account agrees with its statement, and how that is taken back.

A correction stands at the end of the statement's day, an opening balance at the start of the account's first day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from data.ids import EntryId, OwnerId, new_id
from data.ledger import account_changes
from data.ledger.accounts import EQUITY_KEY, EXPENSE_KEY, INCOME_KEY
from data.ledger.entry import Entry, EntryKind, Posting, reversal
from data.ledger.reconciling import (
    AdjustmentReasonMissing,
    AdjustToStatement,
    AlreadyAgrees,
    NothingBooked,
    StartFromStatement,
    StartKnown,
    UndoBooking,
)
from data.money import Money
from data.store import accounts, asserting, correcting, facts, words
from data.store import reconciling as said
from data.store.command import Plan, Reader, Rows, Write
from data.store.journal import Journal
from data.store.owner_settings import month_start_day, zone_name


def decide_adjusted(reader: Reader, command: AdjustToStatement, now: datetime) -> Plan:
    """The plan of an `AdjustToStatement`; its receipt tells the entry and the difference."""
    owner, asserted = command.owner, command.asserted
    found = said.standing(reader, owner, asserted)
    accounts.require_outside_wallet(reader, owner, asserted.account)
    reason = " ".join(command.reason.split())
    if not reason:
        raise AdjustmentReasonMissing
    account_changes.check_reason(reason)
    difference = Money(found.difference, asserted.balance.currency)
    if not difference:
        raise AlreadyAgrees(asserted.balance.minor, difference.currency)
    kind = _kind(reader, command, difference)
    account, _ = said.root(reader, owner, asserted)
    books, opened = accounts.books(reader, owner, now)
    other = Posting(owner, books[_BOOK[kind]], -difference, command.category)
    entry = _entry(reader, owner, kind, asserted.on, Posting(owner, account, difference), other)
    return _booked(reader, command, entry, opened, now, event="adjusted", note=reason)


_BOOK: Final = {
    EntryKind.ADJUSTMENT: EQUITY_KEY,
    EntryKind.OPENING: EQUITY_KEY,
    EntryKind.EXPENSE: EXPENSE_KEY,
    EntryKind.INCOME: INCOME_KEY,
}


def _kind(reader: Reader, command: AdjustToStatement, difference: Money) -> EntryKind:
    """What the difference is booked as.

    Raises:
        NotFound, CategoryDoesNotFit: there is no such category, or it is of the other side.
    """
    if command.category is None:
        return EntryKind.ADJUSTMENT
    kind = EntryKind.EXPENSE if difference.minor < 0 else EntryKind.INCOME
    words.require_side(reader, command.owner, command.category, kind)
    return kind


_OPENING: Final = """
SELECT cast(sum(amount) AS bigint) FROM published_account_row
WHERE owner = $owner AND currency = $currency AND kind = 'opening'
    AND account IN (SELECT unnest(cast($accounts AS uuid[])))
HAVING count(*) > 0"""


def decide_started(reader: Reader, command: StartFromStatement, now: datetime) -> Plan:
    """The plan of a `StartFromStatement`; its receipt tells the entry and the opening balance."""
    owner, asserted = command.owner, command.asserted
    found = said.standing(reader, owner, asserted)
    accounts.require_outside_wallet(reader, owner, asserted.account)
    account, family = said.root(reader, owner, asserted)
    currency = asserted.balance.currency
    known = reader.one(_OPENING, {"owner": owner, "accounts": family, "currency": currency})
    if known:
        raise StartKnown(accounts.money_account(reader, owner, account).name, known[0], currency)
    if not found.difference:
        raise AlreadyAgrees(asserted.balance.minor, currency)
    _, first = asserting.held_at(reader.all, owner, family, currency, asserted.on)
    books, opened = accounts.books(reader, owner, now)
    amount = Money(found.difference, currency)
    equity = Posting(owner, books[EQUITY_KEY], -amount)
    entry = _entry(reader, owner, EntryKind.OPENING, first or asserted.on, Posting(owner, account, amount), equity)
    return _booked(reader, command, entry, opened, now, event="started")


def decide_undone(reader: Reader, command: UndoBooking, now: datetime) -> Plan:
    """The plan of an `UndoBooking`: the entry reversed on its own date."""
    owner = command.owner
    accounts.money_account(reader, owner, command.asserted.account)
    if command.entry not in said.booked_for(reader, owner, command.asserted):
        raise NothingBooked
    original, _, _ = correcting.load(reader, owner, command.entry)
    entry = reversal(original, EntryId(new_id()), original.occurred_at, original.booked_on)
    return _booked(reader, command, entry, [], now, event="undone", of=original.id)


def _entry(reader: Reader, owner: OwnerId, kind: EntryKind, on: date, own: Posting, other: Posting) -> Entry:
    moment = time.min if kind is EntryKind.OPENING else time(23, 59, 59)
    local = datetime.combine(on, moment, ZoneInfo(zone_name(reader, owner)))
    return Entry(
        id=EntryId(new_id()),
        kind=kind,
        occurred_at=local.astimezone(UTC).replace(tzinfo=None),
        booked_on=on,
        postings=(own, other),
    )


def _booked(
    reader: Reader,
    command: AdjustToStatement | StartFromStatement | UndoBooking,
    entry: Entry,
    opened: list[Rows],
    now: datetime,
    *,
    event: str,
    of: EntryId | None = None,
    note: str = "",
) -> Plan:
    """Everything that keeps one entry and why it was booked. of: the entry that it takes back."""
    journal = Journal()
    journal.add_entry(entry, "", note)
    writes: list[Write | Rows] = [*opened, *journal.rows(command.owner, command.actor, now, [reader.next_seq()])]
    named = of or entry.id
    writes.append(said.event(reader, command, event, now, named))
    writes += facts.refresh_entries(command.owner, [named], month_start_day(reader, command.owner))
    receipt = {"entry": str(named), "minor": entry.postings[0].amount.minor}
    return Plan(receipt, writes, frozenset({command.owner}))
