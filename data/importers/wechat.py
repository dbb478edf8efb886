"""WeChat Pay's bill (微信支付账单明细): CSV (v1) and workbooks with text cells (v2) or numbers and serial dates (v3).

Decisions:
- 交易类型 says which own accounts a row moves money between; money to and from people is expense and income.
- A fee (`服务费¥0.10` in the note) is inside the amount: the transfer is the rest, the fee a line of its own.
- A transfer that came back (对方已退还) was never spent: it is a transfer out to `wechat:in_transit` and, by its return
  row or else on the spot, a transfer back. A return row whose original is not in the file is a refund.
- 亲属卡 as the *method* is somebody else's money and skipped; 亲属卡交易 as the *type* is the person paying for others.
"""

from __future__ import annotations

import re
import unicodedata

from data.errors import Rejection
from data.importers.booking import Rules, statement_of, words_of
from data.importers.methods import (
    WECHAT,
    WECHAT_BALANCE,
    WECHAT_FUND,
    WECHAT_IN_TRANSIT,
    WECHAT_MINI_FUND,
    account_of,
    card_in,
    is_others_money,
)
from data.importers.rows import Layout, Raw, plain_amount, read_sheet, recognised
from data.importers.statement import AccountHint, AccountKind, Statement
from data.importers.table import Importer, Table
from data.importers.verdicts import (
    FAILED,
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
    format="wechat",
    source=WECHAT,
    titles=("微信支付账单明细",),
    time="交易时间",
    amount="金额(元)",
    direction="收/支",
    status="当前状态",
    payee="交易对方",
    description="商品",
    method="支付方式",
    order_id="交易单号",
    merchant_order_id="商户单号",
    category="交易类型",
)
OUT, IN = "支出", "收入"
_NEUTRAL = frozenset({"/", "", "中性交易"})
_CAME_BACK = "对方已退还"

_FEE = re.compile(r"服务费\s*[¥]?\s*([\d,]+(?:\.\d+)?)")
_REFUNDED = re.compile(r"已退款\s*\(?\s*[¥]?\s*([\d,]+(?:\.\d+)?)\s*\)?")


def recognises(table: Table) -> bool:
    """Whether the table is a WeChat Pay bill."""
    return recognised(table, LAYOUT)


def parse(table: Table) -> Statement:
    """The bill.

    Raises:
        FileRefused: `no_header`, `missing_column`, `no_rows`, `truncated`.
    """
    rules = Rules(_decide, words_of, _stated_refund, _fee, ids_tell=False)
    return statement_of(table, LAYOUT, read_sheet(table, LAYOUT), rules)


def _decide(row: Raw) -> Verdict:
    return _without_money(row) or _own_move(row) or _counted(row)


def _without_money(row: Raw) -> Passed | None:
    if is_others_money(row.method):
        return PAID_BY_OTHER
    if "失败" in row.status:
        return FAILED
    return ZERO_AMOUNT if row.minor == 0 else None


def _counted(row: Raw) -> Verdict:
    if row.direction == OUT:
        if row.status == _CAME_BACK:
            return moved_out(account_of(WECHAT, row.method), WECHAT_IN_TRANSIT)
        return expense(WECHAT, row.method)
    if "退款" in row.category and row.direction in {IN, *_NEUTRAL}:
        return refund(WECHAT, row.method)
    if row.direction == IN:
        return income(WECHAT, row.method)
    return Unclear(LAYOUT.category if row.direction in _NEUTRAL else LAYOUT.direction)


def _own_move(row: Raw) -> Booked | None:
    """The move between own accounts that 交易类型 names, or None."""
    kind, account = row.category, account_of(WECHAT, row.method)
    if "退款" in kind:
        return None
    if kind.startswith("零钱提现"):
        return moved_out(WECHAT_BALANCE, _bank_of(row, account))
    if kind.startswith("零钱充值"):
        return moved_in(WECHAT_BALANCE, _bank_of(row, account))
    if kind.startswith("信用卡还款"):
        return moved_out(account, _credit_card(row.payee))
    return _fund_move(kind, account)


def _fund_move(kind: str, account: AccountHint) -> Booked | None:
    if kind.startswith("转入零钱通"):
        return moved_out(_named(kind, "来自") or account, WECHAT_MINI_FUND)
    if kind.startswith("零钱通转出"):
        return moved_out(WECHAT_MINI_FUND, _named(kind, "到"))
    if "理财通" in kind:
        leaving = any(word in kind for word in ("赎回", "卖出", "取出", "转出"))
        return moved_in(account, WECHAT_FUND) if leaving else moved_out(account, WECHAT_FUND)
    return None


def _named(kind: str, after: str) -> AccountHint | None:
    name = kind.partition(after)[2]
    return account_of(WECHAT, name) if name else None


def _bank_of(row: Raw, account: AccountHint) -> AccountHint | None:
    """The bank side of a top-up or withdrawal: the payee or the method, whichever shows the card's digits."""
    payee = card_in(row.payee)
    if payee and (payee.last4 or account is WECHAT_BALANCE):
        return payee
    return account


def _credit_card(payee: str) -> AccountHint | None:
    found = card_in(payee) or card_in(payee.removesuffix("还款"))
    if found is None:
        return None
    return AccountHint(found.key, found.label, AccountKind.LIABILITY, found.institution, found.last4)


def _stated_refund(row: Raw) -> int:
    """Minor units that an original row's status says came back; 0 on refund rows themselves."""
    if row.direction != OUT or "退" not in row.status:
        return 0
    if row.status in {"已全额退款", _CAME_BACK}:
        return row.minor
    return _figure(_REFUNDED, row.status, at_most=row.minor)


def _fee(row: Raw) -> int:
    return _figure(_FEE, row.note, at_most=row.minor - 1) if "服务费" in row.note else 0


def _figure(pattern: re.Pattern[str], text: str, at_most: int) -> int:
    found = pattern.search(unicodedata.normalize("NFKC", text))
    try:
        minor = plain_amount(found[1]) if found else 0
    except Rejection:
        return 0
    return minor if minor <= at_most else 0


IMPORTER = Importer(LAYOUT.format, recognises, parse)
