"""How a payment code is written: data objects of id, length and value, sealed by a check sum.

EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode, 3 and 4.7.3: an id has two digits, the length
two (01 to 99, counting characters, not bytes), templates hold objects of the same form. The last object, `6304` with
four hexadecimal digits, is CRC-16/CCITT-FALSE over the UTF-8 of all that stands before those digits.
"""

from __future__ import annotations

import binascii
import dataclasses
import re
from collections.abc import Container, Iterable, Sequence
from typing import Final

from data.codes.refusals import CodeCrcWrong, CodeNotEmv
from data.errors import require

CRC: Final = "63"
CRC_OPENING: Final = "6304"
MOST: Final = 99  # characters a length of two digits can count
_CRC_SIZE: Final = 8  # with its id and length
_HEAD: Final = 4  # id and length
_CCITT_FALSE: Final = 0xFFFF
_TWO_DIGITS: Final = re.compile(r"[0-9]{2}")


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A data object. within: the objects of a template, else empty. position: where it begins in the text, from 1."""

    id: str
    value: str
    within: tuple[Field, ...] = ()
    position: int = dataclasses.field(default=0, compare=False)


def template(number: str, within: Iterable[Field]) -> Field:
    """An object made of objects."""
    held = tuple(within)
    return Field(number, joined(held), held)


def crc(text: str) -> str:
    """The check sum of a text: `123456789` gives 29B1."""
    return f"{binascii.crc_hqx(text.encode(), _CCITT_FALSE):04X}"


def sealed(fields: Iterable[Field]) -> str:
    """The objects in their order as one text, the check sum last."""
    body = joined(fields) + CRC_OPENING
    return body + crc(body)


def unsealed(text: str) -> str:
    """The text without its check sum, which fits. The text is encodable.

    Raises:
        CodeNotEmv: `no_crc`.
        CodeCrcWrong: a character is not what it was when the code was made.
    """
    body, found = text[:-_HEAD], text[-_HEAD:]
    if not body.endswith(CRC_OPENING):
        raise CodeNotEmv(max(len(text) - _CRC_SIZE, 0) + 1, "no_crc", CRC)
    if found != (expected := crc(body)):
        raise CodeCrcWrong(expected, found)
    return text[:-_CRC_SIZE]


def joined(fields: Iterable[Field]) -> str:
    """The objects in their order as one text."""
    return "".join(map(_written, fields))


def _written(field: Field) -> str:
    require(_TWO_DIGITS.fullmatch(field.id), f"{field.id!r} is no id of a data object")
    require(1 <= len(field.value) <= MOST, f"object {field.id} has {len(field.value)} characters")
    return f"{field.id}{len(field.value):02d}{field.value}"


def split(text: str, templates: Container[str] = (), begin: int = 1) -> tuple[Field, ...]:
    """The objects of a text, those of `templates` split again. begin: where the text stands within the whole one.

    Raises:
        CodeNotEmv: `id`, `length`, `overrun`, `duplicate`.
    """
    fields: dict[str, Field] = {}
    place = 0
    while place < len(text):
        position = begin + place
        number, value = _next(text[place:], position)
        if number in fields:
            raise CodeNotEmv(position, "duplicate", number)
        within = split(value, begin=position + _HEAD) if number in templates else ()
        fields[number] = Field(number, value, within, position)
        place += _HEAD + len(value)
    return tuple(fields.values())


def _next(text: str, position: int) -> tuple[str, str]:
    """The id and the value of the object that a text begins with."""
    number, stated = text[:2], text[2:_HEAD]
    if not _TWO_DIGITS.fullmatch(number):
        raise CodeNotEmv(position, "id")
    if not _TWO_DIGITS.fullmatch(stated) or not int(stated):
        raise CodeNotEmv(position, "length", number)
    value = text[_HEAD : _HEAD + int(stated)]
    if len(value) < int(stated):
        raise CodeNotEmv(position, "overrun", number)
    return number, value


def value_of(fields: Sequence[Field], *path: str) -> str | None:
    """The value at a path of ids: `("62", "05")` is the reference of the additional data; None where there is none."""
    found = next((field for field in fields if field.id == path[0]), None)
    if found is None or len(path) == 1:
        return found.value if found else None
    return value_of(found.within, *path[1:])
