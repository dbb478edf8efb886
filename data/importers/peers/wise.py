"""Wise's two exports (CSV): the statement of one balance, and the history of all transfers.

A statement's amount is what the balance moved by, its fees within; a history's amounts are without fees. A conversion
between own balances is a transfer that leaves one currency and reaches the other.
"""

from __future__ import annotations

from datetime import UTC
from typing import Final

from data.importers.mapping import DateOrder
from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record
from data.importers.peers.told import CANCELLED, PENDING, Part, Told, earned, fees, part, spent, transfer
from data.importers.statement import AccountHint, Kind
from data.importers.verdicts import FAILED, Passed, Unclear
from data.money import Money

_MOVED: Final = frozenset({"conversion", "moneyadded", "balancetransfer", "balanceinterest transfer"})
_CHARGED: Final = ("wise charges for", "assets service fee", "accrual charge")
_STATES: Final[dict[str, Passed]] = {
    "cancelled": CANCELLED,
    "canceled": CANCELLED,
    "refunded": CANCELLED,
    "funds refunded": CANCELLED,
    "bounced back": CANCELLED,
    "charged back": CANCELLED,
    "failed": FAILED,
    "declined": FAILED,
    "pending": PENDING,
    "processing": PENDING,
    "incoming payment waiting": PENDING,
    "waiting for funding": PENDING,
    "outgoing payment sent": PENDING,
    "funds converted": PENDING,
}


def _statement_row(row: Record) -> Answer:
    currency = row.currency()
    amount, charged = row.stated("amount", currency), abs(row.money("fee", currency))
    account = STATEMENT.account(currency)
    return Told(
        row.when("moment") if row.text("moment") else row.when(),
        (*_moves(row, amount + charged, account), *fees(charged, account)) if amount else (),
        payee=row.text("merchant") or row.text("payee") or row.text("payer"),
        description=row.text("description"),
        note=row.text("note") or row.text("reference"),
        order_id=row.text("id"),
        word=row.text("details"),
        stands=(account, row.money("balance", currency)) if row.text("balance") else None,
    )


def _moves(row: Record, amount: Money, account: AccountHint) -> tuple[Part, ...]:
    """What the amount without its fee is; on a fee's own row nothing is left of it."""
    if not amount:
        return ()
    details = row.text("details").casefold().replace("_", "")
    said = row.text("description").casefold()
    if details in _MOVED or said.startswith(("converted ", "topped up", "moved ")):
        return (part(Kind.TRANSFER, amount, account),)
    if details in {"accrualcharge", "fee"} or said.startswith(_CHARGED):
        return fees(-amount, account)
    if amount.minor < 0 or details == "card" or "refund" in said:
        return (spent(-amount, account),)
    return (earned(amount, account),)


def _history_row(row: Record) -> Answer:
    status, way = row.text("status").casefold().replace("_", " "), row.text("direction").casefold()
    if status in _STATES:
        return _STATES[status]
    if status != "completed":
        return Unclear("status")
    if way not in {"in", "out", "neutral"}:
        return Unclear("direction")
    settled = row.when("finished", "") if row.text("finished") else row.when("date", "")
    return Told(
        row.when("date", ""),
        _history_parts(row, way),
        booked_on=settled.date(),
        payee=row.text("source name" if way == "in" else "target name"),
        description=row.text("reference"),
        category=row.text("category"),
        note=row.text("note"),
        order_id=row.text("id"),
        status=row.text("status"),
        word=row.text("direction"),
    )


def _history_parts(row: Record, way: str) -> tuple[Part, ...]:
    if way == "in":
        got, charged, account = _side(row, "target")
        if not got:
            return ()
        own = "money added" in row.text("category").casefold()
        back = row.text("id").casefold().startswith("card")
        whole = got + charged if charged.currency == got.currency else got
        kind = Kind.TRANSFER if own else Kind.REFUND if back else Kind.INCOME
        return (part(kind, whole, account), *(fees(charged, account) if whole != got else ()))
    sent, charged, account = _side(row, "source")
    if not sent:
        return fees(charged, account)
    if way == "out":
        return (spent(sent, account), *fees(charged, account))
    got, _, other = _side(row, "target")
    paid, *rest = transfer(sent, account, got or sent, other)
    return (paid, *fees(charged, account), *rest)


def _side(row: Record, side: str) -> tuple[Money, Money, AccountHint]:
    """The amount without its fee, the fee, and the balance of one side."""
    currency = row.currency(f"{side} currency")
    charge = row.currency(f"{side} fee currency") if row.text(f"{side} fee currency") else currency
    amount, fee = abs(row.money(f"{side} amount", currency)), abs(row.money(f"{side} fee", charge))
    return amount, fee, STATEMENT.account(currency)


STATEMENT: Final = Preset(
    format="wise",
    columns={
        "id": ("TransferWise ID", "Wise ID"),
        "date": ("Date",),
        "moment": ("Date Time",),
        "amount": ("Amount",),
        "currency": ("Currency",),
        "description": ("Description",),
        "reference": ("Payment Reference",),
        "balance": ("Running Balance",),
        "payer": ("Payer Name",),
        "payee": ("Payee Name",),
        "merchant": ("Merchant",),
        "note": ("Note",),
        "fee": ("Total fees",),
        "details": ("Transaction Details Type",),
    },
    needs=("id", "date", "amount", "currency", "description"),
    read=_statement_row,
    order=DateOrder.DMY,
    zone=UTC,
)
HISTORY: Final = Preset(
    format="wise",
    columns={
        "id": ("ID",),
        "status": ("Status",),
        "direction": ("Direction",),
        "date": ("Created on",),
        "finished": ("Finished on",),
        "source fee": ("Source fee amount",),
        "source fee currency": ("Source fee currency",),
        "target fee": ("Target fee amount",),
        "target fee currency": ("Target fee currency",),
        "source name": ("Source name",),
        "source amount": ("Source amount (after fees)", "Source amount"),
        "source currency": ("Source currency",),
        "target name": ("Target name",),
        "target amount": ("Target amount (after fees)", "Target amount"),
        "target currency": ("Target currency",),
        "reference": ("Reference",),
        "category": ("Category",),
        "note": ("Note",),
    },
    needs=("id", "status", "direction", "date", "source amount", "source currency", "target amount"),
    read=_history_row,
    order=DateOrder.DMY,
    zone=UTC,
)
IMPORTER: Final = STATEMENT.importer()
HISTORY_IMPORTER: Final = HISTORY.importer()
