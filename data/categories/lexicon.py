"""Which category a merchant's name or a trade word stands for, where nobody has taught anything.

Three strengths: a **name** (瑞幸, Starbucks) says most, a **trade** word (火锅, pharmacy) what kind of place it is, a
**platform** (淘宝, 万象城) only where it was bought. A word within a longer one does not count. The stronger word wins,
among equals the one for a subcategory, then the longest, then for names the first and for trades the last:
`医院停车场` is a car park.

A text is looked through once. Words begin in an index by their first two characters, so the cost grows with the
text, not with the lexicon. Latin words count only as whole words: `shell` is not in `shelley`, but is in `shell123`.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import IntEnum
from importlib import resources

from data.categories.taxonomy import BUILT_IN, CategoryKind
from data.categories.text import fold

_CACHED_TEXTS = 65_536
_HEAD = 2  # characters of a word that the index is keyed on; no word is shorter


class Strength(IntEnum):
    """How much a word says; the higher beats the lower."""

    PLATFORM = 0
    TRADE = 1
    NAME = 2


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """A word of the lexicon that occurs in a text."""

    word: str
    category: str
    strength: Strength


Index = Mapping[str, tuple[Hit, ...]]


def look_up(text: str, side: CategoryKind) -> Hit | None:
    """The word that says most about this text, among those of one side of the books; None when none occurs."""
    return _look_up(text, side) if text else None


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def _look_up(text: str, side: CategoryKind) -> Hit | None:
    found = list(_occurrences(fold(text), _index(side)))
    outermost = [one for one in found if not any(_covers(other, one) for other in found)]
    return max(outermost, key=_says)[1] if outermost else None


def _covers(longer: tuple[int, Hit], shorter: tuple[int, Hit]) -> bool:
    """Whether one occurrence lies within a longer one: 电费 within 水电费 says nothing of its own."""
    start, hit = longer
    at, inner = shorter
    return len(hit.word) > len(inner.word) and start <= at and at + len(inner.word) <= start + len(hit.word)


def _says(occurrence: tuple[int, Hit]) -> tuple[int, bool, int, int]:
    """How much an occurrence says: the larger, the more."""
    at, hit = occurrence
    is_fine = BUILT_IN[hit.category].parent is not None
    return hit.strength, is_fine, len(hit.word), at if hit.strength is Strength.TRADE else -at


def _occurrences(text: str, index: Index) -> Iterator[tuple[int, Hit]]:
    for at in range(len(text) - _HEAD + 1):
        hits = index.get(text[at : at + _HEAD])
        if hits is None or _continues(text, at):
            continue
        for hit in hits:
            if text.startswith(hit.word, at) and not _continues(text, at + len(hit.word)):
                yield at, hit


def _continues(text: str, at: int) -> bool:
    """Whether a Latin word or a number goes on across this place."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if not (before.isascii() and after.isascii()):
        return False
    return (before.isalpha() and after.isalpha()) or (before.isdigit() and after.isdigit())


@functools.cache
def _index(side: CategoryKind) -> Index:
    heads: dict[str, list[Hit]] = defaultdict(list)
    for hit in words():
        if BUILT_IN[hit.category].kind is side:
            heads[hit.word[:_HEAD]].append(hit)
    return {head: tuple(hits) for head, hits in heads.items()}


@functools.cache
def words() -> tuple[Hit, ...]:
    """The whole lexicon as shipped: `words/names.csv`, `trades.csv`, `platforms.csv`."""
    return tuple(itertools.chain.from_iterable(map(_read, Strength)))


def _read(strength: Strength) -> list[Hit]:
    """One file: a category, then its words parted by spaces; an underscore is a space within a word."""
    path = resources.files("data.categories").joinpath("words", f"{strength.name.lower()}s.csv")
    return [
        Hit(fold(word.replace("_", " ")), row["category"], strength)
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        for word in row["words"].split()
    ]
