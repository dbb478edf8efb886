"""Whom a bank's row was with. A purchase by wallet names the merchant behind it: `财付通-美团`, `支付宝－星巴克`.

The bank's row is the movement of money, the wallet's row its description; what the marker says is kept as the row's
method, so that the two can be found to be one.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

_WALLET = re.compile(
    r"(?P<wallet>财付通|微信支付|微信|支付宝|京东支付|网银在线|美团支付|美团|钱袋宝支付|抖音支付|云闪付(?:APP)?|银联云闪付"
    r"|拼多多支付|度小满|翼支付|Tenpay|Alipay|WeChat ?Pay|Weixin)\s*[-—–*:]+\s*(?P<merchant>\S.*)",
    re.IGNORECASE,
)
_COMPANIES = (("财付通", "财付通"), ("支付宝", "支付宝"), ("网银在线", "网银在线"), ("钱袋宝", "钱袋宝支付"))
_AGAIN = re.compile(
    r"(?:支付宝外部商户|支付宝|微信支付|财付通|商户消费|扫二维码付款|二维码付款|快捷支付|消费)\s*[-—–:]\s*(?=\S)"
)
_SAID = r"消费|退款|退货|还款|分期|取现|信用卡还款|红包还款|自动购汇还款|自动购汇扣款|分期扣款|刷卡金返还|刷卡金扣回"
_PREFIX = re.compile(rf"(?:\((?:{_SAID})\)\s*|(?:{_SAID})[\s-]+)(?=\S)")
_ACCOUNT = re.compile(r"(?<=\D)\s*\d[\d*]{7,}$|^[\dA-Z*]{4,}/(?=\D)")
_LONGEST = 300  # signs of a name in which something is sought
# Where a row came in, not whom it was with.
_CHANNELS = frozenset(
    {"手机银行", "网上银行", "网银", "柜台", "柜面", "批处理", "网络支付", "其他", "超级网银", "支付平台"}
)


class Payee(NamedTuple):
    """The name, and the wallet that stood before it ("" for none)."""

    name: str
    wallet: str


@functools.lru_cache(maxsize=8192)
def payee_of(parties: tuple[str, ...], note: str, summary: str, noise: str) -> Payee:
    """Whom the row was with, from its columns of names (best first), what was written to it, and the bank's word."""
    texts = [_PREFIX.sub("", text, count=1) for text in (*parties, note, summary) if text]
    for text in texts:
        found = _WALLET.search(text)
        if found and (merchant := _cleaned(_merchant(found["merchant"]), noise)):
            return Payee(merchant, found["wallet"])
    wallet = next((wallet for name, wallet in _COMPANIES if any(name in text for text in texts)), "")
    named = next((text for text in texts if text not in _CHANNELS), texts[0] if texts else "")
    return Payee(_cleaned(named, noise), wallet)


def _merchant(text: str) -> str:
    while found := _AGAIN.match(text):
        text = text[found.end() :]
    return text


def _cleaned(text: str, noise: str) -> str:
    """A name without the account number at it, its padding, and what the bank adds."""
    if len(text) > _LONGEST:
        return " ".join(text.split())
    without = re.sub(noise, "", text) if noise else text
    return " ".join(_ACCOUNT.sub("", without).split()) or text
