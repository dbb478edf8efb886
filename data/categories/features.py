"""What of a row a classifier counts: the pieces of its texts and its whole values, for many rows at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

import numpy as np

from data.categories.examples import Look
from data.categories.pieces import Numbers, Places, Shares, pieces, wholes


class Field(IntEnum):
    """Where a feature comes from. The first three are texts, of which a feature is a piece."""

    PAYEE = 0
    DESCRIPTION = 1
    SOURCE = 2
    WHOLE_PAYEE = 3
    WHOLE_SOURCE = 4
    MCC = 5
    MCC_GROUP = 6
    SIZE = 7


# A merchant's name is the same name whether a file has it as payee or in the description.
_PIECES_OF: Final = {Field.PAYEE: 1, Field.DESCRIPTION: 1, Field.SOURCE: 2}
_SAYS: Final = {
    Field.WHOLE_PAYEE: 2.5,
    Field.WHOLE_SOURCE: 2.0,
    Field.MCC: 0.8,
    Field.MCC_GROUP: 0.4,
    Field.SIZE: 1.0,
}
_GROUP_DIGITS: Final = 2  # of a merchant category code: 58xx are places to eat


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Features of several rows, columns of one length: number, row, how much it can say, field, and where it stands."""

    number: Numbers
    row: Places
    says: Shares
    field: Places
    start: Places
    length: Places

    def only(self, kept: Places) -> Features:
        """Those at these indexes."""
        return Features(*(getattr(self, field.name)[kept] for field in dataclasses.fields(self)))


def features_of(looks: Sequence[Look]) -> Features:
    """Every feature of these rows."""
    return joined([*(_texts(looks, field) for field in _PIECES_OF), *(_wholes(looks, field) for field in _SAYS)])


def joined(parts: Sequence[Features]) -> Features:
    """Several lots of features as one; the rows keep their numbers."""
    names = [field.name for field in dataclasses.fields(Features)]
    return Features(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def text_of(look: Look, field: Field) -> str:
    """The text that a feature of this field stands in, or the whole value."""
    if field is Field.PAYEE or field is Field.WHOLE_PAYEE:
        return look.payee
    if field is Field.DESCRIPTION:
        return look.description
    return look.source if field in {Field.SOURCE, Field.WHOLE_SOURCE} else look.mcc


def _texts(looks: Sequence[Look], field: Field) -> Features:
    found = pieces([text_of(look, field) for look in looks], _PIECES_OF[field])
    return Features(
        found.number, found.text, found.says, np.full(len(found.number), int(field)), found.start, found.length
    )


def _wholes(looks: Sequence[Look], field: Field) -> Features:
    said = [_value(look, field) for look in looks]
    rows = np.flatnonzero([bool(value) for value in said])
    number = wholes([said[row] for row in rows], int(field))
    none = np.zeros(len(rows), np.int64)
    return Features(number, rows, np.full(len(rows), _SAYS[field]), none + int(field), none, none)


def _value(look: Look, field: Field) -> str:
    match field:
        case Field.WHOLE_PAYEE:
            return look.key
        case Field.WHOLE_SOURCE:
            return look.source
        case Field.MCC:
            return look.mcc
        case Field.MCC_GROUP:
            return look.mcc[:_GROUP_DIGITS]
        case _:
            return str(look.size) if look.size else ""
