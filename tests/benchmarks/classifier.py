"""How often categories are right without work: `python -m tests.benchmarks.classifier`.

For each data set, after 0, 50 and 200 corrections (as many as there are): the share of rows that get the right
category, and in brackets the share that gets any, by

- rules     what there was before: every correction is "always for this payee", else the lexicon and the source's word;
- taught    the same corrections as single corrections, with the classifier;
- always    "always for this payee" at every correction, with the classifier.

`new payees` is the same for rows whose payee was never corrected. `guesses` are the rows where the classifier decided,
with the share that is right; `offered` the suggestions below its threshold. A row that is asked was never taught; its
payee may have been. Then: how long training and sorting take.
"""

from __future__ import annotations

import dataclasses
import random
import sys
import time
from collections.abc import Sequence

from data.categories import (
    BUILT_IN,
    OTHER_INCOME,
    UNCATEGORISED,
    Book,
    CategoryKind,
    Facts,
    Reason,
    categorise,
    normalise_payee,
)
from data.categories.examples import Correction
from data.categories.learning import Learner, Sorted, sort_out
from data.categories.lexicon import words
from data.importers.statement import Kind
from data.money import Money
from tests.benchmarks.labelled import SEED, Labelled, data_sets

_STEPS = (0, 50, 200)
_OPEN = frozenset({UNCATEGORISED, OTHER_INCOME})


@dataclasses.dataclass(frozen=True)
class Score:
    """Shares of rows: with the right category, and with any."""

    right: float
    any: float

    def __str__(self) -> str:
        return f"{self.right:6.1%} ({self.any:4.0%})"


def score(got: Sequence[str], asked: Sequence[Correction]) -> Score:
    """How many of these categories are those of the rows."""
    count = max(1, len(asked))
    right = sum(category == one.category for category, one in zip(got, asked, strict=True))
    return Score(right / count, sum(category not in _OPEN for category in got) / count)


def by_rules(data: Labelled, taught: Sequence[Correction]) -> list[str]:
    """What each row got before there was a classifier."""
    found = (categorise(one.facts, book_of(data, taught)) for one in data.asked)
    return [verdict.category if verdict else "" for verdict in found]


def book_of(data: Labelled, taught: Sequence[Correction]) -> Book:
    """The corrections as "always for this payee": the last one of a payee counts."""
    learned = {key: one.category for one in taught if (key := normalise_payee(one.facts.payee))}
    return Book(learned=learned, categories=data.categories)


def by_classifier(data: Labelled, taught: Sequence[Correction], book: Book) -> list[Sorted]:
    """What each row gets with the classifier."""
    found = sort_out([one.facts for one in data.asked], book, Learner(taught, data.categories))
    return [one for one in found if one is not None]


def report(data: Labelled) -> None:
    """The lines of one data set."""
    sys.stdout.write(f"\n{data.name}: {len(data.asked)} rows asked, {len(data.taught)} to teach\n")
    for step in dict.fromkeys(min(step, len(data.taught)) for step in _STEPS):
        taught = data.taught[:step]
        rules = by_rules(data, taught)
        found = by_classifier(data, taught, Book(categories=data.categories))
        always = by_classifier(data, taught, book_of(data, taught))
        got = [one.verdict.category for one in found]
        known = {normalise_payee(one.facts.payee) for one in taught}
        new = [at for at, one in enumerate(data.asked) if normalise_payee(one.facts.payee) not in known - {""}]
        fresh = [data.asked[at] for at in new]
        sys.stdout.write(
            f"  {step:4}  rules {score(rules, data.asked)}  taught {score(got, data.asked)}"
            f"  always {score([one.verdict.category for one in always], data.asked)}\n"
            f"        new payees {len(new):5}: rules {score([rules[at] for at in new], fresh)}"
            f"  taught {score([got[at] for at in new], fresh)}\n"
            f"        {_guesses(data, found)}\n"
        )


def _guesses(data: Labelled, found: Sequence[Sorted]) -> str:
    pairs = list(zip(found, data.asked, strict=True))
    taken = [one.verdict.category == row.category for one, row in pairs if one.verdict.reason is Reason.GUESS]
    offered = [
        one.guess.category == row.category
        for one, row in pairs
        if one.guess is not None and one.verdict.reason is Reason.DEFAULT
    ]
    return f"guesses {_share(taken)}, offered {_share(offered)}"


def _share(hits: Sequence[bool]) -> str:
    return f"{len(hits)}, right {sum(hits) / len(hits):.0%}" if hits else "0"


def made_up(count: int) -> list[Correction]:
    """So many corrections, each of another payee."""
    dice = random.Random(SEED)  # noqa: S311 - names, no secret
    names = [hit.word for hit in words()]
    keys = [key for key, one in BUILT_IN.items() if one.kind is CategoryKind.EXPENSE]
    return [
        Correction(
            Facts(
                f"{dice.choice(names)}{dice.choice('东西南北中')}{at}号店",
                dice.choice(names),
                Kind.EXPENSE,
                Money(dice.randint(1, 99_999), "CNY"),
                source_category=dice.choice(("餐饮美食", "日用百货", "")),
            ),
            dice.choice(keys),
        )
        for at in range(count)
    ]


def speed(corrections: int = 10_000, rows: int = 100_000) -> None:
    """Seconds of work for training, and for sorting an import of whose rows nothing is known, the worst case."""
    _ = Learner(made_up(10)).classifier
    told = made_up(corrections)
    start = time.process_time()
    learner = Learner(told)
    learner.classifier.answers([], CategoryKind.EXPENSE)
    sys.stdout.write(
        f"\ntraining on {corrections:,} corrections of as many payees: {time.process_time() - start:.2f} s of work\n"
    )
    for payees in (7_000, rows):
        asked = unknown(rows, payees)
        for facts in asked:
            categorise(facts)  # texts are folded once, as reading an import has done before
        before, after = (_seconds(asked, one) for one in (None, learner))
        sys.stdout.write(
            f"sorting {rows:,} rows of {payees:,} unknown payees: {rows / before:,.0f} rows/s of work without, "
            f"{rows / after:,.0f} with the classifier\n"
        )


def unknown(rows: int, payees: int) -> list[Facts]:
    """So many purchases at so many shops of which no word is known, each under an order number of its own."""
    dice = random.Random(SEED + "rows")  # noqa: S311 - names, no secret
    names = ["".join(dice.choices("张王李赵陈鑫源福顺达康美味小大老阿珍强翠", k=5)) for _ in range(payees)]
    return [Facts(names[at % payees], f"订单{at}", Kind.EXPENSE, Money(at + 1, "CNY")) for at in range(rows)]


def _seconds(asked: Sequence[Facts], learner: Learner | None) -> float:
    start = time.process_time()
    sort_out(asked, Book(), learner)
    return time.process_time() - start


def main() -> None:
    """Every data set, then the times."""
    for data in data_sets():
        report(data)
    speed()


if __name__ == "__main__":
    main()
