"""Which category a row gets, and why, when nobody has looked at it yet.

The first that knows an answer wins:

1. `rule`     the person's rules, in their order;
2. `learned`  what the person chose for this payee before;
3. `mcc`      the merchant category code; a merchant name may choose a child within its category;
4. `lexicon`  the built-in words, on the payee, then on the description. What the payee is called overrides the
              source's category, unless it is as coarse (`大学` against 餐饮美食); what the description says only
              refines it, or stands in where there is none. The name of a marketplace or a mall (淘宝, 万象城)
              says so little that it comes after the source;
5. `source`   the source's own category;
6. `default`  uncategorised spending, other income.

A category of the wrong side of the books is passed over: money that comes in from a café is not coffee. Transfers
and adjustments have no category. A fee is a bank fee unless a rule says otherwise. A refund is treated like the
purchase it takes back; where the purchase is known, the store takes that purchase's category instead.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from data.categories.facts import Facts
from data.categories.lexicon import Hit, Strength, look_up
from data.categories.matching import Test, asks_when_or_how_much, in_order, matcher_of
from data.categories.rules import Action, KindCondition, Operator, Rule, TextCondition, TextField
from data.categories.sources import by_mcc, by_source
from data.categories.taxonomy import (
    BANK_FEES,
    BUILT_IN,
    OTHER_INCOME,
    UNCATEGORISED,
    Categories,
    Category,
    CategoryKind,
    is_within,
)
from data.categories.text import normalise_payee
from data.importers.statement import Kind


class Reason(StrEnum):
    """Which step decided. `corrected` and `guess` are what `learning` adds."""

    RULE = "rule"
    LEARNED = "learned"
    CORRECTED = "corrected"
    MCC = "mcc"
    LEXICON = "lexicon"
    SOURCE = "source"
    GUESS = "guess"
    DEFAULT = "default"


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """A category's key, the step that chose it, and its evidence.

    evidence: the rule's id, the normalised payee, the code, the word found, the source's word; empty for a default.
    """

    category: str
    reason: Reason
    evidence: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Book:
    """What one person has taught: rules, corrections (normalised payee → category), and their categories."""

    rules: tuple[Rule, ...] = ()
    learned: Mapping[str, str] = dataclasses.field(default_factory=dict)
    categories: Categories = dataclasses.field(default_factory=lambda: BUILT_IN)
    _asked: tuple[tuple[Rule, Test], ...] = dataclasses.field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        asked = tuple((rule, matcher_of(rule)) for rule in in_order(self.rules))
        object.__setattr__(self, "_asked", asked)

    @property
    def asks_when_or_how_much(self) -> bool:
        """Whether a rule looks at the amount or the day: only then are rows with equal texts not all one."""
        return any(map(asks_when_or_how_much, self.rules))

    def applying(self, facts: Facts) -> Iterator[Rule]:
        """The active rules that hold for this row, in the order they are asked."""
        return (rule for rule, applies in self._asked if applies(facts))

    @property
    def says_more(self) -> bool:
        """Whether a rule says anything besides a category."""
        return any(one.action.payee or one.action.tags or one.action.exclude or one.action.note for one in self.rules)

    def said_about(self, facts: Facts, *, noted: bool) -> dict[str, Any]:
        """What the rules say of this row besides the category, by an annotation's field; nothing: {}.

        Of several the first name and note count, tags add up; `by` names the first rule that spoke. noted: it has a
        note of its own already.
        """
        said: dict[str, Any] = {}
        for rule in self.applying(facts):
            act = rule.action
            if act.payee:
                said.setdefault("payee", {"name": act.payee, "key": normalise_payee(act.payee)})
            if act.tags:
                said["tags"] = list(dict.fromkeys([*said.get("tags", []), *act.tags]))
            if act.exclude:
                said["excluded"] = True
            if act.note and not noted:
                said.setdefault("note", act.note)
            if said:
                said.setdefault("by", rule.id)
        return said


EMPTY_BOOK = Book()

_SIDES = {
    Kind.EXPENSE: CategoryKind.EXPENSE,
    Kind.REFUND: CategoryKind.EXPENSE,
    Kind.FEE: CategoryKind.EXPENSE,
    Kind.INCOME: CategoryKind.INCOME,
}


def side_of(kind: Kind) -> CategoryKind | None:
    """Which categories a row of this kind may have; None when it has none."""
    return _SIDES.get(kind)


def categorise(facts: Facts, book: Book = EMPTY_BOOK) -> Verdict | None:
    """The category of a row with its reason; None for a kind that has no category (transfer, adjustment)."""
    side = side_of(facts.kind)
    if side is None:
        return None
    for verdict in _candidates(facts, book, side):
        category = book.categories.get(verdict.category)
        if category is not None and category.kind is side:
            return verdict
    return Verdict(UNCATEGORISED if side is CategoryKind.EXPENSE else OTHER_INCOME, Reason.DEFAULT)


def _candidates(facts: Facts, book: Book, side: CategoryKind) -> Iterator[Verdict]:
    """Every answer there is, best first; also of the wrong side, and of categories that are gone."""
    for rule in book.applying(facts):
        if rule.action.category:
            yield Verdict(rule.action.category, Reason.RULE, rule.id)
    if facts.kind is Kind.FEE:
        yield Verdict(BANK_FEES, Reason.DEFAULT)
        return
    payee = normalise_payee(facts.payee)
    if payee and (learned := book.learned.get(payee)):
        yield Verdict(learned, Reason.LEARNED, payee)
    words = _words(facts, payee, side)
    if code := by_mcc(facts.mcc):
        yield from (_by_word(word) for word in words if _refines(word, code))
        yield Verdict(code, Reason.MCC, facts.mcc)
    yield from _by_words(words, by_source(facts.source_category, side), facts.source_category)


@dataclasses.dataclass(frozen=True, slots=True)
class _Word:
    """A lexicon word found, and whether the payee carries it."""

    hit: Hit
    in_payee: bool

    @property
    def is_coarse(self) -> bool:
        """Whether it is a trade word for a top category, which says no more than a source's own category."""
        return self.hit.strength is Strength.TRADE and BUILT_IN[self.hit.category].parent is None


