"""What a cell says about time when nobody says how it is written: dates in three orders, times, offsets."""

from __future__ import annotations

import functools
import re
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from data.importers.mapping import DateOrder
from data.importers.reading import text_of
from data.importers.table import Cell

EARLIEST, LATEST = 1970, 2100  # beyond these a year is a typing error
_PIVOT = 70  # two-digit years from 70 on are the last century's
_SHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's dates have no zone
_SHEET_DAYS = range(25_569, 73_051)  # 1970 to 2099
_NOON = 12

_TIME = (
    r"(?P<hour>\d{1,2})[:时](?P<minute>\d{2})(?:[:分](?P<second>\d{2})(?:[.,]\d{1,9})?)?秒?\s*(?P<half>[AaPp][Mm])?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)
_REST = rf"(?:[T,\s]\s*{_TIME})?"
_NUMERIC = re.compile(
    rf"(?P<a>\d{{1,4}})\s*[-/.年]\s*(?P<b>\d{{1,2}})\s*[-/.月]\s*(?P<c>\d{{1,4}})日?{_REST}", re.IGNORECASE
)
# How most files write a moment, in whatever order they may write other dates: a year of four digits comes first.
_PLAIN = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?: ([0-9]{2}):([0-9]{2}):([0-9]{2}))?")
_COMPACT = re.compile(rf"(?P<a>\d{{4}})(?P<b>\d{{2}})(?P<c>\d{{2}})(?:(?P<clock>\d{{6}})|{_REST})")
_DAY_NAME_YEAR = re.compile(rf"(?P<day>\d{{1,2}})[\s.-]+(?P<month>[A-Za-z]{{3,9}})[\s.,-]+(?P<year>\d{{2,4}}){_REST}")
_NAME_DAY_YEAR = re.compile(rf"(?P<month>[A-Za-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}){_REST}")
_ONLY_TIME = re.compile(_TIME)
_ONLY_DIGITS = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})")
_ONLY_ZONE = re.compile(r"Z|UTC|(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = 48

Moment = tuple[date, time | None, timezone | None]


def moment_of(cell: Cell, order: DateOrder) -> Moment | str:
    """The date, and the time and zone if the cell has them; or the reason why it is no date."""
    if isinstance(cell, datetime):
        return _in_range(cell.date(), cell.time(), None)
    if isinstance(cell, Decimal) and int(cell) in _SHEET_DAYS:
        moment = _SHEET_EPOCH + timedelta(seconds=round(cell * 86_400))
        return _in_range(moment.date(), moment.time(), None)
    return _from_text(text_of(cell), order)


@functools.lru_cache(maxsize=8192)
def _from_text(text: str, order: DateOrder) -> Moment | str:
    if not text:
        return "missing"
    if plain := _PLAIN.fullmatch(text):
        return _from_plain(plain)
    found = _match(text)
    if found is None:
        return "date_unreadable"
    try:
        day = date(*_year_month_day(found, order))
        return _in_range(day, _time(found), _zone(found["zone"]))
    except ValueError:
        return "date_unreadable"


def _from_plain(found: re.Match[str]) -> Moment | str:
    year, month, day, hour, minute, second = found.groups()
    try:
        clock = None if hour is None else time(int(hour), int(minute), int(second))
        return _in_range(date(int(year), int(month), int(day)), clock, None)
    except ValueError:
        return "date_unreadable"


def _match(text: str) -> re.Match[str] | None:
    if len(text) > _LONGEST:
        return None
    forms = (_NUMERIC, _COMPACT, _DAY_NAME_YEAR, _NAME_DAY_YEAR)
    return next(filter(None, (form.fullmatch(text) for form in forms)), None)


def _in_range(day: date, clock: time | None, zone: timezone | None) -> Moment | str:
    return (day, clock, zone) if EARLIEST <= day.year <= LATEST else "date_absurd"


def _year_month_day(found: re.Match[str], order: DateOrder) -> tuple[int, int, int]:
    parts = found.groupdict()
    if "month" in parts:
        return _year(parts["year"]), _MONTHS.index(parts["month"][:3].lower()) + 1, int(parts["day"])
    a, b, c = parts["a"], parts["b"], parts["c"]
    if len(a) == 4:  # noqa: PLR2004 - a year of four digits speaks for itself
        return int(a), int(b), int(c)
    match order:
        case DateOrder.YMD:
            return _year(a), int(b), int(c)
        case DateOrder.DMY:
            return _year(c), int(b), int(a)
        case DateOrder.MDY:
            return _year(c), int(a), int(b)


def _year(text: str) -> int:
    if len(text) == 2:  # noqa: PLR2004 - two digits
        return int(text) + (1900 if int(text) >= _PIVOT else 2000)
    if len(text) != 4:  # noqa: PLR2004 - four digits
        raise ValueError(text)
    return int(text)


def _time(found: re.Match[str]) -> time | None:
    parts = found.groupdict()
    clock = _ONLY_DIGITS.fullmatch(parts.get("clock") or "")
    if clock:
        parts = clock.groupdict()
    if parts["hour"] is None:
        return None
    hour = int(parts["hour"])
    half = (parts.get("half") or "").lower()
    if half:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    return time(hour, int(parts["minute"]), int(parts["second"] or 0))


def time_of(cell: Cell) -> time | None:
    """A cell that holds a time of day alone: `12:34:56`, `123456`, `1:05 PM`; None for anything else."""
    text = text_of(cell)
    if len(text) > _LONGEST:
        return None
    found = _ONLY_TIME.fullmatch(text) or _ONLY_DIGITS.fullmatch(text)
    try:
        return _time(found) if found else None
    except ValueError:
        return None


def zone_of(cell: Cell) -> timezone | None:
    """A cell that holds an offset alone: `+08:00`, `-0500`, `Z`."""
    return _zone(text_of(cell))


def _zone(text: str | None) -> timezone | None:
    found = _ONLY_ZONE.fullmatch(text or "")
    if not found:
        return None
    span = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    return timezone(-span if found["sign"] == "-" else span) if span < timedelta(days=1) else None


def order_of(cells: list[Cell]) -> DateOrder | None:
    """The order that the dates of one column prove, None when several orders fit them all or none does."""
    texts = [text for cell in cells if (text := text_of(cell))]
    numeric = [found for text in texts if (found := _NUMERIC.fullmatch(text[:_LONGEST]))]
    if all(len(found["a"]) == 4 for found in numeric):  # noqa: PLR2004 - four digits are a year
        return DateOrder.YMD
    failures = {order: sum(isinstance(_from_text(text, order), str) for text in texts) for order in DateOrder}
    best = min(failures.values())
    fitting = [order for order, count in failures.items() if count == best]
    return fitting[0] if len(fitting) == 1 else None
