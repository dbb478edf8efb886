"""What a drop adds up to, with the person's changes: rows by fate, and money by currency. Pure."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from data.importers.statement import Kind
from data.matching.choices import Edit
from data.matching.preview import NEW

_SPENDING = (Kind.EXPENSE.value, Kind.FEE.value, Kind.REFUND.value)
Base = Mapping[tuple[str, str], int]  # (currency, kind) → signed minor units of the new rows, transfers unsigned


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """What would be booked in one currency, minor units. spending: expenses and fees less refunds."""

    currency: str
    spending: int
    income: int
    transfers: int


def base_of(frame: pd.DataFrame) -> Base:
    """The sums of the new rows as previewed."""
    new = frame[frame["duplicate"] == NEW]
    moved = new["amount"].where(new["kind"] != Kind.TRANSFER.value, new["amount"].abs())
    sums = moved.groupby([new["currency"], new["kind"]], observed=True).sum()
    pairs = sums.index.to_frame(index=False).itertuples(index=False, name=None)
    return {(str(currency), str(kind)): int(minor) for (currency, kind), minor in zip(pairs, sums, strict=True)}


def tallies(base: Base, frame: pd.DataFrame, edits: Mapping[int, Edit]) -> tuple[Tally, ...]:
    """What would be booked with these changes, one tally a currency."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int, base)
    for row, edit in edits.items():
        one = frame.iloc[row]
        if one["duplicate"] != NEW:
            continue
        minor, kind, currency = int(one["amount"]), str(one["kind"]), str(one["currency"])
        sums[currency, kind] -= _moved(kind, minor)
        if not edit.leave_out:
            after = edit.kind.value if edit.kind else kind
            sums[currency, after] += _moved(after, minor)
    return tuple(_tally(sums, currency) for currency in sorted({currency for currency, _ in sums}))


def left_out(frame: pd.DataFrame, edits: Mapping[int, Edit]) -> int:
    """How many new rows the person leaves out."""
    return sum(1 for row, edit in edits.items() if edit.leave_out and frame["duplicate"].iloc[row] == NEW)


def _moved(kind: str, minor: int) -> int:
    return abs(minor) if kind == Kind.TRANSFER.value else minor


def _tally(sums: Mapping[tuple[str, str], int], currency: str) -> Tally:
    spending = -sum(sums.get((currency, kind), 0) for kind in _SPENDING)
    income = sums.get((currency, Kind.INCOME.value), 0)
    return Tally(currency, spending, income, sums.get((currency, Kind.TRANSFER.value), 0))
