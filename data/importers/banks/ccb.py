"""建设银行: the debit card's 交易明细 (xls, in and out apart) and 全部交易明细 (signed), the credit card's table."""

from __future__ import annotations

from data.importers.banks.profile import Profile

_NAMES = ("China Construction Bank", "建设银行")
PROFILES = (
    Profile(
        format="ccb_debit",
        bank="建设银行",
        credit=False,
        date="交易日期|记账日",
        time="交易时间",
        amount="交易金额",
        paid_in="收入",
        paid_out="支出",
        currency="币种|币别",
        balance="账户余额",
        payee="对方户名|对方账号与户名",
        summary="摘要",
        note="交易地点|交易地点/附言",
        proof=("记账日|交易地点/附言", "支出|对方账号与户名", "账户余额"),
        titles=_NAMES,
    ),
    Profile(
        format="ccb_credit",
        bank="建设银行",
        credit=True,
        date="交易日|入账日",
        amount="入账金额",
        currency="入账币种",
        payee="交易描述",
        summary="类型",
        card="信用卡卡号",
        proof=("信用卡卡号", "入账金额", "交易描述"),
        titles=_NAMES,
    ),
)
