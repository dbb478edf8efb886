"""Monefy's export (CSV): signed amounts; a transfer is a row in each account, `To 'Cash'` and `From 'Card'`."""

from __future__ import annotations

import re
from typing import Final

from data.importers.mapping import DateOrder
from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record
from data.importers.peers.told import Part, Told, earned, part, spent
from data.importers.statement import Kind
from data.money import Money

_MOVED: Final = re.compile(r"(?:to|from) '(?P<other>.+)'", re.IGNORECASE)
_OPENING: Final = re.compile(r"initial balance\b.*", re.IGNORECASE)


def _read(row: Record) -> Answer:
    amount = row.stated("amount", row.currency())
    name, category = row.text("account"), row.text("category")
    moved = _MOVED.fullmatch(category)
    half = (row.text("date"), abs(amount).plain(), *sorted((name, moved["other"]))) if moved else ()
    return Told(
        row.when(),
        (_part(amount, name, category, moved=bool(moved)),) if amount else (),
        description=row.text("description") or (category if moved else ""),
        category="" if moved else category,
        half=half,
    )


def _part(amount: Money, name: str, category: str, *, moved: bool) -> Part:
    account = PRESET.account(name)
    if moved:
        return part(Kind.TRANSFER, amount, account)
    if _OPENING.fullmatch(category):
        return part(Kind.ADJUSTMENT, amount, account)
    return earned(amount, account) if amount.minor > 0 else spent(-amount, account)


PRESET: Final = Preset(
    format="monefy",
    columns={
        "date": ("date",),
        "account": ("account",),
        "category": ("category",),
        "amount": ("amount",),
        "currency": ("currency",),
        "converted": ("converted amount",),
        "description": ("description",),
    },
    needs=("date", "account", "category", "amount", "currency", "converted"),
    read=_read,
    figures=("amount", "converted"),
    order=DateOrder.DMY,
)
IMPORTER: Final = PRESET.importer()
