"""中国银行. A credit card's merchants end in their country's code (`MICROSOFT*XBOXJPN`); people do not."""

from __future__ import annotations

from data.importers.banks.profile import Profile, Rule
from data.importers.statement import Direction, Kind

PROFILES = (
    Profile(
        format="boc_credit",
        bank="中国银行",
        credit=True,
        date="交易日|交易日期|银行记账日|记账日",
        paid_in="存入",
        paid_out="支出",
        currency="币种",
        payee="交易描述",
        card="卡号后四位|卡号末四位",
        proof=("银行记账日", "存入", "支出"),
        noise=r"(?:CHN)*[A-Z]{3}$",
        # Money in under a person's name: repaid from an account of that name.
        rules=(Rule(r"^(?!.*(?:利息|返|奖|退|撤|冲|费|\s))[\u4e00-\u9fff*]{2,4}$", Kind.TRANSFER, Direction.IN),),
    ),
    Profile(
        format="boc_debit",
        bank="中国银行",
        credit=False,
        date="记账日期|交易日期",
        time="记账时间|交易时间",
        amount="金额|交易金额",
        currency="币别|币种",
        balance="余额",
        payee="对方账户名|对方户名",
        summary="交易名称|摘要",
        note="附言",
        card="借记卡号",
        proof=("币别", "交易名称", "对方账户名", "附言"),
    ),
)
