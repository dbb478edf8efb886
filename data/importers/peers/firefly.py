"""Firefly III's data export (CSV).

Its expense and revenue accounts are the other party, its asset and liability accounts the person's own: paying a debt
is a transfer. Where no category was given, the expense or revenue account is the only one there is.
"""

from __future__ import annotations

from typing import Final

from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record
from data.importers.peers.told import IN, OUT, Part, Told, part, transfer
from data.importers.statement import AccountHint, AccountKind, Kind
from data.importers.verdicts import Unclear
from data.money import Money

_OPENING: Final = frozenset({"openingbalance", "reconciliation", "liabilitycredit"})
_DEBTS: Final = frozenset({"loan", "debt", "mortgage", "credit card", "creditcard"})
_MADE_UP: Final = ("initial balance", "reconciliation", "liability credit")  # accounts of Firefly's own making


def _read(row: Record) -> Answer:
    word = row.text("type").casefold().replace(" ", "")
    if word not in {*_OPENING, "withdrawal", "deposit", "transfer"}:
        return Unclear("type")
    amount = row.stated("amount", row.currency())
    source, target = row.text("source"), row.text("target")
    payee = {"withdrawal": target, "deposit": source}.get(word, "")
    return Told(
        row.when(),
        _parts(row, word, amount) if amount else (),
        payee=payee,
        description=row.text("description"),
        category=row.text("category") or payee,
        note=row.text("notes"),
        order_id=row.text("journal"),
        word=row.text("type"),
    )


def _parts(row: Record, word: str, amount: Money) -> tuple[Part, ...]:
    if word in _OPENING:
        return (_opening(row, amount),)
    if word == "withdrawal":
        if _owed(row, "target"):
            return transfer(abs(amount), _own(row, "source"), abs(amount), _own(row, "target"))
        return (Part(Kind.EXPENSE, OUT, abs(amount), _own(row, "source")),)
    if word == "deposit":
        if _owed(row, "source"):
            return transfer(abs(amount), _own(row, "source"), abs(amount), _own(row, "target"))
        return (Part(Kind.INCOME, IN, abs(amount), _own(row, "target")),)
    # A foreign currency without its amount leaves only what was sent.
    foreign = abs(row.money("foreign", row.currency("foreign currency"))) if row.text("foreign") else None
    return transfer(abs(amount), _own(row, "source"), foreign or abs(amount), _own(row, "target"))


def _opening(row: Record, amount: Money) -> Part:
    if _made_up(row, "source"):
        return part(Kind.ADJUSTMENT, abs(amount), _own(row, "target"))
    if _made_up(row, "target"):
        return part(Kind.ADJUSTMENT, -abs(amount), _own(row, "source"))
    return part(Kind.ADJUSTMENT, amount, _own(row, "target"))


def _made_up(row: Record, side: str) -> bool:
    return (row.text(f"{side} type") or row.text(side)).casefold().startswith(_MADE_UP)


def _owed(row: Record, side: str) -> bool:
    return row.text(f"{side} type").casefold() in _DEBTS


def _own(row: Record, side: str) -> AccountHint:
    return PRESET.account(row.text(side), AccountKind.LIABILITY if _owed(row, side) else None)


PRESET: Final = Preset(
    format="firefly",
    columns={
        "date": ("date",),
        "type": ("type",),
        "amount": ("amount",),
        "currency": ("currency_code",),
        "foreign": ("foreign_amount",),
        "foreign currency": ("foreign_currency_code",),
        "description": ("description",),
        "source": ("source_name",),
        "source type": ("source_type",),
        "target": ("destination_name",),
        "target type": ("destination_type",),
        "category": ("category",),
        "notes": ("notes",),
        "journal": ("journal_id",),
    },
    needs=("date", "type", "amount", "source", "target"),
    marks=(("source", "target"), ("source", "type", "amount"), ("target", "type", "amount")),
    read=_read,
)
IMPORTER: Final = PRESET.importer()
