"""What an amount of a Ledger or hledger journal says: any commodity on either side, either decimal mark, costs, prices.

A single comma before exactly three digits groups thousands unless the journal declares otherwise: money has no mils.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from data.importers.journal_book import Amount, is_money
from data.importers.journal_numbers import LONGEST, LONGEST_POSTING, Unreadable, calculated, decimal

_UNIT: Final = r'"[^"\n]+"|[^\s\d\-+=@*/{}()\[\];,."\'<>!?:&|^~\\]+'
_NUMBER: Final = r"(?:\d[\d.,'_\u00a0\u202f]*(?: \d{3}(?![\d])[\d.,]*)*|\.\d+)"
_AMOUNT: Final = re.compile(
    rf"(?P<sign>[-+]?)\s*(?P<left>{_UNIT})?\s*(?P<inner>[-+]?)\s*(?P<number>{_NUMBER})(?:[eE](?P<power>[-+]?\d{{1,2}}))?"
    rf"\s*(?P<right>{_UNIT})?"
)
_SUM: Final = re.compile(rf"\((?P<sum>[^()]*(?:\([^()]*\)[^()]*)*)\)\s*(?P<right>{_UNIT})?")
_LOT_TOTAL: Final = re.compile(r"\{\{\s*=?(?P<cost>[^}]*)\}\}")
_LOT: Final = re.compile(r"\{\s*=?(?P<cost>[^}]*)\}")
_ASIDE: Final = re.compile(r"\[[^\]]*\]|\(\(.*?\)\)|\([^@)]*\)")  # a lot's date, its note, its valuation
_TARGET: Final = re.compile(r"(?<![=!<>])(?P<mark>={1,2}\*?)\s*(?P<amount>[^=]+)$")
_PRICE: Final = re.compile(r"\(?(?P<mark>@{1,2})\)?\s*(?P<amount>.+)$")
_GROUP: Final = 3
_WHOLE: Final = re.compile(r"\d*|\d{1,3}(?:,\d{2,3})*,\d{3}|\d{1,3}(?:\.\d{2,3})*\.\d{3}")
_SYMBOLS: Final = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "฿": "THB", "₫": "VND",
    "₪": "ILS", "₺": "TRY", "₱": "PHP", "₴": "UAH", "R$": "BRL", "HK$": "HKD", "NT$": "TWD", "A$": "AUD", "C$": "CAD",
    "CA$": "CAD", "AU$": "AUD", "NZ$": "NZD", "S$": "SGD", "CN¥": "CNY", "JP¥": "JPY", "RMB": "CNY", "元": "CNY",
    "块": "CNY", "人民币": "CNY", "円": "JPY", "zł": "PLN", "kr": "SEK", "Kč": "CZK", "Fr.": "CHF", "Fr": "CHF",
    "港币": "HKD", "美元": "USD", "欧元": "EUR",
}  # fmt: skip
_YEN_OR_YUAN: Final = frozenset({"¥", "￥"})


@dataclasses.dataclass(frozen=True, slots=True)
class Writing:
    """How this journal writes amounts. marks: unit → its decimal mark; mark: of all; currency: where none is named."""

    currency: str
    marks: Mapping[str, str] = dataclasses.field(default_factory=dict)
    mark: str = ""
    aliases: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def unit(self, text: str) -> str:
        """The currency that a commodity means, or its own name."""
        name = text.strip('"').strip()
        if not name:
            return self.currency
        name = self.aliases.get(name, name)
        if name in _YEN_OR_YUAN:
            return "JPY" if self.currency == "JPY" else "CNY"
        return _SYMBOLS.get(name) or (name.upper() if name.islower() and is_money(name.upper()) else name)


@dataclasses.dataclass(frozen=True, slots=True)
class Stated:
    """What stands behind a posting's account. units None: nothing. weights: by its cost, by its price."""

    units: Amount | None
    weights: tuple[Amount, ...] = ()
    target: Amount | None = None


