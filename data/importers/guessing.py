"""How a table of unknown origin is probably to be read: by the names of its columns, then by what stands in them.

A name only counts if the column's content bears it out. What the content leaves open is said as a doubt, not guessed
in silence.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable, Iterable, Sequence

from data.importers.figures import currency_in, currency_of, has_sign, is_amount, roughly, uses_decimal_comma
from data.importers.headings import BALANCES, DIRECTION_WORDS, NAMES, NOTHING, UNIT, WALLET_STATUS
from data.importers.mapping import DateOrder, Doubt, Mapping, Role, header_cells, signature_of, width_of
from data.importers.moments import moment_of, order_of, time_of, zone_of
from data.importers.reading import HEADER_WITHIN, folded, text_of
from data.importers.statement import AccountHint, AccountKind
from data.importers.table import Cell, Row, Table

_SAMPLE = 2000  # rows that a guess looks at
_MOSTLY = 0.5  # share of a column's filled cells that must be what its name says

_CARD = re.compile(r"信用卡|贷记卡|credit card|card ?#|卡号?末四位", re.IGNORECASE)
_AMOUNT_ROLES = (Role.AMOUNT, Role.DEBIT, Role.CREDIT)


def guess(table: Table, *, currency: str = "CNY", delimiter: str = ",") -> Mapping | None:
    """The most probable mapping; None when no column is surely a date or none is surely an amount.

    None also for what is left of a wallet's bill: guessing would count closed purchases as paid.

    currency: assumed (with a doubt) where neither a column, a unit in the header nor a symbol says it.
    """
    at = header_index(table)
    header = header_cells(table.rows[at]) if at is not None else ()
    if "收/支" in header and not WALLET_STATUS.isdisjoint(header):
        # A wallet's bill without its title: its status decides what a row is, and no mapping can say that.
        return None
    data = table.rows[at + 1 if at is not None else 0 :][:_SAMPLE]
    columns = _columns(data, width_of(table))
    # One row without a header is too little to go by.
    roles = _named_roles(header, columns) if header else _unnamed_roles(columns) if len(data) > 1 else {}
    if Role.DATE not in roles or not (Role.AMOUNT in roles or {Role.DEBIT, Role.CREDIT} <= roles.keys()):
        return None
    signs = _Signs(_by_balance(header, data, roles), _of_a_card(table.rows[: (at or 0) + 1]))
    return _mapping(header, columns, roles, signs, currency, delimiter)


@dataclasses.dataclass(frozen=True, slots=True)
class _Signs:
    """What the file proves about its signs: `flip` by its running balance (None: nothing); a card's statement."""

    flip: bool | None
    card: bool


def _of_a_card(rows: Sequence[Row]) -> bool:
    """Whether the rows down to the header speak of a credit card: there purchases are the positive amounts."""
    return any(_CARD.search(text_of(cell)) for row in rows for cell in row.cells)


def _by_balance(header: tuple[str, ...], rows: Sequence[Row], roles: dict[Role, int]) -> bool | None:
    """Whether amounts must be flipped to explain the balance beside them; None when the balance tells nothing."""
    at = next((at for at, name in enumerate(header) if bare(name) in BALANCES), None)
    if at is None or Role.AMOUNT not in roles:
        return None
    width = max(at, roles[Role.AMOUNT])
    pairs = [(roughly(row.cells[roles[Role.AMOUNT]]), roughly(row.cells[at])) for row in rows if len(row.cells) > width]
    known = [(amount, balance) for amount, balance in pairs if amount is not None and balance is not None]
    as_is = flipped = 0
    for (before, earlier), (after, later) in itertools.pairwise(known):
        # Oldest first, the later amount made the step; newest first, the earlier one did, and the step is reversed.
        as_is += later - earlier in {after, -before}
        flipped += later - earlier in {-after, before}
    return None if as_is == flipped else flipped > as_is


def signature(table: Table) -> str:
    """The stable name of this table's layout, by which a saved mapping is found again."""
    at = header_index(table)
    return signature_of(header_cells(table.rows[at]) if at is not None else (), width_of(table))


def header_index(table: Table) -> int | None:
    """The position of the row that names the columns, None when the table begins with its data.

    First the row that names a date and an amount in words we know, else the row above the first row of data.
    """
    first = table.rows[:HEADER_WITHIN]
    for at, row in enumerate(first):
        if _names_date_and_amount(header_cells(row)):
            return at
    for at, row in enumerate(first):
        if _is_data(row):
            return at - 1 if at and _could_name(first[at - 1], row) else None
    return None


def _names_date_and_amount(cells: tuple[str, ...]) -> bool:
    known = {bare(cell) for cell in cells} | set(cells)
    figures = any(known.intersection(NAMES[role]) for role in _AMOUNT_ROLES)
    return figures and bool(known.intersection(NAMES[Role.DATE]))


def bare(name: str) -> str:
    """A heading without its unit and without what programs write for blanks: `transaction_date`, `金额(元)`."""
    unit = UNIT.search(name)
    if unit and currency_of(unit[1]):
        name = name[: unit.start()]
    return name.replace("_", "").replace("-", "")


def _is_data(row: Row) -> bool:
    return any(map(_is_date, row.cells)) and any(is_amount(cell) and not _is_date(cell) for cell in row.cells)


def _could_name(above: Row, data: Row) -> bool:
    filled = [cell for cell in above.cells if text_of(cell)]
    return len(filled) * 2 >= len(data.cells) and not any(_is_date(cell) or is_amount(cell) for cell in filled)


