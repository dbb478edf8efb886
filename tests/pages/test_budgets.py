"""Budgets: a typed limit is kept, a warning put aside stays aside, the figures are those of analytics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics import tables
from analytics.alerts import warnings
from analytics.budgets import budget, limits_in_force
from analytics.spending import totals
from data.planning import OVERALL, Carry
from tests.pages.house import LOCALES, House, column, figures, no_fault, open_house, said, scope_of
from tests.pages.signed_in import Wallet

PAGE = "pages/budgets.py"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened


def shown(wallet: Wallet, locale: str = "zh-CN") -> AppTest:
    return no_fault(wallet.screen(PAGE, locale).run())


def limits(wallet: Wallet) -> dict[str, tuple[int | None, Carry]]:
    scope = scope_of(wallet)
    return {key: (one.amount, one.carry) for key, one in limits_in_force(scope, scope.month, "CNY").items()}


def typed(wallet: Wallet, screen: AppTest, rows: dict[int, dict[str, Any]], turn: int = 0) -> AppTest:
    """Type into the table as a browser would report it, and save."""
    key = f"budgets.editor.{scope_of(wallet).month.start}.CNY.False.{turn}"
    screen.session_state[key] = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}
    return no_fault(screen.button(key="budgets.save").click().run())


@pytest.mark.parametrize("locale", LOCALES)
def test_the_overall_limit_stands_as_analytics_says(house: House, locale: str) -> None:
    scope = scope_of(house.full)
    one = budget(scope, scope.month, "CNY").overall
    assert one is not None
    assert one.spending == totals(scope, scope.month, "CNY").spending
    amounts = (one.whole, one.spending, abs(one.available), one.per_day)
    assert figures(shown(house.full, locale)) == [said(minor, locale=locale) for minor in amounts]


def test_the_file_has_what_the_bars_show(house: House) -> None:
    scope = scope_of(house.full)
    answer = budget(scope, scope.month, "CNY")
    assert column(scope, tables.budget(answer), "spending") == sum(one.spending for one in answer.all)


def test_a_limit_typed_into_the_table_is_kept_and_the_others_stay(house: House) -> None:
    before = limits(house.full)
    screen = typed(house.full, shown(house.full), {0: {"limit": "9,999.50"}})
    assert limits(house.full) == before | {OVERALL: (999_950, before[OVERALL][1])}
    assert screen.toast
    assert figures(screen)[0] == said(999_950)
    typed(house.full, screen, {0: {"limit": "", "carry": "signed"}}, turn=1)
    assert OVERALL not in {key for key, (amount, _) in limits(house.full).items() if amount is not None}


def test_what_is_no_amount_is_refused_in_words_and_nothing_changes(house: House) -> None:
    before = limits(house.full)
    screen = typed(house.full, shown(house.full, "en-US"), {0: {"limit": "a lot"}, 1: {"limit": "10"}})
    assert "a lot" in screen.error[0].value
    assert limits(house.full) == before


def test_a_first_limit_is_set_where_there_was_none(house: House) -> None:
    screen = shown(house.empty)
    assert not screen.metric
    typed(house.empty, screen, {0: {"limit": "3000", "carry": "surplus"}})
    assert limits(house.empty) == {OVERALL: (300_000, Carry.SURPLUS)}
    assert figures(screen)[0] == said(300_000)


def test_limits_are_proposed_from_what_is_usual(house: House) -> None:
    before = limits(house.full)
    screen = shown(house.full)
    no_fault(screen.button(key="budgets.average").click().run())
    after = limits(house.full)
    assert after.items() >= before.items()
    assert len(after) > len(before)
    assert all((amount or 0) % 1000 == 0 for key, (amount, _) in after.items() if key not in before)


def test_a_warning_put_aside_stays_aside(house: House) -> None:
    scope = scope_of(house.full)
    dining = "budgets.warning.dining.CNY.dismiss"
    screen = shown(house.full)
    said_before = len(warnings(scope))
    screen.button(key=dining).click().run()
    assert dining not in {button.key for button in no_fault(screen).button}
    assert len(warnings(scope_of(house.full))) == said_before - 1
    assert dining not in {button.key for button in shown(house.full).button}


def test_the_history_of_another_limit_is_one_choice_away(house: House) -> None:
    screen = shown(house.full)
    screen.selectbox(key="budgets.history.which").set_value("dining").run()
    no_fault(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_empty_books_can_set_limits(house: House, locale: str) -> None:
    screen = shown(house.empty, locale)
    assert screen.info
    assert [button for button in screen.button if button.key == "budgets.save"]