def stated(text: str, writing: Writing) -> Stated:
    """The amount, what it counts for, and the balance that it leads to.

    Raises:
        Unreadable: for what is no amount.
    """
    rest, target = text.strip(), None
    if len(rest) > LONGEST_POSTING:
        raise Unreadable(rest)
    if found := _TARGET.search(rest):
        rest = rest[: found.start()].strip()
        # `=*` is of the account with those below it; those are not told apart here.
        aim = _PRICE.split(found["amount"], maxsplit=1)[0]
        target = None if found["mark"].endswith("*") else amount_of(aim, writing)
    weights = []
    price = _PRICE.search(rest)
    if price:
        rest = rest[: price.start()].strip()
    total, lot = _LOT_TOTAL.search(rest), _LOT.search(rest)
    rest = _LOT.sub("", _LOT_TOTAL.sub("", rest)).strip()
    units = amount_of(_without_asides(rest), writing) if rest else None
    if units is None:
        return Stated(None, (), target)
    if total and total["cost"].strip():
        weights.append(_of_all(units, amount_of(total["cost"], writing)))
    elif lot and lot["cost"].strip():
        weights.append(_of_each(units, amount_of(lot["cost"], writing)))
    if price:
        cost = amount_of(price["amount"], writing)
        weights.append(_of_all(units, cost) if price["mark"] == "@@" else _of_each(units, cost))
    return Stated(units, tuple(weights), target)


def _without_asides(text: str) -> str:
    """A posting's own sum may stand in parentheses; what else stands in brackets is about its lot."""
    head, rest = (
        (text[: text.index(")") + 1], text[text.index(")") + 1 :])
        if text.startswith("(") and ")" in text
        else ("", text)
    )
    if head.count("(") > 1:
        return text
    return f"{head} {_ASIDE.sub('', rest)}".strip()


def _of_all(units: Amount, cost: Amount) -> Amount:
    return Amount(abs(cost.number) if units.number > 0 else -abs(cost.number), cost.unit)


def _of_each(units: Amount, cost: Amount) -> Amount:
    return Amount(cost.number * units.number, cost.unit)


def amount_of(text: str, writing: Writing) -> Amount:
    """One amount: `$-1,000.00`, `10 EUR`, `-"Chocolate Frogs" 3`, `(2 * 3) USD`.

    Raises:
        Unreadable: for anything else.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise Unreadable(text)
    if found := _SUM.fullmatch(text):
        return _calculated(found, writing)
    found = _AMOUNT.fullmatch(text)
    if not found or (found["left"] and found["right"]) or (found["sign"] and found["inner"]):
        raise Unreadable(text)
    word = found["left"] or found["right"] or ""
    number = _number(found["number"], writing.unit(word), writing)
    if found["power"]:
        number *= Fraction(10) ** int(found["power"])
    negative = (found["sign"] == "-") != (found["inner"] == "-")
    return Amount(-number if negative else number, writing.unit(word))


def _calculated(found: re.Match[str], writing: Writing) -> Amount:
    words = re.findall(_UNIT, found["sum"])
    right = [found["right"]] if found["right"] else []
    if len({*words, *right}) > 1:
        raise Unreadable(found[0])
    bare = re.sub(_UNIT, "", found["sum"])
    return Amount(calculated(bare), writing.unit((words or right or [""])[0]))


def _number(text: str, unit: str, writing: Writing) -> Fraction:
    digits = re.sub(r"['_\s\u00a0\u202f]", "", text)
    mark = decimal_mark(digits, writing.marks.get(unit) or writing.mark)
    whole, _, rest = digits.rpartition(mark) if mark and mark in digits else (digits, "", "")
    grouped = re.sub(r"[.,]", "", whole)
    if not _WHOLE.fullmatch(whole) or not re.fullmatch(r"\d*", rest) or not (grouped or rest):
        raise Unreadable(text)
    return decimal(grouped or "0", rest)


def decimal_mark(digits: str, declared: str = "") -> str:
    """Which of `.` and `,` parts the decimals of these digits; "" for none."""
    dots, commas = digits.count("."), digits.count(",")
    if declared:
        return declared
    if dots and commas:
        return "." if digits.rindex(".") > digits.rindex(",") else ","
    if dots + commas != 1:
        return ""
    mark = "." if dots else ","
    return "" if mark == "," and len(digits) - digits.index(",") - 1 == _GROUP else mark


def sample_mark(text: str) -> tuple[str, str] | None:
    """The commodity and decimal mark that a directive's sample amount shows: `1.000,00 EUR`; None without a mark."""
    found = _AMOUNT.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if not found:
        return None
    digits = re.sub(r"['_\s]", "", found["number"])
    marks = [char for char in digits if char in ".,"]
    return (found["left"] or found["right"] or "", marks[-1]) if marks else None
