"""What a classifier learns from: the words that ship with the program, and what one person corrected.

A row is looked at by its payee, its description and the source's own category as texts, and by a few values that
count as a whole: the payee without its branch, the source's category, the merchant category code, the size of the
amount.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Final, NamedTuple

from data.categories.facts import Facts
from data.categories.lexicon import Strength, look_up, words
from data.categories.taxonomy import CategoryKind
from data.categories.text import fold, normalise_payee

_SHIPPED: Final = 0.3  # how much a word of the lexicon counts beside one correction
_SHIPPED_PLATFORM: Final = 0.15  # a marketplace's name says little about what was bought there
_LATEST: Final = 2.0  # how much the latest correction of a payee counts …
_MOST_LOOKS: Final = 4_000  # different looks that are learnt from
_CACHED_TEXTS: Final = 65_536
_NUMBERS: Final = re.compile(r"[0-9]+")
# Descriptions that any row could have.
_SAYS_NOTHING: Final = frozenset({
    "商品", "商品购买", "消费", "商户消费", "支付", "付款", "收款", "扫码付款", "扫二维码付款", "二维码付款",
    "二维码收款", "收钱码收款", "转账", "订单", "订单号", "交易", "购买", "购物", "在线支付", "线上支付",
    "网上支付", "快捷支付", "条码支付", "移动支付", "微信支付", "支付宝", "支付宝支付", "银联支付", "payment",
    "purchase", "pos", "debit", "card", "order", "transaction", "sale",
})  # fmt: skip
_FADING: Final = 0.85  # … and by which share each one before it counts less


@dataclasses.dataclass(frozen=True, slots=True)
class Correction:
    """A row that the person put under a category, by hand."""

    facts: Facts
    category: str


class Look(NamedTuple):
    """What the classifier sees of a row: folded texts, and the size of its amount in powers of two."""

    payee: str
    description: str = ""
    source: str = ""
    mcc: str = ""
    key: str = ""
    size: int = 0


class Example(NamedTuple):
    """A look that belongs under a category; weight: how much it counts."""

    look: Look
    category: str
    weight: float


def look_of(facts: Facts) -> Look:
    """What the classifier sees of a row. A marketplace is no payee to learn from: what was bought there counts."""
    key = normalise_payee(facts.payee)
    sells = sells_everything(key)
    return Look(
        "" if sells else _without_numbers(facts.payee),
        _without_numbers(facts.description),
        fold(facts.source_category),
        facts.mcc,
        "" if sells else key,
        abs(facts.amount.minor).bit_length(),
    )


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def _without_numbers(text: str) -> str:
    """The folded text without the numbers of orders and shops, which make every row another.

    Nothing is left of a text that any row could have.
    """
    bare = _NUMBERS.sub("#", fold(text))
    return "" if bare.strip(" #-_:/：.") in _SAYS_NOTHING else bare


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def sells_everything(payee_key: str) -> bool:
    """Whether this normalised payee is a marketplace's name (淘宝, 京东商城) and little besides."""
    hit = look_up(payee_key, CategoryKind.EXPENSE)
    return hit is not None and hit.strength is Strength.PLATFORM and 2 * len(hit.word) >= len(payee_key)


@functools.cache
def shipped() -> tuple[Example, ...]:
    """The lexicon and the sources' own words as examples."""
    named = [
        Example(Look(hit.word), hit.category, _SHIPPED_PLATFORM if hit.strength is Strength.PLATFORM else _SHIPPED)
        for hit in words()
    ]
    path = resources.files("data.categories").joinpath("words", "sources.csv")
    said = [
        Example(Look("", fold(word), fold(word)), row["category"], _SHIPPED)
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        for word in row["words"].split("|")
    ]
    return (*named, *said)


def taught(corrections: Sequence[Correction]) -> tuple[Example, ...]:
    """Corrections, oldest first, as examples; equal looks are added up.

    The order among different payees makes no difference, except that of thousands the oldest looks are left out:
    training has to be done in a moment.
    """
    return summed(weighed(corrections))


def summed(examples: Sequence[Example]) -> tuple[Example, ...]:
    """Single corrections, as `weighed` gives them, with equal looks added up; the latest thousands of looks."""
    weights: defaultdict[tuple[Look, str], float] = defaultdict(float)
    for one in reversed(examples):
        look = one.look._replace(size=0)  # an amount tells rows of one payee apart (`choosing`), not payees
        if len(weights) < _MOST_LOOKS or (look, one.category) in weights:
            weights[look, one.category] += one.weight
    return tuple(Example(look, category, weight) for (look, category), weight in sorted(weights.items()))


def weighed(corrections: Sequence[Correction]) -> list[Example]:
    """Each correction as an example of its own, in the same order.

    Of one payee the later ones count more, so that a changed mind shows, and many count little more than a few, so
    that one payee does not drown the others.
    """
    later: defaultdict[str, int] = defaultdict(int)
    found = []
    for one in reversed(corrections):
        look = look_of(one.facts)
        payee = look.key or look.description or look.source
        found.append(Example(look, one.category, _LATEST * _FADING ** later[payee]))
        later[payee] += 1
    return found[::-1]


def distinct(looks: Iterable[Look]) -> tuple[list[Look], list[int]]:
    """The different looks in their order, and for each of `looks` which of them it is."""
    place: dict[Look, int] = {}
    which = [place.setdefault(look, len(place)) for look in looks]
    return list(place), which
