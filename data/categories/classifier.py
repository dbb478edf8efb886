"""A classifier of rows that learns in a moment: which category the pieces of a row speak for, how surely, and why.

Training counts, for each piece of the examples, how often it occurs under each category. A row is then put under the
category for which its known pieces speak most: each adds log(1 + count / expected), by the share of its occurrences
that are under this category, so that a piece seen everywhere (店, "and") says little. That is naive Bayes with two
changes: pieces that overlap count less (`pieces`), and what was never seen costs nothing.

How sure an answer is follows from two figures, its lead over the second category and which share of the row speaks
for it; the curve was fitted on words and payees that were held back (`tests/benchmarks/classifier.py` shows how well
it holds). Whose payees are not like that is measured too: each half of a person's corrections is guessed from the
other half, and where that goes wrong more often than the curve says, every answer is less sure, else surer.

Deterministic: the same corrections give the same numbers, in whatever order different payees come.
"""

from __future__ import annotations

import dataclasses
import functools
import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.categories.examples import Example, Look, shipped
from data.categories.features import Features, Field, features_of
from data.categories.pieces import Numbers, Places, Shares
from data.categories.taxonomy import OTHER_INCOME, UNCATEGORISED, Categories, CategoryKind

_EXPECTED: Final = 10.0  # occurrences that a category of average size is thought to have had before the first example
_BASE: Final = 2.0  # examples that every category is thought to have, so that a new one is not held impossible
_PRIOR_SAYS: Final = 0.3  # a category that is common is likelier, but what the row says counts more
_AT_ONCE: Final = 4_096  # rows scored together: rows times categories fit into the processor's cache
_CURVE: Final = (-1.38, 0.67, 2.49)  # how sure: constant, log(1 + lead), share of the row that speaks for it
_MOST_SHARE: Final = 0.6
_TRIED: Final = 1_000  # corrections by which a person's own reliability is measured
_TRUST: Final = 5.0  # corrections' worth of trust in the curve before any was tried
_WORTH_TRYING: Final = 0.4  # answers less sure than this would not be given anyway
_MOST_RELIABLE: Final = 1.25  # how much surer than the curve says an answer may be
_TELLING: Final = 0.02  # the share of a piece's occurrences below which a category is not worth the time
_LEFT_OPEN: Final = frozenset({UNCATEGORISED, OTHER_INCOME})


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What a classifier thinks of one row: a category, how sure in per cent (1 to 99), and what speaks for it most.

    field: where that stands; start, length: the piece of that text (0, 0 for whole values). taught: it is known from
    the person's corrections rather than from what ships. None of these three when nothing is known of the row.
    """

    category: str
    percent: int
    field: Field | None = None
    start: int = 0
    length: int = 0
    taught: bool = False


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Features by number, each with the categories it occurs under: entries `begins[i]` to `begins[i + 1]`.

    adds: what one occurrence in a row adds to the category's score; share: of the feature's occurrences that are the
    category's; taught: whether most of it comes from the person.
    """

    number: Numbers
    begins: Places
    category: Places
    adds: Shares
    share: Shares
    taught: NDArray[np.bool_]
    prior: Shares


