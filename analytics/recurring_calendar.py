"""Regular payments by day and by year: a month's calendar, what is still to come, what twelve months cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from analytics.export import Cell, Column, Table
from analytics.recurring import Recurring
from analytics.recurring_series import Flag, Series
from analytics.scope import Scope
from data.ledger.recurring import Side
from data.period import Span, shift_months

_YEAR: Final = 12
_DAY: Final = timedelta(days=1)


class Mark(StrEnum):
    """What a day of the calendar says about a payment."""

    CAME = "came"
    EXPECTED = "expected"
    MISSED = "missed"


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One payment on one day, minor units: it came, it is expected, or it should have come and did not."""

    on: date
    series: Series
    mark: Mark
    amount: int


@dataclasses.dataclass(frozen=True, slots=True)
class Sum:
    """Payments of one side and currency, minor units; count: how many."""

    side: Side
    currency: str
    amount: int
    count: int


def calendar(known: Recurring, span: Span, today: date) -> list[Item]:
    """Every payment of regular series in a span, by day; what was ignored is left out."""
    items: list[Item] = []
    for one in known.series:
        if not one.ignored:
            items += [Item(paid.on, one, Mark.CAME, paid.amount) for paid in one.occurrences if paid.on in span]
            items += [Item(each.on, one, Mark.EXPECTED, each.amount) for each in one.in_span(span) if each.on >= today]
            if one.missed_on is not None and one.missed_on in span:
                items.append(Item(one.missed_on, one, Mark.MISSED, one.amounts.expected))
    return sorted(items, key=lambda item: (item.on, item.series.side, -item.amount, item.series.payee_key))


def rest_of_month(known: Recurring, scope: Scope) -> list[Sum]:
    """What is still to come in the person's running month, by side and currency."""
    return sums(known.series, Span(scope.today, scope.month.end))


def next_year(today: date) -> Span:
    """The twelve months that begin today."""
    return Span(today, _same_day(today))


def yearly(known: Recurring, today: date) -> list[Sum]:
    """What the next twelve months will cost and bring: the sum of every payment that is expected in them."""
    return sums(known.series, next_year(today))


def yearly_cost(series: Series, today: date) -> int:
    """What one series comes to in the next twelve months, minor units."""
    return sum(one.amount for one in series.in_span(next_year(today)))


def sums(series: Iterable[Series], span: Span) -> list[Sum]:
    """Expected payments in a span, the sides in order, the dearest currency of each first."""
    found: dict[tuple[Side, str], tuple[int, int]] = {}
    for one in series:
        for each in one.in_span(span):
            amount, count = found.get((one.side, one.currency), (0, 0))
            found[one.side, one.currency] = (amount + each.amount, count + 1)
    listed = [Sum(side, currency, *figures) for (side, currency), figures in found.items()]
    return sorted(listed, key=lambda one: (list(Side).index(one.side), -one.count, one.currency))


def coming_up(known: Recurring, today: date, days: int = 7) -> list[Item]:
    """What is expected within the next days, by day."""
    span = Span(today, today + timedelta(days=days))
    return [item for item in calendar(known, span, today) if item.mark is Mark.EXPECTED]


def missed(known: Recurring) -> Sequence[Series]:
    """The series whose payment did not come, in their order."""
    return [one for one in known.series if Flag.MISSED in one.flags and not one.ignored]


def _same_day(day: date) -> date:
    """The same day a year later; of 29 February the last of the month."""
    start = shift_months(day.replace(day=1), _YEAR)
    return min(start + timedelta(days=day.day - 1), shift_months(start, 1) - _DAY)


def table(series: Iterable[Series], today: date, cadences: Mapping[int, str]) -> Table:
    """Series as a table, in the order given. cadences: in words, by the series' identity in memory."""
    columns = (
        Column("series_name"),
        Column("payee"),
        Column("series_kind", Cell.WORD),
        Column("category", Cell.WORD),
        Column("cadence"),
        Column("currency"),
        *(Column(key, Cell.MONEY) for key in ("amount", "lowest", "highest", "year")),
        *(Column(key, Cell.DATE) for key in ("next_on", "last_on", "first_on")),
        Column("count", Cell.NUMBER),
        Column("series_state", Cell.WORD),
    )
    return Table("recurring", columns, [_line(one, today, cadences.get(id(one), one.cadence)) for one in series])


def _line(one: Series, today: date, cadence: str) -> list[object]:
    following = one.next
    low, high = (following.low, following.high) if following else (one.amounts.low, one.amounts.high)
    return [
        one.name, one.payee, one.kind.value, one.category, cadence, one.currency,
        one.amount, low, high, yearly_cost(one, today),
        following.on if following else None, one.last.on, one.occurrences[0].on,
        len(one.occurrences), "ignored" if one.ignored else one.state.value,
    ]  # fmt: skip