def _is_date(cell: Cell) -> bool:
    return any(not isinstance(moment_of(cell, order), str) for order in DateOrder)


def _columns(rows: Sequence[Row], width: int) -> list[list[Cell]]:
    """The filled cells of each column; a dash or a slash is an empty cell's sign."""
    return [
        [row.cells[at] for row in rows if at < len(row.cells) and text_of(row.cells[at]) not in NOTHING]
        for at in range(width)
    ]


def _mostly(cells: Iterable[Cell], test: Callable[[Cell], bool]) -> bool:
    results = [test(cell) for cell in cells]
    return bool(results) and sum(results) >= _MOSTLY * len(results)


_TESTS: dict[Role, Callable[[Cell], bool]] = {
    Role.DATE: _is_date,
    Role.TIME: lambda cell: time_of(cell) is not None,
    Role.TIMEZONE: lambda cell: zone_of(cell) is not None,
    Role.AMOUNT: is_amount,
    Role.DEBIT: is_amount,
    Role.CREDIT: is_amount,
    Role.CURRENCY: lambda cell: currency_of(cell) is not None,
}


def _says_direction(cells: list[Cell]) -> bool:
    return bool(cells) and all(folded(text_of(cell)).casefold() in DIRECTION_WORDS for cell in cells)


def _named_roles(header: tuple[str, ...], columns: list[list[Cell]]) -> dict[Role, int]:
    roles: dict[Role, int] = {}
    for role, names in NAMES.items():
        if role in {Role.DEBIT, Role.CREDIT} and Role.AMOUNT in roles:
            continue
        found = _find(role, names, header, columns, set(roles.values()))
        if found is not None:
            roles[role] = found
    return roles


def _find(
    role: Role, names: tuple[str, ...], header: tuple[str, ...], columns: list[list[Cell]], taken: set[int]
) -> int | None:
    for name in names:
        for at, cell in enumerate(header[: len(columns)]):
            if at not in taken and name in {cell, bare(cell)} and _bears_out(role, columns, at):
                return at
    return None


def _bears_out(role: Role, columns: list[list[Cell]], at: int) -> bool:
    cells = columns[at]
    if role is Role.DIRECTION:
        return _says_direction(cells)
    if role not in _TESTS:
        return True
    # A file without rows has nothing that speaks against its header; half of a debit/credit pair may be empty.
    empty = not any(columns) or (role in {Role.DEBIT, Role.CREDIT} and not cells)
    return empty or _mostly(cells, _TESTS[role])


def _unnamed_roles(columns: list[list[Cell]]) -> dict[Role, int]:
    """Without a header: one column of dates, one of amounts (or two that take turns), the longest text."""
    dates = [at for at, cells in enumerate(columns) if cells and all(map(_is_date, cells))]
    if not dates:
        return {}
    roles = {Role.DATE: dates[0]}
    figures = [at for at, cells in enumerate(columns) if at not in dates and cells and all(map(is_amount, cells))]
    if len(figures) != 1:
        return {}
    roles[Role.AMOUNT] = figures[0]
    rest = [at for at, cells in enumerate(columns) if at not in roles.values() and cells]
    for at in rest:
        if Role.DIRECTION not in roles and _says_direction(columns[at]):
            roles[Role.DIRECTION] = at
        elif Role.PAYEE not in roles:
            roles[Role.PAYEE] = at
        elif Role.DESCRIPTION not in roles:
            roles[Role.DESCRIPTION] = at
    return roles


def _mapping(
    header: tuple[str, ...],
    columns: list[list[Cell]],
    roles: dict[Role, int],
    signs: _Signs,
    currency: str,
    delimiter: str,
) -> Mapping:
    figures = [cell for role in _AMOUNT_ROLES if role in roles for cell in columns[roles[role]]]
    order = order_of(columns[roles[Role.DATE]])
    layout = signature_of(header, len(columns))
    stated = None if Role.CURRENCY in roles else _stated_currency(header, roles, figures)
    # Unsigned amounts, or a card's: more often purchases than receipts, but only a balance proves it.
    inverse = Role.AMOUNT in roles and Role.DIRECTION not in roles and len(figures) > 1
    unsigned = not any(map(has_sign, figures))
    inverse = inverse and (unsigned or (signs.card and not _mostly(figures, has_sign)))
    # A card's balance that grows by unsigned figures is what is owed, and they are purchases.
    flip = True if signs.flip is False and signs.card and unsigned and inverse else signs.flip
    doubts = {
        Doubt.DATE_ORDER: order is None,
        Doubt.SIGN: inverse and flip is None,
        Doubt.CURRENCY: Role.CURRENCY not in roles and stated is None,
    }
    return Mapping(
        columns=tuple(roles.items()),
        header=header,
        delimiter=delimiter,
        date_order=order or DateOrder.DMY,
        decimal_comma=uses_decimal_comma(figures),
        flip_sign=inverse if flip is None else flip,
        currency=stated or currency,
        # Whose card it is, the file's name will say.
        account=AccountHint(f"file:{layout}", "", AccountKind.LIABILITY) if signs.card else None,
        doubts=tuple(doubt for doubt, holds in doubts.items() if holds),
    )


def _stated_currency(header: tuple[str, ...], roles: dict[Role, int], figures: list[Cell]) -> str | None:
    for role in _AMOUNT_ROLES:
        unit = UNIT.search(header[roles[role]]) if role in roles and header else None
        found = currency_of(unit[1]) if unit else None
        if found:
            return found
    named = {currency_in(text_of(cell)) for cell in figures[:200]} - {None}
    return named.pop() if len(named) == 1 else None
