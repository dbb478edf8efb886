"""The Alipay app's bill (支付宝交易明细, CSV): both column orders, old (2021, 收/支 first) and new (2023)."""

from __future__ import annotations

from data.importers.alipay import decide
from data.importers.booking import Rules, statement_of, words_of
from data.importers.methods import ALIPAY
from data.importers.reading import folded
from data.importers.rows import Layout, Raw, read_sheet, recognised
from data.importers.statement import Statement
from data.importers.table import Importer, Table
from data.importers.verdicts import Verdict

LAYOUT = Layout(
    format="alipay_app",
    source=ALIPAY,
    titles=("支付宝账户", "电子客户回单"),
    time="交易时间",
    amount="金额",
    direction="收/支",
    status="交易状态",
    payee="交易对方",
    description="商品说明",
    method="收/付款方式",
    order_id="交易订单号",
    merchant_order_id="商家订单号",
    category="交易分类",
    others=("对方账号",),
    unquoted=("商品说明", "交易对方", "备注"),
)
_METHOD = folded(LAYOUT.method)


def recognises(table: Table) -> bool:
    """Whether the table is an Alipay app bill."""
    return recognised(table, LAYOUT)


def parse(table: Table) -> Statement:
    """The bill.

    Raises:
        FileRefused: `no_header`, `missing_column`, `no_rows`, `truncated`.
    """
    return statement_of(table, LAYOUT, read_sheet(table, LAYOUT), Rules(_decide, words_of))


def _decide(row: Raw) -> Verdict:
    # A file without the method column cannot show that a closed purchase was unpaid.
    return decide(row, paid=bool(row.method) or row.cell(_METHOD) is None)


IMPORTER = Importer(LAYOUT.format, recognises, parse)
