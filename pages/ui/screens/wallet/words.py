"""How the wallet's amounts, cards and moments are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from analytics.cards import BoundCard
from analytics.wallet_activity import Via
from data.money import Money
from data.wallet import Standing
from pages.ui import format, i18n  # noqa: A004 - our word for it, always used with its dot
from pages.ui.card_names import card_name
from pages.ui.i18n import text


def money(minor: int, currency: str, *, mixed: bool = False) -> str:
    """An amount, with its code where several currencies are in view."""
    return format.money(Money(minor, currency), mixed=mixed)


def local(zone: str, instant: datetime) -> datetime:
    """An instant of the store in the person's zone."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def called(card: BoundCard) -> str:
    """A card by its bank, kind and last digits."""
    return card_name(card.brand, card.bank, card.last4, card.kind)


def source(via: Via | None) -> str:
    """What something went through: a card by name, or the wallet."""
    return card_name(via.brand, via.bank, via.last4) if via else text("wallet.source.wallet")


def sentences(*said: str) -> str:
    """Whole sentences one after the other, as the language sets them; empty ones fall away."""
    return ("" if i18n.language() == "zh" else " ").join(one for one in said if one)


def available(standings: Sequence[Standing]) -> str:
    """What is available in every wallet: `¥1,000.00`, or one amount a currency."""
    mixed = len(standings) > 1
    return " · ".join(money(one.available, one.currency, mixed=mixed) for one in standings)
