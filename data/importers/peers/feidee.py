"""Feidee's (随手记) exports.

The app's CSV has two rows for a transfer, joined by 关联Id; the web's sheets have both accounts in one row.
"""

from __future__ import annotations

from typing import Final

from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record
from data.importers.peers.told import IN, OUT, Part, Told, earned, part, spent, transfer
from data.importers.statement import AccountHint, Direction, Kind
from data.importers.verdicts import Unclear
from data.money import Money

_MOVED: Final = {"转出": OUT, "转入": IN, "转账": OUT}
_WORDS: Final = frozenset({"支出", "收入", "余额变更", "负债变更", *_MOVED})


def _read(row: Record) -> Answer:
    word = row.text("type")
    if word not in _WORDS:
        return Unclear("type")
    amount = row.stated("amount", row.currency())
    related = row.text("related")
    return Told(
        row.when(),
        _parts(row, word, amount) if amount else (),
        payee=row.text("merchant"),
        category=row.text("subcategory") or row.text("category"),
        note=row.text("note"),
        word=word,
        half=(related,) if word in _MOVED and related else (),
    )


def _parts(row: Record, word: str, amount: Money) -> tuple[Part, ...]:
    account = APP.account(row.text("account"))
    if word == "支出":
        return (spent(amount, account),)
    if word == "收入":
        return (earned(amount, account),)
    if word in _MOVED:
        return _moved(row, amount, account, _MOVED[word])
    # What is owed grows by a positive figure, so what one has falls.
    return (part(Kind.ADJUSTMENT, -amount if word == "负债变更" else amount, account),)


def _moved(row: Record, amount: Money, account: AccountHint, direction: Direction) -> tuple[Part, ...]:
    if row.text("account2"):
        return transfer(abs(amount), account, abs(amount), APP.account(row.text("account2")))
    return (Part(Kind.TRANSFER, direction, abs(amount), account),)


def _columns(**more: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {
        "type": ("交易类型",),
        "date": ("日期", "交易时间"),
        "category": ("类别", "分类"),
        "subcategory": ("子类别", "子分类"),
        "amount": ("金额",),
        "merchant": ("商家",),
        "note": ("备注",),
        **more,
    }


APP: Final = Preset(
    format="feidee",
    columns=_columns(account=("账户",), currency=("账户币种", "币种"), related=("关联Id",)),
    needs=("type", "date", "account", "amount", "related"),
    title="随手记导出文件",
    required=("type", "date", "account", "amount"),
    read=_read,
)
WEB: Final = Preset(
    format="feidee",
    columns=_columns(account=("账户1",), account2=("账户2",), currency=("币种",)),
    needs=("type", "date", "account", "account2", "amount"),
    read=_read,
)
IMPORTER: Final = APP.importer()
WEB_IMPORTER: Final = WEB.importer()
