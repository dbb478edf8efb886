"""What happens between the ledger and a card's bank: charges sent and asked about, refunds sent, what is due credited.

The ledger is told first and the bank second, under the ledger's own id; what the bank says is written down before
anybody is told. A silence is never taken for a no: the charge stays open and is asked about again (LEDGER §2). Doors
call it for one charge; the app's own round (`data.rounds`) for all that wait.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

import structlog

from data.database import Database
from data.errors import RequestIdReused, StoreClosed
from data.gateways import backoff
from data.gateways.protocol import Answer as BankAnswer
from data.gateways.protocol import AnswerState, Order
from data.ids import OwnerId, new_request_id
from data.ledger.refund_states import RefundState
from data.ledger.wallet import refunding
from data.ledger.wallet.books import Books, Charge, Payment, Refund, zone_named
from data.ledger.wallet.commands import (
    ISSUER,
    AnswerCharge,
    ChargeState,
    CreditRefund,
    ExpirePoints,
    FailRefund,
    RetryRefund,
)
from data.ledger.wallet.earning import over
from data.ledger.wallet.refusals import ChargeSettled
from data.running import Running
from data.security.sealing import unseal
from data.store.resealing import token_place
from data.store.vault import Answer, answer_from

UNDER_WAY: Final = timedelta(seconds=30)
MOST_ATTEMPTS: Final = 5  # of sending a refund by ourselves; then it waits for a person
T = TypeVar("T")
_log = structlog.get_logger("settlement")

_CHARGE: Final = """
SELECT c.request_id, c.card, c.purpose, c.currency, c.amount, c.state, c.attempt, k.token, c.occurred_at
FROM published_charge c JOIN card k ON k.owner = c.owner AND k.id = c.card
WHERE c.owner = $owner AND c.id = $charge"""
_ANSWERED: Final = """
SELECT scope, receipt FROM request WHERE owner = $owner AND scope IN ('money', 'answer') AND request_id = $request_id
ORDER BY scope"""
_SEALED: Final = "SELECT token FROM card WHERE owner = $owner AND id = $card"


def outcome(database: Database, owner: UUID, request_id: str) -> Answer | None:
    """What a request of the wallet was answered, the bank's final word included; None: it never arrived."""
    found = dict(database.read(_ANSWERED, {"owner": owner, "request_id": request_id}))
    text = found.get("answer") or found.get("money")
    return answer_from(text) if text else None


def completed(running: Running, owner: OwnerId, answer: Answer, at: datetime | None = None) -> Answer:
    """What a payment, top-up or withdrawal comes to, after its card's bank was asked where one is needed."""
    receipt = answer.receipt
    if answer.refusal is not None or receipt.get("state") != "processing":
        return answer
    charge = UUID(receipt.get("charge") or receipt["payment"])
    if answer.replayed:
        known = _final(running.database, owner, charge)
        if known is not None:
            return known
    return dataclasses.replace(send(running, owner, charge, at), replayed=answer.replayed)


def _final(database: Database, owner: UUID, charge: UUID) -> Answer | None:
    (row,) = database.read(_CHARGE, {"owner": owner, "charge": charge})
    if row[5] not in {"approved", "declined"}:
        return None
    return outcome(database, owner, row[0])


def send(running: Running, owner: OwnerId, charge: UUID, at: datetime | None = None) -> Answer:
    """Ask the bank for a charge, or about it when it was asked before, and write down what it says."""
    row = running.database.read(_CHARGE, {"owner": owner, "charge": charge})[0]
    request_id, card, purpose, currency, amount, state, attempt, sealed, _ = row
    if state in {"approved", "declined"}:
        known = outcome(running.database, owner, request_id)
        if known is not None:
            return known
    token = unseal(running.key, sealed, token_place(owner, card))
    order = Order(charge, token, amount, currency, attempt + 1)
    said = _asked(running, order, purpose, again=state != "asked")
    now = at or running.database.clock()
    return running.database.transact(_answer(owner, charge, request_id, attempt + 1, said, now, at))


