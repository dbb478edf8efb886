"""Revolut's account statement (CSV or sheet, English), of people and of firms: one balance per currency and product.

The amount is without the fee, the balance with it. Only what is completed has moved; an exchange is a row in each
currency. Money moves at the completed date, the purchase was made at the started one.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import Final

from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record
from data.importers.peers.told import CANCELLED, PENDING, Part, Told, earned, fees, part, spent
from data.importers.statement import AccountHint, Kind
from data.importers.verdicts import FAILED, Passed, Unclear
from data.money import Money

_STATES: Final[dict[str, Passed]] = {
    "pending": PENDING,
    "reverted": CANCELLED,
    "cancelled": CANCELLED,
    "canceled": CANCELLED,
    "declined": FAILED,
    "failed": FAILED,
}
_MOVED: Final = frozenset({"exchange", "atm", "savings", "pocket", "interest transfer"})
_OWN: Final = re.compile(
    r"(?:to|from|closing) .*(?:\bpocket\b|\bvault\b|\bsavings\b|\binvestment account\b)|pocket withdrawal|"
    r"(?:balance|vault) migration|top-?up by|(?:apple|google) pay top-?up|exchanged to",
    re.IGNORECASE,
)


def _read(row: Record) -> Answer:
    state = row.text("state").casefold()
    if state in _STATES:
        return _STATES[state]
    if state not in {"completed", ""}:
        return Unclear("state")
    currency = row.currency()
    amount, fee = row.stated("amount", currency), row.money("fee", currency)
    account = _account(row.text("product"), currency)
    settled = row.when("completed", "") if row.text("completed") else row.when("date", "")
    return Told(
        row.when("date", "") if row.text("date") else settled,
        (*_parts(row, amount, account), *fees(fee, account)),
        booked_on=settled.date(),
        payee=row.text("description"),
        note=row.text("reference"),
        order_id=row.text("id"),
        status=row.text("state"),
        word=row.text("type"),
        stands=(account, row.money("balance", currency)) if row.text("balance") else None,
    )


def _parts(row: Record, amount: Money, account: AccountHint) -> tuple[Part, ...]:
    kind = row.text("type").casefold().replace("_", " ")
    if not amount:
        return ()
    if kind in _MOVED or _OWN.search(row.text("description")):
        return (part(Kind.TRANSFER, amount, account),)
    if kind == "fee":
        return fees(-amount, account)
    if amount.minor < 0 or "refund" in kind or kind == "card credit":
        return (spent(-amount, account),)
    return (earned(amount, account),)


def _account(product: str, currency: str) -> AccountHint:
    own = "" if product.casefold() in {"", "current"} else f" {product}"
    return PRESET.account(f"{currency}{own}")


PRESET: Final = Preset(
    format="revolut",
    columns={
        "id": ("ID",),
        "type": ("Type",),
        "product": ("Product",),
        "date": ("Started Date", "Date started (UTC)"),
        "completed": ("Completed Date", "Date completed (UTC)"),
        "description": ("Description",),
        "reference": ("Reference",),
        "amount": ("Amount",),
        "fee": ("Fee",),
        "currency": ("Currency", "Payment currency"),
        "state": ("State",),
        "balance": ("Balance",),
    },
    needs=("type", "date", "completed", "description", "amount", "fee", "currency", "state"),
    read=_read,
    zone=UTC,
)
IMPORTER: Final = PRESET.importer()
