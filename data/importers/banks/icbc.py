"""工商银行, 明细查询文件下载: the kinds of card tell by their columns; cells are padded, and sums stand below."""

from __future__ import annotations

import dataclasses

from data.importers.banks.profile import Profile

_CREDIT = Profile(
    format="icbc_credit",
    bank="工商银行",
    credit=True,
    date="交易日期|记账日期",
    paid_in="记账金额(收入)",
    paid_out="记账金额(支出)",
    currency="记账币种",
    balance="余额",
    payee="交易场所|对方户名",
    summary="摘要",
    note="交易详情",
    proof=("记账金额(收入)", "记账金额(支出)", "记账日期"),
)
PROFILES = (
    _CREDIT,
    # Since 2024 with 交易详情 and 对方账户; both forms of a row are one row.
    dataclasses.replace(
        _CREDIT,
        format="icbc_debit",
        credit=False,
        proof=("记账金额(收入)", "记账金额(支出)", "钞/汇"),
    ),
)
