"""What a rule may say, which rows it applies to, and that it survives being written down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.categories import (
    Action,
    AmountCondition,
    DateCondition,
    DirectionCondition,
    Facts,
    Group,
    KindCondition,
    Match,
    Operator,
    Rule,
    RuleInvalid,
    Term,
    TextCondition,
    TextField,
    WeekdayCondition,
    count_hits,
    first_match,
    from_json,
    matches,
    normalise_payee,
    to_json,
)
from data.categories.patterns import LONGEST_TEXT, safe_regex
from data.categories.text import fold
from data.importers.statement import Direction, Kind
from data.money import Money
from tests.data.categories import strategies

COFFEE = Facts(
    payee="瑞幸咖啡",
    description="拿铁 大杯",
    kind=Kind.EXPENSE,
    amount=Money(1990, "CNY"),
    method="工商银行(1234)",
    account_key="card:工商银行:1234",
    direction=Direction.OUT,
    booked_on=date(2026, 10, 4),  # a Sunday
)


def payee(text: str, operator: Operator = Operator.CONTAINS) -> TextCondition:
    return TextCondition(TextField.PAYEE, operator, text)


def rule(*conditions: Term, match: Match = Match.ALL) -> Rule:
    return Rule("r", "rule", conditions, Action(category="coffee"), match)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (payee("瑞幸"), True),
        (payee("星巴克"), False),
        (payee("瑞幸咖啡", Operator.EQUALS), True),
        (payee("瑞幸", Operator.EQUALS), False),
        (payee("咖啡", Operator.STARTS), False),
        (payee("^瑞幸.*啡$", Operator.REGEX), True),
        (TextCondition(TextField.ANYWHERE, Operator.CONTAINS, "拿铁"), True),
        (TextCondition(TextField.METHOD, Operator.CONTAINS, "工商银行（1234）"), True),
        (TextCondition(TextField.ACCOUNT, Operator.EQUALS, "card:工商银行:1234"), True),
        (AmountCondition("CNY", 1990, 1990), True),
        (AmountCondition("CNY", 1991), False),
        (AmountCondition("CNY", None, 1989), False),
        (AmountCondition("USD", 0), False),
        (KindCondition((Kind.INCOME, Kind.EXPENSE)), True),
        (KindCondition((Kind.INCOME,)), False),
        (DirectionCondition(Direction.OUT), True),
        (WeekdayCondition((6, 7)), True),
        (WeekdayCondition((1,)), False),
        (DateCondition(date(2026, 10, 4), date(2026, 10, 5)), True),
        (DateCondition(None, date(2026, 10, 4)), False),
        (Group((payee("星巴克"), payee("瑞幸")), Match.ANY), True),
        (Group((payee("星巴克"), payee("瑞幸")), Match.ALL), False),
        (Group((payee("星巴克"),), negated=True), True),
    ],
)
def test_a_condition_holds_for_a_row_or_not(condition: Term, holds: bool) -> None:  # noqa: FBT001 - a table's column
    assert matches(rule(condition), COFFEE) is holds


def test_all_or_any_of_the_conditions_must_hold_also_in_groups() -> None:
    either = Group((payee("星巴克"), payee("瑞幸")), Match.ANY)
    dear, cheap = AmountCondition("CNY", 5000), AmountCondition("CNY", None, 2000)
    assert matches(rule(either, cheap), COFFEE)
    assert not matches(rule(either, dear), COFFEE)
    assert matches(rule(payee("星巴克"), Group((either, cheap)), match=Match.ANY), COFFEE)


def test_what_is_not_known_of_a_row_does_not_match() -> None:
    bare = Facts("瑞幸", "", Kind.EXPENSE, Money(1, "CNY"))
    for condition in (
        DirectionCondition(Direction.OUT),
        WeekdayCondition((1, 2, 3, 4, 5, 6, 7)),
        DateCondition(date(1990, 1, 1)),
    ):
        assert not matches(rule(condition), bare)


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda: payee(" "), "text_empty"),
        (lambda: payee("x" * 201), "text_too_long"),
        (lambda: payee("(a+)+", Operator.REGEX), "nested_repeat"),
        (lambda: payee("(", Operator.REGEX), "syntax"),
        (lambda: AmountCondition("CNY"), "amount_range"),
        (lambda: AmountCondition("CNY", 2, 1), "amount_range"),
        (lambda: AmountCondition("CNY", -1), "amount_range"),
        (lambda: AmountCondition("XYZ", 1), "currency_unknown"),
        (lambda: KindCondition(()), "kinds_empty"),
        (lambda: WeekdayCondition((0,)), "weekdays"),
        (lambda: WeekdayCondition(()), "weekdays"),
        (DateCondition, "date_range"),
        (lambda: DateCondition(date(2026, 1, 1), date(2026, 1, 1)), "date_range"),
        (lambda: Group(()), "no_terms"),
        (Action, "no_action"),
        (rule, "no_terms"),
        (lambda: rule(*[payee("x")] * 51), "too_many_terms"),
        (lambda: rule(_nested(5)), "too_deep"),
        (lambda: Rule("r", " ", (payee("x"),), Action(exclude=True)), "name_missing"),
    ],
)
def test_a_rule_that_cannot_stand_is_refused_with_the_reason(build: Callable[[], object], reason: str) -> None:
    with pytest.raises(RuleInvalid) as refused:
        build()
    assert refused.value.reason == reason


def _nested(depth: int) -> Term:
    return payee("x") if depth == 0 else Group((_nested(depth - 1),))


def test_four_groups_deep_is_allowed() -> None:
    assert matches(rule(_nested(4)), Facts("x", "", Kind.EXPENSE, Money(1, "CNY")))


def test_the_first_active_rule_by_priority_is_the_match() -> None:
    late = Rule("a", "late", (payee("瑞幸"),), Action(exclude=True), priority=2)
    idle = Rule("b", "idle", (payee("瑞幸"),), Action(exclude=True), priority=0, active=False)
    soon = Rule("c", "soon", (payee("瑞幸"),), Action(exclude=True), priority=1)
    assert first_match((late, idle, soon), COFFEE) is soon
    assert first_match((idle,), COFFEE) is None


@given(strategies.rules)
def test_a_rule_written_down_is_read_back_equal(original: Rule) -> None:
    assert from_json(to_json(original)) == original


@given(strategies.rules, st.lists(strategies.facts, max_size=12))
def test_hits_are_those_that_a_naive_reading_of_the_conditions_finds(asked: Rule, rows: list[Facts]) -> None:
    expected = [_all_or_any(asked.conditions, asked.match, facts) for facts in rows]
    assert [matches(asked, facts) for facts in rows] == expected
    assert count_hits(asked, rows) == sum(expected)


def _all_or_any(terms: tuple[Term, ...], match: Match, facts: Facts) -> bool:
    answers = [_naive(term, facts) for term in terms]
    return all(answers) if match is Match.ALL else any(answers)


def _naive(term: Term, facts: Facts) -> bool:  # noqa: PLR0911 - one return per kind of term
    """An independent reading, as plain as can be."""
    if isinstance(term, Group):
        return _all_or_any(term.terms, term.match, facts) != term.negated
    if isinstance(term, TextCondition):
        return any(_naive_text(term, text) for text in _naive_texts(term.field, facts))
    if isinstance(term, AmountCondition):
        size = abs(facts.amount)
        least, most = term.at_least or 0, term.at_most if term.at_most is not None else 10**15
        return size.currency == term.currency and least <= size.minor <= most
    if isinstance(term, KindCondition):
        return facts.kind in term.kinds
    if isinstance(term, DirectionCondition):
        return facts.direction == term.direction
    if facts.booked_on is None:
        return False
    if isinstance(term, WeekdayCondition):
        return facts.booked_on.weekday() + 1 in term.weekdays
    return (term.start or date.min) <= facts.booked_on < (term.end or date.max)


def _naive_texts(field: TextField, facts: Facts) -> list[str]:
    if field is TextField.ANYWHERE:
        return [facts.payee, facts.description]
    if field is TextField.PAYEE_KEY:
        return [normalise_payee(facts.payee)]
    return [str(getattr(facts, "account_key" if field is TextField.ACCOUNT else field.value))]


def _naive_text(condition: TextCondition, text: str) -> bool:
    folded, wanted = fold(text), fold(condition.text)
    if condition.operator is Operator.REGEX:
        return re.search(safe_regex(condition.text), folded[:LONGEST_TEXT]) is not None
    return {
        Operator.CONTAINS: folded.find(wanted) >= 0,
        Operator.EQUALS: folded == wanted,
        Operator.STARTS: folded[: len(wanted)] == wanted,
    }[condition.operator]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "{}",
        "[" * 99_999,
        '{"id": "r"}',
        "x" * 100_001,
    ],
)
def test_text_that_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(RuleInvalid) as refused:
        from_json(text)
    assert refused.value.reason == "not_a_rule"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("active",), 1),
        (("priority",), True),
        (("priority",), "1"),
        (("match",), "most"),
        (("conditions",), {}),
        (("conditions", 0, "type"), "shell"),
        (("conditions", 0, "field"), "__class__"),
        (("conditions", 0, "text"), None),
        (("action", "tags"), "abc"),
        (("action", "exclude"), None),
    ],
)
def test_a_tampered_rule_is_refused(path: tuple[str | int, ...], value: object) -> None:
    content = json.loads(to_json(rule(payee("瑞幸"))))
    at = content
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    with pytest.raises(RuleInvalid):
        from_json(json.dumps(content))
