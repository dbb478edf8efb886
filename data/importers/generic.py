"""Tables of unknown origin, read through a mapping: CSV files and sheets of any bank or app.

`guess` proposes a mapping, a person may correct it, `apply` reads the rows, `signature` finds the mapping again for
the next file. Every row is kept: as a line, as skipped with a reason, or as a problem with its line and column.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Sequence
from datetime import timedelta, timezone
from pathlib import PurePath

from data.importers.balances import Stand, closings_of
from data.importers.directed import Reading, kind_of
from data.importers.fields import Fields, Unreadable, fields_of, reading_of
from data.importers.figures import figure_of
from data.importers.guessing import bare, guess, signature
from data.importers.headings import BALANCES, FOOTER
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
from data.importers.reading import text_of, texts_of
from data.importers.signed import by_direction
from data.importers.statement import (
    AccountHint,
    AccountKind,
    Closing,
    Direction,
    FileRefused,
    Line,
    Problem,
    Skipped,
    Statement,
)
from data.importers.table import Row, Table
from data.money import AmountUnreadable, Money, parse_amount

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


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """What is the same for every row of one table."""

    table: Table
    mapping: Mapping
    headings: tuple[str, ...]
    account: AccountHint
    zone: timezone

    def name(self, role: Role) -> str:
        """What the file calls that column: its heading, or its number from 1 where there is none."""
        at = self.mapping.column(role)
        return role.value if at is None else self.headings[at] if at < len(self.headings) else str(at + 1)

    def cells(self, texts: Sequence[str]) -> dict[str, str]:
        """A row as the file has it, by heading."""
        if len(texts) <= len(self.headings):
            return dict(zip(self.headings, texts, strict=False))
        spare = map(str, range(len(self.headings) + 1, len(texts) + 1))
        return dict(zip((*self.headings, *spare), texts, strict=True))

    def balance(self, row: Row, at: int, line: Line) -> Money | None:
        """The balance beside a line, in its currency; None where the cell has none."""
        cell, currency = row.cells[at], line.amount.currency
        comma = self.mapping.decimal_comma and isinstance(cell, str)
        try:
            return parse_amount(figure_of(text_of(cell))[0], currency, decimal_comma=comma)
        except AmountUnreadable:
            return None


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
        last, texts = rows[-1], texts_of(rows[-1])
        read[-1] = Problem(last.line, str(len(texts)), "truncated", sheet=table.sheet, cells=reader.cells(texts))
    lines = tuple(found for found in read if isinstance(found, Line))
    return Statement(
        FORMAT,
        table.encoding,
        lines,
        skipped=tuple(found for found in read if isinstance(found, Skipped)),
        problems=(*_doubts(reader, at), *(found for found in read if isinstance(found, Problem))),
        computed=by_direction(lines),
        closings=_closings(reader, rows, read),
        header_row=table.rows[at].line if at is not None else 0,
        file=table.file,
    )


def _closings(reader: _Reader, rows: Sequence[Row], read: Sequence[Line | Skipped | Problem]) -> tuple[Closing, ...]:
    """The closing balance of a column of balances, when every row between explains it."""
    at = next((at for at, name in enumerate(reader.mapping.header) if bare(name) in BALANCES), None)
    if at is None:
        return ()
    stands = []
    for row, line in zip(rows, read, strict=True):
        if isinstance(line, Line) and at < len(row.cells) and (balance := reader.balance(row, at, line)):
            moved = line.amount if line.direction is Direction.IN else -line.amount
            stands.append(Stand(line.account, line.booked_on, moved.minor, balance))
    owed = reader.account.kind is AccountKind.LIABILITY
    # A card's statement counts what is owed: there the balance grows with every purchase.
    counted = [dataclasses.replace(stand, balance=-stand.balance) for stand in stands] if owed else []
    return closings_of(stands) or closings_of(counted)


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
    unnamed = AccountHint(f"file:{signature_of(mapping.header, width_of(table))}", "", AccountKind.ASSET)
    own = mapping.account or unnamed
    own = own if own.label else dataclasses.replace(own, label=PurePath(table.file).stem)
    return _Reader(table, mapping, _headings(table, at), own, timezone(timedelta(minutes=mapping.utc_offset)))


def _headings(table: Table, at: int | None) -> tuple[str, ...]:
    """What each column is called; an empty or repeated heading gets its number, from 1."""
    seen: set[str] = set()
    headings = []
    for number, cell in enumerate(table.rows[at].cells if at is not None else (), 1):
        name = text_of(cell) or str(number)
        headings.append(f"{name} {number}" if name in seen else name)
        seen.add(name)
    return tuple(headings)


def _doubts(reader: _Reader, at: int | None) -> Iterable[Problem]:
    """Doubts that change days or directions stand among the problems, at the header, until somebody settles them."""
    line = reader.table.rows[at or 0].line
    for doubt, role in ((Doubt.DATE_ORDER, Role.DATE), (Doubt.SIGN, Role.AMOUNT)):
        if doubt in reader.mapping.doubts:
            yield Problem(line, reader.name(role), f"{doubt.value}_ambiguous", sheet=reader.table.sheet)


def _row(reader: _Reader, row: Row) -> Line | Skipped | Problem:
    sheet, texts = reader.table.sheet, texts_of(row)
    fields = fields_of(reader.mapping, row, texts)
    try:
        reading = reading_of(reader.mapping, reader.zone, fields)
    except Unreadable as unreadable:
        if FOOTER.match(next(filter(None, texts), "")):
            return Skipped(row.line, "footer", sheet, reader.cells(texts))
        name = reader.name(unreadable.role)
        return Problem(row.line, name, unreadable.reason, unreadable.text[:100], sheet, reader.cells(texts))
    if isinstance(reading, str):
        return Skipped(row.line, reading, sheet, reader.cells(texts))
    return _line(reader, row, texts, fields, reading)


def _line(reader: _Reader, row: Row, texts: Sequence[str], fields: Fields, reading: Reading) -> Line:
    account = _named(fields.text(Role.ACCOUNT), reader.mapping.source) or reader.account
    counter = _named(fields.text(Role.COUNTER), reader.mapping.source)
    payee, description = fields.text(Role.PAYEE), fields.text(Role.DESCRIPTION)
    category = fields.text(Role.SUBCATEGORY) or fields.text(Role.CATEGORY)
    note, order_id = fields.text(Role.NOTE), fields.text(Role.ORDER_ID)
    return Line(
        line=row.line,
        kind=kind_of(reading, account.kind, category, f"{description} {note} {category}"),
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
            payee,
            description,
        ),
        sheet=reader.table.sheet,
        payee=payee or description,
        description=description if payee else "",
        method=fields.text(Role.METHOD) or fields.text(Role.ACCOUNT),
        order_id=order_id,
        source_category=category,
        note=note,
        stated_direction=fields.text(Role.DIRECTION),
        cells=reader.cells(texts),
    )


@functools.lru_cache(maxsize=1024)
def _named(label: str, source: str) -> AccountHint | None:
    """The account that a cell names: a bank card by its known key, anything else by its own words."""
    if not label:
        return None
    owed = any(word in label.casefold() for word in _CREDIT)
    kind = AccountKind.LIABILITY if owed else AccountKind.ASSET
    return card_in(label) or AccountHint(f"{source}:{label}", label, kind)
