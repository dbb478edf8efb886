"""The door to deleting one's own account: who may go, and going, after which nothing of the person is left.

What other people's books rest on stays in the ledger, nobody's from then on. Money that is here or under way has to
be taken out or settled first; the refusals name what is open, all at once, and nothing is done by halves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from data import guard
from data.assurance import UNCONFIRMED, Assurance, StepUpRequired
from data.audit import audit
from data.database import Database
from data.errors import Rejection
from data.ledger.refund_states import REASONS
from data.ledger.wallet.commands import ISSUER
from data.sign_in import Visit
from data.store import leaving, ties, unnamed, users
from data.store.command import Plan, Reader
from data.store.ties import Loss, Shop, Ties
from data.store.unnamed import Called

__all__ = ["Called", "Leave", "Loss", "leave", "obstacles", "would_give_up"]


@dataclasses.dataclass(unsafe_hash=True)
class OperatorStays(Rejection):
    """The only operator cannot go while others are here. others: how many."""

    others: int


@dataclasses.dataclass(unsafe_hash=True)
class ShopOpen(Rejection):
    """A shop of theirs takes payments; it is closed first."""

    shop: str


@dataclasses.dataclass(unsafe_hash=True)
class ShopUnsettled(Rejection):
    """Customers of a shop of theirs wait for an answer. waits: how many refunds and payments."""

    shop: str
    waits: int


@dataclasses.dataclass(unsafe_hash=True)
class ShopHolds(Rejection):
    """A shop of theirs holds money, which they pay out first. merchant: its id."""

    shop: str
    currency: str
    amount_minor: int
    merchant: str


@dataclasses.dataclass(unsafe_hash=True)
class PaymentsOpen(Rejection):
    """Payments by card, top-ups or withdrawals of which a bank has not said what became of them. count: how many."""

    count: int


@dataclasses.dataclass(unsafe_hash=True)
class RefundsOpen(Rejection):
    """Refunds that were asked for and are neither there nor refused. count: how many."""

    count: int


@dataclasses.dataclass(unsafe_hash=True)
class MoneyLeft(Rejection):
    """A wallet is not empty."""

    currency: str
    amount_minor: int


@dataclasses.dataclass(unsafe_hash=True)
class NameDiffers(Rejection):
    """What was typed is not the name of the account; nothing was deleted."""


@dataclasses.dataclass(unsafe_hash=True)
class ChainFirst(Rejection):
    """The audit chain does not hold; it must not begin anew before that is looked into. link: the first bad one."""

    link: int


@dataclasses.dataclass(frozen=True, slots=True)
class Leave:
    """Delete the owner's account. name: as they typed it; it leaves no trace in what is kept of the request.

    called: what others read in its place.
    """

    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "name", "called"})
    owner: UUID
    request_id: str
    name: str = dataclasses.field(repr=False)
    called: Called


def refusals(found: Ties) -> tuple[Rejection, ...]:
    """Everything for which somebody with these ties cannot go; nothing: they may."""
    return tuple(_refusals(found))


def _refusals(found: Ties) -> Iterator[Rejection]:
    if found.runs and found.others:
        yield OperatorStays(found.others)
    for shop in found.shops:
        yield from _of_shop(shop)
    if under_way := found.payments + found.moves:
        yield PaymentsOpen(under_way)
    if found.refunds:
        yield RefundsOpen(found.refunds)
    for currency, minor in found.money:
        yield MoneyLeft(currency, minor)


def _of_shop(shop: Shop) -> Iterator[Rejection]:
    if not shop.closed:
        yield ShopOpen(shop.name)
    if shop.waits:
        yield ShopUnsettled(shop.name, shop.waits)
    if shop.minor:
        yield ShopHolds(shop.name, shop.currency, shop.minor, str(shop.owner))


def obstacles(database: Database, owner: UUID) -> tuple[Rejection, ...]:
    """Everything for which this person could not delete their account now; nothing: they could."""
    return refusals(ties.ties_of(database.read, owner))


def would_give_up(database: Database, owner: UUID) -> Loss:
    """What this person loses by going."""
    return ties.loss_of(database.read, owner)


def leave(database: Database, command: Leave, assurance: Assurance = UNCONFIRMED) -> None:
    """Delete the account: everything of the owner, and their name in the books of others, in one commit.

    Raises:
        StepUpRequired: the session was not confirmed. ChainFirst: nothing may be taken out of a chain that is broken.
        NameDiffers, then the first of `obstacles`: nothing was deleted.
    """
    guard.require_fresh(database, command.owner, assurance, StepUpRequired("deletion", "deletes_account"))
    broken = audit(database).broken
    if broken is not None:
        raise ChainFirst(broken.link)
    database.submit(command, _decide)


def _decide(reader: Reader, command: Leave, now: datetime) -> Plan:
    owner, user = command.owner, users.user_of(reader.all, command.owner)
    if user is None or users.name_key(command.name) != users.name_key(user.name):
        raise NameDiffers
    for no in refusals(ties.ties_of(reader.all, owner)):
        raise no
    others = unnamed.unnamed(reader, owner, user.name, command.called, REASONS)
    # Why rows are gone from here on: in the chain, beside the base that is without them, and without saying whose.
    noted = users.event(reader, "account_deleted", ISSUER, Visit(), now)
    writes = [*others.writes, *leaving.removed(reader, owner, REASONS, now), noted]
    return Plan({}, writes, frozenset({owner, *others.touches}), renews_chain=True)