def _words(facts: Facts, payee: str, side: CategoryKind) -> list[_Word]:
    """Words of this side: the payee's (with its branch only if it says nothing else), then the description's."""
    in_payee = look_up(payee, side) or look_up(facts.payee, side)
    in_description = look_up(facts.description, side)
    return [_Word(hit, hit is in_payee) for hit in (in_payee, in_description) if hit is not None]


def _by_word(word: _Word) -> Verdict:
    return Verdict(word.hit.category, Reason.LEXICON, word.hit.word)


def _by_words(words: list[_Word], source: str | None, source_word: str) -> Iterator[Verdict]:
    """Words and the source's category, the one that says more first."""
    payees = [word for word in words if word.in_payee and word.hit.strength > Strength.PLATFORM]
    descriptions = [word for word in words if not word.in_payee and word.hit.strength > Strength.PLATFORM]
    for word in payees:
        yield from (_by_word(finer) for finer in descriptions if _refines(finer, word.hit.category))
        if source is None or not word.is_coarse:
            yield _by_word(word)
    yield from (_by_word(word) for word in descriptions if source is None or _refines(word, source))
    if source is not None:
        yield Verdict(source, Reason.SOURCE, source_word)
    yield from (_by_word(word) for word in words if word.hit.strength is Strength.PLATFORM)


def _refines(word: _Word, category: str) -> bool:
    """Whether the word's category is a child of this one."""
    return word.hit.category != category and is_within(word.hit.category, category)


def suggest_always(payee: str, category: Category, rule_id: str) -> Rule:
    """The rule that "always for this payee" offers: rows of the category's side whose normalised payee is this one.

    Named after the payee, and asked before the rules that have the usual priority.

    Raises:
        RuleInvalid: for a payee without text, or one too long.
    """
    kinds = tuple(kind for kind, side in _SIDES.items() if side is category.kind and kind is not Kind.FEE)
    same_payee = TextCondition(TextField.PAYEE_KEY, Operator.EQUALS, normalise_payee(payee))
    return Rule(
        id=rule_id,
        name=payee.strip(),
        conditions=(same_payee, KindCondition(kinds)),
        action=Action(category=category.key),
        priority=-1,
    )
