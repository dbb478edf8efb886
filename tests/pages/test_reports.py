"""Reports: a span's figures on screen are those of its parts and of its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics import reports, tables
from analytics.accounts import names
from analytics.reports import report
from analytics.spending import totals
from data.assurance import AT_THE_MACHINE
from data.period import Span
from data.wallet import Transfer, transfer
from pages.ui import periods
from tests.pages.house import LOCALES, House, column, figures, no_fault, open_house, said, scope_of
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import by, card, fill_wallet, open_for, pay, person, top_up

PAGE = "pages/reports.py"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    with open_house(folder) as opened:
        yield opened


def shown(wallet: Wallet, locale: str = "zh-CN", period: str = "") -> AppTest:
    screen = wallet.screen(PAGE, locale)
    if period:
        screen.query_params["period"] = period
    return no_fault(screen.run())


def expected(wallet: Wallet, span: Span, locale: str = "zh-CN") -> list[str]:
    one = totals(scope_of(wallet), span, "CNY")
    return [said(minor, locale=locale) for minor in (one.spending, one.income, one.saved, one.refunds)]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_months_figures_are_its_totals(house: House, locale: str) -> None:
    assert figures(shown(house.full, locale)) == expected(house.full, scope_of(house.full).month, locale)


@pytest.mark.parametrize("kind", ["quarter", "year"])
def test_a_quarter_and_a_year_add_up_their_months(house: House, kind: periods.PeriodKind) -> None:
    scope = scope_of(house.full)
    period = periods.around(kind, scope.today, scope.start_day)
    assert figures(shown(house.full, period=period.code)) == expected(house.full, period.span)
    answer = report(scope, period.span, "CNY")
    assert sum(point.spending for point in answer.months) == answer.totals.spending
    assert column(scope, tables.trend(answer.months, "CNY"), "spending") == answer.totals.spending


def test_every_breakdown_and_its_file_add_up_to_the_spending(house: House) -> None:
    scope = scope_of(house.full)
    answer = report(scope, scope.month, "CNY")
    whole = answer.totals.spending
    assert column(scope, tables.breakdown(answer.spending, "category"), "spending") == whole
    assert column(scope, tables.breakdown(answer.payees, "payee"), "spending") == whole
    assert column(scope, tables.breakdown(answer.accounts, "account", names(scope)), "spending") == whole


def test_all_files_of_the_report_can_be_made(house: House) -> None:
    scope = scope_of(house.full)
    made = reports.tables(report(scope, scope.month, "CNY"), names(scope))
    assert made
    assert len({table.name for table in made}) == len(made)
    no_fault(shown(house.full).download_button(key="reports.zip").click().run())


@pytest.mark.parametrize("locale", LOCALES)
def test_empty_books_say_what_to_do(house: House, locale: str) -> None:
    screen = shown(house.empty, locale)
    assert not screen.metric
    assert [button for button in screen.button if button.key == "reports.empty.0"]


@pytest.mark.parametrize("locale", LOCALES)
def test_without_expenses_no_table_stands_empty(tmp_path: Path, locale: str) -> None:
    with open_wallet(tmp_path) as wallet:
        wallet.confirm()
        fill_wallet(wallet.running, wallet.owner)
        keeper = person(wallet.running.database, "a keeper")
        open_for(wallet.running, keeper)
        top_up(wallet.running, keeper, card(wallet.running, keeper), 50_00)
        gift = Transfer(**by(keeper), recipient=wallet.owner, amount=30_00, currency="CNY")
        transfer(wallet.database, gift, assurance=AT_THE_MACHINE)
        screen = shown(wallet, locale)
    assert figures(screen)[:2] == [said(0, locale=locale), said(30_00, locale=locale)]
    assert all(len(one.value) for one in screen.dataframe)


@pytest.mark.parametrize(("locale", "own"), [("zh-CN", "钱包余额"), ("en-US", "Wallet")])
def test_balances_call_the_wallets_accounts_what_every_screen_calls_them(tmp_path: Path, locale: str, own: str) -> None:
    with open_wallet(tmp_path) as wallet:
        wallet.confirm()
        filled = fill_wallet(wallet.running, wallet.owner)
        pay(wallet.running, wallet.owner, filled.cafe, 40_00)
        listed = [list(one.value["account"]) for one in shown(wallet, locale).dataframe if "balance" in one.value]
    assert len(listed) == 1
    assert own in listed[0]
    assert "小金卡" not in listed[0]
