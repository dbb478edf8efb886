"""What a person says about a statement's balance: typed in, rows ticked, reconciled. None of it moves money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from data.errors import NotFound
from data.ids import AccountId, EntryId, OwnerId
from data.ledger.assertions import Standing
from data.ledger.reconciling import (
    AdjustToStatement,
    Asserted,
    BookedForStatement,
    MarkReconciled,
    ReopenReconciled,
    RowsNotTicked,
    StartFromStatement,
    StateBalance,
    StatementDayAhead,
    StatementUnknown,
    StillDiffers,
    TickRows,
    UndoBooking,
    WithdrawBalance,
)
from data.store import accounts, asserting
from data.store.command import Plan, Reader, Rows
from data.store.owner_settings import zone_name

Said = (
    StateBalance
    | WithdrawBalance
    | MarkReconciled
    | ReopenReconciled
    | AdjustToStatement
    | StartFromStatement
    | UndoBooking
)
_NOT_ON_PAPER: Final = ("opening", "adjustment")


def decide_typed(reader: Reader, command: StateBalance, now: datetime) -> Plan:
    """The plan of a `StateBalance`; saying it again changes nothing."""
    owner, asserted = command.owner, command.asserted
    accounts.money_account(reader, owner, asserted.account)
    accounts.require_outside_wallet(reader, owner, asserted.account)
    today = now.replace(tzinfo=UTC).astimezone(ZoneInfo(zone_name(reader, owner))).date()
    if asserted.on > today:
        raise StatementDayAhead(asserted.on.isoformat())
    if _latest(reader, owner, asserted, "typed") == "typed":
        return Plan({})
    return Plan({}, [event(reader, command, "typed", now)], frozenset({owner}))


def decide_withdrawn(reader: Reader, command: WithdrawBalance, now: datetime) -> Plan:
    """The plan of a `WithdrawBalance`; what was booked for it has to be taken back first."""
    owner, asserted = command.owner, command.asserted
    accounts.money_account(reader, owner, asserted.account)
    if _latest(reader, owner, asserted, "typed") != "typed":
        raise StatementUnknown(asserted.on.isoformat())
    booked = booked_for(reader, owner, asserted)
    sources = standing(reader, owner, asserted).stated.sources
    if booked and len(sources) == 1:
        raise BookedForStatement(len(booked))
    return Plan({}, [event(reader, command, "withdrawn", now)], frozenset({owner}))


def decide_ticks(reader: Reader, command: TickRows, now: datetime) -> Plan:
    """The plan of a `TickRows`: what is as said already is not said again."""
    owner, asserted = command.owner, command.asserted
    require_stated(reader, owner, asserted)
    asked = {**_asked(reader, owner, asserted), "entries": list(command.entries)}
    known = {row[0] for row in reader.all(_OF_THESE, asked)}
    for entry in command.entries:
        if entry not in known:
            raise NotFound("entry", str(entry))
    before = ticked(reader, owner, asserted)
    changed = [one for one in dict.fromkeys(command.entries) if (one in before) is not command.ticked]
    count = len(changed)
    rows = {
        "owner": [owner] * count,
        "assertion": [asserted.id] * count,
        "seq": [reader.next_seq() for _ in changed],
        "entry": changed,
        "ticked": [command.ticked] * count,
        "recorded_at": [now] * count,
        "actor": [command.actor] * count,
    }
    return Plan({"changed": count}, [Rows("assertion_tick", rows)] if changed else [], frozenset({owner}))


def decide_reconciled(reader: Reader, command: MarkReconciled, now: datetime) -> Plan:
    """The plan of a `MarkReconciled`; the difference comes before rows that wait."""
    owner, asserted = command.owner, command.asserted
    found = standing(reader, owner, asserted)
    if found.difference:
        raise StillDiffers(found.difference, asserted.balance.currency)
    waiting = unticked(reader, owner, found)
    if waiting:
        raise RowsNotTicked(len(waiting))
    if _latest(reader, owner, asserted, "reconciled") == "reconciled":
        return Plan({})
    return Plan({}, [event(reader, command, "reconciled", now)], frozenset({owner}))


def decide_reopened(reader: Reader, command: ReopenReconciled, now: datetime) -> Plan:
    """The plan of a `ReopenReconciled`; reopening what is open changes nothing."""
    accounts.money_account(reader, command.owner, command.asserted.account)
    if _latest(reader, command.owner, command.asserted, "reconciled") != "reconciled":
        return Plan({})
    return Plan({}, [event(reader, command, "reopened", now)], frozenset({command.owner}))


def require_stated(reader: Reader, owner: OwnerId, asserted: Asserted) -> None:
    """Refuse a balance that nobody states.

    Raises:
        NotFound: the account is none of the owner's. StatementUnknown: no standing import says so, and no person.
    """
    accounts.money_account(reader, owner, asserted.account)
    said = asserting.stated(reader.all, owner, asserting.accounts_of(reader.all, owner))
    if not any(one.asserted == asserted for listed in said.values() for one in listed):
        raise StatementUnknown(asserted.on.isoformat())


def standing(reader: Reader, owner: OwnerId, asserted: Asserted) -> Standing:
    """The assertion beside ours.

    Raises:
        NotFound: the account is none of the owner's. StatementUnknown: nobody states that.
    """
    accounts.money_account(reader, owner, asserted.account)
    root = accounts.root_of(accounts.money_accounts(reader, owner), asserted.account)
    place = root, asserted.balance.currency
    listed = asserting.standings(reader.all, owner, place).get(place, [])
    found = next((one for one in listed if one.stated.asserted == asserted), None)
    if found is None:
        raise StatementUnknown(asserted.on.isoformat())
    return found


_ROWS: Final = """
SELECT entry, min(kind) FROM published_account_row
WHERE owner = $owner AND currency = $currency AND stated_on <= $through
    AND (cast($since AS date) IS NULL OR stated_on > cast($since AS date))
    AND account IN (SELECT unnest(cast($accounts AS uuid[])))
