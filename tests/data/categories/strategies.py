"""Random rules and rows that often meet: a small alphabet, few amounts, one year."""

from __future__ import annotations

from datetime import date

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
    Term,
    TextCondition,
    TextField,
    WeekdayCondition,
)
from data.importers.statement import Direction, Kind
from data.money import Money

texts = st.text("aBｃ咖啡（(店 *1", max_size=6)
wanted = texts.filter(lambda text: bool(text.strip()))
patterns = st.sampled_from(["a.*b", "^咖?啡", "[ab]+$", "(a|咖)啡?", r"\d{1,2}", "（"])
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
minor = st.integers(0, 500)

facts = st.builds(
    Facts,
    payee=texts,
    description=texts,
    kind=st.sampled_from(Kind),
    amount=st.builds(Money, st.integers(-500, 500), st.sampled_from(["CNY", "USD"])),
    method=texts,
    account_key=texts,
    source_category=texts,
    direction=st.none() | st.sampled_from(Direction),
    booked_on=st.none() | days,
)
_plain = st.sampled_from([Operator.CONTAINS, Operator.EQUALS, Operator.STARTS])


def _amounts() -> st.SearchStrategy[AmountCondition]:
    ends = st.tuples(minor, minor).map(sorted)
    both = ends.map(lambda pair: AmountCondition("CNY", pair[0], pair[1]))
    return (
        both
        | minor.map(lambda end: AmountCondition("USD", end))
        | minor.map(lambda end: AmountCondition("CNY", None, end))
    )


def _dates() -> st.SearchStrategy[DateCondition]:
    both = st.tuples(days, days).map(sorted).filter(lambda pair: pair[0] < pair[1])
    return (
        both.map(lambda pair: DateCondition(*pair))
        | days.map(DateCondition)
        | days.map(lambda day: DateCondition(None, day))
    )


conditions: st.SearchStrategy[Term] = st.one_of(
    st.builds(TextCondition, st.sampled_from(TextField), _plain, wanted),
    st.builds(TextCondition, st.sampled_from(TextField), st.just(Operator.REGEX), patterns),
    _amounts(),
    _dates(),
    st.lists(st.sampled_from(Kind), min_size=1, max_size=3).map(lambda kinds: KindCondition(tuple(kinds))),
    st.builds(DirectionCondition, st.sampled_from(Direction)),
    st.lists(st.integers(1, 7), min_size=1, max_size=3).map(lambda found: WeekdayCondition(tuple(found))),
)


def _group(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    members = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(Group, members, st.sampled_from(Match), st.booleans())


_shallow = conditions | _group(conditions)
terms = _shallow | _group(_shallow)
actions = st.builds(
    Action,
    category=st.none() | st.just("coffee"),
    payee=st.none() | wanted,
    tags=st.lists(wanted, max_size=2).map(tuple),
    exclude=st.just(True),  # noqa: FBT003 - the value drawn
    note=st.none() | texts,
)
rules = st.builds(
    Rule,
    id=st.sampled_from(["a", "b", "c", "d"]),
    name=wanted,
    conditions=st.lists(terms, min_size=1, max_size=3).map(tuple),
    action=actions,
    match=st.sampled_from(Match),
    priority=st.integers(-2, 2),
    active=st.booleans(),
)
