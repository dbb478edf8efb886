"""Which cards a person has bound, the one that a payment offers first at the head."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any, Final
from uuid import UUID

from analytics.scope import Scope


@dataclasses.dataclass(frozen=True, slots=True)
class BoundCard:
    """One card, what is kept of it. kind: `debit` or `credit`; bank: "" when unknown. default: offered first."""

    id: UUID
    kind: str
    brand: str
    bank: str
    last4: str
    expires_on: date
    default: bool

    def expired(self, today: date) -> bool:
        """Whether its last month is over: it can be refunded to, but not charged."""
        return self.expires_on < today


_CARDS: Final = """
SELECT c.id, c.kind, c.brand, c.bank, c.last4, c.expires_on, c.made_default
FROM published_card c WHERE c.owner = $owner AND NOT c.unbound
ORDER BY c.made_default DESC, c.bound_at, c.id"""

_NAMED: Final = """
SELECT c.id, c.kind, c.brand, c.bank, c.last4, c.expires_on, c.made_default
FROM published_card c WHERE c.owner = $owner AND c.id = $card"""


def cards(scope: Scope) -> tuple[BoundCard, ...]:
    """Every bound card: the default, then in the order they were made default or bound."""
    found = scope.db.read(_CARDS, {"owner": scope.owner})
    return tuple(_card([*row[:-1], place == 0 and row[-1] > 0]) for place, row in enumerate(found))


def _card(cells: list[Any]) -> BoundCard:
    return BoundCard(*cells)


def usable(scope: Scope) -> tuple[BoundCard, ...]:
    """The cards that can be charged today."""
    return tuple(card for card in cards(scope) if not card.expired(scope.today))


def named(scope: Scope, card: UUID) -> BoundCard | None:
    """A card that is, or once was, bound; None when the person never had it."""
    found = scope.db.read(_NAMED, {"owner": scope.owner, "card": card})
    return _card([*found[0][:-1], False]) if found else None
