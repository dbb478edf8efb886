"""What a transaction becomes when its kind was wrong: the own accounts move as they did, settled otherwise."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from data.errors import require
from data.ids import AccountId, EntryId
from data.ledger.accounts import CLEARING_KEY, EQUITY_KEY, EXPENSE_KEY, INCOME_KEY
from data.ledger.changes import AlreadyOfKind, DirectionDoesNotFit, HasRefunds, KindNotOffered, SameAccount
from data.ledger.entry import Entry, EntryKind, Posting
from data.money import Money

_OUT: Final = frozenset({EntryKind.EXPENSE, EntryKind.FEE})
_IN: Final = frozenset({EntryKind.INCOME, EntryKind.REFUND})
_OFFERED: Final = _OUT | _IN | {EntryKind.TRANSFER}
_COUNTER_LINE = 1  # of a transfer: line 0 is the statement's own account, line 1 where the money went or came from


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """What the transaction shall be. `counter` of a transfer None: not known. `category`: of any other kind."""

    kind: EntryKind
    counter: AccountId | None = None
    category: str | None = None


def check(original: Entry, target: Target, refunds: int) -> None:
    """Check that this entry may become that. `refunds`: how many are linked to it.

    Raises:
        KindNotOffered, AlreadyOfKind, DirectionDoesNotFit, SameAccount, HasRefunds: the first that holds.
    """
    own = original.postings[0]
    for kind in (original.kind, target.kind):
        if kind not in _OFFERED:
            raise KindNotOffered(kind.value)
    if target.kind is original.kind and not (target.kind is EntryKind.TRANSFER and target.counter):
        raise AlreadyOfKind(target.kind.value)
    inward = own.amount.minor > 0
    if (target.kind in _OUT and inward) or (target.kind in _IN and not inward):
        raise DirectionDoesNotFit(target.kind.value, own.amount.minor, own.amount.currency)
    if target.counter == own.account:
        raise SameAccount(str(own.account))
    if refunds and target.kind not in _OUT:
        raise HasRefunds(refunds)


def rebooked(original: Entry, target: Target, new_id: EntryId, books: Mapping[str, AccountId]) -> Entry:
    """The entry of the right kind: same date, texts and batch; `books` names the accounts that `ledger.accounts` lists.

    What moved the own accounts stays, the other side is one posting on the account that fits the kind.
    """
    kept = _own(original, books)
    require(kept, f"entry {original.id} moves no own account")
    owed: defaultdict[str, int] = defaultdict(int)
    for posting in kept:
        owed[posting.amount.currency] -= posting.amount.minor
    other = _other_side(target, books)
    category = None if target.kind is EntryKind.TRANSFER else target.category
    settled = (
        Posting(kept[0].owner, other, Money(minor, currency), category) for currency, minor in owed.items() if minor
    )
    return dataclasses.replace(
        original,
        id=new_id,
        kind=target.kind,
        postings=(kept[0], *settled, *kept[1:]),
        refund_of=None,
    )


def _own(original: Entry, books: Mapping[str, AccountId]) -> list[Posting]:
    nominal = {books[key] for key in (EXPENSE_KEY, INCOME_KEY, EQUITY_KEY) if key in books}
    counter = _COUNTER_LINE if original.kind is EntryKind.TRANSFER else None
    return [
        posting for line, posting in enumerate(original.postings) if posting.account not in nominal and line != counter
    ]


def _other_side(target: Target, books: Mapping[str, AccountId]) -> AccountId:
    if target.kind is EntryKind.TRANSFER:
        return target.counter or books[CLEARING_KEY]
    return books[INCOME_KEY] if target.kind is EntryKind.INCOME else books[EXPENSE_KEY]
