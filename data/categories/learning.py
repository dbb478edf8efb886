"""What a person's corrections of single rows say about rows to come, and what a classifier thinks where nobody knows.

After `categorise` has spoken, and only where neither a rule nor "always for this payee" did:

- a payee that the person put under a category by hand has that category again (`corrected`), also where the lexicon
  knows the merchant in another spelling; where the person chose several for it, the one that the row speaks for
  most. A marketplace, which sells everything, is known again only by payee and description together;
- what is still uncategorised, or only guessed from a weak word or the source's own category, is put where the
  classifier thinks, if it is sure enough (`guess`). Against a weak word only what the person taught counts, because
  what ships has spoken already;
- below that, the classifier's thought is offered, not taken.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from data.categories.categorise import Book, Reason, Verdict, categorise, side_of
from data.categories.choosing import choose
from data.categories.classifier import Answer, Classifier
from data.categories.examples import Correction, Example, Look, distinct, look_of, sells_everything, summed, weighed
from data.categories.facts import Facts
from data.categories.features import Field, text_of
from data.categories.lexicon import Strength, look_up
from data.categories.taxonomy import BUILT_IN, Categories, CategoryKind
from data.categories.text import fold, normalise_payee
from data.importers.statement import Kind

TAKEN_FROM: Final = 60  # per cent from which a thought is taken where nothing is known …
TAKEN_AGAINST: Final = 75  # … and where a weak word says otherwise
OFFERED_FROM: Final = 40  # per cent from which it is worth showing
Payee = tuple[CategoryKind, str, str]  # side, name, and of a marketplace what was bought
_SPELLINGS: Final = "\0"  # in the third place: every spelling of a merchant that the lexicon knows
_SETTLED: Final = frozenset({Reason.RULE, Reason.LEARNED})
_WEAK: Final = frozenset({Reason.DEFAULT, Reason.SOURCE})


@dataclasses.dataclass(frozen=True, slots=True)
class Guess:
    """What the classifier thinks: a category, how sure in per cent, and the words it goes by.

    because: a piece of the payee or the description, the source's own category, or a merchant category code. taught:
    the person's corrections say so rather than what ships.
    """

    category: str
    percent: int
    because: str
    field: Field
    taught: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Sorted:
    """Where a row goes and why; guess: what was taken when the reason is `guess`, else what may be offered."""

    verdict: Verdict
    guess: Guess | None = None


class Learner:
    """What one person's corrections teach, oldest first, for the categories that may be chosen."""

    def __init__(self, corrections: Sequence[Correction], categories: Categories = BUILT_IN) -> None:
        self._known = [one for one in corrections if one.category in categories]
        self._categories = categories
        self._chosen: dict[Payee, list[Example]] = defaultdict(list)
        self._weighed = weighed(self._known)
        for one, example in zip(self._known, self._weighed, strict=True):
            for payee in _payees(one.facts):
                if payee[0] is categories[one.category].kind:
                    self._chosen[payee].append(example)

    @property
    def asks_how_much(self) -> bool:
        """Whether amounts tell rows with equal texts apart: only where the person has corrected something."""
        return bool(self._chosen)

    @functools.cached_property
    def classifier(self) -> Classifier:
        """Trained when it is first asked."""
        return Classifier(summed(self._weighed), self._categories)

    def corrected(self, rows: Mapping[int, Facts]) -> dict[int, Verdict]:
        """By number of the row what the person chose for its payee; without those of payees not known by hand."""
        met: dict[Payee, list[int]] = defaultdict(list)
        for row, facts in rows.items() if self._chosen else ():
            payee = next((one for one in _payees(facts) if one in self._chosen), None)
            if payee is not None:
                met[payee].append(row)
        found: dict[int, Verdict] = {}
        for payee, places in met.items():
            looks, which = distinct(look_of(rows[row]) for row in places)
            chosen = choose(looks, self._chosen[payee], by_payee=payee[2] == _SPELLINGS)
            made = [Verdict(category, Reason.CORRECTED, payee[1]) for category in chosen]
            found |= {row: made[at] for row, at in zip(places, which, strict=True)}
        return found

    def guesses(self, rows: Sequence[Facts], side: CategoryKind) -> list[Guess | None]:
        """What the classifier thinks of each row; None where it knows nothing of it."""
        looks, which = distinct(look_of(facts)._replace(size=0) for facts in rows)
        answers = self.classifier.answers(looks, side)
        made = [_guess(look, answer) for look, answer in zip(looks, answers, strict=True)]
        return [made[place] for place in which]


