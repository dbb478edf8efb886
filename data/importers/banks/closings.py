"""Which balance a file ends with, per account and currency: that of its last row by time.

Days rarely have a clock, so the order of the rows decides between those of one day: downwards or upwards, as the
balances follow one another, and where they don't, as the days do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from data.importers.banks.rows import Movement
from data.importers.statement import AccountHint, Closing, Direction
from data.money import Money

_ENOUGH = 1000  # rows to see by which way time runs


def closings_of(moved: Sequence[tuple[AccountHint, Movement]]) -> tuple[Closing, ...]:
    """The closing balance of every account and currency, in the order in which the file mentions them."""
    series: dict[tuple[AccountHint, str], list[tuple[Movement, Money]]] = defaultdict(list)
    for account, movement in moved:
        if movement.balance is not None and movement.balance.currency == movement.amount.currency:
            series[account, movement.balance.currency].append((movement, movement.balance))
    return tuple(_closing(account, rows) for (account, _), rows in series.items())


def _closing(account: AccountHint, rows: list[tuple[Movement, Money]]) -> Closing:
    oldest_first = rows if _downwards(rows) else rows[::-1]
    latest = max(movement.at for movement, _ in rows)
    balance = next(balance for movement, balance in reversed(oldest_first) if movement.at == latest)
    return Closing(account, latest.date(), balance)


def _downwards(rows: list[tuple[Movement, Money]]) -> bool:
    """Whether time runs down the file."""
    down = up = 0
    for (above, before), (below, after) in pairwise(rows[:_ENOUGH]):
        step = after.minor - before.minor
        down += step == _signed(below)
        up += -step == _signed(above)
    return down > up if down != up else rows[0][0].at <= rows[-1][0].at


def _signed(movement: Movement) -> int:
    return movement.amount.minor if movement.direction is Direction.IN else -movement.amount.minor
