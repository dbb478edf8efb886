"""What an EMVCo merchant-presented payment code says, whoever made it, and how one is written.

EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode, 1.1. Real codes leave out some objects that it
calls mandatory (PromptPay and VietQR name no payee), so only those are asked for without which nothing can be paid: an
account, the currency and the country. Nobody signs a code: what it says is a claim, to be checked against the books.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import Final

from data.codes import tlv
from data.codes.currencies import NUMBERS, currency_of
from data.codes.refusals import CodeAmountTooLarge, CodeAmountUnreadable, CodeCurrencyUnknown, CodeNotEmv
from data.codes.tlv import Field, template, value_of
from data.errors import require
from data.money import AmountUnreadable, Money, parse_amount

MAX_LENGTH: Final = 512  # characters of a payload
MAX_NAME: Final = 25
MAX_CITY: Final = 15
MAX_ADDITIONAL: Final = 25
UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # controls, and halves of characters
FORMAT, INITIATION, MCC, CURRENCY, AMOUNT = "00", "01", "52", "53", "54"
COUNTRY, NAME, CITY, ADDITIONAL, LANGUAGE = "58", "59", "60", "62", "64"
GUID, BILL, REFERENCE, TERMINAL = "00", "01", "05", "07"
BEGINNING: Final = "000201"
_STATIC, _DYNAMIC = "11", "12"
_PRIMITIVE: Final = frozenset(f"{number:02d}" for number in range(2, 26))
_ACCOUNT_TEMPLATES: Final = frozenset(f"{number:02d}" for number in range(26, 52))
_TEMPLATES: Final = _ACCOUNT_TEMPLATES | {ADDITIONAL, LANGUAGE}
_FIRST_UNRESERVED: Final = "80"
_MAX_AMOUNT: Final = 13
_AMOUNT: Final = re.compile(r"[0-9]+(\.[0-9]*)?")
_VALUES: Final = {
    INITIATION: re.compile("1[12]"),
    MCC: re.compile("[0-9]{4}"),
    CURRENCY: re.compile("[0-9]{3}"),
    COUNTRY: re.compile("[A-Z]{2}"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """Where the payee takes money: one scheme's account. guid: the scheme; None for ids 02 to 25, which are plain."""

    id: str
    value: str
    guid: str | None
    fields: tuple[Field, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Additional:
    """What object 62 tells: 01, 05 and 07."""

    bill: str | None
    reference: str | None
    terminal: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Localised:
    """Name and city in another language (object 64). language: ISO 639, lower case."""

    language: str
    name: str
    city: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class EmvCode:
    """A payment code. dynamic: made for one payment. amount_minor: in the currency's smallest unit; None if left open.

    fields: everything, in the order it stands there; unreserved: objects 80 to 99.
    """

    fields: tuple[Field, ...]
    dynamic: bool
    accounts: tuple[Account, ...]
    mcc: str | None
    currency_number: str
    currency: str
    amount_minor: int | None
    country: str
    name: str | None
    city: str | None
    additional: Additional
    localised: Localised | None
    unreserved: tuple[Field, ...]

    def value(self, *path: str) -> str | None:
        """The value at a path of ids: `("62", "08")` is the purpose; None where there is none."""
        return value_of(self.fields, *path)


def parse(text: str) -> EmvCode:
    """What a payload says.

    Raises:
        CodeNotEmv: not a payload, or a broken one.
        CodeCrcWrong: misread or changed.
        CodeCurrencyUnknown, CodeAmountUnreadable: a claim nobody can pay.
    """
    fields = _checked(text)
    currency_number = value_of(fields, CURRENCY) or ""
    currency = currency_of(currency_number)
    if currency is None:
        raise CodeCurrencyUnknown(currency_number)
    return EmvCode(
        fields=fields,
        dynamic=value_of(fields, INITIATION) == _DYNAMIC,
        accounts=_accounts(fields),
        mcc=value_of(fields, MCC),
        currency_number=currency_number,
        currency=currency,
        amount_minor=_amount(value_of(fields, AMOUNT), currency),
        country=value_of(fields, COUNTRY) or "",
        name=value_of(fields, NAME),
        city=value_of(fields, CITY),
        additional=Additional(*(value_of(fields, ADDITIONAL, number) for number in (BILL, REFERENCE, TERMINAL))),
        localised=_localised(fields),
        unreserved=tuple(field for field in fields if field.id >= _FIRST_UNRESERVED),
    )


def _checked(text: str) -> tuple[Field, ...]:
    """The data objects of a payload that is whole and keeps to the standard's form."""
    if not text.startswith(BEGINNING):
        raise CodeNotEmv(1, "start")
    if len(text) > MAX_LENGTH:
        raise CodeNotEmv(MAX_LENGTH + 1, "too_long")
    if odd := UNWRITABLE.search(text):
        raise CodeNotEmv(odd.start() + 1, "character")
    body = tlv.unsealed(text)
    fields = tlv.split(body, _TEMPLATES)
    for field in fields:
        wanted = _VALUES.get(field.id)
        if field.id == tlv.CRC or (wanted and not wanted.fullmatch(field.value)):
            raise CodeNotEmv(field.position, "duplicate" if field.id == tlv.CRC else "value", field.id)
    for number in (CURRENCY, COUNTRY):
        if value_of(fields, number) is None:
            raise CodeNotEmv(len(body) + 1, "missing", number)
    if not _accounts(fields):
        raise CodeNotEmv(len(body) + 1, "missing", min(_ACCOUNT_TEMPLATES))
    return fields


def _accounts(fields: Sequence[Field]) -> tuple[Account, ...]:
    return tuple(
        Account(field.id, field.value, value_of(field.within, GUID), field.within)
        for field in fields
        if field.id in _PRIMITIVE or field.id in _ACCOUNT_TEMPLATES
    )


def _amount(text: str | None, currency: str) -> int | None:
    if text is None:
        return None
    if len(text) > _MAX_AMOUNT or not _AMOUNT.fullmatch(text):
        raise CodeAmountUnreadable(text, currency)
    try:
        minor = parse_amount(text, currency).minor
    except AmountUnreadable:
        raise CodeAmountUnreadable(text, currency) from None
    if not minor:
        raise CodeAmountUnreadable(text, currency)
    return minor


def _localised(fields: Sequence[Field]) -> Localised | None:
    language, name, city = (value_of(fields, LANGUAGE, number) for number in ("00", "01", "02"))
    return Localised(language.lower(), name, city) if language and name else None


def account(number: str, guid: str, fields: Iterable[Field]) -> Field:
    """The account of a scheme, to be put in `build`. number: 26 to 51."""
    require(number in _ACCOUNT_TEMPLATES, f"{number} holds no account")
    return template(number, (Field(GUID, guid), *fields))


def build(
    *,
    accounts: Sequence[Field],
    mcc: str,
    currency: str,
    country: str,
    name: str,
    city: str,
    amount_minor: int | None = None,
    dynamic: bool = False,
    additional: Sequence[Field] = (),
    localised: Localised | None = None,
    unreserved: Sequence[Field] = (),
) -> str:
    """The payload that says this; `parse` reads the same back. Texts that are too long are a defect of the caller.

    Raises:
        CodeAmountTooLarge: the amount does not fit object 54.
    """
    require(accounts and len(name) <= MAX_NAME and len(city) <= MAX_CITY, "a code names its payee within the limits")
    require(currency in NUMBERS, f"{currency} has no number to be written with")
    require(all(len(field.value) <= MAX_ADDITIONAL for field in additional), "additional data within the limits")
    amount = [] if amount_minor is None else [Field(AMOUNT, _written(amount_minor, currency))]
    fields = [
        Field(FORMAT, "01"),
        Field(INITIATION, _DYNAMIC if dynamic else _STATIC),
        *accounts,
        Field(MCC, mcc),
        Field(CURRENCY, NUMBERS[currency]),
        *amount,
        Field(COUNTRY, country),
        Field(NAME, name),
        Field(CITY, city),
        *([template(ADDITIONAL, additional)] if additional else []),
        *([_language(localised)] if localised else []),
        *unreserved,
    ]
    return tlv.sealed(fields)


def _written(amount_minor: int, currency: str) -> str:
    require(amount_minor > 0, "a code asks for something, or leaves the amount open")
    text = Money(amount_minor, currency).plain()
    if len(text) > _MAX_AMOUNT:
        raise CodeAmountTooLarge(amount_minor, currency)
    return text


def _language(said: Localised) -> Field:
    require(len(said.name) <= MAX_NAME and len(said.city or "") <= MAX_CITY, "names within the limits")
    city = [Field("02", said.city)] if said.city else []
    return template(LANGUAGE, (Field("00", said.language), Field("01", said.name), *city))
