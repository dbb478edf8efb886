"""What a posting's line of a Beancount journal says: its account, its units, their cost and their price."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from data.importers.journal_book import Amount, Posting
from data.importers.journal_numbers import LONGEST_POSTING, Unreadable, calculated

ACCOUNT: Final = r"[^\W\d_a-z][\w\-]*(?::[^\W_][\w\-]*)+"
_POSTING: Final = re.compile(rf"(?:[!*&#?%A-Z]\s+)?(?P<account>{ACCOUNT})(?:\s+(?P<rest>.*))?")
_UNITS: Final = re.compile(
    r"(?P<number>[-+*/().,\d\s]*?)\s*(?P<unit>[A-Z][A-Z0-9'._\-]*)?\s*"
    r"(?P<cost>\{\{[^}]*\}\}|\{[^}]*\})?\s*(?P<price>@@?.*)?"
)
_PRICED: Final = re.compile(r"(?P<number>[-+*/().,\d\s]+?)\s*(?P<unit>[A-Z][A-Z0-9'._\-]*)")


def posting_of(number: int, line: str) -> Posting:
    """The posting that a line without its comment states.

    Raises:
        Unreadable: for a line that is none ("" as its text), or for what is no amount.
    """
    named = _POSTING.fullmatch(line)
    if named is None:
        raise Unreadable("")
    if len(line) > LONGEST_POSTING:
        raise Unreadable(line)
    found = _UNITS.fullmatch((named["rest"] or "").strip())
    if found is None:
        raise Unreadable(named["rest"])
    account = named["account"]
    text, unit = found["number"].strip(), found["unit"]
    if not text:
        return Posting(number, account, None)
    if not unit:
        raise Unreadable(text)
    units = Amount(calculated(text), unit)
    weights = [weight for weight in (_cost(units, found["cost"]), _price(units, found["price"])) if weight]
    at_cost = bool(found["cost"]) and _cost(units, found["cost"]) is None
    return Posting(number, account, units, tuple(weights), at_cost)


def _cost(units: Amount, text: str | None) -> Amount | None:
    """`{100 USD, 2024-01-02, "lot"}` a unit, `{{1000 USD}}` for all, `{100 # 5 USD}` a unit and once."""
    for part in (text or "").strip("{}").split(","):
        each, hash_, once = part.partition("#")
        found = _PRICED.fullmatch((once or each).strip())
        if found is None:
            continue
        stated = calculated(found["number"])
        if text and text.startswith("{{"):
            return Amount(abs(stated) if units.number > 0 else -abs(stated), found["unit"])
        a_unit = calculated(each) if hash_ and each.strip() else Fraction() if hash_ else stated
        return Amount(a_unit * units.number + (stated if hash_ else 0), found["unit"])
    return None


def _price(units: Amount, text: str | None) -> Amount | None:
    found = _PRICED.fullmatch((text or "").lstrip("@").strip())
    if found is None or text is None:
        return None
    stated = calculated(found["number"])
    if text.startswith("@@"):
        return Amount(abs(stated) if units.number > 0 else -abs(stated), found["unit"])
    return Amount(stated * units.number, found["unit"])
