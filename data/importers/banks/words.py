"""What a bank's words say a row is: repayments, own transfers, cash, interest and fees, goods sent back.

Two lists, read from the top; the first that fits counts. What none fits is spent, earned, or on a credit card given
back: nobody earns there, and a merchant's name alone means goods returned.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from data.importers.banks.profile import Rule
from data.importers.methods import (
    ALIPAY_BALANCE,
    ALIPAY_FUND,
    ALIPAY_HUABEI,
    ALIPAY_JIEBEI,
    ALIPAY_YUEBAO,
    JD_CREDIT,
    JD_VAULT,
    MEITUAN_CREDIT,
    WECHAT_BALANCE,
    WECHAT_FUND,
    WECHAT_MINI_FUND,
    card,
)
from data.importers.statement import AccountHint, Direction, Kind

IN, OUT = Direction.IN, Direction.OUT

_FEES = (
    r"手续费|工本费|(?<!会员)年费|短信(?:服务|通知)?费|账户管理费|汇款费|滞纳金|违约金|利息税|代扣税"
    r"|service charge|\bfee\b"
)
_BACK = r"退款|退货|退回|退汇|冲正|撤销|冲账|\breturn|\brefund|\breversal"
# A foundation (基金会) is given to, and 定期扣款 is a standing order.
_INVESTED = r"余额宝|零钱通|理财|基金(?!会)|银证|证券|期货|申购|赎回|小金库|存单|定期(?!扣|缴|代)|通知存款|贵金属|国债"
_TOPPED_UP = r"(?:零钱|余额|钱包|账户|支付宝)充值|提现"
_CASH = r"(?<![a-z])atm(?![a-z])|取现|取款|现金|支现|预借|\bcash\b|withdrawal"

DEBIT: Final[tuple[Rule, ...]] = (
    Rule(_INVESTED, Kind.TRANSFER),
    Rule(_TOPPED_UP, Kind.TRANSFER),
    Rule(_BACK, Kind.REFUND, IN),
    Rule(r"放款|贷款发放", Kind.TRANSFER, IN),
    Rule(r"现金存|存现|存款机|(?<![a-z])atm(?![a-z]).*存|现金$", Kind.TRANSFER, IN),
    Rule(rf"{_FEES}|(?<!存款)利息", Kind.FEE, OUT),
    Rule(r"还款|还贷|贷款归还|贷款扣", Kind.TRANSFER, OUT),
    Rule(_CASH, Kind.TRANSFER, OUT),
)
CREDIT: Final[tuple[Rule, ...]] = (
    Rule(r"购汇|溢缴款", Kind.TRANSFER),
    Rule(rf"{_BACK}|(?:费|利息|滞纳金|违约金).{{0,4}}(?:返还|减免|退)", Kind.REFUND, IN),
    Rule(r"奖励|返现|返利|返还|刷卡金|红包还款|还款红包|积分|利息|(?<![a-z])cash ?back", Kind.INCOME, IN),
    Rule(r"还款|转账|存入|入账|汇入|存款|缴款|自动扣|约定扣|\bpayment\b|thank you|autopay", Kind.TRANSFER, IN),
    Rule(rf"{_FEES}|利息", Kind.FEE, OUT),
    Rule(rf"{_CASH}|还款|转账(?!手续)", Kind.TRANSFER, OUT),
)

_OTHERS: Final[tuple[tuple[str, AccountHint], ...]] = (
    (r"余额宝", ALIPAY_YUEBAO),
    (r"零钱通", WECHAT_MINI_FUND),
    (r"理财通", WECHAT_FUND),
    (r"小金库", JD_VAULT),
    (r"花呗", ALIPAY_HUABEI),
    (r"借呗", ALIPAY_JIEBEI),
    (r"白条", JD_CREDIT),
    (r"月付", MEITUAN_CREDIT),
    (r"蚂蚁.*基金|支付宝.*基金", ALIPAY_FUND),
    (r"支付宝.*(?:提现|充值)|(?:提现|充值).*支付宝", ALIPAY_BALANCE),
    (r"(?:财付通|微信|零钱).*(?:提现|充值)|(?:提现|充值).*(?:财付通|微信|零钱)", WECHAT_BALANCE),
)
_THEIR_CARD = re.compile(
    r"(?P<bank>(?:工商|农业|中国|建设|交通|邮储|邮政储蓄|招商|浦发|浦东发展|中信|光大|民生|兴业|华夏|平安|广发|浙商|渤海|恒丰"
    r"|北京|上海|江苏|宁波|南京|杭州|汇丰)银行)(?:股份有限公司)?信用卡"
)


@functools.lru_cache(maxsize=8192)
def kind_of(words: str, direction: Direction, *, credit: bool, rules: tuple[Rule, ...] = ()) -> Kind | None:
    """What a row with these words is, by `rules` and then by what holds for every bank; None: its words say nothing."""
    for rule in (*rules, *(CREDIT if credit else DEBIT)):
        if rule.direction in {None, direction} and _pattern(rule.words).search(words):
            return rule.kind
    return None


def silent_kind(direction: Direction, *, credit: bool) -> Kind:
    """What a row is whose words say nothing."""
    if direction is OUT:
        return Kind.EXPENSE
    return Kind.REFUND if credit else Kind.INCOME


@functools.lru_cache(maxsize=4096)
def other_side(words: str) -> AccountHint | None:
    """The other own account of a transfer, where the words name it."""
    for pattern, account in _OTHERS:
        if _pattern(pattern).search(words):
            return account
    theirs = _THEIR_CARD.search(words)
    return card(theirs["bank"], credit=True) if theirs else None


@functools.cache
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)
