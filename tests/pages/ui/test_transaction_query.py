"""Filters and the search box say the same thing: each reads what the other wrote."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from analytics.scope import Scope, look
from analytics.search import Field
from data.database import open_database
from data.ids import new_id
from data.period import Span
from pages.ui.screens.transactions.query import (
    PERIODS,
    only,
    period_of,
    period_word,
    read,
    states,
    with_states,
    with_value,
)

TEXTS = ["", "瑞幸 拿铁", '"a b" -kind:refund', "kind:income note:x", "is:split 12:30 kind:fee kind:fee"]


@pytest.fixture
def scope(tmp_path: Path) -> Scope:
    database = open_database(tmp_path / "wallet.duckdb")
    found = look(database, new_id(), date(2026, 11, 22))
    database.close()
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_a_filter_replaces_its_own_word_and_leaves_the_others(text: str) -> None:
    asked = read(with_value(read(text, 1), Field.KIND, "transfer"), 1)
    found = only(asked, Field.KIND)
    if "-kind" not in text:
        assert found is not None
        assert found.value == "transfer"
    rest = with_value(asked, Field.KIND, None)
    kept = [term.value for term in read(text, 1).search.terms if term.field is not Field.KIND or term.negated]
    assert [term.value for term in read(rest, 1).search.terms] == kept


def test_states_are_set_together_and_other_states_stay() -> None:
    asked = read(with_states(read("is:split -is:excluded x", 1), ["unlinked", "uncategorised"]), 1)
    assert states(asked) == ["uncategorised", "unlinked"]
    assert asked.text == "is:split -is:excluded x is:unlinked is:uncategorised"
    assert with_states(asked, []) == "is:split -is:excluded x"


def test_what_cannot_be_read_gives_way_to_a_filter() -> None:
    asked = read("瑞幸 amount>x", 1)
    assert asked.refusal is not None
    assert with_value(asked, Field.KIND, "expense") == "瑞幸 kind:expense"


@pytest.mark.parametrize("code", PERIODS)
def test_every_period_is_found_again(scope: Scope, code: str) -> None:
    assert period_of(scope, read(f"date:{period_word(scope, code)}", 1)) == code


def test_other_days_are_a_span_and_open_ends_are_none(scope: Scope) -> None:
    assert period_of(scope, read("date:2026-10-03..2026-10-05", 1)) == Span(date(2026, 10, 3), date(2026, 10, 6))
    assert period_of(scope, read("date>2026-10", 1)) is None
    assert period_of(scope, read("", 1)) is None
