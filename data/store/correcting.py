"""Reversing an entry and booking the right one in its place, with everything that was said about it.

The new entry carries a word `corrects` with the id of the one it replaces, so that its source row is still found.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

from data.categories import Facts, categorise
from data.errors import NotFound, require
from data.ids import AccountId, BatchId, EntryId, OwnerId, new_id
from data.importers.statement import Kind
from data.ledger import reclassify
from data.ledger.changes import Reclassify, Standing, side_of
from data.ledger.entry import Entry, EntryKind, Posting, reversal
from data.ledger.reclassify import Target
from data.money import Money
from data.store import accounts, facts, pair_rows, taught, words
from data.store.command import Plan, Reader, Rows, Write
from data.store.journal import Journal
from data.store.owner_settings import month_start_day
from data.store.words import Word

_ENTRY: Final = """
SELECT kind, occurred_at, booked_on, payee, description, method, batch, payee_key, note
FROM entry WHERE owner = $owner AND id = $entry"""
_POSTINGS: Final = """
SELECT account, amount, currency, category FROM posting WHERE owner = $owner AND entry = $entry ORDER BY line"""
_REFUNDS: Final = "SELECT DISTINCT entry FROM fact WHERE owner = $owner AND refund_of = $entry"


def decide(reader: Reader, command: Reclassify, now: datetime) -> Plan:
    """The plan of a `Reclassify`: reversal, new entry, words carried over, facts."""
    owner = command.owner
    (state,) = words.standing(reader, owner, [command.entry])
    original, payee_key, note = load(reader, owner, command.entry)
    refunds = [row[0] for row in reader.all(_REFUNDS, {"owner": owner, "entry": command.entry})]
    reclassify.check(original, Target(command.kind, command.counter), len(refunds))
    moved = [posting.account for posting in original.postings]
    if command.counter:
        moved.append(accounts.money_account(reader, owner, command.counter).id)
    accounts.require_not_paid(reader, owner, original.id, moved[0])
    accounts.require_outside_wallet(reader, owner, *moved)
    books, opened = accounts.books(reader, owner, now)
    target = Target(command.kind, command.counter, _category(reader, command, state, original))
    entry = reclassify.rebooked(original, target, EntryId(new_id()), books)
    journal = Journal()
    journal.add_entry(reversal(original, EntryId(new_id()), original.occurred_at, original.booked_on), payee_key)
    journal.add_entry(entry, payee_key, note)
    seqs = [reader.next_seq() for _ in range(len(journal))]
    writes: list[Write | Rows] = [*opened, *journal.rows(owner, command.actor, now, seqs)]
    writes += _carried(reader, command, entry.id, refunds, now)
    writes += pair_rows.followed(reader, owner, (command.entry, entry.id), (command.actor, now))
    touched = [command.entry, entry.id, *refunds]
    writes += facts.refresh_entries(owner, touched, month_start_day(reader, owner))
    return Plan({"entry": str(entry.id)}, writes, frozenset({owner}))


def load(reader: Reader, owner: OwnerId, entry: EntryId) -> tuple[Entry, str, str]:
    """An entry as an object, with its payee's key and its statement's note.

    Raises:
        NotFound: not the owner's.
    """
    row = reader.one(_ENTRY, {"owner": owner, "entry": entry})
    if row is None:
        raise NotFound("entry", str(entry))
    kind, occurred_at, booked_on, payee, description, method, batch, payee_key, note = row
    postings = tuple(
        Posting(owner, AccountId(account), Money(amount, currency), category)
        for account, amount, currency, category in reader.all(_POSTINGS, {"owner": owner, "entry": entry})
    )
    found = Entry(
        id=entry,
        kind=EntryKind(kind),
        occurred_at=occurred_at,
        booked_on=booked_on,
        postings=postings,
        payee=payee,
        description=description,
        method=method,
        batch=BatchId(batch) if batch else None,
    )
    return found, payee_key, note


def _category(reader: Reader, command: Reclassify, state: Standing, original: Entry) -> str | None:
    side = side_of(command.kind)
    if side is None:
        return None
    if command.category:
        words.require_side(reader, command.owner, command.category, command.kind)
        return command.category
    if side is side_of(original.kind) and state.category:
        return state.category
    row = Facts(original.payee, original.description, Kind(command.kind.value), abs(original.postings[0].amount))
    verdict = categorise(row, taught.book_of(reader.all, command.owner))
    require(verdict, "a kind with a side has a category")
    return verdict.category if verdict else None


def _carried(
    reader: Reader, command: Reclassify, entry: EntryId, refunds: list[EntryId], now: datetime
) -> list[Write | Rows]:
    """What was said about the old entry, said again about the new one, by whom it was said; and what ties the two."""
    dropped = {"refund_of", "corrects"}
    (state,) = words.standing(reader, command.owner, [command.entry])
    if command.category or side_of(command.kind) is not side_of(state.kind):
        dropped |= {"category", "split"}
    by_author: defaultdict[str | None, list[Word]] = defaultdict(list)
    for word, author in words.current(reader, command.owner, [command.entry]):
        if word.field not in dropped:
            by_author[author].append(Word(entry, word.field, word.value))
    by_author[None].append(Word(entry, "corrects", str(command.entry)))
    by_author[None] += [Word(refund, "refund_of", str(entry)) for refund in refunds]
    return [
        words.said(command.owner, command.actor, spoken, reader.next_seq(), now, author)
        for author, spoken in by_author.items()
    ]