class Classifier:
    """Learnt from what ships and from the examples of one person, for the categories that this person has."""

    def __init__(self, examples: Sequence[Example], categories: Categories) -> None:
        self._keys = tuple(categories)
        self._place = {key: number for number, key in enumerate(self._keys)}
        self._sides = {
            side: np.array([one.kind is side and one.key not in _LEFT_OPEN for one in categories.values()])
            for side in CategoryKind
        }
        known = [one for one in examples if one.category in categories]
        features = features_of([one.look for one in known])
        self._counts = self._count(features, known)
        tried = np.arange(max(0, len(known) - _TRIED), len(known))
        last = known[-_TRIED:]
        self.reliability = self._tried(_of_rows(features, tried), last, categories) if known else 1.0

    def answers(self, looks: Sequence[Look], side: CategoryKind) -> list[Answer]:
        """What it thinks of each row, all of one side of the books."""
        found: list[Answer] = []
        for at in range(0, len(looks), _AT_ONCE):
            found += self._asked(looks[at : at + _AT_ONCE], side)
        return found

    def _count(self, features: Features, examples: Sequence[Example]) -> _Counts:
        ours = _shipped()
        # A category that a person does not have is none of theirs: its words then speak for nothing.
        to_own = np.array([self._place.get(key, -1) for key in ours.keys], np.int64)
        category = np.array([self._place[one.category] for one in examples], np.int64)
        weight = np.array([one.weight for one in examples])
        size = np.bincount(category, weights=weight, minlength=len(self._keys)) + _BASE
        np.add.at(size, to_own[to_own >= 0], ours.size[to_own >= 0])
        named = np.concatenate([to_own[ours.category], category[features.row]])
        kept = np.flatnonzero(named >= 0)
        number = np.concatenate([ours.number, features.number])[kept]
        counted = np.concatenate([ours.count, weight[features.row]])[kept]
        return _counted(number, named[kept], counted, kept >= len(ours.number), size / size.sum())

    def _asked(self, looks: Sequence[Look], side: CategoryKind) -> list[Answer]:
        features = features_of(looks)
        scores, entries = _scores(self._counts, features, len(looks))
        best, lead, share = _best(scores, entries, features, self._sides[side])
        sure = _sure(lead, share) * self.reliability
        percent = np.clip(np.floor(np.round(sure * 100, 6)), 1, 99).astype(int)  # equal rows, equal per cent
        strongest = _strongest(entries, best, len(looks))
        return [
            _answer(self._keys[category], per, entries, features, entry)
            for category, per, entry in zip(best.tolist(), percent.tolist(), strongest.tolist(), strict=True)
        ]

    def _tried(self, features: Features, examples: Sequence[Example], categories: Categories) -> float:
        """How often answers about payees not seen before are right, beside how often the curve says."""
        half = np.array([_half(one) for one in examples])
        meant = np.array([self._place[one.category] for one in examples], np.int64)
        spends = np.array([categories[one.category].kind is CategoryKind.EXPENSE for one in examples])
        right, said = _TRUST, _TRUST
        for asked in (0, 1):
            learnt = np.flatnonzero(half != asked)
            counts = self._count(_of_rows(features, learnt), [examples[row] for row in learnt.tolist()])
            for side, mask in self._sides.items():
                rows = np.flatnonzero((half == asked) & (spends == (side is CategoryKind.EXPENSE)))
                theirs = _of_rows(features, rows)
                scores, entries = _scores(counts, theirs, len(rows))
                best, lead, share = _best(scores, entries, theirs, mask)
                sure = _sure(lead, share)
                counted = sure >= _WORTH_TRYING
                right += float(((best == meant[rows]) & counted).sum())
                said += float(sure[counted].sum())
        return min(_MOST_RELIABLE, right / said)


def _half(example: Example) -> int:
    """Which half an example is in, all of one payee in the same; a category of the source alone is in neither."""
    named = example.look.key or example.look.description
    return zlib.crc32(named.encode("utf-8", "surrogatepass")) % 2 if named else _IN_NEITHER


def _of_rows(features: Features, rows: Places) -> Features:
    """The features of these rows, which are numbered anew."""
    renumbered = np.full(int(features.row.max(initial=-1)) + 1, -1, np.int64)
    renumbered[rows[rows < len(renumbered)]] = np.flatnonzero(rows < len(renumbered))
    kept = features.only(np.flatnonzero(renumbered[features.row] >= 0))
    return dataclasses.replace(kept, row=renumbered[kept.row])


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    """Where features of rows meet categories: row, category, what is added there, and which feature and count it is."""

    row: Places
    category: Places
    adds: Shares
    share: Shares
    taught: NDArray[np.bool_]
    feature: Places


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Shipped:
    """What ships, counted once a process: features with a category (an index of `keys`), and the categories' sizes."""

    keys: tuple[str, ...]
    size: Shares
    number: Numbers
    category: Places
    count: Shares


@functools.cache
def _shipped() -> _Shipped:
    kept = shipped()
    features = features_of([one.look for one in kept])
    keys = tuple(dict.fromkeys(one.category for one in kept))
    category = np.array([keys.index(one.category) for one in kept], np.int64)
    weight = np.array([one.weight for one in kept])
    number, which = np.unique(features.number, return_inverse=True)
    pair, place = np.unique(which * len(keys) + category[features.row], return_inverse=True)
    count = np.bincount(place, weights=weight[features.row])
    size = np.bincount(category, weights=weight, minlength=len(keys))
    at, under = np.divmod(pair, len(keys))
    return _Shipped(keys, np.asarray(size, np.float64), number[at], under, np.asarray(count, np.float64))


