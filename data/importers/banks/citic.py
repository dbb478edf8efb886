"""中信银行, the credit card's 账单明细 (xls): a sheet per currency."""

from __future__ import annotations

from data.importers.banks.profile import Profile

PROFILES = (
    Profile(
        format="citic_credit",
        bank="中信银行",
        credit=True,
        date="交易日期|入账日期",
        amount="结算金额",
        currency="结算币种",
        payee="交易描述",
        card="卡末四位|卡号末四位",
        proof=("交易描述", "结算币种", "结算金额"),
    ),
)
