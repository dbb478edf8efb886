"""Sums of facts as columns in memory: what a page's figures are added up from, exactly, in int64.

A cube's rows are disjoint groups of facts; filtering and adding them answers most questions without the store.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

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

    def text(self, at: int) -> str:
        """The text of a row."""
        found: str = self.values[self.codes[at]]
        return found

    def add_up(self, numbers: Ints) -> Ints:
        """The sum of `numbers` for each of `values`."""
        return add_up(self.codes, numbers, len(self.values))

    def at(self, mask: Rows) -> Coded:
        """The same column for some rows."""
        return Coded(self.codes[mask], self.values)

    def followed_by(self, more: Coded) -> Coded:
        """Both columns, one below the other, without texts that no row has any more."""
        places = {value: place for place, value in enumerate(self.values)}
        moved = np.asarray([places.setdefault(value, len(places)) for value in more.values], np.int32)
        codes = np.concatenate([self.codes, moved[more.codes] if len(moved) else more.codes])
        used = np.bincount(codes, minlength=len(places)) > 0
        if used.all():
            return Coded(codes, tuple(places))
        kept = tuple(value for value, there in zip(places, used.tolist(), strict=True) if there)
        return Coded((np.cumsum(used) - 1).astype(np.int32)[codes], kept)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """Groups of facts with their sums (minor units), in the order of `when`.

    when: day number of the group's month by arrival; purchase: by purchase. payee: payee keys; label: a text to show.
    """

    when: Ints
    purchase: Ints
    kind: Coded
    category: Coded
    payee: Coded
    account: Coded
    currency: Coded
    label: Coded
    spending: Ints
    income: Ints
    count: Ints

    def __len__(self) -> int:
        return len(self.when)

    def at(self, mask: Rows) -> Cube:
        """The cube of some rows: a mask, places, or a slice (which copies nothing)."""
        cut: list[Any] = [column.at(mask) if isinstance(column, Coded) else column[mask] for column in self.columns()]
        return Cube(*cut)

    def columns(self) -> list[Any]:
        """Every column, in the order above."""
        return [getattr(self, name) for name in _COLUMNS]

    def labels(self) -> dict[str, str]:
        """One text to show for each payee key: the last of its texts by the alphabet, so that it is always the same."""
        values = self.label.values
        order = sorted(range(len(values)), key=values.__getitem__)
        ranks: Ints = np.empty(len(values), np.int64)
        ranks[order] = np.arange(len(values))
        best: Ints = np.full(len(self.payee.values), -1, np.int64)
        if len(self):
            np.maximum.at(best, self.payee.codes, ranks[self.label.codes])
        texts = [values[place] for place in order]
        return {key: texts[at] for key, at in zip(self.payee.values, best.tolist(), strict=True) if at >= 0}

    def renewed(self, months: Ints, fresh: Cube) -> Cube:
        """The cube with other rows for these months (by arrival): all the rows that `fresh` has."""
        kept = self.at(~np.isin(self.when, months))
        both = Cube(*(_joined(*two) for two in zip(kept.columns(), fresh.columns(), strict=True)))
        return both.at(np.argsort(both.when, kind="stable"))

    def plus(self, new: Cube) -> Cube:
        """The cube with a few groups more: added to the group that is there already, or beside all others."""
        sums = (self.spending.copy(), self.income.copy(), self.count.copy())
        labels, beside = self.label.codes.copy(), np.ones(len(new), np.bool_)
        for at in range(len(new)):
            place = self._place_of(new, at)
            if place is None:
                continue
            beside[at] = False
            for mine, more in zip(sums, (new.spending, new.income, new.count), strict=True):
                mine[place] += more[at]
            label = new.label.text(at)
            if label > self.label.values[labels[place]]:
                labels[place] = self.label.values.index(label)
        texts = Coded(labels, self.label.values)
        grown = dataclasses.replace(self, spending=sums[0], income=sums[1], count=sums[2], label=texts)
        return grown.beside(new.at(beside)) if beside.any() else grown

    def beside(self, new: Cube) -> Cube:
        """The cube with groups of which some may be new and some shown by new texts, each group once."""
        both = Cube(*(_joined(*two) for two in zip(self.columns(), new.columns(), strict=True)))
        kept = np.ones(len(both), np.bool_)
        for at in range(len(self), len(both)):
            same = np.flatnonzero(both._alike(at)[:at] & kept[:at])
            if len(same):
                both._take_in(int(same[0]), at)
                kept[at] = False
        return both.at(np.argsort(np.where(kept, both.when, _LAST), kind="stable")[: int(kept.sum())])

    def _alike(self, at: int) -> Mask:
        alike: Mask = (self.when == self.when[at]) & (self.purchase == self.purchase[at])
        for name in _GROUPED:
            codes = getattr(self, name).codes
            alike &= codes == codes[at]
        return alike

    def _take_in(self, place: int, at: int) -> None:
        """Add one row's sums to another's, in place: only while nobody else has seen the cube."""
        for sums in (self.spending, self.income, self.count):
            sums[place] += sums[at]
        if self.label.text(at) > self.label.text(place):
            self.label.codes[place] = self.label.codes[at]

    def _place_of(self, new: Cube, at: int) -> int | None:
        """Where the group of that row of another cube is, None when it is nowhere, or shown by a text unknown here."""
        if new.label.text(at) not in self.label.values:
            return None
        alike: Mask = (self.when == new.when[at]) & (self.purchase == new.purchase[at])
        for name in _GROUPED:
            column, text = getattr(self, name), getattr(new, name).text(at)
            if text not in column.values:
                return None
            alike &= column.codes == column.values.index(text)
        found = np.flatnonzero(alike)
        return int(found[0]) if len(found) else None

    def months(self, first: int, until: int) -> Cube:
        """Only the rows of months by arrival that start in [first, until), day numbers; nothing is copied."""
        return self.at(slice(*np.searchsorted(self.when, (first, until)).tolist()))

    def moving(self) -> Cube:
        """Only the rows that are spending or income: no transfers."""
        return self.at((self.spending != 0) | (self.income != 0))

    def of(self, currency: str) -> Cube:
        """Only the rows in `currency`."""
        return self.at(self.currency.is_(currency))


_GROUPED: Final = ("kind", "category", "payee", "account", "currency")
_LAST: Final = np.iinfo(np.int64).max
_COLUMNS: Final = tuple(field.name for field in dataclasses.fields(Cube))


def _joined(above: Any, below: Any) -> Any:  # noqa: ANN401 - arrays or coded columns
    return above.followed_by(below) if isinstance(above, Coded) else np.concatenate([above, below])


def add_up(places: NDArray[Any], numbers: Ints, size: int) -> Ints:
    """`numbers` added up by place. Not `bincount`: its weights are floats, money is not."""
    sums: Ints = np.zeros(size, np.int64)
    np.add.at(sums, places, numbers)
    return sums


def cube_of(table: pa.Table) -> Cube:
    """A cube from a query with the columns of `analytics.months`."""
    found = Cube(
        when=days(table["on_day"]),
        purchase=days(table["purchase"]),
        kind=coded(table["kind"]),
        category=coded(table["category"]),
        payee=coded(table["payee_key"]),
        account=coded(table["account"]),
        currency=coded(table["currency"]),
        label=coded(table["payee"]),
        **{name: ints(table[name]) for name in ("spending", "income", "count")},
    )
    return found.at(np.argsort(found.when, kind="stable"))


def coded(column: pa.ChunkedArray) -> Coded:
    """A text column as codes."""
    encoded = column.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int32)
    return Coded(codes, tuple(encoded.dictionary.to_pylist()))


def coded_texts(texts: Sequence[str]) -> Coded:
    """A few texts as codes."""
    values = tuple(dict.fromkeys(texts))
    return Coded(np.asarray([values.index(text) for text in texts], np.int32), values)


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