def _counted(number: Numbers, category: Places, weight: Shares, own: NDArray[np.bool_], prior: Shares) -> _Counts:
    known, which = np.unique(number, return_inverse=True)
    pair, place = np.unique(which * len(prior) + category, return_inverse=True)
    count = np.bincount(place, weights=weight)
    theirs = np.bincount(place, weights=weight * own)
    feature, under = pair // len(prior), pair % len(prior)
    share = count / np.bincount(feature, weights=count)[feature]
    told = share >= _TELLING
    feature, under, count, theirs, share = (column[told] for column in (feature, under, count, theirs, share))
    return _Counts(
        number=known,
        begins=np.searchsorted(feature, np.arange(len(known) + 1)).astype(np.int64),
        category=under,
        adds=np.log1p(count / (_EXPECTED * prior[under])) * share,
        share=share,
        taught=theirs * 2 > count,
        prior=prior,
    )


def _scores(counts: _Counts, features: Features, rows: int) -> tuple[Shares, _Entries]:
    """Rows times categories, and what they are made of."""
    at = np.minimum(np.searchsorted(counts.number, features.number), len(counts.number) - 1)
    known = np.flatnonzero(counts.number[at] == features.number)
    at = at[known]
    many = counts.begins[at + 1] - counts.begins[at]
    before = np.cumsum(many) - many
    entry = np.repeat(counts.begins[at] - before, many) + np.arange(int(many.sum()))
    feature = np.repeat(known, many)
    row, category = features.row[feature], counts.category[entry]
    adds = counts.adds[entry] * features.says[feature]
    entries = _Entries(row, category, adds, counts.share[entry], counts.taught[entry], feature)
    wide = len(counts.prior)
    scores = np.bincount(row * wide + category, weights=adds, minlength=rows * wide).reshape(rows, wide)
    return scores + _PRIOR_SAYS * np.log(counts.prior), entries


def _best(
    scores: Shares, entries: _Entries, features: Features, allowed: NDArray[np.bool_]
) -> tuple[Places, Shares, Shares]:
    """For each row the best allowed category, its lead over the second, and which share of the row speaks for it."""
    rows = np.arange(len(scores))
    open_to = np.where(allowed, scores, -np.inf)
    best = open_to.argmax(axis=1)
    top = open_to[rows, best]
    open_to[rows, best] = -np.inf
    lead = np.minimum(top - open_to.max(axis=1), _FAR)
    mine = entries.category == best[entries.row]
    speaks = features.says[entries.feature] * entries.share * mine
    spoken = np.bincount(entries.row, weights=speaks, minlength=len(scores))
    counted = features.field <= int(Field.SOURCE)  # a payee that is new does not make its pieces less known …
    counted[entries.feature] = True  # … but one that is known makes them more so
    every = np.bincount(features.row, weights=features.says * counted, minlength=len(scores))
    return best, lead, spoken / np.maximum(every, _LEAST)


_IN_NEITHER: Final = 2
_FAR: Final = 99.0
_LEAST: Final = 1e-9


def _sure(lead: Shares, share: Shares) -> Shares:
    constant, by_lead, by_share = _CURVE
    says = constant + by_lead * np.log1p(lead) + by_share * np.minimum(share, _MOST_SHARE)
    return np.asarray(1 / (1 + np.exp(-says)))


def _strongest(entries: _Entries, best: Places, rows: int) -> Places:
    """For each row the entry that adds most to its best category; -1 where none does."""
    mine = np.flatnonzero(entries.category == best[entries.row])
    order = mine[np.lexsort((mine, -entries.adds[mine], entries.row[mine]))]
    row, first = np.unique(entries.row[order], return_index=True)
    strongest = np.full(rows, -1, np.int64)
    strongest[row] = order[first]
    return strongest


def _answer(category: str, percent: int, entries: _Entries, features: Features, entry: int) -> Answer:
    if entry < 0:
        return Answer(category, percent)
    at = int(entries.feature[entry])
    field, start, length = Field(int(features.field[at])), int(features.start[at]), int(features.length[at])
    return Answer(category, percent, field, start, length, bool(entries.taught[entry]))
