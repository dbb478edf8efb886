"""What a line of a batch file says: a typed command, or which field is wrong and why. Pure.

Every line is answered, also an empty one, so that outcomes stand beside their lines. Told is the first fault found: the
text, the request id, the command, fields that it has not, its clock, then its fields in their order.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, get_args, get_type_hints

from data.batch import fields
from data.batch.fields import Unfit
from data.batch.lines import COMMANDS, Line

_LONGEST: Final = 64 * 1024  # bytes: no command comes near
_FIELD_SHOWN: Final = 64
_FRAME: Final = frozenset({"command", "request_id", "at"})
_MARK: Final = "\ufeff"


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """A line that is a command. number: which line; at: its clock, None the store's; said: the content as it stands."""

    number: int
    request_id: str
    at: datetime | None
    line: Line
    said: Mapping[str, Any] = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Invalid:
    """A line that is none. field None: it is no object at all. reason: as `fields.Unfit`, or not_utf8, not_json."""

    number: int
    request_id: str | None
    field: str | None
    reason: str


def read(number: int, raw: bytes) -> Asked | Invalid:
    """The command in a line."""
    request_id = None
    try:
        said = _object(raw, first=number == 1)
        request_id = fields.read(fields.code, _given(said, "request_id"), "request_id")
        kind = fields.read(_kind, _given(said, "command"), "command")
        at = fields.read(fields.instant_or_none, said.get("at"), "at")
        line = _line(kind, said)
    except Unfit as no:
        field = no.field[:_FIELD_SHOWN] if no.field is not None else None
        return Invalid(number, request_id, field, no.reason)
    return Asked(number, request_id, at, line, {key: said[key] for key in said if key not in {"request_id", "at"}})


def _object(raw: bytes, *, first: bool) -> dict[str, Any]:
    if len(raw) > _LONGEST:
        raise Unfit("too_long")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Unfit("not_utf8") from None
    try:
        found = _DECODER.decode(text.removeprefix(_MARK) if first else text)
    except (ValueError, ArithmeticError, RecursionError):
        raise Unfit("not_json") from None
    if not isinstance(found, dict):
        raise Unfit("not_an_object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that says a field twice says nothing."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        raise Unfit("twice", next(key for key in names if names.count(key) > 1))
    return found


def _no_number(text: str) -> None:
    raise ValueError(text)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_float=Decimal, parse_constant=_no_number)


def _given(said: Mapping[str, Any], field: str) -> object:
    if field not in said:
        raise Unfit("missing", field)
    return said[field]


def _kind(value: object) -> type[Line]:
    found = COMMANDS.get(fields.code(value))
    if found is None:
        raise Unfit("unknown_command")
    return found


def _line(kind: type[Line], said: Mapping[str, Any]) -> Line:
    readers, required = _READERS[kind]
    for key in said:
        if key not in readers and key not in _FRAME:
            raise Unfit("unknown_field", key)
    for field in required:
        _given(said, field)
    return kind(**{field: fields.read(readers[field], said[field], field) for field in readers if field in said})


def _readers(kind: type[Line]) -> tuple[Mapping[str, Callable[[object], Any]], tuple[str, ...]]:
    """How each field of the command is read, and which ones there must be."""
    hints = get_type_hints(kind, include_extras=True)
    known = dataclasses.fields(kind)
    readers = {field.name: get_args(hints[field.name])[1] for field in known}
    return readers, tuple(field.name for field in known if field.default is dataclasses.MISSING)


_READERS: Final = {kind: _readers(kind) for kind in COMMANDS.values()}
