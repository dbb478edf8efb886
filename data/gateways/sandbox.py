"""The built-in bank: a `Gateway` that takes any well-formed card and lets every outcome be tried by the card's number.

It decides by `data.gateways.sandbox_numbers` (the table of test numbers) and remembers in a book of its own
(`data.gateways.sandbox_book`), which outlives the wallet's process. No money is real; the contract of
`data.gateways.protocol` is kept as a real bank would keep it: whatever is repeated, an order moves money once.
"""

from __future__ import annotations

import dataclasses
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import UUID

from data.errors import require
from data.gateways.protocol import Answer, AnswerState, GatewayUnreachable, Order, Reason
from data.gateways.sandbox_book import BankCard, Book, Line, Purpose, new_token
from data.gateways.sandbox_numbers import TEST_NUMBERS, Behaviour, behaviour_of
from data.security.card_numbers import CardNumber

__all__ = ["TEST_NUMBERS", "Behaviour", "SandboxGateway"]

_APPROVED, _DECLINED, _UNKNOWN = AnswerState.APPROVED, AnswerState.DECLINED, AnswerState.UNKNOWN
Outcome = tuple[AnswerState, AnswerState, str]  # what is said, what is true, why
_YES: Final[Outcome] = (_APPROVED, _APPROVED, "")
_NO: Final[Outcome] = (_DECLINED, _DECLINED, Reason.DECLINED)
# What becomes of a charge or payout; what is not listed is approved.
_OUTCOMES: Final[Mapping[Behaviour, Outcome]] = MappingProxyType(
    {
        Behaviour.DECLINED: _NO,
        Behaviour.INSUFFICIENT: (_DECLINED, _DECLINED, Reason.INSUFFICIENT_FUNDS),
        Behaviour.EXPIRED: (_DECLINED, _DECLINED, Reason.EXPIRED_CARD),
        Behaviour.UNKNOWN_THEN_APPROVED: (_UNKNOWN, _APPROVED, ""),
        Behaviour.UNKNOWN_THEN_DECLINED: (_UNKNOWN, _DECLINED, Reason.DECLINED),
        Behaviour.UNKNOWN_FOREVER: (_UNKNOWN, _UNKNOWN, ""),
    }
)
_DIFFERS: Final = Answer(_UNKNOWN, Reason.ORDER_DIFFERS)
_NOT_FOUND: Final = Answer(AnswerState.NOT_FOUND)


