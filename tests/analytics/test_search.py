from __future__ import annotations

import string
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.search import FIELDS, KINDS, STATES, Amounts, Dates, Field, SearchInvalid, Term, parse


def only(text: str, start_day: int = 1) -> Term:
    (term,) = parse(text, start_day).terms
    return term


def test_the_example_of_the_manual_reads_as_its_terms() -> None:
    found = parse('coffee category:dining amount>50 date:2026-10 -refund "quoted words"').terms
    assert [(term.field, term.value, term.negated) for term in found] == [
        (Field.TEXT, "coffee", False),
        (Field.CATEGORY, "dining", False),
        (Field.AMOUNT, Amounts(low=Decimal(50), low_open=True), False),
        (Field.DATE, Dates(date(2026, 10, 1), date(2026, 11, 1)), False),
        (Field.TEXT, "refund", True),
        (Field.TEXT, "quoted words", False),
    ]


def test_chinese_fields_and_full_width_signs_mean_the_same() -> None:
    chinese = parse("咖啡　分类：餐饮 金额＞＝50 日期：2026-10 -类型:退款 状态:未关联 备注:“生日 礼物”").terms
    assert [(term.field, term.value, term.negated) for term in chinese] == [
        (Field.TEXT, "咖啡", False),
        (Field.CATEGORY, "餐饮", False),
        (Field.AMOUNT, Amounts(low=Decimal(50)), False),
        (Field.DATE, Dates(date(2026, 10, 1), date(2026, 11, 1)), False),
        (Field.KIND, "refund", True),
        (Field.IS, "unlinked", False),
        (Field.NOTE, "生日 礼物", False),
    ]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("amount:50", Amounts(Decimal(50), Decimal(50))),
        ("amount=12.5", Amounts(Decimal("12.5"), Decimal("12.5"))),
        ("amount<=1,234.50", Amounts(high=Decimal("1234.50"))),
        ("amount:>=¥20", Amounts(low=Decimal(20))),
        ("amount≤3", Amounts(high=Decimal(3))),
        ("amount:10..20", Amounts(Decimal(10), Decimal(20))),
        ("amount:10..", Amounts(Decimal(10), None)),
        ("金额：..20元", Amounts(None, Decimal(20))),
    ],
)
def test_amounts(text: str, amounts: Amounts) -> None:
    assert only(text).value == amounts


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("date:2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("date:2026-10-03", date(2026, 10, 3), date(2026, 10, 4)),
        ("date:2026/10/3", date(2026, 10, 3), date(2026, 10, 4)),
        ("日期:2026年10月3日", date(2026, 10, 3), date(2026, 10, 4)),
        ("日期:2026年10月", date(2026, 10, 1), date(2026, 11, 1)),
        ("date>2026-10", date(2026, 11, 1), None),
        ("date>=2026-10", date(2026, 10, 1), None),
        ("date<2026-10-03", None, date(2026, 10, 3)),
        ("date<=2026-10-03", None, date(2026, 10, 4)),
        ("date:2026-09..2026-10-15", date(2026, 9, 1), date(2026, 10, 16)),
        ("date:2026-09..", date(2026, 9, 1), None),
    ],
)
def test_dates(text: str, start: date | None, end: date | None) -> None:
    assert only(text).value == Dates(start, end)


def test_a_month_is_the_persons_month() -> None:
    assert only("date:2026-10", 15).value == Dates(date(2026, 10, 15), date(2026, 11, 15))
    assert only("date:2026-02", 31).value == Dates(date(2026, 2, 28), date(2026, 3, 31))


def test_what_is_no_field_is_text() -> None:
    for text in ("12:30", "http://example.com/a?b=c", "a>b", "-", "--", "re:invoice", "2026-10"):
        assert [term.field for term in parse(text).terms] == [Field.TEXT]


def test_an_empty_search_asks_for_nothing() -> None:
    for text in ("", "  ", "　", '""'):
        assert parse(text).terms == ()


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ('coffee "half', 7, "quote_open"),
        ("coffee category:", 7, "value_missing"),
        ("category: coffee", 0, "value_missing"),
        ("category>dining", 0, "sign_unfit"),
        ("amount><5", 0, "sign_unfit"),
        ("a amount>many", 2, "amount_unreadable"),
        ("amount:..", 0, "amount_unreadable"),
        ("amount>1..2", 0, "sign_unfit"),
        ("-date:2026-13", 0, "date_unreadable"),
        ("date:0000", 0, "date_unreadable"),
        ("date:9999-12", 0, "date_unreadable"),
        ("date:yesterday", 0, "date_unreadable"),
        ("kind:gift", 0, "kind_unknown"),
        ("is:nice", 0, "state_unknown"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, position: int, reason: str) -> None:
    with pytest.raises(SearchInvalid) as caught:
        parse(text)
    assert (caught.value.position, caught.value.reason) == (position, reason)


WORDS = [word for group in (FIELDS.values(), KINDS.values(), STATES.values()) for words in group for word in words]
PIECES = st.one_of(
    st.sampled_from([*WORDS, *':：=<>≥-"“”「」 　.,…~', "..", "2026-10", "¥5"]),
    st.text(string.printable, max_size=4),
    st.text(max_size=4),
)


@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from([1, 15, 31]))
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str, start_day: int) -> None:
    places, found = [0], None
    try:
        found = parse(text, start_day)
        places = [term.position for term in found.terms]
    except SearchInvalid as no:
        places = [no.position]
    assert places == sorted(set(places))
    assert all(0 <= place < max(1, len(text)) for place in places)
    assert all(term.value != "" for term in (found.terms if found else ()))
