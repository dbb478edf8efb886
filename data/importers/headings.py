"""What columns are called, in Chinese and English (and a little German), and which words say a direction.

Names are folded: no blanks, ASCII width, lower case. Earlier names win over later ones: a file with both a booking
date and a value date is read by its booking date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.importers.mapping import Role
from data.importers.statement import Direction, Kind


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NAMES: Mapping[Role, tuple[str, ...]] = {
    Role.DATE: _words(
        "交易时间 交易日期 交易日 日期 发生日期 发生时间 消费日期 记账日期 记账日 入账日期 入账时间 付款时间 "
        "创建时间 时间 transactiondate transdate transactiontime date datetime time timestamp posteddate"
        " postingdate bookingdate completeddate buchungsdatum datum valuedate valutadatum"
    ),
    Role.TIME: _words("交易时间 交易时刻 记账时间 时间 time transactiontime clocktime"),
    Role.TIMEZONE: ("时区", "timezone"),
    Role.AMOUNT: _words(
        "金额 交易金额 人民币金额 记账金额 发生额 收支金额 实付金额 amount transactionamount billingamount amt betrag"
        " importe montant umsatz value"
    ),
    Role.DEBIT: _words(
        "记账金额(支出) 支出金额 支出 借方金额 借方发生额 借方 支取 转出金额 交易金额(支出) debit debitamount debits"
        " withdrawal withdrawals withdrawalamount moneyout paidout outflow expense expenses soll"
    ),
    Role.CREDIT: _words(
        "记账金额(收入) 收入金额 收入 贷方金额 贷方发生额 贷方 存入 转入金额 交易金额(收入) credit creditamount credits"
        " deposit deposits depositamount moneyin paidin inflow income haben"
    ),
    Role.DIRECTION: _words(
        "收/支 收支 收支类型 交易类型 类型 借贷标志 借贷 方向 transactiontype type d/c dc dr/cr cr/dr debit/credit"
        " creditdebitindicator direction details indicator"
    ),
    Role.CURRENCY: _words(
        "记账币种 币种 货币 币别 交易币种 accountcurrency billingcurrency transactioncurrency currency currencycode ccy"
        " waehrung währung"
    ),
    Role.PAYEE: _words(
        "交易对方 对方 对方户名 对方账户名 对方名称 对手信息 对手户名 商户名称 商户 商家 交易场所 收款方 收款人 payee"
        " merchant merchantname partnername counterparty beneficiary name empfänger"
    ),
    Role.DESCRIPTION: _words(
        "商品说明 商品 商品名称 订单标题 交易说明 交易描述 交易摘要 摘要 描述 说明 附言 交易附言 description label memo"
        " narrative details particulars buchungstext umsatztext verwendungszweck title text note"
    ),
    Role.CATEGORY: ("交易分类", "分类", "类别", "category"),
    Role.SUBCATEGORY: ("子分类", "二级分类", "subcategory"),
    Role.ACCOUNT: _words("账户 账户名称 账户名 accountname account accountnumber iban"),
    Role.COUNTER: _words("账户2 转入账户 对方账户 account2 toaccount transferaccount"),
    Role.METHOD: _words("支付方式 收/付款方式 付款方式 paymentmethod"),
    Role.ORDER_ID: _words(
        "交易订单号 交易单号 交易流水号 流水号 订单号 日志号 transactionid reference refno ref ref# orderid id"
    ),
    Role.NOTE: _words("备注 交易备注 notes note remarks remark comments comment"),
}

WALLET_STATUS = frozenset({"交易状态", "当前状态"})
BALANCES = frozenset(_words("余额 联机余额 本次余额 账户余额 balance runningbalance saldo"))

# A unit behind the name of an amount: 金额(元), Amount (USD).
UNIT = re.compile(r"\(([^()]{1,8})\)$")

CURRENCIES: Mapping[str, str] = {
    "人民币": "CNY",
    "人民币元": "CNY",
    "元": "CNY",
    "rmb": "CNY",
    "cnh": "CNY",
    "¥": "CNY",
    "港币": "HKD",
    "港元": "HKD",
    "hk$": "HKD",
    "美元": "USD",
    "us$": "USD",
    "$": "USD",
    "欧元": "EUR",
    "€": "EUR",
    "英镑": "GBP",
    "£": "GBP",
    "日元": "JPY",
    "日圆": "JPY",
    "新台币": "TWD",
    "澳门元": "MOP",
    "韩元": "KRW",
    "澳元": "AUD",
    "加元": "CAD",
    "新加坡元": "SGD",
}

OUT = frozenset(
    _words(
        "支出 支 借 借方 消费 付款 转出 取款 af d dr debit debits e expense expenses out outgoing outflow withdrawal"
        " payment purchase check sale"
    )
)
IN = frozenset(
    _words("收入 收 贷 贷方 收款 转入 存入 存款 入账 bij c cr credit credits i income in incoming inflow deposit dslip")
)
# Words that say what a row is; an unsigned transfer leaves the account that the row names first.
KINDS: Mapping[str, tuple[Kind, Direction | None]] = {
    **dict.fromkeys(_words("转账 转帐 transfer t 内部转账 不计收支 中性交易 /"), (Kind.TRANSFER, None)),
    **dict.fromkeys(_words("退款 退货 refund return"), (Kind.REFUND, Direction.IN)),
    **dict.fromkeys(_words("手续费 服务费 fee fees"), (Kind.FEE, Direction.OUT)),
    **dict.fromkeys(
        _words("balancemodification modifybalance openingbalance 余额变更 修改余额 初始余额 b"), (Kind.ADJUSTMENT, None)
    ),
}
DIRECTION_WORDS = OUT | IN | KINDS.keys()

TRANSFER_CATEGORIES = frozenset(
    _words("transfer transfers acct_xfer atm creditcardpayment cardpayment 转账 转帐 信用卡还款 还款 内部转账 账户转账")
)
FEE_CATEGORIES = frozenset(_words("fee fees fee_transaction bankfee bankfees 手续费 服务费"))
REFUND_WORDS = re.compile(r"退款|退货|(?<!tax )\brefund\b", re.IGNORECASE)
FOOTER = re.compile(r"(合计|总计|小计|共计|人民币合计|本页|total\b|subtotal\b|grand total)", re.IGNORECASE)
NOTHING = frozenset({"", "-", "--", "/", "—"})
