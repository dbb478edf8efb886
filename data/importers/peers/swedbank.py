"""Swedbank's statement in Lithuania (CSV): a code says whether a row is a transaction, a balance, or a sum.

Each account and currency is an account of its own; the letter D or K beside the amount is its direction.
"""

from __future__ import annotations

from typing import Final

from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record
from data.importers.peers.told import BALANCE, Closes, Told, earned, spent
from data.importers.statement import AccountHint
from data.importers.verdicts import Passed, Unclear

_TRANSACTION, _OPENING, _TURNOVER, _CLOSING = "20", "10", "82", "86"


def _read(row: Record) -> Answer:
    code = row.text("code")
    if code == _TURNOVER:
        return Passed("footer")
    if code == _OPENING:
        return BALANCE
    letter = row.text("side")
    if code == _CLOSING:
        return _closing(row, letter)
    if code != _TRANSACTION or letter not in {"D", "K"}:
        return Unclear("side" if code == _TRANSACTION else "code")
    currency = row.currency()
    amount, account = row.stated("amount", currency), _account(row, currency)
    return Told(
        row.when(),
        (spent(amount, account) if letter == "D" else earned(amount, account),),
        payee=_mended(row.text("payee")),
        description=_mended(row.text("description")),
        order_id=row.text("id"),
        word=letter,
    )


def _closing(row: Record, letter: str) -> Answer:
    currency = row.currency()
    balance = row.stated("amount", currency)
    return Closes(_account(row, currency), row.when().date(), -balance if letter == "D" else balance)


def _account(row: Record, currency: str) -> AccountHint:
    return PRESET.account(f"{row.text('account')}-{currency}")


def _mended(text: str) -> str:
    """The bank does not double a quotation mark within its quoted cells: the first is lost, the closing one is kept."""
    if text.count('"') != 2 or not text.endswith('"'):  # noqa: PLR2004 - the pair that is out of place
        return text
    before, _, behind = text.partition('"')
    *_, word = before.rsplit(maxsplit=1) or [""]
    if not before.endswith(word) or not word:
        return text
    return f'{before[: len(before) - len(word)]}"{word}"{behind[:-1]}'


PRESET: Final = Preset(
    format="swedbank",
    columns={
        "account": ("Sąskaitos Nr.",),
        "date": ("Data",),
        "payee": ("Gavėjas",),
        "description": ("Paaiškinimai",),
        "amount": ("Suma",),
        "currency": ("Valiuta",),
        "side": ("D/K",),
        "id": ("Įrašo Nr.",),
        "code": ("",),  # the second column has no name
    },
    needs=("account", "date", "description", "amount", "currency", "side", "id"),
    read=_read,
)
IMPORTER: Final = PRESET.importer()
