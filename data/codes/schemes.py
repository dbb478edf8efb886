"""Whose code is this, when it is not ours? Said to a person who scanned the wrong one of the five on the counter."""

from __future__ import annotations

from typing import Final

from data.codes.emv import Account, EmvCode

# How globally unique identifiers of schemes begin, lower case.
_GUIDS: Final = (
    ("hk.com.hkicl", "fps"),
    ("sg.paynow", "paynow"),
    ("sg.com.nets", "nets"),
    ("a000000677", "promptpay"),
    ("a000000727", "vietqr"),
    ("br.gov.bcb.pix", "pix"),
    ("id.co.", "qris"),
    ("d156", "unionpay"),
)
# EMVCo MPM 1.1, table 4.1: the card schemes that the plain accounts belong to.
_PRIMITIVES: Final = {
    **dict.fromkeys(("02", "03"), "visa"),
    **dict.fromkeys(("04", "05"), "mastercard"),
    **dict.fromkeys(("09", "10"), "discover"),
    **dict.fromkeys(("11", "12"), "amex"),
    **dict.fromkeys(("13", "14"), "jcb"),
    **dict.fromkeys(("15", "16"), "unionpay"),
}
# Codes that are no EMVCo payload but an address of an app.
_ADDRESSES: Final = (
    ("https://qr.alipay.com/", "alipay"),
    ("alipays://", "alipay"),
    ("alipay://", "alipay"),
    ("wxp://", "wechat"),
    ("weixin://", "wechat"),
    ("https://payapp.weixin.qq.com/", "wechat"),
    ("https://qr.95516.com/", "unionpay"),
    ("upi://", "upi"),
)


def service_of(code: EmvCode) -> str:
    """Which payment service takes this code: a known one's short name, else the identifier of its first account."""
    return next(filter(None, map(_known, code.accounts)), code.accounts[0].guid or code.accounts[0].id)


def _known(account: Account) -> str | None:
    guid = (account.guid or "").lower()
    return _PRIMITIVES.get(account.id) or next((name for start, name in _GUIDS if guid.startswith(start)), None)


def service_of_address(text: str) -> str | None:
    """Which payment app such an address opens; None if it is none we know."""
    lowered = text.lower()
    return next((name for start, name in _ADDRESSES if lowered.startswith(start)), None)
