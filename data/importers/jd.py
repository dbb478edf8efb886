"""JD's bill (京东 我的钱包 → 账单, CSV).

Decisions:
- `392.98(已退款203.98)` is the gross and what came back of it; `44.28(已全额退款)` is an expense and its refund even
  where the file no longer counts it (不计收支). Refund rows in the same file are the truth, then the bracket says
  nothing.
- 退款- rows and 价保退款 are refunds; 收入 with any other text (售后退款) stays income, as the file says.
- 白条 repayments, 小金库 in and out, top-ups and withdrawals are transfers; 冻结/解冻 and 0.00 (先享后付) move nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable

from data.importers.booking import Rules, statement_of, words_of
from data.importers.methods import JD, JD_BALANCE, JD_CREDIT, JD_VAULT, account_of, is_others_money
from data.importers.reading import folded
from data.importers.rows import Layout, Raw, plain_amount, read_sheet, recognised
from data.importers.statement import AccountHint, Statement
from data.importers.table import Importer, Table
from data.importers.verdicts import (
    CANCELLED_SALE,
    FAILED,
    HOLD,
    HOLD_RELEASED,
    NEVER_PAID,
    PAID_BY_OTHER,
    ZERO_AMOUNT,
    Booked,
    Passed,
    Unclear,
    Verdict,
    expense,
    income,
    moved_in,
    moved_out,
    refund,
)

LAYOUT = Layout(
    format="jd",
    source=JD,
    titles=("京东账号名",),
    time="交易时间",
    amount="金额",
    direction="收/支",
    status="交易状态",
    payee="商户名称",
    description="交易说明",
    method="收/付款方式",
    order_id="交易订单号",
    merchant_order_id="商家订单号",
    category="交易分类",
    unquoted=("交易说明", "商户名称", "备注"),
)
OUT, IN = "支出", "收入"
_NEUTRAL = frozenset({"不计收支", "其他", "/", ""})
_CLOSED = frozenset({"交易关闭", "已关闭", "已取消", "交易取消"})
_UNPAID = frozenset({"等待付款", "待付款"})
_DONE = frozenset({"交易成功", "支付成功", "还款成功", "退款成功", "充值成功", "提现成功"})
_AMOUNT = folded(LAYOUT.amount)
_BRACKETED = re.compile(r"(?P<gross>[^()]+?)\s*\(\s*(?:已全额退款|已退款\s*[¥]?(?P<part>[\d.,]+)\s*元?)\s*\)")


def recognises(table: Table) -> bool:
    """Whether the table is a JD bill."""
    return recognised(table, LAYOUT)


def parse(table: Table) -> Statement:
    """The bill.

    Raises:
        FileRefused: `no_header`, `missing_column`, `no_rows`, `truncated`.
    """
    return statement_of(table, LAYOUT, read_sheet(table, LAYOUT, _gross), Rules(_decide, _looked_at, _stated_refund))


def _gross(text: str) -> int:
    if "退款" not in text:
        return plain_amount(text)
    found = _bracketed(text)
    if found["part"]:
        plain_amount(found["part"])  # a bracket that cannot be read makes the cell unreadable, not the refund zero
    return plain_amount(found["gross"])


def _bracketed(text: str) -> re.Match[str] | dict[str, str]:
    found = _BRACKETED.fullmatch(unicodedata.normalize("NFKC", text))
    return found or {"gross": text, "part": ""}


def _stated_refund(row: Raw) -> int:
    """Minor units that came back of an original, by the bracket behind its amount."""
    text = row.cell(_AMOUNT) or ""
    if "退款" not in text:
        return 0
    part = _bracketed(text)["part"]
    return min(row.minor, plain_amount(part)) if part else row.minor


def _looked_at(row: Raw) -> tuple[Hashable, ...]:
    return (*words_of(row), _stated_refund(row) > 0)


def _decide(row: Raw) -> Verdict:
    return _without_money(row) or _closed(row) or _returned(row) or _moved(row)


def _without_money(row: Raw) -> Passed | None:
    if is_others_money(row.method):
        return PAID_BY_OTHER
    if "失败" in row.status:
        return FAILED
    if row.minor == 0:
        return ZERO_AMOUNT
    if row.status in _UNPAID:
        return NEVER_PAID
    if "解冻" in row.status or row.description.startswith("解冻"):
        return HOLD_RELEASED
    return HOLD if "冻结" in row.status or row.description.startswith("冻结") else None


def _closed(row: Raw) -> Verdict | None:
    if row.status not in _CLOSED:
        return None
    if row.direction == IN:
        return CANCELLED_SALE
    if not row.method:
        return NEVER_PAID
    spent = expense(JD, row.method)
    return spent if row.direction == OUT else Booked(spent.kind, spent.direction, spent.account, if_refunded=True)


def _returned(row: Raw) -> Verdict | None:
    if row.direction == OUT:
        return None
    if row.status == "退款成功" or row.description.startswith("退款") or row.description.endswith("价保退款"):
        return refund(JD, row.method)
    return None


def _moved(row: Raw) -> Verdict:
    if row.direction == IN:
        return income(JD, row.method)
    if row.direction == OUT:
        return (own_transfer(row) if row.status == "还款成功" else None) or expense(JD, row.method)
    if row.direction not in _NEUTRAL:
        return Unclear(LAYOUT.direction)
    if _stated_refund(row):
        return expense(JD, row.method)  # fully refunded, so the file no longer counts it
    if row.status not in _DONE:
        return Unclear(LAYOUT.status)
    return own_transfer(row) or Unclear(LAYOUT.direction)


def own_transfer(row: Raw) -> Booked | None:
    """The move between own accounts that the row's text describes, or None."""
    text, account = row.description, account_of(JD, row.method)
    if row.status == "还款成功" or "还款" in text:
        return moved_out(account, _debt(row))
    if "充值" in text and "余额" in text:
        return moved_in(JD_BALANCE, account)
    if "提现" in text:
        return moved_out(JD_BALANCE, account)
    if "小金库" in text and any(word in text for word in ("转出", "取出", "赎回")):
        return moved_out(JD_VAULT, account)
    if "转入" in text or "存入" in text or "买入" in text:
        return moved_out(account, JD_VAULT)
    return None


def _debt(row: Raw) -> AccountHint | None:
    return JD_CREDIT if "白条" in f"{row.description}{row.payee}" else None


IMPORTER = Importer(LAYOUT.format, recognises, parse)
