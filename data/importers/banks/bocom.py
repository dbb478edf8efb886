"""交通银行. A credit card's figures have their currency (`CNY 12.00`) and no sign: the words before a name tell."""

from __future__ import annotations

from data.importers.banks.profile import Profile

PROFILES = (
    Profile(
        format="bocom_credit",
        bank="交通银行",
        credit=True,
        date="交易日期|TransactionDate|记账日期",
        amount="入账币种/金额|入账金额|Payment Curr/Amt",
        payee="交易说明|Description of Transaction",
        card="卡末四位|卡号末四位|Card Number (Last 4 digits)",
        proof=("交易说明|Description of Transaction", "入账币种/金额|Payment Curr/Amt"),
        inward=r"退货|退款|退回|还款|返还|返现|奖励|存入|入账|转入|溢缴|撤销|冲正|利息返|减免",
        outward=r"^(?:消费|刷卡金扣回|分期|自动购汇扣款|扣款|取现|预借|手续费|年费|利息$|违约金|滞纳金|缴费|代扣|转出)",
    ),
    Profile(
        format="bocom_debit",
        bank="交通银行",
        credit=False,
        date="交易日期",
        time="交易时间",
        amount="交易金额",
        balance="余额",
        currency="币种",
        payee="对方户名",
        summary="交易类型|交易方式",
        note="摘要|交易地点",
        proof=("借贷", "交易金额", "交易地点"),
    ),
)
