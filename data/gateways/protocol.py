"""What the wallet asks of whoever holds the money behind a bound card, and what it may conclude from the answers.

The contract, for every gateway:

- **Our id is their idempotency key.** A charge's, payout's or refund's own id names it for ever; the same order may be
  sent as often as one likes, by several threads, before and after a crash, and moves money at most once.
- **Silence is not a no.** A timeout, a broken connection, an unreadable answer, a failure in the gateway's own house is
  `UNKNOWN`, handed back as an answer and never raised. Whoever gets it asks again with `query`, later and later
  (`data.gateways.backoff`), and in the end a person; nobody concludes that nothing was taken.
- **A definite answer stays.** `APPROVED` and `DECLINED` never turn into each other. The one exception is a refund:
  after a `DECLINED` it may be tried again under its own id, with a higher `attempt`.
- **`NOT_FOUND` means never received.** Only then may an order be sent anew, under the id it has.

A charge is two steps: `authorise` sets the money aside on the card, `capture` takes it, `void` lets it go. Refunds and
payouts are one step. Amounts are minor units of their currency.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from data.errors import Rejection, require
from data.security.card_numbers import CardNumber


class AnswerState(StrEnum):
    """What is known of an order."""

    APPROVED = "approved"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    NOT_FOUND = "not_found"


class Reason(StrEnum):
    """Why an answer is not `APPROVED`. A real bank may have more; they are codes, put into words by the catalogues."""

    DECLINED = "declined"  # the bank says no and not why
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    UNKNOWN_CARD = "unknown_card"  # the token is not theirs
    VOIDED = "voided"
    ALREADY_CAPTURED = "already_captured"
    EXCEEDS_CHARGE = "exceeds_charge"  # more than was set aside, or than is left to refund
    CHARGE_UNKNOWN = "charge_unknown"  # a refund of what the bank never took
    OTHER_CARD = "other_card"  # a refund to a card that did not pay
    REFUND_FAILED = "refund_failed"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    ORDER_DIFFERS = "order_differs"  # the id was used for another order, of which this answer says nothing


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says. reason: a `Reason` or a code of that bank's own; "" when approved."""

    state: AnswerState
    reason: str = ""

    @property
    def definite(self) -> bool:
        """Whether the matter is settled."""
        return self.state in {AnswerState.APPROVED, AnswerState.DECLINED}


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """One movement of money that is asked for.

    id: our charge's or refund's id. token: the card. attempt: which sending this is, from 1. about: the charge that a
    refund gives back.
    """

    id: UUID
    token: str = dataclasses.field(repr=False)
    amount_minor: int
    currency: str
    attempt: int = 1
    about: UUID | None = None

    def __post_init__(self) -> None:
        require(self.amount_minor > 0, "an order moves something")
        require(self.attempt >= 1, "attempts are counted from 1")


@dataclasses.dataclass(unsafe_hash=True)
class GatewayUnreachable(Rejection):
    """The bank cannot be asked now. Only said where no money is under way: when a card is shown to it."""


class Gateway(Protocol):
    """A card's bank, or who speaks for it. Safe to call from several threads."""

    def tokenise(self, number: CardNumber, expires_on: date, kind: str) -> str:
        """Show the bank a card; the token that stands for it from now on. kind: `debit` or `credit`.

        This is the last time the number is seen. The same card may get another token each time; all of them stay good,
        for what was paid with a token is refunded to it.

        Raises:
            GatewayUnreachable: no token was made; nothing is lost by trying again.
        """

    def authorise(self, order: Order) -> Answer:
        """Set the amount aside on the card. A repeat answers what is known by now and sets nothing aside again."""

    def capture(self, order: Order) -> Answer:
        """Take what was authorised under this id, or a smaller amount, once; what is left over is let go.

        `NOT_FOUND` when nothing was authorised, `UNKNOWN` while it is not known whether it was.
        """

    def void(self, order: Order) -> Answer:
        """Let go of what is set aside under this id. `APPROVED` once nothing was and nothing will be taken.

        Also of an order that never arrived: one that is still under way is then refused. `DECLINED` when it is
        captured; only a refund helps then.
        """

    def refund(self, order: Order) -> Answer:
        """Give money of the captured charge `order.about` back to its card; part by part up to what was captured.

        After `DECLINED`, the same id with a higher `attempt` is tried anew; the same attempt has the same answer.
        """

    def payout(self, order: Order) -> Answer:
        """Send money to the card: a withdrawal."""

    def query(self, order_id: UUID) -> Answer:
        """What became of an order, by our id, whatever it asked for. `NOT_FOUND`: it never arrived.

        Of a charge it says whether the money is at our disposal, set aside or captured: `APPROVED` either way; voided:
        `DECLINED`.
        """

    def close(self) -> None:
        """Let go of connections and files. What is asked afterwards is `UNKNOWN`."""
