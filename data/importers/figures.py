"""What a cell says about money when nobody says how it is written: figures, currencies, decimal signs."""

from __future__ import annotations

import functools
import re

from data.errors import Rejection
from data.importers.headings import CURRENCIES
from data.importers.reading import folded, text_of
from data.importers.table import Cell
from data.money import AmountUnreadable, exponent, parse_amount

LONGEST = 40  # characters; no amount is longer

_DECIMAL_COMMA = re.compile(r"\d,\d{1,2}$|\d\.\d{3},|,\d{4,}$")
_DECIMAL_POINT = re.compile(r"\.\d{1,2}$|\d,\d{3}\.|\.\d{4,}$")
_SYMBOL = re.compile(r"[\d.,'+\-()\s]")
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")


def is_amount(cell: Cell) -> bool:
    """Whether the cell is a figure, in whatever currency and style."""
    text = text_of(cell)
    if not 0 < len(text) <= LONGEST or not any(map(str.isdigit, text)):
        return False
    try:
        # Only whether it is a figure is asked: in a currency without decimals their number plays no part.
        parse_amount(re.sub(r"[.,]\d*$", "", figure_of(text)[0]), "JPY", decimal_comma="," not in text)
    except AmountUnreadable:
        return False
    return True


def figure_of(text: str) -> tuple[str, str | None]:
    """An amount's text without the currency code in it, and that code: `579,68 USD`, `CNY 12.00`."""
    found = _CODE.search(text)
    code = currency_of(found[0]) if found else None
    return (text[: found.start()] + text[found.end() :], code) if found and code else (text, None)


def currency_of(cell: Cell) -> str | None:
    """The currency that a cell names: a code, `人民币`, a symbol; None for anything else."""
    return _currency_named(text_of(cell)[:LONGEST])


@functools.lru_cache(maxsize=1024)
def _currency_named(text: str) -> str | None:
    name = folded(text)
    if name.casefold() in CURRENCIES:
        return CURRENCIES[name.casefold()]
    try:
        exponent(name.upper())
    except Rejection:
        return None
    return name.upper()


def has_sign(cell: Cell) -> bool:
    """Whether the figure says its direction: a plus, a minus, parentheses."""
    text = figure_of(text_of(cell))[0].strip()
    return text.startswith(("-", "+", "(", "−", "（")) or text.endswith("-")


def uses_decimal_comma(figures: list[Cell]) -> bool:
    """Whether a column writes 1.234,56 rather than 1,234.56."""
    texts = [figure_of(text_of(cell))[0].strip("+-()€$¥ ") for cell in figures if isinstance(cell, str)]
    commas = sum(bool(_DECIMAL_COMMA.search(text)) for text in texts)
    return commas > sum(bool(_DECIMAL_POINT.search(text)) for text in texts)


def roughly(cell: Cell) -> int | None:
    """A figure as an integer of thousandths, for comparing only; None where there is none."""
    text = figure_of(text_of(cell)[:LONGEST])[0]
    try:
        return parse_amount(text, "KWD", decimal_comma=bool(_DECIMAL_COMMA.search(text))).minor
    except AmountUnreadable:
        return None


def currency_in(text: str) -> str | None:
    """The currency that an amount's text carries with it: `12,00 €`, `USD 5`."""
    return figure_of(text)[1] or currency_of(_SYMBOL.sub("", text))
