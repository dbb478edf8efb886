"""One series as the screens know it: what came, what is expected and when, and what is odd about it."""

from __future__ import annotations

import dataclasses
from datetime import date
from enum import StrEnum
from uuid import UUID

from analytics.figures import basis_points
from analytics.recurring_amounts import Amounts
from analytics.recurring_rhythm import Cadence, Rhythm
from data.ledger.recurring import MOST_ANCHORS, Anchor, Mark, Next, SeriesKind, Side, Verdict
from data.period import Span


class State(StrEnum):
    """How it stands with the next payment."""

    EXPECTED = "expected"
    LATE = "late"
    MISSED = "missed"
    ENDED = "ended"


class Flag(StrEnum):
    """What is worth a look."""

    MISSED = "missed"
    LATE = "late"
    CHANGED = "changed"
    DUPLICATE = "duplicate"
    NEW = "new"
    ENDED = "ended"


@dataclasses.dataclass(frozen=True, slots=True)
class Occurrence:
    """One payment of a series, minor units. seq: of its entry."""

    on: date
    amount: int
    seq: int


@dataclasses.dataclass(frozen=True, slots=True)
class Expected:
    """One payment to come: the likeliest day, the days between which it comes, and the amount with its range."""

    on: date
    earliest: date
    latest: date
    amount: int
    low: int
    high: int


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """Another amount since `on`: a new price, or a payment beyond the usual range. percent_bp: in basis points."""

    on: date
    before: int
    after: int

    @property
    def by(self) -> int:
        """How much more."""
        return self.after - self.before

    @property
    def by_bp(self) -> int:
        """How much more, in basis points of the amount before."""
        return basis_points(self.by, self.before) or 0


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """What the person said about a series, and the id under which it is kept; all None when nothing was said.

    words: how many of their words stand.
    """

    series: UUID | None = None
    verdict: Verdict | None = None
    name: str | None = None
    kind: SeriesKind | None = None
    next: Next | None = None
    ended: bool = False
    words: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """Payments that come back. confidence: of 10,000. overdue: days since the window of the date that passed.

    payee: as its last row says; changes: the price history, oldest first; coming: what is expected in the next
    thirteen months, none when it ended or is ignored; missed_on: when the payment was due that did not come. state,
    coming and flags are as of the day that was asked for.
    """

    side: Side
    payee_key: str
    payee: str
    category: str
    currency: str
    rhythm: Rhythm
    kind: SeriesKind
    amounts: Amounts
    occurrences: tuple[Occurrence, ...]
    twins: tuple[Occurrence, ...]
    confidence: int
    state: State = State.EXPECTED
    overdue: int = 0
    flags: tuple[Flag, ...] = ()
    changes: tuple[Change, ...] = ()
    coming: tuple[Expected, ...] = ()
    missed_on: date | None = None
    said: Said = Said()

    @property
    def cadence(self) -> Cadence:
        """How often it comes."""
        return self.rhythm.cadence

    @property
    def name(self) -> str:
        """As the person calls it, else the payee."""
        return self.said.name or self.payee

    @property
    def last(self) -> Occurrence:
        """The latest payment."""
        return self.occurrences[-1]

    @property
    def amount(self) -> int:
        """What the next one will probably cost."""
        return self.coming[0].amount if self.coming else self.amounts.expected

    @property
    def next(self) -> Expected | None:
        """The next one that is expected."""
        return self.coming[0] if self.coming else None

    @property
    def ignored(self) -> bool:
        """Whether the person said that it is none."""
        return self.said.verdict is Verdict.IGNORED

    @property
    def live(self) -> bool:
        """Whether it still goes on."""
        return self.state is not State.ENDED and not self.ignored

    @property
    def mark(self) -> Mark:
        """By what it is known again."""
        anchors = tuple(Anchor(one.seq, one.on, one.amount) for one in self.occurrences[-MOST_ANCHORS:])
        return Mark(self.side, self.payee_key, self.currency, self.cadence.value, anchors)

    def to_come(self, today: date, end: date) -> list[Expected]:
        """What is expected from `today` on and before `end`."""
        return [one for one in self.coming if today <= one.on < end]

    def in_span(self, span: Span) -> list[Expected]:
        """What is expected on the days of a span."""
        return [one for one in self.coming if one.on in span]
