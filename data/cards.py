"""The door to bound cards: show one to its bank, keep what may be kept of it, put it away.

The number is in memory only while `bind` runs. Kept are the last four digits, the month it expires, the bank's token
(sealed), and a keyed fingerprint that tells the same card again (LEDGER §7).
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from uuid import UUID

from data import guard
from data.assurance import UNCONFIRMED, Assurance, StepUpRequired
from data.database import Database
from data.gateways.sandbox import TEST_NUMBERS, SandboxGateway
from data.ids import OwnerId, new_id
from data.ledger.wallet.commands import BindCard, CardKind, MakeDefaultCard, UnbindCard
from data.running import Running
from data.security import card_numbers
from data.security.sealing import seal
from data.store.command import Receipt
from data.store.resealing import token_place

__all__ = [
    "CardKind",
    "MakeDefaultCard",
    "SandboxNumber",
    "UnbindCard",
    "bind",
    "binding",
    "make_default",
    "sandbox_numbers",
    "unbind",
]


def bind(
    running: Running,
    owner: OwnerId,
    request_id: str,
    *,
    number: str,
    expiry: str,
    kind: CardKind,
    code: str = "",
    assurance: Assurance = UNCONFIRMED,
) -> Receipt:
    """Keep a card. The receipt: card, brand, bank, last4, kind.

    Raises:
        StepUpRequired: before the number is even looked at.
        CardNumberInvalid, CardExpiryInvalid, CardExpiredNow, CardAlreadyBound, MemberUnknown, GatewayUnreachable.
    """
    guard.require_fresh(running.database, owner, assurance, StepUpRequired("card", "binds_card"))
    command = binding(running, owner, request_id, number=number, expiry=expiry, kind=kind, code=code)
    return running.database.transact(command).or_raise()


def binding(
    running: Running,
    owner: OwnerId,
    request_id: str,
    *,
    number: str,
    expiry: str,
    kind: CardKind,
    code: str = "",
    actor: UUID | None = None,
    at: datetime | None = None,
) -> BindCard:
    """The command that keeps a card, after its bank has seen it. code: how a batch names the card; at: its clock.

    Raises:
        CardNumberInvalid, CardExpiryInvalid, GatewayUnreachable.
    """
    shown = card_numbers.read_number(number)
    expires_on = card_numbers.read_expiry(expiry)
    card = new_id()
    token = running.gateway.tokenise(shown, expires_on, kind.value)
    return BindCard(
        owner=owner,
        request_id=request_id,
        actor=actor or owner,
        at=at,
        card=card,
        code=code,
        kind=kind,
        brand=card_numbers.brand_of(shown).value,
        bank=card_numbers.bank_of(shown),
        last4=shown.last4,
        expires_on=expires_on,
        token=seal(running.key, token, token_place(owner, card)),
        fingerprint=card_numbers.fingerprint(running.key.for_fingerprints, shown),
    )


def unbind(database: Database, command: UnbindCard) -> Receipt:
    """Put a card away; what was paid with it is still refunded to it.

    Raises:
        MemberUnknown, CardUnknown.
    """
    return database.transact(command).or_raise()


def make_default(database: Database, command: MakeDefaultCard) -> Receipt:
    """Offer this card first.

    Raises:
        MemberUnknown, CardUnknown.
    """
    return database.transact(command).or_raise()


@dataclasses.dataclass(frozen=True, slots=True)
class SandboxNumber:
    """A card number that the built-in bank plays a part for. behaviour: a `Behaviour` of `data.gateways.sandbox`."""

    number: str
    brand: str
    behaviour: str


def sandbox_numbers(running: Running) -> tuple[SandboxNumber, ...]:
    """The numbers to try cards with, in the order of their table; none where a real bank is behind the cards."""
    if not isinstance(running.gateway, SandboxGateway):
        return ()
    return tuple(
        SandboxNumber(number, card_numbers.brand_of(card_numbers.read_number(number)).value, behaviour.value)
        for number, behaviour in TEST_NUMBERS.items()
    )
