"""Which account a payment method names: a pure mapping from (source, method text) to `AccountHint`.

A bank card has the same key wherever it is named: `card:工商银行:9876`, however the bank's name is written; a card
named without digits is `card:工商银行`. Of a combined method (`花呗&红包`) the part that is not a discount is the
account: the file does not say how the amount was split. Somebody else's money (亲情卡, 亲属卡, 他人代付) is no account
of the person's at all: `is_others_money` says so and importers skip those rows as `paid_by_other`.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from data.importers.statement import AccountHint, AccountKind

ALIPAY, WECHAT, JD, MEITUAN = "alipay", "wechat", "jd", "meituan"

_ASSET, _LIABILITY = AccountKind.ASSET, AccountKind.LIABILITY
_INSTITUTIONS = {ALIPAY: "支付宝", WECHAT: "微信支付", JD: "京东", MEITUAN: "美团"}


def _own(source: str, name: str, label: str, kind: AccountKind = _ASSET) -> AccountHint:
    return AccountHint(f"{source}:{name}", label, kind, _INSTITUTIONS[source])


ALIPAY_BALANCE = _own(ALIPAY, "balance", "支付宝余额")
ALIPAY_YUEBAO = _own(ALIPAY, "yuebao", "余额宝")
ALIPAY_FUND = _own(ALIPAY, "fund", "支付宝理财")
ALIPAY_HUABEI = _own(ALIPAY, "huabei", "花呗", _LIABILITY)
ALIPAY_JIEBEI = _own(ALIPAY, "jiebei", "借呗", _LIABILITY)
WECHAT_BALANCE = _own(WECHAT, "balance", "微信零钱")
WECHAT_MINI_FUND = _own(WECHAT, "mini_fund", "零钱通")
WECHAT_FUND = _own(WECHAT, "fund", "理财通")
WECHAT_IN_TRANSIT = _own(WECHAT, "in_transit", "微信转账在途")
JD_BALANCE = _own(JD, "balance", "京东余额")
JD_VAULT = _own(JD, "xiaojinku", "京东小金库")
JD_CREDIT = _own(JD, "baitiao", "京东白条", _LIABILITY)
MEITUAN_BALANCE = _own(MEITUAN, "balance", "美团余额")
MEITUAN_CREDIT = _own(MEITUAN, "yuefu", "美团月付", _LIABILITY)

_DEFAULTS = {ALIPAY: ALIPAY_BALANCE, WECHAT: WECHAT_BALANCE, JD: JD_BALANCE, MEITUAN: MEITUAN_BALANCE}

# What each source calls its own accounts, longest name first: 余额宝 before 余额.
_NAMES: dict[str, tuple[tuple[str, AccountHint], ...]] = {
    ALIPAY: (
        ("网商贷", _own(ALIPAY, "wangshangdai", "网商贷", _LIABILITY)),
        ("余额宝", ALIPAY_YUEBAO),
        ("花呗", ALIPAY_HUABEI),
        ("信用购", ALIPAY_HUABEI),
        ("借呗", ALIPAY_JIEBEI),
        ("余额", ALIPAY_BALANCE),
    ),
    WECHAT: (("零钱通", WECHAT_MINI_FUND), ("理财通", WECHAT_FUND), ("零钱", WECHAT_BALANCE)),
    JD: (
        ("白条", JD_CREDIT),
        ("小金库", JD_VAULT),
        ("余额", JD_BALANCE),
    ),
    MEITUAN: (("月付", MEITUAN_CREDIT), ("余额", MEITUAN_BALANCE)),
}
_WALLETS = (
    ("微信", WECHAT_BALANCE),
    ("支付宝", ALIPAY_BALANCE),
    ("余额宝", ALIPAY_YUEBAO),
    ("花呗", ALIPAY_HUABEI),
    ("京东支付", JD_BALANCE),
    ("京东白条", JD_CREDIT),
    ("京东小金库", JD_VAULT),
    ("美团月付", MEITUAN_CREDIT),
    ("美团支付", MEITUAN_BALANCE),
)

_OTHERS = re.compile(r"亲情卡|亲属卡|亲友代付|他人代付|好友代付|朋友代付|找人代付|帮我付|家人付")
_DISCOUNT = re.compile(
    r"红包|优惠|立减|满减|代金券|消费券|购物券|抵扣|抵用|积分|集分宝|餐补|津贴|补贴|礼金|随机减|碰友日|折扣|京豆|E卡|礼品卡"
)
_LONGEST = 200  # signs of a card's name: no bank says more, and ever longer texts would take ever longer
_CREDIT_CARD = r"信用卡|贷记卡|准贷记卡|公务卡"
_CARD = re.compile(
    rf"(?P<bank>[^\d()\-&]*?[^\d()\-&\s])\s*-?(?P<type>{_CREDIT_CARD}|储蓄卡|借记卡|银行卡|一卡通)?\s*"
    r"(?:\((?:尾号)?[*\s]*(?P<inner>\d{3,4})?\)|(?:尾号|-)\s*(?P<outer>\d{4}))"
)
_BARE_CARD = re.compile(
    rf"(?P<bank>\S*?(?:银行|信用社|农商行|农信|[工农中建交招]行))(?P<type>{_CREDIT_CARD}|储蓄卡|借记卡|银行卡)?(?:还款)?"
)
_STATE_PREFIX = re.compile(r"^中国(?=(工商|农业|建设|光大|民生|邮政储蓄|招商|交通|进出口))")
_BANK_NAMES = {
    "工行": "工商银行",
    "农行": "农业银行",
    "中行": "中国银行",
    "建行": "建设银行",
    "交行": "交通银行",
    "招行": "招商银行",
    "邮政储蓄银行": "邮储银行",
    "上海浦东发展银行": "浦发银行",
    "浦东发展银行": "浦发银行",
    "广东发展银行": "广发银行",
    "深圳发展银行": "平安银行",
}


def balance_of(source: str) -> AccountHint:
    """The account a row without a method means: the source's own wallet balance."""
    return _DEFAULTS[source]


