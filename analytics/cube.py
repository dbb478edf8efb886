"""Sums of facts as columns in memory: what a page's figures are added up from, exactly, in int64.

A cube's rows are disjoint groups of facts; filtering and adding them answers most questions without the store.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Rows = Mask | NDArray[np.intp] | slice
_EPOCH = date(1970, 1, 1).toordinal()


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A text column: `codes[i]` is the place of row i's text in `values`."""

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def among(self, wanted: Collection[str]) -> Mask:
        """The rows whose text is one of `wanted`."""
        hit = np.fromiter((value in wanted for value in self.values), np.bool_, len(self.values))
        found: Mask = hit[self.codes] if len(self.values) else np.zeros(len(self.codes), np.bool_)
        return found

    def is_(self, wanted: str) -> Mask:
        """The rows whose text is `wanted`."""
        return self.among((wanted,))

    def add_up(self, numbers: Ints) -> Ints:
        """The sum of `numbers` for each of `values`."""
        return add_up(self.codes, numbers, len(self.values))

    def at(self, mask: Rows) -> Coded:
        """The same column for some rows."""
        return Coded(self.codes[mask], self.values)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """Groups of facts with their sums (minor units), in the order of `when`.

    when: day number of the group's month (or day) by arrival; purchase: by purchase. payee: payee keys; labels: a
    payee text to show for each payee key. first, last: day numbers of the group's earliest and latest fact.
    """

    when: Ints
    purchase: Ints
    kind: Coded
    category: Coded
    payee: Coded
    account: Coded
    currency: Coded
    labels: dict[str, str]
    spending: Ints
    income: Ints
    amount: Ints
    count: Ints
    first: Ints
    last: Ints

    def __len__(self) -> int:
        return len(self.when)

    def at(self, mask: Rows) -> Cube:
        """The cube of some rows: a mask, places, or a slice (which copies nothing)."""
        cut: dict[str, Any] = {
            f.name: _cut(getattr(self, f.name), mask) for f in dataclasses.fields(self) if f.name != "labels"
        }
        return Cube(**cut, labels=self.labels)

    def moving(self) -> Cube:
        """Only the rows that are spending or income: no transfers."""
        return self.at((self.spending != 0) | (self.income != 0))

    def of(self, currency: str) -> Cube:
        """Only the rows in `currency`."""
        return self.at(self.currency.is_(currency))


def _cut(column: Any, mask: Rows) -> Any:  # noqa: ANN401 - an array or a coded column
    return column.at(mask) if isinstance(column, Coded) else column[mask]


def add_up(places: NDArray[Any], numbers: Ints, size: int) -> Ints:
    """`numbers` added up by place. Not `bincount`: its weights are floats, money is not."""
    sums: Ints = np.zeros(size, np.int64)
    np.add.at(sums, places, numbers)
    return sums


def cube_of(table: pa.Table) -> Cube:
    """A cube from a query with the columns of `analytics.months`."""
    payees = coded(table["payee_key"])
    _, first_rows = np.unique(payees.codes, return_index=True)
    labels = table["payee"].take(first_rows).to_pylist()
    found = Cube(
        when=days(table["on_day"]),
        purchase=days(table["purchase"]),
        kind=coded(table["kind"]),
        category=coded(table["category"]),
        payee=payees,
        account=coded(table["account"]),
        currency=coded(table["currency"]),
        labels=dict(zip(payees.values, labels, strict=True)),
        **{name: ints(table[name]) for name in ("spending", "income", "amount", "count")},
        first=days(table["first_on"]),
        last=days(table["last_on"]),
    )
    return found.at(np.argsort(found.when, kind="stable"))


def coded(column: pa.ChunkedArray) -> Coded:
    """A text column as codes."""
    encoded = column.combine_chunks().dictionary_encode()
    codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int32)
    return Coded(codes, tuple(encoded.dictionary.to_pylist()))


def ints(column: pa.ChunkedArray) -> Ints:
    """A bigint column."""
    return np.asarray(column.to_numpy(), np.int64)


def days(column: pa.ChunkedArray) -> Ints:
    """A date column as day numbers."""
    return np.asarray(column.combine_chunks().cast(pa.int32()).to_numpy(zero_copy_only=False), np.int64)


def number_of(day: date) -> int:
    """The day number of a date."""
    return day.toordinal() - _EPOCH


def date_of(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + _EPOCH)
