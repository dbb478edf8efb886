"""BeeCount's export (CSV, Chinese or English headings), and its older one without accounts."""

from __future__ import annotations

from typing import Final

from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record
from data.importers.peers.told import OUT, Part, Told, earned, spent, transfer
from data.importers.statement import Kind
from data.importers.verdicts import Unclear
from data.money import Money

_KINDS: Final = {
    **dict.fromkeys(("支出", "expense"), Kind.EXPENSE),
    **dict.fromkeys(("收入", "income"), Kind.INCOME),
    **dict.fromkeys(("转账", "轉帳", "转帐", "transfer"), Kind.TRANSFER),
}


def _read(row: Record) -> Answer:
    kind = _KINDS.get(row.text("type").casefold())
    if kind is None:
        return Unclear("type")
    amount = row.stated("amount", row.currency())
    return Told(
        row.when(),
        (_parts(row, kind, amount)) if amount else (),
        category=row.text("subcategory") or row.text("category"),
        note=row.text("note"),
        word=row.text("type"),
    )


def _parts(row: Record, kind: Kind, amount: Money) -> tuple[Part, ...]:
    account = _account(row.text("account"))
    if kind is Kind.EXPENSE:
        return (spent(amount, account),)
    if kind is Kind.INCOME:
        return (earned(amount, account),)
    source = _account(row.text("source") or row.text("account"))
    if not row.text("target"):
        return (Part(kind, OUT, abs(amount), source),)
    return transfer(abs(amount), source, abs(amount), _account(row.text("target")))


def _columns(**more: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {
        "date": ("时间", "時間", "日期", "Time", "Date"),
        "type": ("类型", "類型", "Type"),
        "category": ("分类", "分類", "Category"),
        "amount": ("金额", "金額", "Amount"),
        "note": ("备注", "備註", "Note"),
        **more,
    }


PRESET: Final = Preset(
    format="beecount",
    columns=_columns(
        subcategory=("二级分类", "二級分類", "Subcategory", "Secondary Category"),
        currency=("币种", "幣種", "Currency"),
        account=("账户", "帳戶", "Account"),
        source=("转出账户", "轉出帳戶", "From Account"),
        target=("转入账户", "轉入帳戶", "To Account"),
    ),
    needs=("date", "type", "category", "amount", "account", "source", "target"),
    read=_read,
)
OLDER: Final = Preset(
    format="beecount",
    columns=_columns(),
    needs=("date", "type", "category", "amount", "note"),
    read=_read,
    alone=True,
)
_account = PRESET.account
IMPORTER: Final = PRESET.importer()
OLDER_IMPORTER: Final = OLDER.importer()
