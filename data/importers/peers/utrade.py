"""A broker's cash statement with DATE, TYPE, FEES and BALANCE columns (UTrade, as beangulp's examples have it).

The cash that buys or sells securities moves to or from them, its fee apart; amounts are net of fees. Dividends are
earned, XFER is money paid in or out.
"""

from __future__ import annotations

from typing import Final

from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record
from data.importers.peers.told import Told, earned, fees, part
from data.importers.statement import Kind
from data.importers.verdicts import Unclear

_MOVED: Final = frozenset({"BUY", "SELL", "XFER"})


def _read(row: Record) -> Answer:
    word = row.text("type").upper()
    if word not in {*_MOVED, "DIV", "INT"}:
        return Unclear("type")
    amount, fee = row.stated("amount"), abs(row.money("fee"))
    account = PRESET.account("cash")
    gross = amount + fee
    one = earned(gross, account) if word not in _MOVED else part(Kind.TRANSFER, gross, account)
    return Told(
        row.when(),
        (one, *fees(fee, account)) if gross else fees(fee, account),
        description=row.text("description"),
        order_id=row.text("id"),
        word=word,
        stands=(account, row.money("balance")),
    )


PRESET: Final = Preset(
    format="utrade",
    columns={
        "date": ("DATE",),
        "type": ("TYPE",),
        "id": ("REF #",),
        "description": ("DESCRIPTION",),
        "fee": ("FEES",),
        "amount": ("AMOUNT",),
        "balance": ("BALANCE",),
    },
    needs=("date", "type", "id", "description", "fee", "amount", "balance"),
    read=_read,
    alone=True,
    currency="USD",
)
IMPORTER: Final = PRESET.importer()
