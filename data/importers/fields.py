"""What one row of a mapped table says: when, how much, which way; or why it says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timezone
from typing import NamedTuple

from data.errors import Rejection
from data.importers.directed import Reading, directed
from data.importers.figures import LONGEST, currency_of, figure_of
from data.importers.headings import NOTHING
from data.importers.mapping import Mapping, Role
from data.importers.moments import moment_of, time_of, zone_of
from data.importers.table import Cell, Row
from data.money import Money, parse_amount


class Unreadable(Exception):  # noqa: N818 - it never leaves the importer
    """A cell that stops its row: the role of its column, why, and its text."""

    def __init__(self, role: Role, reason: str, text: str) -> None:
        super().__init__(reason)
        self.role, self.reason, self.text = role, reason, text


class Fields(NamedTuple):
    """One row by role: the cells, and their texts, where a dash or a slash alone is an empty cell."""

    cells: dict[Role, Cell]
    texts: dict[Role, str]

    def text(self, role: Role) -> str:
        """The text of the column that plays `role`, "" where there is none."""
        return self.texts.get(role, "")


def fields_of(mapping: Mapping, row: Row, texts: Sequence[str]) -> Fields:
    """What the row has for each role that a column plays. texts: of all its cells."""
    width = len(texts)
    cells, said = {}, {}
    for role, at in mapping.columns:
        if at < width:
            text = texts[at]
            cells[role], said[role] = row.cells[at], "" if text in NOTHING else text
    return Fields(cells, said)


def reading_of(mapping: Mapping, zone: timezone, fields: Fields) -> Reading | str:
    """When and how much, or the reason why the row moves nothing. `zone`: of local times that state none.

    Raises:
        Unreadable: for a cell that should say something and doesn't.
    """
    occurred_at = _when(mapping, zone, fields)
    currency = _currency(mapping, fields)
    debit = _amount(mapping, fields, Role.DEBIT, currency)
    credit = _amount(mapping, fields, Role.CREDIT, currency)
    amount = _amount(mapping, fields, Role.AMOUNT, currency)
    if debit and credit:
        raise Unreadable(Role.CREDIT, "both_sides", fields.text(Role.CREDIT))
    if amount is None and debit is None and credit is None:
        if mapping.column(Role.AMOUNT) is not None and Role.AMOUNT not in fields.cells:
            raise Unreadable(Role.AMOUNT, "missing", "")
        return "no_amount"
    signed = -abs(debit) if debit else abs(credit) if credit else amount
    if not signed:
        return "zero_amount"
    signed = -signed if mapping.flip_sign else signed
    direction, kind = directed(fields.text(Role.DIRECTION), signed, flipped=mapping.flip_sign)
    return Reading(occurred_at.date(), occurred_at, abs(signed), direction, kind)


def _when(mapping: Mapping, zone: timezone, fields: Fields) -> datetime:
    found = moment_of(fields.cells.get(Role.DATE, ""), mapping.date_order)
    if isinstance(found, str):
        raise Unreadable(Role.DATE, found, fields.text(Role.DATE))
    day, clock, stated = found
    if Role.TIME in fields.cells:
        clock = time_of(fields.cells[Role.TIME]) or clock
    if Role.TIMEZONE in fields.cells:
        stated = zone_of(fields.cells[Role.TIMEZONE]) or stated
    return datetime.combine(day, clock or time(), stated or zone)


def _currency(mapping: Mapping, fields: Fields) -> str:
    text = fields.text(Role.CURRENCY)
    if not text:
        return mapping.currency
    found = currency_of(text)
    if found is None:
        raise Unreadable(Role.CURRENCY, "currency_unknown", text)
    return found


def _amount(mapping: Mapping, fields: Fields, role: Role, currency: str) -> Money | None:
    text = fields.text(role)
    if not text:
        return None
    comma = mapping.decimal_comma and isinstance(fields.cells[role], str)
    if len(text) > LONGEST:
        raise Unreadable(role, "amount_unreadable", text)
    figure, code = figure_of(text)
    try:
        return parse_amount(figure, code or currency, decimal_comma=comma)
    except Rejection as rejection:
        raise Unreadable(role, rejection.code, text) from None
