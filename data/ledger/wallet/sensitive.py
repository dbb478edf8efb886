"""Which command of the wallet the person confirms first: a large payment, a new payee, looser limits, thawing, a card.

A payout of a shop counts like a transfer to somebody known: it is asked about above the threshold. Lowering a limit
and freezing are never asked about: what makes the wallet safer is done at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from data.assurance import StepUpRequired
from data.ledger.wallet.commands import BindCard, MoneyCommand, Pay, PayOut, SetLimits, Transfer, Unfreeze
from data.ledger.wallet.limits import NO_LIMITS, Limits
from data.money import exponent

# About ¥1,000 of each; whole units. Whoever pays in another currency has 150 of it, and can say otherwise.
_DEFAULTS: Final[Mapping[str, int]] = MappingProxyType(
    {"CNY": 1_000, "HKD": 1_000, "TWD": 4_000, "JPY": 20_000, "KRW": 200_000}
)
_OTHERWISE: Final = 150


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What the rule must be told. threshold: minor units of the command's currency, above which is asked.

    promised: the limits once every change has come into force. known_payee: money went to this person before.
    """

    threshold: int = 0
    promised: Limits = NO_LIMITS
    known_payee: bool = False
    payee: str = ""


def default_threshold(currency: str) -> int:
    """The amount above which a payment is confirmed while the person has not chosen one; minor units."""
    return int(_DEFAULTS.get(currency, _OTHERWISE) * 10 ** exponent(currency))


def needed(command: MoneyCommand, facts: Facts) -> StepUpRequired | None:
    """What the person has to confirm before this command, None when nothing.

    A payment counts with its whole price, before coupons and points.
    """
    match command:
        case Pay() | PayOut() if command.amount > facts.threshold:
            action = "payment" if isinstance(command, Pay) else "payout"
            return StepUpRequired(action, "above_threshold", command.amount, command.currency)
        case Transfer() if not facts.known_payee or command.amount > facts.threshold:
            reason = "above_threshold" if facts.known_payee else "new_payee"
            return StepUpRequired("transfer", reason, command.amount, command.currency, facts.payee)
        case SetLimits() if raises(command, facts.promised):
            return StepUpRequired("limits", "raises_limit")
        case Unfreeze():
            return StepUpRequired("unfreeze", "unfreezes")
        case BindCard():
            return StepUpRequired("card", "binds_card")
    return None


def raises(command: SetLimits, promised: Limits) -> bool:
    """Whether any limit gets looser than what holds once every change has come into force."""
    asked = (command.per_payment, command.per_day, command.per_month)
    return any(_looser(new, old) for new, old in zip(asked, promised, strict=True))


def _looser(new: int | None, old: int | None) -> bool:
    """new: None leaves the limit, -1 takes it away. old: None is no limit, which nothing is looser than."""
    if new is None or old is None:
        return False
    return new < 0 or new > old
