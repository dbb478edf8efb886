"""What is remembered of a person's own debits: the last so many, and what can be read off them quickly.

A profile is a function of those debits and of nothing older, so that memory is constant and a profile that is read back
from the store is the one that grew here. Everything derived is taken back exactly when a debit leaves the window.
"""

from __future__ import annotations

import dataclasses
import math
from bisect import bisect_left, insort
from collections import deque
from typing import Final

WINDOW: Final = 128  # debits remembered: months of most people's paying
FEWEST: Final = 8  # debits before an amount can be called usual
HOURS: Final = 24
_PRIOR: Final = 15  # a short history is trusted as if so many debits of ordinary spread had come before it
_ORDINARY: Final = 0.6  # of a logarithm: among ten debits one is nearly twice the usual amount
_LEAST_SPREAD: Final = 0.4  # nobody pays so evenly that half as much again would be odd


@dataclasses.dataclass(slots=True)
class Debit:
    """Money that left, or is about to. at: seconds since 1970, UTC; hour: of the person's local day; minor: positive.

    payee: a merchant, a person or a card; category: "" when it has none. declined: the bank said no afterwards.
    disputed: the person said that it was not them. refunded: some of it was asked back.
    """

    id: str
    at: int
    hour: int
    minor: int
    currency: str
    payee: str
    category: str
    declined: bool = False
    disputed: bool = False
    refunded: bool = False
    size: float = dataclasses.field(init=False)  # the amount's logarithm: twice as much is as far for everybody

    def __post_init__(self) -> None:
        """Amounts are compared by their logarithms."""
        self.size = math.log(self.minor)


class Usual:
    """What amounts are usual: the sizes of some debits, in order."""

    __slots__ = ("sizes",)

    def __init__(self) -> None:
        self.sizes: list[float] = []

    def add(self, size: float) -> None:
        """One more."""
        insort(self.sizes, size)

    def remove(self, size: float) -> None:
        """One that was added."""
        del self.sizes[bisect_left(self.sizes, size)]

    def scale(self) -> tuple[float, float] | None:
        """The median size and the step from it to the top tenth; None with too few debits.

        Both are order statistics: no single amount moves them, however large.
        """
        sizes = self.sizes
        count = len(sizes)
        if count < FEWEST:
            return None
        middle = sizes[count // 2]
        step = (count * (sizes[count - 1 - count // 10] - middle) + _PRIOR * _ORDINARY) / (count + _PRIOR)
        return middle, max(step, _LEAST_SPREAD)

    def largest(self, place: int) -> float:
        """The size of the largest but `place`; of the smallest when there are not so many. There must be one."""
        return self.sizes[max(0, len(self.sizes) - 1 - place)]


class Profile:
    """One person's debits in the window, newest last, and what is derived from those that count.

    A disputed debit stays in the window and counts for nothing: the thief's habits are not the person's.
    """

    __slots__ = ("_by_id", "amounts", "counted", "debits", "disputes", "hours", "kinds", "payees", "times")

    def __init__(self) -> None:
        self.debits: deque[Debit] = deque()
        self.times: list[int] = []  # of the same debits, in order, for counting by bisection
        self.amounts: dict[str, Usual] = {}  # by currency
        self.kinds: dict[str, int] = {}  # debits by category
        self.counted = 0  # debits that count
        self.hours: list[int] = [0] * HOURS
        self.payees: dict[str, int] = {}
        self.disputes: deque[tuple[int, bool]] = deque(maxlen=16)  # when, and whether its amount was a usual one
        self._by_id: dict[str, Debit] = {}

    def add(self, debit: Debit) -> None:
        """A debit was made."""
        self.debits.append(debit)
        insort(self.times, debit.at)
        self._by_id[debit.id] = debit
        self._count(debit)
        if len(self.debits) > WINDOW:
            self._let_go(self.debits.popleft())

    def decline(self, debit: str) -> None:
        """The card's bank said no to a debit; one that left the window is passed over."""
        found = self._by_id.get(debit)
        if found is not None:
            found.declined = True

    def refund(self, debit: str) -> None:
        """Some of a debit was asked back."""
        found = self._by_id.get(debit)
        if found is not None:
            found.refunded = True

    def dispute(self, debit: str, at: int, *, usual: bool) -> None:
        """The person said that a debit was not theirs. at: when it was made, or tried and refused."""
        self.disputes.append((at, usual))
        found = self._by_id.get(debit)
        if found is not None and not found.disputed:
            found.disputed = True
            self._uncount(found)

    def within(self, start: int) -> int:
        """How many debits were made at `start` or later."""
        return len(self.times) - bisect_left(self.times, start)

    def _let_go(self, debit: Debit) -> None:
        del self.times[bisect_left(self.times, debit.at)]
        del self._by_id[debit.id]
        if not debit.disputed:
            self._uncount(debit)

    def _count(self, debit: Debit) -> None:
        self.counted += 1
        self.hours[debit.hour] += 1
        self.payees[debit.payee] = self.payees.get(debit.payee, 0) + 1
        self.kinds[debit.category] = self.kinds.get(debit.category, 0) + 1
        usual = self.amounts.get(debit.currency)
        if usual is None:
            usual = self.amounts[debit.currency] = Usual()
        insort(usual.sizes, debit.size)

    def _uncount(self, debit: Debit) -> None:
        self.counted -= 1
        self.hours[debit.hour] -= 1
        _less(self.payees, debit.payee)
        _less(self.kinds, debit.category)
        self.amounts[debit.currency].remove(debit.size)


def _less(counts: dict[str, int], key: str) -> None:
    left = counts[key] - 1
    if left:
        counts[key] = left
    else:
        del counts[key]
