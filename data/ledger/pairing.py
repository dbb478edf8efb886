"""What a person may say about two rows that were found to be one event, and what becomes of their entries."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from uuid import UUID

from data.errors import Rejection, require
from data.ids import AccountId, EntryId, OwnerId
from data.ledger.entry import Entry, EntryKind


class Verdict(StrEnum):
    """A person's word on a pair; each is remembered."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDONE = "undone"


@dataclasses.dataclass(frozen=True, slots=True)
class DecidePair:
    """Say what a pair is."""

    owner: OwnerId
    request_id: str
    actor: UUID
    pair: UUID
    verdict: Verdict


@dataclasses.dataclass(unsafe_hash=True)
class PairNotOpen(Rejection):
    """The pair is in no state for this. state: `applied`, `accepted`, `rejected`, `undone` or `lapsed`."""

    pair: str
    state: str


@dataclasses.dataclass(unsafe_hash=True)
class PairTaken(Rejection):
    """One of the rows does not stand any more, or is one with another row already."""

    entry: str


@dataclasses.dataclass(unsafe_hash=True)
class PairRefunded(Rejection):
    """More of the described purchase was refunded than the movement paid. Minor units."""

    refunded_minor: int
    paid_minor: int
    currency: str


def rerouted(
    described: Entry, moved: Entry, new_id: EntryId, own: AccountId, gone: frozenset[AccountId]
) -> Entry | None:
    """The entry that stands for both where the describing one knows best what happened and the other on which account.

    The describing entry's leg of the movement goes to `own`, the account of the moved entry's statement. gone: accounts
    that are the same as `own`. None: that leg is there already, so the describing entry itself can stay.
    """
    amount = moved.postings[0].amount
    legs = [line for line, posting in enumerate(described.postings) if posting.amount == amount]
    require(legs, f"entry {described.id} has no leg of {amount}")
    if any(described.postings[line].account in gone for line in legs):
        return None
    postings = list(described.postings)
    postings[legs[0]] = dataclasses.replace(postings[legs[0]], account=own, category=None)
    kind = described.kind
    if moved.kind is EntryKind.TRANSFER or (described.postings[legs[0]].category is not None):
        kind = EntryKind.TRANSFER
    return dataclasses.replace(described, id=new_id, kind=kind, postings=tuple(postings), refund_of=None)


def joined(described: Entry, moved: Entry, new_id: EntryId, own: AccountId, rest: AccountId) -> Entry:
    """The entry that stands for both where the movement paid a part of the purchase and `rest` paid the remainder."""
    whole, *others = described.postings
    part = moved.postings[0].amount
    remainder = whole.amount - part
    require(whole.amount.minor < part.minor < 0, f"{part} is no part of entry {described.id}")
    postings = (
        dataclasses.replace(whole, account=rest, amount=remainder),
        *others,
        dataclasses.replace(whole, account=own, amount=part),
    )
    return dataclasses.replace(described, id=new_id, postings=postings, refund_of=None)