def _asked(running: Running, order: Order, purpose: str, *, again: bool) -> BankAnswer:
    bank = running.gateway
    if again:
        said = bank.query(order.id)
        if said.state not in {AnswerState.NOT_FOUND, AnswerState.APPROVED}:
            return said
    if purpose == "withdraw":
        return bank.payout(order)
    authorised = bank.authorise(order)
    return bank.capture(order) if authorised.state is AnswerState.APPROVED else authorised


def _answer(
    owner: OwnerId,
    charge: UUID,
    request_id: str,
    attempt: int,
    said: BankAnswer,
    now: datetime,
    at: datetime | None,
) -> AnswerCharge:
    state, next_at = _STATES.get(said.state, ChargeState.UNKNOWN), None
    if state is ChargeState.UNKNOWN:
        next_at = backoff.next_ask(attempt, now)
        state = ChargeState.MANUAL if next_at is None else state
        request_id = f"{request_id}#{attempt}"
    return AnswerCharge(
        owner=owner,
        request_id=request_id,
        actor=ISSUER,
        at=at,
        charge=charge,
        state=state,
        attempt=attempt,
        reason=said.reason,
        next_at=next_at,
    )


_STATES: Final = {AnswerState.APPROVED: ChargeState.APPROVED, AnswerState.DECLINED: ChargeState.DECLINED}


def by_hand(running: Running, actor: UUID, owner: OwnerId, charge: UUID, *, approved: bool, reason: str) -> Answer:
    """A person's word on a charge that the bank never answered; refused when another final word came before."""
    row = running.database.read(_CHARGE, {"owner": owner, "charge": charge})[0]
    state = ChargeState.APPROVED if approved else ChargeState.DECLINED
    command = AnswerCharge(
        owner=owner, request_id=row[0], actor=actor, charge=charge, state=state, attempt=row[6] + 1, reason=reason
    )
    answer = running.database.transact(command)
    if isinstance(answer.refusal, RequestIdReused):  # all final words on a charge have one id
        other = ChargeState.DECLINED if approved else ChargeState.APPROVED
        return dataclasses.replace(answer, refusal=ChargeSettled(other.value))
    return answer


def send_refund(running: Running, owner: OwnerId, refund: UUID, attempt: int, at: datetime | None = None) -> BankAnswer:
    """Send a confirmed refund to the card that paid. A no is written down; a yes waits for its day."""
    order = _refund_order(running, owner, refund, attempt)
    if order is None:
        return BankAnswer(AnswerState.APPROVED)
    said = running.gateway.refund(order)
    if said.state is AnswerState.DECLINED:
        failed = FailRefund(
            owner=owner,
            request_id=new_request_id(),
            actor=ISSUER,
            at=at,
            refund=str(refund),
            attempt=attempt,
            reason=said.reason,
            manual=attempt >= MOST_ATTEMPTS,
        )
        running.database.transact(failed)
    return said


def _refund_order(running: Running, owner: OwnerId, refund: UUID, attempt: int) -> Order | None:
    """What the bank is to give back; None when the refund is of coupons and points only."""
    cash, currency, payment, card = running.database.read(_ONE_REFUND, {"owner": owner, "refund": refund})[0]
    if not cash or card is None:
        return None
    sealed = running.database.read(_SEALED, {"owner": owner, "card": card})[0][0]
    return Order(refund, unseal(running.key, sealed, token_place(owner, card)), cash, currency, attempt, payment)


_ONE_REFUND: Final = """
SELECT r.cash_due, r.currency, r.payment, p.card
FROM published_refund r JOIN payment p ON p.owner = r.owner AND p.id = r.payment
WHERE r.owner = $owner AND r.id = $refund"""


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """What a settling brought: refunds credited, points expired, charges that got their final answer."""

    credited: int = 0
    expired: int = 0
    answered: int = 0


def settle(running: Running, at: datetime | None = None) -> Done:
    """Ask about every open charge, give every refund that is due, let points expire whose time is over."""
    return Done(credited=credit_due(running, at), expired=expire(running, at), answered=ask_open(running, at))


def ask_open(running: Running, at: datetime | None = None) -> int:
    """Ask the bank about every charge whose time to be asked about has come; how many got a final answer."""

    def waiting(books: Books, now: datetime) -> list[tuple[str, str]]:
        asked = sorted(books.charges.values(), key=lambda one: one.row.seq)
        return [(one.row.owner, one.row.id) for one in asked if _to_ask(one, now, at)]

    def asked(one: tuple[str, str]) -> int:
        answer = send(running, OwnerId(UUID(one[0])), UUID(one[1]), at)
        return answer.receipt.get("state") != "processing"

    return _each(running.database.ask(waiting), asked)


