"""ezBookkeeping's own export (CSV or TSV): every column, transfers with both accounts, opening balances.

A transfer has two amounts: in one currency the difference is what the transfer cost. A negative expense is a refund,
which is how that program keeps them.
"""

from __future__ import annotations

from typing import Final

from data.importers.mapping import DateOrder
from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record
from data.importers.peers.told import OUT, Part, Told, earned, part, spent, transfer
from data.importers.statement import Kind
from data.importers.verdicts import Unclear
from data.money import Money

_KINDS: Final = {
    **dict.fromkeys(("expense", "支出"), Kind.EXPENSE),
    **dict.fromkeys(("income", "收入"), Kind.INCOME),
    **dict.fromkeys(("transfer", "转账"), Kind.TRANSFER),
    **dict.fromkeys(("balance modification", "modify balance", "修改余额"), Kind.ADJUSTMENT),
}


def _read(row: Record) -> Answer:
    kind = _KINDS.get(row.text("type").casefold())
    if kind is None:
        return Unclear("type")
    return Told(
        row.when(),
        _parts(row, kind),
        description=row.text("description"),
        category=row.text("subcategory") or row.text("category"),
        word=row.text("type"),
    )


def _parts(row: Record, kind: Kind) -> tuple[Part, ...]:
    account = PRESET.account(row.text("account"))
    amount = row.stated("amount", row.currency())
    if not amount:
        return ()
    if kind is Kind.EXPENSE:
        return (spent(amount, account),)
    if kind is Kind.INCOME:
        return (earned(amount, account),)
    if kind is Kind.ADJUSTMENT:
        return (part(kind, amount, account),)
    return _transfer(row, amount)


def _transfer(row: Record, sent: Money) -> tuple[Part, ...]:
    source, other = PRESET.account(row.text("account")), row.text("account2")
    if not other:
        return (Part(Kind.TRANSFER, OUT, abs(sent), source),)
    received = row.money("amount2", row.currency("currency2") if row.text("currency2") else sent.currency)
    return transfer(abs(sent), source, abs(received) if received else abs(sent), PRESET.account(other))


PRESET: Final = Preset(
    format="ezbookkeeping",
    columns={
        "date": ("Time",),
        "timezone": ("Timezone",),
        "type": ("Type",),
        "category": ("Category",),
        "subcategory": ("Sub Category",),
        "account": ("Account",),
        "currency": ("Account Currency",),
        "amount": ("Amount",),
        "account2": ("Account2",),
        "currency2": ("Account2 Currency",),
        "amount2": ("Account2 Amount",),
        "tags": ("Tags",),
        "description": ("Description",),
    },
    needs=("date", "type", "account", "amount", "account2"),
    read=_read,
    order=DateOrder.YMD,
)
IMPORTER: Final = PRESET.importer()
