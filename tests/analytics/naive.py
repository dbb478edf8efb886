"""The same questions answered the slow and obvious way from plain rows: an independent model to compare with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from data.categories.taxonomy import BUILT_IN

Row = dict[str, Any]


def month_start(day: date, start_day: int) -> date:
    """Walks back day by day to the first day of the person's month."""
    while not (day.day == start_day or (start_day == 31 and (day + timedelta(days=1)).day == 1)):
        day -= timedelta(days=1)
    return day


def top(category: str | None) -> str:
    key = category or "uncategorised"
    return (BUILT_IN[key].parent or key) if key in BUILT_IN else key


def counted(rows: Iterable[Row], currency: str, first: date, until: date, *, purchase: bool = False) -> list[Row]:
    when = "purchase_on" if purchase else "booked_on"
    return [r for r in rows if r["currency"] == currency and not r["excluded"] and first <= r[when] < until]


def spent(rows: Iterable[Row]) -> int:
    total = 0
    for row in rows:
        if row["kind"] in ("expense", "fee"):
            total += abs(row["amount"])
        elif row["kind"] == "refund":
            total -= abs(row["amount"])
    return total


def earned(rows: Iterable[Row]) -> int:
    return sum(row["amount"] for row in rows if row["kind"] == "income")


def by(rows: Iterable[Row], key: str) -> dict[str, int]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"] in ("expense", "fee", "refund"):
            groups[str(row[key] or "uncategorised")].append(row)
    return {name: spent(group) for name, group in groups.items()}


def within(rows: Iterable[Row], category: str) -> list[Row]:
    return [r for r in rows if not category or category in (r["category"] or "uncategorised", top(r["category"]))]


def carried_chain(
    limits: list[tuple[date, int | None, str]], months: list[date], spending: dict[date, int]
) -> dict[date, tuple[int, int]]:
    """month → (limit, carried), from limits as (from month, amount, carry) in the order they were set."""
    answer: dict[date, tuple[int, int]] = {}
    left: int | None = None
    for month in months:
        in_force: tuple[int | None, str] = (None, "none")
        best = date.min
        for start, amount, carry in limits:
            if best <= start <= month.replace(day=1):
                best, in_force = start, (amount, carry)
        amount, carry = in_force
        if amount is None:
            left = None
            continue
        carried = 0
        if left is not None and carry == "signed":
            carried = left
        if left is not None and carry == "surplus" and left > 0:
            carried = left
        answer[month] = (amount, carried)
        left = amount + carried - spending.get(month, 0)
    return answer
