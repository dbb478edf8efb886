"""What a person who pays asks about what they paid before: at which merchants lately, and what a payment really was."""

from __future__ import annotations

import dataclasses
import json
from typing import Final
from uuid import UUID

from analytics.scope import Scope
from data.ledger.wallet.coupon_text import coupon_from


@dataclasses.dataclass(frozen=True, slots=True)
class Used:
    """A coupon that counted in a payment, with what it took off (minor units)."""

    name: str
    off: int


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """What a receipt says beyond the amounts. card: its id, None from the wallet.

    state: `captured`, `processing`, `manual` (the bank stayed silent, a person decides), `declined`.
    """

    note: str = ""
    coupons: tuple[Used, ...] = ()
    card: UUID | None = None
    state: str = ""


_RECENT: Final = """
SELECT p.merchant
FROM published_payment p JOIN published_merchant m ON m.owner = p.merchant
WHERE p.owner = $owner AND p.state_now = 'captured' AND NOT m.closed
GROUP BY p.merchant ORDER BY max(p.seq) DESC LIMIT $count"""
_PAYMENT: Final = """
SELECT p.note, p.claims, p.card, p.state_now
FROM published_payment p WHERE p.owner = $owner AND p.id = $payment"""
_COUPONS: Final = """
SELECT c.id, o.body
FROM published_claim c JOIN published_coupon o ON o.id = c.coupon
WHERE c.owner = $owner AND c.id IN (SELECT unnest(cast($claims AS uuid[])))"""


def recent_merchants(scope: Scope, count: int) -> tuple[UUID, ...]:
    """The merchants that were paid last, the latest first; those that closed are left out."""
    return tuple(merchant for (merchant,) in scope.db.read(_RECENT, {"owner": scope.owner, "count": count}))


def told(scope: Scope, payment: UUID) -> Told:
    """What is known of a payment of this person; nothing when there is none of theirs."""
    found = scope.db.read(_PAYMENT, {"owner": scope.owner, "payment": payment})
    if not found:
        return Told()
    note, claims, card, state = found[0]
    used: list[tuple[str, int]] = json.loads(claims) if claims else []
    bodies = scope.db.read(_COUPONS, {"owner": scope.owner, "claims": [claim for claim, _ in used]}) if used else []
    names = {str(claim): coupon_from(body).name for claim, body in bodies}
    return Told(note, tuple(Used(names[claim], off) for claim, off in used), card, state)
