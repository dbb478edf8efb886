"""What the sources' own words mean: category words of wallets and programs, and merchant category codes.

The words are those of Alipay, WeChat, JD, Meituan and of bookkeeping programs; the codes are ISO 18245.
A word that says nothing (其他, 商户消费, 退款) is not listed: then the lexicon and the default decide.
"""

from __future__ import annotations

import csv
import functools
from bisect import bisect_right
from importlib import resources

from data.categories.taxonomy import BUILT_IN, CategoryKind
from data.categories.text import fold


def by_source(word: str, side: CategoryKind) -> str | None:
    """The category that a source's own word means on this side of the books; None when it says nothing."""
    return _source_words().get((fold(word), side)) if word else None


@functools.cache
def _source_words() -> dict[tuple[str, CategoryKind], str]:
    """`words/sources.csv`: a category, then the words of the sources parted by `|`."""
    path = resources.files("data.categories").joinpath("words", "sources.csv")
    return {
        (fold(word), BUILT_IN[row["category"]].kind): row["category"]
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        for word in row["words"].split("|")
    }


def by_mcc(code: str) -> str | None:
    """The spending category of a merchant category code; None for one that says too little, or no code.

    Codes that several trades share (5814: quick food, but also cafés) give a top category, which a name can refine.
    """
    if len(code) != _MCC_DIGITS or not (code.isascii() and code.isdigit()):
        return None
    firsts, ranges = _mcc_ranges()
    last, category = ranges[bisect_right(firsts, code) - 1] if code >= firsts[0] else ("", "")
    return category if code <= last else None


_MCC_DIGITS = 4


@functools.cache
def _mcc_ranges() -> tuple[list[str], list[tuple[str, str]]]:
    """`words/mcc.csv`: ranges of codes, both ends included, ascending and apart."""
    path = resources.files("data.categories").joinpath("words", "mcc.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    return [row["first"] for row in rows], [(row["last"], row["category"]) for row in rows]
