"""How payments and refunds are put into words: where money comes from, how a refund stands, how it falls."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final, Literal

import streamlit as st

from analytics.payments import Payment, Source
from analytics.refund_list import Refund
from data.ledger.refund_states import RefundState
from data.ledger.working_days import DAYS_TO_CREDIT
from data.money import POINTS, Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.card_names import card_name
from pages.ui.catalogue import translator
from pages.ui.i18n import language, plural, text

Colour = Literal["green", "orange", "red", "blue", "gray"]
SHORT: Final = "short"
_STATES: Final[Mapping[str, tuple[str, Colour]]] = {
    "requested": ("hourglass_top", "blue"),
    "confirmed": ("thumb_up", "blue"),
    "processing": ("sync", "blue"),
    SHORT: ("hourglass_bottom", "orange"),
    "credited": ("check_circle", "green"),
    "failed": ("error", "red"),
    "manual": ("front_hand", "red"),
    "rejected": ("cancel", "gray"),
    "cancelled": ("undo", "gray"),
}


def local(instant: datetime, zone: str) -> datetime:
    """An instant of the store in the person's zone."""
    return instant.replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(zone))


def when(instant: datetime, zone: str, today: date) -> str:
    """`11月22日 18:05`; with the year when it is another one."""
    here = local(instant, zone)
    return format.clock(here) if here.year == today.year else format.moment(here)


def source_name(source: Source | None) -> str:
    """What paid: the wallet's balance, or the card by its name."""
    if source is None:
        return text("refunds.wallet")
    return card_name(source.brand, source.bank, source.last4, source.kind)


def paid_with(payment: Payment) -> str:
    """What was paid and with what; where coupons or points paid a part, what was left for the money."""
    whole, source = money(payment.gross, payment.currency), source_name(payment.source)
    if payment.cash in {0, payment.gross}:
        return f"{whole} · {source}" if payment.cash else whole
    return f"{whole} · {source} {money(payment.cash, payment.currency)}"


def money(minor: int, currency: str) -> str:
    """An amount in full."""
    return format.money(Money(minor, currency))


def points(count: int) -> str:
    """`300 积分`."""
    return format.money(Money(count, POINTS))


def standing(refund: Refund) -> str:
    """The state's key: `short` where the merchant lacks the money, else the state."""
    return SHORT if refund.short else refund.state.value


def badge(refund: Refund, today: date, *, asked: str = "refunds", name: str = "") -> None:
    """The state as a pill, and beside it whether it is overdue. asked: whose words (`refunds`, `requests`).

    name: another state's key, where the asker knows better than the refund itself.
    """
    name = name or standing(refund)
    icon, colour = _STATES[name]
    key = f"{asked}.state.{name}"
    said = text(key if translator(language()).has(key) else f"refunds.state.{name}")
    st.badge(said, icon=f":material/{icon}:", color=colour)
    if refund.overdue(today):
        st.badge(text("refunds.overdue"), icon=":material/running_with_errors:", color="red")


def bank_reason(code: str) -> str:
    """What a card's bank said, as a sentence; a code that is not ours stands for itself."""
    key = f"reason.{code}"
    said = text(key) if translator(language()).has(key) else code
    return said[:1].upper() + said[1:]


def day(value: date, today: date) -> str:
    """`12月3日`, with the year when it is another one."""
    return format.day(value, today=today)


def due(refund: Refund, today: date) -> str:
    """By when it arrives: `最晚 12月3日到账（估算）`, or how long it is overdue; empty while nobody agreed to it."""
    if refund.due_on is None:
        return ""
    if refund.overdue(today):
        return plural("refunds.due.over", (today - refund.due_on).days, day=day(refund.due_on, today))
    key = "refunds.due.estimated" if refund.estimated else "refunds.due"
    return text(key, day=day(refund.due_on, today))


def arrives(source: Source | None) -> str:
    """How long it takes after the merchant agreed, by what had paid."""
    if source is None:
        return text("refunds.arrives.wallet")
    return plural("refunds.arrives.card", DAYS_TO_CREDIT[source.kind], card=source_name(source))


def falls(payment: Payment, amount: int, *, cash: int, points_back: int, coupon: int) -> list[str]:
    """How a refund of `amount` falls, a line for each part there is.

    What the floors of cash and points drop stands with the coupon part; where no coupon was used it comes back with a
    later part, and is told as such (LEDGER §4).
    """
    said = []
    if cash:
        said.append(text("refunds.falls.cash", amount=money(cash, payment.currency), to=source_name(payment.source)))
    if points_back:
        worth = amount - cash - coupon
        value = money(worth, payment.currency)
        said.append(text("refunds.falls.points", points=points(points_back), amount=value))
    if coupon > 0:
        key = "refunds.falls.coupon" if payment.coupon else "refunds.falls.rounding"
        said.append(text(key, amount=money(coupon, payment.currency)))
    return said


def brought(payment: Payment, refund: Refund) -> list[str]:
    """What a refund that arrived brought and took, a line for each."""
    to = None if refund.redirected else payment.source
    said = []
    if refund.cash:
        amount = money(refund.cash, refund.currency)
        said.append(text("refunds.brought.cash", amount=amount, to=source_name(to)))
    if refund.points:
        said.append(text("refunds.brought.points", points=points(refund.points)))
    if refund.clawed:
        said.append(text("refunds.brought.clawed", points=points(refund.clawed)))
    if refund.debt:
        said.append(text("refunds.brought.debt", points=points(refund.debt)))
    if refund.coupon > 0 and payment.coupon:
        said.append(text("refunds.brought.coupon", amount=money(refund.coupon, refund.currency)))
    return said


def reason_name(code: str) -> str:
    """Why a refund was asked for, by its code."""
    key = f"refunds.reason.{code}"
    return text(key) if translator(language()).has(key) else code


def states() -> dict[str, str]:
    """Every state in words, for files."""
    return {state.value: text(f"refunds.state.{state.value}") for state in RefundState}
