"""How much a bank's row moves and which way: columns for in and out, a sign, a word, or the text before a name."""

from __future__ import annotations

import re

from data.errors import Rejection
from data.importers.banks.cells import Cells, Columns, Places, Unreadable
from data.importers.banks.profile import Profile
from data.importers.figures import LONGEST, currency_in, figure_of
from data.importers.reading import folded
from data.importers.statement import Direction
from data.money import Money, exponent, parse_amount

_INWARD = ("贷", "收", "入", "c")
_OUTWARD = ("借", "支", "付", "出", "d")
_PLAIN = re.compile(r"(?P<sign>-?)(?P<whole>\d{1,12})\.(?P<cents>\d\d)")
_CENTS = 2


def signed(profile: Profile, places: Places, cells: Cells, currency: str) -> tuple[Money | None, str]:
    """Into the account positive, out of it negative (None: no figure), and the word of the column that said which.

    Raises:
        Unreadable: for a figure that is none, figures on both sides, and a direction that nothing tells.
    """
    if places.paid_in:
        paid_in, paid_out = (figure(cells, columns, currency) for columns in (places.paid_in, places.paid_out))
        if paid_in and paid_out:
            raise Unreadable(places.paid_out[0], "both_sides", cells.first(places.paid_out))
        if paid_in is not None or paid_out is not None:
            return paid_in or -(paid_out or Money(0, currency)), ""
    amount = figure(cells, places.amount, currency)
    return (None, "") if amount is None else _directed(profile, places, cells, amount)


def _directed(profile: Profile, places: Places, cells: Cells, amount: Money) -> tuple[Money, str]:
    word = cells.first(places.direction)
    said = word_direction(word) if word else None
    if said is Direction.IN and amount.minor < 0:
        raise Unreadable(places.direction[0], "sign_ambiguous", word)
    if said is not None:
        return (abs(amount) if said is Direction.IN else -abs(amount)), word
    if profile.inward and amount.minor > 0:
        return _by_words(profile, places, cells, amount), ""
    return (amount if profile.plain is Direction.IN else -amount), word


def _by_words(profile: Profile, places: Places, cells: Cells, amount: Money) -> Money:
    """A figure without a sign, in a table without a column that says which way: its text says it."""
    columns = (*places.summary, *places.payee)
    said = " ".join(filter(None, (cells.said[at] for at in columns)))
    if re.search(profile.outward, said):
        return -amount
    if re.search(profile.inward, said):
        return amount
    raise Unreadable((*columns, *places.amount)[0], "status_unknown", said)  # a damaged header has no text


def figure(cells: Cells, columns: Columns, currency: str) -> Money | None:
    """The first filled figure of some columns, None where all are empty. A currency in it beats the row's.

    Raises:
        Unreadable: for a cell that is no figure.
    """
    for at in columns:
        text = cells.texts[at] if at < len(cells.texts) else ""
        if cells.said[at] or text.strip("-—–/* "):
            return _money(at, text, currency)
    return None


def _money(at: int, text: str, currency: str) -> Money:
    plain = _PLAIN.fullmatch(text)
    if plain and exponent(currency) == _CENTS:
        minor = int(plain["whole"]) * 100 + int(plain["cents"])
        return Money(-minor if plain["sign"] else minor, currency)
    digits, code = figure_of(text[:LONGEST])
    try:
        return parse_amount(digits, code or currency_in(digits) or currency)
    except Rejection:
        raise Unreadable(at, "amount_unreadable", text) from None


def word_direction(word: str) -> Direction | None:
    """Which way a word of a direction column says: `借 Dr`, `贷`, `支出`, `CREDIT`; None for any other."""
    name = folded(word).casefold()
    if name.startswith(_OUTWARD):
        return Direction.OUT
    return Direction.IN if name.startswith(_INWARD) else None
