"""农业银行, the debit card's 交易明细: signed amounts, a number in the bank's own journal."""

from __future__ import annotations

from data.importers.banks.profile import Profile

PROFILES = (
    Profile(
        format="abc_debit",
        bank="农业银行",
        credit=False,
        date="交易日期",
        time="交易时间",
        amount="交易金额",
        currency="币种",
        balance="本次余额|账户余额|余额",
        payee="对手信息|对方户名",
        summary="交易摘要|摘要",
        note="交易附言|附言",
        serial="日志号|交易日志号",
        proof=("本次余额", "日志号"),
    ),
)
