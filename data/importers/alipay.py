"""What Alipay's words mean: one judgement for the app's and the web's export.

Decisions:
- A closed purchase that was paid stays an expense (its refund is a row of its own); unpaid it is skipped.
- Rows the file does not count (不计收支) are what their text says: fund and 余额宝 moves, repayments, top-ups and
  withdrawals are transfers; 收益 is income; a text that says nothing is unclear, never dropped.
- 亲情卡 or 代付 as the *method* is somebody else's money and skipped; as the *category* (亲友代付) it is the person
  paying for others, an expense.
- 退税成功 is a refund like any other.
"""

from __future__ import annotations

import re

from data.importers.methods import (
    ALIPAY,
    ALIPAY_BALANCE,
    ALIPAY_FUND,
    ALIPAY_HUABEI,
    ALIPAY_JIEBEI,
    ALIPAY_YUEBAO,
    account_of,
    card_in,
    is_others_money,
    other_account,
)
from data.importers.rows import Raw
from data.importers.statement import AccountHint, AccountKind
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

OUT, IN = "支出", "收入"
NEUTRAL = frozenset({"不计收支", "其他", "/", ""})
CLOSED = frozenset({"交易关闭", "已关闭", "已取消"})
_UNPAID = frozenset({"等待付款", "待付款", "等待买家付款"})
_HELD = frozenset({"冻结成功", "芝麻免押下单成功", "信用服务使用成功"})
_REFUNDED = frozenset({"退款成功", "退税成功"})
_DONE = frozenset(
    {
        "交易成功",
        "支付成功",
        "代付成功",
        "等待确认收货",
        "等待发货",
        "等待对方发货",
        "缴费中",
        "还款成功",
        "放款成功",
    }
)
_OWN_MONEY = frozenset({"投资理财", "账户存取", "信用借还"})  # categories whose rows are moves even when counted

_EARNED = re.compile(r"收益发放|收益$")
_REPAID = re.compile(r"还款|还花呗|还借呗")
_MOVED_OUT_OF = re.compile(r"(?:转出|取出|卖出|赎回)(?:到|至)?(?P<to>[^-]*)")
_MOVED_INTO = re.compile(r"转入|买入|攒|存入|申购|定投")


def decide(row: Raw, *, paid: bool) -> Verdict:
    """What a row is; `paid`: the file shows that money was taken (a method, or the web's 资金状态)."""
    return _without_money(row) or _closed(row, paid=paid) or _returned(row) or _moved(row)


def _without_money(row: Raw) -> Passed | None:
    if is_others_money(row.method):
        return PAID_BY_OTHER
    if "失败" in row.status:
        return FAILED
    if row.minor == 0:
        return ZERO_AMOUNT
    if row.status in _UNPAID:
        return NEVER_PAID
    if row.status == "解冻成功":
        return HOLD_RELEASED
    return HOLD if row.status in _HELD else None


def _closed(row: Raw, *, paid: bool) -> Verdict | None:
    if row.status not in CLOSED:
        return None
    if row.direction == IN:
        return CANCELLED_SALE
    if not paid:
        return NEVER_PAID
    spent = expense(ALIPAY, row.method)
    # No longer counted: only a refund row that names it proves that it was paid.
    return spent if row.direction == OUT else Booked(spent.kind, spent.direction, spent.account, if_refunded=True)


def _returned(row: Raw) -> Verdict | None:
    if row.direction == OUT:
        return None  # a seller's refund to a buyer leaves the person's account
    if "买入退款" in row.description:
        return moved_in(account_of(ALIPAY, row.method), ALIPAY_FUND)
    said = row.category == "退款" or (row.direction in NEUTRAL and row.description.startswith("退款"))
    return refund(ALIPAY, row.method) if said or row.status in _REFUNDED else None


def _moved(row: Raw) -> Verdict:
    if _EARNED.search(row.description) and row.direction != OUT:
        return income(ALIPAY, row.method)
    if row.direction in {OUT, IN}:
        own = row.category in _OWN_MONEY or row.status in {"还款成功", "放款成功"}
        counted = expense(ALIPAY, row.method) if row.direction == OUT else income(ALIPAY, row.method)
        return (own_transfer(row) if own else None) or counted
    if row.direction not in NEUTRAL:
        return Unclear("收/支")
    if row.status not in _DONE:
        return Unclear("交易状态")
    return own_transfer(row) or Unclear("收/支")


def own_transfer(row: Raw) -> Booked | None:
    """The move between own accounts that the row's text describes, or None."""
    account = account_of(ALIPAY, row.method)
    return _wallet_move(row, account) or _fund_move(row, account) or _sent_to_card(row, account)


def _wallet_move(row: Raw, account: AccountHint) -> Booked | None:
    text = row.description
    if text.startswith("充值"):
        return moved_in(ALIPAY_BALANCE, account)
    if "提现" in text:
        target = account if account.last4 else card_in(row.payee)
        return moved_out(ALIPAY_BALANCE, target or (other_account(ALIPAY, row.payee) if row.payee else None))
    if row.status == "放款成功" or "放款" in text:
        return moved_in(account, ALIPAY_JIEBEI)
    if row.status == "还款成功" or _REPAID.search(text):
        return moved_out(account, _debt(row))
    return None


def _fund_move(row: Raw, account: AccountHint) -> Booked | None:
    if found := _MOVED_OUT_OF.search(row.description):
        return _out_of_fund(row, account, found["to"])
    return _into_fund(row, account) if _MOVED_INTO.search(row.description) else None


def _sent_to_card(row: Raw, account: AccountHint) -> Booked | None:
    if not row.description.startswith("转账"):
        return None
    return moved_out(account, card_in(row.payee) or card_in(row.description.removeprefix("转账").lstrip("到至-")))


def _fund(row: Raw) -> AccountHint:
    if "小荷包" in row.description:
        return account_of(ALIPAY, "小荷包")
    return ALIPAY_YUEBAO if "余额宝" in row.description.split("-")[0] or "余额宝" in row.payee else ALIPAY_FUND


def _into_fund(row: Raw, account: AccountHint) -> Booked:
    fund = _fund(row)
    return moved_in(fund, None) if account.key == fund.key else moved_out(account, fund)


def _out_of_fund(row: Raw, account: AccountHint, to: str) -> Booked:
    """Money leaves a fund: the method is where it went, or, for 余额宝 and the like, where it came from."""
    fund = _fund(row)
    if account.key == fund.key or (account.key.startswith("alipay:other:") and "转出" in row.description):
        target = card_in(row.payee) or (account_of(ALIPAY, to) if "余额" in to else card_in(to))
        return moved_out(account, target)
    return moved_in(account, fund)


def _debt(row: Raw) -> AccountHint | None:
    text = f"{row.description} {row.payee}"
    if "花呗" in text:
        return ALIPAY_HUABEI
    if "借呗" in text:
        return ALIPAY_JIEBEI
    found = card_in(row.payee) or card_in(row.description)
    if found:
        return AccountHint(found.key, found.label, AccountKind.LIABILITY, found.institution, found.last4)
    return other_account(ALIPAY, row.payee, AccountKind.LIABILITY) if row.payee else None
