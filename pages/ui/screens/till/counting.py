"""The merchant's counter as a page asks about it: cut into the proprietor's own days."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from analytics.takings import Counter
from data.merchants import Merchant
from pages.ui.context import User


def counter_of(user: User, merchant: Merchant, now: datetime | None = None) -> Counter:
    """The counter now; `now` (UTC without zone) for what goes on asking after the page was drawn, across midnight."""
    zone = user.preferences.zone
    today = user.today if now is None else now.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
    return Counter(user.database, merchant.id, merchant.currency, zone, today)
