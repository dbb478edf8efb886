"""Whom and what the names in a batch mean: members, merchants, cards.

All names are held in memory: one process owns the store, and what a batch opens itself it adds at once, so that the
next line may name it before anything is on disk.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from data.batch.lines import CURRENCY, MEMBER, MERCHANT, Party
from data.ids import OwnerId
from data.ledger.wallet.books import WALLET
from data.ledger.wallet.commands import ISSUER
from data.ledger.wallet.refusals import MemberUnknown, MerchantUnknown
from data.store.users import name_key

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

_PEOPLE: Final = "SELECT name_key, owner FROM app_user"
_WALLETS: Final = """
SELECT u.name_key, a.hint_key FROM account a JOIN app_user u ON u.owner = a.owner WHERE a.hint_key LIKE 'wallet:%'"""
_MERCHANTS: Final = "SELECT code, owner, currency FROM merchant"
_CARDS: Final = """
SELECT c.owner, c.code, c.id, p.unbound FROM card c JOIN published_card p ON p.owner = c.owner AND p.id = c.id
WHERE c.code <> '' ORDER BY c.seq"""


@dataclasses.dataclass(slots=True)
class Member:
    """A person. cards: by the name that batches use, the newest last; lost: those that were unbound."""

    owner: OwnerId
    currencies: set[str] = dataclasses.field(default_factory=set)
    cards: defaultdict[str, list[UUID]] = dataclasses.field(default_factory=lambda: defaultdict(list))
    lost: set[UUID] = dataclasses.field(default_factory=set)

    def currency(self) -> str:
        """The currency of a line that names none: the usual one, else the first of the member's by its code."""
        return CURRENCY if CURRENCY in self.currencies or not self.currencies else min(self.currencies)


@dataclasses.dataclass(frozen=True, slots=True)
class Merchant:
    """A merchant's books, and the currency it sells in."""

    owner: OwnerId
    currency: str


class Names:
    """Every name there is. query: `Database.read`."""

    def __init__(self, query: Query) -> None:
        self._members = {key: Member(OwnerId(owner)) for key, owner in query(_PEOPLE, {})}
        for key, account in query(_WALLETS, {}):
            self._members[key].currencies.add(account.removeprefix(WALLET))
        self._merchants = {
            code or str(owner): Merchant(OwnerId(owner), currency) for code, owner, currency in query(_MERCHANTS, {})
        }
        people = {member.owner: member for member in self._members.values()}
        for owner, code, card, unbound in query(_CARDS, {}):
            people[owner].cards[code].append(card)
            if unbound:
                people[owner].lost.add(card)

    def member(self, name: str) -> Member:
        """The person of this name.

        Raises:
            MemberUnknown: nobody has it.
        """
        found = self._members.get(name_key(name))
        if found is None:
            raise MemberUnknown(name)
        return found

    def merchant(self, code: str) -> Merchant:
        """The merchant of this name; one without is named by its id.

        Raises:
            MerchantUnknown: there is none.
        """
        found = self._merchants.get(code)
        if found is None:
            raise MerchantUnknown(code)
        return found

    def owner_of(self, party: Party) -> OwnerId | None:
        """In whose books a line is made; None: of somebody who is not here."""
        kind, name = party
        if kind == MEMBER:
            member = self._members.get(name_key(name))
            return member.owner if member else None
        if kind == MERCHANT:
            merchant = self._merchants.get(name)
            return merchant.owner if merchant else None
        return ISSUER

    def has_member(self, name: str) -> bool:
        """Whether somebody has this name."""
        return name_key(name) in self._members

    def has_merchant(self, code: str) -> bool:
        """Whether a merchant has this name."""
        return code in self._merchants

    def opened_member(self, name: str, owner: OwnerId, currency: str) -> None:
        """The member has this wallet from now on."""
        self._members.setdefault(name_key(name), Member(owner)).currencies.add(currency)

    def opened_merchant(self, code: str, owner: OwnerId, currency: str) -> None:
        """The merchant is there from now on."""
        self._merchants[code] = Merchant(owner, currency)

    def bound(self, name: str, code: str, card: UUID) -> None:
        """The member's card of this name from now on; one that is known stays as it is."""
        cards = self.member(name).cards[code]
        if card not in cards:
            cards.append(card)
