"""Alipay's web export (支付宝交易记录明细查询, CSV): no payment method, refunds and fees stand on the original row."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable

from data.errors import Rejection
from data.importers.alipay import IN, OUT, decide, own_transfer
from data.importers.booking import Rules, statement_of, words_of
from data.importers.methods import ALIPAY, ALIPAY_BALANCE
from data.importers.reading import folded
from data.importers.rows import Layout, Raw, plain_amount, read_sheet, recognised
from data.importers.statement import Statement
from data.importers.table import Importer, Table
from data.importers.verdicts import Unclear, Verdict, moved_out

_TYPE, _FUNDS, _REFUNDED, _FEE = "类型", "资金状态", "成功退款（元）", "服务费（元）"
LAYOUT = Layout(
    format="alipay_web",
    source=ALIPAY,
    titles=("支付宝交易记录明细查询",),
    time="交易创建时间",
    amount="金额（元）",
    direction="收/支",
    status="交易状态",
    payee="交易对方",
    description="商品名称",
    method="",
    order_id="交易号",
    merchant_order_id="商家订单号",
    others=("付款时间", "最近修改时间", "交易来源地", _TYPE, _FEE, _REFUNDED, _FUNDS),
    unquoted=("商品名称", "交易对方", "备注"),
)
_STATES = {"已支出": OUT, "待支出": OUT, "已收入": IN, "待收入": IN, "资金转移": "", "": ""}


def recognises(table: Table) -> bool:
    """Whether the table is an Alipay web export."""
    return recognised(table, LAYOUT)


def parse(table: Table) -> Statement:
    """The export.

    Raises:
        FileRefused: `no_header`, `missing_column`, `no_rows`, `truncated`.
    """
    rules = Rules(_decide, _looked_at, stated_refund=_stated_refund, fee=_fee, fee_within=False)
    sheet = read_sheet(table, LAYOUT)
    rows = tuple(_with_method(row) for row in sheet.rows)
    return statement_of(table, LAYOUT, dataclasses.replace(sheet, rows=rows), rules)


def _with_method(row: Raw) -> Raw:
    """Some exports name the paying card where others have 已支出: that is the row's method."""
    state = row.cell(_FUNDS) or ""
    return row if state in _STATES else row._replace(method=state)


def _looked_at(row: Raw) -> tuple[Hashable, ...]:
    return (*words_of(row), row.cell(_FUNDS), row.cell(_TYPE), _stated_refund(row) > 0)


def _decide(row: Raw) -> Verdict:
    """Alipay's own judgement, then what only this export has: 类型 and 资金状态."""
    state, kind = row.cell(_FUNDS), row.cell(_TYPE) or ""
    if kind == "退款":
        row = row._replace(category=kind)
    verdict = decide(row, paid=state is None or bool(state) or _stated_refund(row) > 0)
    if not isinstance(verdict, Unclear):
        return verdict
    counted = _STATES.get(state or "", "")
    if counted:
        return decide(row._replace(direction=counted), paid=True)
    by_type = own_transfer(row._replace(description=kind)) if verdict.column == LAYOUT.direction else None
    return by_type or (moved_out(ALIPAY_BALANCE, None) if state == "资金转移" else verdict)


def _figure(row: Raw, column: str) -> int:
    text = row.cell(folded(column)) or ""
    try:
        return max(0, plain_amount(text)) if text else 0
    except Rejection:
        return 0


def _stated_refund(row: Raw) -> int:
    return min(row.minor, _figure(row, _REFUNDED))


def _fee(row: Raw) -> int:
    return _figure(row, _FEE)


IMPORTER = Importer(LAYOUT.format, recognises, parse)
