"""The pieces of texts that a classifier counts: runs of one to four characters, and whole Latin words.

Many texts are taken apart at once, without a loop over their characters: a hundred thousand rows of an import take as
long as a few hundred lines of Python would. A piece is known by a number of 64 bits that depends on its characters
only, so that the same piece is found again in another text without keeping any dictionary of strings.

The number of the piece between two places is read off one running sum over all texts (a polynomial in an odd base,
modulo 2^64): the difference of the sum at both ends, divided by the power of the base at the beginning.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]
Shares = NDArray[np.float64]

_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_LONGEST: Final = 4
_FIRST_HAN: Final = 0x2E80  # from here on characters are words by themselves: Han, kana, hangul
_WORD: Final = _LONGEST + 1  # the kind of piece that a whole word is; a run's kind is its length

# How much a piece of this length can say, tried on the shipped lexicon with a part of its words left out. Pieces of
# one text overlap, so they must not count as if each were a fact of its own; a whole Latin word says most.
_SAYS_HAN: Final = np.array([0.0, 0.3, 0.5, 0.6, 0.6])
_SAYS_LATIN: Final = np.array([0.0, 0.0, 0.0, 0.1, 0.2])
_WORD_SAYS: Final = 1.0
_SHORTEST_WORD: Final = 2
_FULL_WORD: Final = 4  # letters from which a word counts in full


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces of several texts, one of each kind per text: columns of one length.

    number: which piece; text: the index of the text it is in; start, length: where; says: how much it can say, above 0.
    """

    number: Numbers
    text: Places
    start: Places
    length: Places
    says: Shares


def pieces(texts: Sequence[str], field: int) -> Pieces:
    """Every piece of these folded texts. `field` keeps the pieces of one field of a row apart from another's."""
    codes, text, begins = _joined(texts)
    letter, latin = _letters(codes)
    sums, inverse = _sums(codes)
    ends_at = begins[1:][text]
    found = [_runs(length, codes, letter, ends_at) for length in range(1, _LONGEST + 1)]
    found.append(_words(latin))
    start = np.concatenate([places for places, _, _ in found])
    length = np.concatenate([lengths for _, lengths, _ in found])
    says = np.concatenate([shares for _, _, shares in found])
    kind = np.repeat(np.arange(1, _WORD + 1), [len(places) for places, _, _ in found])
    number = mixed((sums[start + length] - sums[start]) * inverse[start], field * 16 + kind)
    once = _first_of_each(number, text[start])
    start = start[once]
    return Pieces(number[once], text[start], start - begins[text[start]], length[once], says[once])


def mixed(number: Numbers, salt: int | Places) -> Numbers:
    """The numbers stirred with a salt, so that equal characters with another salt are another number."""
    stirred = (number ^ np.asarray(salt, np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
    stirred = (stirred ^ (stirred >> np.uint64(31))) * np.uint64(0x94D049BB133111EB)
    return stirred ^ (stirred >> np.uint64(29))


def wholes(texts: Sequence[str], field: int) -> Numbers:
    """The number of each text as a whole."""
    codes, _, begins = _joined(texts)
    sums, inverse = _sums(codes)
    return mixed((sums[begins[1:] - 1] - sums[begins[:-1]]) * inverse[begins[:-1]], field * 16)


def _joined(texts: Sequence[str]) -> tuple[Numbers, Places, Places]:
    """All characters in a row, a zero after each text; the text of each character; where each text begins."""
    joined = "".join(f"{text.translate(_NO_ZEROS)}\0" for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    zero = codes == 0
    after = np.cumsum(zero)
    begins = np.concatenate([[0], np.flatnonzero(zero) + 1])
    return codes, (after - zero).astype(np.int64), begins.astype(np.int64)


_NO_ZEROS: Final = {0: " "}


def _letters(codes: Numbers) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which characters are letters, and which of them Latin (or of another alphabet). Digits and signs are neither."""
    small = (codes >= ord("a")) & (codes <= ord("z"))
    alphabet = small | ((codes >= 0xC0) & (codes < 0x2000) & (codes != 0xD7) & (codes != 0xF7))  # noqa: PLR2004
    han = (codes >= _FIRST_HAN) & ~((codes >= 0x3000) & (codes <= 0x303F)) & (codes < 0xFE00)  # noqa: PLR2004
    return alphabet | han, alphabet


def _sums(codes: Numbers) -> tuple[Numbers, Numbers]:
    """The running sum before each place (one longer than `codes`), and what undoes the power of the base there."""
    powers = np.full(len(codes) + 1, _BASE, np.uint64)
    inverse = np.full(len(codes) + 1, _INVERSE, np.uint64)
    powers[0] = inverse[0] = 1
    powers, inverse = np.cumprod(powers, dtype=np.uint64), np.cumprod(inverse, dtype=np.uint64)
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes * powers[:-1], dtype=np.uint64, out=sums[1:])
    return sums, inverse


def _runs(length: int, codes: Numbers, letter: NDArray[np.bool_], ends_at: Places) -> tuple[Places, Places, Shares]:
    """Runs of so many characters within one text, from letter to letter: start, length, what they can say."""
    whole = np.flatnonzero(letter)
    whole = whole[whole + length < ends_at[whole]]
    whole = whole[letter[whole + length - 1]]
    says = np.where(codes[whole] >= _FIRST_HAN, _SAYS_HAN[length], _SAYS_LATIN[length])
    kept = says > 0
    return whole[kept], np.full(int(kept.sum()), length, np.int64), says[kept]


def _words(latin: NDArray[np.bool_]) -> tuple[Places, Places, Shares]:
    """Whole words of an alphabet."""
    edge = np.diff(np.concatenate([[False], latin, [False]]).astype(np.int8))
    start, end = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    length = (end - start).astype(np.int64)
    kept = length >= _SHORTEST_WORD
    start, length = start[kept], length[kept]
    return start, length, _WORD_SAYS * np.minimum(length, _FULL_WORD) / _FULL_WORD


def _first_of_each(number: Numbers, text: Places) -> Places:
    """The indexes of the first of equal pieces within each text."""
    _, first = np.unique(mixed(number, 1) + text.astype(np.uint64) * np.uint64(_BASE), return_index=True)
    return np.asarray(first, np.int64)
