"""What a limit should say: every month walked from the first one that has it."""

from __future__ import annotations

from datetime import date, timedelta

from tests.simulation.model import PARENT, Model

Limit = tuple[int | None, str]


def month_start(day: date, start_day: int) -> date:
    while not (day.day == start_day or (start_day == 31 and (day + timedelta(days=1)).day == 1)):
        day -= timedelta(days=1)
    return day


def envelope(model: Model, category: str, last: date, start_day: int) -> tuple[int, int, int] | None:
    """Limit, carried and spending of the month that starts on `last`; None when it has no limit."""
    own = [limit[1:] for limit in model.limits if limit[0] == category]
    months = [last]
    while months[0].replace(day=1) > min(one[0] for one in own):
        months.insert(0, month_start(months[0] - timedelta(days=1), start_day))
    left, answer = 0, None
    for start in months:
        amount, carry = _in_force(own, start.replace(day=1))
        answer, carried = None, {"none": 0, "signed": left, "surplus": max(0, left)}[carry]
        left = 0
        if amount is not None:
            spending = _spent(model, category, start, start_day)
            answer, left = (amount, carried, spending), amount + carried - spending
    return answer


def _in_force(own: list[tuple[date, int | None, str]], month: date) -> Limit:
    """The latest month's limit counts, of several for one month the last one said."""
    ruling: tuple[date, Limit] = (date.min, (None, "none"))
    for from_month, amount, carry in own:
        if ruling[0] <= from_month <= month:
            ruling = (from_month, (amount, carry))
    return ruling[1]


def _spent(model: Model, category: str, start: date, start_day: int) -> int:
    family = {category, *(child for child, parent in PARENT.items() if parent == category)}
    return sum(
        fact.spending
        for fact in model.facts()
        if fact.currency == "CNY" and not fact.excluded and (not category or fact.category in family)
        if month_start(fact.on, start_day) == start
    )
