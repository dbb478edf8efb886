"""A merchant's takings as tables, for the screen and for CSV: the same figures, columns and order for both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from analytics.export import Cell, Column, Table
from analytics.movements import Movement
from analytics.takings import Takings

_SUMS: Final = (
    Column("currency"),
    Column("payments", Cell.NUMBER),
    Column("gross", Cell.MONEY),
    Column("own_coupons", Cell.MONEY),
    Column("received", Cell.MONEY),
    Column("returns", Cell.NUMBER),
    Column("refunds", Cell.MONEY),
    Column("net", Cell.MONEY),
)


def _sums(one: Takings, currency: str) -> list[object]:
    return [
        currency,
        one.payments,
        one.gross,
        one.own_coupons,
        one.received,
        one.returns,
        one.refunds,
        one.net,
    ]


def by_date(key: str, rows: Iterable[tuple[date, Takings]], currency: str) -> Table:
    """A row a day or a month. key: `date` or `month`."""
    columns = (Column(key, Cell.DATE), *_SUMS)
    return Table(f"takings-by-{key}", columns, [[on, *_sums(one, currency)] for on, one in rows])


def by_place(key: str, names: Sequence[str], rows: Sequence[Takings], currency: str) -> Table:
    """A row an hour or a weekday, under its name. key: `hour` or `weekday`."""
    columns = (Column(key), *_SUMS)
    parts = zip(names, rows, strict=True)
    return Table(f"takings-by-{key}", columns, [[name, *_sums(one, currency)] for name, one in parts])


def movements(rows: Iterable[Movement], currency: str) -> Table:
    """Payments and refunds one by one; `takings` adds up to the net takings of the same span."""
    columns = (
        Column("time", Cell.TIME),
        Column("payer"),
        Column("state", Cell.WORD),
        Column("currency"),
        Column("gross", Cell.MONEY),
        Column("own_coupons", Cell.MONEY),
        Column("coupon", Cell.MONEY),
        Column("points", Cell.MONEY),
        Column("takings", Cell.MONEY),
        Column("returned", Cell.MONEY),
        Column("note"),
        Column("payment"),
    )
    return Table("takings", columns, [_movement(one, currency) for one in rows])


def _movement(one: Movement, currency: str) -> list[object]:
    return [
        one.at,
        one.payer,
        one.standing.value,
        currency,
        one.gross,
        one.own_coupon,
        one.coupon,
        one.points,
        one.takings,
        one.returned,
        one.note,
        str(one.payment),
    ]
