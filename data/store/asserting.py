"""What statements say that accounts held: by imports that stand and by the person, each beside the account's rows.

The queries run on a reader's cursor and inside a commit alike; they take whichever asks.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from data.ids import AccountId, OwnerId
from data.importers.statement import AccountKind
from data.ledger.account_changes import Held
from data.ledger.assertions import Course, Moved, Source, Standing, Stated, assess
from data.ledger.reconciling import Asserted, closings_in
from data.money import Money
from data.store.accounts import family_of, root_of

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
Place = tuple[AccountId, str]  # the account where the money is shown, and the currency

_ACCOUNTS: Final = """
SELECT id, kind, name, closed, merged_into, hint_key FROM published_account
WHERE owner = $owner AND kind IN ('asset', 'liability') AND hint_key <> 'book:clearing'"""


@dataclasses.dataclass(frozen=True, slots=True)
class Accounts:
    """The owner's money accounts, and which one a file's key names."""

    held: dict[AccountId, Held]
    by_key: dict[str, AccountId]

    def family(self, account: AccountId) -> list[AccountId]:
        """Every account whose money is shown where this one's is."""
        return family_of(self.held, account)

    def root(self, account: AccountId) -> AccountId:
        """Where its money is shown."""
        return root_of(self.held, account)


def accounts_of(query: Query, owner: OwnerId) -> Accounts:
    """Every account that holds or owes money."""
    rows = query(_ACCOUNTS, {"owner": owner})
    held = {row[0]: Held(row[0], AccountKind(row[1]), row[2], row[3], row[4]) for row in rows}
    return Accounts(held, {row[5]: row[0] for row in rows})


_BATCHES: Final = """
SELECT id, file, format, first_on, totals FROM published_batch
WHERE owner = $owner AND undone_at IS NULL ORDER BY seq"""
_LEFT_OUT: Final = """
SELECT batch, count(*) FROM published_statement_line
WHERE owner = $owner AND outcome IN ('left_out', 'problem') GROUP BY batch"""
_TYPED: Final = """
SELECT account, stated_on, amount, currency FROM published_assertion
WHERE owner = $owner AND matter = 'typed' AND event = 'typed' ORDER BY seq"""


def stated(query: Query, owner: OwnerId, accounts: Accounts) -> dict[Place, list[Stated]]:
    """Every assertion by where its account is shown; what several files state alike is one."""
    said: dict[UUID, Asserted] = {}
    sources: defaultdict[UUID, list[Source]] = defaultdict(list)
    left_out: dict[UUID, int] = dict(query(_LEFT_OUT, {"owner": owner}))
    for batch, file, format_, first_on, totals in query(_BATCHES, {"owner": owner}):
        for key, on, balance in closings_in(totals):
            account = accounts.by_key.get(key)
            if account is not None:
                asserted = Asserted(account, on, balance)
                said[asserted.id] = asserted
                sources[asserted.id].append(Source(batch, file, format_, first_on, left_out.get(batch, 0)))
    for account, on, minor, currency in query(_TYPED, {"owner": owner}):
        asserted = Asserted(account, on, Money(minor, currency))
        said[asserted.id] = asserted
        sources[asserted.id].append(Source(None))
    found: defaultdict[Place, list[Stated]] = defaultdict(list)
    for name, asserted in said.items():
        if asserted.account in accounts.held:
            place = accounts.root(asserted.account), asserted.balance.currency
            found[place].append(Stated(asserted, tuple(sources[name])))
    return found


_MOVED: Final = """
SELECT account, currency, stated_on, batch, kind = 'opening' AS opening, cast(sum(amount) AS bigint)
FROM published_account_row
WHERE owner = $owner AND account IN (SELECT unnest(cast($accounts AS uuid[])))
GROUP BY account, currency, stated_on, batch, kind = 'opening'"""


def courses(query: Query, owner: OwnerId, accounts: Accounts, places: Collection[Place]) -> dict[Place, Course]:
    """What these accounts held from day to day."""
    family = sorted({one for account, _ in places for one in accounts.family(account)})
    moved: defaultdict[Place, list[Moved]] = defaultdict(list)
    if family:
        for account, currency, on, batch, opening, minor in query(_MOVED, {"owner": owner, "accounts": family}):
            moved[accounts.root(account), currency].append(Moved(on, batch, minor, opening))
    return {place: Course(moved.get(place, ())) for place in places}


_RECONCILED: Final = """
SELECT assertion FROM published_assertion
WHERE owner = $owner AND matter = 'reconciled' AND event = 'reconciled'"""


def standings(query: Query, owner: OwnerId, only: Place | None = None) -> dict[Place, list[Standing]]:
    """Every assertion beside ours, oldest first, by where the account is shown; of one place only, when asked."""
    accounts = accounts_of(query, owner)
    said = stated(query, owner, accounts)
    if only is not None:
        said = {place: listed for place, listed in said.items() if place == only}
    course = courses(query, owner, accounts, said)
    done = {row[0] for row in query(_RECONCILED, {"owner": owner})}
    return {place: assess(listed, course[place], done) for place, listed in said.items()}


_HELD: Final = """
SELECT cast(coalesce(sum(amount), 0) AS bigint), min(least(stated_on, booked_on)) FROM published_account_row
WHERE owner = $owner AND currency = $currency AND stated_on <= $through
    AND account IN (SELECT unnest(cast($accounts AS uuid[])))"""


def held_at(query: Query, owner: OwnerId, family: list[AccountId], currency: str, on: date) -> tuple[int, date | None]:
    """What these accounts hold at the end of a day as their statements date it (minor units), and since which day."""
    asked = {"owner": owner, "accounts": family, "currency": currency, "through": on}
    ((minor, first),) = query(_HELD, asked)
    return int(minor), first