GROUP BY entry HAVING sum(amount) <> 0"""


_OF_THESE: Final = """
SELECT DISTINCT entry FROM published_account_row
WHERE owner = $owner AND currency = $currency AND stated_on <= $through
    AND account IN (SELECT unnest(cast($accounts AS uuid[])))
    AND entry IN (SELECT unnest(cast($entries AS uuid[])))"""


def _asked(reader: Reader, owner: OwnerId, asserted: Asserted) -> dict[str, Any]:
    family = accounts.family_of(accounts.money_accounts(reader, owner), asserted.account)
    on, currency = asserted.on, asserted.balance.currency
    return {"owner": owner, "accounts": family, "currency": currency, "through": on}


_TICKED: Final = "SELECT entry FROM published_tick WHERE owner = $owner AND assertion = $assertion"


def ticked(reader: Reader, owner: OwnerId, asserted: Asserted) -> set[EntryId]:
    """The rows found on the statement."""
    return {EntryId(row[0]) for row in reader.all(_TICKED, {"owner": owner, "assertion": asserted.id})}


def unticked(reader: Reader, owner: OwnerId, found: Standing) -> list[EntryId]:
    """The rows of the statement's period that wait for a tick; what is not on any paper needs none."""
    asserted = found.stated.asserted
    done = ticked(reader, owner, asserted) | ours(reader, owner)
    rows = reader.all(_ROWS, {**_asked(reader, owner, asserted), "since": found.since})
    return [EntryId(entry) for entry, kind in rows if kind not in _NOT_ON_PAPER and entry not in done]


_BOOKED: Final = """
SELECT DISTINCT a.entry FROM published_assertion a
WHERE a.owner = $owner AND a.matter = 'booked' AND a.event IN ('adjusted', 'started')
    AND (cast($assertion AS uuid) IS NULL OR a.assertion = cast($assertion AS uuid))
    AND a.entry IN (SELECT r.entry FROM published_account_row r WHERE r.owner = $owner)"""


def booked_for(reader: Reader, owner: OwnerId, asserted: Asserted) -> set[EntryId]:
    """What was booked for a statement and stands."""
    return {EntryId(row[0]) for row in reader.all(_BOOKED, {"owner": owner, "assertion": asserted.id})}


def ours(reader: Reader, owner: OwnerId) -> set[EntryId]:
    """What was booked for any statement and stands: on no statement itself."""
    return {EntryId(row[0]) for row in reader.all(_BOOKED, {"owner": owner, "assertion": None})}


_LATEST: Final = """
SELECT event FROM published_assertion WHERE owner = $owner AND assertion = $assertion AND matter = $matter"""


def _latest(reader: Reader, owner: OwnerId, asserted: Asserted, matter: str) -> str | None:
    row = reader.one(_LATEST, {"owner": owner, "assertion": asserted.id, "matter": matter})
    return row[0] if row else None


def event(reader: Reader, command: Said, name: str, now: datetime, entry: UUID | None = None) -> Rows:
    """The row that keeps what happened to an assertion."""
    asserted = command.asserted
    row: dict[str, Sequence[Any]] = {
        "owner": [command.owner],
        "assertion": [asserted.id],
        "seq": [reader.next_seq()],
        "event": [name],
        "account": [asserted.account],
        "stated_on": [asserted.on],
        "amount": [asserted.balance.minor],
        "currency": [asserted.balance.currency],
        "entry": [None if entry is None else str(entry)],
        "recorded_at": [now],
        "actor": [command.actor],
    }
    return Rows("assertion_event", row)


def root(reader: Reader, owner: OwnerId, asserted: Asserted) -> tuple[AccountId, list[AccountId]]:
    """Where the account's money is shown, and every account whose money is shown there."""
    held = accounts.money_accounts(reader, owner)
    return accounts.root_of(held, asserted.account), accounts.family_of(held, asserted.account)
