"""What the writer is asked and what it does: commands, plans, writes.

A command is a frozen dataclass with `owner` and `request_id`. Its rule `decide(reader, command, now)` looks at the
store, and either raises a `Rejection` or returns a `Plan`: a receipt, and the writes that make it true. Reading and
refusing come before any writing, so a refused command leaves nothing behind although there are no savepoints.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import duckdb
import orjson

from data.store.touched import Touching

Receipt = dict[str, Any]  # JSON values only: it is stored as text and handed back to a repeated request
Params = Mapping[str, Any]
_NOT_CONTENT = frozenset({"request_id"})
_PLAIN = frozenset({str, int, bool, type(None)})
_NAMES: dict[type[Any], tuple[str, ...]] = {}  # fields by class: asked for every command
_CONTENTS: dict[type[Any], tuple[str, ...]] = {}
NOBODY = UUID(int=0)  # the owner of commands that come before there is one, such as a sign-up


class Command(Protocol):
    """What every command has. Implementations are frozen dataclasses; all fields count as content."""

    @property
    def owner(self) -> UUID: ...  # noqa: D102 - the class says it
    @property
    def request_id(self) -> str: ...  # noqa: D102


C = TypeVar("C", bound=Command)


@dataclasses.dataclass(frozen=True, slots=True)
class Write:
    """One statement with its named parameters."""

    sql: str
    params: Params = dataclasses.field(default_factory=dict)

    def carry_out(self, con: duckdb.DuckDBPyConnection, touched: Touching) -> None:
        """Run it in the open transaction. touched: told which months' facts it changes."""
        touched.planned(self.sql)
        con.execute(self.sql, dict(self.params)).fetchall()


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """Many rows for one table in one statement: an Arrow table, or equally long lists by column name."""

    table: str
    columns: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What a rule decided: the receipt to hand back and the writes, in order. `touches`: owners whose data changed.

    renews_chain: the writes change rows of chained tables, so the audit chain begins anew with this commit.
    """

    receipt: Receipt
    writes: Sequence[Write | Rows] = ()
    touches: frozenset[UUID] = frozenset()
    renews_chain: bool = False


class Reader:
    """What a rule may look through inside the writer's transaction. Results are always fetched to the end."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, next_seq: Callable[[], int]) -> None:
        self._cursor = cursor
        self._next_seq = next_seq

    def all(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Every row."""
        return self._cursor.execute(sql, dict(params or {})).fetchall()

    def one(self, sql: str, params: Params | None = None) -> tuple[Any, ...] | None:
        """The first row or None."""
        rows = self.all(sql, params)
        return rows[0] if rows else None

    def next_seq(self) -> int:
        """The next number in the store's one order of events; gaps are harmless."""
        return self._next_seq()


Decide = Callable[[Reader, C, datetime], Plan]


def content_hash(command: Command) -> str:
    """sha-256 over the command's kind and content, canonical: sorted keys, integers, NFC text (LEDGER §2)."""
    kind = type(command)
    body: dict[str, Any] = {"command": kind.__name__}
    for name in _content_of(kind):
        value = getattr(command, name)
        body[name] = value if type(value) in _PLAIN else _canonical(value)
    return hashlib.sha256(_canonical_text(body)).hexdigest()


def _content_of(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a command that are its content."""
    known = _CONTENTS.get(kind)
    if known is None:
        left_out = getattr(kind, "not_content", _NOT_CONTENT)
        known = _CONTENTS[kind] = tuple(name for name in _names(kind) if name not in left_out)
    return known


def _canonical_text(body: dict[str, Any]) -> bytes:
    text = json_bytes(body, sort=True)
    return text if text.isascii() else unicodedata.normalize("NFC", text.decode()).encode()


def json_bytes(body: Mapping[str, Any], *, sort: bool) -> bytes:
    """As compact JSON: sorted, the same bytes for the same content, for good, since hashes hang on them.

    Raises:
        TypeError, UnicodeEncodeError: there is something in it that JSON cannot say.
    """
    try:
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS if sort else None)
    except orjson.JSONEncodeError:  # an integer beyond 64 bits: the same text, slower
        return json.dumps(body, sort_keys=sort, ensure_ascii=False, separators=(",", ":")).encode()


def _canonical_fields(value: object) -> dict[str, Any]:
    return {name: _canonical(getattr(value, name)) for name in _names(type(value)) if name not in _NOT_CONTENT}


def _names(kind: type[Any]) -> tuple[str, ...]:
    known = _NAMES.get(kind)
    if known is None:
        known = _NAMES[kind] = tuple(field.name for field in dataclasses.fields(kind))
    return known


def _canonical(value: object) -> Any:  # noqa: ANN401 - a value of any JSON shape
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is UUID:
        return str(value)
    if kind is tuple or kind is list:
        return [_canonical(one) for one in value]  # type: ignore[attr-defined]  # mypy does not narrow by kind
    return _canonical_rarely(value)


def _canonical_rarely(value: object) -> Any:  # noqa: ANN401, PLR0911 - a value of any JSON shape
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if dataclasses.is_dataclass(value):
        return _canonical_fields(value)
    if isinstance(value, Mapping):
        return {str(_canonical(k)): _canonical(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_canonical(v) for v in value), key=str)
    if isinstance(value, Sequence):
        return [_canonical(v) for v in value]
    raise TypeError(f"a command cannot hold {type(value).__name__}")
