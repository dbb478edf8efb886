"""How the rows of a bank's table are read: each is a movement of its account, a row without one, or a problem."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import NamedTuple

from data.importers.banks.cells import Cells, Places, Unreadable
from data.importers.banks.preamble import Preamble
from data.importers.banks.profile import Header, Profile
from data.importers.banks.signs import figure, signed
from data.importers.figures import currency_of
from data.importers.headings import FOOTER
from data.importers.moments import moment_of, time_of
from data.importers.reading import folded
from data.importers.statement import Direction, Problem, Skipped
from data.importers.table import Row, Table
from data.money import Money

_MONTH_DAY = re.compile(r"(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?")
_WHOLE = re.compile(r"\.\d\d\D*$")
_TAIL = re.compile(r"(?P<tail>\d{1,4})\D*$")
_PENDING = frozenset({"pending", "未入账", "处理中"})
_LABEL = 12  # characters in which the word for a sum stands


class Movement(NamedTuple):
    """One row that moves money. amount: positive. balance: of the account after it, None where none can be read."""

    line: int
    at: datetime
    amount: Money
    direction: Direction
    word: str
    balance: Money | None
    card: str
    serial: str
    summary: str
    parties: tuple[str, ...]
    note: str
    cells: dict[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Unmoved:
    """A row of the account that moves nothing but may state its balance: a zero."""

    skipped: Skipped
    movement: Movement


Read = Movement | Unmoved | Skipped | Problem


def reader_of(table: Table, header: Header, profile: Profile, preamble: Preamble) -> Callable[[Row], Read]:
    """How a row of this table is read; what does not depend on the row is found once, here."""
    places = Places(*(header.places(getattr(profile, field.name)) for field in dataclasses.fields(Places)))
    zone = timezone(timedelta(minutes=profile.utc_offset))
    return _Reader(table, header, profile, preamble, places, zone, places.needed).read


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    table: Table
    header: Header
    profile: Profile
    preamble: Preamble
    places: Places
    zone: timezone
    needed: int

    def read(self, row: Row) -> Read:
        found = Cells(row.cells, len(self.header.names))
        cells = dict(zip(self.header.names, found.texts, strict=False))
        cells.pop("", None)
        if self._says_nothing(found):
            return Skipped(row.line, "footer", self.table.sheet, cells)
        try:
            return self._movement(row, found, cells)
        except Unreadable as stop:
            names = self.header.names
            name = names[stop.at] if stop.at < len(names) else str(stop.at + 1)
            return Problem(row.line, name, stop.reason, stop.text[:100], self.table.sheet, cells)

    def _says_nothing(self, cells: Cells) -> bool:
        """Totals, the header once more on the next page, and notes: rows without a day or without any figure."""
        day = cells.first(self.places.date)
        label = next(filter(None, cells.texts), "")
        if FOOTER.search(label[:_LABEL]) or (not day[:1].isdigit() and folded(day).casefold() in self.header.at):
            return True
        return not day[:1].isdigit() and not any(cells.said[at] for at in self.places.figures)

    def _movement(self, row: Row, found: Cells, cells: dict[str, str]) -> Movement | Unmoved | Skipped:
        if len(found.texts) <= self.needed:
            raise Unreadable(len(found.texts), "row_incomplete")
        last = row is self.table.rows[-1] and not self.table.sheet
        self._refuse_half_figures(found, last=last)
        at = self._when(found)
        amount, word = signed(self.profile, self.places, found, self._currency(found))
        if amount is None:
            return Skipped(row.line, "no_amount", self.table.sheet, cells)
        if found.first(self.places.status).casefold() in _PENDING:
            return Skipped(row.line, "pending", self.table.sheet, cells)
        places = self.places
        movement = Movement(
            row.line,
            at,
            abs(amount),
            Direction.IN if amount.minor > 0 else Direction.OUT,
            word,
            self._balance(found, amount.currency, last=last),
            _last4(found.first(places.card)),
            found.first(places.serial),
            found.first(places.summary),
            tuple(filter(None, (found.said[at] for at in places.payee))),
            found.first(places.note),
            cells,
        )
        return movement if amount else Unmoved(Skipped(row.line, "zero_amount", self.table.sheet, cells), movement)

    def _refuse_half_figures(self, cells: Cells, *, last: bool) -> None:
        """A whole figure has all its decimals; half of one stands where a file was cut, or at an unquoted comma."""
        end, width = len(cells.texts) - 1, len(self.header.names)
        if last and end in self.places.figures and cells.said[end] and not _WHOLE.search(cells.texts[end]):
            raise Unreadable(end, "truncated", cells.texts[end])
        figures = self.places.figures
        # A currency in its place behind the figures shows that no comma has pushed the row to the right.
        if end < width or not any(cells.texts[width:]) or max(figures) < max(self.places.currency, default=-1):
            return
        for at in figures:
            if cells.said[at] and not _WHOLE.search(cells.texts[at]):
                raise Unreadable(at, "amount_unreadable", cells.texts[at])

    def _when(self, cells: Cells) -> datetime:
        place = cells.place(self.places.date)
        if place is None:
            raise Unreadable(self.places.date[0], "missing")
        text, given = cells.texts[place], cells.given[place]
        day: date | str
        short, clock = _MONTH_DAY.fullmatch(text), None
        if short:
            day = self.preamble.day(int(short["month"]), int(short["day"]))
        else:
            found = moment_of(text if isinstance(given, str) else given, self.profile.date_order)
            day, clock = (found, None) if isinstance(found, str) else found[:2]
        if isinstance(day, str):
            raise Unreadable(place, day, text)
        return datetime.combine(day, self._clock(cells) or clock or time(), self.zone)

    def _clock(self, cells: Cells) -> time | None:
        place = cells.place(self.places.time)
        if place is None:
            return None
        number = cells.given[place]  # a sheet keeps 09:30:15 as the number 93015
        return time_of(f"{int(number):06d}" if isinstance(number, Decimal) and number >= 1 else cells.texts[place])

    def _currency(self, cells: Cells) -> str:
        place = cells.place(self.places.currency)
        if place is None:
            return self.preamble.currency or self.profile.default_currency
        found = currency_of(cells.texts[place])
        if found is None:
            raise Unreadable(place, "currency_unknown", cells.texts[place])
        return found

    def _balance(self, cells: Cells, currency: str, *, last: bool) -> Money | None:
        """The balance, None where it is masked or cut off: it is a check, not the movement."""
        end = len(cells.texts) - 1
        if last and end in self.places.balance and not _WHOLE.search(cells.texts[end]):
            return None
        try:
            return figure(cells, self.places.balance, currency)
        except Unreadable:
            return None


def _last4(text: str) -> str:
    """The last four digits of a card's number; a sheet drops the zeros in front of them."""
    digits = _TAIL.search(text.replace(" ", ""))
    return digits["tail"].zfill(4) if digits else ""
