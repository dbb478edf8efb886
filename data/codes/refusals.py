"""Why a code or a picture of one is refused. Each class is one cause, its fields are facts."""

from __future__ import annotations

import dataclasses

from data.errors import Rejection


@dataclasses.dataclass(unsafe_hash=True)
class CodeNotEmv(Rejection):
    """The text is not an EMVCo merchant-presented payload, or not a whole one.

    position: the character where it shows, counted from 1. field: the id of the data object, empty if none is meant.
    reason: `start` (something else altogether), `too_long`, `character` (a control character), `no_crc` (cut off),
    `id` (not two digits), `length` (not two digits, or zero), `overrun` (longer than what follows), `duplicate`,
    `missing`, `value` (not what the standard allows there).
    """

    position: int
    reason: str
    field: str = ""


@dataclasses.dataclass(unsafe_hash=True)
class CodeCrcWrong(Rejection):
    """The check sum does not fit: a character was misread, mistyped or changed. Four hexadecimal digits each."""

    expected: str
    found: str


@dataclasses.dataclass(unsafe_hash=True)
class CodeCurrencyUnknown(Rejection):
    """The code asks for a currency that ISO 4217 does not number so."""

    number: str


@dataclasses.dataclass(unsafe_hash=True)
class CodeAmountUnreadable(Rejection):
    """The amount is zero, no figure, or finer than the currency's smallest unit; it is never rounded."""

    amount: str
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class CodeForeign(Rejection):
    """A sound code, but of another payment service.

    kind: the service (`alipay`, `pix`, … see `data.codes.schemes`), else the identifier the code itself gives.
    name: the payee the code names, None if it names none.
    """

    kind: str
    name: str | None


@dataclasses.dataclass(unsafe_hash=True)
class CodeIncomplete(Rejection):
    """A code with our mark that we did not make so. reason: `merchant`, `pay_code`, `amount`, `name`."""

    reason: str


@dataclasses.dataclass(unsafe_hash=True)
class CodeAmountTooLarge(Rejection):
    """The amount has more digits than a code can hold (13 characters)."""

    amount_minor: int
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class SeveralCodes(Rejection):
    """More than one of our codes was seen, and they differ: which one is meant cannot be guessed."""

    count: int


@dataclasses.dataclass(unsafe_hash=True)
class PictureTooLarge(Rejection):
    """The picture was not opened. reason: `megabytes` or `megapixels`, the unit of `most`."""

    reason: str
    most: int


@dataclasses.dataclass(unsafe_hash=True)
class PictureUnreadable(Rejection):
    """The file is no picture of a kind we open, or a damaged one."""


@dataclasses.dataclass(unsafe_hash=True)
class NoCodeFound(Rejection):
    """The picture is fine, but no QR code could be read in it."""
