"""广发银行, the credit card's bill: what a row is stands in brackets before the name (`（退款）示例商户`)."""

from __future__ import annotations

from data.importers.banks.profile import Profile

PROFILES = (
    Profile(
        format="cgb_credit",
        bank="广发银行",
        credit=True,
        date="交易日期|入账日期",
        amount="入账金额",
        currency="入账货币",
        payee="交易摘要",
        card="卡号末四位|卡末四位",
        proof=("交易摘要", "入账金额", "入账货币"),
    ),
)
