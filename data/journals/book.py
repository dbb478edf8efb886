"""What a person's books are, whole: every account, every entry with its postings, and what each account holds.

Categories, payees, notes and tags are those the person sees (a split is several postings); own accounts move by the
postings themselves. Accounts that were merged are one. Amounts are minor units.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from data.categories.taxonomy import BUILT_IN, Categories, Category, CategoryKind, merge
from data.ledger.accounts import EQUITY_KEY, EXPENSE_KEY, INCOME_KEY

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

_ACCOUNTS: Final = """
SELECT id, kind, hint_key, name, merged_into FROM published_account WHERE owner = $owner ORDER BY opened_at, id"""
_ENTRIES: Final = """
SELECT id, kind, occurred_at, booked_on, payee, description, method, note, refund_of, reverses
FROM published_entry WHERE owner = $owner ORDER BY booked_on, seq"""
_POSTINGS: Final = """
SELECT entry, account, amount, currency, category FROM published_posting WHERE owner = $owner ORDER BY entry, line"""
_SEEN: Final = """
SELECT entry, payee, note, tags, refund_of, category, currency, spending, income
FROM published_fact WHERE owner = $owner ORDER BY entry, part"""
_HELD: Final = """
SELECT p.account, p.currency, cast(sum(p.amount) AS bigint) FROM published_posting p
JOIN published_account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner AND a.kind IN ('asset', 'liability') GROUP BY p.account, p.currency
ORDER BY p.account, p.currency"""
_CATEGORIES: Final = """
SELECT key, parent, kind, icon, colour, name FROM published_category WHERE owner = $owner ORDER BY key"""


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """One account. kind: asset, liability, income, expense, equity; key: its stable identity; name: as it is called."""

    id: UUID
    kind: str
    key: str
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Posting:
    """One signed amount. category: of income and expenses, None where there is none."""

    account: UUID
    minor: int
    currency: str
    category: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One event. at: UTC; on: the person's local day."""

    id: UUID
    kind: str
    at: datetime
    on: date
    payee: str
    description: str
    method: str
    note: str
    tags: str
    refund_of: UUID | None
    reverses: UUID | None
    postings: tuple[Posting, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Book:
    """Everything. balances: what own accounts hold, (account, currency, minor), as the store adds it up."""

    owner: str
    accounts: Mapping[UUID, Account]
    entries: tuple[Entry, ...]
    balances: tuple[tuple[UUID, str, int], ...]
    categories: Categories

    @property
    def currencies(self) -> list[str]:
        """The currencies that occur, the one that occurs most first."""
        counts: defaultdict[str, int] = defaultdict(int)
        for entry in self.entries:
            for posting in entry.postings:
                counts[posting.currency] += 1
        return sorted(counts, key=lambda currency: (-counts[currency], currency))


def book_of(query: Query, owner: UUID, name: str) -> Book:
    """The owner's books as they are now. query: `Database.read`; name: what the person is called."""
    asked = {"owner": owner}
    rows = query(_ACCOUNTS, asked)
    into = {row[0]: row[4] for row in rows}
    known = {row[0]: Account(*row[:4]) for row in rows}
    shown = {account: _end(account, into) for account in into}
    seen = _seen(query, asked)
    postings = _postings(query, asked, shown)
    entries = [_entry(row, postings[row[0]], seen.get(row[0]), known) for row in query(_ENTRIES, asked)]
    sums: defaultdict[tuple[UUID, str], int] = defaultdict(int)
    for account, currency, minor in query(_HELD, asked):
        sums[shown[account], currency] += minor
    own = (Category(key, parent, CategoryKind(kind), *rest) for key, parent, kind, *rest in query(_CATEGORIES, asked))
    return Book(
        name,
        {account: one for account, one in known.items() if shown[account] == account},
        tuple(entry for entry in entries if entry.postings),
        tuple((account, currency, minor) for (account, currency), minor in sums.items()),
        merge(BUILT_IN, own),
    )


def _end(account: UUID, into: Mapping[UUID, UUID | None]) -> UUID:
    seen, here = {account}, account
    while (following := into.get(here)) is not None and following not in seen:
        here = following
        seen.add(here)
    return here


def _postings(query: Query, asked: Mapping[str, Any], shown: Mapping[UUID, UUID]) -> dict[UUID, list[Posting]]:
    found: defaultdict[UUID, list[Posting]] = defaultdict(list)
    for entry, account, minor, currency, category in query(_POSTINGS, asked):
        found[entry].append(Posting(shown[account], minor, currency, category))
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class _Seen:
    """An entry as the person sees it. parts: (side of the books, category, currency, signed minor units)."""

    payee: str
    note: str
    tags: str
    refund_of: UUID | None
    parts: list[tuple[str, str | None, str, int]]


def _seen(query: Query, asked: Mapping[str, Any]) -> dict[UUID, _Seen]:
    found: dict[UUID, _Seen] = {}
    for entry, payee, note, tags, refund_of, category, currency, spending, income in query(_SEEN, asked):
        one = found.setdefault(entry, _Seen(payee, note, tags, refund_of, []))
        if spending or income:
            side, minor = (EXPENSE_KEY, spending) if spending else (INCOME_KEY, -income)
            one.parts.append((side, category, currency, minor))
    return found


def _entry(row: Sequence[Any], postings: Sequence[Posting], seen: _Seen | None, known: Mapping[UUID, Account]) -> Entry:
    id_, kind, at, on, payee, description, method, note, refund_of, reverses = row
    if seen is None:  # undone, or of points only: as it was written
        return Entry(id_, kind, at, on, payee, description, method, note, "", refund_of, reverses, tuple(postings))
    parted = _parted(postings, seen.parts, known)
    return Entry(
        id_, kind, at, on, seen.payee, description, method, seen.note, seen.tags, seen.refund_of, reverses, parted
    )


def _parted(
    postings: Sequence[Posting], parts: Sequence[tuple[str, str | None, str, int]], known: Mapping[UUID, Account]
) -> tuple[Posting, ...]:
    """The postings with income and expenses under the categories that the person gave them, where the sums agree."""
    books = {known[p.account].key: p.account for p in postings if known[p.account].key in {EXPENSE_KEY, INCOME_KEY}}
    nominal = [p for p in postings if p.account in books.values()]
    if {side for side, *_ in parts} - set(books) or not nominal:
        return tuple(postings)
    seen = [Posting(books[side], minor, currency, category) for side, category, currency, minor in parts]
    if _sums(seen) != _sums(nominal):
        return tuple(postings)
    return (*(p for p in postings if p.account not in books.values()), *seen)


def _sums(postings: Sequence[Posting]) -> dict[tuple[UUID, str], int]:
    sums: defaultdict[tuple[UUID, str], int] = defaultdict(int)
    for posting in postings:
        sums[posting.account, posting.currency] += posting.minor
    return {place: minor for place, minor in sums.items() if minor}


def is_opening(entry: Entry) -> bool:
    """Whether an entry only says what was there before."""
    return entry.kind == "opening"


def is_equity(account: Account) -> bool:
    """Whether this is the account that adjustments and openings come from."""
    return account.key == EQUITY_KEY
