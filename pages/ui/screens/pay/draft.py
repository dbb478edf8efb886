"""The payment as it stands on the form: what was chosen so far, and what the wallet says it would come to."""

from __future__ import annotations

import dataclasses
from uuid import UUID

from data import wallet
from data.merchants import Target
from data.money import Money
from data.wallet import Pay, Quote
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.screens.pay import asked


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """What would be sent. amount None: not said yet. claims None: the coupons that save most."""

    user: User
    target: Target
    request: str
    amount: int | None = None
    card: UUID | None = None
    claims: tuple[str, ...] | None = None
    points: int = 0
    note: str = ""

    @property
    def currency(self) -> str:
        """The merchant's."""
        return self.target.currency

    def money(self, minor: int) -> str:
        """An amount of this payment in words."""
        return format.money(Money(minor, self.currency))

    def key(self, name: str) -> str:
        """The key of a field of this form: another request has other fields, empty ones."""
        return f"pay.{name}.{self.request}"

    def command(self) -> Pay:
        """What would be sent now."""
        return Pay(
            owner=self.user.owner,
            request_id=self.request,
            actor=self.user.owner,
            merchant=self.target.merchant.id,
            amount=self.amount or 0,
            currency=self.currency,
            card=self.card,
            points=self.points,
            claims=self.claims or (),
            pay_code=self.target.pay_code,
            note=self.note,
        )


def begin(user: User, target: Target) -> Draft:
    """An empty form for this target."""
    return Draft(user, target, asked.request(), target.amount)


def quote(draft: Draft) -> Quote:
    """What the wallet says about it.

    Raises:
        Rejection: there is nothing to reckon with, as `data.wallet.quote`.
    """
    return wallet.quote(draft.user.database, draft.command())
