"""When money is due: working days in China, where weekends are worked in return for longer holidays. Pure.

The State Council publishes each year's holidays and make-up days in the autumn before; a year it has not spoken about
yet is counted Monday to Friday, and what comes of it is called estimated.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from data.errors import require

DAYS_TO_CREDIT: Final[Mapping[str, int]] = {"debit": 3, "credit": 7}  # working days, by kind of card (LEDGER §4)
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Due:
    """A day by which something happens. estimated: a year whose calendar is not known yet had a part in it."""

    on: date
    estimated: bool


@dataclasses.dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked. exceptions: days off in the week and worked weekends, as day → worked."""

    exceptions: Mapping[date, bool]
    known_years: frozenset[int]

    def is_workday(self, day: date) -> bool:
        """Whether banks work on this day."""
        return self.exceptions.get(day, day.weekday() < _SATURDAY)

    def after(self, day: date, count: int) -> Due:
        """The count-th working day after `day`, which itself does not count; with 0 that very day."""
        require(count >= 0, "days are counted forward")
        on, left, estimated = day, count, False
        while left:
            on += _DAY
            left -= self.is_workday(on)
            estimated = estimated or on.year not in self.known_years
        return Due(on, estimated)


def seed(first_year: int, last_year: int) -> list[tuple[date, bool]]:
    """The exceptions to Monday–Friday of the years that are officially known, as (day, worked), in order.

    The `holidays` library answers for every year, but outside the published ones only from the statute. Each published
    year has make-up days and the statute has none, so a year without a worked weekend is left out; the years in the
    answer are the known ones.
    """
    from holidays import country_holidays  # noqa: PLC0415 - asked once in a data folder's life, slow to load

    # A year's notice may name days of the December before it.
    official = country_holidays("CN", years=range(first_year, last_year + 2))
    known = {day.year for day in official.weekend_workdays}
    days = sorted({*official, *official.weekend_workdays})
    judged = ((day, official.is_working_day(day)) for day in days if first_year <= day.year <= last_year)
    return [(day, worked) for day, worked in judged if day.year in known and worked != (day.weekday() < _SATURDAY)]
