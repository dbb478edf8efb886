"""How sure a door may be about who asks, and the no for what needs the person to confirm it is really them.

Whoever finds an open session on a table must not be able to empty the wallet with it. What would hurt is therefore
asked again: a code, a passkey, or the password where there is nothing else; it counts for five minutes in that session.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Final

from data.errors import Rejection

FRESH_FOR: Final = timedelta(minutes=5)


@dataclasses.dataclass(frozen=True, slots=True)
class Assurance:
    """What a door is told about who asks. session: the id of the signed-in session, "" where there is none.

    at_the_machine: asked by the command line or a batch, which only whoever owns the file can run; never confirmed.
    """

    session: str = ""
    at_the_machine: bool = False


UNCONFIRMED: Final = Assurance()  # what a door assumes that is told nothing: what needs confirming is refused
AT_THE_MACHINE: Final = Assurance(at_the_machine=True)


@dataclasses.dataclass(unsafe_hash=True)
class StepUpRequired(Rejection):
    """The person confirms first that it is them. Nothing was done or kept: the same request may be sent again.

    action: payment, transfer, payout, limits, threshold, unfreeze, card, export, factors, deletion. reason: why this
    one needs it. amount_minor, currency, payee: what it is about, where there is such a thing.
    """

    action: str
    reason: str
    amount_minor: int | None = None
    currency: str | None = None
    payee: str | None = None


def is_fresh(stepped_up_at: datetime | None, now: datetime) -> bool:
    """Whether a session that was confirmed at that instant still counts as confirmed."""
    return stepped_up_at is not None and timedelta(0) <= now - stepped_up_at < FRESH_FOR
