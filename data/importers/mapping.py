"""How a table of unknown origin is to be read: which column plays which role, and how its dates and amounts look.

A mapping is plain data: it goes to JSON and back, is saved per account by whoever keeps things, and is found again
for a later file by `signature`, which depends on the header alone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from enum import StrEnum

from data.errors import Rejection, require
from data.importers.reading import folded
from data.importers.statement import AccountHint, AccountKind
from data.importers.table import Row, Table


class Role(StrEnum):
    """What a column can mean."""

    __hash__ = str.__hash__  # an enumeration's own is written in Python, and roles are looked up in every row

    DATE = "date"
    TIME = "time"
    TIMEZONE = "timezone"
    AMOUNT = "amount"
    DEBIT = "debit"
    CREDIT = "credit"
    DIRECTION = "direction"
    CURRENCY = "currency"
    PAYEE = "payee"
    DESCRIPTION = "description"
    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    ACCOUNT = "account"
    COUNTER = "counter"
    METHOD = "method"
    ORDER_ID = "order_id"
    NOTE = "note"


class DateOrder(StrEnum):
    """In which order a numeric date names year, month and day."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class Doubt(StrEnum):
    """What the content does not prove and a person should look at."""

    DATE_ORDER = "date_order"
    SIGN = "sign"
    CURRENCY = "currency"


@dataclasses.dataclass(unsafe_hash=True)
class MappingUnreadable(Rejection):
    """A saved mapping is not one of ours (any more); map the columns again."""

    detail: str


@dataclasses.dataclass(frozen=True, slots=True)
class Mapping:
    """columns: role → position from 0. header: the folded cells of the header row, () when the file has none.

    skip_top: rows to pass over in a file without header; skip_bottom: rows at the end that are no transactions.
    currency: where no column says it. utc_offset: minutes east of UTC of the file's local times.
    account: whose statement this is, where no column says it. source: the family of accounts that its columns name.
    """

    columns: tuple[tuple[Role, int], ...]
    header: tuple[str, ...] = ()
    skip_top: int = 0
    skip_bottom: int = 0
    delimiter: str = ","
    date_order: DateOrder = DateOrder.YMD
    decimal_comma: bool = False
    flip_sign: bool = False
    currency: str = "CNY"
    utc_offset: int = 480
    account: AccountHint | None = None
    doubts: tuple[Doubt, ...] = ()
    source: str = "file"

    def __post_init__(self) -> None:
        roles = [role for role, _ in self.columns]
        require(len(roles) == len(set(roles)), "a role is played by one column")
        require(all(at >= 0 for _, at in self.columns), "columns count from 0")

    @property
    def ambiguous(self) -> bool:
        """Whether reading it differently would change days or directions."""
        return Doubt.DATE_ORDER in self.doubts or Doubt.SIGN in self.doubts

    def column(self, role: Role) -> int | None:
        """The position of the column that plays `role`."""
        return next((at for known, at in self.columns if known is role), None)


def to_json(mapping: Mapping) -> str:
    """The mapping as JSON text with stable key order."""
    fields = dataclasses.asdict(mapping)
    fields["columns"] = {role.value: at for role, at in mapping.columns}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Mapping:
    """The mapping that `to_json` wrote.

    Raises:
        MappingUnreadable: for anything else.
    """
    try:
        fields = json.loads(text)
        account = fields.pop("account")
        if account is not None:
            account = AccountHint(**{**account, "kind": AccountKind(account["kind"])})
        return Mapping(
            columns=tuple((Role(role), int(at)) for role, at in fields.pop("columns").items()),
            header=tuple(map(str, fields.pop("header"))),
            date_order=DateOrder(fields.pop("date_order")),
            doubts=tuple(map(Doubt, fields.pop("doubts"))),
            account=account,
            **fields,
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise MappingUnreadable(str(error)[:200]) from None


def header_cells(row: Row) -> tuple[str, ...]:
    """The folded names of a header row, without the empty ones that trailing commas make."""
    cells = [folded(cell).casefold() if isinstance(cell, str) else "" for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def signature_of(header: tuple[str, ...], width: int) -> str:
    """A stable name for a layout: the same for every file of one bank, whatever stands above its header."""
    text = "\x1f".join(header) if header else f"no header, {width} columns"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def width_of(table: Table) -> int:
    """How many columns most rows have."""
    widths = [len(row.cells) for row in table.rows[:1000]]
    return max(set(widths), key=widths.count, default=0)
