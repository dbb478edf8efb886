"""What comes back on the screen: the calendar, the list, and the person's word on it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from analytics.recurring import everything
from analytics.recurring_calendar import calendar, yearly
from analytics.recurring_series import Flag, Series
from analytics.search import parse
from analytics.selection import Criteria
from analytics.transactions import rows as transactions
from data.errors import NotFound
from data.period import month_of, shift_months
from data.recurring import NextOutOfRange, NothingToTakeBack, SeriesNameUnfit, Side, Verdict
from pages.ui.catalogue import Language
from pages.ui.i18n import rejection_text
from pages.ui.screens.recurring import download, saying, words
from pages.ui.screens.recurring.month import calendar_html
from pages.ui.screens.recurring.rows import row_html
from tests.ledger_rows import Book
from tests.pages.house import LOCALES, House, no_fault, open_house, said, scope_of
from tests.pages.signed_in import Wallet

PAGE = "pages/recurring.py"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("recurring")) as opened:
        yield opened


@pytest.fixture
def alice(house: House) -> Wallet:
    return house.full


def shown(wallet: Wallet, locale: str = "en-US") -> AppTest:
    return no_fault(wallet.screen(PAGE, locale, timeout=60).run())


def found(wallet: Wallet, payee: str) -> Series:
    return next(one for one in everything(scope_of(wallet)).series if one.payee == payee)


def opened(wallet: Wallet, payee: str, locale: str = "en-US") -> AppTest:
    screen = shown(wallet, locale)
    return no_fault(screen.button(key=f"recurring.open.{saying.key(found(wallet, payee))}").click().run())


def press(screen: AppTest, wallet: Wallet, payee: str, name: str) -> AppTest:
    return no_fault(screen.button(key=f"recurring.say.{name}.{saying.key(found(wallet, payee))}").click().run())


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_yet_says_what_to_do(house: House, locale: str) -> None:
    screen = shown(house.empty, locale)
    assert [one.key for one in screen.button] == ["recurring.empty.0"]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_sample_shows_figures_a_calendar_and_every_living_payment(alice: Wallet, locale: str) -> None:
    screen = shown(alice, locale)
    known = everything(scope_of(alice))
    year = next(one for one in yearly(known, scope_of(alice).today) if (one.side, one.currency) == (Side.OUT, "CNY"))
    assert screen.metric[0].value == said(year.amount, locale=locale)
    living = [one for one in known.series if one.live and one.side is Side.OUT]
    assert len(living) >= 10
    assert sum((one.key or "").startswith("recurring.open.") for one in screen.button) == len(living)


def test_rent_salary_and_the_saving_transfer_of_the_sample_are_what_they_are(alice: Wallet) -> None:
    kinds = {one.payee: one.kind.value for one in everything(scope_of(alice)).series if one.live}
    assert kinds["王女士（房东）"] == "housing"
    assert kinds["国网浙江电力"] == "utilities"
    assert kinds["爱奇艺"] == "subscription"
    assert kinds["平安健康保险"] == "insurance"
    assert "income" in kinds.values()


@pytest.mark.parametrize("locale", LOCALES)
def test_months_are_switched_and_the_way_back_is_one_press(alice: Wallet, locale: str) -> None:
    screen = shown(alice, locale)
    titles = [one.value for one in screen.markdown if one.value.startswith("**")]
    screen = no_fault(screen.button(key="recurring.month.later").click().run())
    assert [one.value for one in screen.markdown if one.value.startswith("**")] != titles
    screen = no_fault(screen.button(key="recurring.month.now").click().run())
    assert [one.value for one in screen.markdown if one.value.startswith("**")] == titles


@pytest.mark.parametrize("locale", LOCALES)
def test_one_is_renamed_confirmed_ended_and_all_of_it_taken_back(alice: Wallet, locale: str) -> None:
    payee = "城北宽带服务"
    screen = opened(alice, payee, locale)
    key = saying.key(found(alice, payee))
    screen.text_input(key=f"recurring.name.{key}").set_value("家里的宽带")
    screen = press(screen, alice, payee, "save")
    assert found(alice, payee).name == "家里的宽带"
    press(opened(alice, payee, locale), alice, payee, "confirmed")
    press(opened(alice, payee, locale), alice, payee, "ended")
    assert found(alice, payee).said.verdict is Verdict.CONFIRMED
    assert Flag.ENDED in found(alice, payee).flags
    screen = shown(alice, locale)
    screen.segmented_control(key="recurring.section").set_value("ended").run()
    for _ in range(3):
        screen = no_fault(screen.button(key=f"recurring.open.{key}").click().run())
        screen = press(screen, alice, payee, "back")
        if found(alice, payee).live:
            screen = shown(alice, locale)
    assert found(alice, payee).said.words == 0
    assert found(alice, payee).name == payee


@pytest.mark.parametrize("locale", LOCALES)
def test_the_next_payment_is_corrected_and_an_unreadable_amount_is_refused_in_words(alice: Wallet, locale: str) -> None:
    payee = "中国移动"
    key = saying.key(found(alice, payee))
    screen = opened(alice, payee, locale)
    screen.text_input(key=f"recurring.amount.{key}").set_value("sixty")
    screen = press(screen, alice, payee, "save")
    assert screen.error
    assert found(alice, payee).amount == 5_900
    screen = opened(alice, payee, locale)
    screen.text_input(key=f"recurring.amount.{key}").set_value("69")
    press(screen, alice, payee, "save")
    assert found(alice, payee).amount == 6_900
    press(opened(alice, payee, locale), alice, payee, "back")
    assert found(alice, payee).amount == 5_900


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_not_recurring_leaves_the_list_and_comes_back(alice: Wallet, locale: str) -> None:
    payee = "网易云音乐"
    screen = press(opened(alice, payee, locale), alice, payee, "ignored")
    key = f"recurring.open.{saying.key(found(alice, payee))}"
    assert key not in [one.key for one in screen.button]
    screen.segmented_control(key="recurring.section").set_value("ignored").run()
    screen = no_fault(screen.button(key=key).click().run())
    press(screen, alice, payee, "back")
    assert found(alice, payee).live


@pytest.mark.parametrize("locale", LOCALES)
def test_the_file_has_a_row_for_every_series_in_the_persons_language(alice: Wallet, locale: str) -> None:
    screen = shown(alice, locale)
    (button,) = [one for one in screen.get("download_button") if one.proto.id.endswith("recurring.csv")]
    assert button.proto.label
    known = everything(scope_of(alice))
    lines = list(csv.reader(io.StringIO(download.file(scope_of(alice), known).decode("utf-8-sig"))))
    assert len(lines) == len(known.series) + 1
    assert {len(line) for line in lines} == {15}


def test_a_series_leads_to_its_own_transactions(alice: Wallet) -> None:
    scope = scope_of(alice)
    known = everything(scope)
    for one in known.series:
        if one.payee and one.side is not Side.MOVED:
            listed = transactions(scope, Criteria(search=parse(words.search(one, known.series))))
            seen = set(listed["booked_on"].to_pylist())
            assert {paid.on for paid in one.occurrences} <= seen, one.payee


def test_what_files_and_people_write_is_shown_as_text_only(alice: Wallet) -> None:
    book = Book(alice.database)
    evil = '<img src=x onerror="alert(1)">&amp;**x**'
    today = scope_of(alice).today
    starts = [shift_months(today.replace(day=1), -back) for back in range(5)]
    book.facts(book.row(start, 2_500, "streaming", evil) for start in starts)
    book.spend(today, 1, "dining", "Corner")
    known = everything(book.scope(today))
    (one,) = known.series
    drawn = calendar_html(month_of(today), calendar(known, month_of(today), today), today) + row_html(one, 30_000)
    assert "<img" not in drawn
    assert "&lt;img" in drawn


def test_another_person_sees_nothing_of_it(house: House) -> None:
    assert everything(scope_of(house.empty)).series == ()
    assert "王女士" not in str([one.value for one in shown(house.empty).markdown])


def test_the_overview_tells_what_is_coming_up(alice: Wallet) -> None:
    screen = no_fault(alice.screen("pages/overview.py", "en-US", timeout=60).run())
    scope = scope_of(alice)
    week = [
        each
        for one in everything(scope).series
        for each in one.to_come(scope.today, scope.today + timedelta(days=7))
        if one.side is Side.OUT
    ]
    lines = [one.value for one in screen.markdown if "regular payment" in one.value]
    assert bool(lines) == bool(week)


def test_a_day_that_is_today_is_marked_as_such() -> None:
    drawn = calendar_html(month_of(date(2026, 11, 1)), [], date(2026, 11, 27))
    assert drawn.count('aria-current="date"') == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_no_is_said_in_words(language: Language) -> None:
    refusals = (
        SeriesNameUnfit(60),
        NextOutOfRange("2026-11-05", 0, "CNY"),
        NothingToTakeBack("x"),
        NotFound("series", "x"),
    )
    for one in refusals:
        sentence = rejection_text(one, language)
        assert sentence
        assert "{" not in sentence
        assert one.code not in sentence
