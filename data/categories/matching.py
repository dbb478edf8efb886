"""Which rows a rule applies to.

A rule becomes one function over a row's facts. Texts are compared folded (NFKC, letter case and apostrophes aside),
and a text that many rows share is compared once.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from data.categories.facts import Facts
from data.categories.patterns import found, safe_regex
from data.categories.rules import (
    AmountCondition,
    DateCondition,
    DirectionCondition,
    Group,
    KindCondition,
    Match,
    Operator,
    Rule,
    Term,
    TextCondition,
    TextField,
    WeekdayCondition,
)
from data.categories.text import fold, normalise_payee

Test = Callable[[Facts], bool]


def matcher_of(rule: Rule) -> Test:
    """The rule's conditions as one function over a row's facts, whether the rule is active or not."""
    return _joined(rule.conditions, rule.match)


def matches(rule: Rule, facts: Facts) -> bool:
    """Whether the rule's conditions hold for this row, be it active or not."""
    return matcher_of(rule)(facts)


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The active rules as they are asked: by priority, lower first, then id."""
    return tuple(sorted((rule for rule in rules if rule.active), key=lambda rule: (rule.priority, rule.id)))


def first_match(rules: Iterable[Rule], facts: Facts) -> Rule | None:
    """The first active rule, by priority and id, that holds for this row."""
    return next((rule for rule in in_order(rules) if matches(rule, facts)), None)


def count_hits(rule: Rule, rows: Sequence[Facts]) -> int:
    """How many of these rows the rule would apply to; for the preview over everything a person has."""
    return sum(map(matcher_of(rule), rows))


def asks_when_or_how_much(rule: Rule) -> bool:
    """Whether the rule looks at the amount or the day of a row."""
    return any(map(_asks_when_or_how_much, rule.conditions))


def _asks_when_or_how_much(term: Term) -> bool:
    if isinstance(term, Group):
        return any(map(_asks_when_or_how_much, term.terms))
    return isinstance(term, AmountCondition | WeekdayCondition | DateCondition)


def _joined(terms: tuple[Term, ...], match: Match) -> Test:
    tests = [_test(term) for term in terms]
    if len(tests) == 1:
        return tests[0]
    every = match is Match.ALL

    def test(facts: Facts) -> bool:
        for one in tests:  # a loop rather than all(): half the cost on a hundred thousand rows
            if one(facts) is not every:
                return not every
        return every

    return test


def _test(term: Term) -> Test:  # noqa: PLR0911 - one return per kind of term
    match term:
        case Group():
            joined = _joined(term.terms, term.match)
            return (lambda facts: not joined(facts)) if term.negated else joined
        case TextCondition():
            return _text_test(term)
        case AmountCondition():
            return _amount_test(term)
        case KindCondition():
            kinds = frozenset(term.kinds)
            return lambda facts: facts.kind in kinds
        case DirectionCondition():
            return lambda facts: facts.direction is term.direction
        case WeekdayCondition():
            days = frozenset(term.weekdays)
            return lambda facts: facts.booked_on is not None and facts.booked_on.isoweekday() in days
        case DateCondition():
            return _date_test(term)
        case _:
            assert_never(term)


def _amount_test(condition: AmountCondition) -> Test:
    currency = condition.currency
    least = 0 if condition.at_least is None else condition.at_least
    most = condition.at_most

    def test(facts: Facts) -> bool:
        size = abs(facts.amount.minor)
        return facts.amount.currency == currency and size >= least and (most is None or size <= most)

    return test


def _date_test(condition: DateCondition) -> Test:
    start, end = condition.start, condition.end

    def test(facts: Facts) -> bool:
        day = facts.booked_on
        return day is not None and (start is None or day >= start) and (end is None or day < end)

    return test


_TEXTS: dict[TextField, tuple[Callable[[Facts], str], ...]] = {
    TextField.PAYEE: (operator.attrgetter("payee"),),
    TextField.PAYEE_KEY: (lambda facts: normalise_payee(facts.payee),),
    TextField.DESCRIPTION: (operator.attrgetter("description"),),
    TextField.ANYWHERE: (operator.attrgetter("payee"), operator.attrgetter("description")),
    TextField.METHOD: (operator.attrgetter("method"),),
    TextField.ACCOUNT: (operator.attrgetter("account_key"),),
    TextField.SOURCE: (operator.attrgetter("source"),),
    TextField.SOURCE_CATEGORY: (operator.attrgetter("source_category"),),
    TextField.MCC: (operator.attrgetter("mcc"),),
}


def _text_test(condition: TextCondition) -> Test:
    compare = _comparison(condition)
    getters = _TEXTS[condition.field]
    known: dict[str, bool] = {}  # lives as long as the built rule

    def test(facts: Facts) -> bool:
        for text_of in getters:
            text = text_of(facts)
            answer = known.get(text)
            if answer is None:
                answer = known[text] = compare(text)
            if answer:
                return True
        return False

    return test


def _comparison(condition: TextCondition) -> Callable[[str], bool]:
    """How one text is compared; the condition's own text is folded once."""
    wanted = fold(condition.text)
    match condition.operator:
        case Operator.CONTAINS:
            return lambda text: wanted in fold(text)
        case Operator.EQUALS:
            return lambda text: wanted == fold(text)
        case Operator.STARTS:
            return lambda text: fold(text).startswith(wanted)
        case Operator.REGEX:
            regex = safe_regex(condition.text)
            return lambda text: found(regex, text)
        case _:
            assert_never(condition.operator)
