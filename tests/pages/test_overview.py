"""The overview: the figures are those of analytics, warnings are said once, newcomers are led in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.alerts import due
from analytics.overview import overview
from analytics.spending import by_category, totals
from analytics.trends import trend
from data.commands import demo
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from tests.pages.house import LOCALES, House, figures, no_fault, open_house, said, scope_of
from tests.pages.signed_in import Wallet

PAGE = "pages/overview.py"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened


def shown(wallet: Wallet, locale: str = "zh-CN") -> AppTest:
    return no_fault(wallet.screen(PAGE, locale).run())


@pytest.mark.parametrize("locale", LOCALES)
def test_the_figures_are_those_of_the_months_totals(house: House, locale: str) -> None:
    scope = scope_of(house.full)
    month = totals(scope, scope.month, "CNY")
    screen = shown(house.full, locale)
    assert figures(screen)[:3] == [said(minor, locale=locale) for minor in (month.spending, month.income, month.saved)]
    assert month.spending == by_category(scope, scope.month, "CNY").total
    assert month.spending == trend(scope, scope.month, "CNY").points[-1].spending
    assert screen.title[0].value == ("总览" if locale == "zh-CN" else "Overview")


def test_the_newest_rows_are_listed_in_their_order(house: House) -> None:
    now = overview(scope_of(house.full), "CNY")
    (drawn,) = [one for one in shown(house.full).get("bidi_component") if one.key == "overview.latest"]
    listed = [row["amount"] for row in json.loads(drawn.proto.json)["rows"]]
    cells = zip(now.latest["amount"].to_pylist(), now.latest["currency"].to_pylist(), strict=True)
    assert listed == [
        format.money(Money(minor, currency), signed=True, mixed=len(now.currencies) > 1, language="zh")
        for minor, currency in cells
    ]


def test_another_currency_is_shown_on_its_own(house: House) -> None:
    screen = shown(house.full)
    screen.segmented_control(key="currency").set_value("USD").run()
    month = totals(scope_of(house.full), scope_of(house.full).month, "USD")
    assert figures(no_fault(screen))[0] == said(month.spending, "USD")


def test_each_warning_is_said_once(house: House) -> None:
    expected = {alert.category for alert in due(scope_of(house.full))}
    assert expected
    first = shown(house.full)
    assert len(first.toast) == len(expected)
    assert not due(scope_of(house.full))
    assert not first.run().toast
    assert not shown(house.full).toast


def test_overruns_are_named_on_top(house: House) -> None:
    screen = shown(house.full, "en-US")
    over = overview(scope_of(house.full), "CNY").budget.all
    assert any(one.overrun for one in over)
    assert any("Dining" in box.value for box in screen.warning)


def test_the_sample_data_is_marked_and_taken_out_by_one_click(house: House) -> None:
    screen = shown(house.full)
    screen.button(key="sample.remove").click().run()
    assert demo.batch_of(house.full.database, house.full.owner) is None
    assert not figures(no_fault(screen))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_newcomer_is_offered_both_ways_to_begin(house: House, locale: str) -> None:
    screen = shown(house.empty, locale)
    assert not screen.metric
    screen.button(key="welcome.sample").click().run()
    scope = scope_of(house.empty)
    assert figures(no_fault(screen))[0] == said(totals(scope, scope.month, "CNY").spending, locale=locale)
