"""浦发银行 (xls): the debit card's 交易明细 with money in and out apart, the credit card's 交易明细报表."""

from __future__ import annotations

from data.importers.banks.profile import Profile

_NAMES = ("浦东发展银行",)
PROFILES = (
    Profile(
        format="spdb_credit",
        bank="浦发银行",
        credit=True,
        date="交易日期|记账日期",
        amount="交易金额",
        currency="交易币种",
        payee="交易摘要",
        card="卡号末四位",
        proof=("卡号末四位", "卡片类型", "交易币种", "交易金额"),
        titles=_NAMES,
    ),
    Profile(
        format="spdb_debit",
        bank="浦发银行",
        credit=False,
        date="交易日期|交易时间|交易日期时间",
        time="交易时间",
        paid_in="存入金额|存入",
        paid_out="取出金额|支取金额|取出",
        currency="币种",
        balance="余额|账户余额|借记卡余额",
        payee="对方户名|对方名称",
        summary="交易摘要|摘要|交易类型",
        note="附言",
        proof=("存入金额", "取出金额|支取金额"),
        titles=_NAMES,
    ),
)