def _each(waiting: Iterable[T], settles: Callable[[T], int]) -> int:
    """The sum of what came of each; one that fails is logged and keeps nobody else waiting."""
    done = 0
    for one in waiting:
        try:
            done += settles(one)
        except StoreClosed:
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it was, it is this one's alone and tried again later
            _log.error("settling_failed", what=settles.__qualname__, error=type(failure).__name__)
    return done


def _to_ask(charge: Charge, now: datetime, at: datetime | None) -> bool:
    """Whether it is time. A charge that was only just written down is under way in the thread that wrote it."""
    if charge.state == "asked":
        return at is not None or charge.row.recorded_at <= now - UNDER_WAY
    return charge.state == "unknown" and (charge.next_at is None or charge.next_at <= (at or now))


def credit_due(running: Running, at: datetime | None = None) -> int:
    """Give what is due: to cards on their day, to wallets as soon as the merchant can; how many arrived."""

    def waiting(books: Books, _now: datetime) -> list[_Open]:
        found = [
            (payment, one)
            for payment in books.payments.values()
            for one in payment.refunds.values()
            if one.state in {RefundState.PROCESSING, RefundState.FAILED}
        ]
        # Who asked first is given first, whatever order memory has them in: points depend on it.
        return [_open(books, payment, one) for payment, one in sorted(found, key=lambda both: both[1].row.seq)]

    today = _day_in_china(at or running.database.clock())
    return _each(running.database.ask(waiting), lambda one: _credit(running, one, today, at))


@dataclasses.dataclass(frozen=True, slots=True)
class _Open:
    """A refund that was agreed to and is not there yet."""

    owner: OwnerId
    refund: UUID
    state: RefundState
    attempt: int
    due_on: date | None
    to_card: bool
    covered: bool


def _open(books: Books, payment: Payment, one: Refund) -> _Open:
    owner, refund = OwnerId(UUID(one.row.owner)), UUID(one.row.id)
    to_card, covered = payment.row.card is not None, refunding.covered(books, payment, one)
    return _Open(owner, refund, one.state, one.attempt, one.due_on, to_card, covered)


def _credit(running: Running, one: _Open, today: date, at: datetime | None) -> bool:
    if not one.covered:  # asking in vain every few minutes would fill the books with refusals
        return False
    if one.to_card and not _taken_by_bank(running, one, at):
        return False
    if one.to_card and (one.due_on is None or today < one.due_on):
        return False
    given = CreditRefund(owner=one.owner, request_id=new_request_id(), actor=ISSUER, at=at, refund=str(one.refund))
    return running.database.transact(given).refusal is None


def _taken_by_bank(running: Running, one: _Open, at: datetime | None) -> bool:
    """Whether the bank has the refund, sent again now if it failed."""
    attempt = max(one.attempt, 1)
    if one.state is RefundState.FAILED:
        attempt = one.attempt + 1
        again = RetryRefund(
            owner=one.owner, request_id=new_request_id(), actor=ISSUER, at=at, refund=str(one.refund), attempt=attempt
        )
        if running.database.transact(again).refusal is not None:
            return False
    return send_refund(running, one.owner, one.refund, attempt, at).state is AnswerState.APPROVED


def _day_in_china(now: datetime) -> date:
    """Banks' working days are counted there."""
    return now.replace(tzinfo=UTC).astimezone(zone_named("Asia/Shanghai")).date()


def expire(running: Running, at: datetime | None = None) -> int:
    """Let points expire whose last day is over; how many points that were."""

    def late(books: Books, now: datetime) -> list[str]:
        return [owner for owner, member in books.members.items() if over(member.lots.values(), member.day(at or now))]

    def expired(owner: str) -> int:
        command = ExpirePoints(owner=OwnerId(UUID(owner)), request_id=new_request_id(), actor=ISSUER, at=at)
        return int(running.database.transact(command).receipt.get("expired", 0))

    return _each(running.database.ask(late), expired)
