"""What happened to a payment and to each refund of it, as marks of a timeline: done, going on, and still to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from analytics.payments import Event, Payment
from analytics.refund_list import SHORT, Refund, Step
from data.ledger.refund_states import RefundState
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.refunds import words
from pages.ui.screens.refunds.pieces import Mark, Tone


def of_payment(user: User, payment: Payment, events: tuple[Event, ...]) -> list[Mark]:
    """Paid; and where a card paid, what its bank said."""
    zone, today = user.preferences.zone, user.today
    paid = Mark(
        "shopping_bag",
        "done" if payment.state != "declined" else "off",
        text("refunds.paid" if payment.source is None else "refunds.sent"),
        words.when(payment.occurred_at, zone, today),
        [words.paid_with(payment)],
    )
    marks = [paid, *(_event(one, zone, user) for one in events)]
    if payment.state == "processing":
        marks.append(Mark("hourglass_top", "now", text("refunds.payment.processing"), "", [text("refunds.silent")]))
    elif payment.source is not None and not events:
        marks.append(Mark("credit_card", "done", text("refunds.event.captured")))
    return marks


_EVENTS: Final[Mapping[str, tuple[str, Tone]]] = {
    "captured": ("credit_card", "done"),
    "declined": ("credit_card_off", "bad"),
    "manual": ("front_hand", "now"),
}


def _event(one: Event, zone: str, user: User) -> Mark:
    icon, tone = _EVENTS[one.state]
    lines = [words.bank_reason(one.reason)] if one.reason else []
    return Mark(icon, tone, text(f"refunds.event.{one.state}"), words.when(one.at, zone, user.today), lines)


def of_refund(user: User, payment: Payment, refund: Refund) -> list[Mark]:
    """From the request to the arrival; the last mark of an open one is what comes next."""
    zone, today = user.preferences.zone, user.today
    asked = Mark(
        "forum", "done", text("refunds.step.requested"), words.when(refund.asked_at, zone, today), _why(refund)
    )
    steps = [_step(user, payment, refund, one) for one in refund.steps if not _between(refund, one)]
    return [asked, *steps, *_next(user, payment, refund)]


def _why(refund: Refund) -> list[str]:
    said = [text("refunds.step.reason", reason=words.reason_name(refund.reason))]
    return [*said, refund.note] if refund.note else said


def _between(refund: Refund, one: Step) -> bool:
    """Whether a step only led to the next at the very same moment: to a wallet the money goes at once."""
    return one.state is RefundState.PROCESSING and refund.state is RefundState.CREDITED and one.at == refund.state_at


_STEPS: Final[Mapping[RefundState, tuple[str, Tone]]] = {
    RefundState.CONFIRMED: ("thumb_up", "done"),
    RefundState.REJECTED: ("cancel", "bad"),
    RefundState.CANCELLED: ("undo", "off"),
    RefundState.PROCESSING: ("send", "done"),
    RefundState.FAILED: ("error", "bad"),
    RefundState.MANUAL: ("front_hand", "bad"),
    RefundState.CREDITED: ("check", "done"),
}


def _step(user: User, payment: Payment, refund: Refund, one: Step) -> Mark:
    icon, tone = _STEPS[one.state]
    at = words.when(one.at, user.preferences.zone, user.today)
    lines = _LINES.get(one.state, _nothing)(payment, refund, one)
    if one.state is RefundState.PROCESSING and one.reason == SHORT:
        return Mark("hourglass_bottom", "now", text("refunds.step.short"), at, [text("refunds.step.short.body")])
    return Mark(icon, tone, _title(payment, refund, one), at, lines)


def _title(payment: Payment, refund: Refund, one: Step) -> str:
    if one.state is RefundState.PROCESSING and payment.source is not None:
        key = "refunds.step.again" if one.attempt > 1 else "refunds.step.processing"
        return text(key, card=words.source_name(payment.source))
    if one.state is RefundState.PROCESSING:
        return text("refunds.state.processing")
    if one.state is RefundState.CREDITED and refund.redirected:
        return text("refunds.step.redirected")
    return text(f"refunds.step.{one.state}")


def _agreed(payment: Payment, refund: Refund, _one: Step) -> list[str]:
    """How it will fall; once it arrived, that mark tells."""
    if refund.state is RefundState.CREDITED:
        return []
    return words.falls(
        payment, refund.amount, cash=refund.cash_due, points_back=refund.points_due, coupon=refund.coupon_due
    )


def _refused(_payment: Payment, _refund: Refund, one: Step) -> list[str]:
    return [one.reason] if one.reason else []


def _bank(_payment: Payment, _refund: Refund, one: Step) -> list[str]:
    return [words.bank_reason(one.reason)] if one.reason else []


def _came(payment: Payment, refund: Refund, _one: Step) -> list[str]:
    return words.brought(payment, refund)


def _nothing(_payment: Payment, _refund: Refund, _one: Step) -> list[str]:
    return []


_LINES: Final[Mapping[RefundState, Callable[[Payment, Refund, Step], list[str]]]] = {
    RefundState.CONFIRMED: _agreed,
    RefundState.REJECTED: _refused,
    RefundState.FAILED: _bank,
    RefundState.MANUAL: _bank,
    RefundState.CREDITED: _came,
}


def _next(user: User, payment: Payment, refund: Refund) -> list[Mark]:
    """What an open refund waits for."""
    if not refund.open:
        return []
    if refund.state is RefundState.REQUESTED:
        arrives = words.arrives(payment.source)
        return [Mark("storefront", "next", text("refunds.next.answer"), "", [arrives])]
    if refund.stuck:
        return [Mark("touch_app", "next", text("refunds.next.decide"), "", [_due_line(user, refund)])]
    late = refund.overdue(user.today)
    return [Mark("event", "late" if late else "next", _due_line(user, refund), "", [])]


def _due_line(user: User, refund: Refund) -> str:
    return words.due(refund, user.today)