def sort_out(rows: Sequence[Facts], book: Book, learner: Learner | None) -> list[Sorted | None]:
    """Where each row goes and why; None for kinds that have no category (transfer, adjustment)."""
    found = [Sorted(verdict) if (verdict := categorise(facts, book)) else None for facts in rows]
    if learner is None:
        return found
    asked = {
        row: facts
        for row, (facts, one) in enumerate(zip(rows, found, strict=True))
        if one is not None and one.verdict.reason not in _SETTLED and facts.kind is not Kind.FEE
    }
    chosen = learner.corrected(asked)
    for row, verdict in chosen.items():
        found[row] = Sorted(verdict)
    for side in CategoryKind:
        weak = [
            row
            for row, facts in asked.items()
            if row not in chosen and side_of(facts.kind) is side and is_weak(facts, found[row], side)
        ]
        for row, guess in zip(weak, learner.guesses([rows[row] for row in weak], side), strict=True):
            found[row] = _weighed(found[row], guess)
    return found


def is_weak(facts: Facts, found: Sorted | None, side: CategoryKind) -> bool:
    """Whether what was found is no more than a default, the source's own word, a trade or a marketplace."""
    if found is None:
        return False
    verdict = found.verdict
    if verdict.reason is not Reason.LEXICON:
        return verdict.reason in _WEAK
    hits = (look_up(text, side) for text in (normalise_payee(facts.payee), facts.payee, facts.description))
    return not any(hit and hit.word == verdict.evidence and hit.strength is Strength.NAME for hit in hits)


def _weighed(one: Sorted | None, guess: Guess | None) -> Sorted | None:
    """The guess taken, offered or left."""
    if one is None or guess is None or guess.category == one.verdict.category:
        return one
    unknown = one.verdict.reason is Reason.DEFAULT
    if (unknown and guess.percent >= TAKEN_FROM) or (guess.taught and guess.percent >= TAKEN_AGAINST):
        return Sorted(Verdict(guess.category, Reason.GUESS, guess.because), guess)
    return Sorted(one.verdict, guess) if unknown and guess.percent >= OFFERED_FROM else one


def _payees(facts: Facts) -> list[Payee]:
    """What a payee is known again by: its name as it is written, then the merchant of the lexicon that it names.

    Card statements write one merchant in many ways. A marketplace is known by name and description together.
    """
    payee, side = normalise_payee(facts.payee), side_of(facts.kind)
    if not payee or side is None:
        return []
    if sells_everything(payee):
        return [(side, payee, fold(facts.description))]
    hit = look_up(payee, side) or look_up(facts.payee, side)
    named = [(side, hit.word, _SPELLINGS)] if hit is not None and hit.strength is Strength.NAME else []
    return [(side, payee, ""), *named]


def _guess(look: Look, answer: Answer) -> Guess | None:
    if answer.field is None:
        return None
    text = text_of(look, answer.field)
    said = _readable(text, answer.start, answer.start + answer.length) if answer.length else text
    return Guess(answer.category, answer.percent, said, answer.field, answer.taught)


def _readable(text: str, start: int, end: int) -> str:
    """The piece with the rest of the Latin word it is part of."""
    while start > 0 and _goes_on(text[start - 1], text[start]):
        start -= 1
    while end < len(text) and _goes_on(text[end - 1], text[end]):
        end += 1
    return text[start:end].strip()


def _goes_on(before: str, after: str) -> bool:
    return all(one.isalpha() and ord(one) < _FIRST_HAN for one in (before, after))


_FIRST_HAN: Final = 0x2E80
