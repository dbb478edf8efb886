"""The door to deleting one's own account: who may go, and going, after which nothing of the person is left.

Rows that other people's books need cannot be taken out, so whoever has moved money here cannot go this way; the refusal
says so, and nothing is done by halves.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from data import guard
from data.assurance import UNCONFIRMED, Assurance, StepUpRequired
from data.audit import audit
from data.database import Database
from data.errors import Rejection
from data.ledger.wallet.commands import ISSUER
from data.sign_in import Visit
from data.store import leaving, users
from data.store.command import Plan, Reader
from data.store.leaving import Ties


@dataclasses.dataclass(unsafe_hash=True)
class OperatorStays(Rejection):
    """The only operator cannot go while others are here. others: how many."""

    others: int


@dataclasses.dataclass(unsafe_hash=True)
class ShopsStay(Rejection):
    """Who opened a shop cannot go: its books are its customers' too. shops: how many."""

    shops: int


@dataclasses.dataclass(unsafe_hash=True)
class BooksShared(Rejection):
    """Other people's books need what happened in this wallet. entries: how much of it there is."""

    entries: int


@dataclasses.dataclass(unsafe_hash=True)
class NameDiffers(Rejection):
    """What was typed is not the name of the account; nothing was deleted."""


@dataclasses.dataclass(unsafe_hash=True)
class ChainFirst(Rejection):
    """The audit chain does not hold; it must not begin anew before that is looked into. link: the first bad one."""

    link: int


@dataclasses.dataclass(frozen=True, slots=True)
class Leave:
    """Delete the owner's account. name: as they typed it; it leaves no trace in what is kept of the request."""

    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "name"})
    owner: UUID
    request_id: str
    name: str = dataclasses.field(repr=False)


def refusal(ties: Ties) -> Rejection | None:
    """Why somebody with these ties cannot go; None: they may. The first that applies."""
    if ties.runs and ties.others:
        return OperatorStays(ties.others)
    if ties.shops:
        return ShopsStay(ties.shops)
    return BooksShared(ties.shared) if ties.shared else None


def held_back(database: Database, owner: UUID) -> Rejection | None:
    """Why this person could not delete their account now; None: they could."""
    return refusal(leaving.ties_of(database.read, owner))


def leave(database: Database, command: Leave, assurance: Assurance = UNCONFIRMED) -> None:
    """Delete the account: everything of the owner, in one commit.

    Raises:
        StepUpRequired: the session was not confirmed. ChainFirst: nothing may be taken out of a chain that is broken.
        NameDiffers, OperatorStays, ShopsStay, BooksShared: nothing was deleted.
    """
    guard.require_fresh(database, command.owner, assurance, StepUpRequired("deletion", "deletes_account"))
    broken = audit(database).broken
    if broken is not None:
        raise ChainFirst(broken.link)
    database.submit(command, _decide)


def _decide(reader: Reader, command: Leave, now: datetime) -> Plan:
    user = users.user_of(reader.all, command.owner)
    if user is None or users.name_key(command.name) != users.name_key(user.name):
        raise NameDiffers
    no = refusal(leaving.ties_of(reader.all, command.owner))
    if no is not None:
        raise no
    # Why rows are gone from here on: in the chain, beside the base that is without them, and without saying whose.
    noted = users.event(reader, "account_deleted", ISSUER, Visit(), now)
    return Plan({}, [*leaving.removed(command.owner), noted], frozenset({command.owner}), renews_chain=True)
