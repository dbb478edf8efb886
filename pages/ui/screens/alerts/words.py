"""Signs and verdicts in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analytics.risk_alerts import Alert, Made, Sign
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.people import called
from pages.ui.screens.wallet.words import local

# Two signs that say the same in other words: the second is left out where the first is there.
_SAYS_MORE: Final[Mapping[str, str]] = {
    "unusual_amount": "unheard_amount",
    "large_at_odd_hour": "unusual_hour",
    "series_lately": "unusual_lately",
    "series": "unusual_lately",
    "large_on_new_device": "new_device",
}


def reasons(signs: tuple[Sign, ...]) -> list[str]:
    """What spoke against a debit, a sentence each, the heaviest first."""
    there = {one.code for one in signs}
    told = [one for one in signs if _SAYS_MORE.get(one.code) not in there]
    return list(dict.fromkeys(_sentence(one) for one in told))


def _sentence(sign: Sign) -> str:
    facts = dict(sign.facts)
    currency = str(facts.pop("currency", ""))
    said = {
        name.removesuffix("_minor"): format.money(Money(int(value), currency)) if name.endswith("_minor") else value
        for name, value in facts.items()
    }
    if "hour" in said:
        said["hour"] = f"{int(said['hour']):02d}:00"
    said.pop("category", None)
    return text(f"alerts.sign.{sign.code}", **{name: str(value) for name, value in said.items()})


def title(one: Alert | Made) -> str:
    """What it was: to whom, or to a card."""
    if one.action == "transfer":
        return called(one.payee)
    return one.payee or text(f"alerts.action.{one.action}")


def amount(one: Alert | Made) -> str:
    """How much it is about."""
    return format.money(Money(one.amount, one.currency))


def when(user: User, one: Alert | Made) -> str:
    """The person's own time of it."""
    return format.moment(local(user.preferences.zone, one.at))
