"""Meituan's bill (美团交易账单明细, CSV): 交易类型 says payment, refund or repayment; 实付金额 is what was paid."""

from __future__ import annotations

from data.importers.booking import Rules, statement_of, words_of
from data.importers.methods import MEITUAN, MEITUAN_BALANCE, MEITUAN_CREDIT, account_of, is_others_money
from data.importers.rows import Layout, Raw, read_sheet, recognised
from data.importers.statement import Statement
from data.importers.table import Importer, Table
from data.importers.verdicts import (
    FAILED,
    PAID_BY_OTHER,
    ZERO_AMOUNT,
    Booked,
    Unclear,
    Verdict,
    expense,
    income,
    moved_in,
    moved_out,
    refund,
)

# The bill has no payee column: the order's title is all it says, so it stands in both places.
LAYOUT = Layout(
    format="meituan",
    source=MEITUAN,
    titles=("美团交易账单明细",),
    time="交易成功时间",
    amount="实付金额",
    direction="收/支",
    status="交易类型",
    payee="订单标题",
    description="订单标题",
    method="支付方式",
    order_id="交易单号",
    merchant_order_id="商家单号",
    others=("交易创建时间", "订单金额"),
    unquoted=("订单标题", "备注"),
)
OUT, IN = "支出", "收入"


def recognises(table: Table) -> bool:
    """Whether the table is a Meituan bill."""
    return recognised(table, LAYOUT)


def parse(table: Table) -> Statement:
    """The bill.

    Raises:
        FileRefused: `no_header`, `missing_column`, `no_rows`, `truncated`.
    """
    return statement_of(table, LAYOUT, read_sheet(table, LAYOUT), Rules(_decide, words_of))


def _decide(row: Raw) -> Verdict:
    if is_others_money(row.method):
        return PAID_BY_OTHER
    if "失败" in row.status:
        return FAILED
    if row.minor == 0:
        return ZERO_AMOUNT
    return _own_move(row) or _counted(row)


def _own_move(row: Raw) -> Booked | None:
    account = account_of(MEITUAN, row.method)
    if row.status == "还款":
        return moved_out(account, MEITUAN_CREDIT)
    if row.status == "充值":
        return moved_in(MEITUAN_BALANCE, account)
    return moved_out(MEITUAN_BALANCE, account) if row.status == "提现" else None


def _counted(row: Raw) -> Verdict:
    if row.direction == OUT:
        return expense(MEITUAN, row.method)
    if row.status == "退款":
        return refund(MEITUAN, row.method)
    return income(MEITUAN, row.method) if row.direction == IN else Unclear(LAYOUT.direction)


IMPORTER = Importer(LAYOUT.format, recognises, parse)
