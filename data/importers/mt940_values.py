"""What the fields of MT940 and MT942 mean: the statement line `:61:`, balances, sums, and their dates.

Amounts have a decimal comma and no grouping; a value date may be the 30th of February, because interest months have
thirty days; an entry date has no year and takes the one that brings it closest to the value date.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from data.errors import Rejection
from data.importers.moments import EARLIEST, LATEST
from data.money import Money, exponent, parse_amount

_CENTURY_FROM = 70  # two-digit years from 70 on are the last century's
_LONGEST_MONTH = 31
_ROW = re.compile(
    r"\s*(?P<value>\d{6})\s?(?P<entry>\d{4})?\s?(?P<mark>R[CD]|E[CD]|[CD])\s?(?P<funds>[A-Z])?\s?"
    r"(?P<amount>[\d,][\d.,]{0,30})\s?(?P<type>[A-Z][A-Z0-9]{3})?(?P<rest>.*)",
    re.DOTALL | re.IGNORECASE,
)
_BALANCE = re.compile(
    r"\s*(?P<mark>[CD])\s?(?P<on>\d{6})\s?(?P<currency>[A-Z]{3})\s?(?P<amount>[\d,][\d.,]{0,30})\s*", re.IGNORECASE
)
_SUM = re.compile(r"\s*(?P<count>\d{0,9})\s?(?P<currency>[A-Z]{3})\s?(?P<amount>[\d,][\d.,]{0,30})\s*", re.IGNORECASE)
_POINT = re.compile(r"\d+\.\d{1,2}")
_NO_REFERENCE = frozenset({"NONREF", "NOREF", "NONE", "NOTPROVIDED", "KREF+", "EREF"})


class Row(NamedTuple):
    """A `:61:` taken apart. mark: C, D, RC, RD, EC or ED; amount: as it stands; further: its second line."""

    valued_on: date
    booked_on: date
    mark: str
    amount: str
    type: str
    reference: str
    bank_reference: str
    further: str


class Balance(NamedTuple):
    """A balance, negative where it is a debit. on: None where its date cannot be read."""

    on: date | None
    amount: Money


def row_of(text: str) -> Row | str:
    """The parts of a `:61:`, or the reason why it cannot be read."""
    found = _ROW.fullmatch(text)
    if found is None:
        return "row_incomplete"
    rest = found["rest"]
    if not found["type"] and rest.strip() and not rest.lstrip().startswith("//"):
        return "amount_unreadable"
    valued_on = day_of(found["value"])
    if valued_on is None:
        return "date_unreadable"
    booked_on = _nearest(found["entry"], valued_on) if found["entry"] else valued_on
    if booked_on is None:
        return "date_unreadable"
    if not EARLIEST <= booked_on.year <= LATEST:
        return "date_absurd"
    first, _, further = rest.partition("\n")
    reference, _, bank_reference = first.partition("//")
    return Row(
        valued_on,
        booked_on,
        found["mark"].upper(),
        found["amount"],
        (found["type"] or "").upper(),
        _reference(reference),
        _reference(bank_reference),
        " ".join(further.split()),
    )


def _reference(text: str) -> str:
    stripped = text.strip()
    return "" if stripped.upper() in _NO_REFERENCE or len(stripped) == 1 else stripped


def day_of(digits: str) -> date | None:
    """`YYMMDD`; a day that its month is too short for is the month's last."""
    year = int(digits[:2])
    return _day(year + (1900 if year >= _CENTURY_FROM else 2000), int(digits[2:4]), int(digits[4:]))


def _day(year: int, month: int, day: int) -> date | None:
    if not (1 <= month <= 12 and 1 <= day <= _LONGEST_MONTH):  # noqa: PLR2004 - a year's months
        return None
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _nearest(digits: str, near: date) -> date | None:
    days = (_day(near.year + shift, int(digits[:2]), int(digits[2:])) for shift in (0, 1, -1))
    return min((day for day in days if day), key=lambda day: abs(day - near), default=None)


def amount_of(text: str, currency: str) -> Money | str:
    """An amount without sign, or the reason why it is none. Some banks write a decimal point after all."""
    try:
        exponent(currency)
        if "," not in text and "." in text and not _POINT.fullmatch(text):
            return "amount_unreadable"
        return parse_amount(text, currency, decimal_comma="," in text or "." not in text)
    except Rejection as rejection:
        return rejection.code if currency else "missing"


def balance_of(text: str) -> Balance | str:
    """The balance of a `:60F:`, `:62F:` and their like, or the reason why it is none."""
    found = _BALANCE.fullmatch(text)
    if found is None:
        return "amount_unreadable"
    amount = amount_of(found["amount"], found["currency"].upper())
    if not isinstance(amount, Money):
        return amount
    return Balance(day_of(found["on"]), -amount if found["mark"].upper() == "D" else amount)


def sum_of(text: str) -> tuple[int, Money] | None:
    """Number and sum of a `:90D:` or `:90C:`, None where it cannot be read: it only serves the self-check."""
    found = _SUM.fullmatch(text)
    amount = amount_of(found["amount"], found["currency"].upper()) if found else ""
    return (int(found["count"] or 0), amount) if found and isinstance(amount, Money) else None


def currency_in(texts: Iterator[str]) -> str:
    """The first currency that balances, sums or floor limits (`EURD0,00`) name; "" if none does."""
    for text in texts:
        found = re.match(r"\s*(?:[CD]\s?\d{6}|\d{1,9})?\s?([A-Z]{3})(?=[CD]?\s?[\d,])", text, re.IGNORECASE)
        if found:
            return found[1].upper()
    return ""
