"""YNAB's register (CSV): outflow and inflow in two columns; `Transfer : Savings` names the other account.

Both rows of a transfer are there. Which day and decimals are meant depends on the budget's settings, so the content
decides.
"""

from __future__ import annotations

import re
from typing import Final

from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record, Unreadable
from data.importers.peers.told import Part, Told, earned, part, spent
from data.importers.statement import Kind
from data.money import Money

_MOVED: Final = re.compile(r"transfer ?: ?(?P<other>.+)", re.IGNORECASE)
_OPENING: Final = "starting balance"
_GAINED: Final = re.compile(r"inflow|income|to be budgeted|ready to assign", re.IGNORECASE)
_SPLIT: Final = re.compile(r"\(?split \(?\d+/\d+\)\s*", re.IGNORECASE)


def _read(row: Record) -> Answer:
    out, into = row.money("outflow"), row.money("inflow")
    if out and into:
        raise Unreadable("inflow", "both_sides", row.text("inflow"))
    amount = into - out
    name, payee = row.text("account"), row.text("payee")
    moved = _MOVED.fullmatch(payee)
    half = (row.text("date"), abs(amount).plain(), *sorted((name, moved["other"]))) if moved else ()
    group, category = row.text("group"), row.text("category")
    return Told(
        row.when(),
        (_part(amount, row, f"{group}: {category}", moved=bool(moved)),) if amount else (),
        payee=payee,
        category=category or row.text("path"),
        note=_SPLIT.sub("", row.text("memo")),
        status=row.text("cleared"),
        half=half,
    )


def _part(amount: Money, row: Record, category: str, *, moved: bool) -> Part:
    account = PRESET.account(row.text("account"))
    if moved:
        return part(Kind.TRANSFER, amount, account)
    if row.text("payee").casefold() == _OPENING:
        return part(Kind.ADJUSTMENT, amount, account)
    # Money in under a spending category is given back.
    if amount.minor > 0 and (category == ": " or _GAINED.search(category)):
        return earned(amount, account)
    return spent(-amount, account)


PRESET: Final = Preset(
    format="ynab",
    columns={
        "account": ("Account",),
        "date": ("Date",),
        "payee": ("Payee",),
        "path": ("Category Group/Category",),
        "group": ("Category Group", "Master Category"),
        "category": ("Category", "Sub Category"),
        "memo": ("Memo",),
        "outflow": ("Outflow",),
        "inflow": ("Inflow",),
        "cleared": ("Cleared",),
    },
    needs=("account", "date", "payee", "category", "memo", "outflow", "inflow", "cleared"),
    read=_read,
    figures=("outflow", "inflow"),
    days="date",
)
IMPORTER: Final = PRESET.importer()