@functools.lru_cache(maxsize=4096)
def is_others_money(method: str) -> bool:
    """Whether somebody else paid: a family card given to the person, a friend who paid for them."""
    return bool(_OTHERS.search(method))


@functools.lru_cache(maxsize=4096)
def account_of(source: str, method: str) -> AccountHint:
    """The account `method` names in a file of `source` (`alipay`, `wechat`, `jd`, `meituan`).

    Empty and `/` mean the source's balance; another wallet's name means that wallet's balance; a name nobody
    knows becomes an account of its own under the source.
    """
    text = _main_part(unicodedata.normalize("NFKC", method).strip())
    if text in {"", "/", "-"}:
        return _DEFAULTS[source]
    if "小荷包" in text:  # named by the person, `支付宝小荷包(余额)` too
        return other_account(source, text)
    # A card first: 花呗 never has a card's digits, but a bank may be called anything.
    return card_in(text) or _named(_NAMES[source], text) or _named(_WALLETS, text) or other_account(source, text)


def account_parts(source: str, method: str) -> tuple[AccountHint, ...]:
    """Every account that a method names: of `零钱&招商银行储蓄卡(1234)` two, of `花呗&红包` one."""
    parts = _parts(unicodedata.normalize("NFKC", method))
    return tuple(dict.fromkeys(account_of(source, part) for part in parts if part and not _DISCOUNT.search(part)))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[&+]", text)]


def _main_part(text: str) -> str:
    parts = _parts(text)
    return next((part for part in parts if part and not _DISCOUNT.search(part)), parts[0])


def _named(names: tuple[tuple[str, AccountHint], ...], text: str) -> AccountHint | None:
    return next((hint for name, hint in names if name in text), None)


def other_account(source: str, label: str, kind: AccountKind = AccountKind.ASSET) -> AccountHint:
    """An account that only this source knows, by the name it gives."""
    return AccountHint(f"{source}:other:{label}", label, kind, _INSTITUTIONS.get(source, ""))


@functools.lru_cache(maxsize=4096)
def card_in(text: str) -> AccountHint | None:
    """The bank card that a text is (`建设银行信用卡还款`, `工商银行储蓄卡(9876)`), or None."""
    folded = unicodedata.normalize("NFKC", text).strip()
    if len(folded) > _LONGEST:
        return None
    found = _CARD.fullmatch(folded) or _BARE_CARD.fullmatch(folded)
    if not found:
        return None
    groups = found.groupdict()
    last4 = groups.get("inner") or groups.get("outer") or ""
    if not last4 and not _BARE_CARD.match(groups["bank"]):
        return None  # `某某()` without a bank's name or digits is no card
    return card(groups["bank"], last4, credit=bool(re.fullmatch(_CREDIT_CARD, groups["type"] or "")))


def card(bank: str, last4: str = "", *, credit: bool = False) -> AccountHint:
    """The hint of a bank card: one key for one card however a source writes its bank."""
    name = bank_name(bank)
    label = f"{name}{'信用卡' if credit else '储蓄卡' if last4 else ''}" + (f"({last4})" if last4 else "")
    key = f"card:{name}:{last4}" if last4 else f"card:{name}"
    return AccountHint(key, label, _LIABILITY if credit else _ASSET, name, last4)


def bank_name(text: str) -> str:
    """A bank's short common name: 中国工商银行股份有限公司, 工行 and 工商银行 are one bank."""
    name = unicodedata.normalize("NFKC", text).strip().removesuffix("股份有限公司").removesuffix("有限责任公司")
    name = _STATE_PREFIX.sub("", name)
    return _BANK_NAMES.get(name, name)
