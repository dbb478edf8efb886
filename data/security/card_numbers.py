"""What a payment card's number and expiry say, and what may be kept of them. Pure.

A number is 12 to 19 digits, the last one a check digit (ISO/IEC 7812-1, annex B: Luhn). It lives in memory only, inside
a `CardNumber` that does not print it; kept are the last four digits, the brand, the bank, and a keyed fingerprint that
tells the same card bound twice. A bare hash would not do: there are few enough numbers to try them all. The security
code on the back is never asked for.
"""

from __future__ import annotations

import calendar
import csv
import dataclasses
import functools
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Final

from data.errors import Rejection, require

SHORTEST: Final = 12
LONGEST: Final = 19
_BIN_DIGITS: Final = 6
_LAST: Final = 4
_SEPARATORS: Final = frozenset({"Pd", "Cf"})  # dashes of all lengths, and the invisible marks that pasting brings along


class Brand(StrEnum):
    """Whose network a card belongs to."""

    UNIONPAY = "unionpay"
    VISA = "visa"
    MASTERCARD = "mastercard"
    AMEX = "amex"
    JCB = "jcb"
    DISCOVER = "discover"
    DINERS = "diners"
    MAESTRO = "maestro"
    OTHER = "other"


# First to last issuer number of each network, compared over as many digits as are written. 62 is UnionPay throughout,
# also where Discover takes the card abroad (622126 to 622925).
_RANGES: Final = (
    ("62", "62", Brand.UNIONPAY),
    ("8100", "8171", Brand.UNIONPAY),
    ("4", "4", Brand.VISA),
    ("51", "55", Brand.MASTERCARD),
    ("2221", "2720", Brand.MASTERCARD),
    ("34", "34", Brand.AMEX),
    ("37", "37", Brand.AMEX),
    ("3528", "3589", Brand.JCB),
    ("6011", "6011", Brand.DISCOVER),
    ("644", "649", Brand.DISCOVER),
    ("65", "65", Brand.DISCOVER),
    ("300", "305", Brand.DINERS),
    ("3095", "3095", Brand.DINERS),
    ("36", "36", Brand.DINERS),
    ("38", "39", Brand.DINERS),
    ("5018", "5018", Brand.MAESTRO),
    ("5020", "5020", Brand.MAESTRO),
    ("5038", "5038", Brand.MAESTRO),
    ("5893", "5893", Brand.MAESTRO),
    ("6304", "6304", Brand.MAESTRO),
    ("6759", "6759", Brand.MAESTRO),
    ("6761", "6763", Brand.MAESTRO),
)


@dataclasses.dataclass(unsafe_hash=True)
class CardNumberInvalid(Rejection):
    """What was typed is no card number. Carries no digit of it: the facts of a refusal are logged and shown.

    reason: `characters`, `length`, `first_digit`, `check_digit`, looked at in this order. length: how many characters
    there were without spaces and dashes.
    """

    reason: str
    length: int


@dataclasses.dataclass(unsafe_hash=True)
class CardExpiryInvalid(Rejection):
    """What was typed is no expiry date. Does not repeat it, for it may be a number typed into the wrong field.

    reason: `format` (not one of the ways to write it) or `date` (no such month or day, or not of this century).
    """

    reason: str


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class CardNumber:
    """A whole card number, in memory only. Printing it shows its brand and last four digits."""

    digits: str

    def __post_init__(self) -> None:
        require(_fault(self.digits) is None, "a card number is made by `read_number`")

    def __repr__(self) -> str:
        return f"CardNumber({self.brand} •••• {self.last4})"

    @property
    def last4(self) -> str:
        """The digits by which people know their card."""
        return self.digits[-_LAST:]

    @property
    def bin(self) -> str:
        """The issuer's number: the first six digits."""
        return self.digits[:_BIN_DIGITS]

    @property
    def brand(self) -> Brand:
        """Whose network it belongs to."""
        return brand_of(self)


def read_number(text: str) -> CardNumber:
    """The card number in what somebody typed or pasted: spaces, dashes and full-width digits are fine.

    Raises:
        CardNumberInvalid: it is none.
    """
    folded = unicodedata.normalize("NFKC", text)
    digits = "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in _SEPARATORS)
    fault = _fault(digits)
    if fault is not None:
        raise CardNumberInvalid(fault, len(digits))
    return CardNumber(digits)


def _fault(digits: str) -> str | None:
    """Why these are not a card's digits. 0 begins no payment card: ISO/IEC 7812-1 leaves it to other industries."""
    if digits and not re.fullmatch(r"[0-9]+", digits):
        return "characters"
    if not SHORTEST <= len(digits) <= LONGEST:
        return "length"
    if digits.startswith("0"):
        return "first_digit"
    return None if _luhn_sum(digits) % 10 == 0 else "check_digit"


def _luhn_sum(digits: str) -> int:
    """From the right, every second digit counts double, the double by the sum of its own digits."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return doubled + sum(int(digit) for digit in digits[-1::-2])


def brand_of(number: CardNumber) -> Brand:
    """Whose network the number belongs to; `OTHER` when it is none that we know."""
    for first, last, brand in _RANGES:
        if first <= number.digits[: len(first)] <= last:
            return brand
    return Brand.OTHER


def bank_of(number: CardNumber) -> str:
    """Which bank issued it, by the name that statements give it (`工商银行`); "" when it is not in our short table."""
    banks = _banks()
    return next((banks[p] for n in (_BIN_DIGITS, _BIN_DIGITS - 1) if (p := number.digits[:n]) in banks), "")


@functools.cache
def _banks() -> Mapping[str, str]:
    """Issuer numbers (five or six digits) of the large Chinese banks: well-known ones, far from all."""
    text = resources.files("data.security").joinpath("banks.csv").read_text(encoding="utf-8")
    return MappingProxyType({row["prefix"]: row["bank"] for row in csv.DictReader(text.splitlines())})


def fingerprint(key: bytes, number: CardNumber) -> str:
    """What tells that two cards are one: HMAC-SHA256 in hex, 64 characters. Nothing without the key."""
    return hmac.new(key, number.digits.encode("ascii"), hashlib.sha256).hexdigest()


_MONTH_FIRST: Final = re.compile(r"(?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4}|[0-9]{2})")
_YEAR_FIRST: Final = re.compile(r"(?P<year>[0-9]{4})[/.-](?P<month>[0-9]{1,2})(?:[/.-](?P<day>[0-9]{1,2}))?")
_RUN_TOGETHER: Final = re.compile(r"(?P<month>[0-9]{2})(?P<year>[0-9]{2})")
_CENTURY: Final = "20"


def read_expiry(text: str) -> date:
    """The last day on which the card counts. A month means its last day, as on the card itself (`08/29`).

    Read are MM/YY, MMYY, MM/YYYY, YYYY-MM and YYYY-MM-DD, with `/`, `-` or `.` in any of them.

    Raises:
        CardExpiryInvalid: none of these, or no such date. A date that is over is a date.
    """
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    found = next((m for form in (_YEAR_FIRST, _MONTH_FIRST, _RUN_TOGETHER) if (m := form.fullmatch(folded))), None)
    if found is None:
        raise CardExpiryInvalid("format")
    part = found.groupdict()
    year = part["year"] if len(part["year"]) > len(_CENTURY) else _CENTURY + part["year"]
    if not year.startswith(_CENTURY):
        raise CardExpiryInvalid("date")
    try:
        first = date(int(year), int(part["month"]), int(part.get("day") or 1))
    except ValueError:
        raise CardExpiryInvalid("date") from None
    return first if part.get("day") else first.replace(day=calendar.monthrange(first.year, first.month)[1])
