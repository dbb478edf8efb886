"""What an amount is: an integer count of minor units with its currency.

Never a float, never added across currencies. Text is parsed exactly; what does not fit the currency's decimals
is refused, not rounded. Decimals per currency follow ISO 4217; points are the currency `PTS` without decimals.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from decimal import Context, Decimal, InvalidOperation

from babel.numbers import get_currency_precision, list_currencies

from data.errors import InvariantBroken, Rejection, require

POINTS = "PTS"
_NO_CURRENCIES = frozenset({"XXX", "XTS"})  # ISO 4217's codes for none at all, and for testing
MAX_MINOR = 10**15  # ten trillion yuan: whatever is above is a typing error, and int64 sums stay far from overflow

_MOST_DECIMALS = 4  # of any currency


@dataclasses.dataclass(unsafe_hash=True)
class AmountUnreadable(Rejection):
    """The text is not an amount of this currency."""

    text: str
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class CurrencyUnknown(Rejection):
    """The currency code is not in ISO 4217."""

    text: str


@functools.cache
def _known_currencies() -> frozenset[str]:
    return (frozenset(list_currencies()) | {POINTS}) - _NO_CURRENCIES


@functools.cache
def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217): CNY 2, JPY 0, KWD 3, PTS 0.

    Raises:
        CurrencyUnknown: for a code that is not a currency.
    """
    if currency not in _known_currencies():
        raise CurrencyUnknown(currency)
    return 0 if currency == POINTS else get_currency_precision(currency)


@dataclasses.dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` units of `currency`. Signed. Adding two currencies is a defect."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise InvariantBroken(f"money is an integer, not {type(self.minor).__name__}")
        exponent(self.currency)

    def __add__(self, other: Money) -> Money:
        require(self.currency == other.currency, f"adding {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def decimal(self) -> Decimal:
        """The exact decimal value, for formatting only."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def plain(self) -> str:
        """`1234.50`: no symbol, no grouping, the currency's decimals; what CSV files hold."""
        places = exponent(self.currency)
        if not places:
            return str(self.minor)
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        return f"{'-' if self.minor < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def parse_amount(text: str, currency: str, *, decimal_comma: bool = False) -> Money:
    """The signed amount a text states: `¥1,234.50`, `（12.00）`, `-3`, `1.234,56` with `decimal_comma`.

    Full-width digits and signs count as their ASCII forms; a currency symbol or code around the figure is
    allowed; parentheses and a trailing minus mean negative.

    Raises:
        AmountUnreadable: for anything else, for more decimals than the currency has, and beyond `MAX_MINOR`.
    """
    if (plain := _PLAIN.fullmatch(text)) and not (decimal_comma and plain[3]):
        decimals, places = plain[3] or "", exponent(currency)
        if len(decimals) <= places:
            minor = int(plain[2] + decimals) * _TENS[places - len(decimals)]
            return Money(-minor if plain[1] == "-" else minor, currency)
    folded = unicodedata.normalize("NFKC", text).strip()
    if _TORN.search(folded):
        raise AmountUnreadable(text, currency)
    figure, negative = _unsigned(folded, currency)
    digits = _canonical(figure, decimal_comma=decimal_comma)
    if digits is None:
        raise AmountUnreadable(text, currency)
    try:
        # As precise as the text is long: an amount in its thirtieth decimal is refused like one in its third.
        scaled = Decimal(digits).scaleb(exponent(currency), Context(prec=len(digits) + _MOST_DECIMALS))
    except InvalidOperation:
        raise AmountUnreadable(text, currency) from None
    if scaled != scaled.to_integral_value() or scaled > MAX_MINOR:
        raise AmountUnreadable(text, currency)
    return Money(-int(scaled) if negative else int(scaled), currency)


# How nearly every file writes nearly every amount: it need not be taken apart as the others.
_PLAIN = re.compile(r"([+-]?)([0-9]{1,11})(?:\.([0-9]{1,4}))?")
_TENS = (1, 10, 100, 1_000, 10_000)
_SYMBOLS = "¥￥$€£元圆块"
# A blank or an apostrophe between digits groups thousands: `1 234` is one figure, `123 45` are two.
_TORN = re.compile(r"\d[ ']+(?!\d{3}(?!\d))\d")
_DOT_GROUPED = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d*)?|\.\d+")
_COMMA_GROUPED = re.compile(r"(\d{1,3}(\.\d{3})+|\d+)(,\d*)?|,\d+")


def _unsigned(folded: str, currency: str) -> tuple[str, bool]:
    negative = False
    if folded.startswith("(") and folded.endswith(")"):
        folded, negative = folded[1:-1], True
    folded = folded.replace("−", "-").replace("\u00a0", "").replace(" ", "").replace("'", "")
    for code in (currency, "CN¥", "HK$", "US$", "RMB"):
        folded = folded.replace(code, "")
    folded = folded.strip(_SYMBOLS)
    if folded.endswith("-"):
        folded = "-" + folded[:-1]
    if folded[:1] in {"+", "-"}:
        negative, folded = negative or folded[0] == "-", folded[1:]
    return folded.strip(_SYMBOLS), negative


def _canonical(figure: str, *, decimal_comma: bool) -> str | None:
    grouped = _COMMA_GROUPED if decimal_comma else _DOT_GROUPED
    if not grouped.fullmatch(figure):
        return None
    if decimal_comma:
        return figure.replace(".", "").replace(",", ".")
    return figure.replace(",", "")


def split_evenly(total: Money, parts: int) -> list[Money]:
    """`total` in `parts` amounts that differ by at most one minor unit and add up exactly, larger ones first."""
    require(parts > 0, "at least one part")
    base, rest = divmod(total.minor, parts)
    return [Money(base + (index < rest), total.currency) for index in range(parts)]


def share(total: Money, weights: list[int]) -> list[Money]:
    """`total` split in proportion to non-negative `weights`, exactly: cumulative floors, so nothing leaks.

    The formula of partial refunds (LEDGER §4): each part is the difference of two cumulative floors.
    """
    whole = sum(weights)
    require(whole > 0 and min(weights) >= 0, "weights are non-negative and not all zero")
    sign, magnitude = (-1, -total.minor) if total.minor < 0 else (1, total.minor)
    parts, taken, seen = [], 0, 0
    for weight in weights:
        seen += weight
        upto = magnitude * seen // whole
        parts.append(Money(sign * (upto - taken), total.currency))
        taken = upto
    return parts
