"""The export of Maybe and its successor Sure (CSVs in a zip): transactions; trades are investments.

Amounts are those of the database: positive is money out. Both rows of a transfer are there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from data.importers.peers.preset import Answer, Preset, Read
from data.importers.peers.record import Record, Unreadable
from data.importers.peers.told import INVESTMENT, Part, Told, earned, part, spent
from data.importers.statement import Kind
from data.money import Money

_MOVED: Final = re.compile(r"(?P<how>transfer|payment) (?:to|from) (?P<other>.+)", re.IGNORECASE)
_REFUND: Final = re.compile(r"\brefund", re.IGNORECASE)


def _prepare(rows: Sequence[Record]) -> Read:
    accounts = frozenset(row.text("account") for row in rows)
    return lambda row: _told(row, accounts)


def _told(row: Record, accounts: frozenset[str]) -> Answer:
    out = row.stated("amount", row.currency())
    name = row.text("name")
    half = _half(row, out, accounts)
    return Told(
        row.when(),
        (_part(row, -out, moved=bool(half)),) if out else (),
        payee=name,
        category=row.text("category"),
        note=row.text("notes"),
        half=half,
    )


def _half(row: Record, out: Money, accounts: frozenset[str]) -> tuple[str, ...]:
    """What both rows of a transfer share: the day, the amount, and both accounts where the name tells the other."""
    moved = _MOVED.fullmatch(row.text("name"))
    other = moved["other"] if moved and moved["other"] in accounts else ""
    if not moved or not (other or moved["how"].casefold() == "transfer"):
        return ()
    return (row.text("date"), abs(out).plain(), out.currency, *(sorted((row.text("account"), other)) if other else ()))


def _part(row: Record, amount: Money, *, moved: bool) -> Part:
    account = PRESET.account(row.text("account"))
    if moved:
        return part(Kind.TRANSFER, amount, account)
    if amount.minor > 0 and _REFUND.search(row.text("name")):
        return spent(-amount, account)
    return earned(amount, account)


def _traded(_: Record) -> Answer:
    return INVESTMENT


def _undated(_: Record) -> Answer:
    raise Unreadable("date", "missing", "")


PRESET: Final = Preset(
    format="sure",
    columns={
        "date": ("date",),
        "account": ("account_name",),
        "amount": ("amount",),
        "name": ("name",),
        "category": ("category",),
        "tags": ("tags",),
        "notes": ("notes",),
        "currency": ("currency",),
    },
    needs=("date", "account", "amount", "name", "category", "tags", "currency"),
    prepare=_prepare,
)
TRADES: Final = Preset(
    format="sure",
    columns={
        "date": ("date",),
        "account": ("account_name",),
        "ticker": ("ticker",),
        "quantity": ("quantity", "qty"),
        "price": ("price",),
        "amount": ("amount",),
    },
    needs=("date", "account", "ticker", "quantity", "price"),
    read=_traded,
)
# Opening balances of accounts, without the day on which they stood: nobody but the person knows it.
ACCOUNTS: Final = Preset(
    format="sure",
    columns={"type": ("type",), "name": ("name",), "amount": ("amount", "balance"), "currency": ("currency",)},
    needs=("type", "name", "amount", "currency"),
    read=_undated,
    alone=True,
)
IMPORTER: Final = PRESET.importer()
TRADES_IMPORTER: Final = TRADES.importer()
ACCOUNTS_IMPORTER: Final = ACCOUNTS.importer()
