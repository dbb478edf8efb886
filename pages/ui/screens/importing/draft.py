"""From what a person says about columns to a mapping, and the first rows as they would then be read. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping as Saying
from collections.abc import Sequence
from datetime import date
from typing import Final

from data.importers import generic
from data.importers.guessing import header_index
from data.importers.mapping import DateOrder, Mapping, Role, header_cells, width_of
from data.importers.moments import order_of
from data.importers.reading import text_of
from data.importers.statement import AccountHint, AccountKind, FileRefused, Line, Problem
from data.importers.table import Cell, Table

HEADER_CHOICES: Final = 40  # rows that may be named as the one with the headings
_SHOWN: Final = 20
_ORDER_FROM: Final = 2000  # rows that are looked at for the order of dates
_FIGURES: Final = (Role.AMOUNT, Role.DEBIT, Role.CREDIT)
OFFERED: Final = (
    Role.DATE,
    Role.TIME,
    Role.AMOUNT,
    Role.DEBIT,
    Role.CREDIT,
    Role.DIRECTION,
    Role.CURRENCY,
    Role.PAYEE,
    Role.DESCRIPTION,
    Role.CATEGORY,
    Role.SUBCATEGORY,
    Role.ACCOUNT,
    Role.COUNTER,
    Role.METHOD,
    Role.ORDER_ID,
    Role.NOTE,
    Role.TIMEZONE,
)


_NOBODY: Final = AccountHint("", "", AccountKind.ASSET)


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """What the person has said so far. header: position of the row with the headings, None: there is none.

    roles: column → role. date_order None: not answered yet.
    """

    header: int | None
    skip_top: int
    skip_bottom: int
    roles: Saying[int, Role]
    date_order: DateOrder | None = None
    decimal_comma: bool = False
    flip_sign: bool = False
    currency: str = ""
    account: AccountHint = _NOBODY


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """One row as it would be read: a line, or why not. minor: signed."""

    line: int
    day: date | None = None
    kind: str = ""
    minor: int | None = None
    currency: str = ""
    payee: str = ""
    description: str = ""
    about: str = ""
    reason: str = ""


def troubles(draft: Draft) -> tuple[str, ...]:
    """What stands in the way, as codes: `no_date`, `no_amount`, `role_twice`, `no_order`, `no_account`."""
    roles = list(draft.roles.values())
    found = {
        "no_date": Role.DATE not in roles,
        "no_amount": not set(roles) & set(_FIGURES),
        "role_twice": len(roles) != len(set(roles)),
        "no_order": draft.date_order is None,
        "no_account": not draft.account.label.strip(),
    }
    return tuple(code for code, holds in found.items() if holds)


def mapping_of(table: Table, draft: Draft, guess: Mapping | None) -> Mapping:
    """The mapping that the person means; what the screen does not ask stays as guessed. Needs no `troubles`."""
    base = guess or Mapping(columns=())
    return dataclasses.replace(
        base,
        columns=tuple((role, at) for at, role in sorted(draft.roles.items())),
        header=header_cells(table.rows[draft.header]) if draft.header is not None else (),
        skip_top=0 if draft.header is not None else draft.skip_top,
        skip_bottom=draft.skip_bottom,
        date_order=draft.date_order or base.date_order,
        decimal_comma=draft.decimal_comma,
        flip_sign=draft.flip_sign,
        currency=draft.currency,
        account=draft.account,
        doubts=(),
    )


def header_of(table: Table, guess: Mapping | None) -> int | None:
    """Where the headings stand as guessed, None when there are none."""
    if guess is None:
        found = header_index(table)
        return found if found is not None else 0
    if not guess.header:
        return None
    return next((at for at, row in enumerate(table.rows) if header_cells(row) == guess.header), None)


def column_names(table: Table, header: int | None) -> list[str]:
    """What each column is called; one without a heading by its number, from 1."""
    cells = table.rows[header].cells if header is not None else ()
    names = [text_of(cell) for cell in cells]
    return [names[at] if at < len(names) and names[at] else str(at + 1) for at in range(width_of(table))]


def examples(table: Table, first: int, at: int, count: int = 3) -> list[str]:
    """The first filled cells of a column."""
    texts = (text_of(row.cells[at]) for row in table.rows[first : first + 200] if at < len(row.cells))
    return list(dict.fromkeys(text for text in texts if text))[:count]


def proven_order(table: Table, first: int, roles: Saying[int, Role]) -> DateOrder | None:
    """The order of the dates that the date column proves; None when several would do."""
    at = next((at for at, role in roles.items() if role is Role.DATE), None)
    if at is None:
        return None
    cells: list[Cell] = [row.cells[at] for row in table.rows[first : first + _ORDER_FROM] if at < len(row.cells)]
    return order_of(cells)


def first_rows(table: Table, mapping: Mapping) -> Sequence[Shown] | FileRefused:
    """The first rows as this mapping reads them, or why it reads none."""
    at = header_of(table, mapping)
    top = (at + 1 if at is not None else mapping.skip_top) + _SHOWN
    bottom = mapping.skip_bottom if len(table.rows) <= top else 0
    short = dataclasses.replace(table, rows=table.rows[: min(top, len(table.rows))])
    try:
        said = generic.apply(short, dataclasses.replace(mapping, skip_bottom=bottom))
    except FileRefused as refusal:
        return refusal
    rows = [_line(line) for line in said.lines]
    rows += [Shown(row.line, about="skip", reason=row.reason) for row in said.skipped]
    rows += [_problem(row) for row in said.problems]
    return sorted(rows, key=lambda row: row.line)


def _line(line: Line) -> Shown:
    minor = line.amount.minor if line.direction.value == "in" else -line.amount.minor
    said = line.payee, line.description
    return Shown(line.line, line.booked_on, line.kind.value, minor, line.amount.currency, *said)


def _problem(row: Problem) -> Shown:
    return Shown(row.line, payee=row.text, about="problem", reason=row.reason)
