"""Trends: averages and months are those of analytics, as long as one looks back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics import tables
from analytics.trends import stack, trend
from tests.pages.house import LOCALES, House, column, figures, no_fault, open_house, said, scope_of
from tests.pages.signed_in import Wallet

PAGE = "pages/trends.py"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    with open_house(folder) as opened:
        yield opened


def shown(wallet: Wallet, locale: str = "zh-CN") -> AppTest:
    return no_fault(wallet.screen(PAGE, locale).run())


def averages(wallet: Wallet, count: int) -> list[int | None]:
    scope = scope_of(wallet)
    moves = trend(scope, scope.month, "CNY", count)
    return [moves.average_spending, moves.median_spending, moves.average_income]


@pytest.mark.parametrize("locale", LOCALES)
def test_average_and_median_are_those_of_the_complete_months(house: House, locale: str) -> None:
    expected = [said(minor or 0, locale=locale) for minor in averages(house.full, 12)]
    assert figures(shown(house.full, locale))[:3] == expected


def test_looking_back_further_takes_more_months(house: House) -> None:
    screen = shown(house.full)
    screen.segmented_control(key="trends.length").set_value(24).run()
    assert figures(no_fault(screen))[:3] == [said(minor or 0) for minor in averages(house.full, 24)]


def test_the_files_of_months_and_of_categories_add_up_to_the_same(house: House) -> None:
    scope = scope_of(house.full)
    points = trend(scope, scope.month, "CNY").points
    whole = sum(point.spending for point in points)
    assert column(scope, tables.trend(points, "CNY"), "spending") == whole
    assert column(scope, tables.stack(stack(scope, scope.month, "CNY")), "spending") == whole


def test_the_months_are_listed_with_their_figures(house: House) -> None:
    scope = scope_of(house.full)
    points = trend(scope, scope.month, "CNY").points
    listed = [table.value for table in shown(house.full).dataframe if "spending" in table.value.columns]
    assert any(sorted(table["spending"]) == sorted(point.spending for point in points) for table in listed)


@pytest.mark.parametrize("locale", LOCALES)
def test_empty_books_say_what_to_do(house: House, locale: str) -> None:
    screen = shown(house.empty, locale)
    assert not screen.metric
    assert [button for button in screen.button if button.key == "trends.empty.0"]
