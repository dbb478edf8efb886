"""What our own payment codes say: which merchant, and for a dynamic one which payment of what amount.

The payload is EMVCo's: template 26 carries our mark and the merchant's id (32 hexadecimal digits), object 62-05 the pay
code's id in base 36 (25 characters hold 128 bits, and 25 is what the standard allows). A static code leaves the amount
open. A code is not signed: its ids are looked up in the books, and the books decide name, amount and expiry.
"""

from __future__ import annotations

import dataclasses
import re
import string
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

from data.codes import emv
from data.codes.emv import Account, EmvCode, Localised
from data.codes.refusals import CodeForeign, CodeIncomplete, CodeNotEmv, SeveralCodes
from data.codes.schemes import service_of, service_of_address
from data.codes.tlv import Field, value_of
from data.errors import Rejection, require

GUID: Final = "626166db6d6a4791b81427d5e6121156"  # a UUID without hyphens, as the standard allows; drawn once, ours
MAX_TEXT: Final = 8192  # characters: a link with the largest payload of ours, percent-encoded, has not half of it
_NOTHING: Final = "-"  # name and city are mandatory objects, and an object is never empty
_TEMPLATE: Final = "26"
_MERCHANT: Final = "01"
_LANGUAGE: Final = "zh"
_DIGITS: Final = string.digits + string.ascii_uppercase
_PAY_CODE_SIZE: Final = 25
_PAY_CODE: Final = re.compile(f"[0-9A-Z]{{{_PAY_CODE_SIZE}}}")
_HEX: Final = re.compile("[0-9a-f]{32}")
_MCC: Final = re.compile("([0-9]{4})?")
_NO_MCC: Final = "0000"
_BITS: Final = 128
_WHITE: Final = re.compile(r"\s+")
_JOINERS: Final = " \u200d\ufe0f"  # a cut between the parts of an emoji leaves its glue behind


@dataclasses.dataclass(frozen=True, slots=True)
class WalletCode:
    """A code of ours. pay_code and amount_minor: both for a dynamic code, neither for a static one.

    name: as object 59 has it, at most 25 characters, in any script; name_zh: the Chinese one beside a Latin one.
    mcc: four digits, or empty.
    """

    merchant: UUID
    name: str
    city: str
    currency: str = "CNY"
    mcc: str = ""
    pay_code: UUID | None = None
    amount_minor: int | None = None
    name_zh: str = ""
    city_zh: str = ""
    country: str = "CN"

    def __post_init__(self) -> None:
        require((self.pay_code is None) == (self.amount_minor is None), "a pay code is for an amount")
        require(_MCC.fullmatch(self.mcc), "a merchant category code has four digits")


def payload(code: WalletCode) -> str:
    """The text to draw. Names are cut to what the standard holds.

    Raises:
        CodeAmountTooLarge: the amount has more than 13 characters.
    """
    name_zh = fitted(code.name_zh, emv.MAX_NAME)
    return emv.build(
        accounts=[emv.account(_TEMPLATE, GUID, [Field(_MERCHANT, code.merchant.hex)])],
        mcc=code.mcc or _NO_MCC,
        currency=code.currency,
        country=code.country,
        name=fitted(code.name, emv.MAX_NAME) or _NOTHING,
        city=fitted(code.city, emv.MAX_CITY) or _NOTHING,
        amount_minor=code.amount_minor,
        dynamic=code.pay_code is not None,
        additional=[Field(emv.REFERENCE, _base36(code.pay_code))] if code.pay_code else [],
        localised=Localised(_LANGUAGE, name_zh, fitted(code.city_zh, emv.MAX_CITY) or None) if name_zh else None,
    )


def fitted(text: str, most: int) -> str:
    """A text as a code holds it: on one line, at most `most` characters, not cut behind a joiner."""
    line = _WHITE.sub(" ", emv.UNWRITABLE.sub(" ", text)).strip()
    return line if len(line) <= most else line[:most].rstrip(_JOINERS)


def read(text: str) -> WalletCode:
    """The code in a scanned, pasted or tapped text: the payload itself or a link `…/pay?c=` with it.

    Raises:
        CodeForeign: a code of another service.
        CodeIncomplete: our mark, but not as we write codes.
        CodeNotEmv, CodeCrcWrong, CodeCurrencyUnknown, CodeAmountUnreadable: see `data.codes.emv.parse`.
    """
    if len(text) > MAX_TEXT:
        raise CodeNotEmv(MAX_TEXT + 1, "too_long")
    carried = _carried(text.strip())
    if service := service_of_address(carried):
        raise CodeForeign(service, None)
    code = emv.parse(carried)
    ours = next((account for account in code.accounts if account.guid == GUID), None)
    if ours is None:
        raise CodeForeign(service_of(code), code.name)
    return _understood(code, ours)


def read_one_of(texts: Iterable[str]) -> WalletCode:
    """Our code among all that a picture shows: a shop's counter has those of other services beside it.

    Raises:
        SeveralCodes: two of ours that differ.
        Rejection: none of ours; why the first one was refused.
    """
    found: set[WalletCode] = set()
    refused: list[Rejection] = []
    for text in texts:
        try:
            found.add(read(text))
        except Rejection as why:
            refused.append(why)
    if len(found) > 1:
        raise SeveralCodes(len(found))
    require(found or refused, "there is at least one text")
    if not found:
        raise refused[0]
    return found.pop()


def tap_link(base_url: str, payload: str) -> str:
    """The address for an NFC tag or a shop's page; opened, it shows what is to be paid."""
    return f"{base_url.rstrip('/')}/pay?c={quote(payload, safe='')}"


def _carried(text: str) -> str:
    """The payload within a tap link; any other text as it is. The host is nothing to go by: the payload is checked."""
    if text.startswith(emv.BEGINNING):
        return text
    try:
        parts = urlsplit(text)
        asked = parse_qs(parts.query, max_num_fields=8, errors="strict").get("c", [])
    except ValueError:
        return text
    is_link = parts.scheme in {"http", "https"} or not (parts.scheme or parts.netloc)
    opens_pay = parts.path.rstrip("/").endswith("/pay")
    return asked[0] if is_link and opens_pay and len(asked) == 1 else text


def _understood(code: EmvCode, ours: Account) -> WalletCode:
    merchant = value_of(ours.fields, _MERCHANT) or ""
    if not _HEX.fullmatch(merchant):
        raise CodeIncomplete("merchant")
    if not code.name:
        raise CodeIncomplete("name")
    if (code.amount_minor is None) == code.dynamic:
        raise CodeIncomplete("amount")
    chinese = code.localised if code.localised and code.localised.language == _LANGUAGE else Localised(_LANGUAGE, "")
    return WalletCode(
        merchant=UUID(hex=merchant),
        name=_unless(_NOTHING, code.name),
        city=_unless(_NOTHING, code.city),
        currency=code.currency,
        mcc=_unless(_NO_MCC, code.mcc),
        pay_code=_pay_code(code.additional.reference) if code.dynamic else None,
        amount_minor=code.amount_minor,
        name_zh=chinese.name,
        city_zh=chinese.city or "",
        country=code.country,
    )


def _unless(filler: str, text: str | None) -> str:
    return "" if text is None or text == filler else text


def _base36(number: UUID) -> str:
    rest, digits = number.int, ""
    for _ in range(_PAY_CODE_SIZE):
        rest, digit = divmod(rest, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _pay_code(text: str | None) -> UUID:
    number = int(text, len(_DIGITS)) if text and _PAY_CODE.fullmatch(text) else 1 << _BITS
    if number >> _BITS:
        raise CodeIncomplete("pay_code")
    return UUID(int=number)
