"""The rules on labelled payments: clearly better than both simpler programs, on each set, with the same rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks import risk
from tests.samples import sample


@pytest.mark.parametrize(
    ("path", "read"), [(risk.HANDBOOK, risk.handbook), (risk.SPARKOV, risk.sparkov)], ids=["handbook", "sparkov"]
)
def test_the_rules_find_more_and_sooner_than_a_threshold_and_than_a_z_score(
    path: str, read: Callable[[Path], list[risk.Labelled]]
) -> None:
    payments = read(sample(path))
    ours, *simpler = [risk.measure(payments, scores) for scores in risk.replayed(payments).values()]
    assert len(simpler) == 2
    for other in simpler:
        assert ours.recall > other.recall * 1.3
        assert ours.precision > other.precision * 1.3
        assert ours.area > other.area * 1.5
        assert ours.delay < other.delay


def test_a_payment_is_scored_by_what_was_before_it_alone() -> None:
    payments = risk.sparkov(sample(risk.SPARKOV))[:4_000]
    whole = risk.by_rules(payments)
    assert risk.by_rules(payments[:2_500]) == whole[:2_500]


def test_what_others_pay_elsewhere_changes_no_score() -> None:
    payments = risk.handbook(sample(risk.HANDBOOK))[:12_000]
    one = payments[0].who
    payees = {each.payee for each in payments if each.who == one}
    alone = [each for each in payments if each.who == one or each.payee in payees]
    scores = {each.id: score for each, score in zip(payments, risk.by_rules(payments), strict=True)}
    for each, score in zip(alone, risk.by_rules(alone), strict=True):
        if each.who == one:
            assert score == scores[each.id]
