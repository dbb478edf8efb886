"""Tables of unknown origin, read through a mapping: CSV files and sheets of any bank or app.

`guess` proposes a mapping, a person may correct it, `apply` reads the rows, `signature` finds the mapping again for
the next file. Every row is kept: as a line, as skipped with a reason, or as a problem with its line and column.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime, time, timedelta, timezone
from pathlib import PurePath

from data.errors import Rejection
from data.importers.directed import Reading, directed, kind_of
from data.importers.figures import LONGEST, currency_of, figure_of
from data.importers.guessing import guess, signature
from data.importers.headings import FOOTER, NOTHING
from data.importers.mapping import (
    DateOrder,
    Doubt,
    Mapping,
    Role,
    from_json,
    header_cells,
    signature_of,
    to_json,
    width_of,
)
from data.importers.methods import card_in
from data.importers.moments import moment_of, time_of, zone_of
from data.importers.reading import text_of
from data.importers.signed import by_direction
from data.importers.statement import (
    AccountHint,
    AccountKind,
    FileRefused,
    Line,
    Problem,
    Skipped,
    Statement,
)
from data.importers.table import Cell, Row, Table
from data.money import Money, parse_amount

__all__ = [
    "FORMAT",
    "DateOrder",
    "Doubt",
    "Mapping",
    "Role",
    "apply",
    "from_json",
    "guess",
    "signature",
    "to_json",
]

FORMAT = "generic"

_CREDIT = ("credit", "信用卡", "贷记卡", "花呗", "白条")


class _Unreadable(Exception):  # noqa: N818 - it never leaves this module
    """A cell that stops its row: the role of its column, why, and its text."""

    def __init__(self, role: Role, reason: str, text: str) -> None:
        super().__init__(reason)
        self.role, self.reason, self.text = role, reason, text


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """What is the same for every row of one table."""

    table: Table
    mapping: Mapping
    names: tuple[str, ...]
    account: AccountHint
    zone: timezone

    def cell(self, row: Row, role: Role) -> Cell:
        """The cell of the column that plays `role`, "" where there is none."""
        at = self.mapping.column(role)
        return row.cells[at] if at is not None and at < len(row.cells) else ""

    def text(self, row: Row, role: Role) -> str:
        """Its text; a dash or a slash alone is an empty cell."""
        text = text_of(self.cell(row, role))
        return "" if text in NOTHING else text

    def name(self, role: Role) -> str:
        """What the file calls that column: its heading, or its number from 1 where there is none."""
        at = self.mapping.column(role)
        if at is None:
            return role.value
        return self.names[at] if at < len(self.names) and self.names[at] else str(at + 1)

    def cells(self, row: Row) -> dict[str, str]:
        """The row as the file has it, by heading; a repeated heading gets its number."""
        found: dict[str, str] = {}
        for at, cell in enumerate(row.cells):
            name = self.names[at] if at < len(self.names) and self.names[at] else str(at + 1)
            found[f"{name} {at + 1}" if name in found else name] = text_of(cell)
        return found


def apply(table: Table, mapping: Mapping) -> Statement:
    """The table read through the mapping.

    Raises:
        FileRefused: `no_header` when the mapping's header is not in this table, `no_rows` when nothing follows it.
    """
    at = _header_at(table, mapping)
    top = at + 1 if at is not None else mapping.skip_top
    rows = table.rows[top : len(table.rows) - mapping.skip_bottom]
    if not rows:
        raise FileRefused(table.file, "no_rows", line=table.rows[at].line if at is not None else 0)
    reader = _reader(table, mapping, at)
    read = [_row(reader, row) for row in rows]
    if _breaks_off(rows) and not isinstance(read[-1], Skipped):
        last = rows[-1]
        read[-1] = Problem(last.line, str(len(last.cells)), "truncated", sheet=table.sheet, cells=reader.cells(last))
    lines = tuple(found for found in read if isinstance(found, Line))
    return Statement(
        FORMAT,
        table.encoding,
        lines,
        skipped=tuple(found for found in read if isinstance(found, Skipped)),
        problems=(*_doubts(reader, at), *(found for found in read if isinstance(found, Problem))),
        computed=by_direction(lines),
        header_row=table.rows[at].line if at is not None else 0,
        file=table.file,
    )


def _breaks_off(rows: tuple[Row, ...]) -> bool:
    """Whether the last row alone is shorter than all others: the file was cut there, perhaps within a figure."""
    return len(rows) > 1 and len(rows[-1].cells) < min(len(row.cells) for row in rows[:-1])


def _header_at(table: Table, mapping: Mapping) -> int | None:
    if not mapping.header:
        return None
    at = next((at for at, row in enumerate(table.rows) if header_cells(row) == mapping.header), None)
    if at is None:
        raise FileRefused(table.file, "no_header", detail=", ".join(filter(None, mapping.header))[:200])
    return at


def _reader(table: Table, mapping: Mapping, at: int | None) -> _Reader:
    names = tuple(map(text_of, table.rows[at].cells)) if at is not None else ()
    unnamed = AccountHint(f"file:{signature_of(mapping.header, width_of(table))}", "", AccountKind.ASSET)
    own = mapping.account or unnamed
    own = own if own.label else dataclasses.replace(own, label=PurePath(table.file).stem)
    return _Reader(table, mapping, names, own, timezone(timedelta(minutes=mapping.utc_offset)))


def _doubts(reader: _Reader, at: int | None) -> Iterable[Problem]:
    """Doubts that change days or directions stand among the problems, at the header, until somebody settles them."""
    line = reader.table.rows[at or 0].line
    for doubt, role in ((Doubt.DATE_ORDER, Role.DATE), (Doubt.SIGN, Role.AMOUNT)):
        if doubt in reader.mapping.doubts:
            yield Problem(line, reader.name(role), f"{doubt.value}_ambiguous", sheet=reader.table.sheet)


def _row(reader: _Reader, row: Row) -> Line | Skipped | Problem:
    sheet = reader.table.sheet
    try:
        reading = _reading(reader, row)
    except _Unreadable as unreadable:
        if FOOTER.match(next((text for cell in row.cells if (text := text_of(cell))), "")):
            return Skipped(row.line, "footer", sheet, reader.cells(row))
        name = reader.name(unreadable.role)
        return Problem(row.line, name, unreadable.reason, unreadable.text[:100], sheet, reader.cells(row))
    if isinstance(reading, str):
        return Skipped(row.line, reading, sheet, reader.cells(row))
    return _line(reader, row, reading)


def _reading(reader: _Reader, row: Row) -> Reading | str:
    """When and how much, or the reason why the row moves nothing."""
    occurred_at = _when(reader, row)
    currency = _currency(reader, row)
    debit, credit = (_amount(reader, row, role, currency) for role in (Role.DEBIT, Role.CREDIT))
    amount = _amount(reader, row, Role.AMOUNT, currency)
    if debit and credit:
        raise _Unreadable(Role.CREDIT, "both_sides", reader.text(row, Role.CREDIT))
    if amount is None and debit is None and credit is None:
        if _is_short(reader, row):
            raise _Unreadable(Role.AMOUNT, "missing", "")
        return "no_amount"
    signed = -abs(debit) if debit else abs(credit) if credit else amount
    if not signed:
        return "zero_amount"
    if reader.mapping.flip_sign:
        signed = -signed
    word = reader.text(row, Role.DIRECTION)
    direction, kind = directed(word, signed, flipped=reader.mapping.flip_sign)
    return Reading(occurred_at.date(), occurred_at, abs(signed), direction, kind)


def _is_short(reader: _Reader, row: Row) -> bool:
    """Whether the row breaks off before its amount, as the last row of a file that was cut does."""
    at = reader.mapping.column(Role.AMOUNT)
    return at is not None and at >= len(row.cells)


def _when(reader: _Reader, row: Row) -> datetime:
    found = moment_of(reader.cell(row, Role.DATE), reader.mapping.date_order)
    if isinstance(found, str):
        raise _Unreadable(Role.DATE, found, reader.text(row, Role.DATE))
    day, clock, zone = found
    clock = time_of(reader.cell(row, Role.TIME)) or clock or time()
    zone = zone_of(reader.cell(row, Role.TIMEZONE)) or zone or reader.zone
    return datetime.combine(day, clock, zone)


def _currency(reader: _Reader, row: Row) -> str:
    text = reader.text(row, Role.CURRENCY)
    if not text:
        return reader.mapping.currency
    found = currency_of(text)
    if found is None:
        raise _Unreadable(Role.CURRENCY, "currency_unknown", text)
    return found


def _amount(reader: _Reader, row: Row, role: Role, currency: str) -> Money | None:
    cell, text = reader.cell(row, role), reader.text(row, role)
    if not text:
        return None
    comma = reader.mapping.decimal_comma and isinstance(cell, str)
    figure, code = figure_of(text[: LONGEST + 1])
    try:
        if len(text) > LONGEST:
            raise _Unreadable(role, "amount_unreadable", text)
        return parse_amount(figure, code or currency, decimal_comma=comma)
    except Rejection as rejection:
        raise _Unreadable(role, rejection.code, text) from None


def _line(reader: _Reader, row: Row, reading: Reading) -> Line:
    account = _named(reader.text(row, Role.ACCOUNT)) or reader.account
    texts = {role: reader.text(row, role) for role in Role}
    category = texts[Role.SUBCATEGORY] or texts[Role.CATEGORY]
    words = f"{texts[Role.DESCRIPTION]} {texts[Role.NOTE]} {category}"
    counter = _named(texts[Role.COUNTER])
    kind = kind_of(reading, account.kind, category, words)
    order_id = texts[Role.ORDER_ID]
    return Line(
        line=row.line,
        kind=kind,
        direction=reading.direction,
        amount=reading.amount,
        occurred_at=reading.occurred_at,
        booked_on=reading.booked_on,
        account=account,
        counter=counter if counter and counter.key != account.key else None,
        identity=(
            FORMAT,
            account.key,
            reading.occurred_at.isoformat(),
            reading.amount.plain(),
            reading.amount.currency,
            reading.direction.value,
            order_id,
            texts[Role.PAYEE],
            texts[Role.DESCRIPTION],
        ),
        sheet=reader.table.sheet,
        payee=texts[Role.PAYEE] or texts[Role.DESCRIPTION],
        description=texts[Role.DESCRIPTION] if texts[Role.PAYEE] else "",
        method=texts[Role.METHOD] or texts[Role.ACCOUNT],
        order_id=order_id,
        source_category=category,
        note=texts[Role.NOTE],
        stated_direction=texts[Role.DIRECTION],
        cells=reader.cells(row),
    )


def _named(label: str) -> AccountHint | None:
    """The account that a cell names: a bank card by its known key, anything else by its own words."""
    if not label:
        return None
    owed = any(word in label.casefold() for word in _CREDIT)
    kind = AccountKind.LIABILITY if owed else AccountKind.ASSET
    return card_in(label) or AccountHint(f"file:{label}", label, kind)
