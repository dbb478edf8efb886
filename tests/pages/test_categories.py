"""Categories: the total is the overview's and the file's to the cent; a category is looked into by the address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics import tables
from analytics.overview import overview
from analytics.spending import by_category
from tests.pages.house import LOCALES, House, column, figures, no_fault, open_house, said, scope_of
from tests.pages.signed_in import Wallet

PAGE = "pages/categories.py"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    with open_house(folder) as opened:
        yield opened


def shown(wallet: Wallet, locale: str = "zh-CN", **query: Any) -> AppTest:
    screen = wallet.screen(PAGE, locale)
    for name, value in query.items():
        screen.query_params[name] = value
    return no_fault(screen.run())


@pytest.mark.parametrize("locale", LOCALES)
def test_the_total_is_the_overviews_and_the_files_to_the_cent(house: House, locale: str) -> None:
    scope = scope_of(house.full)
    answer = by_category(scope, scope.month, "CNY")
    assert figures(shown(house.full, locale))[0] == said(answer.total, locale=locale)
    assert answer.total == overview(scope, "CNY").totals.spending
    assert column(scope, tables.breakdown(answer, "category"), "spending") == answer.total


def test_the_table_adds_up_to_the_total(house: House) -> None:
    scope = scope_of(house.full)
    answer = by_category(scope, scope.month, "CNY")
    table = shown(house.full).dataframe[0].value
    tops = [not name.startswith("\u2003") for name in table["name"]]
    assert int(table["amount"][tops].sum()) == answer.total


def test_another_month_and_the_year_are_theirs(house: House) -> None:
    scope = scope_of(house.full)
    before = scope.months(scope.month, 2)[0]
    screen = shown(house.full, period=f"{before.start:%Y-%m}")
    assert figures(screen)[0] == said(by_category(scope, before, "CNY").total)
    screen.button(key="period.later").click().run()
    assert figures(no_fault(screen))[0] == said(by_category(scope, scope.month, "CNY").total)


def test_income_has_its_own_side(house: House) -> None:
    scope = scope_of(house.full)
    screen = shown(house.full)
    screen.segmented_control(key="categories.side").set_value("income").run()
    assert figures(no_fault(screen))[0] == said(by_category(scope, scope.month, "CNY", "income").total)


@pytest.mark.parametrize(("locale", "name"), [("zh-CN", "餐饮"), ("en-US", "Dining")])
def test_the_address_looks_into_a_category_and_the_way_back_leads_to_all(house: House, locale: str, name: str) -> None:
    scope = scope_of(house.full)
    (dining,) = [one for one in by_category(scope, scope.month, "CNY").slices if one.key == "dining"]
    screen = shown(house.full, locale, category="dining")
    words = [one.value for one in screen.markdown]
    assert f"**{name}**" in words
    assert said(dining.amount, locale=locale) in words
    screen.button(key="categories.back").click().run()
    assert "category" not in no_fault(screen).query_params
    assert f"**{name}**" not in [one.value for one in screen.markdown]


def test_nonsense_in_the_address_shows_everything(house: House) -> None:
    screen = shown(house.full, category="'; drop", period="1-99")
    assert not [button for button in screen.button if button.key == "categories.back"]


@pytest.mark.parametrize("locale", LOCALES)
def test_empty_books_say_what_to_do(house: House, locale: str) -> None:
    screen = shown(house.empty, locale)
    assert not screen.metric
    assert screen.subheader
    assert [button for button in screen.button if button.key == "categories.empty.0"]