class SandboxGateway:
    """The bank, open. path None: its book is in memory.

    slow_seconds: how long the slow card thinks. unknown_answers: how often a query about an unknown order is answered
    `UNKNOWN` before the truth. sleep: how to wait.

    Raises:
        StoreDamaged: the file at `path` is no book of this bank.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        slow_seconds: float = 2.0,
        unknown_answers: int = 1,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._book = Book(path)
        self._slow_seconds = slow_seconds
        self._unknown_answers = unknown_answers
        self._sleep = sleep

    def tokenise(self, number: CardNumber, expires_on: date, kind: str) -> str:
        """A fresh token of this card.

        Raises:
            GatewayUnreachable: the book could not be written.
        """
        card = BankCard(new_token(), number.last4, number.brand, kind, expires_on, behaviour_of(number))
        try:
            with self._book.change():
                self._book.add_card(card)
        except sqlite3.Error:
            raise GatewayUnreachable from None
        return card.token

    def authorise(self, order: Order) -> Answer:
        """Set money aside."""
        return self._received(order, Purpose.CHARGE)

    def payout(self, order: Order) -> Answer:
        """Send money to the card."""
        return self._received(order, Purpose.PAYOUT)

    def capture(self, order: Order) -> Answer:
        """Take what was set aside, or less."""
        return self._answered(lambda: self._captured(order))

    def void(self, order: Order) -> Answer:
        """Let go of what was set aside; refuse it should it come later."""
        return self._answered(lambda: self._voided(order))

    def refund(self, order: Order) -> Answer:
        """Give back of a captured charge."""
        require(order.about is not None, "a refund names its charge")
        return self._answered(lambda: self._refunded(order))

    def query(self, order_id: UUID) -> Answer:
        """What became of an order."""
        return self._answered(lambda: self._queried(order_id))

    def book(self) -> tuple[Line, ...]:
        """Every order the bank ever received and what it moved, the only truth about money in the sandbox."""
        return self._book.lines()

    def taken(self, token: str) -> Mapping[str, int]:
        """By currency, what left a card in all: captured less refunded and paid out."""
        moved: Counter[str] = Counter()
        for line in self._book.lines():
            if line.token == token and line.moved_minor:
                moved[line.currency] += line.moved_minor
        return moved

    def close(self) -> None:
        """Close the book."""
        self._book.close()

    def _answered(self, decide: Callable[[], Answer]) -> Answer:
        """One decision, on disk before it is told. A bank whose book does not work has said nothing."""
        try:
            with self._book.change():
                return decide()
        except sqlite3.Error:
            return Answer(_UNKNOWN, Reason.UNREACHABLE)

    def _received(self, order: Order, purpose: Purpose) -> Answer:
        """A charge or payout: decided when it is seen first, answered from the book ever after."""
        slow = False

        def decide() -> Answer:
            nonlocal slow
            known = self._book.find(order.id)
            if known is not None:
                return _told(known) if known.is_for(order, purpose) else _DIFFERS
            card = self._book.card(order.token)
            slow = card is not None and card.behaviour is Behaviour.SLOW
            line = _line(order, purpose, _outcome(card, purpose))
            self._book.keep(line)
            return _told(line)

        answer = self._answered(decide)
        if slow:  # outside the transaction: nobody else waits for it, and a kill meanwhile finds it decided
            self._sleep(self._slow_seconds)
        return answer

    def _captured(self, order: Order) -> Answer:
        line = self._book.find(order.id)
        if line is None:
            return _NOT_FOUND
        if not line.is_for(dataclasses.replace(order, amount_minor=line.amount_minor), Purpose.CHARGE):
            return _DIFFERS
        if line.captured_minor:
            return Answer(_APPROVED) if line.captured_minor == order.amount_minor else _DIFFERS
        if line.state is not _APPROVED:
            return _told(line)
        if order.amount_minor > line.amount_minor:
            return Answer(_DECLINED, Reason.EXCEEDS_CHARGE)
        self._book.keep(dataclasses.replace(line, captured_minor=order.amount_minor))
        return Answer(_APPROVED)

    def _voided(self, order: Order) -> Answer:
        line = self._book.find(order.id) or _line(order, Purpose.CHARGE, _YES)
        if not line.is_for(order, Purpose.CHARGE):
            return _DIFFERS
        if line.captured_minor:
            return Answer(_DECLINED, Reason.ALREADY_CAPTURED)
        if line.state is _UNKNOWN:
            return _told(line)
        if line.state is _APPROVED:
            gone = dataclasses.replace(line, state=_DECLINED, final_state=_DECLINED, reason=Reason.VOIDED)
            self._book.keep(gone)
        return Answer(_APPROVED)

    def _refunded(self, order: Order) -> Answer:
        known = self._book.find(order.id)
        if known is not None:
            if not known.is_for(order, Purpose.REFUND):
                return _DIFFERS
            if known.state is not _DECLINED or order.attempt <= known.attempt:
                return _told(known)
        line = _line(order, Purpose.REFUND, self._refund_outcome(order, first=known is None))
        self._book.keep(line)
        return _told(line)

    def _refund_outcome(self, order: Order, *, first: bool) -> Outcome:
        charge = self._book.find(order.about) if order.about else None
        if charge is None or not charge.captured_minor or charge.currency != order.currency:
            return (_DECLINED, _DECLINED, Reason.CHARGE_UNKNOWN)
        if charge.token != order.token:
            return (_DECLINED, _DECLINED, Reason.OTHER_CARD)
        if self._book.refunded_minor(charge.id) + order.amount_minor > charge.captured_minor:
            return (_DECLINED, _DECLINED, Reason.EXCEEDS_CHARGE)
        card = self._book.card(order.token)
        if first and card is not None and card.behaviour is Behaviour.REFUND_FAILS_ONCE:
            return (_DECLINED, _DECLINED, Reason.REFUND_FAILED)
        return _YES

    def _queried(self, order_id: UUID) -> Answer:
        line = self._book.find(order_id)
        if line is None:
            return _NOT_FOUND
        if line.state is _UNKNOWN:
            asked = line.asked_times + 1
            state = line.final_state if asked > self._unknown_answers else _UNKNOWN
            line = dataclasses.replace(line, asked_times=asked, state=state)
            self._book.keep(line)
        return _told(line)


def _told(line: Line) -> Answer:
    """What the bank says about an order as it stands."""
    return Answer(_UNKNOWN, Reason.TIMEOUT) if line.state is _UNKNOWN else Answer(line.state, line.reason)


def _outcome(card: BankCard | None, purpose: Purpose) -> Outcome:
    if card is None:
        return (_DECLINED, _DECLINED, Reason.UNKNOWN_CARD)
    if purpose is Purpose.PAYOUT and card.behaviour is Behaviour.INSUFFICIENT:
        return _YES  # an empty account can be paid into
    return _OUTCOMES.get(card.behaviour, _YES)


def _line(order: Order, purpose: Purpose, outcome: Outcome) -> Line:
    state, final_state, reason = outcome
    return Line(
        id=order.id,
        purpose=purpose,
        token=order.token,
        amount_minor=order.amount_minor,
        currency=order.currency,
        about=order.about,
        attempt=order.attempt,
        state=state,
        final_state=final_state,
        reason=reason,
    )
