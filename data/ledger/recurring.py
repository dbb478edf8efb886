"""What a person may say about a series of payments that come back, and by what a series is known again. Pure.

A series is found anew whenever the books change, so it has no id of its own. It is known by its mark: whose payments
they are, and some of them as anchors. An anchor is the same payment if it is the same entry, or the same day and amount
at the same payee: so a word holds although rows are imported anew, prices rise and older files are added.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from data.errors import Rejection
from data.ids import OwnerId
from data.money import MAX_MINOR

NAME_LENGTH: Final = 60
MOST_ANCHORS: Final = 12


class Side(StrEnum):
    """Which way the payments go: money spent, earned, or moved between own accounts."""

    OUT = "out"
    IN = "in"
    MOVED = "moved"


class SeriesKind(StrEnum):
    """What a series is."""

    SUBSCRIPTION = "subscription"
    HOUSING = "housing"
    UTILITIES = "utilities"
    INSURANCE = "insurance"
    LOAN = "loan"
    INCOME = "income"
    TRANSFER = "transfer"
    REGULAR = "regular"


class Verdict(StrEnum):
    """Whether it is one at all."""

    CONFIRMED = "confirmed"
    IGNORED = "ignored"


@dataclasses.dataclass(frozen=True, slots=True)
class Anchor:
    """One payment of a series. seq: of its entry; amount: minor units, positive."""

    seq: int
    on: date
    amount: int


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """By what a series is known. anchors: its latest payments, at most `MOST_ANCHORS`."""

    side: Side
    payee_key: str
    currency: str
    cadence: str
    anchors: tuple[Anchor, ...]

    def shared(self, seqs: Collection[int], payments: Collection[tuple[date, int]], *, same_payee: bool) -> int:
        """How many anchors are among the payments of a series, given by entry, and by day and amount."""
        return sum(a.seq in seqs or (same_payee and (a.on, a.amount) in payments) for a in self.anchors)


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """It is called `name`."""

    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Next:
    """The next payment comes on that day and costs that much, minor units."""

    on: date
    amount: int


@dataclasses.dataclass(frozen=True, slots=True)
class Ended:
    """It has come to its end, or it has not."""

    ended: bool


Word = Verdict | SeriesKind | Named | Next | Ended


@dataclasses.dataclass(frozen=True, slots=True)
class SayOfSeries:
    """Say something about a series. series: its id when something was said about it before."""

    owner: OwnerId
    request_id: str
    actor: UUID
    series: UUID | None
    mark: Mark
    word: Word


@dataclasses.dataclass(frozen=True, slots=True)
class TakeBackWord:
    """Take back what was said last about a series and still stands."""

    owner: OwnerId
    request_id: str
    actor: UUID
    series: UUID


@dataclasses.dataclass(unsafe_hash=True)
class SeriesNameUnfit(Rejection):
    """A name has 1 to `maximum` visible characters."""

    maximum: int


@dataclasses.dataclass(unsafe_hash=True)
class NextOutOfRange(Rejection):
    """The next payment comes after the last one, within two years, and costs something."""

    last_on: str
    amount_minor: int
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class NothingToTakeBack(Rejection):
    """Nothing that was said about the series still stands."""

    series: str


_MOST_DAYS: Final = 731


def checked(word: Word, mark: Mark) -> Word:
    """The word as it is kept.

    Raises:
        SeriesNameUnfit, NextOutOfRange.
    """
    if isinstance(word, Named):
        name = " ".join(unicodedata.normalize("NFC", word.name).split())
        if not 1 <= len(name) <= NAME_LENGTH or any(unicodedata.category(sign)[0] == "C" for sign in name):
            raise SeriesNameUnfit(NAME_LENGTH)
        return Named(name)
    if isinstance(word, Next):
        last = max(anchor.on for anchor in mark.anchors)
        if not (0 < (word.on - last).days <= _MOST_DAYS and 0 < word.amount <= MAX_MINOR):
            raise NextOutOfRange(last.isoformat(), word.amount, mark.currency)
    return word


def field_of(word: Word) -> str:
    """Under which field a word is kept."""
    fields = {Verdict: "verdict", SeriesKind: "kind", Named: "name", Next: "next", Ended: "ended"}
    return fields[type(word)]


def known_again(mark: Mark, kept: Sequence[tuple[UUID, Mark]]) -> UUID | None:
    """Which of the series that were spoken of before is the one with this mark: the one with most anchors in common."""
    seqs = {anchor.seq for anchor in mark.anchors}
    payments = {(anchor.on, anchor.amount) for anchor in mark.anchors}
    alike = [
        (one.shared(seqs, payments, same_payee=one.payee_key == mark.payee_key), series)
        for series, one in kept
        if (one.side, one.currency) == (mark.side, mark.currency)
    ]
    best = max(alike, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] else None
