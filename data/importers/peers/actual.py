"""Actual Budget's exports (CSV): of one account, or of the whole budget with `Split_Amount`.

A transfer's payee is the other account's name, and a whole budget has both of its rows. A split purchase is a row of
its total with the amount 0 and a row for each part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from data.importers.peers.preset import Answer, Preset, Read
from data.importers.peers.record import Record
from data.importers.peers.told import IN_PARTS, Part, Told, earned, part, spent
from data.importers.statement import Kind
from data.money import Money

_TOTAL: Final = re.compile(r"\(SPLIT INTO \d+\)")
_PART: Final = re.compile(r"\(SPLIT \d+ OF \d+\)\s*")
_STARTING: Final = "starting balance"


def _prepare(rows: Sequence[Record]) -> Read:
    accounts = frozenset(row.text("account") for row in rows)

    def read(row: Record) -> Answer:
        return IN_PARTS if _TOTAL.match(row.text("notes")) else _told(row, accounts)

    return read


def _told(row: Record, accounts: frozenset[str]) -> Answer:
    amount = row.stated("amount")
    name, payee, category = row.text("account"), row.text("payee"), row.text("category")
    half = _half(row, amount, accounts)
    return Told(
        row.when(),
        (_part(amount, name, payee, category, moved=bool(half)),) if amount else (),
        payee=payee,
        category=category,
        note=_PART.sub("", row.text("notes")),
        status=row.text("cleared"),
        half=half,
    )


def _half(row: Record, amount: Money, accounts: frozenset[str]) -> tuple[str, ...]:
    """Day, amount and both accounts, which the two rows of a transfer share; nothing for any other row."""
    name, payee = row.text("account"), row.text("payee")
    if payee == name or payee not in accounts:
        return ()
    return (row.text("date"), abs(amount).plain(), *sorted((name, payee)))


def _part(amount: Money, name: str, payee: str, category: str, *, moved: bool) -> Part:
    account = PRESET.account(name)
    if moved:
        return part(Kind.TRANSFER, amount, account)
    if payee.casefold() == _STARTING or category.casefold().endswith("starting balances"):
        return part(Kind.ADJUSTMENT, amount, account)
    # Money in under a spending category is given back; without one, or under the income group, it is earned.
    if amount.minor > 0 and (not category or "income" in category.casefold()):
        return earned(amount, account)
    return spent(-amount, account)


PRESET: Final = Preset(
    format="actual",
    columns={
        "account": ("Account",),
        "date": ("Date",),
        "payee": ("Payee",),
        "notes": ("Notes",),
        "category": ("Category",),
        "amount": ("Amount",),
        "split": ("Split_Amount",),
        "cleared": ("Cleared",),
        "reconciled": ("Reconciled",),
    },
    needs=("account", "date", "payee", "notes", "category", "amount", "cleared"),
    prepare=_prepare,
    alone=True,
)
IMPORTER: Final = PRESET.importer()
