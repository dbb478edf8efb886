"""招商银行: the debit card's 交易流水, and the credit card's bill, whose days have no year."""

from __future__ import annotations

from data.importers.banks.profile import Profile

PROFILES = (
    Profile(
        format="cmb_credit",
        bank="招商银行",
        credit=True,
        date="交易日|交易日期|记账日|记账日期",
        amount="人民币金额|入账金额|交易金额",
        currency="入账币种",
        payee="交易摘要|交易描述",
        card="卡号末四位|卡号后四位|卡末四位",
        proof=("人民币金额", "交易摘要", "卡号末四位|卡号后四位|卡末四位"),
    ),
    Profile(
        format="cmb_debit",
        bank="招商银行",
        credit=False,
        date="记账日期|交易日期|记账日",
        time="交易时间",
        amount="交易金额",
        paid_in="收入",
        paid_out="支出",
        currency="货币|币种",
        balance="联机余额|余额",
        payee="对手信息|交易对手",
        summary="交易摘要|交易类型|摘要",
        note="客户摘要|交易备注",
        proof=("联机余额", "交易金额", "记账日期"),
    ),
)
