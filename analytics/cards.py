"""Which cards a person has bound, the one that a payment offers first at the head."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final
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


def cards(scope: Scope) -> tuple[BoundCard, ...]:
    """Every bound card: the default, then in the order they were made default or bound."""
    found = scope.db.read(_CARDS, {"owner": scope.owner})
    return tuple(BoundCard(*row[:-1], default=place == 0 and bool(row[-1])) for place, row in enumerate(found))


def usable(scope: Scope) -> tuple[BoundCard, ...]:
    """The cards that can be charged today."""
    return tuple(card for card in cards(scope) if not card.expired(scope.today))
