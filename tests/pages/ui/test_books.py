"""The words behind a figure are understood by the search exactly as they were meant."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.search import Dates, Field, parse
from data.period import Span
from pages.ui.books import Drill


def test_a_drill_names_every_field_in_the_words_of_the_search() -> None:
    october = Span(date(2026, 10, 1), date(2026, 11, 1))
    drill = Drill(october, "dining", "Luckin Coffee", "招商银行 1234", "expense", "CNY", directly=True)
    found = {term.field: term for term in parse(drill.query()).terms}
    assert found[Field.CATEGORY].value == "dining"
    assert found[Field.CATEGORY].exact
    assert found[Field.PAYEE].value == "luckin coffee"
    assert found[Field.ACCOUNT].value == "招商银行 1234"
    assert (found[Field.KIND].value, found[Field.CURRENCY].value) == ("expense", "CNY")
    assert found[Field.DATE].value == Dates(october.start, october.end)


@pytest.mark.parametrize("payee", ['say "hi"', "> 5", "a:b", "=x", "“张三”的店", "-x", "「吉」", "x  y", "Ｆｕｌｌ"])
def test_awkward_payees_come_through(payee: str) -> None:
    (term,) = parse(Drill(payee=payee).query()).terms
    assert (term.field, term.value, term.negated, term.exact) == (Field.PAYEE, payee.lower(), False, True)


@given(st.text(min_size=1).filter(lambda text: text.strip() and not set('"”」＂') & set(text)))
def test_any_payee_comes_through(payee: str) -> None:
    (term,) = parse(Drill(payee=payee, currency="CNY").query()).terms[:1]
    assert term.value == payee.strip().lower()
